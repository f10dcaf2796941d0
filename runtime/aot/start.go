package aot

import (
	"context"
	"fmt"
	goruntime "runtime"
	"sync"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/host/crew"
	"github.com/einloom/einloom/runtime/interp"
)

// workers are those of all generated functions of a program, one a processor.
var workers = sync.OnceValue(func() *crew.Crew {
	c := new(crew.Crew)
	c.Start(goruntime.GOMAXPROCS(0) - 1)
	return c
})

// walker runs the kernels that there is no machine code for.
var walker = sync.OnceValue(func() *interp.Device { return interp.Open(interp.Config{}) })

// prepare finds out, once, how each step runs here.
func (p *Plan) prepare() {
	if len(p.Kernels) != len(p.Steps) {
		p.failed = errPlan
		return
	}
	p.code = make([]*Kernel, len(p.Steps))
	if p.Code != nil && p.Needs.here() {
		copy(p.code, p.Code())
	}
	p.walked = make([]driver.Program, len(p.Steps))
	for i := range p.Steps {
		if p.code[i] == nil {
			if p.walked[i], p.failed = walk(p.Kernels[i]); p.failed != nil {
				return
			}
		}
	}
	for _, bytes := range p.Data {
		p.data = append(p.data, Bytes(bytes))
	}
}

// walk is the interpreter's program of a kernel's text.
func walk(text string) (driver.Program, error) {
	k, err := codegen.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPlan, err)
	}
	return walker().Compile(context.Background(), k)
}

// Bytes is a copy of constants in memory, where machine code may read them: 64-byte aligned.
func Bytes(constants string) []byte {
	b := crew.Aligned(len(constants))
	copy(b, constants)
	return b
}
