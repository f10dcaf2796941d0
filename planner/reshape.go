package planner

import (
	"github.com/einloom/einloom/codegen"
)

// maxAxes is the most axes that a group's axes are split into.
const maxAxes = 24

// reshaped gives the indices of the argument (of shape from) of a reshape whose result (of shape to) is at the indices of entry e.
//
// In row-major order, element (i, j) of [2 6] is element 6i+j of [12] and element (6i+j)/4, (6i+j)%4 of [3 4]. The first is affine as it
// stands. The second is once the axis i of 12 is split at 4: where i = 4u+v, i/4 is u and i%4 is v. Axes of the group are split as long
// as that makes the quotients affine; ok is false when nothing does.
func (g *group) reshaped(e int, to, from []int) (at []codegen.Affine, ok bool) {
	for {
		at, axis, by := divide(g, g.entries[e].at, to, from)
		if by == 0 {
			return at, at != nil
		}
		if len(g.axes) >= maxAxes || g.scans(axis) {
			return nil, false
		}
		g.split(axis, by)
	}
}

// divide computes the argument's indices, block by block: as few axes as possible of both shapes that hold equally many elements. It
// gives an axis to split and at what, or neither indices nor an axis if there is no way.
func divide(g *group, at []codegen.Affine, to, from []int) (result []codegen.Affine, axis, by int) {
	result = make([]codegen.Affine, len(from))
	i, j := len(to), len(from)
	for j > 0 {
		hi := j // the block is from[j:hi] and to[i:...]; flat is the place in it, stride and size how many elements of it are named so far
		j--
		flat, stride, size := codegen.Affine{}, 1, from[j]
		if i > 0 {
			i--
			flat, stride = at[i], to[i]
		}
		for size != stride {
			switch {
			case stride < size && i > 0:
				i--
				flat = flat.Add(at[i].Scale(stride))
				stride *= to[i]
			case size < stride && j > 0:
				j--
				size *= from[j]
			default:
				return nil, 0, 0 // the shapes are empty
			}
		}
		for k := hi - 1; k > j; k-- {
			q, r, axis, by := quotient(g, flat, from[k])
			if by != 0 {
				return nil, axis, by
			}
			if lo, top := g.bounds(r); lo < 0 || top >= from[k] {
				return nil, 0, 0
			}
			result[k], flat = r, q
		}
		result[j] = flat
	}
	return result, 0, 0
}

// quotient divides f by n >= 1 into an affine quotient and rest, or says which axis to split, and at what, to come nearer to it.
func quotient(g *group, f codegen.Affine, n int) (q, r codegen.Affine, axis, by int) {
	if n == 1 {
		return f, codegen.Affine{}, 0, 0
	}
	q.Const, r.Const = f.Const/n, f.Const%n
	if r.Const < 0 {
		q.Const, r.Const = q.Const-1, r.Const+n
	}
	for _, t := range f.Terms {
		c := max(t.Coef, -t.Coef)
		extent := g.axes[t.Axis].extent
		switch {
		case c%n == 0:
			q.Terms = append(q.Terms, codegen.Term{Axis: t.Axis, Coef: t.Coef / n})
		case c*(extent-1) < n:
			r.Terms = append(r.Terms, t)
		case n%c == 0 && extent%(n/c) == 0:
			return q, r, t.Axis, n / c
		default:
			r.Terms = append(r.Terms, t) // its range tells that this is no rest
		}
	}
	return q, r, 0, 0
}

// bounds gives the least and the greatest value of f over the group's axes.
func (g *group) bounds(f codegen.Affine) (lo, hi int) {
	lo, hi = f.Const, f.Const
	for _, t := range f.Terms {
		if d := t.Coef * (g.axes[t.Axis].extent - 1); d < 0 {
			lo += d
		} else {
			hi += d
		}
	}
	return lo, hi
}
