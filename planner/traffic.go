package planner

import (
	"math"
	"slices"

	"github.com/einloom/einloom/codegen"
)

// line is the bytes of a line of a cache.
const line = 64

// reorder puts the axes along which all that is read moves outermost, where a loop inside then goes again over what is still in a cache: what
// is kept of a product's factors, and not the result, decides how much memory is moved. The vector axis stays where it is.
//
//	before  loop i, b, j, k; o[i, b, j, k] = x[i, j, b, k] * y[b, k]
//	after   loop b, i, j, k
func (p *scheduler) reorder() {
	n := len(p.loops)
	if n < 3 || len(p.streams) < 3 {
		return
	}
	moves := func(a int) bool {
		return !slices.ContainsFunc(p.streams, func(s stream) bool { return !s.store && s.step[a] == 0 })
	}
	inner := 0
	if p.loops[n-1] == p.k.Vector {
		inner = 1
	}
	var shared, others []int
	for _, a := range p.loops[:n-inner] {
		if moves(a) {
			shared = append(shared, a)
		} else {
			others = append(others, a)
		}
	}
	loops := slices.Concat(shared, others, p.loops[n-inner:])
	if p.traffic(loops) < 0.8*p.traffic(p.loops) {
		p.loops = loops
	}
}

// traffic estimates the bytes that go between memory and a worker's cache where the loops are gone through in the given sequence, the folds
// inside of them. The innermost loops that touch less than half of the cache together read each line once; every loop further out reads them
// anew, but for the next one out, which leaves what does not move along it where it is.
func (p *scheduler) traffic(loops []int) float64 {
	axes := slices.Concat(loops, p.folds)
	depth, inside := len(axes), codegen.AxisSet{}
	for ; depth > 0; depth-- {
		more := inside.Union(codegen.AxesOf(axes[depth-1]))
		if p.touched(more) > p.model.cache/2 {
			break
		}
		inside = more
	}
	bytes := 0.0
	for i := range p.streams {
		s := &p.streams[i]
		b := p.lines(s, inside) * line
		for k := 0; k < depth; k++ {
			if k < depth-1 || s.step[axes[k]] != 0 {
				b *= p.extent(axes[k])
			}
		}
		if s.store {
			b *= 2
		}
		bytes += b
	}
	return bytes
}

// touched is the bytes of the lines that loops along axes touch.
func (p *scheduler) touched(axes codegen.AxisSet) float64 {
	bytes := 0.0
	for i := range p.streams {
		bytes += p.lines(&p.streams[i], axes) * line
	}
	return bytes
}

// lines is how many lines of memory s touches along axes: those of each run of elements that lie side by side.
func (p *scheduler) lines(s *stream, axes codegen.AxisSet) float64 {
	run, points := 1, 1.0
	list := axes.List()
	for range list { // the axes that continue the run
		i := slices.IndexFunc(list, func(a int) bool { return s.step[a] == run })
		if i < 0 {
			break
		}
		run *= p.k.Axes[list[i]].Extent
	}
	for _, a := range list {
		if s.step[a] != 0 {
			points *= p.extent(a)
		}
	}
	return points / float64(run) * math.Ceil(float64(run*s.bytes)/line)
}
