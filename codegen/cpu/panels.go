package cpu

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// gettNest writes the functions of a packed contraction.
type gettNest struct {
	*nest
	g     *codegen.Gett
	dtype tensor.DType

	rowStreams, rowAxes []int  // what the table of rows has of each row
	origin              *scope // where all streams are at their first elements
	passes              []int  // the streams of stores that may go past the caches
}

// padTerms is the room, in terms, behind a panel: packing writes whole vectors.
const padTerms = 16

func (t *gettNest) size(which blockSize) asm.Reg {
	return t.num(number{kind: blockOf, a: int(which)})
}

// bytes is the size of a number, element that of a factor's or the product's element: two numbers where it is complex, the real parts of a
// tile's or a term's elements before the imaginary ones.
func (t *gettNest) bytes() int   { return t.dtype.Size() }
func (t *gettNest) element() int { return t.bytes() * t.g.Parts() }

// least is a new register of the smaller of two.
func (t *gettNest) least(a, b asm.Reg) asm.Reg {
	r := t.copy(a)
	t.Ins("CMPQ", r, b)
	t.Ins("CMOVQGT", b, r)
	return r
}

// left is a new register of min(total - start, most): what a block that begins at start has.
func (t *gettNest) left(total, start, most asm.Reg) asm.Reg {
	r := t.copy(total)
	t.Ins("SUBQ", start, r)
	return t.least(r, most)
}

// scaled is a new register of r times by.
func (t *gettNest) scaled(r, by asm.Reg) asm.Reg {
	c := t.copy(r)
	t.Ins("IMULQ", by, c)
	return c
}

// sum is a new register of a + b.
func (t *gettNest) sum(a, b asm.Reg) asm.Reg {
	c := t.copy(a)
	t.Ins("ADDQ", b, c)
	return c
}

// place moves the targets' streams to the points of axes, whose flat index is point.
func (t *gettNest) place(targets []target, point asm.Reg, axes []int) {
	t.takeApart(point, axes)
	for _, a := range axes {
		t.moveAll(targets, a, t.scope.idx[a])
	}
}

// binary says whether u is a packed contraction of many axes whose extents are all powers of two: flat points are taken apart by shifts then.
func (u *unit) binary() bool {
	g := &u.k.Gett
	many := false
	for _, axes := range [][]int{g.M, g.N, g.K, g.Batch} {
		many = many || len(axes) > 2
		for _, a := range axes {
			if n := u.k.Axes[a].Extent; n&(n-1) != 0 || n == 0 {
				return false
			}
		}
	}
	return many && u.k.Nest == codegen.NestGett
}

// takeApart gives each of axes its index in a flat point.
func (t *gettNest) takeApart(point asm.Reg, axes []int) {
	if !t.u.binary() {
		t.nest.takeApart(point, axes)
		return
	}
	rest := point
	for i := len(axes) - 1; i > 0; i-- {
		by := t.num(number{kind: doublingsOf, a: axes[i]})
		whole, above := t.GP(), t.GP()
		t.Ins("SHRXQ", by, rest, whole)
		t.Ins("SHLXQ", by, whole, above)
		index := t.copy(rest)
		t.Ins("SUBQ", above, index)
		rest, t.scope.idx[axes[i]] = whole, index
	}
	if len(axes) > 0 {
		t.scope.idx[axes[0]] = rest
	}
}

// room is a new register of the points from where the last of axes is placed to its end.
func (t *gettNest) room(axes []int) asm.Reg {
	a := last(axes)
	return t.left(t.num(number{kind: extentOf, a: a}), t.axisIndex(a), t.num(number{kind: extentOf, a: a}))
}

// runs runs body over count points of axes from flat point first on, in runs of n points along the last axis, of which each in a stretch of run
// points lies one step from the one before it. In body the other axes are fixed, and the targets' streams are where the run begins.
func (t *gettNest) runs(targets []target, axes []int, run, first, count asm.Reg, body func(n asm.Reg)) {
	at, left := t.copy(first), t.copy(count)
	top, end := t.Label("run"), t.Label("ran")
	t.Bind(top)
	t.open()
	t.place(targets, at, axes)
	n := t.least(t.roomIn(run, axes, at), left)
	t.inside(func() { body(n) }, axes[:len(axes)-1]...)
	t.close()
	if len(axes) > 1 {
		t.Ins("ADDQ", n, at)
		t.Ins("SUBQ", n, left)
		t.J("GT", top)
	}
	t.Bind(end)
}

