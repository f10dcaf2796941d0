package planner

import (
	"slices"

	"github.com/einloom/einloom/codegen"
)

// Products that are computed from where their factors lie, in tiles that generators make of plain loops: all of the right factor that one
// of its columns' tiles needs stays in the first cache, so that packing it would cost more than it saves.
const (
	directTerms = 512      // that one register takes, so that no sum runs long
	directRoom  = 16 << 10 // bytes of the right factor at a point of the batch
)

// direct says whether a kernel that could be packed is not: its factors are read from memory as they are, the right one by vectors along
// the result's innermost axis, and for each point of the batch it is small.
func (p *scheduler) direct() bool {
	k, g := p.k, &p.k.Gett
	if k.Body[g.A].Kind != codegen.Load || k.Body[g.B].Kind != codegen.Load {
		return false
	}
	bytes := k.Body[g.Sum].DType.Size()
	inner := p.loops[len(p.loops)-1]
	for _, s := range p.streams {
		if s.step[inner] != 0 && s.step[inner] != 1 || s.bytes != bytes {
			return false
		}
	}
	right := p.beneath(g.B)[0]
	terms := p.points(g.K)
	if p.extent(inner) < float64(p.lanes) && len(g.N) > 1 { // vectors are half empty, those of panels are not
		return false
	}
	return right.step[inner] == 1 && terms <= directTerms && p.extent(inner)*float64(bytes) >= 16 &&
		p.extent(inner)*terms*float64(bytes) <= directRoom
}

// tiled gives the axis along which vectors of a small sum of products lie, so that generators can make tiles of it: that along which all
// stores go element by element. -1: the kernel is none.
func (p *scheduler) tiled() int {
	const small = 20 << 10 // bytes of the products at a point of the batch
	if len(p.folds) == 0 || len(p.loops) < 2 || depth(p.k) > 1 || p.target.Vector == 0 {
		return -1
	}
	bytes := p.streams[0].bytes
	for _, a := range p.loops {
		reused, once, stored, turned := false, 1.0, true, false
		for _, s := range p.streams {
			if s.bytes != bytes || s.bytes < 4 {
				return -1
			}
			stored = stored && (!s.store || s.step[a] == 1)
			turned = turned || s.step[a] != 0 && s.step[a] != 1
		}
		for _, r := range p.loops {
			if r != a && slices.ContainsFunc(p.streams, func(s stream) bool { return !s.store && s.step[r] == 0 && s.step[a] != 0 }) {
				reused, once = true, max(once, p.extent(r))
			}
		}
		wide := p.extent(a)*float64(bytes) >= 16 || bytes == 4 && p.extent(a) > 1 && !turned
		if stored && reused && wide && once*p.extent(a)*p.points(p.folds)*float64(bytes) <= small {
			return a
		}
	}
	return -1
}
