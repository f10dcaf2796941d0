package codegen

import (
	"math/rand/v2"
	"testing"
)

// randomAffine is over axes below n.
func randomAffine(r *rand.Rand, n int) Affine {
	a := Affine{Const: r.IntN(9) - 4}
	for axis := range n {
		if c := r.IntN(5) - 2; c != 0 && r.IntN(2) == 0 {
			a.Terms = append(a.Terms, Term{axis, c})
		}
	}
	return a
}

// TestSumsOfAffineIndices has sums made at once and one after the other, and none of them writes to what it is made of.
func TestSumsOfAffineIndices(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		const axes = 5
		at, factors := make([]Affine, axes), make([]int, axes)
		a, dot := randomAffine(r, axes), Affine{}
		compose := Affine{Const: a.Const}
		for i := range at {
			if at[i], factors[i] = randomAffine(r, 80), r.IntN(7)-3; r.IntN(3) == 0 {
				at[i] = At(60 + i)
			}
			dot = dot.Add(at[i].Scale(factors[i]))
			compose = compose.Add(at[i].Scale(a.Coef(i)))
		}
		if got := Dot(at, factors); !got.Equal(dot) {
			t.Fatalf("Dot(%v, %v) is %v, want %v", at, factors, got, dot)
		}
		if got := a.Compose(at); !got.Equal(compose) {
			t.Fatalf("%v composed with %v is %v, want %v", a, at, got, compose)
		}
	}
	if a := At(3); !a.Equal(Affine{Terms: []Term{{3, 1}}}) {
		t.Errorf("At(3) is %v by now", a)
	}
}

// TestAxisSets compares sets of axes, far ones among them, with lists of bool.
func TestAxisSets(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	type list [200]bool
	random := func() (s AxisSet, l list) {
		for range r.IntN(6) {
			a := r.IntN([]int{10, 64, 65, 200}[r.IntN(4)])
			s, l[a] = s.with(a), true
		}
		return s, l
	}
	for range 2000 {
		s, a := random()
		u, b := random()
		meets, contains, empty := false, true, true
		both, less := s.Union(u), s.Minus(u)
		listed := 0
		for i := range a {
			meets = meets || a[i] && b[i]
			contains = contains && (a[i] || !b[i])
			empty = empty && !a[i]
			if s.Has(i) != a[i] || both.Has(i) != (a[i] || b[i]) || less.Has(i) != (a[i] && !b[i]) {
				t.Fatalf("axis %d of %v and %v", i, s.List(), u.List())
			}
			if a[i] {
				if s.List()[listed] != i {
					t.Fatalf("%v lists %d", a, s.List())
				}
				listed++
			}
		}
		if s.Meets(u) != meets || s.Contains(u) != contains || s.Empty() != empty || s.Equal(u) != (a == b) || listed != len(s.List()) {
			t.Fatalf("%v and %v: meets %v, contains %v, empty %v, equal %v", s.List(), u.List(), s.Meets(u), s.Contains(u), s.Empty(), s.Equal(u))
		}
	}
}
