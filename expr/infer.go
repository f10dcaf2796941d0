package expr

import (
	"math"
	"slices"

	"github.com/einloom/einloom/tensor"
)

// inferMap holds a map to its op's rule: the builders have promoted and broadcast.
func (n *Node) inferMap() *Error {
	if n.Op == nil {
		return fail(ErrInvalid, "it names no operation")
	}
	if len(n.Args) != n.Op.Arity || len(n.Args) == 0 {
		return fail(ErrInvalid, "it has %d operands, want %d", len(n.Args), n.Op.Arity)
	}
	n.Shape = n.Args[0].Shape
	for i, a := range n.Args[1:] {
		if !slices.Equal(a.Shape, n.Shape) {
			return fail(ErrShape, "operand 0 is %s, operand %d is %s: a map's operands have one shape", n.Args[0].typ(), i+1, a.typ())
		}
	}
	return n.inferOp()
}

func (n *Node) inferReduce() *Error {
	a := n.Args[0]
	if len(n.Axes) == 0 {
		return fail(ErrInvalid, "it names no axes")
	}
	count, next := 1, 0
	shape := make(tensor.Shape, 0, len(a.Shape))
	for i, axis := range n.Axes {
		if axis < 0 || axis >= len(a.Shape) || i > 0 && axis <= n.Axes[i-1] {
			return fail(ErrAxis, "axes %v of %s are not ascending axes", n.Axes, a.typ())
		}
		shape = append(shape, a.Shape[next:axis]...)
		next = axis + 1
		count *= min(a.Shape[axis], 1)
	}
	n.Shape = append(shape, a.Shape[next:]...)
	n.DType = a.DType
	ordered := false
	switch n.Fold {
	case FoldSum, FoldProd:
		if a.DType.IsBool() {
			return fail(ErrDType, "operand 0 is %s: cast it to a number", a.typ())
		}
	case FoldAny, FoldAll:
		if !a.DType.IsBool() {
			return fail(ErrDType, "operand 0 is %s, want bool", a.typ())
		}
	case FoldMin, FoldMax:
		ordered = true
	case FoldArgMin, FoldArgMax:
		ordered = true
		n.DType = tensor.Int64
		if len(n.Axes) != 1 {
			return fail(ErrAxis, "axes %v of %s, want one axis", n.Axes, a.typ())
		}
	default:
		return fail(ErrInvalid, "no such fold: %d", n.Fold)
	}
	if ordered && (a.DType.IsComplex() || a.DType.IsBool()) {
		return fail(ErrDType, "operand 0 is %s, whose elements have no order", a.typ())
	}
	if ordered && count == 0 {
		return fail(ErrEmpty, "operand 0 is %s: there is no element along axes %v", a.typ(), n.Axes)
	}
	return nil
}

// inferScan holds a scan to one axis and a fold of numbers.
func (n *Node) inferScan() *Error {
	a := n.Args[0]
	if len(n.Axes) != 1 || n.Axes[0] < 0 || n.Axes[0] >= len(a.Shape) {
		return fail(ErrAxis, "axes %v of %s, want one axis", n.Axes, a.typ())
	}
	if n.Fold < FoldSum || n.Fold > FoldMax {
		return fail(ErrInvalid, "no such scan: %d", n.Fold)
	}
	if a.DType.IsBool() || a.DType.IsComplex() && n.Fold >= FoldMin {
		return fail(ErrDType, "operand 0 is %s, which cannot be scanned so", a.typ())
	}
	n.DType, n.Shape = a.DType, a.Shape
	return nil
}

// inferContract numbers the labels anew, in the order in which they stand, so that equal contractions are equal nodes.
func (n *Node) inferContract() *Error {
	if len(n.Args) == 0 || len(n.Labels) != len(n.Args) {
		return fail(ErrInvalid, "it has %d operands and %d lists of labels", len(n.Args), len(n.Labels))
	}
	var ids numbering
	var few [fewLabels]int
	sizes := few[:0]
	numbered := true // as they come
	for i, a := range n.Args {
		if a.DType != n.Args[0].DType {
			return fail(ErrDType, "operand 0 is %s, operand %d is %s: want one dtype", n.Args[0].typ(), i, a.typ())
		}
		if len(n.Labels[i]) != len(a.Shape) {
			return fail(ErrShape, "operand %d is %s, but %d labels name its axes", i, a.typ(), len(n.Labels[i]))
		}
		for k, label := range n.Labels[i] {
			id, known := ids.of(label)
			if !known {
				sizes = append(sizes, a.Shape[k])
			}
			if sizes[id] != a.Shape[k] {
				return fail(ErrShape, "axis %d of operand %d (%s) is %d, but its label is %d elsewhere", k, i, a.typ(), a.Shape[k], sizes[id])
			}
			numbered = numbered && id == label
		}
	}
	shape := make(tensor.Shape, len(n.Output))
	for k, label := range n.Output {
		id, known := ids.of(label)
		if !known || slices.Contains(n.Output[:k], label) {
			return fail(ErrInvalid, "output label %d is in no operand, or in the output twice", label)
		}
		shape[k] = sizes[id]
	}
	if !numbered {
		n.Labels, n.Output = ids.rename(n.Labels, n.Output)
	}
	n.DType, n.Shape = n.Args[0].DType, shape
	return n.checkShape()
}

