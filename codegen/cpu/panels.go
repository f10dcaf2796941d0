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
}

// padTerms is the room, in terms, behind a panel: packing writes whole vectors.
const padTerms = 16

func (t *gettNest) size(which blockSize) asm.Reg {
	return t.num(number{kind: blockOf, a: int(which)})
}

func (t *gettNest) bytes() int { return t.dtype.Size() }

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

// room is a new register of the points from where the last of axes is placed to its end.
func (t *gettNest) room(axes []int) asm.Reg {
	a := last(axes)
	return t.left(t.num(number{kind: extentOf, a: a}), t.axisIndex(a), t.num(number{kind: extentOf, a: a}))
}

// runs runs body over count points of axes from flat point first on, in runs of n points along the last axis. In body the other axes are
// fixed, and the targets' streams are where the run begins.
func (t *gettNest) runs(targets []target, axes []int, first, count asm.Reg, body func(n asm.Reg)) {
	at, left := t.copy(first), t.copy(count)
	top, end := t.Label("run"), t.Label("ran")
	t.Bind(top)
	t.open()
	t.place(targets, at, axes)
	n := t.least(t.room(axes), left)
	t.inside(func() { body(n) }, axes[:len(axes)-1]...)
	t.close()
	if len(axes) > 1 {
		t.Ins("ADDQ", n, at)
		t.Ins("SUBQ", n, left)
		t.J("GT", top)
	}
	t.Bind(end)
}

// factor is the target that packing has: a value of one side.
func factor(v int) target { return target{store: -1, reduce: -1, value: v} }

// forPoints runs body for each point of the call's range.
func (t *gettNest) forPoints(body func(point asm.Reg)) {
	t.open()
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
	t.Ret()
}

// batchPoint is the batch's flat point of number local in this phase.
func (t *gettNest) batchPoint(local asm.Reg) asm.Reg { return t.sum(local, t.Arg(varBatch)) }

// leftPanel and rightPanel are the addresses of panel number p of batch point local in the run's memory.
func (t *gettNest) leftPanel(local, p asm.Reg) asm.Reg {
	at := t.panel(local, blockHigh, p, leftBytes)
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
	value int
	axes  []int // its group
	width int
	first asm.Reg // flat point
	count asm.Reg // points that there are, at most width
	dest  asm.Reg
}

// pack writes the packing of both factors. A point is a panel of a batch point, first those of B. Columns and rows past the last are left
// as they are, or become anything: no result of theirs is stored.
func (t *gettNest) pack() {
	t.forPoints(func(point asm.Reg) {
		all := t.sum(t.Arg(varWide), t.Arg(varHigh))
		local, p := t.divide(point, all)
		batch := t.batchPoint(local)
		ofA, end := t.Label("left"), t.Label("packed")
		t.Ins("CMPQ", p, t.Arg(varWide))
		t.J("GE", ofA)
		t.open()
		j := t.scaled(p, t.Int(int64(t.g.NR)))
		t.Ins("ADDQ", t.Arg(varJ), j)
		t.packPanel(batch, &side{
			value: t.g.B, axes: t.g.N, width: t.g.NR, first: j, count: t.left(t.size(pointsN), j, t.Int(int64(t.g.NR))), dest: t.rightPanel(local, p),
		})
		t.close()
		t.Jmp(end)
		t.Bind(ofA)
		t.open()
		p = t.copy(p)
		t.Ins("SUBQ", t.Arg(varWide), p)
		i := t.scaled(p, t.Int(int64(t.g.MR)))
		t.Ins("ADDQ", t.Arg(varI), i)
		t.packPanel(batch, &side{
			value: t.g.A, axes: t.g.M, width: t.g.MR, first: i, count: t.left(t.size(pointsM), i, t.Int(int64(t.g.MR))), dest: t.leftPanel(local, p),
		})
		t.close()
		t.Bind(end)
	})
}

// packPanel writes the packing of a panel. Lanes go across the panel where its points are one run and there are enough of them, unless the
// operands lie side by side along the terms alone; otherwise lanes go along the terms.
func (t *gettNest) packPanel(batch asm.Reg, s *side) {
	ts := []target{factor(s.value)}
	terms := t.left(t.size(pointsK), t.Arg(varP), t.size(blockTerms))
	t.place(ts, batch, t.g.Batch)
	end := t.Label("panel")
	t.inside(func() {
		lies, alongK := t.sideBySide(ts, last(s.axes)), t.sideBySide(ts, last(t.g.K))
		if lies || !alongK && s.width%t.full == 0 {
			rows := t.Label("rows")
			t.open()
			t.place(ts, s.first, s.axes)
			t.Ins("CMPQ", t.room(s.axes), s.count)
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
	return t.maskable(targets) && slices.ContainsFunc(t.active(targets), func(s int) bool { return t.along(s) == adjacent })
}

// across packs term by term, lanes along the panel's own axis. Where the panel is no whole number of vectors, each term's store runs over
// into the next term's place, which is written after it.
func (t *gettNest) across(ts []target, s *side, terms asm.Reg, masked bool) {
	t.vector = last(s.axes)
	vectors := ceilDiv(s.width, t.full)
	pack := func(tails []tail) {
		at := t.copy(s.dest)
		t.runs(ts, t.g.K, t.Arg(varP), terms, func(n asm.Reg) {
			t.loop(ts, last(t.g.K), t.copy(n), func() {
				for i := range vectors {
					if tails != nil {
						t.tail = tails[i]
					}
					r := t.value(s.value, i)
					t.tail = tail{}
					t.store(t.dtype, r, asm.At(at, i*t.full*t.bytes()), tail{})
				}
				t.Ins("ADDQ", asm.Imm(s.width*t.bytes()), at)
			})
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

// alongTerms packs point by point of the panel's own axes, lanes along the terms.
func (t *gettNest) alongTerms(ts []target, s *side, terms asm.Reg) {
	t.vector = last(t.g.K)
	step := t.Int(int64(s.width * t.bytes()))
	start := t.copy(s.dest)
	t.runs(ts, t.g.K, t.Arg(varP), terms, func(n asm.Reg) {
		to := t.copy(start)
		t.runs(ts, s.axes, s.first, s.count, func(points asm.Reg) {
			t.loop(ts, last(s.axes), t.copy(points), func() {
				at := t.copy(to)
				moving := t.enter(ts, t.vector)
				t.blocksOnce(ts, moving, t.copy(n), func() {
					t.storeStrided(t.dtype, t.value(s.value, 0), at, func(p asm.Reg) { t.Ins("ADDQ", step, p) })
				})
				t.close()
				t.Ins("ADDQ", asm.Imm(t.bytes()), to)
			})
		})
		t.Ins("ADDQ", t.scaled(n, step), start)
	})
}

// blocksOnce is blocksFrom without unrolling.
func (t *gettNest) blocksOnce(targets []target, moving walk, count asm.Reg, body func()) {
	before := t.unroll
	t.unroll = 1
	t.blocksFrom(targets, moving, count, body)
	t.unroll = before
}
