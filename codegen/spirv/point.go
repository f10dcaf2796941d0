package spirv

import (
	"slices"

	"github.com/einloom/einloom/codegen"
)

// point is where values are computed: axes with the numbers that they have there, in a scope of the function.
type point struct {
	outside *point
	level   int // the scope's number
	digits  []digit
	bound   codegen.AxisSet // by it and those outside
	memo    map[int]id      // values made here
	team    bool            // the whole team is here, in one place of the program
}

// digit is axes that move together, counted as one: in each place that is computed the step of an outer axis is that of the next inner one
// times its extent.
type digit struct {
	axes   []int // outermost first
	extent int
	at     id
	packet *packet // at is a member of it; nil: of none
	lane   int     // which
}

// inner is the axis whose steps are the digit's.
func (d *digit) inner() int { return d.axes[len(d.axes)-1] }

// inside makes a point in the innermost scope at which digits have numbers besides.
func (f *function) inside(p *point, digits []digit) *point {
	q := &point{outside: p, level: len(f.scopes) - 1, digits: digits, memo: map[int]id{}}
	if p != nil {
		q.bound = p.bound
	}
	for _, d := range digits {
		q.bound = q.bound.Union(codegen.AxesOf(d.axes...))
	}
	return q
}

// home is the outermost point at which all of axes are bound.
func (p *point) home(axes codegen.AxisSet) *point {
	for p.outside != nil && p.outside.bound.Contains(axes) {
		p = p.outside
	}
	return p
}

// digits joins axes, outermost first, where they move together.
func (g *generator) digits(axes []int) (list []digit) {
	for _, a := range axes {
		e := g.k.Axes[a].Extent
		if n := len(list); n > 0 && g.together(list[n-1].inner(), a) {
			list[n-1].axes = append(list[n-1].axes, a)
			list[n-1].extent *= e
			continue
		}
		list = append(list, digit{axes: []int{a}, extent: e})
	}
	return list
}

func (g *generator) together(outer, inner int) bool {
	for i := range g.k.Body {
		if v := &g.k.Body[i]; v.Kind == codegen.Index && (v.Axis == outer || v.Axis == inner) {
			return false
		}
	}
	return !slices.ContainsFunc(g.flats, func(f codegen.Affine) bool {
		return f.Coef(outer) != f.Coef(inner)*g.k.Axes[inner].Extent
	})
}

// spread gives digits their numbers at the flat number n, the last digit's fastest.
func (f *function) spread(digits []digit, n id) []digit {
	digits = slices.Clone(digits)
	word := f.uint(32)
	for i := len(digits) - 1; i >= 0; i-- {
		d := &digits[i]
		if i == 0 {
			d.at = n
			break
		}
		extent := f.number(uint32(d.extent))
		d.at = f.pure(opUMod, word, n, extent)
		n = f.pure(opUDiv, word, n, extent)
	}
	return digits
}

// total is how many points digits have.
func total(digits []digit) int {
	n := 1
	for _, d := range digits {
		n *= d.extent
	}
	return n
}

// place computes an affine index at p as a 32-bit word, modulo 2^32; from is added.
func (f *function) place(p *point, a codegen.Affine, from id) id {
	word := f.uint(32)
	sum := from
	add := func(x id) {
		if sum == 0 {
			sum = x
		} else {
			sum = f.pure(opIAdd, word, sum, x)
		}
	}
	if a.Const != 0 {
		add(f.number(uint32(a.Const)))
	}
	var all []*point
	for q := p; q != nil; q = q.outside {
		all = append(all, q)
	}
	for _, q := range slices.Backward(all) { // what is bound further out first: its sum is computed there
		for i := range q.digits {
			switch c := a.Coef(q.digits[i].inner()); c {
			case 0:
			case 1:
				add(q.digits[i].at)
			default:
				add(f.pure(opIMul, word, q.digits[i].at, f.number(uint32(c))))
			}
		}
	}
	if sum == 0 {
		return f.number(0)
	}
	return sum
}
