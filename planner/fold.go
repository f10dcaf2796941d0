package planner

import (
	"cmp"
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr"
)

// folds says whether node n folds over any elements but single ones; what does not is computed element by element.
func (f *fuser) folds(n int) bool {
	node := f.nodes[n]
	switch node.Kind {
	case expr.KReduce:
		return slices.ContainsFunc(node.Axes, func(a int) bool { return node.Args[0].Shape[a] != 1 })
	case expr.KScan:
		return node.Shape[node.Axes[0]] != 1
	case expr.KContract:
		found := false
		f.eachSummed(n, func(_, d int) { found = found || d != 1 })
		return found
	}
	return false
}

// summed gives the sizes of the labels of a contraction that are not in its output, in the order in which they occur.
func (f *fuser) summed(n int) []int {
	var sizes []int
	f.eachSummed(n, func(_, d int) { sizes = append(sizes, d) })
	return sizes
}

func (f *fuser) eachSummed(n int, do func(label, size int)) {
	node := f.nodes[n]
	next := 0 // Make numbers labels in the order in which they occur
	for k, labels := range node.Labels {
		for i, l := range labels {
			if l == next {
				next++
				if !slices.Contains(node.Output, l) {
					do(l, node.Args[k].Shape[i])
				}
			}
		}
	}
}

// folded gives the sizes of the axes that a node folds.
func (f *fuser) folded(n int) []int {
	node := f.nodes[n]
	if node.Kind == expr.KContract {
		return f.summed(n)
	}
	sizes := make([]int, len(node.Axes))
	for i, a := range node.Axes {
		sizes[i] = node.Args[0].Shape[a]
	}
	return sizes
}

// isProduct says whether a contraction is one of matrices: each of two operands has rows of its own. Such a one is computed by packed
// panels, or by loops of its own kind. Others are folds of a product as any other.
func (f *fuser) isProduct(n int) bool {
	node := f.nodes[n]
	if node.Kind != expr.KContract || len(node.Args) != 2 {
		return false
	}
	own := func(k int) bool {
		for i, l := range node.Labels[k] {
			if node.Args[k].Shape[i] != 1 && slices.Contains(node.Output, l) && !slices.Contains(node.Labels[1-k], l) {
				return true
			}
		}
		return false
	}
	return own(0) && own(1)
}

// argAt gives the indices of argument k of a fold whose result is at indices at, and whose folded axes are at over.
func (f *fuser) argAt(n, k int, at, over []codegen.Affine) []codegen.Affine {
	node := f.nodes[n]
	if node.Kind == expr.KScan {
		return slices.Clone(at)
	}
	to := make([]codegen.Affine, len(node.Args[k].Shape))
	if node.Kind == expr.KReduce {
		kept, gone := 0, 0
		for i := range to {
			if gone < len(node.Axes) && node.Axes[gone] == i {
				to[i] = over[gone]
				gone++
			} else {
				to[i] = at[kept]
				kept++
			}
		}
		return to
	}
	next := 0
	place := make([]codegen.Affine, len(node.Output)+len(over)) // of each label
	for i, l := range node.Output {
		place[l] = at[i]
	}
	f.eachSummed(n, func(l, _ int) {
		place[l] = over[next]
		next++
	})
	for i, l := range node.Labels[k] {
		to[i] = place[l]
	}
	return to
}

// fresh gives new fold axes for what n folds; what it scans is an axis of the new group that it begins.
func (f *fuser) fresh(n int, d demand) []codegen.Affine {
	g := d.g
	if node := f.nodes[n]; node.Kind == expr.KScan {
		over := d.at()[node.Axes[0]]
		g.alongRow([]int{over.Terms[0].Axis})
		return []codegen.Affine{over}
	}
	sizes := f.folded(n)
	over := make([]codegen.Affine, len(sizes))
	for i, d := range sizes {
		if d != 1 {
			over[i] = codegen.At(len(g.axes))
			g.row = append(g.row, len(g.axes))
			g.axes = append(g.axes, axis{extent: d, fold: true})
		}
	}
	return over
}

