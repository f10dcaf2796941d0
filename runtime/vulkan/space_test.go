//go:build cgo && linux && !novulkan

package vulkan

import (
	"testing"

	"pgregory.net/rapid"
)

// TestSpace takes and gives back at random: no two parts meet, what is refused does not fit, and at the end all is one free part.
func TestSpace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 64).Draw(t, "size")
		s := newSpace(size)
		owner := make([]int, size) // 0: free
		var parts []part
		for step := 1; step <= rapid.IntRange(1, 200).Draw(t, "steps"); step++ {
			if len(parts) > 0 && rapid.Bool().Draw(t, "give") {
				i := rapid.IntRange(0, len(parts)-1).Draw(t, "which")
				p := parts[i]
				s.give(p.at, p.size)
				clear(owner[p.at : p.at+p.size])
				parts = append(parts[:i], parts[i+1:]...)
				continue
			}
			n := rapid.IntRange(1, size).Draw(t, "n")
			at, ok := s.take(n)
			if !ok {
				if run := longestFree(owner); run >= n {
					t.Fatalf("%d refused with %d free in a row", n, run)
				}
				continue
			}
			for i := at; i < at+n; i++ {
				if owner[i] != 0 {
					t.Fatalf("byte %d is given twice", i)
				}
				owner[i] = step
			}
			parts = append(parts, part{at, n})
		}
		for _, p := range parts {
			s.give(p.at, p.size)
		}
		if !s.empty() {
			t.Fatalf("free parts %v at the end", s.free)
		}
	})
}

func longestFree(owner []int) int {
	best, run := 0, 0
	for _, o := range owner {
		if run++; o != 0 {
			run = 0
		}
		best = max(best, run)
	}
	return best
}