// roomIn is a new register of the points from flat point at of axes to the end of its stretch of run points.
func (t *gettNest) roomIn(run asm.Reg, axes []int, at asm.Reg) asm.Reg {
	if len(axes) == 1 {
		return t.room(axes)
	}
	room := t.copy(run)
	if !t.u.binary() {
		_, in := t.divide(at, run)
		t.Ins("SUBQ", in, room)
		return room
	}
	in := t.copy(run)
	t.Ins("DECQ", in)
	t.Ins("ANDQ", at, in)
	t.Ins("SUBQ", in, room)
	return room
}

// factor is the target that packing has: a value of one side.
func factor(v int) target { return target{store: -1, reduce: -1, value: v} }

func factors(values []int) (list []target) {
	for _, v := range values {
		list = append(list, factor(v))
	}
	return list
}

// forPoints runs body for each point of the call's range.
func (t *gettNest) forPoints(body func(point asm.Reg)) {
	t.open()
	t.origin = t.scope
	for s := range t.u.streams {
		t.scope.ptrs[s] = t.base(s)
	}
	point := t.copy(t.Arg(ArgLo))
	top, end := t.Label("point"), t.Label("end")
	t.Bind(top)
	t.Ins("CMPQ", point, t.Arg(ArgHi))
	t.J("GE", end)
	t.open()
	body(point)
	t.close()
	t.Ins("INCQ", point)
	t.Jmp(top)
	t.Bind(end)
	t.close()
	if len(t.passes) > 0 {
		t.Ins("SFENCE") // stores past the caches are in no order with others until here
	}
	t.Ret()
}

// batchPoint is the batch's flat point of number local in this phase.
func (t *gettNest) batchPoint(local asm.Reg) asm.Reg { return t.sum(local, t.Arg(varBatch)) }

// leftPanel and rightPanel are the addresses of panel number p of batch point local in the run's memory.
func (t *gettNest) leftPanel(local, p asm.Reg) asm.Reg {
	at := t.panel(local, leftPanels, p, leftBytes)
	t.Ins("ADDQ", t.size(leftOffset), at)
	return at
}

func (t *gettNest) rightPanel(local, p asm.Reg) asm.Reg {
	return t.panel(local, blockWide, p, rightBytes)
}

func (t *gettNest) panel(local asm.Reg, each blockSize, p asm.Reg, bytes blockSize) asm.Reg {
	at := t.scaled(local, t.size(each))
	t.Ins("ADDQ", p, at)
	t.Ins("IMULQ", t.size(bytes), at)
	t.Ins("ADDQ", t.Arg(ArgTemp), at)
	return at
}

// side is one factor and how its panels are: so many points of its group, for each term side by side.
type side struct {
	parts []int     // values: it, or its real and its imaginary part
	axes  []int     // its group
	run   blockSize // points of the group that lie side by side
	terms blockSize // terms that do
	width int
	first asm.Reg // flat point
	count asm.Reg // points that there are, at most width
	dest  asm.Reg
}

func (t *gettNest) leftParts() []int {
	if t.g.Imag != nil {
		return []int{t.g.A, t.g.Imag.A}
	}
	return []int{t.g.A}
}

func (t *gettNest) rightParts() []int {
	if t.g.Imag != nil {
		return []int{t.g.B, t.g.Imag.B}
	}
	return []int{t.g.B}
}

// termBytes is how far a term of the panel is from the next one.
func (t *gettNest) termBytes(s *side) int { return s.width * t.element() }

// pack writes the packing of both factors, or of A alone. A point is a panel of a batch point, first those of B. Columns and rows past the
// last are left as they are, or become anything: no result of theirs is stored.
func (t *gettNest) pack() {
	t.forPoints(func(point asm.Reg) {
		all := t.sum(t.Arg(varWide), t.Arg(varHigh))
		local, p := t.divide(point, all)
		batch := t.batchPoint(local)
		ofA, end := t.Label("left"), t.Label("packed")
		if !t.u.packsOwn() {
			t.Ins("CMPQ", p, t.Arg(varWide))
			t.J("GE", ofA)
			t.packRight(batch, local, p)
			t.Jmp(end)
		}
		t.Bind(ofA)
		t.open()
		p = t.copy(p)
		t.Ins("SUBQ", t.Arg(varWide), p)
		i := t.packedRow(p)
		t.packPanel(batch, &side{
			parts: t.leftParts(), axes: t.g.M, run: leftRun, terms: leftTerms, width: t.g.MR, first: i, count: t.left(t.size(pointsM), i, t.Int(int64(t.g.MR))), dest: t.leftPanel(local, p),
		})
		t.close()
		t.Bind(end)
	})
}

