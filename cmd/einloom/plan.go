package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/tensor"
)

var planCommand = command{
	usage: `usage: einloom plan SPEC SHAPE ... [-dtype f32] [-stage graph|order|kernel|cpu|spirv|all] [-target NAME] [-objective NAME] [-memory BYTES]
                    [-json] [-svg FILE]

Shows how the einsum SPEC of arrays of the given shapes would be computed; nothing is computed. A shape is 512x256, or 5 for a vector, or
scalar. With - as SPEC a graph's text is read from standard input; docs/ir.md has its grammar.

  einloom plan 'ij,jk->ik' 512x256 256x128
  einloom plan 'ij,jk,kl->il' 100x20 20x3000 3000x5 -stage order
  einloom plan - -stage kernel < graph.txt
  einloom plan 'ij,jk->ik' 512x256 256x128 -stage spirv
  einloom plan 'ab,ac,bd,cd->' 90x80 90x70 80x60 70x60 -svg tree.svg

Stages: graph (what was asked for), order (the contractions one by one, with costs), kernel (the fused loop nests), cpu (their Go
assembly) or spirv (their SPIR-V, as spirv-dis prints it; no Vulkan is needed) as the target is, all of these; or the name of a pass of
the planner, which shows what it made: simplify, lower, share, panel, keep (what is computed once, of frozen data alone), fuse (and why groups are
not larger), block (and why values are stored whole), index, expand, schedule, place; or once (the kernels of what is computed once). The
other stages are of a run.

`,
	flags: func(fs *flag.FlagSet) func(streams, []string) error {
		dtype := fs.String("dtype", "f32", "the `dtype` of the operands of SPEC: "+dtypeNames())
		stage := fs.String("stage", "kernel", "the `stage` to show")
		machine := fs.String("target", "", "make kernels for the machine `NAME`, any on any machine: "+strings.Join(targets(), ", ")+" (default "+cpu.AVX2+", for -stage spirv vulkan: a discrete GPU)")
		objective := fs.String("objective", "time", "what orders of contraction are to be cheap in: `time`, or flops, size or write alone")
		memory := fs.Int64("memory", 0, "plan for a limit of so many `bytes`: contractions run in slices where they need more; 0: no limit")
		svg := fs.String("svg", "", "write the trees of contractions to a `file`: the width of a line is a tensor's size, the colour of a step its cost")
		asJSON := fs.Bool("json", false, "print one JSON object: orders and kernels with their costs, and the texts of the stages")
		return func(std streams, operands []string) error {
			if len(operands) == 0 {
				return usageError{"it takes an einsum string and a shape for each operand"}
			}
			t, err := newTarget(cmp.Or(*machine, usualTarget(*stage)))
			if err == nil {
				err = planner.CheckObjective(*objective)
			}
			if err != nil {
				return usageError{err.Error()}
			}
			roots, err := readGraph(std.in, operands, *dtype)
			if err != nil {
				return err
			}
			p, err := planner.Make(roots, planner.Options{Target: t.Target, Objective: *objective, MemoryLimit: *memory, Keep: true})
			if err != nil {
				return err
			}
			texts, err := stageTexts(p, &t, *stage)
			if err != nil {
				return err
			}
			if *svg != "" {
				if err := writeSVG(*svg, p.Contractions()); err != nil {
					return err
				}
			}
			if operands[0] != "-" {
				for i := range texts {
					texts[i].text = withoutPlaces(texts[i].text)
				}
			}
			if *asJSON {
				return printJSON(std.out, p, texts)
			}
			return printTexts(std.out, texts)
		}
	},
}

// stages are what -stage shows before the code of the target, in the order of the work.
var stages = []string{"graph", "order", "kernel"}

type stageText struct{ name, text string }

// readGraph makes the graph that the operands describe.
func readGraph(in io.Reader, operands []string, dtype string) ([]*expr.Node, error) {
	xs, err := readExprs(in, operands, dtype)
	if err != nil {
		return nil, err
	}
	var roots []*expr.Node
	var bad []error
	for _, x := range xs {
		if err := x.Err(); err != nil {
			bad = append(bad, err)
		}
		roots = append(roots, x.Node())
	}
	return roots, expr.Join(bad...)
}

func readExprs(in io.Reader, operands []string, dtype string) ([]expr.Expr, error) {
	if operands[0] == "-" {
		if len(operands) > 1 {
			return nil, usageError{"a graph from standard input takes no shapes"}
		}
		text, err := io.ReadAll(in)
		if err != nil {
			return nil, err
		}
		return expr.Parse(string(text))
	}
	d, err := tensor.ParseDType(dtype)
	if err != nil {
		return nil, usageError{fmt.Sprintf("there is no dtype %q: it is one of %s", dtype, dtypeNames())}
	}
	var args []expr.Expr
	for i, s := range operands[1:] {
		dims, err := parseShape(s)
		if err != nil {
			return nil, usageError{err.Error()}
		}
		args = append(args, expr.Input(inputName(i), d, dims...))
	}
	return []expr.Expr{einsum.Contract(operands[0], args...)}, nil
}

