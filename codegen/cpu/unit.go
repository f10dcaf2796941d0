package cpu

import (
	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/tensor"
)

// unit is one loop nest to be written as one function: a kernel, or one of the two kernels that a split reduction becomes.
//
//	part: loops p, ...  fold j of piece p      temp[p, ...] = reduce(j, x)      the last piece may be short
//	join: loops ...     fold p                 o[...] = f(reduce(p, temp[p, ...]))
type unit struct {
	name    string
	k       *codegen.Kernel
	streams []stream
	on      []codegen.AxisSet // the axes each value depends on
	temps   []int             // by param: the index of the partial results that it is, -1: one of the kernel's own
	saved   []saved           // values kept from stage to stage
	ragged  int               // the fold axis whose last piece is short, -1: none
	piece   int               // its loop over pieces
	whole   int               // the points of the axis before it was cut
}

func newUnit(name string, k *codegen.Kernel) *unit {
	u := &unit{name: name, k: k, streams: streamsOf(k), on: k.Depends(), ragged: -1}
	for range k.Params {
		u.temps = append(u.temps, -1)
	}
	u.saved = savedOf(u)
	return u
}

// unitsOf gives the functions that k becomes.
func unitsOf(k *codegen.Kernel) []*unit {
	if k.Nest == codegen.NestGett && !packs(k) {
		k = inRows(k)
	}
	if !splits(k) {
		return []*unit{newUnit(k.Name, k)}
	}
	return []*unit{partOf(k), joinOf(k)}
}

// splits says whether k's reduction is cut into pieces: every reduce folds the same axes, none needs another's result first, and nothing
// is stored along a fold axis.
func splits(k *codegen.Kernel) bool {
	if k.Split <= 0 || k.Nest != codegen.NestRow || k.Axes[outerFold(k)].Extent <= k.Split {
		return false
	}
	level := levels(k)
	on := k.Depends()
	folds := k.FoldAxes()
	for i := range k.Body {
		switch v := &k.Body[i]; {
		case v.Kind == codegen.Reduce && level[i] > 1:
			return false
		case v.Kind == codegen.Index && v.Axis == outerFold(k):
			return false
		}
	}
	for _, s := range k.Stores {
		if s.Axes().Meets(folds) || on[s.Value].Meets(folds) {
			return false
		}
	}
	return true
}

// outerFold is the fold axis that is cut: the outermost one.
func outerFold(k *codegen.Kernel) int {
	for _, a := range k.Order {
		if k.Axes[a].Fold {
			return a
		}
	}
	return 0
}

func pieces(k *codegen.Kernel) int {
	return (k.Axes[outerFold(k)].Extent + k.Split - 1) / k.Split
}

// levels gives for each value how many reductions lie beneath it, one after the other: a value of level s can be computed in stage s.
func levels(k *codegen.Kernel) []int {
	level := make([]int, len(k.Body))
	for i := range k.Body {
		v := &k.Body[i]
		for _, a := range v.Args {
			level[i] = max(level[i], level[a])
		}
		if v.Kind == codegen.Reduce {
			level[i]++
		}
	}
	return level
}

func reducesOf(k *codegen.Kernel) (list []int) {
	for i := range k.Body {
		if k.Body[i].Kind == codegen.Reduce {
			list = append(list, i)
		}
	}
	return list
}

// loopAxes are k's loop axes in schedule order.
func loopAxes(k *codegen.Kernel) (list []int) {
	for _, a := range k.Order {
		if !k.Axes[a].Fold {
			list = append(list, a)
		}
	}
	return list
}

// tempParam is the param of reduce i's partial results: pieces first, then the loop axes in schedule order.
func tempParam(k *codegen.Kernel, d tensor.DType, out bool) codegen.Param {
	dims := []int{pieces(k)}
	for _, a := range loopAxes(k) {
		dims = append(dims, k.Axes[a].Extent)
	}
	return codegen.Param{Name: "temp", DType: d, Dims: dims, Strides: codegen.RowMajor(dims), Out: out}
}

