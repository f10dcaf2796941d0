package expr

import (
	"slices"

	"github.com/einloom/einloom/internal/caller"
	"github.com/einloom/einloom/tensor"
)

// Contract sums products of operands: labels names the axes of each, output those of the result; a label that is not in output is
// summed over. Operands are promoted; halves compute in float32 and round once; bool means (or, and). It is what package einsum builds
// with: the place and the word for messages are its caller's.
func Contract(pos caller.Pos, what string, labels [][]int, output []int, args ...Expr) Expr {
	s := site{pos, what}
	if bad, is := s.inherit(args...); is {
		return bad
	}
	return s.contract(labels, output, args...)
}

func (s site) contract(labels [][]int, output []int, xs ...Expr) Expr {
	if len(xs) == 0 {
		return s.bad(ErrShape, "there are no operands")
	}
	d := promoteAll(xs)
	work := d
	if isHalf(d) {
		work = tensor.Float32
	}
	args := make([]*Node, len(xs))
	for i, x := range xs {
		args[i] = s.cast(s.meets(x, d), work).n
	}
	return s.cast(s.make(Node{Kind: KContract, Args: args, Labels: labels, Output: output}), d)
}

// labelled numbers rank axes from first on.
func labelled(first, rank int) []int {
	list := make([]int, rank)
	for k := range list {
		list[k] = first + k
	}
	return list
}

// MatMul multiplies matrices, which are the last two axes; the others broadcast: [... m k]·[... k n] -> [... m n]. An operand of one
// axis is a row on the left, a column on the right, and the result lacks its axis. A scalar is a mistake.
func (x Expr) MatMul(y Expr) Expr {
	return here("matmul").product(x, y)
}

// product is MatMul.
func (s site) product(x, y Expr) Expr {
	if bad, is := s.inherit(x, y); is {
		return bad
	}
	a, b := x.n.Shape, y.n.Shape
	if len(a) == 0 || len(b) == 0 {
		return s.bad(ErrShape, "operand 0 is %s, operand 1 is %s: a scalar is no matrix", x.n.typ(), y.n.typ())
	}
	inner := max(0, len(b)-2) // of y
	if a[len(a)-1] != b[inner] {
		return s.bad(ErrShape, "operand 0 is %s, operand 1 is %s: axis %d of operand 0 is %d, axis %d of operand 1 is %d",
			x.n.typ(), y.n.typ(), len(a)-1, a[len(a)-1], inner, b[inner])
	}
	batchA, batchB := max(0, len(a)-2), max(0, len(b)-2)
	batch := max(batchA, batchB)
	k, m, n := batch, batch+1, batch+2 // labels behind those of the batch
	output := labelled(0, batch)
	matA, matB := []int{k}, []int{k}
	if len(a) > 1 {
		matA, output = []int{m, k}, append(output, m)
	}
	if len(b) > 1 {
		matB, output = []int{k, n}, append(output, n)
	}
	for i := range batch { // axes of the batch, from its end
		p, q := sizeBack(a, batchA, i), sizeBack(b, batchB, i)
		if p != q && p != 1 && q != 1 {
			return s.bad(ErrShape, "operand 0 is %s, operand 1 is %s: axis %d is %d and %d, want equal sizes or 1",
				x.n.typ(), y.n.typ(), -3-i, p, q)
		}
	}
	x, matA = s.batched(x, batchA, batch, b, batchB, matA)
	y, matB = s.batched(y, batchB, batch, a, batchA, matB)
	return s.contract([][]int{matA, matB}, output, x, y)
}

// sizeBack gives axis i from the end of the first batch axes of shape; 1 where there is none.
func sizeBack(shape tensor.Shape, batch, i int) int {
	if i >= batch {
		return 1
	}
	return shape[batch-1-i]
}

// batched puts labels for x's batch axes before those of its matrix. An axis of size 1 that the other operand stretches is dropped: a
// contraction needs no copies.
func (s site) batched(x Expr, own, batch int, other tensor.Shape, others int, matrix []int) (Expr, []int) {
	if own == 0 {
		return x, matrix
	}
	var shape tensor.Shape
	var labels []int
	for k, d := range x.n.Shape[:own] {
		i := own - 1 - k
		if d == 1 && i < others && sizeBack(other, others, i) != 1 {
			continue
		}
		shape, labels = append(shape, d), append(labels, batch-1-i)
	}
	return s.reshape(x, append(shape, x.n.Shape[own:]...)), append(labels, matrix...)
}

// Tensordot sums products over pairs of axes: xAxes[i] of x with yAxes[i] of y. The result has x's other axes, then y's.
func (x Expr) Tensordot(y Expr, xAxes, yAxes []int) Expr {
	s := here("tensordot")
	if bad, is := s.inherit(x, y); is {
		return bad
	}
	if len(xAxes) != len(yAxes) {
		return s.bad(ErrAxis, "axes %v of operand 0 and %v of operand 1 are no pairs", xAxes, yAxes)
	}
	left, bad, ok := s.axes(xAxes, len(x.n.Shape), x.n.typ())
	if !ok {
		return bad
	}
	right, bad, ok := s.axes(yAxes, len(y.n.Shape), y.n.typ())
	if !ok {
		return bad
	}
	return s.tensordot(x, y, left, right)
}

func (s site) tensordot(x, y Expr, left, right []int) Expr {
	a := labelled(0, len(x.n.Shape))
	b := labelled(len(a), len(y.n.Shape))
	for i, k := range left {
		if p, q := x.n.Shape[k], y.n.Shape[right[i]]; p != q {
			return s.bad(ErrShape, "operand 0 is %s, operand 1 is %s: axis %d of operand 0 is %d, axis %d of operand 1 is %d",
				x.n.typ(), y.n.typ(), k, p, right[i], q)
		}
		b[right[i]] = k
	}
	var output []int
	for k := range a {
		if !slices.Contains(left, k) {
			output = append(output, k)
		}
	}
	for k := range b {
		if !slices.Contains(right, k) {
			output = append(output, b[k])
		}
	}
	return s.contract([][]int{a, b}, output, x, y)
}

// Dot sums products over the last axis of x and the last but one of y (its only one, if it has one): [... k]·[... k n] -> [... ... n].
// A scalar multiplies.
func (x Expr) Dot(y Expr) Expr {
	s := here("dot")
	if bad, is := s.inherit(x, y); is {
		return bad
	}
	a, b := len(x.n.Shape), len(y.n.Shape)
	if a == 0 || b == 0 {
		return s.tensordot(x, y, nil, nil)
	}
	return s.tensordot(x, y, []int{a - 1}, []int{max(0, b-2)})
}

// Outer multiplies every element of x by every element of y: the result has x's axes, then y's.
func (x Expr) Outer(y Expr) Expr {
	s := here("outer")
	if bad, is := s.inherit(x, y); is {
		return bad
	}
	return s.tensordot(x, y, nil, nil)
}
