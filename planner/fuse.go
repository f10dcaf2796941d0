package planner

// fuse: the nodes that one kernel computes become a group.
//
//	before  %1 = max %0 axes [1]; %3 = sub %0 %2; %4 = exp %3; %5 = sum %4 axes [1]; %7 = div %4 %6
//	after   group 0: %7 %6 %5 %4 %3 %2 %1, over one axis, folding rows of the other

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// What one kernel may hold: its addresses have to fit the registers of a loop more or less, its code a cache.
const (
	maxInside = 160 // nodes that it computes
	maxReads  = 24  // arrays that it reads
	maxOuts   = 8   // arrays that it stores
)

// full says whether a group has no room for more.
func (g *group) full() bool { return g.call || g.inside >= maxInside || g.reads >= maxReads }

// fuser decides node by node, from the roots down: by then it is known in which groups, and at which indices, a node is needed. A node
// joins the groups that need it, or it is stored: by one of these groups besides, or by a group of its own.
type fuser struct {
	*graph
	memory
	model   model
	strange []bool // the nodes that the target has no code for; nil: none
	native  func(string, tensor.DType) bool
	alone   bool       // fuse is off: every node is stored by a group of its own
	demands [][]demand // of each node, where it is needed
	makers  [][]*group // of each node in memory, the groups that write it
	work    []float64  // of each node, what computing one of its elements takes besides what is read
	fetch   []float64  // and how many bytes are read to compute all of it
	rows    []float64  // the elements of the largest fold beneath it that is no further away than maps and movements
	groups  []*group   // as they are opened: from the roots down
	cuts    []cut      // for the text
	search  int        // the number of the last search through groups
}

// demand is an entry of a group that stands for a node.
type demand struct {
	g     *group
	entry int
}

// cut says why a group reads a node from memory instead of computing it.
type cut struct {
	node int
	g    *group // that reads
	why  string
}

// fuse puts the nodes of the graph into groups, and the groups into an order in which they can run.
func fuse(s *state) error {
	f := newFuser(s)
	for n := len(f.nodes) - 1; n >= 0; n-- {
		f.settle(n)
	}
	if !f.alone {
		f.siblings()
	}
	groups, err := f.sequence()
	if err != nil {
		return err
	}
	s.graph, s.memory, s.groups, s.cuts = f.graph, f.memory, f.byLoop(groups), f.cuts
	return nil
}

func newFuser(s *state) *fuser {
	g := s.number()
	n := len(g.nodes)
	f := &fuser{graph: g, memory: newMemory(g, s.Strides, s.looped), model: newModel(s.Target), alone: s.off("fuse")}
	f.strange, f.native = strangers(g, s.Target.Native), s.Target.Native
	f.demands, f.makers = make([][]demand, n), make([][]*group, n)
	first := make([]demand, n) // room for one of each
	for i := range f.demands {
		f.demands[i] = first[i : i : i+1]
	}
	numbers := make([]float64, 3*n)
	f.work, f.fetch, f.rows = numbers[:n], numbers[n:2*n], numbers[2*n:]
	for i := range g.nodes {
		f.weigh(i)
	}
	return f
}

// settle decides about a node that all that uses it has been decided about.
func (f *fuser) settle(n int) {
	node := f.nodes[n]
	if f.looped != nil && f.settleLooped(n) {
		return
	}
	switch node.Kind {
	case expr.KInput, expr.KData, expr.KConst, expr.KIota:
		// What is in memory is read, what costs nothing is computed; only an output, or what is indexed at will, needs a copy.
		if len(f.outputs[n]) > 0 || f.wanted(n) && node.Kind != expr.KInput && node.Kind != expr.KData {
			f.store(n)
		}
	case expr.KTranspose, expr.KBroadcast, expr.KSlice, expr.KDiagonal, expr.KReshape:
		f.settleMove(n)
	case expr.KPad, expr.KConcat:
		f.assemble(n)
	case expr.KCall:
		f.settleCall(n)
	default:
		if f.folds(n) {
			f.settleFold(n)
		} else {
			f.settleMap(n)
		}
	}
}

