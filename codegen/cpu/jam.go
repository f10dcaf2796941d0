package cpu

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
)

// Sums whose terms are used again along a second loop axis are computed in tiles of registers, straight from where the operands lie: a loop
// over rows and one over vectors are unrolled and jammed into the loop over the terms (Allen & Cocke, "A catalogue of optimizing
// transformations", 1972).
//
//	before  for i, for j by 8, for k            t[j..j+7] += a[i, k] * b[k, j..j+7]
//	after   for i by 4, for j by 16, for k      t[i..i+3, j..j+15] += a[i..i+3, k] * b[k, j..j+15]
//
// So small products of matrices, by the hundred thousand or one alone, need no panels. What is left of an axis has a tile of its own size;
// where that is narrower than a vector, it begins so much earlier and some sums are computed twice, alike; rows of less than 16 bytes are read
// and stored in part. The smallest products are written out whole: no loops but that over the products, and no addresses but those of their first elements.

// jam is what is jammed in a unit: extents stand for all that give the same tiles, and are part of the structure.
type jam struct {
	axis       int  // the rows: the last loop axis but the vector axis
	rows, cols int  // extents, large ones reduced
	bytes      int  // of a lane
	spare      int  // registers that a term needs besides sums and factors
	sums       int  // reductions
	after      int  // operations on the sums
	whole      bool // written out: extents and steps of the rows, the vectors and the terms are part of the structure
	turned     bool // something lies across the vectors: it is turned in registers
	once       bool // what is stored reads what may lie where it is stored: no column is computed twice that is not in one tile
}

// The rows and columns from which an extent's rest alone is known: multiples of all sizes that tiles of large extents may have.
const (
	rowsPeriod = 24
	colsPeriod = 96
)

// reduced is n, or for all n alike from twice the period on one number.
func reduced(n, period int) int {
	if n < 2*period {
		return n
	}
	return 2*period + n%period
}

// Bounds of what is jammed: terms that one register takes, so that no sum runs long; points that a call takes, of which a lane does eight
// in a cycle or more.
const (
	jamTerms  = 512
	jamPoints = 1 << 20
	jamCalls  = 32  // into which a kernel is cut, where these are long enough
	mostWhole = 640 // multiplications of vectors that are written out
	mostAfter = 256 // operations on a tile's sums
	mostSums  = 4   // in a tile's every lane
)

// jammed is the unit of g with its rows and vectors jammed; false: it is computed row by row.
func jammed(g *codegen.Kernel) (*unit, bool) {
	if g.Nest != codegen.NestRow || g.Vector < 0 || g.Axes[g.Vector].Fold || gathers(g) {
		return nil, false
	}
	u := newUnit(g.Name, g, nil, nil)
	j := &jam{axis: -1}
	if len(u.saved) > 0 || foldPoints(g) > jamTerms || foldPoints(g) == 0 || !j.suits(u) {
		return nil, false
	}
	for _, a := range loopAxes(g) {
		if a != g.Vector && g.Axes[a].Extent > 1 && u.reuses(a) && (j.axis < 0 || g.Axes[a].Extent >= min(g.Axes[j.axis].Extent, rowsPeriod)) {
			j.axis = a
		}
	}
	if j.axis < 0 {
		return nil, false
	}
	j.rows = reduced(g.Axes[j.axis].Extent, rowsPeriod)
	j.cols = reduced(g.Axes[g.Vector].Extent, colsPeriod)
	j.once = u.readsAfter()
	if j.once && j.cols%(64/j.bytes) != 0 && j.cols > 64/j.bytes { // whole vectors, or one tile
		return nil, false
	}
	u = j.unit(g)
	return u, j.whole || !j.turned && j.cols >= 16/j.bytes
}