// inputName is a, b, ... z, x26, x27 ...
func inputName(i int) string {
	if i < 26 {
		return string(rune('a' + i))
	}
	return "x" + strconv.Itoa(i)
}

// parseShape reads 512x256; "scalar" is the shape of no axes.
func parseShape(s string) ([]int, error) {
	if s == "scalar" {
		return nil, nil
	}
	var dims []int
	for _, part := range strings.Split(s, "x") {
		n, err := strconv.Atoi(part)
		if errors.Is(err, strconv.ErrRange) {
			return nil, fmt.Errorf("%q: %s is too large a size", s, part)
		}
		if err != nil || n < 0 {
			return nil, fmt.Errorf("%q is no shape: write 512x256, or scalar", s)
		}
		dims = append(dims, n)
	}
	return dims, nil
}

// stageTexts gives the texts that -stage asks for.
func stageTexts(p *planner.Plan, t *target, stage string) ([]stageText, error) {
	names := []string{stage}
	switch {
	case stage == "all":
		names = append(slices.Clone(stages), t.stage)
	case !slices.Contains(stageNames(p), stage):
		return nil, usageError{fmt.Sprintf("there is no stage %q: it is one of %s", stage, strings.Join(stageNames(p), ", "))}
	case slices.Contains(codeStages, stage) && stage != t.stage:
		return nil, usageError{fmt.Sprintf("the code of target %s is its stage %s; it has no stage %s", t.name, t.stage, stage)}
	}
	var texts []stageText
	for _, name := range names {
		text, err := p.Text(name), error(nil)
		if name == t.stage {
			text, err = t.code(p)
		}
		if err != nil {
			return nil, err
		}
		if table := p.Orders(); stage == "all" && name == "order" && text == table+p.Text("graph") {
			text = table // the graph is as it was
		}
		if text == "" {
			text = "; nothing is left to do\n"
		}
		texts = append(texts, stageText{name, text})
	}
	return texts, nil
}

// stageNames are what -stage takes: the stages, code, all of them, and the planner's passes that are none of them.
func stageNames(p *planner.Plan) []string {
	names := append(slices.Concat(stages, codeStages), "all")
	for _, name := range p.Stages() {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// dtypeNames are the short names that -dtype takes.
func dtypeNames() string {
	var names []string
	for d := tensor.Bool; d < tensor.NumDTypes; d++ {
		names = append(names, d.String())
	}
	return strings.Join(names, " ")
}

// printTexts prints the stages, each under a title if there are several.
func printTexts(w io.Writer, texts []stageText) error {
	for i, s := range texts {
		if len(texts) > 1 {
			if i > 0 {
				fmt.Fprintln(w)
			}
			fmt.Fprintf(w, "; stage %s\n", s.name)
		}
		if _, err := fmt.Fprintln(w, strings.Trim(s.text, "\n")); err != nil {
			return err
		}
	}
	return nil
}

// planJSON is what plan -json prints.
type planJSON struct {
	Target     string                `json:"target"`
	ArenaBytes int                   `json:"arena_bytes"`
	Orders     []planner.Contraction `json:"orders"`
	Kernels    []kernelJSON          `json:"kernels"`
	Stages     map[string]string     `json:"stages"`
}

type kernelJSON struct {
	Name  string  `json:"name"`
	Flop  float64 `json:"flop"`
	Bytes float64 `json:"bytes"`
	Times float64 `json:"times"` // how often it runs: once, or once for each slice
}

func printJSON(w io.Writer, p *planner.Plan, texts []stageText) error {
	o := planJSON{Target: p.Target.Name, ArenaBytes: p.Arena, Orders: p.Contractions(), Kernels: []kernelJSON{}, Stages: map[string]string{}}
	for i, step := range p.Steps {
		o.Kernels = append(o.Kernels, kernelJSON{step.Kernel.Name, step.Kernel.Cost.Flop, step.Kernel.Cost.Bytes, p.Times(i)})
	}
	for _, s := range texts {
		o.Stages[s.name] = s.text
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(o)
}

// writeSVG draws the trees of contractions into a file.
func writeSVG(path string, list []planner.Contraction) error {
	if len(list) == 0 {
		return errors.New("-svg: there is no contraction to draw")
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := drawTrees(f, list); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