// ask notes that g needs node n at indices, and gives the entry that stands for it.
func (f *fuser) ask(g *group, n int, at []codegen.Affine, whole bool) int {
	for _, d := range f.demands[n] {
		if e := &d.g.entries[d.entry]; d.g == g && e.whole == whole && sameAt(e.at, at) {
			return d.entry
		}
	}
	k := f.nodes[n].Kind
	if k == expr.KInput || k == expr.KData {
		g.reads++
	}
	g.entries = append(g.entries, entry{node: n, at: at, whole: whole, inside: !whole && (k == expr.KConst || k == expr.KIota)})
	f.demands[n] = append(f.demands[n], demand{g, len(g.entries) - 1})
	return len(g.entries) - 1
}

// wanted says whether some group needs the node as memory that can be indexed at will.
func (f *fuser) wanted(n int) bool {
	return slices.ContainsFunc(f.demands[n], func(d demand) bool { return d.whole() })
}

func (d demand) at() []codegen.Affine { return d.g.entries[d.entry].at }
func (d demand) whole() bool          { return d.g.entries[d.entry].whole }

// open begins a group that computes n.
func (f *fuser) open(n int) demand {
	g := &group{foreign: f.foreign(n), within: f.looped.at(f.nodes[n]), entries: make([]entry, 0, 4)}
	f.groups = append(f.groups, g)
	return demand{g, f.ask(g, n, g.over(f.nodes[n].Shape), false)}
}

// store gives n memory of its own and a group that writes it; all that needs it reads it there.
func (f *fuser) store(n int) {
	host, hosted := f.host(n)
	if !hosted {
		host = f.open(n)
		f.join(n, host)
	}
	f.keep(n, host, host.at())
	for _, d := range f.demands[n] {
		if d != host {
			f.read(n, d)
		}
	}
}

// keep stores an entry in the memory of node n.
func (f *fuser) keep(n int, d demand, at []codegen.Affine) {
	f.write(n, d, at, 0, codegen.RowMajor(f.nodes[n].Shape))
}

// write stores an entry, whose place in row-major memory of n (or a part of it) is given by at, an offset and strides.
func (f *fuser) write(n int, d demand, at []codegen.Affine, offset int, strides []int) {
	if k := f.nodes[n].Kind; k != expr.KInput && k != expr.KData { // a leaf has its memory, whatever output is a copy of it
		f.dense[n] = true
		f.makers[n] = append(f.makers[n], d.g)
	}
	targets := f.outputs[n]
	if len(targets) == 0 {
		targets = []int{-1}
	}
	for _, t := range targets {
		d.g.outs = append(d.g.outs, out{entry: d.entry, node: n, target: t, at: slices.Clone(at), offset: offset, strides: strides})
	}
}

// read makes the group of d read n from memory.
func (f *fuser) read(n int, d demand) {
	d.g.reads++
	for _, m := range f.makers[n] {
		if !slices.Contains(d.g.after, m) {
			d.g.after = append(d.g.after, m)
		}
	}
}

// join computes n in a group. Folds take fresh axes here; joinFold is for those that may share.
func (f *fuser) join(n int, d demand) {
	switch node := f.nodes[n]; {
	case node.Kind == expr.KInput || node.Kind == expr.KData:
		return // read, not computed
	case isMove(node.Kind):
		f.pass(n, d)
		return
	case f.folds(n):
		f.fold(n, d, f.fresh(n, d))
	case node.Kind == expr.KGather:
		f.gather(n, d)
	default:
		at := d.at()
		for k, a := range f.args[n] {
			switch node.Kind {
			case expr.KReduce:
				f.need(d, a, f.argAt(n, k, at, make([]codegen.Affine, len(node.Axes))))
			case expr.KContract:
				f.need(d, a, f.argAt(n, k, at, make([]codegen.Affine, len(f.summed(n)))))
			default:
				f.need(d, a, slices.Clone(at))
			}
		}
	}
	d.g.entries[d.entry].inside = true
	d.g.inside++
}

// need asks for an argument of the entry of d, at indices that are its own.
func (f *fuser) need(d demand, arg int, at []codegen.Affine) {
	e := f.ask(d.g, arg, at, false)
	d.g.entries[d.entry].args = append(d.g.entries[d.entry].args, e)
}