// suits says whether code for tiles is written for what u computes, and counts registers.
func (j *jam) suits(u *unit) bool {
	k := u.k
	folds := foldsOf(k)
	for i := range u.streams {
		s := &u.streams[i]
		if j.bytes == 0 {
			j.bytes = s.bytes()
		}
		if s.bytes() < 4 || s.bytes() != j.bytes {
			return false
		}
		j.turned = j.turned || s.class(k.Vector) == strided
	}
	for i := range k.Stores {
		s := &k.Stores[i]
		if u.streams[findStream(u.streams, s.Param, s.At)].class(k.Vector) != adjacent || s.Axes().Meets(codegen.AxesOf(folds...)) {
			return false
		}
	}
	level := levels(k)
	for i := range k.Body {
		v := &k.Body[i]
		switch {
		case v.Kind == codegen.Index || v.Kind == codegen.Scan:
			return false
		case v.DType.IsComplex() || v.DType.Size() != j.bytes && v.DType.Size() != 1:
			return false
		case v.Kind == codegen.Reduce:
			if level[i] != 1 || !slices.Equal(sortedAxes(v.Over), sortedAxes(folds)) || v.DType.Size() != j.bytes {
				return false
			}
			j.sums++
		case v.Kind == codegen.Map && level[i] == 0:
			j.spare++
		case v.Kind == codegen.Map:
			j.after++
		}
	}
	narrow := k.Axes[k.Vector].Extent < 16/j.bytes
	return j.sums > 0 && j.sums <= mostSums && !(narrow && (j.turned || j.bytes > 4))
}

func sortedAxes(list []int) []int { return slices.Sorted(slices.Values(list)) }

// reuses says whether a vector that a term reads serves all points along axis, which all sums have.
func (u *unit) reuses(axis int) bool {
	found := false
	for i := range u.k.Body {
		switch v := &u.k.Body[i]; v.Kind {
		case codegen.Reduce:
			if !u.on[i].Has(axis) || !u.on[i].Has(u.k.Vector) {
				return false
			}
		case codegen.Load:
			found = found || u.on[i].Has(u.k.Vector) && !u.on[i].Has(axis)
		}
	}
	return found
}

// readsAfter says whether what is stored reads, besides its sums, something with all loop axes. It may lie where the result does.
func (u *unit) readsAfter() bool {
	all := loopsOf(u.k, codegen.AxesOf(u.k.Order...))
	reads := make([]bool, len(u.k.Body)) // by value, arguments before what takes them
	for v := range u.k.Body {
		x := &u.k.Body[v]
		reads[v] = x.Kind == codegen.Load && u.on[v].Contains(all) ||
			x.Kind == codegen.Map && slices.ContainsFunc(x.Args, func(a int) bool { return reads[a] })
	}
	return slices.ContainsFunc(u.k.Stores, func(s codegen.Store) bool { return reads[s.Value] })
}

// unit settles g's schedule: the rows and the vectors are the innermost loop axes. Workers share the loops outside; where these have too few
// points, the rows are cut into pieces of whole tiles.
func (j *jam) unit(g *codegen.Kernel) *unit {
	s := *g.Clone()
	var shared, rest []int
	for at, a := range s.Order {
		switch {
		case s.Axes[a].Fold || a == s.Vector || a == j.axis:
		case at < s.Parallel:
			shared = append(shared, a)
		default:
			rest = append(rest, a)
		}
	}
	call := min(max(pointsWithout(&s, nil)/jamCalls, jamPoints/16), jamPoints)
	point := pointsWithout(&s, shared)
	for len(rest) > 0 && point > call {
		shared, rest = append(shared, rest[0]), rest[1:]
		point = pointsWithout(&s, shared)
	}
	var cuts []cut
	rows := s.Axes[j.axis].Extent
	if size := max(1, call/max(1, point/rows)/rowsPeriod) * rowsPeriod; point > call && size < rows {
		c := cutAxis(&s, j.axis, size)
		cuts, shared = append(cuts, c), append(shared, c.piece)
		point = point / rows * size
	}
	s.Order = slices.Concat(shared, rest, []int{j.axis, s.Vector}, foldsOf(g))
	s.Parallel, s.Grain, s.Split = len(shared), max(1, call/max(1, point)), 0
	u := newUnit(g.Name, &s, nil, cuts)
	j.whole = len(cuts)+len(rest) == 0 && j.fits(u)
	u.jam = j
	return u
}

