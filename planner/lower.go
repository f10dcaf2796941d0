package planner

// lower: what kernels have no word for is written in words that they have; nothing is folded over no elements; long scans and variances go by
// pieces.
//
//	before  %1 = argmax %0 axes [1]                                %0 f32[2 3]
//	after   %1 = max %0 axes [1]; ...; %9 = where (%0 == %1 or %0 != %0) iota 3; %10 = min %9 axes [1]

import (
	"math"
	"slices"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

var (
	opEqual, opNotEqual, opWhere = op.Lookup("equal"), op.Lookup("not_equal"), op.Lookup("where")
)

// lower rewrites the few nodes that need it.
func lower(s *state) error {
	g := s.number()
	if slices.ContainsFunc(g.nodes, func(n *expr.Node) bool { return lowered(n) != nil }) {
		s.roots = g.rewrite(func(n *expr.Node) *expr.Node {
			if m := lowered(n); m != nil {
				return m
			}
			return n
		})
	}
	if roots := byPieces(s.number()); roots != nil {
		s.roots = roots
	}
	return nil
}

// lowered gives n in other words, nil if it may stay.
func lowered(n *expr.Node) *expr.Node {
	folds := n.Kind == expr.KReduce || n.Kind == expr.KContract
	switch {
	case n.Kind == expr.KScan && n.Shape[n.Axes[0]] == 1:
		return n.Args[0]
	case size(n.Shape) == 0:
		if n.Kind == expr.KBroadcast && n.Args[0].Kind == expr.KConst || len(n.Args) == 0 {
			return nil
		}
		return at{n}.scalar(n.DType, expr.Value{}, n.Shape)
	case folds && slices.ContainsFunc(n.Args, func(a *expr.Node) bool { return size(a.Shape) == 0 }):
		return at{n}.scalar(n.DType, unit(n.Fold, n.DType), n.Shape)
	case n.Kind == expr.KConcat && slices.ContainsFunc(n.Args, func(a *expr.Node) bool { return size(a.Shape) == 0 }):
		return withoutEmpty(n)
	case n.Kind == expr.KReduce && n.Fold >= expr.FoldArgMin:
		return firstPlace(n)
	case n.Kind == expr.KReduce && n.Fold == expr.FoldProd && n.DType.IsComplex():
		return productByHalves(n)
	case n.Kind == expr.KScan:
		return loweredScan(n)
	}
	return nil
}

// unit is what folding nothing gives, and what changes nothing when folded in.
func unit(f expr.Fold, d tensor.DType) expr.Value {
	switch {
	case f == expr.FoldProd || f == expr.FoldAll:
		return count(d, 1)
	case f != expr.FoldMin && f != expr.FoldMax:
		return expr.Value{}
	case d.IsFloat() && f == expr.FoldMin:
		return expr.Value{F: math.Inf(1)}
	case d.IsFloat():
		return expr.Value{F: math.Inf(-1)}
	case d.IsUnsigned() && f == expr.FoldMax:
		return expr.Value{}
	case d.IsUnsigned():
		return expr.Value{I: int64(^uint64(0) >> (64 - 8*d.Size()))}
	case f == expr.FoldMin:
		return expr.Value{I: 1<<(8*d.Size()-1) - 1}
	}
	return expr.Value{I: -1 << (8*d.Size() - 1)}
}

func withoutEmpty(n *expr.Node) *expr.Node {
	return n.With(slices.DeleteFunc(slices.Clone(n.Args), func(a *expr.Node) bool { return size(a.Shape) == 0 })...)
}

// firstPlace finds the least or greatest m first, then the least index i where x[i] == m; a NaN makes m a NaN, and is where x[i] != x[i].
func firstPlace(n *expr.Node) *expr.Node {
	p, x, axis := at{n}, n.Args[0], n.Axes[0]
	fold := expr.FoldMin
	if n.Fold == expr.FoldArgMax {
		fold = expr.FoldMax
	}
	kept := x.Shape.Clone()
	kept[axis] = 1
	m := p.broadcast(p.reshape(p.reduce(fold, x, n.Axes), kept), x.Shape)
	here := p.apply(opEqual, x, m)
	if x.DType.IsFloat() {
		here = p.apply(opOr, here, p.apply(opNotEqual, x, x))
	}
	length := x.Shape[axis]
	line := make(tensor.Shape, len(x.Shape)-axis)
	for k := range line {
		line[k] = 1
	}
	line[0] = length
	places := tensor.Int64
	if length < math.MaxInt32 {
		places = tensor.Int32 // twice as many in a vector
	}
	iota := p.cast(p.make(expr.Node{Kind: expr.KIota, Shape: tensor.Shape{length}}), places)
	index := p.broadcast(p.reshape(iota, line), x.Shape)
	beyond := p.scalar(places, count(places, length), x.Shape)
	return p.cast(p.reduce(expr.FoldMin, p.apply(opWhere, here, index, beyond), n.Axes), tensor.Int64)
}

// productByHalves multiplies complex numbers, whose product has no parts that fold by themselves: the first half of a row with the second,
// until one is left. An odd one out joins at the end.
func productByHalves(n *expr.Node) *expr.Node {
	p, x := at{n}, n.Args[0]
	var order []int
	for k := range x.Shape {
		if !slices.Contains(n.Axes, k) {
			order = append(order, k)
		}
	}
	left := size(x.Shape) / size(n.Shape)
	x = p.reshape(p.transpose(x, append(order, n.Axes...)), append(n.Shape.Clone(), left))
	var odd *expr.Node
	for left > 1 {
		if left%2 == 1 {
			last := p.part(x, left-1, 1)
			if odd != nil {
				last = p.apply(opMul, odd, last)
			}
			odd = last
		}
		left /= 2
		x = p.apply(opMul, p.part(x, 0, left), p.part(x, left, left))
	}
	if odd != nil {
		x = p.apply(opMul, x, odd)
	}
	return p.reshape(x, n.Shape)
}
