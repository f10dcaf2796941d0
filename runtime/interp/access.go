package interp

// term is a step, in elements, that goes with an axis bound to one point.
type term struct{ axis, stride int }

// digit is one axis of lanes outside of an access' run.
type digit struct{ extent, stride int }

// access is how the lanes of a block find their elements: a place that depends on the bound axes, plus a place by the lane's flat number.
// The innermost axes of lanes along which the place grows evenly make one run; the others are counted like digits.
type access struct {
	fixed int
	bound []term
	outer []digit // outermost first
	run   int     // points of a run
	step  int     // within a run
}

// place makes the access of a flat index: fixed plus the stride of each axis, where lanes lists the axes in lanes, outermost first.
func place(fixed int, strides map[int]int, extents []int, lanes []int) access {
	a := access{fixed: fixed, run: 1}
	inLanes := make(map[int]bool, len(lanes))
	for _, x := range lanes {
		inLanes[x] = true
	}
	for x, s := range strides {
		if !inLanes[x] && s != 0 {
			a.bound = append(a.bound, term{x, s})
		}
	}
	i := len(lanes) - 1
	for ; i >= 0; i-- {
		n, s := extents[lanes[i]], strides[lanes[i]]
		switch {
		case n == 1:
		case a.run == 1:
			a.run, a.step = n, s
		case s == a.run*a.step:
			a.run *= n
		default:
			a.digits(lanes[:i+1], extents, strides)
			return a
		}
	}
	return a
}

func (a *access) digits(lanes, extents []int, strides map[int]int) {
	for _, x := range lanes {
		if n := extents[x]; n != 1 {
			a.outer = append(a.outer, digit{n, strides[x]})
		}
	}
}

// segment is lanes whose elements are evenly spaced: count of them from lane, the first at place at.
type segment struct{ lane, count, at int }

// segments gives the runs of the frame's block, in elements. The list is the frame's own and good until the next call.
func (f *frame) segments(a *access) []segment {
	at := a.fixed
	for _, t := range a.bound {
		at += f.index[t.axis] * t.stride
	}
	f.segs = f.segs[:0]
	if len(a.outer) == 0 {
		f.segs = append(f.segs, segment{0, f.n, at + f.start*a.step})
		return f.segs
	}
	run, within := f.start/a.run, f.start%a.run
	for lane := 0; lane < f.n; {
		count := min(a.run-within, f.n-lane)
		place, rest := at+within*a.step, run
		for i := len(a.outer) - 1; i >= 0; i-- {
			d := &a.outer[i]
			place += rest % d.extent * d.stride
			rest /= d.extent
		}
		f.segs = append(f.segs, segment{lane, count, place})
		lane += count
		run++
		within = 0
	}
	return f.segs
}