// packRight writes the packing of panel number p of B, or band.
func (t *gettNest) packRight(batch, local, p asm.Reg) {
	t.open()
	end := t.Label("right")
	if t.u.banded() {
		panels := t.Label("panels")
		rows := t.copy(t.size(bandRows))
		t.Ins("TESTQ", rows, rows)
		t.J("EQ", panels)
		t.open()
		first, _ := t.divide(t.Arg(varJ), t.rowLength())
		inBlock, _ := t.divide(t.left(t.size(pointsN), t.Arg(varJ), t.scaled(t.size(blockWide), t.Int(int64(t.g.NR)))), t.rowLength())
		begin := t.scaled(p, t.size(bandRows))
		count := t.left(inBlock, begin, t.size(bandRows))
		t.Ins("ADDQ", begin, first)
		t.packBand(batch, &rowBand{first: first, count: count, column: t.scaled(begin, t.rowLength()), dest: t.rightPanel(local, t.Int(0))})
		t.close()
		t.Jmp(end)
		t.Bind(panels)
	}
	j := t.scaled(p, t.Int(int64(t.g.NR)))
	t.Ins("ADDQ", t.Arg(varJ), j)
	t.packPanel(batch, t.rightSide(j, t.left(t.size(pointsN), j, t.Int(int64(t.g.NR))), t.rightPanel(local, p)))
	t.close()
	t.Bind(end)
}

// rightSide is the panel of count columns of B from flat point first on, to be packed to dest.
func (t *gettNest) rightSide(first, count, dest asm.Reg) *side {
	return &side{parts: t.rightParts(), axes: t.g.N, run: rightRun, terms: rightTerms, width: t.g.NR, first: first, count: count, dest: dest}
}

// packPanel writes the packing of a panel. Lanes go across the panel where its points are one run and there are enough of them, unless the
// operands lie side by side along the terms alone; otherwise lanes go along the terms.
func (t *gettNest) packPanel(batch asm.Reg, s *side) {
	ts := factors(s.parts)
	terms := t.left(t.size(pointsK), t.Arg(varP), t.size(blockTerms))
	t.place(ts, batch, t.g.Batch)
	end := t.Label("panel")
	t.inside(func() {
		lies, alongK := t.sideBySide(ts, last(s.axes)), t.sideBySide(ts, last(t.g.K))
		if lies || !alongK && s.width%t.full == 0 {
			rows := t.Label("rows")
			t.open()
			t.place(ts, s.first, s.axes)
			t.Ins("CMPQ", t.roomIn(t.size(s.run), s.axes, s.first), s.count)
			t.J("LT", rows)
			if !lies {
				t.Ins("CMPQ", s.count, asm.Imm(s.width))
				t.J("LT", rows)
			}
			t.across(ts, s, terms, lies)
			t.close()
			t.Jmp(end)
			t.Bind(rows)
		}
		t.alongTerms(ts, s, terms)
	}, t.g.Batch...)
	t.Bind(end)
}

// sideBySide says whether the targets' streams can be read in masked vectors along axis, one of them at least by vectors.
func (t *gettNest) sideBySide(targets []target, axis int) bool {
	before := t.vector
	t.vector = axis
	defer func() { t.vector = before }()
	return t.maskable(targets) && t.adjacent(targets, axis)
}

// adjacent says whether one of the targets' streams goes along axis element by element.
func (t *gettNest) adjacent(targets []target, axis int) bool {
	return slices.ContainsFunc(t.active(targets), func(s int) bool { return t.u.streams[s].class(axis) == adjacent })
}

// across packs term by term, lanes along the panel's own axis. Where the panel is no whole number of vectors, each term's store runs over
// into the next term's place, which is written after it.
func (t *gettNest) across(ts []target, s *side, terms asm.Reg, masked bool) {
	t.vector = last(s.axes)
	vectors := ceilDiv(s.width, t.full)
	pack := func(tails []tail) {
		at := t.copy(s.dest)
		t.eachTerm(ts, s, terms, func() {
			for part, v := range s.parts {
				for i := range vectors {
					if tails != nil {
						t.tail = tails[i]
					}
					r := t.value(v, i)
					t.tail = tail{}
					t.store(t.dtype, r, asm.At(at, (part*s.width+i*t.full)*t.bytes()), tail{})
				}
			}
			t.Ins("ADDQ", asm.Imm(t.termBytes(s)), at)
		})
	}
	t.inside(func() {
		if !masked {
			pack(nil)
			return
		}
		some, end := t.Label("some"), t.Label("across")
		if s.width%t.full == 0 {
			t.Ins("CMPQ", s.count, asm.Imm(s.width))
			t.J("LT", some)
			pack(nil)
			t.Jmp(end)
		}
		t.Bind(some)
		t.open()
		pack(t.tails(s.count, vectors))
		t.close()
		t.Bind(end)
	}, s.axes[:len(s.axes)-1]...)
}