// gather needs the indices, and all of the data along one axis.
func (f *fuser) gather(n int, d demand) {
	node, at := f.nodes[n], d.at()
	axis, rank := node.Axes[0], len(node.Args[1].Shape)
	data := slices.Concat(at[:axis], make([]codegen.Affine, 1), at[axis+rank:])
	f.need(d, f.args[n][1], slices.Clone(at[axis:axis+rank]))
	whole := f.ask(d.g, f.args[n][0], data, true)
	d.g.entries[d.entry].args = append(d.g.entries[d.entry].args, whole)
}

func isMove(k expr.Kind) bool {
	switch k {
	case expr.KTranspose, expr.KBroadcast, expr.KSlice, expr.KDiagonal, expr.KReshape:
		return true
	}
	return false
}

// settleMap decides about a node that is computed element by element.
func (f *fuser) settleMap(n int) {
	why := "it is an output"
	if len(f.outputs[n]) == 0 {
		why = f.apart(n)
	}
	if why != "" {
		f.store(n)
		f.note(n, why)
		return
	}
	for _, d := range slices.Clone(f.demands[n]) {
		f.join(n, d)
	}
}

// apart says why a map is better stored than computed in each group that needs it; "" if it is not.
func (f *fuser) apart(n int) string {
	if f.wanted(n) {
		return "it is indexed at will"
	}
	if f.alone {
		return "fuse is off"
	}
	gathers := f.nodes[n].Kind == expr.KGather
	size := float64(f.nodes[n].Shape.Len())
	bytes := size * float64(f.nodes[n].DType.Size())
	evals, readers := 0.0, 0
	for i, d := range f.demands[n] {
		if d.g.full() {
			return "its kernel is full"
		}
		if d.g.packed && f.rows[n] == size && f.work[n] >= dear && axesOf(d.at()).meets(setOf(d.g.row)) {
			return "its rows are computed once, not for each panel"
		}
		if d.g.packed && gathers {
			return "packing reads what lies at affine indices"
		}
		if d.g.packed && f.model.compute(size) > f.model.launch && f.stretch(n) < shortRun {
			return "its factors lie in short runs, which packing would go through again and again"
		}
		own := f.evals(n, d)
		if why := f.mixed(n, d, own*max(f.work[n], 1)); why != "" {
			return why
		}
		evals += own
		if !slices.ContainsFunc(f.demands[n][:i], func(o demand) bool { return o.g == d.g }) {
			readers++
		}
	}
	m := &f.model
	if readers == 1 {
		if m.compute((evals-size)*f.work[n]) > m.launch+m.move(2*bytes) {
			return "computing it again at each use takes longer than storing it"
		}
		return ""
	}
	again := m.compute(evals*f.work[n]) + m.move(float64(readers)*f.fetch[n])
	once := m.launch + m.compute(size*f.work[n]) + m.move(f.fetch[n]+float64(1+readers)*bytes)
	if again > once {
		return "several kernels need it"
	}
	return ""
}

// shortRun is the fewest elements in a row that packing computes quickly from several arrays: two vectors of them.
const shortRun = 16

// stretch is how many elements of a product lie in a row in each factor as they do in the result, or are one element of it.
func (f *fuser) stretch(n int) int {
	node := f.nodes[n]
	if node.Kind != expr.KContract {
		return size(node.Shape)
	}
	run := 1
	for back := 1; back <= len(node.Output); back++ {
		l, extent := node.Output[len(node.Output)-back], node.Shape[len(node.Output)-back]
		for _, labels := range node.Labels {
			at := slices.Index(labels, l)
			varies := slices.Contains(labels, node.Output[len(node.Output)-1])
			if varies != (at >= 0) || at >= 0 && at != len(labels)-back {
				return run
			}
		}
		run *= extent
	}
	return run
}

// evals is how often the group of d computes the value of n there: at each point of its innermost loops, unless the value does not depend
// on them; a packed operand once an element. Where a fold beneath n can make the other axes a row of the group, n will be outside of it.
func (f *fuser) evals(n int, d demand) float64 {
	g := d.g
	in := axesOf(d.at())
	row := setOf(g.row)
	switch {
	case g.row == nil && f.rows[n] == g.points(g.all()) && f.short(g, in, g.all().minus(in)):
		return g.points(in)
	case g.row == nil:
		last := 0
		for a := range g.axes {
			if in.has(a) {
				last = a + 1
			}
		}
		p := 1.0
		for _, a := range g.axes[:last] {
			p *= float64(a.extent)
		}
		return p
	case in.meets(row) && g.packed:
		return g.points(in)
	case in.meets(row):
		return g.points(g.all())
	}
	return g.points(g.loops())
}

