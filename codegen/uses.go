package codegen

import "github.com/einloom/einloom/tensor"

// Uses counts for each value of the body the values and stores that take it, and the factors of a packed contraction.
func (k *Kernel) Uses() []int {
	uses := make([]int, len(k.Body))
	for i := range k.Body {
		for _, a := range k.Body[i].Args {
			uses[a]++
		}
	}
	for i := range k.Stores {
		uses[k.Stores[i].Value]++
	}
	if k.Nest == NestGett {
		uses[k.Gett.A]++
		uses[k.Gett.B]++
		if imag := k.Gett.Imag; imag != nil {
			uses[imag.A]++
			uses[imag.B]++
		}
	}
	return uses
}

// Seldom says of each value whether nothing needs it but what a rare seldom chooses. Such a value is a map or a constant: what is loaded or
// folded, and what a bool is chosen from, never counts as seldom.
func (k *Kernel) Seldom() []bool {
	seldom := make([]bool, len(k.Body))
	for i := range seldom {
		seldom[i] = k.Body[i].Kind == Map || k.Body[i].Kind == Const
	}
	for i := range k.Stores {
		seldom[k.Stores[i].Value] = false
	}
	for i := len(k.Body) - 1; i >= 0; i-- {
		v := &k.Body[i]
		for j, a := range v.Args {
			if !seldom[i] && !(v.Op == opRare && j == 1 && v.DType != tensor.Bool) {
				seldom[a] = false
			}
		}
	}
	return seldom
}

// Beneath calls visit with value v and the values that it is computed from, each once, users before their operands; what a value takes is
// gone to where visit says so.
func (k *Kernel) Beneath(v int, visit func(i int) (further bool)) {
	under := make([]bool, v+1)
	under[v] = true
	for i := v; i >= 0; i-- {
		if under[i] && visit(i) {
			for _, a := range k.Body[i].Args {
				under[a] = true
			}
		}
	}
}

// Takes says whether value v is x, or computed from it.
func (k *Kernel) Takes(v, x int) (found bool) {
	if x > v {
		return false
	}
	k.Beneath(v, func(i int) bool {
		found = found || i == x
		return i > x
	})
	return found
}

// ReducesBeneath lists the reductions that value v is computed from, itself included, without those beneath another one, the last first.
func (k *Kernel) ReducesBeneath(v int) (list []int) {
	k.Beneath(v, func(i int) bool {
		if k.Body[i].Kind != Reduce {
			return true
		}
		list = append(list, i)
		return false
	})
	return list
}

// Reach is how many bytes the elements of the param take before element [0 ... 0], and from its first byte on; none where a dim is 0.
func (p *Param) Reach() (below, above int) {
	size := p.DType.Size()
	for k, n := range p.Dims {
		if n == 0 {
			return 0, 0
		}
		if d := (n - 1) * p.Strides[k] * size; d < 0 {
			below -= d
		} else {
			above += d
		}
	}
	return below, above + size
}