// eachTerm runs body for each of the block's terms: by nested loops where these are all there are, in several runs, else run by run, each of
// which has to be placed.
func (t *gettNest) eachTerm(ts []target, s *side, terms asm.Reg, body func()) {
	runs, end := t.Label("runs"), t.Label("terms")
	if len(t.g.K) > 1 {
		t.Ins("CMPQ", terms, t.size(pointsK))
		t.J("LT", runs)
		t.Ins("CMPQ", t.size(s.terms), terms)
		t.J("GE", runs)
		t.open()
		t.allTerms(ts, t.g.K, body)
		t.close()
		t.Jmp(end)
	}
	t.Bind(runs)
	t.runs(ts, t.g.K, t.size(s.terms), t.Arg(varP), terms, func(n asm.Reg) { t.loop(ts, last(t.g.K), t.copy(n), body) })
	t.Bind(end)
}

// allTerms nests the loops over axes.
func (t *gettNest) allTerms(ts []target, axes []int, body func()) {
	if len(axes) == 0 {
		body()
		return
	}
	t.loop(ts, axes[0], t.wholeCount(axes[0]), func() { t.allTerms(ts, axes[1:], body) })
}

// tails are the masks of the vectors that hold count points.
func (t *gettNest) tails(count asm.Reg, vectors int) (list []tail) {
	rest := t.copy(count)
	for range vectors {
		some := t.copy(rest) // newTail takes 0 to full
		t.clamp(some)
		list = append(list, t.newTail(some))
		t.Ins("SUBQ", asm.Imm(t.full), rest)
	}
	return list
}

// clamp brings r into [0, full].
func (t *gettNest) clamp(r asm.Reg) {
	zero, full := t.Int(0), t.Int(int64(t.full))
	t.Ins("CMPQ", r, zero)
	t.Ins("CMOVQLT", zero, r)
	t.Ins("CMPQ", r, full)
	t.Ins("CMOVQGT", full, r)
}

// alongTerms packs point by point of the panel's own axes, lanes along the terms; where these lie side by side in memory, some points
// together.
func (t *gettNest) alongTerms(ts []target, s *side, terms asm.Reg) {
	t.vector = last(t.g.K)
	step := t.Int(int64(t.termBytes(s)))
	start := t.copy(s.dest)
	t.runs(ts, t.g.K, t.size(s.terms), t.Arg(varP), terms, func(n asm.Reg) {
		to := t.copy(start)
		t.runs(ts, s.axes, t.size(s.run), s.first, s.count, func(points asm.Reg) {
			left := t.copy(points)
			t.hoist(ts)
			moving := t.enter(ts, last(s.axes))
			if len(s.parts) == 1 && t.adjacent(ts, t.vector) && s.width >= t.square() {
				t.together(ts, s, moving, n, left, to)
			}
			t.turns(left, func() {
				t.inside(func() {
					at := t.copy(to)
					terms := t.enter(ts, t.vector)
					t.blocksOnce(ts, terms, t.copy(n), func() {
						for part := len(s.parts) - 1; part >= 0; part-- { // the first moves at on
							p := at
							if part > 0 {
								p = t.copy(at)
								t.Ins("ADDQ", asm.Imm(part*s.width*t.bytes()), p)
							}
							t.storeStrided(t.dtype, t.value(s.parts[part], 0), p, func(p asm.Reg) { t.Ins("ADDQ", step, p) })
						}
					})
					t.close()
				}, last(s.axes))
				t.Ins("ADDQ", asm.Imm(t.bytes()), to)
				t.advance(moving, 1)
			})
			t.close()
		})
		t.Ins("ADDQ", t.scaled(n, step), start)
	})
}

// together packs n terms of points by squares, while so many points are left.
func (t *gettNest) together(ts []target, s *side, moving walk, n, left, to asm.Reg) {
	top, end := t.Label("together"), t.Label("fewer")
	t.Bind(top)
	t.Ins("CMPQ", left, asm.Imm(t.square()))
	t.J("LT", end)
	t.open()
	at := t.copy(to)
	t.squares(ts, s.parts[0], last(s.axes), t.copy(n), func(rows []asm.Reg) {
		t.storeColumns(rows, func(term int) asm.Mem { return asm.At(at, term*s.width*t.bytes()) })
		t.Ins("ADDQ", asm.Imm(t.n*s.width*t.bytes()), at)
	})
	t.close()
	t.advance(moving, t.square())
	t.Ins("ADDQ", asm.Imm(t.square()*t.bytes()), to)
	t.Ins("SUBQ", asm.Imm(t.square()), left)
	t.Jmp(top)
	t.Bind(end)
}

