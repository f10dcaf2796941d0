package planner

// index: a group becomes one kernel; movements become index arithmetic.
//
//	before  group 0: %2 = mul %1 %1, %1 = transpose %0, over [3 4]
//	after   kernel k0: o[i, j] = x[j, i] * x[j, i]

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// step is a kernel in the making, and the memory of its params.
type step struct {
	group  *group
	source *codegen.Kernel // as index made it, for the text
	kernel *codegen.Kernel
	args   []spot // one a param
}

// spot is where a param's element [0 ... 0] lies.
type spot struct {
	node   int // whose memory: a leaf or a stored node
	target int // the output that is that memory; -1: a buffer or a leaf
	offset int // in elements
	moves  *path
}

// index makes the kernels, in the order of the groups; groups without a point need none.
func index(s *state) error {
	x := indexer{s: s}
	for _, g := range s.groups {
		if g.empty() {
			continue
		}
		x.begin(g, "k"+strconv.Itoa(len(s.steps)))
		k, err := x.kernel()
		if err != nil {
			return fmt.Errorf("internal: pass index: %w: please report with Explain", err)
		}
		s.steps = append(s.steps, step{group: g, source: k, kernel: k, args: x.args})
	}
	return nil
}

// indexer makes the kernel of one group after the other.
type indexer struct {
	s      *state
	g      *group
	b      *codegen.Builder
	values []int            // of each entry, its value, from 1; 0: not made yet
	axes   []codegen.Affine // of each axis of the group, what it is of the kernel's; 0 where it has become part of another
	loads  []access         // of the entries that are read, by entry
	stores []access         // of the outs
	named  int              // how many axes have names
	params []param
	args   []spot
	paths  []*path // of what moves from block to block
}

// begin turns to a group, in the memory of what was known of the one before.
func (x *indexer) begin(g *group, name string) {
	x.g, x.b, x.named, x.paths = g, codegen.NewBuilder(name), 0, nil
	x.values, x.axes, x.params = zeroed(x.values, len(g.entries)), zeroed(x.axes, len(g.axes)), x.params[:0]
	x.loads, x.stores = zeroed(x.loads, len(g.entries)), zeroed(x.stores, len(g.outs))
}

// zeroed gives n zeros in list's memory, where it is large enough.
func zeroed[T any](list []T, n int) []T {
	list = slices.Grow(list[:0], n)[:n]
	clear(list)
	return list
}

// access is how an element is found: so many elements from element [0 ... 0] of some memory.
type access struct {
	spot
	used bool           // false: of an entry that is computed, or whose index is only known when the kernel runs
	flat codegen.Affine // over the group's axes
}

// param is a param of the kernel and the access that it serves.
type param struct {
	at     int // the builder's number
	out    bool
	access access
	index  []codegen.Affine

	dims, strides []int // of an input that is loaded
	again         bool  // the builder's number is that of a param before it
}

var (
	opAdd, opMul, opMin, opMax = op.Lookup("add"), op.Lookup("mul"), op.Lookup("minimum"), op.Lookup("maximum")
	opAnd, opOr                = op.Lookup("and"), op.Lookup("or")
	opArgMin, opArgMax         = op.Lookup("argmin"), op.Lookup("argmax")
	opCast                     = op.Lookup("cast")
)

func (x *indexer) kernel() (*codegen.Kernel, error) {
	if x.g.call {
		return x.call()
	}
	if err := x.reach(); err != nil {
		return nil, err
	}
	x.name(x.coalesce())
	for i := range x.g.outs {
		o := &x.g.outs[i]
		v := x.value(o.entry)
		d := x.s.graph.nodes[o.node].DType
		p := x.param(x.stores[i], d, true)
		x.b.Store(p.at, v, p.index...)
	}
	x.b.Note(x.note())
	k, err := x.b.Kernel()
	if err != nil {
		return nil, err
	}
	x.args = x.order()
	return k, nil
}

// note says what the kernel computes, in the order of the graph.
func (x *indexer) note() string {
	var words []byte
	listed := 0
	for i := len(x.g.entries) - 1; i >= 0; i-- {
		e := &x.g.entries[i]
		n := x.s.graph.nodes[e.node]
		if !e.inside || isMove(n.Kind) || n.Kind == expr.KConst {
			continue
		}
		if listed++; listed > 12 {
			return string(append(words, " ..."...))
		}
		if len(words) > 0 {
			words = append(words, ' ')
		}
		words = append(words, word(n)...)
	}
	switch {
	case listed > 0:
		return string(words)
	case x.s.graph.nodes[x.g.entries[0].node].Kind == expr.KConst:
		return "fill"
	}
	return "copy"
}

