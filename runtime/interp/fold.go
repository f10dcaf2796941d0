package interp

import "math/bits"

// odometer counts the points of axes, the last one fastest.
type odometer struct {
	axes    []int
	extents []int
	count   int
}

func newOdometer(axes, extents []int) odometer {
	o := odometer{axes: axes, count: 1}
	for _, a := range axes {
		o.extents = append(o.extents, extents[a])
		o.count *= extents[a]
	}
	return o
}

// set writes the place of point p to index.
func (o *odometer) set(index []int, p int) {
	for i := len(o.axes) - 1; i >= 0; i-- {
		index[o.axes[i]] = p % o.extents[i]
		p /= o.extents[i]
	}
}

// next moves index to the next point.
func (o *odometer) next(index []int) {
	for i := len(o.axes) - 1; i >= 0; i-- {
		a := o.axes[i]
		if index[a]++; index[a] < o.extents[i] {
			return
		}
		index[a] = 0
	}
}

// chunk is how many elements are added up one after the other before their sum joins the tree of sums. A sum of n elements so has an error
// of at most (chunk + log2(n/chunk)) roundings of each element: (32 + log2(n/32)) * eps * sum(|x|).
const chunk = 32

// levels is how many partial sums a fold of count points keeps at a time: the place for the chunk at hand and one for each binary digit
// of the number of chunks; 0 where all points are one chunk.
func levels(count int, tree bool) int {
	if !tree || count <= chunk {
		return 0
	}
	return 1 + bits.Len(uint((count+chunk-1)/chunk))
}

// folding is a reduction inside a block: each lane folds its own points.
type folding[T lane] struct {
	file   file[T]
	fn     func(dst, a, b []T)
	unit   T
	finish func(lanes []T) // rounds the result to its dtype; nil: nothing to do
	over   odometer
	ranged bool   // over the frame's piece of the points only
	body   []step // what computes x at one point
	x, dst int    // registers
	tree   []int  // registers of partial sums; none: one after the other
}

func (r *folding[T]) step(f *frame) {
	regs := r.file(f).regs
	dst := regs[r.dst][:f.n]
	lo, hi := 0, r.over.count
	if r.ranged {
		lo, hi = f.foldLo, f.foldHi
	}
	if lo >= hi {
		for i := range dst {
			dst[i] = r.unit
		}
		return
	}
	r.over.set(f.index, lo)
	if len(r.tree) == 0 {
		r.chunk(f, dst, hi-lo)
	} else {
		r.sum(f, dst, regs, hi-lo)
	}
	if r.finish != nil {
		r.finish(dst)
	}
}

// chunk folds the next points one after the other.
func (r *folding[T]) chunk(f *frame, acc []T, points int) {
	regs := r.file(f).regs
	for i := range points {
		if f.stopped() {
			return
		}
		f.run(r.body)
		if x := regs[r.x][:f.n]; i == 0 {
			copy(acc, x)
		} else {
			r.fn(acc, acc, x)
		}
		r.over.next(f.index)
	}
}

// sum folds chunks, and the chunks' results as a binary counter does: level l holds 2^(l-1) chunks.
func (r *folding[T]) sum(f *frame, dst []T, regs [][]T, points int) {
	chunks := uint(0)
	acc := regs[r.tree[0]][:f.n]
	for ; points > 0; points -= chunk {
		r.chunk(f, acc, min(points, chunk))
		if f.halt {
			return
		}
		chunks++
		level := 1
		for ; chunks>>(level-1)&1 == 0; level++ {
			r.fn(acc, regs[r.tree[level]][:f.n], acc)
		}
		copy(regs[r.tree[level]][:f.n], acc)
	}
	first := bits.TrailingZeros(chunks)
	copy(dst, regs[r.tree[first+1]])
	for level := first + 1; chunks>>level != 0; level++ {
		if chunks>>level&1 != 0 {
			r.fn(dst, regs[r.tree[level+1]][:f.n], dst)
		}
	}
}

