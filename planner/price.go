package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/tensor"
)

// Price is what a run of a plan takes by the model of its target, where all that it reads and gives lies in the host's memory.
type Price struct {
	Up, Down int     // bytes that travel to the device, and from it
	Travel   float64 // seconds that they take
	Start    float64 // seconds to hand the run over and to hear that it has ended
	Kernels  float64 // seconds of all launches
	Foreign  int     // kernels that the target has no code for: the interpreter runs them
}

// interpreted is the operations a second of the interpreter, about.
const interpreted = 0.5e9

// Price weighs the plan.
func (p *Plan) Price() Price {
	t := &p.Target
	c := Price{Start: t.Start}
	for i := range p.Steps {
		k := p.Steps[i].Kernel
		seconds := Seconds(k, *t)
		if k.Routine != nil && t.Bus > 0 {
			seconds += k.Cost.Bytes / t.Bus
		}
		if !native(k, t.Native) {
			c.Foreign++
			seconds = k.Cost.Flop / interpreted
			if t.Bus > 0 {
				seconds += k.Cost.Bytes / t.Bus
			}
		}
		c.Kernels += p.Times(i) * seconds
	}
	if t.Bus == 0 {
		return c
	}
	for _, n := range p.Leaves {
		if slices.Contains(p.Kept, n) {
			continue // it lies there
		}
		c.Up += n.Shape.Len() * n.DType.Size()
	}
	for _, o := range p.Outputs {
		c.Down += o.Shape.Len() * o.DType.Size()
	}
	c.Travel = float64(c.Up+c.Down) / t.Bus
	return c
}

// Seconds is how long the run takes, from the call to its return.
func (c Price) Seconds() float64 { return c.Start + c.Travel + c.Kernels }

// String gives the whole and its parts.
func (c Price) String() string {
	var parts []string
	if c.Up+c.Down > 0 {
		parts = append(parts, fmt.Sprintf("%.3g ms for %.4g MB to the device and %.4g MB back", c.Travel*1e3, float64(c.Up)/1e6, float64(c.Down)/1e6))
	}
	if c.Start > 0 {
		parts = append(parts, fmt.Sprintf("%.3g ms to start", c.Start*1e3))
	}
	parts = append(parts, fmt.Sprintf("%.3g ms of kernels", c.Kernels*1e3))
	if c.Foreign > 0 {
		parts = append(parts, fmt.Sprintf("%d of them interpreted", c.Foreign))
	}
	return fmt.Sprintf("%.3g ms (%s)", c.Seconds()*1e3, strings.Join(parts, ", "))
}

// Away says whether a run of the plan for a device takes less time than that of the plan of the same graph for the host, and why, in words
// with the numbers. A plan that the device has no room for stays.
func Away(host, device *Plan) (away bool, why string) {
	here, there := host.Price(), device.Price()
	if why := device.crowded(); why != "" {
		return false, why
	}
	away = there.Seconds() < here.Seconds()
	than := "no less than"
	if away {
		than = "less than"
	}
	return away, fmt.Sprintf("a run takes %v on %s, %s %v on %s", there, device.Target.Name, than, here, host.Target.Name)
}

// crowded says what the target has no room for; "" where there is room.
func (p *Plan) crowded() string {
	t := &p.Target
	c := p.Price()
	if need := c.Up + c.Down + p.Arena + int(p.keptBytes()); t.Memory > 0 && need > t.Memory/10*9 {
		return fmt.Sprintf("a run needs %.4g MB on %s, whose memory is %.4g MB", float64(need)/1e6, t.Name, float64(t.Memory)/1e6)
	}
	for i := range p.Steps {
		k := p.Steps[i].Kernel
		for j := range k.Params {
			if below, above := k.Params[j].Reach(); t.Array > 0 && below+above > t.Array {
				return fmt.Sprintf("kernel %s takes an array of %.4g MB, %s takes at most %.4g MB", k.Name, float64(below+above)/1e6, t.Name, float64(t.Array)/1e6)
			}
		}
	}
	return ""
}

// native says whether a target has code for all of a kernel.
func native(k *codegen.Kernel, has func(string, tensor.DType) bool) bool {
	if has == nil {
		return true
	}
	for i := range k.Params {
		if !has("load", k.Params[i].DType) {
			return false
		}
	}
	for i := range k.Body {
		v := &k.Body[i]
		switch v.Kind {
		case codegen.Map:
			if !has(v.Op.Name, k.Body[v.Args[len(v.Args)-1]].DType) {
				return false
			}
		case codegen.Gather:
			if !has("gather", v.DType) {
				return false
			}
		case codegen.Scan:
			if !has("scan", v.DType) {
				return false
			}
		}
	}
	return true
}