// fits says whether u's rows, vectors and terms can be written out.
func (j *jam) fits(u *unit) bool {
	k := u.k
	const far = 1 << 28 // what an address reaches by its displacement, with room
	for i := range u.streams {
		for _, a := range k.Order[k.Parallel:] {
			if s := u.streams[i].step[a]; s > far/k.Axes[a].Extent || s < -far/k.Axes[a].Extent {
				return false
			}
		}
	}
	return j.rows < 2*rowsPeriod && j.cols < 2*colsPeriod && j.rows*ceilDiv(j.cols*j.bytes, 32)*max(foldPoints(k)*j.spare, 2*j.after) <= mostWhole
}

// structure lists what the code takes for granted.
func (j *jam) structure(u *unit) []int {
	list := []int{j.axis, j.rows, j.cols, bit(j.once), bit(j.whole)}
	if !j.whole {
		return list
	}
	for _, a := range u.k.Order[u.k.Parallel:] {
		list = append(list, u.k.Axes[a].Extent)
		for i := range u.streams {
			list = append(list, u.streams[i].step[a])
		}
	}
	return list
}

// tile is what is computed side by side: so many rows, and vectors that begin at these columns. Where it is, from where the addresses are,
// is in points: of the rows, and of the terms.
type tile struct {
	high  int
	wide  []int
	row   int
	terms []point
}

// point is a place along an axis.
type point struct{ axis, at int }

func (t *tile) blocks() int { return t.high * len(t.wide) }

// shape is how a jammed unit is cut into tiles: by so many rows and vectors of so many lanes, and what is left of either.
type shape struct {
	lanes, high, wide  int
	restRows, restCols int
}

// shapeOf chooses the tiles that take least, about, in cycles: those of two multiplications, of two loads, and of four for a sum to be
// added to again.
func (j *jam) shapeOf(isa asm.ISA) shape {
	registers, full := 16, isa.Width().Bytes()/j.bytes
	if isa == asm.AVX512 {
		registers = 32
	}
	for full > j.cols && full > 16/j.bytes {
		full /= 2
	}
	best, least := shape{lanes: full, high: 1, wide: 1}, 0
	for wide := 1; wide <= 3; wide++ {
		for high := 1; high <= 12; high++ {
			if j.sums*high*wide+wide+1+min(j.spare, 4) > registers || (high > j.rows || high*wide*j.after > mostAfter) && high > 1 || wide > ceilDiv(j.cols, full) && wide > 1 {
				continue
			}
			if j.rows >= 2*rowsPeriod && rowsPeriod%high != 0 {
				continue
			}
			s := shape{lanes: full, high: high, wide: wide, restRows: j.rows % high, restCols: j.cols % (wide * full)}
			if j.cols < wide*full {
				s.restCols = j.cols
			}
			if j.once && s.restCols%full != 0 && j.cols > wide*full {
				continue
			}
			cost := j.cols / (wide * full) * j.cost(s, wide)
			if s.restCols > 0 {
				cost += j.cost(s, ceilDiv(s.restCols, full))
			}
			if least == 0 || cost <= least {
				best, least = s, cost
			}
		}
	}
	return best
}

// cost is for all rows of a column of tiles, in sixteenths of a cycle; of tiles that take as long, those with fewer loads.
func (j *jam) cost(s shape, wide int) int {
	one := func(high int) int { return 4*max(2*j.sums*high*wide, 2*(high+wide), 16) + high + wide }
	cost := j.rows / s.high * one(s.high)
	if s.restRows > 0 {
		cost += one(s.restRows)
	}
	return cost
}

// jamPoints writes the loop over the points of the one parallel axis, or of none.
func (n *nest) jamPoints(targets []target) {
	n.jamTail()
	left := n.GP()
	n.Move(n.Arg(ArgHi), left)
	n.Ins("SUBQ", n.Arg(ArgLo), left)
	axis := -1
	if len(n.parallel()) > 0 {
		axis = n.parallel()[0]
		n.moveAll(targets, axis, n.Arg(ArgLo))
	}
	n.loop(targets, axis, left, func() { n.sequential(targets, n.innerLoops()) })
}

// jamTail makes the mask of rows that are narrower than any vector, where they are and there is none yet.
func (n *nest) jamTail() {
	if j := n.u.jam; j.cols < 16/j.bytes && !n.tail.some {
		n.n = 16 / j.bytes
		n.tail = n.newTail(n.Int(int64(j.cols)))
		n.tail.points = j.cols
	}
}

