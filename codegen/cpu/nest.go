package cpu

import (
	"fmt"
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// nest writes one unit as a function: the points of the parallel axes, the loops inside, and in them blocks of lanes along the vector
// axis. A value is written once in the outermost loop that fixes all its axes.
type nest struct {
	lanes
	u      *unit
	k      *codegen.Kernel
	nums   *numbers
	vector int   // the vector axis; -1: one lane
	full   int   // lanes of a whole block
	unroll int   // blocks side by side
	uses   []int // of each value, see codegen.Kernel.Uses
	level  []int
	seldom []bool // see codegen.Kernel.Seldom
	slim   []bool // of each value, see slimOf
	folds  []int  // the fold axes that are looped over, outermost first
	flat   bool   // the parallel range is the vector axis itself

	scope    *scope
	tail     tail
	fixed    codegen.AxisSet // the axes that the enclosing loops fix
	side     int             // blocks side by side in the enclosing turn
	tiled    bool            // the blocks lie along the axis across (see tiles)
	anyOrder bool            // the lanes of a block may hold its points in any order (see pairs.go)
	rowwise  bool            // the blocks are rows that are folded beside one another (see beside.go)

	jamming *tile                  // the blocks are those of a tile of sums (see jam); nil: they are not
	crossed map[crossing][]asm.Reg // what lies across the vectors of tiles, turned

	stageNow int             // the stage being written
	carries  map[int]*sum    // by scan of that stage: the fold of what came before the present turn
	cells    map[int]asm.Reg // by saved value: where in its buffer the present turn is
}

// scope is what is known inside a loop.
type scope struct {
	parent  *scope
	values  map[valueKey]asm.Reg
	ptrs    map[int]asm.Reg    // by stream: the address at the fixed axes, the others 0
	idx     map[int]asm.Reg    // by axis; of the vector axis, that of the block's first point
	offsets map[int]asm.Reg    // by gather whose lanes have one index: what that is worth, in bytes
	turns   map[turn][]asm.Reg // columns of a tile
}

// valueKey is a value in block number of the unrolled ones; values that do not move along the vector axis have one for all.
type valueKey struct{ value, block int }

func (n *nest) open() {
	n.scope = &scope{n.scope, map[valueKey]asm.Reg{}, map[int]asm.Reg{}, map[int]asm.Reg{}, map[int]asm.Reg{}, map[turn][]asm.Reg{}}
}

func (n *nest) close() { n.scope = n.scope.parent }

func (n *nest) ptr(s int) asm.Reg {
	for c := n.scope; c != nil; c = c.parent {
		if r, ok := c.ptrs[s]; ok {
			return r
		}
	}
	n.internal("stream %d has no address", s)
	return n.GP()
}

func (n *nest) internal(format string, args ...any) {
	if n.err == nil {
		n.err = fmt.Errorf("internal: %s: please report with Explain", fmt.Sprintf(format, args...))
	}
}

// num is a run-time number in a register that is never written.
func (n *nest) num(x number) asm.Reg { return n.Arg(ArgNums, n.nums.at(x)) }

// numAt is a run-time number in memory.
func (n *nest) numAt(x number) asm.Mem { return asm.At(n.Arg(ArgNums), n.nums.at(x)) }

// moves says whether value v changes along axis.
func (n *nest) moves(v, axis int) bool { return axis >= 0 && n.u.on[v].Has(axis) }

func (n *nest) key(v, block int) valueKey {
	if n.jamming != nil {
		return n.tileKey(v, block)
	}
	if !n.moves(v, n.blockAxis()) {
		block = 0
	}
	return valueKey{v, block}
}

// known is the register of v where an enclosing scope has it.
func (n *nest) known(v, block int) (asm.Reg, bool) {
	key := n.key(v, block)
	for c := n.scope; c != nil; c = c.parent {
		if r, ok := c.values[key]; ok {
			return r, true
		}
	}
	return 0, false
}

// value is the register of v in a block, written in the present scope if no scope has it.
func (n *nest) value(v, block int) asm.Reg {
	r, ok := n.known(v, block)
	if !ok {
		r = n.write(v, block)
		n.scope.values[n.key(v, block)] = r
	}
	return n.fit(n.k.Body[v].DType, r)
}

// fit names r, a register of d, at the width of the present lanes: what was written for whole blocks serves single points too.
func (n *nest) fit(d tensor.DType, r asm.Reg) asm.Reg {
	if r.Class() != asm.Vec {
		return r
	}
	return r.As(n.width(n.laneBytes(d)))
}

func (n *nest) write(v, block int) asm.Reg {
	x := &n.k.Body[v]
	if r, ok := n.fromBuffer(v, block); ok {
		return r
	}
	switch x.Kind {
	case codegen.Const:
		return n.splat(x.DType, x.Bits)
	case codegen.Load:
		s := findStream(n.u.streams, x.Param, x.At)
		return n.readAt(s, n.ptr(s), block)
	case codegen.Gather:
		return n.gather(v, block)
	case codegen.Index:
		return n.indexOf(x.Axis, block)
	case codegen.Map:
		if x.Op.Name == "rare" && n.seldom[x.Args[1]] {
			return n.rare(x, block)
		}
		if a := x.Args[0]; n.slim[a] && n.k.Body[a].Kind == codegen.Index {
			return n.wordOf(n.k.Body[a].Axis, block)
		}
		args := make([]asm.Reg, len(x.Args))
		for i, a := range x.Args {
			args[i] = n.value(a, block)
		}
		d := x.DType
		if len(x.Args) > 0 {
			d = n.k.Body[x.Args[0]].DType
		}
		return n.apply(x.Op.Name, d, x.DType, args)
	case codegen.Scan:
		return n.scanned(v, block)
	default:
		n.internal("value %d is not to be had here", v)
		return n.reg(x.DType)
	}
}

// readAt writes the load of a stream in a block, p being its address at the first.
func (n *nest) readAt(s int, p asm.Reg, block int) asm.Reg {
	st := &n.u.streams[s]
	if n.turned(s) {
		return n.column(s, block)
	}
	switch n.along(s) {
	case still:
		return n.loadSplat(st.dtype, n.blockAt(s, p, block))
	case adjacent:
		return n.load(st.dtype, n.blockAt(s, p, block), n.tail)
	}
	if n.jamming != nil {
		return n.acrossTile(s, p, block)
	}
	if partner, first := n.pairing(s); partner >= 0 {
		return n.readPair(s, partner, first, p, block)
	}
	at := n.blockStart(s, p, block)
	step := n.num(number{kind: stepOf, a: s, b: n.vector, mul: 1})
	return n.loadStrided(st.dtype, at, func(p asm.Reg) { n.Ins("ADDQ", step, p) })
}

// along is how a stream moves along the vector axis.
func (n *nest) along(s int) class {
	if n.vector < 0 {
		return still
	}
	return n.u.streams[s].class(n.vector)
}

// blockAt is where stream s, at p in the first block, is in another.
func (n *nest) blockAt(s int, p asm.Reg, block int) asm.Mem {
	if n.jamming != nil {
		return n.tileAt(s, p, block)
	}
	st, axis, points := &n.u.streams[s], n.blockAxis(), block
	if axis == n.vector {
		points *= n.n
	}
	switch class := st.class(axis); {
	case class == still || block == 0:
		return asm.At(p, 0)
	case class == adjacent:
		return asm.At(p, points*st.bytes())
	case n.rowwise:
		return n.rowAt(s, p, axis, block)
	}
	at := n.copy(p)
	n.Ins("ADDQ", n.num(number{kind: stepOf, a: s, b: axis, mul: points}), at)
	return asm.At(at, 0)
}

// blockStart is a copy of p moved to a block.
func (n *nest) blockStart(s int, p asm.Reg, block int) asm.Reg {
	m := n.blockAt(s, p, block)
	if m.Disp != 0 || m.Index != 0 {
		at := n.GP()
		n.Ins("LEAQ", m, at)
		return at
	}
	if m.Base == p {
		return n.copy(p)
	}
	return m.Base
}

// indexOf is the axis' index in int64 lanes.
func (n *nest) indexOf(axis, block int) asm.Reg {
	x, all := n.Vec().X(), n.reg(tensor.Int64)
	n.Ins("VMOVQ", n.axisIndex(axis), x)
	n.Ins("VPBROADCASTQ", x, all)
	first, step := n.laneIndex(axis, block)
	if step == 0 && first == 0 || n.n == 1 {
		return all
	}
	iota := make([]byte, 64)
	for i := range n.n {
		iota[8*i] = byte(first + i*step)
	}
	return n.ins3("VPADDQ", tensor.Int64, n.Data(iota[:all.Width().Bytes()]), all)
}

// laneIndex is how far the axis' index in the first lane of a block is beyond that of the first block, and in a lane beyond the lane before.
func (n *nest) laneIndex(axis, block int) (first, step int) {
	if axis == n.vector {
		step = 1
	}
	if axis == n.blockAxis() {
		first = block
		if axis == n.vector {
			first *= n.n
		}
	}
	return first, step
}

func (n *nest) axisIndex(axis int) asm.Reg {
	r, ok := n.findIndex(axis)
	if !ok {
		n.internal("axis %d has no index", axis)
		return n.GP()
	}
	return r
}

func (n *nest) findIndex(axis int) (asm.Reg, bool) {
	for c := n.scope; c != nil; c = c.parent {
		if r, ok := c.idx[axis]; ok {
			return r, true
		}
	}
	return 0, false
}

// put writes a store in a block.
func (n *nest) put(i, block int) {
	s := &n.k.Stores[i]
	st := findStream(n.u.streams, s.Param, s.At)
	p, r, d := n.ptr(st), n.value(s.Value, block), n.u.streams[st].dtype
	switch n.along(st) {
	case still:
		n.storeOne(d, r, n.blockAt(st, p, block))
	case adjacent:
		n.store(d, r, n.blockAt(st, p, block), n.tail)
	default:
		step := n.num(number{kind: stepOf, a: st, b: n.vector, mul: 1})
		n.storeStrided(d, r, n.blockStart(st, p, block), func(p asm.Reg) { n.Ins("ADDQ", step, p) })
	}
}

// target is what a loop is there for: a store, or a value that a reduce folds.
type target struct {
	store  int // -1: none
	reduce int // -1: none
	value  int // itself, where there is neither
}

func (n *nest) root(t target) int {
	if t.store >= 0 {
		return n.k.Stores[t.store].Value
	}
	if t.reduce >= 0 {
		return n.k.Body[t.reduce].Args[0]
	}
	return t.value
}

// beneath calls f for every value that the targets need and no scope has, operands after users; f says whether to go on below.
func (n *nest) beneath(targets []target, f func(v int) bool) {
	seen := make([]bool, len(n.k.Body))
	var walk func(v int)
	walk = func(v int) {
		if seen[v] {
			return
		}
		seen[v] = true
		if _, ok := n.known(v, 0); ok || !f(v) || n.isSaved(v) {
			return
		}
		for _, a := range n.k.Body[v].Args {
			walk(a)
		}
	}
	for _, t := range targets {
		walk(n.root(t))
	}
}

// active are the streams that the targets go through.
func (n *nest) active(targets []target) []int {
	var list []int
	add := func(param int, at []codegen.Affine) {
		if s := findStream(n.u.streams, param, at); !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	n.beneath(targets, func(v int) bool {
		x := &n.k.Body[v]
		if x.Kind == codegen.Load || x.Kind == codegen.Gather {
			add(x.Param, x.At)
		}
		return true
	})
	for _, t := range targets {
		if t.store >= 0 {
			add(n.k.Stores[t.store].Param, n.k.Stores[t.store].At)
		}
	}
	return list
}

// hoist writes, in the present scope, what the targets need and no inner loop changes. Constants have their place already.
func (n *nest) hoist(targets []target) {
	var list []int
	n.beneath(targets, func(v int) bool {
		x := &n.k.Body[v]
		if x.Kind == codegen.Const {
			return false
		}
		if !n.fixed.Contains(n.u.on[v]) || n.seldom[v] || !n.ready(v) {
			return true
		}
		list = append(list, v)
		return false
	})
	for _, v := range list {
		for b := range n.side {
			n.value(v, b)
		}
	}
	if gathers(n.k) {
		n.hoistOffsets(targets)
	}
}

// ready says whether v needs no reduce that is not known yet.
func (n *nest) ready(v int) bool {
	seen := make([]bool, v+1)
	list := []int{v}
	for len(list) > 0 {
		v, list = list[len(list)-1], list[:len(list)-1]
		if _, ok := n.known(v, 0); ok || seen[v] {
			continue
		}
		seen[v] = true
		x := &n.k.Body[v]
		if x.Kind == codegen.Reduce {
			return false
		}
		list = append(list, x.Args...)
	}
	return true
}

// asksIndex says whether the targets ask for the index of axis.
func (n *nest) asksIndex(targets []target, axis int) bool {
	asked := false
	n.beneath(targets, func(v int) bool {
		x := &n.k.Body[v]
		asked = asked || x.Kind == codegen.Index && x.Axis == axis
		return true
	})
	return asked
}
