package planner

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr"
)

// group is the nodes that one kernel computes, over axes that they have in common. Its entries say at which indices each node is needed;
// what makes two uses of one node the same value is that the indices are the same functions of the axes.
type group struct {
	axes    []axis
	row     []int // the fold axes, in the order in which a row's elements lie; nil: nothing is folded
	entries []entry
	outs    []out
	packed  bool     // its one fold is a product of matrices
	inside  int      // how many entries are computed here
	foreign bool     // it runs through the interpreter
	call    bool     // it calls a routine, and does nothing else
	within  within   // the loop whose slices it is of
	blocked []int    // for each index of that loop, the axis of which a slice has a block; nil: it is no loop over rows
	folds   int      // how many of them fold
	reads   int      // how many arrays are read
	after   []*group // the groups that must run before
	number  int      // its place in the order of execution
	into    *group   // the group that it has become part of
	mark    int      // the last search that came by
	next    int      // how far that search has looked into after
}

// axis is an axis of a group.
type axis struct {
	extent int
	fold   bool
	block  int // points of it that a slice has; 0: all
}

// points is how many points of the axis a slice has.
func (a axis) points() int {
	if a.block > 0 {
		return a.block
	}
	return a.extent
}

// entry is a node at indices: the element at of the node, a function of the group's axes.
type entry struct {
	node   int
	at     []codegen.Affine // one for each axis of the node
	args   []int            // entries of the arguments, if it is computed here
	over   []int            // the axes that it folds, or scans along
	scan   bool             // it scans
	inside bool             // computed here; otherwise read from memory
	whole  bool             // needed as memory that can be indexed at will: gathers, and reshapes that are no index arithmetic
	seen   *view            // how it is read from memory, where that was decided with the rest; nil: where the node lies
}

// out says that an entry is stored.
type out struct {
	entry   int
	node    int              // whose memory
	target  int              // the output that is that memory; -1: a buffer of the arena
	at      []codegen.Affine // where, in an array
	offset  int              // whose element [0 ... 0] is so many elements from the start of the memory
	strides []int            // and has these strides
	moves   *path            // from slice to slice; nil: it stays
}

// axisSet is a set of axes of a group: no group has more than 128, for none of its arrays has more than 62 axes that count.
type axisSet [2]uint64

func (s *axisSet) add(a int)              { s[a>>6] |= 1 << (a & 63) }
func (s axisSet) has(a int) bool          { return s[a>>6]>>(a&63)&1 != 0 }
func (s axisSet) or(t axisSet) axisSet    { return axisSet{s[0] | t[0], s[1] | t[1]} }
func (s axisSet) minus(t axisSet) axisSet { return axisSet{s[0] &^ t[0], s[1] &^ t[1]} }
func (s axisSet) meets(t axisSet) bool    { return s[0]&t[0]|s[1]&t[1] != 0 }

// setOf is the set of the listed axes.
func setOf(axes []int) axisSet {
	var s axisSet
	for _, a := range axes {
		s.add(a)
	}
	return s
}

// over begins a group whose loop axes are those of a shape; the indices of an element of that shape come back.
func (g *group) over(shape []int) []codegen.Affine {
	at := make([]codegen.Affine, len(shape))
	terms := make([]codegen.Term, 0, len(shape))
	for k, n := range shape {
		if n != 1 {
			terms = append(terms, codegen.Term{Axis: len(g.axes), Coef: 1})
			at[k].Terms = terms[len(terms)-1 : len(terms) : len(terms)]
			g.axes = append(g.axes, axis{extent: n})
		}
	}
	return at
}

// points is how many points the axes of a set have together.
func (g *group) points(axes axisSet) float64 {
	p := 1.0
	for a := range g.axes {
		if axes.has(a) {
			p *= float64(g.axes[a].extent)
		}
	}
	return p
}

// loops is the set of the axes that are not folded, all the set of all axes.
func (g *group) loops() axisSet {
	var s axisSet
	for a := range g.axes {
		if !g.axes[a].fold {
			s.add(a)
		}
	}
	return s
}

func (g *group) all() axisSet {
	var s axisSet
	for a := range g.axes {
		s.add(a)
	}
	return s
}

// empty says whether the group has no points to compute: an axis that is not folded is empty.
func (g *group) empty() bool {
	return slices.ContainsFunc(g.axes, func(a axis) bool { return a.extent == 0 && !a.fold })
}

func sameAt(a, b []codegen.Affine) bool { return slices.EqualFunc(a, b, codegen.Affine.Equal) }

// split makes two axes of axis a: a*by + the new one. Everything in the group that names a is rewritten.
func (g *group) split(a, by int) {
	b := len(g.axes)
	g.axes = append(g.axes, axis{extent: by, fold: g.axes[a].fold})
	g.axes[a].extent /= by
	to := codegen.Affine{Terms: []codegen.Term{{Axis: a, Coef: by}, {Axis: b, Coef: 1}}}
	for i := range g.entries {
		e := &g.entries[i]
		for k := range e.at {
			e.at[k] = e.at[k].Subst(a, to)
		}
		if slices.Contains(e.over, a) {
			e.over = append(e.over, b)
		}
	}
	for i := range g.outs {
		at := g.outs[i].at
		for k := range at {
			at[k] = at[k].Subst(a, to)
		}
	}
	if i := slices.Index(g.row, a); i >= 0 {
		g.row = slices.Insert(g.row, i+1, b)
	}
}

// axesOf is the set of the axes that indices depend on.
func axesOf(at []codegen.Affine) axisSet {
	var s axisSet
	for i := range at {
		for _, t := range at[i].Terms {
			s.add(t.Axis)
		}
	}
	return s
}

// moved gives the indices of the argument of a movement, where those of its result are at. Reshapes are not among them.
func moved(n *expr.Node, at []codegen.Affine) []codegen.Affine {
	from := n.Args[0].Shape
	to := make([]codegen.Affine, len(from))
	switch n.Kind {
	case expr.KTranspose:
		for k, a := range n.Axes {
			to[a] = at[k]
		}
	case expr.KBroadcast:
		ahead := len(n.Shape) - len(from)
		for k, d := range from {
			if d != 1 { // an axis of one element is at 0, stretched or not
				to[k] = at[ahead+k]
			}
		}
	case expr.KSlice:
		for k := range from {
			to[k] = at[k].Scale(n.Steps[k])
			to[k].Const += n.Starts[k]
		}
	case expr.KDiagonal:
		next := 0
		for k := range from {
			switch k {
			case n.Axes[0], n.Axes[1]:
				to[k] = at[len(at)-1]
				if k == n.Axes[0] {
					to[k].Const += n.Starts[0]
				} else {
					to[k].Const += n.Starts[1]
				}
			default:
				to[k] = at[next]
				next++
			}
		}
	}
	return to
}