// jamRows writes the tiles of all rows.
func (n *nest) jamRows(targets []target) {
	s := n.u.jam.shapeOf(n.ISA)
	n.full, n.n = s.lanes, s.lanes
	before := n.tail
	n.jamTail()
	defer func() { n.tail = before }()
	n.hoist(targets)
	if n.u.jam.whole {
		for row := 0; row < n.u.jam.rows; row += s.high {
			n.jamColumns(targets, s, &tile{high: min(s.high, n.u.jam.rows-row), row: row})
		}
		return
	}
	left := n.wholeCount(n.u.jam.axis)
	moving := n.enter(targets, n.u.jam.axis)
	for _, high := range []int{s.high, s.restRows} {
		if high > 0 {
			n.turnsOf(left, high, func() {
				n.jamColumns(targets, s, &tile{high: high})
				n.advance(moving, high)
			})
		}
	}
	n.close()
}

// jamColumns writes the tiles of the rows of t.
func (n *nest) jamColumns(targets []target, s shape, t *tile) {
	each := s.wide * s.lanes
	if n.u.jam.whole {
		for at := 0; at < n.u.jam.cols; at += each {
			points := min(each, n.u.jam.cols-at)
			if n.tail.some {
				points = s.lanes
			}
			t.columns(at, points, s.lanes)
			n.jamTile(targets, t)
		}
		return
	}
	left := n.wholeCount(n.vector)
	moving := n.enter(targets, n.vector)
	for _, points := range []int{each, s.restCols} {
		if points > 0 && points <= n.u.jam.cols {
			t.columns(0, points, s.lanes)
			n.turnsOf(left, points, func() {
				n.jamTile(targets, t)
				n.advance(moving, points)
			})
		}
	}
	n.close()
}

// columns sets t's vectors: of so many columns from the first one on.
func (t *tile) columns(first, points, lanes int) {
	t.wide = nil
	for at := 0; at < points; at += lanes {
		t.wide = append(t.wide, first+min(at, points-lanes))
	}
}

// jamTile writes a tile: the sums, then what is stored of them.
func (n *nest) jamTile(targets []target, t *tile) {
	n.jamming = t
	before := n.side
	n.side = t.blocks()
	n.open()
	n.inside(func() {
		var sums []*sum
		var ts []target
		for _, r := range reducesOf(n.k) {
			s := &sum{reduce: r, op: n.k.Body[r].Op.Name, dtype: n.k.Body[r].DType}
			for range t.blocks() {
				s.acc = append(s.acc, n.neutral(s))
			}
			sums, ts = append(sums, s), append(ts, target{store: -1, reduce: r})
		}
		if !n.u.jam.whole {
			n.fetchStores(targets)
		}
		n.jamTerms(ts, n.folds, sums)
		for _, s := range sums {
			n.finish(s, false)
		}
		n.jamStores(targets)
	}, n.u.jam.axis, n.vector)
	n.close()
	n.side, n.jamming = before, nil
}

// termsTurn is how many terms a turn of the innermost loop takes.
const termsTurn = 4

// jamTerms nests the loops over the terms.
func (n *nest) jamTerms(ts []target, axes []int, sums []*sum) {
	switch {
	case n.u.jam.whole && len(axes) == 0:
		n.open()
		n.inside(func() { n.take(ts, sums) }, n.folds...)
		n.close()
		return
	case n.u.jam.whole:
		n.hoist(ts)
		before := n.jamming.terms
		for i := range n.k.Axes[axes[0]].Extent {
			n.jamming.terms = append(before, point{axes[0], i})
			n.jamTerms(ts, axes[1:], sums)
		}
		n.jamming.terms = before
		return
	case len(axes) > 1:
		n.loop(ts, axes[0], n.wholeCount(axes[0]), func() { n.jamTerms(ts, axes[1:], sums) })
		return
	}
	axis := axes[0]
	n.hoist(ts)
	left := n.wholeCount(axis)
	moving := n.enter(ts, axis)
	near, far := walk{axis: axis}, walk{axis: axis} // what an address reaches by its displacement, and the others
	for _, s := range moving.streams {
		if n.u.streams[s].class(axis) == adjacent {
			near.streams = append(near.streams, s)
		} else {
			far.streams = append(far.streams, s)
		}
	}
	next := n.fetches(moving.streams)
	for _, terms := range []int{termsTurn, 1} {
		n.turnsOf(left, terms, func() {
			for k := range terms {
				if terms > 1 {
					n.fetch(next, axis, k)
				}
				n.jamming.terms = []point{{axis, k}}
				n.open()
				n.inside(func() { n.take(ts, sums) }, axis)
				n.close()
				n.advance(far, 1)
			}
			n.advance(near, terms)
		})
	}
	n.jamming.terms = nil
	n.close()
}