// reach finds how each entry that is read, and each that is stored, lies in memory.
func (x *indexer) reach() error {
	for i := range x.g.entries {
		e := &x.g.entries[i]
		if e.inside || e.at == nil && len(x.s.graph.nodes[e.node].Shape) > 0 {
			continue // computed, or memory that another entry indexes
		}
		v, ok := x.s.memory.of(e)
		if !ok {
			return fmt.Errorf("node %d is in no memory", e.node)
		}
		flat, moves := x.within(v.base, flatten(e.at, v.offset, v.strides))
		if v.moves != nil {
			moves = v.moves
		}
		x.loads[i] = access{spot{v.base, x.target(v.base), flat.Const, moves}, true, codegen.Affine{Terms: flat.Terms}}
	}
	for i := range x.g.outs {
		o := &x.g.outs[i]
		flat, moves := x.within(o.node, flatten(o.at, o.offset, o.strides))
		if o.moves != nil {
			moves = o.moves
		}
		x.stores[i] = access{spot{o.node, o.target, flat.Const, moves}, true, codegen.Affine{Terms: flat.Terms}}
	}
	return nil
}

// target is the output that node n lies in, if it is stored to one; -1 for a leaf or a buffer.
func (x *indexer) target(n int) int {
	if outs := x.s.memory.outputs[n]; x.s.memory.dense[n] && len(outs) > 0 {
		return outs[0]
	}
	return -1
}

// kernelAt gives a function of the group's axes as one of the kernel's: of axes that have become one, the innermost stands for all.
func (x *indexer) kernelAt(f codegen.Affine) codegen.Affine { return f.Compose(x.axes) }

// param gives the kernel's param for an access: one dim for each axis that it depends on, ordered by step in memory.
func (x *indexer) param(a access, d tensor.DType, out bool) *param {
	for i := range x.params {
		if p := &x.params[i]; p.access.spot == a.spot && p.access.flat.Equal(a.flat) && p.access.used && !p.out && !out {
			return p
		}
	}
	var space [8]codegen.Term
	terms := append(space[:0], x.kernelAt(a.flat).Terms...)
	slices.SortStableFunc(terms, func(s, t codegen.Term) int {
		return cmp.Compare(max(t.Coef, -t.Coef), max(s.Coef, -s.Coef))
	})
	p := param{out: out, access: a, index: make([]codegen.Affine, len(terms))}
	both := make([]int, 2*len(terms))
	dims, strides := both[:len(terms):len(terms)], both[len(terms):]
	for i, t := range terms {
		dims[i], strides[i], p.index[i] = x.b.Extent(t.Axis), t.Coef, codegen.At(t.Axis)
	}
	same := -1
	if !out {
		same = x.alike(a.spot, dims, strides)
	}
	switch {
	case same >= 0:
		p.at, p.again = same, true
	case out:
		p.at = x.b.Output(x.title(a.spot), d, dims, strides)
	default:
		p.at, p.dims, p.strides = x.b.Input(x.title(a.spot), d, dims, strides), dims, strides
	}
	x.params = append(x.params, p)
	return &x.params[len(x.params)-1]
}

// alike is the number of an input that is the same memory with the same dims and strides, gone along by other axes: so a product of a factor
// with itself is seen to be one. -1: there is none.
func (x *indexer) alike(at spot, dims, strides []int) int {
	for i := range x.params {
		p := &x.params[i]
		if p.dims != nil && p.access.spot == at && slices.Equal(p.dims, dims) && slices.Equal(p.strides, strides) {
			return p.at
		}
	}
	return -1
}

// title names the memory at a place: an input by its name.
func (x *indexer) title(p spot) string {
	n := x.s.graph.nodes[p.node]
	switch {
	case p.target >= 0 && len(x.s.roots) == 1:
		return "o"
	case p.target >= 0:
		return "o" + strconv.Itoa(p.target)
	case n.Kind == expr.KInput && isName(n.Name):
		return n.Name
	case n.Kind == expr.KInput && strings.HasPrefix(n.Name, keptName):
		return n.Name[1:]
	case n.Kind == expr.KInput && strings.HasPrefix(n.Name, "$"):
		return "data" + n.Name[1:] // the runtime's name for data
	case n.Kind == expr.KInput || n.Kind == expr.KData:
		return "x" + strconv.Itoa(p.node)
	}
	return "v" + strconv.Itoa(p.node)
}

