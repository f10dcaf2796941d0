package oracle

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/einloom/einloom/expr"
)

// call computes a routine. Sorting alone is written out here; what linear algebra and Fourier transforms give is held to its laws.
func (e *evaluation) call(n *expr.Node, x *array) (*array, error) {
	if n.Routine.Name != "sort" {
		return nil, fmt.Errorf("%v: oracle: routine %q is not written out", n.Pos, n.Routine.Name)
	}
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
	return out, nil
}

// compare orders elements i and k: NaN last, -0 before 0.
func (a *array) compare(i, k int) int {
	if a.f == nil {
		switch {
		case less(a.dtype, a.i[i], a.i[k]):
			return -1
		case less(a.dtype, a.i[k], a.i[i]):
			return 1
		}
		return 0
	}
	x, y := a.f[i], a.f[k]
	return cmp.Or(truth(math.IsNaN(x))-truth(math.IsNaN(y)), cmp.Compare(x, y), truth(math.Signbit(y))-truth(math.Signbit(x)))
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