func tempAt(k *codegen.Kernel, piece int) []codegen.Affine {
	at := []codegen.Affine{codegen.At(piece)}
	for _, a := range loopAxes(k) {
		at = append(at, codegen.At(a))
	}
	return at
}

// partOf computes the reduces of each piece. The piece's loop is a new last axis.
func partOf(k *codegen.Kernel) *unit {
	p := k.Clone()
	j := outerFold(k)
	piece := len(p.Axes)
	p.Axes = append(p.Axes, codegen.Axis{Name: "piece", Extent: pieces(k)})
	p.Axes[j].Extent = k.Split
	start := codegen.At(j).Add(codegen.At(piece).Scale(k.Split))
	for i := range p.Body {
		for d := range p.Body[i].At {
			p.Body[i].At[d] = p.Body[i].At[d].Subst(j, start)
		}
	}
	p.Stores = nil
	u := &unit{ragged: j, piece: piece, whole: k.Axes[j].Extent}
	for range p.Params {
		u.temps = append(u.temps, -1)
	}
	for n, r := range reducesOf(k) {
		p.Stores = append(p.Stores, codegen.Store{Param: len(p.Params), At: tempAt(k, piece), Value: r})
		p.Params = append(p.Params, tempParam(k, k.Body[r].DType, true))
		u.temps = append(u.temps, n)
	}
	p.Order = append([]int{piece}, k.Order...)
	p.Parallel, p.Grain, p.Split = 1, 1, 0
	u.name, u.k, u.streams, u.on = k.Name+"part", p, streamsOf(p), p.Depends()
	return u
}

// joinOf folds the pieces in their order and does what follows the reduces.
func joinOf(k *codegen.Kernel) *unit {
	q := k.Clone()
	piece := len(q.Axes)
	q.Axes = append(q.Axes, codegen.Axis{Name: "piece", Extent: pieces(k), Fold: true})
	u := &unit{ragged: -1}
	for range q.Params {
		u.temps = append(u.temps, -1)
	}
	// The body is written anew: a partial result's load stands before its reduce.
	body, moved := []codegen.Value{}, make([]int, len(q.Body))
	for i, n := 0, 0; i < len(q.Body); i++ {
		v := q.Body[i]
		if v.Kind == codegen.Reduce {
			body = append(body, codegen.Value{Kind: codegen.Load, DType: v.DType, Param: len(q.Params), At: tempAt(k, piece)})
			q.Params = append(q.Params, tempParam(k, v.DType, false))
			u.temps = append(u.temps, n)
			n++
			v.Args, v.Over = []int{len(body) - 1}, []int{piece}
		} else {
			args := make([]int, len(v.Args))
			for j, a := range v.Args {
				args[j] = moved[a]
			}
			v.Args = args
		}
		moved[i] = len(body)
		body = append(body, v)
	}
	q.Body = body
	for i := range q.Stores {
		q.Stores[i].Value = moved[q.Stores[i].Value]
	}
	q.Order = append(loopAxes(k), piece)
	q.Split, q.Grain, q.Parallel = 0, 1<<12, 0
	q.Vector = piece
	if loops := loopAxes(k); len(loops) > 0 {
		q.Vector = loops[len(loops)-1]
		q.Parallel = 1
	}
	dropUnused(q)
	u.name, u.k, u.streams, u.on = k.Name+"join", q, streamsOf(q), q.Depends()
	return u
}

// dropUnused removes loads that only the parts needed, so that they make no streams.
func dropUnused(k *codegen.Kernel) {
	used := make([]bool, len(k.Body))
	for _, s := range k.Stores {
		used[s.Value] = true
	}
	for i := len(k.Body) - 1; i >= 0; i-- {
		if used[i] {
			for _, a := range k.Body[i].Args {
				used[a] = true
			}
		}
	}
	moved, body := make([]int, len(k.Body)), []codegen.Value{}
	for i, v := range k.Body {
		if !used[i] {
			continue
		}
		for j, a := range v.Args {
			v.Args[j] = moved[a]
		}
		moved[i] = len(body)
		body = append(body, v)
	}
	k.Body = body
	for i := range k.Stores {
		k.Stores[i].Value = moved[k.Stores[i].Value]
	}
}
