//go:build cgo && linux && !novulkan

package vulkan

import (
	"cmp"
	"slices"
	"unsafe"
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
	host   []byte // all of it
	upload bool   // what was there before the run is seen
	via    int    // offset in memory for uploads
	up     int    // bytes that the device has
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
			into = append(into, region{lo: a.lo, hi: a.lo, host: a.host, first: i})
			last++
		}
		r := &into[last]
		r.hi, r.first, r.out = max(r.hi, a.hi), min(r.first, i), r.out || a.out
		a.region = last
	}
	for i := range into {
		r := &into[i]
		a := &list[r.first]
		r.host = unsafe.Slice(&r.host[0], r.hi-r.lo) // what overlaps is parts of one array
		r.upload = !(a.out && a.dense && a.lo == r.lo && a.hi == r.hi)
	}
	return order, into
}

// carries says whether the region's bytes are copied to the device for the run.
func (r *region) carries() bool { return r.upload && r.block == nil }

// place gives each region that is copied its offset, which is congruent to its address modulo granule, and one in memory for uploads where its
// bytes go up. It gives the bytes that all take.
func place(list []region) (arena, up int) {
	for i := range list {
		r := &list[i]
		if r.block != nil {
			continue
		}
		r.at = rounded(arena) + r.lo&(granule-1)
		arena = r.at + len(r.host)
		if r.upload {
			r.via = rounded(up) + r.lo&(granule-1)
			up = r.via + len(r.host)
		}
	}
	return rounded(arena), rounded(up)
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
