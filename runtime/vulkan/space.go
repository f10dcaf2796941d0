//go:build cgo && linux && !novulkan

package vulkan

import "slices"

// space hands out parts of a range of bytes. Offsets and sizes are multiples of granule.
type space struct {
	size int
	free []part // ascending, none empty, no two adjacent
}

// part is the bytes [at, at+size).
type part struct{ at, size int }

// granule is the boundary that parts start at: the most that a device may ask of a binding's offset, and more than a cache line.
const granule = 256

func newSpace(size int) space { return space{size: size, free: []part{{0, size}}} }

// rounded is n up to a whole number of granules.
func rounded(n int) int { return (n + granule - 1) / granule * granule }

// take gives the offset of n bytes, of the smallest free part that has so many.
func (s *space) take(n int) (at int, ok bool) {
	best := -1
	for i, p := range s.free {
		if p.size >= n && (best < 0 || p.size < s.free[best].size) {
			best = i
		}
	}
	if best < 0 {
		return 0, false
	}
	p := &s.free[best]
	at = p.at
	p.at, p.size = p.at+n, p.size-n
	if p.size == 0 {
		s.free = slices.Delete(s.free, best, best+1)
	}
	return at, true
}

// give takes back what take gave.
func (s *space) give(at, n int) {
	i, _ := slices.BinarySearchFunc(s.free, at, func(p part, at int) int { return p.at - at })
	s.free = slices.Insert(s.free, i, part{at, n})
	if i+1 < len(s.free) && s.free[i].at+s.free[i].size == s.free[i+1].at {
		s.free[i].size += s.free[i+1].size
		s.free = slices.Delete(s.free, i+1, i+2)
	}
	if i > 0 && s.free[i-1].at+s.free[i-1].size == s.free[i].at {
		s.free[i-1].size += s.free[i].size
		s.free = slices.Delete(s.free, i, i+1)
	}
}

// empty says whether all is free.
func (s *space) empty() bool { return len(s.free) == 1 && s.free[0].size == s.size }
