package codegen

import "slices"

// Symmetric says whether the result of a packed contraction is the same with its rows and columns exchanged, to the bit: both factors are one
// access, of the rows and of the columns, and what is done with the sum asks for neither. Products commute, and the terms of both sums
// come in one order, so half of the tiles is all that needs to be computed. Of complex numbers, and of groups of several axes, nothing is said.
func (k *Kernel) Symmetric() bool {
	g := &k.Gett
	if k.Nest != NestGett || g.Imag != nil || len(g.M) != 1 || len(g.N) != 1 || len(k.Stores) != 1 {
		return false
	}
	s := symmetry{k: k, m: g.M[0], n: g.N[0]}
	return k.Axes[s.m].Extent == k.Axes[s.n].Extent && s.mirrored(g.A, g.B) && s.free(k.Stores[0].Value)
}

// symmetry compares values of a kernel with axes m and n exchanged.
type symmetry struct {
	k    *Kernel
	m, n int
}

// mirrored says whether value a is value b with the axes exchanged.
func (s *symmetry) mirrored(a, b int) bool {
	x, y := &s.k.Body[a], &s.k.Body[b]
	if x.Kind != y.Kind || x.DType != y.DType || x.Op != y.Op || len(x.Args) != len(y.Args) {
		return false
	}
	switch x.Kind {
	case Load:
		return x.Param == y.Param && slices.EqualFunc(x.At, y.At, func(p, q Affine) bool { return s.exchanged(p).Equal(q) })
	case Const:
		return x.Bits == y.Bits && x.Hi == y.Hi
	case Map:
		return slices.EqualFunc(x.Args, y.Args, s.mirrored)
	}
	return false
}

// exchanged is a with the axes exchanged.
func (s *symmetry) exchanged(a Affine) Affine {
	e := Fixed(a.Const)
	for _, t := range a.Terms {
		switch t.Axis {
		case s.m:
			t.Axis = s.n
		case s.n:
			t.Axis = s.m
		}
		e = e.Add(At(t.Axis).Scale(t.Coef))
	}
	return e
}

// free says whether value v, where it is not the sum, depends on neither axis.
func (s *symmetry) free(v int) bool {
	if v == s.k.Gett.Sum {
		return true
	}
	x := &s.k.Body[v]
	switch x.Kind {
	case Load:
		return !slices.ContainsFunc(x.At, func(a Affine) bool { return a.Coef(s.m) != 0 || a.Coef(s.n) != 0 })
	case Const:
		return true
	case Map:
		return !slices.ContainsFunc(x.Args, func(a int) bool { return !s.free(a) })
	}
	return false
}
