package cpu

import (
	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
)

// body writes the whole function. The parallel range is either points of the leading axes, each of which is taken apart into its indices,
// or the vector axis itself.
func (n *nest) body() {
	n.open()
	targets := n.stores()
	for s := range n.u.streams {
		n.scope.ptrs[s] = n.base(s)
	}
	if n.flat {
		count := n.GP()
		n.Move(n.Arg(ArgHi), count)
		n.Ins("SUBQ", n.Arg(ArgLo), count)
		n.moveAll(targets, n.vector, n.Arg(ArgLo))
		if n.asksIndex(targets, n.vector) {
			n.scope.idx[n.vector] = n.copy(n.Arg(ArgLo))
		}
		n.core(targets, count)
	} else if n.u.jam != nil && n.k.Parallel <= 1 && len(n.u.cuts) == 0 {
		n.jamPoints(targets)
	} else {
		n.points(targets)
	}
	n.close()
	if n.k.Uncached {
		n.Ins("SFENCE") // stores past the caches are in no order with others until here
	}
	n.Ret()
}

func (n *nest) stores() []target {
	var list []target
	for i := range n.k.Stores {
		list = append(list, target{store: i, reduce: -1})
	}
	return list
}

// base is the address of a stream at index 0 of every axis.
func (n *nest) base(s int) asm.Reg {
	st := &n.u.streams[s]
	p := n.GP()
	if t := n.u.temps[st.param]; t >= 0 {
		n.Move(n.Arg(ArgTemp), p)
	} else {
		n.Move(n.Arg(ArgPtrs, 8*st.param), p)
	}
	n.Ins("ADDQ", n.num(number{kind: offsetOf, a: s}), p)
	return p
}

// moveAll moves, in this scope, the streams of the targets by index along axis.
func (n *nest) moveAll(targets []target, axis int, index asm.Reg) {
	for _, s := range n.active(targets) {
		if n.u.streams[s].class(axis) == still {
			continue
		}
		by, p := n.GP(), n.GP()
		n.Move(index, by)
		n.Ins("IMULQ", n.num(number{kind: stepOf, a: s, b: axis, mul: 1}), by)
		n.Move(n.ptr(s), p)
		n.Ins("ADDQ", by, p)
		n.scope.ptrs[s] = p
	}
}

// parallel are the axes of the parallel range.
func (n *nest) parallel() []int { return n.k.Order[:n.k.Parallel] }

// points loops over the parallel range.
func (n *nest) points(targets []target) {
	point := n.GP()
	n.Move(n.Arg(ArgLo), point)
	top, end := n.Label("point"), n.Label("end")
	n.Bind(top)
	n.Ins("CMPQ", point, n.Arg(ArgHi))
	n.J("GE", end)
	n.open()
	n.takeApart(point, n.parallel())
	for _, a := range n.parallel() {
		n.moveAll(targets, a, n.scope.idx[a])
	}
	n.inside(func() {
		if n.u.beside >= 0 && len(n.innerLoops()) == 0 {
			n.rowsOfPoints(targets, point, top)
		}
		n.sequential(targets, n.innerLoops())
	}, n.parallel()...)
	n.close()
	n.Ins("INCQ", point)
	n.Jmp(top)
	n.Bind(end)
}

// innerLoops are the loop axes inside the parallel range but the vector axis.
func (n *nest) innerLoops() (list []int) {
	for _, a := range n.k.Order[n.k.Parallel:] {
		if !n.k.Axes[a].Fold && a != n.vector {
			list = append(list, a)
		}
	}
	return list
}

// takeApart gives each of axes its index in the flat point ((i0*n1 + i1)*n2 + i2) ...
func (n *nest) takeApart(point asm.Reg, axes []int) {
	rest := point
	for i := len(axes) - 1; i > 0; i-- {
		rest, n.scope.idx[axes[i]] = n.divide(rest, n.num(number{kind: extentOf, a: axes[i]}))
	}
	if len(axes) > 0 {
		n.scope.idx[axes[0]] = rest
	}
}

