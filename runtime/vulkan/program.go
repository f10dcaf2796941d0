//go:build cgo && linux && !novulkan

package vulkan

import (
	"fmt"
	"math"
	"sync/atomic"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/spirv"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/tensor"
)

// Program is one kernel with its pipelines and the bytes that each param must have.
type Program struct {
	device *Device
	code   *code
	id     uint64 // of no other program
	name   string
	params []extent
	pace   atomic.Uint64 // nanoseconds of a workgroup, as measured; bits of a float64
	closed atomic.Bool
}

// extent is the bytes that a param reaches, relative to its element [0 ... 0].
type extent struct {
	name         string
	below, above int  // bytes reached before the element (>= 0), one past the last; above is 0 when there are no elements
	size         int  // bytes of an element
	out          bool // it is written
	dense        bool // no byte in between is none of an element's
}

var programs atomic.Uint64

func (d *Device) newProgram(k *codegen.Kernel) (*Program, error) {
	c, err := d.codes.of(k)
	if err != nil {
		return nil, err
	}
	p := &Program{device: d, code: c, id: programs.Add(1), name: k.Name}
	for i := range k.Params {
		p.params = append(p.params, reach(&k.Params[i]))
	}
	p.guess(k)
	return p, nil
}

// reach is the bytes that the elements of a param cover.
func reach(p *codegen.Param) extent {
	e := extent{name: p.Name, size: p.DType.Size(), out: p.Out}
	if e.below, e.above = p.Reach(); e.above > 0 {
		e.dense = tensor.Shape(p.Dims).Len()*e.size == e.below+e.above // elements of an output do not meet
	}
	return e
}

// Speeds that a program's time is guessed by before it is measured: slow ones, so that the first submits are short.
const (
	slowFlop = 2e8
	slowByte = 1e9
	fastFlop = 5e10
	fastByte = 2e10
)

// guess estimates the time of a workgroup.
func (p *Program) guess(k *codegen.Kernel) {
	cost := k.Count()
	seconds := cost.Flop/slowFlop + cost.Bytes/slowByte
	if p.device.features.Type != spirv.CPU {
		seconds = cost.Flop/fastFlop + cost.Bytes/fastByte
	}
	groups := 0.0
	for i := range p.code.module.Passes {
		groups += float64(workgroups(&p.code.module.Passes[i]))
	}
	p.setPace(seconds * 1e9 / max(groups, 1))
}

func workgroups(p *spirv.Pass) int { return int(p.Groups[0]) * int(p.Groups[1]) * int(p.Groups[2]) }

// perGroup is the nanoseconds that a workgroup takes, about.
func (p *Program) perGroup() float64 { return math.Float64frombits(p.pace.Load()) }

func (p *Program) setPace(ns float64) { p.pace.Store(math.Float64bits(max(ns, 1e-3))) }

// Text is the module as spirv-dis prints it.
func (p *Program) Text() string {
	s, err := p.code.module.Text()
	if err != nil {
		return err.Error()
	}
	return s
}

// Bytes is the size of the SPIR-V module.
func (p *Program) Bytes() int { return 4 * len(p.code.module.Words) }

// Close lets the code go; the program must not be running.
func (p *Program) Close() error {
	if p.closed.Swap(true) {
		return fmt.Errorf("vulkan: kernel %s is closed already", p.name)
	}
	d := p.device
	d.mu.RLock()
	defer d.mu.RUnlock()
	if !d.closed {
		d.codes.release(p.code)
	}
	return nil
}

// place checks where an argument lies: the bytes of its memory that the program reaches are [lo, hi).
func (p *Program) place(i int, a *driver.Arg) (lo, hi int, err error) {
	e := &p.params[i]
	have := len(a.Host)
	if a.Buffer != nil {
		b, ok := a.Buffer.(*Buffer)
		if !ok || b.device != p.device {
			return 0, 0, fmt.Errorf("vulkan: kernel %s: param %s: a buffer of another device", p.name, e.name)
		}
		have = b.bytes
	}
	if e.above == 0 {
		return 0, 0, nil
	}
	if a.Offset < e.below || a.Offset > have-e.above {
		return 0, 0, fmt.Errorf("vulkan: kernel %s: param %s reaches %d bytes before byte %d and %d from there, of %d", p.name, e.name, e.below, a.Offset, e.above, have)
	}
	return a.Offset - e.below, a.Offset + e.above, nil
}
