package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/codegen/spirv"
	"github.com/einloom/einloom/planner"
)

// target is what -target names: a machine as data, which need not be there, and the stage that shows its code.
type target struct {
	codegen.Target
	name  string
	stage string                     // "cpu" or "spirv"
	gpu   func() *spirv.Capabilities // of a Vulkan device
}

// vulkanTargets are the Vulkan devices that can be planned for without having them.
var vulkanTargets = []struct {
	name string
	can  func() *spirv.Capabilities
}{{"vulkan", spirv.Desktop}, {"vulkan-cpu", spirv.Lavapipe}}

// codeStages are the stages that show code, each of some targets.
var codeStages = []string{"cpu", "spirv"}

// usualTarget is what a stage is shown of where nothing else is asked for.
func usualTarget(stage string) string {
	if stage == "spirv" {
		return "vulkan"
	}
	return cpu.AVX2
}

// targets are the names that -target takes.
func targets() []string {
	names := cpu.Targets()
	for _, v := range vulkanTargets {
		names = append(names, v.name)
	}
	return names
}

// newTarget gives the target called name.
func newTarget(name string) (target, error) {
	for _, v := range vulkanTargets {
		if v.name == name {
			return target{v.can().Target(), name, "spirv", v.can}, nil
		}
	}
	t, err := cpu.Target(name)
	if err != nil {
		return target{}, fmt.Errorf("there is no target %q: it is one of %s", name, strings.Join(targets(), ", "))
	}
	return target{Target: t, name: name, stage: "cpu"}, nil
}

// code is the text of every kernel for which the target's generator writes some.
func (t *target) code(p *planner.Plan) (string, error) {
	var b strings.Builder
	for _, step := range p.Steps {
		text, err := t.kernel(step.Kernel)
		var noCode *cpu.Unsupported
		var missing *spirv.Missing
		switch {
		case errors.As(err, &noCode), errors.As(err, &missing):
			fmt.Fprintf(&b, "%s %s: %v: the interpreter runs it\n", t.comment(), step.Kernel.Name, err)
		case err != nil:
			return "", err
		default:
			b.WriteString(text)
		}
	}
	return b.String(), nil
}

// comment begins a line of the target's code that is none.
func (t *target) comment() string {
	if t.stage == "spirv" {
		return ";"
	}
	return "//"
}

// kernel is the text of one kernel's code.
func (t *target) kernel(k *codegen.Kernel) (string, error) {
	if t.stage == "cpu" {
		object, err := cpu.Generate(k, t.Target)
		if err != nil {
			return "", err
		}
		return object.Text(), nil
	}
	m, err := spirv.Generate(k, t.gpu())
	if err != nil {
		return "", err
	}
	text, err := m.Text()
	return fmt.Sprintf("; kernel %s\n%s", k.Name, text), err
}