// fewLabels are so few that looking at each beats a map.
const fewLabels = 24

// numbering gives labels the numbers 0, 1, 2 ... in the order in which they come.
type numbering struct {
	list  [fewLabels]int
	count int
	index map[int]int // of those that the list has no room for
}

// rename gives lists of known labels, and one more, by their numbers.
func (m *numbering) rename(lists [][]int, last []int) (renamed [][]int, renamedLast []int) {
	total := len(last)
	for _, list := range lists {
		total += len(list)
	}
	room := make([]int, 0, total)
	rename := func(list []int) []int {
		for _, label := range list {
			id, _ := m.of(label)
			room = append(room, id)
		}
		return room[len(room)-len(list) : len(room) : len(room)]
	}
	renamed = make([][]int, len(lists))
	for i, list := range lists {
		renamed[i] = rename(list)
	}
	return renamed, rename(last)
}

// of gives the label's number; a new one if it was not known.
func (m *numbering) of(label int) (id int, known bool) {
	if id = slices.Index(m.list[:min(m.count, fewLabels)], label); id >= 0 {
		return id, true
	}
	if id, known = m.index[label]; known {
		return id, true
	}
	id = m.count
	m.count++
	if id < fewLabels {
		m.list[id] = label
		return id, false
	}
	if m.index == nil {
		m.index = map[int]int{}
	}
	m.index[label] = id
	return id, false
}

func (n *Node) inferReshape() *Error {
	a := n.Args[0]
	n.DType = a.DType
	if err := n.checkShape(); err != nil {
		return err
	}
	if n.Shape.Len() != a.Shape.Len() {
		return fail(ErrShape, "%s has %d elements, but %v has %d", a.typ(), a.Shape.Len(), n.Shape, n.Shape.Len())
	}
	return nil
}

func (n *Node) inferTranspose() *Error {
	a := n.Args[0]
	if len(n.Axes) != len(a.Shape) {
		return fail(ErrAxis, "%s has rank %d, but %d axes are named: %v", a.typ(), len(a.Shape), len(n.Axes), n.Axes)
	}
	n.DType = a.DType
	n.Shape = make(tensor.Shape, len(n.Axes))
	for k, axis := range n.Axes {
		if axis < 0 || axis >= len(a.Shape) || slices.Contains(n.Axes[:k], axis) {
			return fail(ErrAxis, "axes %v of %s are no permutation", n.Axes, a.typ())
		}
		n.Shape[k] = a.Shape[axis]
	}
	return nil
}

func (n *Node) inferBroadcast() *Error {
	a := n.Args[0]
	n.DType = a.DType
	if err := n.checkShape(); err != nil {
		return err
	}
	ahead := len(n.Shape) - len(a.Shape)
	if ahead < 0 {
		return fail(ErrShape, "%s has more axes than %v", a.typ(), n.Shape)
	}
	for k, d := range a.Shape {
		if d != 1 && d != n.Shape[ahead+k] {
			return fail(ErrShape, "%s does not stretch to %v: axis %d is %d, want 1 or %d", a.typ(), n.Shape, k, d, n.Shape[ahead+k])
		}
	}
	return nil
}

// inferSlice also gives the one step along axes with at most one element, and the one start along those with none, that mean the same.
func (n *Node) inferSlice() *Error {
	a := n.Args[0]
	n.DType = a.DType
	if len(n.Starts) != len(a.Shape) || len(n.Steps) != len(a.Shape) || len(n.Shape) != len(a.Shape) {
		return fail(ErrInvalid, "%s has rank %d: starts %v, steps %v, shape %v", a.typ(), len(a.Shape), n.Starts, n.Steps, n.Shape)
	}
	if err := n.checkShape(); err != nil {
		return err
	}
	starts, steps := slices.Clone(n.Starts), slices.Clone(n.Steps)
	for k, d := range a.Shape {
		length, start, step := n.Shape[k], starts[k], steps[k]
		switch {
		case step == 0:
			return fail(ErrIndex, "the step along axis %d is 0", k)
		case length == 0:
			starts[k], steps[k] = 0, 1
		case start < 0 || start >= d || length > d:
			return fail(ErrIndex, "axis %d of %s has no element %d, or not %d from there", k, a.typ(), start, length)
		case length == 1:
			steps[k] = 1
		case step > 0 && step > (d-1-start)/(length-1), step < 0 && step < -(start/(length-1)):
			return fail(ErrIndex, "%d elements from %d by %d leave axis %d of %s", length, start, step, k, a.typ())
		}
	}
	n.Starts, n.Steps = starts, steps
	return nil
}

