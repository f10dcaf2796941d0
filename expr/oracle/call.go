package oracle

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/einloom/einloom/expr"
)

// call computes a routine. Sorting and searching are written out here; what linear algebra and Fourier transforms give is held to its laws.
func (e *evaluation) call(n *expr.Node, args []*array) (*array, error) {
	switch n.Routine.Name {
	case "sort":
		return sorted(n, args[0]), nil
	case "searchsorted":
		return searched(n, args[0], args[1], 0), nil
	case "searchsorted_right":
		return searched(n, args[0], args[1], 1), nil
	}
	return nil, fmt.Errorf("%v: oracle: routine %q is not written out", n.Pos, n.Routine.Name)
}

func sorted(n *expr.Node, x *array) *array {
	out := empty(n.DType, n.Shape)
	length := n.Shape[len(n.Shape)-1]
	row := make([]int, length)
	for from := 0; from < x.len(); from += length {
		slack := 0.0
		for i := range row {
			row[i] = from + i
			slack = max(slack, x.slackAt(from+i)) // no element in order moves further than the one that moves furthest
		}
		slices.SortStableFunc(row, x.compare)
		for i, at := range row {
			out.copyFrom(from+i, x, at)
			out.setSlack(from+i, slack)
		}
	}
	return out
}

// searched counts for each element of v how many of its row of x come before it, by less than limit in order.
func searched(n *expr.Node, x, v *array, limit int) *array {
	out := empty(n.DType, n.Shape)
	length, wanted := x.shape[len(x.shape)-1], v.shape[len(v.shape)-1]
	for i := range out.i {
		for j := i / wanted * length; j < (i/wanted+1)*length; j++ {
			if x.order(j, v, i) < limit {
				out.i[i]++
			}
			if s := x.slackAt(j) + v.slackAt(i); s > 0 && (x.f == nil || !(math.Abs(x.f[j]-v.f[i]) > s)) {
				out.setSlack(i, anything)
			}
		}
	}
	return out
}

// compare orders elements i and k: NaN last, -0 before 0.
func (a *array) compare(i, k int) int {
	if a.f == nil {
		return a.order(i, a, k)
	}
	return cmp.Or(a.order(i, a, k), truth(math.Signbit(a.f[k]))-truth(math.Signbit(a.f[i])))
}

// order says whether element i is less than element k of b, of one dtype, equal, or greater: -1, 0 or 1. NaN are greatest.
func (a *array) order(i int, b *array, k int) int {
	if a.f != nil {
		x, y := a.f[i], b.f[k]
		return cmp.Or(truth(math.IsNaN(x))-truth(math.IsNaN(y)), cmp.Compare(x, y))
	}
	return truth(less(a.dtype, b.i[k], a.i[i])) - truth(less(a.dtype, a.i[i], b.i[k]))
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