// isName says whether an input's name can stand as it is.
func isName(s string) bool {
	for i, r := range s {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// order gives the places in the order of the finished kernel's params: inputs, then outputs.
func (x *indexer) order() []spot {
	list := make([]spot, 0, len(x.params))
	for _, out := range []bool{false, true} {
		for i := range x.params {
			if x.params[i].out == out && !x.params[i].again {
				list = append(list, x.params[i].access.spot)
			}
		}
	}
	return list
}

// value makes the value of an entry.
func (x *indexer) value(i int) int {
	if x.values[i] > 0 {
		return x.values[i] - 1
	}
	v := x.compute(i)
	x.values[i] = v + 1
	return v
}

func (x *indexer) compute(i int) int {
	e := &x.g.entries[i]
	n := x.s.graph.nodes[e.node]
	if !e.inside {
		p := x.param(x.loads[i], n.DType, false)
		return x.b.Load(p.at, p.index...)
	}
	switch n.Kind {
	case expr.KConst:
		return x.constant(n.DType, n.Value)
	case expr.KIota:
		return x.number(x.kernelAt(e.at[0]))
	case expr.KMap:
		args := make([]int, len(e.args))
		for k, a := range e.args {
			args[k] = x.value(a)
		}
		if n.Op == opCast {
			return x.b.Cast(n.DType, args[0])
		}
		return x.b.Map(n.Op, args...)
	case expr.KReduce:
		return x.reduce(n, e)
	case expr.KScan:
		return x.scan(n, e)
	case expr.KContract:
		return x.contract(n, e)
	case expr.KGather:
		return x.gather(n, e)
	}
	return x.value(e.args[0]) // a movement: its argument at other indices
}

// number is an affine index as a value.
func (x *indexer) number(f codegen.Affine) int {
	sum := -1
	for _, t := range f.Terms {
		v := x.b.Index(t.Axis)
		if t.Coef != 1 {
			v = x.b.Map(opMul, v, x.b.Const(tensor.Int64, uint64(t.Coef), 0))
		}
		if sum >= 0 {
			v = x.b.Map(opAdd, sum, v)
		}
		sum = v
	}
	if sum < 0 || f.Const != 0 {
		c := x.b.Const(tensor.Int64, uint64(f.Const), 0)
		if sum < 0 {
			return c
		}
		sum = x.b.Map(opAdd, sum, c)
	}
	return sum
}

// folds by their names in kernels.
var foldOps = map[expr.Fold]*op.Op{
	expr.FoldSum: opAdd, expr.FoldProd: opMul, expr.FoldMin: opMin, expr.FoldMax: opMax, expr.FoldAny: opOr, expr.FoldAll: opAnd,
	expr.FoldArgMin: opArgMin, expr.FoldArgMax: opArgMax,
}

func (x *indexer) reduce(n *expr.Node, e *entry) int {
	if len(e.over) == 0 && n.Fold >= expr.FoldArgMin {
		return x.b.Const(tensor.Int64, 0, 0) // the first of one
	}
	return x.folded(foldOps[n.Fold], x.value(e.args[0]), e.over)
}

// scan folds along an axis, of which a group that scans has no other part.
func (x *indexer) scan(n *expr.Node, e *entry) int {
	v := x.value(e.args[0])
	if len(e.over) == 0 {
		return v
	}
	return x.b.Scan(foldOps[n.Fold], v, x.axes[e.over[0]].Terms[0].Axis)
}

// contract multiplies the operands and adds up; of bool, ands and ors.
func (x *indexer) contract(n *expr.Node, e *entry) int {
	times, plus := opMul, opAdd
	if n.DType.IsBool() {
		times, plus = opAnd, opOr
	}
	v := x.value(e.args[0])
	for _, a := range e.args[1:] {
		v = x.b.Map(times, v, x.value(a))
	}
	return x.folded(plus, v, e.over)
}

// folded folds a value over axes of the group, if any.
func (x *indexer) folded(o *op.Op, v int, over []int) int {
	var axes []int
	for _, a := range over {
		for _, t := range x.axes[a].Terms {
			axes = append(axes, t.Axis)
		}
	}
	if len(axes) == 0 {
		return v
	}
	return x.b.Reduce(o, v, axes...)
}

// gather reads the data, whose other axes are indexed as any, at the index along one.
func (x *indexer) gather(n *expr.Node, e *entry) int {
	index := x.value(e.args[0])
	data := &x.g.entries[e.args[1]]
	v, _ := x.s.memory.of(data)
	a := x.loads[e.args[1]]
	terms := x.kernelAt(a.flat).Terms
	axis := n.Axes[0]
	dims, strides := []int{n.Args[0].Shape[axis]}, []int{v.strides[axis]}
	at := []codegen.Affine{{}}
	for _, t := range terms {
		dims, strides, at = append(dims, x.b.Extent(t.Axis)), append(strides, t.Coef), append(at, codegen.At(t.Axis))
	}
	p := x.b.Input(x.title(a.spot), n.DType, dims, strides)
	x.params = append(x.params, param{at: p, access: access{spot: a.spot}})
	return x.b.Gather(p, at, 0, index)
}

// constant is a constant by its bits.
func (x *indexer) constant(d tensor.DType, v expr.Value) int {
	lo, hi := bitsOf(d, v)
	return x.b.Const(d, lo, hi)
}

// bitsOf gives the bits of a constant in d.
func bitsOf(d tensor.DType, v expr.Value) (lo, hi uint64) {
	switch {
	case d == tensor.Complex64:
		return uint64(math.Float32bits(float32(real(v.C)))) | uint64(math.Float32bits(float32(imag(v.C))))<<32, 0
	case d == tensor.Complex128:
		return math.Float64bits(real(v.C)), math.Float64bits(imag(v.C))
	case d == tensor.Float64:
		return math.Float64bits(v.F), 0
	case d == tensor.Float32:
		return uint64(math.Float32bits(float32(v.F))), 0
	case d == tensor.Float16:
		return uint64(tensor.Float16Of(v.F)), 0
	case d == tensor.BFloat16:
		return uint64(tensor.BFloat16Of(v.F)), 0
	}
	return uint64(v.I) & (^uint64(0) >> (64 - 8*d.Size())), 0
}
