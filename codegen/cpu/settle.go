package cpu

import (
	"slices"

	"github.com/einloom/einloom/codegen"
)

// A call of machine code cannot be interrupted: it takes so many points at most, where the nest can be cut. A point is some operations, so
// that this is well below a millisecond.
const callPoints = 1 << 17

// leastBand is the least number of points of the vector axis in a piece: whole turns of the widest vectors and of the unrolled loop.
const leastBand = 64

// settled is the unit of k with its schedule brought to the form that nests are written in (see unit).
func settled(name string, k *codegen.Kernel, temps []int, cuts []cut) *unit {
	var loops, folds []int
	for _, a := range k.Order {
		switch {
		case a == k.Vector:
		case k.Axes[a].Fold:
			folds = append(folds, a)
		default:
			loops = append(loops, a)
		}
	}
	parallel, grain := k.Parallel, k.Grain
	if at := slices.Index(k.Order, k.Vector); at >= 0 && at < k.Parallel && len(loops) > 0 {
		parallel-- // the others carry the range: a point of it is now a whole row of the vector axis
		grain = ceilDiv(grain, max(k.Axes[k.Vector].Extent, 1))
	}
	s := *k // what is written to below is copied
	vectorLoop := k.Vector >= 0 && !k.Axes[k.Vector].Fold
	switch {
	case vectorLoop && len(loops) == 0:
		parallel = 1 // by the vector axis itself
	case vectorLoop || parallel < len(loops):
		parallel, grain = spread(k, loops, parallel, grain)
	}
	if vectorLoop {
		loops = append(loops, k.Vector)
	} else if k.Vector >= 0 {
		folds = append(folds, k.Vector)
	}
	s.Order = append(loops, folds...)
	s.Parallel, s.Split = parallel, 0
	least, across := 1, -1
	switch {
	case vectorLoop && len(loops) > 1:
		if a, ok := crossed(&s); ok {
			across = a
			cuts = append(cuts, bandsAcross(&s, across)...)
		} else if c, ok := band(&s); ok {
			cuts = append(cuts, c)
			grain = 1
		}
	case vectorLoop:
		least = leastBand
	}
	s.Grain = max(1, min(grain, max(least, callPoints/max(1, pointsWithout(&s, s.Order[:s.Parallel])))))
	u := newUnit(name, &s, temps, cuts)
	u.across = across
	return u
}

// spread lets more of the leading loops be parallel while a point of the range takes too long for a call.
func spread(k *codegen.Kernel, loops []int, parallel, grain int) (int, int) {
	for parallel < len(loops) && (parallel == 0 || pointsWithout(k, loops[:parallel]) > callPoints) {
		grain = bounded(grain, k.Axes[loops[parallel]].Extent)
		parallel++
	}
	return parallel, grain
}

// pointsWithout is the points of all of k's axes but some.
func pointsWithout(k *codegen.Kernel, axes []int) int {
	n := 1
	for _, a := range k.Order {
		if !slices.Contains(axes, a) {
			n = bounded(n, k.Axes[a].Extent)
		}
	}
	return n
}

// bounded is x times y, or so much that it does not matter how much.
func bounded(x, y int) int {
	const most = 1 << 30
	return min(min(x, most)*min(y, most), most)
}

// band cuts the vector axis of s, whose schedule is settled, where rows of it are too long for a call. The pieces' axis is parallel.
func band(s *codegen.Kernel) (cut, bool) {
	row := pointsWithout(s, s.Order[:s.Parallel])
	n := s.Axes[s.Vector].Extent
	if row <= callPoints || n <= leastBand {
		return cut{}, false
	}
	size := max(callPoints/max(row/n, 1)/leastBand, 1) * leastBand
	if size >= n {
		return cut{}, false
	}
	*s = *s.Clone()
	c := cutAxis(s, s.Vector, size)
	s.Parallel++
	return c, true
}

// crossed finds, in a map, a loop axis along which something lies side by side in memory that lies far apart along the vector axis: a
// transposed operand.
func crossed(s *codegen.Kernel) (int, bool) {
	if s.Nest != codegen.NestMap || s.Axes[s.Vector].Extent < lineElements {
		return 0, false
	}
	for _, x := range streamsOf(s) {
		if x.class(s.Vector) != strided {
			continue
		}
		for _, a := range s.Order {
			if a != s.Vector && x.class(a) == adjacent && s.Axes[a].Extent >= lineElements {
				return a, true
			}
		}
	}
	return 0, false
}

// The pieces of a map with a transposed operand: a turn of the vector loop touches lines of memory that hold the elements of the next turns
// of the axis across, so that few enough lines have to stay in the first cache until these have come.
const (
	lineElements = 16
	acrossBand   = 64
)

// bandsAcross cuts the vector axis into short pieces and puts the axis across inside them, cut to what a call may take.
func bandsAcross(s *codegen.Kernel, across int) []cut {
	*s = *s.Clone()
	loops := slices.DeleteFunc(s.Order, func(a int) bool { return a == across || a == s.Vector })
	s.Order = append(loops, across, s.Vector)
	cuts := []cut{cutAxis(s, s.Vector, acrossBand)}
	s.Parallel = len(loops) + 1
	if most := callPoints / acrossBand; s.Axes[across].Extent > most {
		cuts = append(cuts, cutAxis(s, across, most))
		s.Parallel++
	}
	return cuts
}

// cutAxis cuts an axis of k, which is the caller's own, into pieces of so many points. The loop over the pieces is a new axis, the first of
// the order.
func cutAxis(k *codegen.Kernel, axis, size int) cut {
	c := cut{axis: axis, piece: len(k.Axes), whole: k.Axes[axis].Extent}
	k.Axes = append(k.Axes, codegen.Axis{Name: "piece", Extent: ceilDiv(c.whole, size)})
	k.Axes[axis].Extent = size
	k.Order = append([]int{c.piece}, k.Order...)
	start := codegen.At(axis).Add(codegen.At(c.piece).Scale(size))
	for i := range k.Body {
		substitute(k.Body[i].At, axis, start)
	}
	for i := range k.Stores {
		substitute(k.Stores[i].At, axis, start)
	}
	return c
}

func substitute(at []codegen.Affine, axis int, by codegen.Affine) {
	for d := range at {
		at[d] = at[d].Subst(axis, by)
	}
}
