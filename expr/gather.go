package expr

import "github.com/einloom/einloom/tensor"

// Take gives the elements of x at indices along an axis: the result's shape is x's with that axis replaced by the shape of indices.
// Indices are integers (uint64 aside: cast it), and negative ones count from the end. One out of range is an error of the run.
func (x Expr) Take(indices Expr, along int) Expr {
	s := here("take")
	if bad, is := s.inherit(x, indices); is {
		return bad
	}
	at, bad, ok := s.axes([]int{along}, len(x.n.Shape), x.n.typ())
	if !ok {
		return bad
	}
	if d := indices.n.DType; !d.IsInt() || d == tensor.Uint64 {
		return s.bad(ErrDType, "the indices are %s, want integers that int64 holds", indices.n.typ())
	}
	idx := s.meets(indices, tensor.Int64)
	return s.make(Node{Kind: KGather, Args: []*Node{x.n, idx.n}, Axes: at})
}