// fetched is memory that is asked for before it is read: what a stream reads at this term in the next tile of rows, or of the next point of
// the parallel range.
type fetched struct {
	stream int
	at     asm.Reg
	rows   bool
}

// fetches are the addresses of what will be asked for, at the first term: the processor sees no pattern in rows that are short.
func (n *nest) fetches(streams []int) (list []fetched) {
	rows, parallel := n.u.jam.axis, n.parallel()
	for _, s := range streams {
		f := fetched{stream: s, rows: n.u.streams[s].class(rows) != still}
		var by number
		switch {
		case f.rows:
			by = number{kind: stepOf, a: s, b: rows, mul: n.jamming.high}
		case len(parallel) > 0 && n.u.streams[s].class(last(parallel)) != still:
			by = number{kind: stepOf, a: s, b: last(parallel), mul: 1}
		default:
			continue
		}
		f.at = n.copy(n.ptr(s))
		n.Ins("ADDQ", n.num(by), f.at)
		list = append(list, f)
	}
	return list
}

// fetch asks for what comes at term k of a turn along axis. Terms that lie side by side are in one line of memory, mostly.
func (n *nest) fetch(list []fetched, axis, k int) {
	for _, f := range list {
		st := &n.u.streams[f.stream]
		near := st.class(axis) == adjacent
		switch {
		case near && k > 0:
			continue
		case near && f.rows && st.class(n.u.jam.axis) == strided:
			for r := range n.jamming.high {
				n.Ins("PREFETCHT0", n.rowAt(f.stream, f.at, n.u.jam.axis, r))
			}
		case f.rows:
			n.Ins("PREFETCHT0", asm.At(f.at, 0))
		default: // it will be used again and again only then
			n.Ins("PREFETCHT1", asm.At(f.at, 0))
		}
		if near {
			n.Ins("ADDQ", asm.Imm(termsTurn*st.bytes()), f.at)
		} else {
			n.Ins("ADDQ", n.num(number{kind: stepOf, a: f.stream, b: axis, mul: 1}), f.at)
		}
	}
}

// fetchStores asks for the memory that the next tile of rows is stored to: one store after the other would wait for it.
func (n *nest) fetchStores(targets []target) {
	t := n.jamming
	for _, x := range targets {
		s := findStream(n.u.streams, n.k.Stores[x.store].Param, n.k.Stores[x.store].At)
		st := &n.u.streams[s]
		if st.class(n.u.jam.axis) != strided {
			continue
		}
		p := n.copy(n.ptr(s))
		n.Ins("ADDQ", n.num(number{kind: stepOf, a: s, b: n.u.jam.axis, mul: t.high}), p)
		for r := range t.high {
			n.Ins("PREFETCHT0", n.rowAt(s, p, n.u.jam.axis, r))
			n.Ins("PREFETCHT0", n.rowAt(s, p, n.u.jam.axis, r).Off((t.wide[len(t.wide)-1]+n.n)*st.bytes()-1))
		}
	}
}

// jamStores writes the stores, row by row: of a row everything is read before anything is written, for vectors may overlap.
func (n *nest) jamStores(targets []target) {
	wide := len(n.jamming.wide)
	for r := range n.jamming.high {
		n.open()
		for b := r * wide; b < (r+1)*wide; b++ {
			for _, t := range targets {
				n.value(n.root(t), b)
			}
		}
		for b := r * wide; b < (r+1)*wide; b++ {
			for _, t := range targets {
				n.put(t.store, b)
			}
		}
		n.close()
	}
}

