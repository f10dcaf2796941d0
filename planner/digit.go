package planner

import (
	"github.com/einloom/einloom/codegen"
)

// digit is an axis of row-major memory: an element's address counts it like a digit, one step for each of extent values. What lies below
// is less than a step, what lies above are whole turns of the digit.
type digit struct{ step, extent int }

// is says whether an address counts axis a of a group as the digit, and nothing else.
func (d digit) is(f codegen.Affine, a int, axes []axis) bool {
	turn := d.step * d.extent
	if f.Const < 0 || f.Const%turn >= d.step || axes[a].extent != d.extent || f.Coef(a) != d.step {
		return false
	}
	low := f.Const % d.step
	for _, t := range f.Terms {
		if t.Axis == a || t.Coef%turn == 0 && t.Coef >= 0 {
			continue
		}
		if t.Coef < 0 {
			return false
		}
		low += t.Coef * (axes[t.Axis].extent - 1)
	}
	return low < d.step
}

// cut gives the address in memory that has only block values of the digit.
func (d digit) cut(f codegen.Affine, block int) codegen.Affine {
	turn := d.step * d.extent
	to := codegen.Affine{Const: f.Const/turn*d.step*block + f.Const%turn}
	for _, t := range f.Terms {
		if t.Coef%turn == 0 {
			t.Coef = t.Coef / turn * d.step * block
		}
		to.Terms = append(to.Terms, t)
	}
	return to
}