func (n *Node) inferPad() *Error {
	a := n.Args[0]
	n.DType = a.DType
	if len(n.Before) != len(a.Shape) || len(n.After) != len(a.Shape) {
		return fail(ErrInvalid, "%s has rank %d: before %v, after %v", a.typ(), len(a.Shape), n.Before, n.After)
	}
	n.Shape = make(tensor.Shape, len(a.Shape))
	for k, d := range a.Shape {
		if n.Before[k] < 0 || n.After[k] < 0 {
			return fail(ErrIndex, "%d before and %d after axis %d of %s", n.Before[k], n.After[k], k, a.typ())
		}
		if n.Before[k] > tensor.MaxLen || n.After[k] > tensor.MaxLen-n.Before[k] || d > tensor.MaxLen-n.Before[k]-n.After[k] {
			return fail(ErrSize, "the result has more than 2^62 elements along axis %d", k)
		}
		n.Shape[k] = n.Before[k] + d + n.After[k]
	}
	n.Value = n.Value.in(n.DType)
	return n.checkShape()
}

func (n *Node) inferDiagonal() *Error {
	a := n.Args[0]
	n.DType = a.DType
	if len(n.Axes) != 2 || len(n.Starts) != 2 {
		return fail(ErrInvalid, "axes %v from %v, want two of each", n.Axes, n.Starts)
	}
	length := math.MaxInt
	for i, axis := range n.Axes {
		if axis < 0 || axis >= len(a.Shape) || n.Axes[0] == n.Axes[1] {
			return fail(ErrAxis, "axes %v of %s, want two different ones", n.Axes, a.typ())
		}
		if n.Starts[i] < 0 || n.Starts[i] > a.Shape[axis] {
			return fail(ErrIndex, "it starts at %d along axis %d of %s", n.Starts[i], axis, a.typ())
		}
		length = min(length, a.Shape[axis]-n.Starts[i])
	}
	n.Shape = nil
	for k, d := range a.Shape {
		if k != n.Axes[0] && k != n.Axes[1] {
			n.Shape = append(n.Shape, d)
		}
	}
	n.Shape = append(n.Shape, length)
	return nil
}

func (n *Node) inferConcat() *Error {
	if len(n.Args) == 0 || len(n.Axes) != 1 {
		return fail(ErrInvalid, "it has %d operands, axes %v", len(n.Args), n.Axes)
	}
	first, axis := n.Args[0], n.Axes[0]
	if axis < 0 || axis >= len(first.Shape) {
		return fail(ErrAxis, "%s has no axis %d", first.typ(), axis)
	}
	n.DType, n.Shape = first.DType, first.Shape.Clone()
	for i, a := range n.Args[1:] {
		if a.DType != n.DType {
			return fail(ErrDType, "operand 0 is %s, operand %d is %s: want one dtype", first.typ(), i+1, a.typ())
		}
		if !differAlong(axis, first.Shape, a.Shape) {
			return fail(ErrShape, "operand 0 is %s, operand %d is %s: they may differ only along axis %d", first.typ(), i+1, a.typ(), axis)
		}
		if n.Shape[axis] > tensor.MaxLen-a.Shape[axis] {
			return fail(ErrSize, "the result has more than 2^62 elements along axis %d", axis)
		}
		n.Shape[axis] += a.Shape[axis]
	}
	return n.checkShape()
}

func (n *Node) inferGather() *Error {
	a, idx := n.Args[0], n.Args[1]
	if len(n.Axes) != 1 || n.Axes[0] < 0 || n.Axes[0] >= len(a.Shape) {
		return fail(ErrAxis, "%s has no axis %v", a.typ(), n.Axes)
	}
	if idx.DType != tensor.Int64 {
		return fail(ErrDType, "the indices are %s, want i64", idx.typ())
	}
	axis := n.Axes[0]
	n.DType = a.DType
	n.Shape = slices.Concat(a.Shape[:axis], idx.Shape, a.Shape[axis+1:])
	if a.Shape[axis] == 0 && !empty(idx.Shape) {
		return fail(ErrEmpty, "%s has no elements along axis %d to take", a.typ(), axis)
	}
	return n.checkShape()
}