// tileKey is v in a block of the tile: what does not move along its rows, or its columns, has one place for all.
func (n *nest) tileKey(v, block int) valueKey {
	wide := len(n.jamming.wide)
	row, col := block/wide, block%wide
	if !n.moves(v, n.u.jam.axis) {
		row = 0
	}
	if !n.moves(v, n.vector) {
		col = 0
	}
	return valueKey{v, row*wide + col}
}

// tileAt is where stream s, at p at the first block of all, is in a block of the tile.
func (n *nest) tileAt(s int, p asm.Reg, block int) asm.Mem {
	st, t := &n.u.streams[s], n.jamming
	row, col := t.row+block/len(t.wide), block%len(t.wide)
	m := asm.At(p, st.step[n.vector]*t.wide[col])
	for _, x := range t.terms {
		if n.u.jam.whole || st.class(x.axis) == adjacent {
			m.Disp += st.step[x.axis] * x.at
		}
	}
	if class := st.class(n.u.jam.axis); n.u.jam.whole || class == adjacent {
		m.Disp += st.step[n.u.jam.axis] * row
	} else if class == strided {
		at := n.rowAt(s, p, n.u.jam.axis, row)
		m.Index, m.Scale = at.Index, at.Scale
	}
	return m
}

// rowAt is where stream s, at p in the first row, is in another, a point of axis.
func (n *nest) rowAt(s int, p asm.Reg, axis, row int) asm.Mem {
	if row == 0 {
		return asm.At(p, 0)
	}
	scale := min(row&-row, 8)
	return asm.At(p, 0).Plus(n.num(number{kind: stepOf, a: s, b: axis, mul: row / scale}), scale)
}

// crossing names terms that lie side by side at the lanes of a vector: from an address of the stream and the first term on.
type crossing struct{ stream, at int }

// acrossTile is the lanes of stream s, at p at the first block of all, which lie across the vectors of the tile. Where terms lie side by side,
// 16 bytes of each lane are read at a time and turned; what is turned serves all rows.
func (n *nest) acrossTile(s int, p asm.Reg, block int) asm.Reg {
	st := &n.u.streams[s]
	m, each := n.tileAt(s, p, block), 16/st.bytes()
	lane := func(i, ahead int) asm.Mem { return m.Off(i*st.step[n.vector] + ahead*st.bytes()) }
	side := slices.IndexFunc(n.jamming.terms, func(x point) bool {
		return st.class(x.axis) == adjacent && n.k.Axes[x.axis].Extent >= each
	})
	if side < 0 {
		return n.laneByLane(st, func(i int) asm.Mem { return lane(i, 0) })
	}
	x := n.jamming.terms[side]
	back := x.at - min(x.at/each*each, n.k.Axes[x.axis].Extent-each) // terms before this one in the 16 bytes
	key := crossing{s, m.Disp - back*st.bytes()}
	if list, ok := n.crossed[key]; ok {
		return list[back]
	}
	lanes := n.n
	var rows []asm.Reg
	for r := range each {
		var pieces []asm.Reg
		for i := r; i < lanes; i += each {
			n.n = each
			pieces = append(pieces, n.load(st.dtype, lane(i, -back), tail{}))
			n.n = lanes
		}
		rows = append(rows, n.join(pieces))
	}
	n.crossed[key] = n.turn(st.dtype, rows)
	return n.crossed[key][back]
}

// laneByLane reads the lanes of a vector one by one.
func (n *nest) laneByLane(st *stream, at func(i int) asm.Mem) asm.Reg {
	each := 16 / st.bytes()
	var pieces []asm.Reg
	for i := 0; i < n.n; i += each {
		x := n.loadLane(st.dtype, at(i))
		for j := 1; j < each; j++ {
			y := n.Vec().X()
			if st.bytes() == 8 {
				n.Ins("VPINSRQ", asm.Imm(1), at(i+j), x, y)
			} else {
				n.Ins("VINSERTPS", asm.Imm(j<<4), at(i+j), x, y)
			}
			x = y
		}
		pieces = append(pieces, x)
	}
	return n.join(pieces)
}