// note keeps why n is stored, for all that read it.
func (f *fuser) note(n int, why string) {
	for _, d := range f.demands[n] {
		if !d.g.entries[d.entry].inside {
			f.cuts = append(f.cuts, cut{n, d.g, why})
		}
	}
}

// host finds a group that needs n anyway and can store it besides: at every point of its loops, or of its rows, another element of n; and
// nothing that it waits for waits for n. n has joined it then.
func (f *fuser) host(n int) (demand, bool) {
	if f.alone {
		return demand{}, false
	}
	for _, d := range f.demands[n] {
		g := d.g
		if d.whole() || f.foreign(n) != g.foreign || f.looped.at(f.nodes[n]) != g.within || g.full() || len(g.outs) >= maxOuts || !g.covers(d.at(), f.nodes[n].Shape) || !f.free(n, d) {
			continue
		}
		if f.folds(n) {
			if f.joinFold(n, d) != "" {
				continue
			}
		} else if isMove(f.nodes[n].Kind) || f.nodes[n].Kind == expr.KInput || f.nodes[n].Kind == expr.KData {
			continue
		} else {
			f.join(n, d)
		}
		return d, true
	}
	return f.beside(n)
}

// beside finds a group that can store the fold n besides as it goes over the same rows of the same argument for another fold. n has joined it
// then.
func (f *fuser) beside(n int) (demand, bool) {
	node := f.nodes[n]
	if node.Kind != expr.KReduce || !f.folds(n) {
		return demand{}, false
	}
	for _, d := range f.demands[f.args[n][0]] {
		g := d.g
		if d.whole() || g.packed || f.foreign(n) != g.foreign || f.looped.at(node) != g.within || g.full() || len(g.outs) >= maxOuts {
			continue
		}
		var at, over []codegen.Affine
		for k, a := range d.at() {
			if slices.Contains(node.Axes, k) {
				over = append(over, a)
			} else {
				at = append(at, a)
			}
		}
		if g.row == nil || axesOf(over) != setOf(g.row) || axesOf(at) != g.loops() || !g.covers(at, node.Shape) || !f.free(n, demand{g, -1}) {
			continue
		}
		own := demand{g, f.ask(g, n, at, false)}
		if f.joinFold(n, own) == "" {
			return own, true
		}
	}
	return demand{}, false
}

// free says whether the group of d may store n: no other group that reads n runs before it, and it needs n at no other indices itself.
func (f *fuser) free(n int, d demand) bool {
	for _, o := range f.demands[n] {
		if o.g == d.g && o != d || o.g != d.g && f.waits(d.g, o.g) {
			return false
		}
	}
	return true
}

// covers says whether indices name each element of a shape exactly once as the loop axes, or these and the fold axes, run.
func (g *group) covers(at []codegen.Affine, shape []int) bool {
	in := axesOf(at)
	if loops := g.loops(); in != loops && in != g.all() || g.points(in) != float64(size(shape)) {
		return false
	}
	for k, f := range at {
		// Mixed radix: the steps of the terms, ascending, are 1, n1, n1*n2 ... for terms of n1, n2 ... points.
		step := 1
		for range f.Terms {
			i := slices.IndexFunc(f.Terms, func(t codegen.Term) bool { return t.Coef == step })
			if i < 0 {
				return false
			}
			step *= g.axes[f.Terms[i].Axis].extent
		}
		if f.Const != 0 || step != shape[k] {
			return false
		}
	}
	return true
}

func size(shape []int) int {
	p := 1
	for _, n := range shape {
		p *= n
	}
	return p
}

// searchLimit is the most groups that a search for a path visits before it gives up.
const searchLimit = 512

// waits says whether g runs after h, or whether finding that out would take long.
func (f *fuser) waits(g, h *group) bool {
	f.search++
	seen := 0
	stack := []*group{g}
	for len(stack) > 0 {
		x := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if x == h {
			return true
		}
		if x.mark == f.search {
			continue
		}
		x.mark = f.search
		if seen++; seen > searchLimit {
			return true
		}
		stack = append(stack, x.after...)
	}
	return false
}