// blocksOnce is blocksFrom without unrolling.
func (t *gettNest) blocksOnce(targets []target, moving walk, count asm.Reg, body func()) {
	before := t.unroll
	t.unroll = 1
	t.blocksFrom(targets, moving, count, body)
	t.unroll = before
}

// square is how many elements a vector of 16 bytes holds: so many of them are transposed at a time.
func (t *gettNest) square() int { return 16 / t.bytes() }

// squares goes over count points along the vector axis, whole vectors and then one by one; body gets value v of these, and in further rows
// of their neighbours along axis, as many rows as a square has.
func (t *gettNest) squares(ts []target, v, axis int, count asm.Reg, body func(rows []asm.Reg)) {
	t.open()
	moving := t.enter(ts, t.vector)
	for _, n := range []int{t.full, 1} {
		t.n = n
		top, end := t.Label("square"), t.Label("over")
		t.Bind(top)
		t.Ins("CMPQ", count, asm.Imm(n))
		t.J("LT", end)
		t.block(1, func() { body(t.neighbours(ts, v, axis, t.square())) })
		t.advance(moving, n)
		t.Ins("SUBQ", asm.Imm(n), count)
		t.Jmp(top)
		t.Bind(end)
	}
	t.n = t.full
	t.close()
	t.close()
}

// neighbours are value v at n points along axis, of which the first is the present one. What lies across is asked for as far ahead: the
// next n points are mostly the next to be packed.
func (t *gettNest) neighbours(ts []target, v, axis, n int) (list []asm.Reg) {
	streams, asked := t.active(ts), t.asksIndex(ts, axis)
	for i := range n {
		t.open()
		if i > 0 {
			for _, s := range streams {
				if t.u.streams[s].class(axis) != still {
					t.scope.ptrs[s] = t.sum(t.ptr(s), t.num(number{kind: stepOf, a: s, b: axis, mul: i}))
				}
			}
			if asked {
				index := t.copy(t.axisIndex(axis))
				t.Ins("ADDQ", asm.Imm(i), index)
				t.scope.idx[axis] = index
			}
		}
		for _, s := range streams {
			if t.u.streams[s].class(axis) == strided {
				t.Ins("PREFETCHT0", asm.At(t.ptr(s), 0).Plus(t.num(number{kind: stepOf, a: s, b: axis, mul: n}), 1))
			}
		}
		list = append(list, t.value(v, 0))
		t.close()
	}
	return list
}

// storeColumns stores rows of as many points as there are lanes: for each point, its elements of all rows side by side.
func (t *gettNest) storeColumns(rows []asm.Reg, to func(point int) asm.Mem) {
	if t.n == 1 {
		at := to(0)
		for i, r := range rows {
			t.storeOne(t.dtype, r, at.Off(i*t.bytes()))
		}
		return
	}
	columns := t.transpose(rows)
	for part := range t.n / t.square() {
		for i, r := range columns {
			t.storeSquare(r, part, to(part*t.square()+i))
		}
	}
}

// storeSquare stores the 16 bytes of number part in r.
func (t *gettNest) storeSquare(r asm.Reg, part int, at asm.Mem) {
	switch {
	case part == 0:
		t.Ins("VMOVUPS", r.X(), at)
	case r.Width() == asm.Z:
		t.Ins("VEXTRACTF32X4", asm.Imm(part), r, at)
	default:
		t.Ins("VEXTRACTF128", asm.Imm(part), r, at)
	}
}

// transpose turns the rows of the squares of 16 bytes by 16 that stand side by side in rows into columns.
func (t *gettNest) transpose(rows []asm.Reg) []asm.Reg {
	pair := func(name string, a, b asm.Reg) asm.Reg { return t.ins3(name, t.dtype, b, a) }
	if len(rows) == 2 {
		return []asm.Reg{pair("VUNPCKLPD", rows[0], rows[1]), pair("VUNPCKHPD", rows[0], rows[1])}
	}
	low, high := [2]asm.Reg{}, [2]asm.Reg{}
	for i := range 2 {
		low[i], high[i] = pair("VUNPCKLPS", rows[2*i], rows[2*i+1]), pair("VUNPCKHPS", rows[2*i], rows[2*i+1])
	}
	return []asm.Reg{
		pair("VUNPCKLPD", low[0], low[1]), pair("VUNPCKHPD", low[0], low[1]),
		pair("VUNPCKLPD", high[0], high[1]), pair("VUNPCKHPD", high[0], high[1]),
	}
}
