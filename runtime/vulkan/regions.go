//go:build cgo && linux && !novulkan

package vulkan

import (
	"cmp"
	"slices"
)

// access is the bytes that one param of one launch reaches: of the host's memory, at addresses, until they have a place on the device.
type access struct {
	host    []byte // bytes [lo, hi) in the host's memory; nil: they are on the device from the start
	lo, hi  int    // addresses
	region  int    // that they belong to
	block   *block // where they lie on the device
	at, end int    // offsets in the block's buffer
	out     bool   // they are written
	dense   bool   // each of them
}

// region is a stretch of the host's memory that a run touches, as large as accesses reach that overlap. It has one place on the device, so
// that what one launch writes the next one reads, however their views differ.
type region struct {
	lo, hi int    // addresses
	block  *block // over its pages, where the device works on it as it lies; nil: it is copied to the lane's arena and back
	at     int    // offset of lo in the block or the arena
	upload bool   // what was there before the run is seen
	out    bool   // it is written
	first  int    // the first access of a launch to it
}

// regions finds the stretches of host memory in list and gives each access its region. order and into are memory to use.
func regions(list []access, order []int, into []region) ([]int, []region) {
	for i := range list {
		if list[i].host != nil {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(list[a].lo, list[b].lo), cmp.Compare(a, b))
	})
	for _, i := range order {
		a := &list[i]
		last := len(into) - 1
		if last < 0 || a.lo >= into[last].hi {
			into = append(into, region{lo: a.lo, hi: a.lo, first: i})
			last++
		}
		r := &into[last]
		r.hi, r.first, r.out = max(r.hi, a.hi), min(r.first, i), r.out || a.out
		a.region = last
	}
	for i := range into {
		r := &into[i]
		a := &list[r.first]
		r.upload = !(a.out && a.dense && a.lo == r.lo && a.hi == r.hi)
	}
	return order, into
}

// place gives each region that is copied its offset, which is congruent to its address modulo granule, and gives the bytes that all take.
func place(list []region) int {
	end := 0
	for i := range list {
		r := &list[i]
		if r.block != nil {
			continue
		}
		r.at = rounded(end) + r.lo&(granule-1)
		end = r.at + r.hi - r.lo
	}
	return rounded(end)
}

// upload copies what the regions need to mem, where they have their places, and gives the bytes copied.
func upload(list []access, order []int, regions []region, mem []byte) (n int) {
	done := 0 // addresses below are copied
	for _, i := range order {
		a := &list[i]
		r := &regions[a.region]
		if from := max(a.lo, done); r.block == nil && r.upload && from < a.hi {
			n += copy(mem[r.at+from-r.lo:], a.host[from-a.lo:])
			done = a.hi
		}
	}
	return n
}

// download copies what was written from mem to the host, and gives the bytes copied.
func download(list []access, order []int, regions []region, mem []byte) (n int) {
	done := 0
	for _, i := range order {
		a := &list[i]
		r := &regions[a.region]
		if from := max(a.lo, done); r.block == nil && a.out && from < a.hi {
			n += copy(a.host[from-a.lo:], mem[r.at+from-r.lo:])
			done = a.hi
		}
	}
	return n
}

// conflict says whether b must wait for a: they share bytes, and one of them writes.
func conflict(a, b *access) bool {
	return (a.out || b.out) && a.block == b.block && a.at < b.end && b.at < a.end
}