// divide gives quotient and rest of x / y. Quotients of numbers below 2^51 are exact when computed in float64 and truncated.
func (n *nest) divide(x, y asm.Reg) (quotient, rest asm.Reg) {
	fx, fy, zero := n.Xmm(), n.Xmm(), n.Splat64(0).X()
	n.Ins("VCVTSI2SDQ", x, zero, fx)
	n.Ins("VCVTSI2SDQ", y, zero, fy)
	n.Ins("VDIVSD", fy, fx, fx)
	quotient, rest = n.GP(), n.GP()
	n.Ins("VCVTTSD2SIQ", fx, quotient)
	back := n.copy(quotient)
	n.Ins("IMULQ", y, back)
	n.Move(x, rest)
	n.Ins("SUBQ", back, rest)
	return quotient, rest
}

// copy is a new general purpose register that begins as r.
func (n *nest) copy(r asm.Reg) asm.Reg {
	c := n.GP()
	n.Move(r, c)
	return c
}

// sequential writes the loops over the remaining loop axes, then the core.
func (n *nest) sequential(targets []target, axes []int) {
	switch {
	case n.u.jam != nil && len(axes) == 1:
		n.jamRows(targets)
		return
	case len(axes) == 0:
		n.core(targets, n.wholeCount(n.vector))
		return
	case len(axes) == 1 && axes[0] == n.u.beside:
		n.besideLoop(targets)
		return
	case len(axes) == 1 && axes[0] == n.u.across && n.tiles():
		n.tileLoops(targets)
		return
	}
	n.loop(targets, axes[0], n.wholeCount(axes[0]), func() { n.sequential(targets, axes[1:]) })
}

// wholeCount is a register, to be counted down, of the points of axis here.
func (n *nest) wholeCount(axis int) asm.Reg {
	count := n.GP()
	if axis < 0 {
		n.Ins("MOVQ", asm.Imm(1), count)
		return count
	}
	n.Move(n.num(number{kind: extentOf, a: axis}), count)
	if c := n.u.cutOf(axis); c >= 0 { // of the last piece, what is left of the whole
		left := n.copy(n.num(number{kind: wholeOf, a: c}))
		n.Ins("SUBQ", n.firstIndex(axis), left)
		n.Ins("CMPQ", left, count)
		n.Ins("CMOVQLT", left, count)
	}
	return count
}

// firstIndex is a new register of the index that axis begins with: 0, or that of the piece.
func (n *nest) firstIndex(axis int) asm.Reg {
	first := n.GP()
	c := n.u.cutOf(axis)
	if c < 0 {
		n.Ins("XORQ", first, first)
		return first
	}
	n.Move(n.axisIndex(n.u.cuts[c].piece), first)
	n.Ins("IMULQ", n.num(number{kind: extentOf, a: axis}), first)
	return first
}

// walk is what moves along an axis: streams by their addresses, and the axis' index where it is asked for (0: it is not).
type walk struct {
	axis    int
	streams []int
	index   asm.Reg
}

// enter opens a scope in which the targets' streams that move along axis, and its index, have registers of their own, to be moved on from
// where the enclosing scopes have them.
func (n *nest) enter(targets []target, axis int) walk {
	active := n.active(targets)
	asked := n.asksIndex(targets, axis)
	n.open()
	w := walk{axis: axis}
	for _, s := range active {
		if n.u.streams[s].class(axis) != still {
			n.scope.ptrs[s] = n.copy(n.ptr(s))
			w.streams = append(w.streams, s)
		}
	}
	if asked {
		if i, ok := n.findIndex(axis); ok {
			w.index = n.copy(i)
		} else {
			w.index = n.firstIndex(axis)
		}
		n.scope.idx[axis] = w.index
	}
	return w
}

// advance moves on by so many points.
func (n *nest) advance(w walk, points int) {
	for _, s := range w.streams {
		st := &n.u.streams[s]
		if st.class(w.axis) == adjacent {
			n.Ins("ADDQ", asm.Imm(points*st.bytes()), n.ptr(s))
		} else {
			n.Ins("ADDQ", n.num(number{kind: stepOf, a: s, b: w.axis, mul: points}), n.ptr(s))
		}
	}
	if w.index != 0 {
		n.Ins("ADDQ", asm.Imm(points), w.index)
	}
}

// inside runs f with axes fixed besides.
func (n *nest) inside(f func(), axes ...int) {
	before := n.fixed
	for _, a := range axes {
		if a >= 0 {
			n.fixed = n.fixed.Union(codegen.AxesOf(a))
		}
	}
	f()
	n.fixed = before
}

