package planner_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/internal/golden"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/tensor"
)

// TestStages holds what each pass makes to files that a person can read. The command is the stage whose text is printed; the arguments are
// expect=RULE (a rule that has to fire), off=NAME,NAME, fast=1, keep=1, limit=BYTES, cache=BYTES (the last one's), target=NAME and
// lacks=NAME (an op that the target has no code for).
func TestStages(t *testing.T) {
	for _, file := range []string{"simplify", "lower", "order", "panel", "keep", "fuse", "index", "moves", "expand", "schedule", "place", "slices", "block"} {
		t.Run(file, func(t *testing.T) {
			golden.Run(t, "testdata/"+file+".txt", stageText)
		})
	}
}

func stageText(t *testing.T, c *golden.Case) string {
	xs, err := expr.Parse(c.Input)
	if err != nil {
		t.Fatalf("%s: %v", c.Place, err)
	}
	o := planner.Options{Target: target(t, cpu.AVX2), Check: true, Off: map[string]bool{}}
	if name, ok := c.Arg("target"); ok {
		o.Target = target(t, name)
	}
	if lacks, ok := c.Arg("lacks"); ok {
		native := o.Target.Native
		o.Target.Native = func(name string, d tensor.DType) bool { return name != lacks && native(name, d) }
	}
	if names, ok := c.Arg("off"); ok {
		for _, name := range strings.Split(names, ",") {
			o.Off[name] = true
		}
	}
	if cache, ok := c.Arg("cache"); ok {
		o.Target.L3, _ = strconv.Atoi(cache)
	}
	_, o.FastMath = c.Arg("fast")
	_, o.Keep = c.Arg("keep")
	if limit, ok := c.Arg("limit"); ok {
		o.MemoryLimit, _ = strconv.ParseInt(limit, 10, 64)
	}
	p, err := planner.Make(expr.Nodes(xs...), o)
	if err != nil {
		t.Fatalf("%s: %v", c.Place, err)
	}
	text := p.Text(c.Cmd)
	if rule, ok := c.Arg("expect"); ok && !strings.Contains(p.Text("simplify"), "; rule "+rule+" fired") {
		t.Errorf("%s: rule %s did not fire:\n%s", c.Place, rule, p.Text("simplify"))
	}
	return text
}
