package cpu

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/tensor"
)

// A split reduction is two kernels, the first of which leaves partial results in the run's memory:
//
//	part: loops p, ...  fold j of piece p      temp[p, ...] = reduce(j, x)      the last piece may be short
//	join: loops ...     fold p                 o[...] = f(reduce(p, temp[p, ...]))

// splits says whether k's reduction is cut into pieces: no reduce needs another's result or a scan first, and nothing is stored along a fold axis.
func splits(k *codegen.Kernel) bool {
	if k.Split <= 0 || k.Nest != codegen.NestRow || k.Axes[outerFold(k)].Extent <= k.Split {
		return false
	}
	level := levels(k)
	on := k.Depends()
	folds := k.FoldAxes()
	for i := range k.Body {
		if k.Body[i].Kind == codegen.Scan || k.Body[i].Kind == codegen.Reduce && level[i] > 1 {
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

func pieces(k *codegen.Kernel) int { return ceilDiv(k.Axes[outerFold(k)].Extent, k.Split) }

// tempParam is the param of partial results: pieces first, then the loop axes in schedule order.
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

// partOf computes the reduces of each piece.
func partOf(k *codegen.Kernel) *unit {
	p := k.Clone()
	p.Stores = nil
	c := cutAxis(p, outerFold(k), k.Split)
	temps := noTemps(p)
	for n, r := range reducesOf(k) {
		p.Stores = append(p.Stores, codegen.Store{Param: len(p.Params), At: tempAt(k, c.piece), Value: r})
		p.Params = append(p.Params, tempParam(k, k.Body[r].DType, true))
		temps = append(temps, n)
	}
	dropUnused(p)
	p.Parallel, p.Grain, p.Split = 1, 1, 0 // the pieces, which cutAxis has put first
	return settled(k.Name+"part", p, temps, []cut{c})
}

// joinOf folds the pieces in their order and does what follows the reduces.
func joinOf(k *codegen.Kernel) *unit {
	q := k.Clone()
	piece := len(q.Axes)
	q.Axes = append(q.Axes, codegen.Axis{Name: "piece", Extent: pieces(k), Fold: true})
	temps := noTemps(q)
	// The body is written anew: a partial result's load stands before its reduce.
	body, moved := []codegen.Value{}, make([]int, len(q.Body))
	for i, n := 0, 0; i < len(q.Body); i++ {
		v := q.Body[i]
		if v.Kind == codegen.Reduce {
			body = append(body, codegen.Value{Kind: codegen.Load, DType: v.DType, Param: len(q.Params), At: tempAt(k, piece)})
			q.Params = append(q.Params, tempParam(k, v.DType, false))
			temps = append(temps, n)
			n++
			v.Args, v.Over = []int{len(body) - 1}, []int{piece}
		} else {
			for j, a := range v.Args {
				v.Args[j] = moved[a]
			}
		}
		moved[i] = len(body)
		body = append(body, v)
	}
	q.Body = body
	for i := range q.Stores {
		q.Stores[i].Value = moved[q.Stores[i].Value]
	}
	dropUnused(q)
	loops := loopAxes(k)
	q.Order = append(loops, piece)
	q.Split, q.Grain, q.Parallel, q.Vector = 0, 1<<12, 0, piece
	if len(loops) > 0 {
		q.Parallel, q.Vector = 1, loops[len(loops)-1]
	}
	return settled(k.Name+"join", q, temps, nil)
}

func noTemps(k *codegen.Kernel) []int { return slices.Repeat([]int{-1}, len(k.Params)) }