// fold makes n a fold of the group, over the axes that over names.
func (f *fuser) fold(n int, d demand, over []codegen.Affine) {
	e := &d.g.entries[d.entry]
	in := axesOf(over)
	for a := range d.g.axes {
		if in.has(a) {
			e.over = append(e.over, a)
		}
	}
	e.scan = f.nodes[n].Kind == expr.KScan
	d.g.folds++
	d.g.packed = d.g.packed || f.isProduct(n)
	at := e.at
	for k, a := range f.args[n] {
		f.need(d, a, f.argAt(n, k, at, over))
	}
}

// settleFold decides about a fold. It is computed once: in the one group that needs it at one place, or in a group that stores it.
func (f *fuser) settleFold(n int) {
	why := "several kernels need it"
	switch {
	case len(f.outputs[n]) > 0:
		why = "it is an output"
	case f.wanted(n):
		why = "it is indexed at will"
	case f.alone:
		why = "fuse is off"
	case len(f.demands[n]) == 1:
		if why = f.joinFold(n, f.demands[n][0]); why == "" {
			return
		}
	}
	f.store(n)
	f.note(n, why)
}

// joinFold computes the fold n in a group, or says why it cannot be there. A group folds one set of axes, its row, once for each point of
// all its other axes: then nothing is folded twice, and what it folds can stay in the nearest cache.
func (f *fuser) joinFold(n int, d demand) string {
	g, at := d.g, d.at()
	in, loops := axesOf(at), g.loops()
	product := f.isProduct(n)
	if why := f.mixed(n, d, f.foldWork(n)); why != "" {
		return why
	}
	if f.nodes[n].Kind == expr.KScan {
		return f.joinScan(n, d)
	}
	switch {
	case in.minus(loops) != axisSet{}:
		return "what it gives is folded in turn"
	case g.full():
		return "its kernel is full"
	case g.packed:
		return "its kernel holds a contraction already"
	case product && g.folds > 0:
		return "its kernel folds already"
	}
	rest := loops.minus(in)
	var over []codegen.Affine
	switch {
	case rest == axisSet{} && g.row == nil:
		over = f.fresh(n, d)
	case rest == axisSet{}:
		if over = f.match(n, d, g.row); over == nil {
			return "its kernel folds other rows"
		}
		if g.beneathFold(d.entry) && !f.brief(g, setOf(g.row)) {
			return "a row takes too long to go over it again and again"
		}
	case g.row != nil:
		return "its kernel folds other rows"
	case product:
		return "its kernel needs it again and again"
	default:
		row := g.inOrder(rest)
		if over = f.match(n, d, row); over == nil {
			return "what it folds is not a row of its kernel"
		}
		if !f.short(g, in, rest) {
			return "a row takes too long to go over it again and again"
		}
		g.alongRow(row)
	}
	f.fold(n, d, over)
	g.entries[d.entry].inside = true
	g.inside++
	return ""
}

// alongRow makes axes of the group, which are looped over, its row.
func (g *group) alongRow(row []int) {
	g.row = row
	for _, a := range row {
		g.axes[a].fold = true
	}
}

// beneathFold says whether a fold of the group is computed from an entry: then the row is gone over once more, and cannot be folded in parts.
func (g *group) beneathFold(entry int) bool {
	seen := make([]bool, len(g.entries))
	for list := []int{entry}; len(list) > 0; {
		x := list[len(list)-1]
		list = list[:len(list)-1]
		for i := range g.entries {
			if seen[i] || !slices.Contains(g.entries[i].args, x) {
				continue
			}
			if g.entries[i].over != nil {
				return true
			}
			seen[i] = true
			list = append(list, i)
		}
	}
	return false
}

// foldWork is how many values a fold takes.
func (f *fuser) foldWork(n int) float64 {
	work := float64(size(f.nodes[n].Shape))
	for _, d := range f.folded(n) {
		work *= float64(d)
	}
	return work
}