// loop runs body count times along axis, which may be none.
func (n *nest) loop(targets []target, axis int, count asm.Reg, body func()) {
	n.hoist(targets)
	moving := n.enter(targets, axis)
	n.turns(count, func() {
		n.inside(body, axis)
		n.advance(moving, 1)
	})
	n.close()
}

// turns runs body count times, counting down.
func (n *nest) turns(count asm.Reg, body func()) {
	top, end := n.Label("loop"), n.Label("done")
	n.Ins("TESTQ", count, count)
	n.J("LE", end)
	n.Bind(top)
	n.open()
	body()
	n.close()
	n.Ins("DECQ", count)
	n.J("NE", top)
	n.Bind(end)
}

// blocks runs body over count points of the vector axis.
func (n *nest) blocks(targets []target, count asm.Reg, body func()) {
	n.hoist(targets)
	moving := n.enter(targets, n.vector)
	n.blocksFrom(targets, moving, count, body)
	n.close()
}

// blocksFrom runs body over count points from where the moving streams are: whole blocks, n.unroll at a time while there are so many,
// then one by one, then the rest as a masked block or point by point.
func (n *nest) blocksFrom(targets []target, moving walk, count asm.Reg, body func()) {
	run := func(side, points int) {
		top, end := n.Label("block"), n.Label("over")
		n.Bind(top)
		n.Ins("CMPQ", count, asm.Imm(points))
		n.J("LT", end)
		n.block(side, body)
		n.advance(moving, points)
		n.Ins("SUBQ", asm.Imm(points), count)
		n.Jmp(top)
		n.Bind(end)
	}
	n.pastCaches(targets, -1, func() { run(n.unroll, n.unroll*n.full) })
	if n.unroll > 1 {
		run(n.unroll, n.unroll*n.full)
	}
	if n.full > 1 {
		run(1, n.full)
	}
	if n.full == 1 || !n.maskable(targets) {
		n.n = 1
		run(1, 1)
		n.n = n.full
		return
	}
	end := n.Label("even")
	n.Ins("TESTQ", count, count)
	n.J("LE", end)
	n.open()
	n.tail = n.newTail(count)
	n.block(1, body)
	n.tail = tail{}
	n.close()
	n.Bind(end)
}

// pastCaches runs loop, whose stores then go past the caches, where the schedule asks for that and these are aligned: whole registers side
// by side from where the streams are, and from there in steps along axis, if it is one.
func (n *nest) pastCaches(targets []target, axis int, loop func()) {
	if !n.k.Uncached || n.full == 1 || len(n.folds) > 0 && !n.k.Axes[n.vector].Fold {
		return
	}
	var list []int
	for _, t := range targets {
		if t.store < 0 {
			continue
		}
		st := &n.k.Stores[t.store]
		if s := findStream(n.u.streams, st.Param, st.At); n.along(s) == adjacent && n.u.streams[s].bytes() >= n.least {
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		return
	}
	touched, cached := n.GP(), n.Label("cached")
	n.Ins("XORQ", touched, touched)
	for _, s := range list {
		n.Ins("ORQ", n.ptr(s), touched)
		if axis >= 0 {
			n.Ins("ORQ", n.num(number{kind: stepOf, a: s, b: axis, mul: 1}), touched)
		}
	}
	n.Ins("TESTQ", asm.Imm(n.ISA.Width().Bytes()-1), touched)
	n.J("NE", cached)
	n.uncached = true
	loop()
	n.uncached = false
	n.Bind(cached)
}

// block is one turn over side blocks.
func (n *nest) block(side int, body func()) {
	before := n.side
	if !n.rowwise {
		n.side = side
	}
	n.open()
	n.inside(body, n.vector)
	n.close()
	n.side = before
}

// maskable says whether a block with fewer points than lanes can be read and written under a mask. A kernel with saved values is asked
// as a whole: its buffers are written and read in the same turns.
func (n *nest) maskable(targets []target) bool {
	if gathers(n.k) && (len(n.u.saved) > 0 || n.gathersLanes(targets)) {
		return false
	}
	list := n.active(targets)
	if len(n.u.saved) > 0 {
		list = list[:0]
		for s := range n.u.streams {
			list = append(list, s)
		}
	}
	for _, s := range list {
		c := n.along(s)
		if c == strided || c == adjacent && !n.wide && n.u.streams[s].bytes() < 4 {
			return false
		}
	}
	return n.wide || n.least == 4
}
