package codegen

// Factors are a sum of products and its two factors, values of a kernel.
type Factors struct {
	Sum  int // the Reduce value
	A, B int
}

// ComplexFactors finds the factors of a product of complex numbers that is summed up with its parts written out: re is the sum of
// A*B - A'*B' and im that of A*B' + A'*B over the same axes, where A, B and A', B' are the real and the imaginary parts.
func (k *Kernel) ComplexFactors(re, im int) (real, imag Factors, ok bool) {
	difference, sum := k.summed(re, "sub"), k.summed(im, "add")
	if difference == nil || sum == nil {
		return
	}
	x, y := k.product(difference[0]), k.product(difference[1])
	p, q := k.product(sum[0]), k.product(sum[1])
	if x == nil || y == nil || p == nil || q == nil {
		return
	}
	same := func(p []int, a, b int) bool { return p[0] == a && p[1] == b || p[0] == b && p[1] == a }
	for range 2 {
		a, b, a1, b1 := x[0], x[1], y[0], y[1]
		if same(p, a, b1) && same(q, a1, b) || same(p, a1, b) && same(q, a, b1) {
			return Factors{re, a, b}, Factors{im, a1, b1}, true
		}
		y = []int{b1, a1}
	}
	return
}

// summed gives the operands of the op beneath value v, if v is a sum of it.
func (k *Kernel) summed(v int, op string) []int {
	if k.Body[v].Kind != Reduce || k.Body[v].Op.Name != "add" {
		return nil
	}
	if x := &k.Body[k.Body[v].Args[0]]; x.Kind == Map && x.Op.Name == op {
		return x.Args
	}
	return nil
}

// product gives the factors of value v, if it is a product.
func (k *Kernel) product(v int) []int {
	if x := &k.Body[v]; x.Kind == Map && x.Op.Name == "mul" {
		return x.Args
	}
	return nil
}

// imaginary finds g.Imag by g's sum, factors and the imaginary sum, and says whether there is such a product.
func (k *Kernel) imaginary(g *Gett) bool {
	if sum := g.Imag.Sum; sum < 0 || sum >= len(k.Body) {
		return false
	}
	real, imag, ok := k.ComplexFactors(g.Sum, g.Imag.Sum)
	found := Gett{A: real.A, B: real.B, Imag: &imag}
	if real.A == g.B && real.B == g.A {
		found.Swap()
	}
	g.Imag = found.Imag
	return ok && found.A == g.A && found.B == g.B
}

// Swap makes the left factor the right one.
func (g *Gett) Swap() {
	g.A, g.B = g.B, g.A
	if g.Imag != nil {
		g.Imag.A, g.Imag.B = g.Imag.B, g.Imag.A
	}
}

// Sides are the axes of the left and of the right factor; on is the kernel's Depends.
func (g *Gett) Sides(on []AxisSet) (left, right AxisSet) {
	left, right = on[g.A], on[g.B]
	if g.Imag != nil {
		left, right = left.Union(on[g.Imag.A]), right.Union(on[g.Imag.B])
	}
	return left, right
}

// Parts is how many numbers an element of the factors and of the product has: 1, or 2 where it is complex.
func (g *Gett) Parts() int {
	if g.Imag != nil {
		return 2
	}
	return 1
}