// inOrder lists axes by how far apart their elements lie in what the group stores first, the farthest first.
func (g *group) inOrder(axes axisSet) []int {
	steps := make([]int, len(g.axes))
	o := &g.outs[0]
	for k, f := range o.at {
		for _, t := range f.Terms {
			steps[t.Axis] += t.Coef * o.strides[k]
		}
	}
	var list []int
	for a := range g.axes {
		if axes.has(a) {
			list = append(list, a)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(steps[b], steps[a]) })
	return list
}

// match lays what n folds along the axes of row: where the group needs n's argument already at such indices, along the same, so that it is
// read once; otherwise in order. It gives nil where the sizes differ.
func (f *fuser) match(n int, d demand, row []int) []codegen.Affine {
	if over := f.same(n, d, row); over != nil {
		return over
	}
	sizes := f.folded(n)
	over := make([]codegen.Affine, len(sizes))
	for i, size := range sizes {
		p := 1
		var terms []int
		for p < size && len(row) > 0 {
			terms = append(terms, row[0])
			p *= d.g.axes[row[0]].extent
			row = row[1:]
		}
		if p != size {
			return nil
		}
		step := 1
		for k := len(terms) - 1; k >= 0; k-- {
			over[i] = over[i].Add(codegen.At(terms[k]).Scale(step))
			step *= d.g.axes[terms[k]].extent
		}
	}
	if len(row) > 0 {
		return nil
	}
	return over
}

// same finds, for a reduction, the argument's indices elsewhere in the group that differ from the kept ones along the row alone.
func (f *fuser) same(n int, d demand, row []int) []codegen.Affine {
	node := f.nodes[n]
	if node.Kind != expr.KReduce {
		return nil
	}
	at := d.at()
	want := setOf(row)
	for _, o := range f.demands[f.args[n][0]] {
		if o.g != d.g || o.whole() {
			continue
		}
		var over []codegen.Affine
		kept, same, points := 0, true, 1
		for i, a := range o.at() {
			if slices.Contains(node.Axes, i) {
				over = append(over, a)
				points *= node.Args[0].Shape[i]
			} else {
				same = same && a.Equal(at[kept])
				kept++
			}
		}
		if same && axesOf(over) == want && float64(points) == d.g.points(want) {
			return over
		}
	}
	return nil
}

// short says whether a kernel may go over a row (the axes rest) for each point of the others (in): where a row, or as many rows side by side
// as fill a cache line, stays in a core's cache; or where there are rows for every worker and none takes a worker too long.
func (f *fuser) short(g *group, in, rest axisSet) bool {
	return g.rowBytes(rest) <= f.model.cache || g.points(in) >= 2*f.model.threads && f.brief(g, rest)
}

// brief says whether going over a row, once for each fold and once to store it, takes a worker no longer than a cancelled run may go on.
func (f *fuser) brief(g *group, rest axisSet) bool {
	return rowPasses*g.rowBytes(rest)/rowArrays/f.model.bandwidth <= longestRow
}

// longestRow is in seconds: such a row is one call of machine code, which ends when it is done.
const longestRow = 3e-3

// rowPasses is how often a row of several folds is typically gone over, a store counted as two.
const rowPasses = 4

// rowArrays is how many arrays a row is typically read from and written to.
const rowArrays = 2

// rowBytes is what a row takes in a cache, together with as many rows side by side as fill a cache line.
func (g *group) rowBytes(rest axisSet) float64 {
	const line = 64 // bytes
	bytes := g.points(rest) * line * rowArrays
	if g.last(rest) {
		bytes /= line / 8 // the row lies along memory
	}
	return bytes
}

// last says whether the axis whose elements lie nearest to one another is among axes: in what the group reads along these, or in what it
// stores first.
func (g *group) last(axes axisSet) bool {
	for i := range g.entries {
		if e := &g.entries[i]; !e.inside && !e.whole && len(e.at) > 0 && axesOf(e.at).meets(axes) {
			return axesOf(e.at[len(e.at)-1:]).meets(axes)
		}
	}
	list := g.inOrder(g.all())
	return len(list) > 0 && axes.has(list[len(list)-1])
}
