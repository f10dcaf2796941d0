package cpu

import (
	"math"
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// core writes what is inside all loop axes but the vector axis; count is the points of the vector axis here. Reductions go in stages:
// stage s folds what needs the results of s earlier stages. A value that a stage needs is computed anew from its loads.
func (n *nest) core(targets []target, count asm.Reg) {
	if len(n.folds) == 0 {
		n.blocks(targets, count, func() { n.putAll(targets) })
		return
	}
	if n.vector >= 0 && !n.k.Axes[n.vector].Fold {
		n.blocks(targets, count, n.folding)
		return
	}
	n.n = n.full
	n.folding()
}

// putAll writes the targets, which are stores, in every block of the turn: of a block everything is read before anything is written, for
// an output may lie where an input does.
func (n *nest) putAll(targets []target) {
	n.abreast(targets)
	var together []target // of all blocks everything is read first
	for _, t := range targets {
		if t.store >= 0 && n.shrinks(t.store) {
			together = append(together, t)
		}
	}
	for b := range n.side {
		for _, t := range targets {
			n.value(n.root(t), b)
		}
		if len(together) == 0 {
			n.putBlock(targets, b)
		}
	}
	if len(together) == 0 {
		return
	}
	apart := slices.DeleteFunc(slices.Clone(targets), func(t target) bool { return slices.Contains(together, t) })
	for b := range n.side {
		n.putBlock(apart, b)
	}
	for _, t := range together {
		n.putShrunk(t.store)
	}
}

// putBlock writes the targets' stores of a block.
func (n *nest) putBlock(targets []target, block int) {
	var done []int
	for _, t := range targets {
		if t.store < 0 || slices.Contains(done, t.store) {
			continue
		}
		if other, ok := n.putPair(t.store, targets, block); ok {
			done = append(done, other)
		} else {
			n.put(t.store, block)
		}
	}
}

// folding writes the stages one after the other, then the stores that no fold axis moves.
func (n *nest) folding() {
	last := 0
	for _, l := range n.level {
		last = max(last, l)
	}
	var after []target
	before := n.n
	for s := 0; s <= last; s++ {
		var ts []target
		for _, r := range reducesOf(n.k) {
			if n.level[n.k.Body[r].Args[0]] == s {
				ts = append(ts, target{store: -1, reduce: r})
			}
		}
		for i := range n.k.Stores {
			st := &n.k.Stores[i]
			if n.level[st.Value] != s {
				continue
			}
			if t := (target{store: i, reduce: -1}); st.Axes().Meets(codegen.AxesOf(n.folds...)) {
				ts = append(ts, t)
			} else {
				after = append(after, t)
			}
		}
		if len(ts) > 0 {
			n.startBuffers(s)
			n.stage(ts)
		}
	}
	n.stageNow = 0 // nothing that moves along a fold axis is asked for from here on
	if n.vector >= 0 && n.k.Axes[n.vector].Fold {
		n.n = 1 // the results are one point
	}
	n.putAll(after)
	n.n = before
}

// sum is a reduction on its way: acc takes every value; where rounding matters total takes acc after each chunk, so that no sum of many
// terms runs long (error at most about (chunk + terms/chunk) units in the last place of the sum of magnitudes, per lane).
type sum struct {
	reduce int
	op     string
	dtype  tensor.DType
	acc    []asm.Reg // by block
	total  []asm.Reg // by block; nil: acc is all there is
}

// chunk is the values that one accumulator takes before it is emptied into its total.
const chunk = 128

// boolFolds are the folds of bools that have the name of another dtype's.
var boolFolds = map[string]string{"add": "or", "mul": "and", "minimum": "and", "maximum": "or"}

func rounds(op string, d tensor.DType) bool { return (op == "add" || op == "mul") && d.IsFloat() }

func (n *nest) newSum(r, blocks int) *sum {
	v := &n.k.Body[r]
	s := &sum{reduce: r, op: v.Op.Name, dtype: v.DType}
	if s.dtype == tensor.Bool && boolFolds[s.op] != "" {
		s.op = boolFolds[s.op]
	}
	for range blocks {
		s.acc = append(s.acc, n.neutral(s))
		if rounds(s.op, s.dtype) {
			s.total = append(s.total, n.neutral(s))
		}
	}
	return s
}

// neutral is a new register of the fold's unit.
func (n *nest) neutral(s *sum) asm.Reg {
	r := n.reg(s.dtype)
	n.reset(s, r)
	return r
}

func (n *nest) reset(s *sum, r asm.Reg) {
	bits, ok := unitBits(s.op, s.dtype)
	if !ok {
		n.unsupported("reduce by %s of %v", s.op, s.dtype)
		return
	}
	if s.dtype == tensor.Bool {
		n.splatMask(bits != 0, r)
		return
	}
	n.assign(s.dtype, n.splat(s.dtype, bits), r)
}

// unitBits is what changes nothing when folded in.
func unitBits(op string, d tensor.DType) (uint64, bool) {
	switch op {
	case "add", "or", "xor":
		return 0, true
	case "and":
		return math.MaxUint64 >> (64 - 8*d.Size()), true
	case "mul":
		switch d {
		case tensor.Float32:
			return uint64(math.Float32bits(1)), true
		case tensor.Float64:
			return math.Float64bits(1), true
		}
		return 1, true
	case "minimum", "maximum":
		least := op == "maximum"
		switch d {
		case tensor.Float32:
			return uint64(math.Float32bits(float32(math.Inf(sign(least))))), true
		case tensor.Float64:
			return math.Float64bits(math.Inf(sign(least))), true
		}
		bits := 8 * d.Size()
		switch {
		case d.IsUnsigned() && least:
			return 0, true
		case d.IsUnsigned():
			return math.MaxUint64 >> (64 - bits), true
		case least:
			return 1 << (bits - 1), true
		default:
			return 1<<(bits-1) - 1, true
		}
	}
	return 0, false
}

func sign(negative bool) int {
	if negative {
		return -1
	}
	return 1
}

// stage loops over the fold axes once for all its targets.
func (n *nest) stage(ts []target) {
	var sums []*sum
	blocks := n.side
	rows := n.vector >= 0 && n.k.Axes[n.vector].Fold
	if rows {
		n.unroll = unrollOf(n.opsOf(ts))
		blocks = n.unroll
	}
	if n.rowwise {
		n.unroll, blocks = 1, n.side
	}
	chunked := false
	for _, t := range ts {
		if t.reduce >= 0 {
			s := n.newSum(t.reduce, blocks)
			sums = append(sums, s)
			chunked = chunked || s.total != nil
		}
	}
	if rows {
		blocks = 1
	}
	n.startScans(ts, blocks)
	n.anyOrder = rows && n.inPairs(ts)
	n.foldLoops(ts, n.folds, sums, chunked)
	n.anyOrder = false
	for _, s := range sums {
		n.finish(s, rows)
	}
}

// opsOf is the operations that the targets take at a point.
func (n *nest) opsOf(ts []target) (ops int) {
	n.beneath(ts, func(v int) bool {
		if n.k.Body[v].Kind == codegen.Map && !n.seldom[v] {
			ops++
		}
		return true
	})
	return ops
}

// foldLoops nests the fold axes; the innermost one goes in chunks.
func (n *nest) foldLoops(ts []target, axes []int, sums []*sum, chunked bool) {
	if len(axes) > 1 {
		n.loop(ts, axes[0], n.wholeCount(axes[0]), func() { n.foldLoops(ts, axes[1:], sums, chunked) })
		return
	}
	axis := axes[0]
	n.hoist(ts)
	moving := n.enter(ts, axis)
	run := func(count asm.Reg) {
		if axis == n.vector {
			n.blocksFrom(ts, moving, count, func() { n.take(ts, sums) })
			return
		}
		n.turns(count, func() {
			n.inside(func() { n.take(ts, sums) }, axis)
			n.advance(moving, 1)
		})
	}
	left := n.wholeCount(axis)
	if !chunked {
		run(left)
	} else {
		size := chunk
		if axis == n.vector {
			size *= n.unroll * n.full
		}
		n.chunks(left, size, func(count asm.Reg) {
			run(count)
			for _, s := range sums {
				n.empty(s)
			}
		})
	}
	n.close()
}

// chunks runs body on at most size of left at a time until nothing is left.
func (n *nest) chunks(left asm.Reg, size int, body func(count asm.Reg)) {
	top, end := n.Label("chunk"), n.Label("all")
	n.Bind(top)
	n.Ins("TESTQ", left, left)
	n.J("LE", end)
	count := n.GP()
	n.Ins("MOVQ", asm.Imm(size), count)
	n.Ins("CMPQ", left, count)
	n.Ins("CMOVQLT", left, count)
	n.Ins("SUBQ", count, left)
	body(count)
	n.Jmp(top)
	n.Bind(end)
}

// empty moves acc into total.
func (n *nest) empty(s *sum) {
	if s.total == nil {
		return
	}
	for b := range s.acc {
		n.fold(s, s.acc[b], s.total[b])
		n.reset(s, s.acc[b])
	}
}

// take folds the targets' values of this turn in, and writes the stores.
func (n *nest) take(ts []target, sums []*sum) {
	n.abreast(ts)
	if n.rowwise { // a row's values are done with before the next row's are read
		for b := range n.side {
			for _, s := range sums {
				n.takeOne(s, b)
			}
		}
		return
	}
	for _, s := range sums {
		for b := range n.side {
			n.takeOne(s, b)
		}
	}
	for b := range n.side {
		n.putBlock(ts, b)
	}
	n.toBuffers()
	n.moveBuffers()
}

// takeOne folds one value in. Where lanes are points of a fold axis, those that a short block does not have leave acc as it is.
func (n *nest) takeOne(s *sum, b int) {
	arg := n.k.Body[s.reduce].Args[0]
	rows := n.vector >= 0 && n.k.Axes[n.vector].Fold
	acc := s.acc[b]
	if !rows || n.n == n.full && !n.tail.some {
		if n.multiplyAdd(s, b) {
			return
		}
		n.fold(s, n.value(arg, b), acc)
		return
	}
	v := n.value(arg, b)
	points := n.n
	mask := n.lanesOf(n.tail)
	if n.n = n.full; points == 1 {
		mask = n.firstLane()
	}
	v = n.fit(s.dtype, v)
	next := n.move(s.dtype, acc)
	n.fold(s, v, next)
	n.assign(s.dtype, n.choose(s.dtype, mask, next, acc), acc)
	n.n = points
}

// firstLane is the mask of lane 0 alone.
func (n *nest) firstLane() asm.Reg {
	if n.full == 1 {
		return n.splatMask(true, n.maskReg())
	}
	if n.wide {
		k := n.K()
		n.Ins("KMOVQ", n.Int(1), k)
		return k
	}
	b := make([]byte, n.ISA.Width().Bytes())
	for i := range n.mask {
		b[i] = 0xff
	}
	return n.Bytes(b).As(n.width(n.mask))
}

// multiplyAdd folds a sum of products in by one fused instruction each, where it can.
func (n *nest) multiplyAdd(s *sum, b int) bool {
	list := n.products(s.reduce)
	for _, p := range list {
		fused := "VFMADD231"
		if p.negative {
			fused = "VFNMADD231"
		}
		x, y := n.value(p.x, b), n.value(p.y, b)
		n.Ins(suffix(s.dtype, fused, "PS", "PD"), y, x, n.fit(s.dtype, s.acc[b]))
	}
	return len(list) > 0
}

// fold writes acc = acc op v.
func (n *nest) fold(s *sum, v, acc asm.Reg) {
	d := s.dtype
	acc = n.fit(d, acc)
	v = n.fit(d, v)
	switch {
	case (s.op == "minimum" || s.op == "maximum") && d.IsFloat():
		// The instruction gives its second source, acc, when either is NaN; then a NaN in v is put in its place.
		form := binaryForms[map[string]string{"minimum": "min", "maximum": "max"}[s.op]][d]
		r := n.ins3(form, d, acc, v)
		n.assign(d, n.orNaN(d, v, r), acc)
	case s.op == "minimum" || s.op == "maximum":
		n.assign(d, n.apply(s.op[:3], d, d, []asm.Reg{acc, v}), acc)
	default:
		if form := binaryForms[s.op][d]; form != "" && !n.widened(d) {
			n.Ins(form, v, acc, acc)
			return
		}
		n.assign(d, n.apply(s.op, d, d, []asm.Reg{acc, v}), acc)
	}
}

// finish makes the reduce's value known: blocks and lanes of a fold axis are folded into one, the same in every lane.
func (n *nest) finish(s *sum, rows bool) {
	result := s.acc
	if s.total != nil {
		result = s.total
	}
	if !rows {
		for b, r := range result {
			n.scope.values[n.key(s.reduce, b)] = r
		}
		return
	}
	if n.rowwise {
		for b, r := range result {
			n.scope.values[n.key(s.reduce, b)] = n.across(s, r)
		}
		return
	}
	r := result[0]
	for _, other := range result[1:] {
		n.fold(s, other, r)
	}
	n.scope.values[n.key(s.reduce, 0)] = n.across(s, r)
}

// across folds the lanes of r in halves: lane i with lane i + n/2, and so on, each step in all lanes.
func (n *nest) across(s *sum, r asm.Reg) asm.Reg {
	if n.full == 1 {
		return r
	}
	if s.dtype == tensor.Bool {
		return n.acrossMask(s, r)
	}
	w := r.Width()
	step := func(name string, imm int, two bool) {
		x := n.reg(s.dtype)
		if two {
			n.Ins(name, asm.Imm(imm), r, r, x)
		} else {
			n.Ins(name, asm.Imm(imm), r, x)
		}
		n.fold(s, x, r)
	}
	switch w {
	case asm.Z:
		step("VSHUFF64X2", 0x4e, true)
		step("VSHUFF64X2", 0xb1, true)
	case asm.Y:
		step("VPERM2F128", 0x01, true)
	}
	bytes := n.laneBytes(s.dtype)
	if bytes == 8 {
		step("VPERMILPD", 0x55&(1<<(w.Bytes()/8)-1), false)
		return r
	}
	step("VPERMILPS", 0x4e, false)
	step("VPERMILPS", 0xb1, false)
	for turn := 2; turn >= bytes; turn /= 2 { // of the dwords, which are all the same
		by := make([]byte, w.Bytes())
		for i := range by {
			by[i] = byte(i%16 ^ turn)
		}
		n.fold(s, n.ins3("VPSHUFB", s.dtype, n.Data(by), r), r)
	}
	return r
}

// acrossMask is whether all (and) or any (or) of the lanes are set, in every lane.
func (n *nest) acrossMask(s *sum, m asm.Reg) asm.Reg {
	d := tensor.Int32
	switch n.least {
	case 1:
		d = tensor.Int8
	case 2:
		d = tensor.Int16
	}
	as := &sum{reduce: s.reduce, op: s.op, dtype: d}
	ones := n.splat(d, 0xffffffff)
	lanes := n.choose(d, m, ones, n.splat(d, 0))
	r := n.across(as, n.move(d, lanes))
	return n.compareInt(d, "not_equal", r, n.splat(d, 0))
}
