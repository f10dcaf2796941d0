package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
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
	usage: `usage: einloom plan SPEC SHAPE ... [-dtype f32] [-stage graph|order|kernel|cpu|all] [-target NAME] [-json]

Shows how the einsum SPEC of arrays of the given shapes would be computed; nothing is computed. A shape is 512x256, or scalar. With - as
SPEC a graph's text is read from standard input.

  einloom plan 'ij,jk->ik' 512x256 256x128
  einloom plan 'ij,jk,kl->il' 100x20 20x3000 3000x5 -stage order
  einloom plan - -stage kernel < graph.txt

Stages: graph (what was asked for), order (of contractions, with costs), kernel (the fused loop nests and their buffers), cpu (Go
assembly), all.

`,
	flags: func(fs *flag.FlagSet) func(context.Context, streams, []string) error {
		dtype := fs.String("dtype", "f32", "the operands' `dtype`")
		stage := fs.String("stage", "kernel", "which `stage` to show")
		target := fs.String("target", cpu.AVX2, "instruction set: "+strings.Join(cpu.Targets(), " or "))
		asJSON := fs.Bool("json", false, "print one JSON object")
		return func(_ context.Context, std streams, operands []string) error {
			if !slices.Contains(stages, *stage) && *stage != "all" {
				return usageError{fmt.Sprintf("there is no stage %q: it is one of %s, all", *stage, strings.Join(stages, ", "))}
			}
			if len(operands) == 0 {
				return usageError{"it takes an einsum string and a shape for each operand"}
			}
			roots, err := readGraph(std.in, operands, *dtype)
			if err != nil {
				return err
			}
			t, err := cpu.Target(*target)
			if err != nil {
				return usageError{err.Error()}
			}
			p, err := planner.Make(roots, planner.Options{Target: t})
			if err != nil {
				return err
			}
			texts, err := stageTexts(p, *stage)
			if err != nil {
				return err
			}
			if *asJSON {
				return printJSON(std.out, p, texts)
			}
			for _, s := range texts {
				if *stage == "all" {
					fmt.Fprintf(std.out, "; stage %s\n", s.name)
				}
				fmt.Fprintln(std.out, strings.TrimRight(s.text, "\n"))
			}
			return nil
		}
	},
}

// stages are what -stage takes, in the order of the work.
var stages = []string{"graph", "order", "kernel", "cpu"}

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
	return roots, errors.Join(bad...)
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
		return nil, usageError{err.Error()}
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
		if err != nil || n < 0 {
			return nil, fmt.Errorf("%q is no shape: write 512x256, or scalar", s)
		}
		dims = append(dims, n)
	}
	return dims, nil
}

func stageTexts(p *planner.Plan, stage string) ([]stageText, error) {
	var texts []stageText
	for _, name := range stages {
		if stage != name && stage != "all" {
			continue
		}
		text := ""
		if name != "cpu" {
			text = p.Text(name)
		} else {
			var err error
			if text, err = assembly(p); err != nil {
				return nil, err
			}
		}
		texts = append(texts, stageText{name, text})
	}
	return texts, nil
}

// assembly is the Go assembly of every kernel that has some.
func assembly(p *planner.Plan) (string, error) {
	var b strings.Builder
	for _, step := range p.Steps {
		object, err := cpu.Generate(step.Kernel, p.Target)
		var unsupported *cpu.Unsupported
		switch {
		case errors.As(err, &unsupported):
			fmt.Fprintf(&b, "// %s: %v: the interpreter runs it\n", step.Kernel.Name, err)
		case err != nil:
			return "", err
		default:
			b.WriteString(object.Text)
		}
	}
	return b.String(), nil
}

// planJSON is what plan -json prints.
type planJSON struct {
	Target     string            `json:"target"`
	ArenaBytes int               `json:"arena_bytes"`
	Kernels    []kernelJSON      `json:"kernels"`
	Stages     map[string]string `json:"stages"`
}

type kernelJSON struct {
	Name  string  `json:"name"`
	Flop  float64 `json:"flop"`
	Bytes float64 `json:"bytes"`
}

func printJSON(w io.Writer, p *planner.Plan, texts []stageText) error {
	o := planJSON{Target: p.Target.Name, ArenaBytes: p.Arena, Kernels: []kernelJSON{}, Stages: map[string]string{}}
	for _, step := range p.Steps {
		o.Kernels = append(o.Kernels, kernelJSON{step.Kernel.Name, step.Kernel.Cost.Flop, step.Kernel.Cost.Bytes})
	}
	for _, s := range texts {
		o.Stages[s.name] = s.text
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(o)
}
