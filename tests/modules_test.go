package tests

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/einloom/einloom/codegen/spirv"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/internal/spirvtools"
	"github.com/einloom/einloom/planner"
)

// TestModules asks Khronos' validator and disassembler about the modules of the einsum conformance cases, of the fuzz corpus and of random
// graphs, as Mesa's CPU device and a discrete GPU are given them.
func TestModules(t *testing.T) {
	spirvtools.Need(t)
	type named struct {
		name  string
		roots []expr.Expr
	}
	var list []named
	einsums, _ := recorded(t)
	for i := range einsums {
		for _, inputs := range []bool{false, true} {
			for _, x := range einsums[i].Exprs(inputs) {
				list = append(list, named{einsums[i].String(), []expr.Expr{x}})
			}
		}
	}
	for i, text := range fuzzCorpus(t) {
		if roots, err := expr.Parse(text); err == nil {
			list = append(list, named{fmt.Sprint("text ", i), roots})
		}
	}
	for i := range uint64(*graphs) {
		list = append(list, named{fmt.Sprint("seed ", *seed+i), graphOf(*seed + i)})
	}
	isMistake := func(x expr.Expr) bool { return x.Err() != nil }
	list = slices.DeleteFunc(list, func(g named) bool { return slices.ContainsFunc(g.roots, isMistake) })
	for _, c := range []*spirv.Capabilities{spirv.Lavapipe(), spirv.Desktop()} {
		t.Run(c.Name, func(t *testing.T) {
			var made []spirvtools.Module
			for _, g := range list {
				made = append(made, modules(t, c, g.name, g.roots)...)
			}
			spirvtools.Validate(t, made)
			spirvtools.Compare(t, made)
		})
	}
}

// modules plans a graph for a device and generates its modules.
func modules(t *testing.T, c *spirv.Capabilities, name string, roots []expr.Expr) (list []spirvtools.Module) {
	t.Helper()
	p, err := planner.Make(expr.Nodes(roots...), planner.Options{Target: c.Target()})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, s := range p.Steps {
		m, err := spirv.Generate(s.Kernel, c)
		if errors.As(err, new(*spirv.Missing)) {
			continue // the interpreter has it
		}
		if err != nil {
			t.Fatalf("%s: kernel %s: %v", name, s.Kernel.Name, err)
		}
		text, err := m.Text()
		if err != nil {
			t.Fatalf("%s: kernel %s: %v", name, s.Kernel.Name, err)
		}
		list = append(list, spirvtools.Module{Name: name + ": kernel " + s.Kernel.Name, Words: m.Words, Text: text})
	}
	return list
}