// across is a reduction whose points are the lanes: blocks are folded as a binary tree, and the blocks' results likewise. A sum of n
// elements so has an error of at most log2(n) + 2 roundings of each. It leaves the frame with one lane.
type across[T lane] struct {
	file   file[T]
	fn     func(dst, a, b []T)
	better func(x, best T) bool // of an arg reduction
	unit   T
	finish func(lanes []T)
	count  int
	ranged bool // over the frame's piece of the points only
	body   []step
	acrossRegs
}

// acrossRegs are the registers of an across.
type acrossRegs struct {
	x     int // the block
	y     int // room to fold it in
	tree  int // its lanes hold partial results
	dst   int // its first lane takes the result
	place int // its first lane takes the result of an arg reduction
}

func (r *across[T]) step(f *frame) {
	lo, hi := 0, r.count
	if r.ranged {
		lo, hi = f.foldLo, f.foldHi
	}
	blocks := uint(0)
	for ; lo < hi; lo += width {
		if f.stopped() {
			return
		}
		f.start, f.n = lo, min(width, hi-lo)
		f.run(r.body)
		blocks++
		if r.better != nil {
			r.scan(f, blocks == 1)
		} else {
			r.block(f, blocks)
		}
	}
	f.start, f.n = 0, 1
	if r.better == nil {
		r.end(r.file(f).regs, blocks)
	}
}

// block folds the frame's lanes, which are block number blocks, and joins them to the blocks before as a binary counter does.
func (r *across[T]) block(f *frame, blocks uint) {
	regs := r.file(f).regs
	tree, y := regs[r.tree], regs[r.y]
	copy(y, regs[r.x][:f.n])
	for n := f.n; n > 1; {
		h := n / 2
		r.fn(y[:h], y[:h], y[n-h:n])
		n -= h
	}
	level := 0
	for ; blocks>>level&1 == 0; level++ {
		r.fn(y[:1], tree[level:level+1], y[:1])
	}
	tree[level] = y[0]
}

// end writes the result to the first lane of dst.
func (r *across[T]) end(regs [][]T, blocks uint) {
	dst, tree := regs[r.dst][:1], regs[r.tree]
	if blocks == 0 {
		dst[0] = r.unit
		return
	}
	level := bits.TrailingZeros(blocks)
	dst[0] = tree[level]
	for level++; blocks>>level != 0; level++ {
		if blocks>>level&1 != 0 {
			r.fn(dst, tree[level:level+1], dst)
		}
	}
	if r.finish != nil {
		r.finish(dst)
	}
}

// scan looks for a better element than the best so far, which is the first lane of tree.
func (r *across[T]) scan(f *frame, first bool) {
	regs := r.file(f).regs
	x, tree, place := regs[r.x][:f.n], regs[r.tree], f.i64.regs[r.place]
	if first {
		tree[0], place[0] = x[0], int64(f.start)
	}
	best := tree[0]
	for i, v := range x {
		if r.better(v, best) {
			best = v
			place[0] = int64(f.start + i)
		}
	}
	tree[0] = best
}

// choosing is an arg reduction inside a block: each lane keeps its best element and the place of it.
type choosing[T lane] struct {
	file    file[T]
	better  func(x, best T) bool
	over    odometer // of one axis
	body    []step
	x, best int // registers
	dst     int // register of indices
}

func (r *choosing[T]) step(f *frame) {
	regs := r.file(f).regs
	best, place := regs[r.best][:f.n], f.i64.regs[r.dst][:f.n]
	r.over.set(f.index, 0)
	for p := range r.over.count {
		if f.stopped() {
			return
		}
		f.run(r.body)
		x := regs[r.x][:f.n]
		if p == 0 {
			copy(best, x)
			clear(place)
		}
		for i := range x {
			if r.better(x[i], best[i]) {
				best[i], place[i] = x[i], int64(p)
			}
		}
		r.over.next(f.index)
	}
}
