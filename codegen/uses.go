package codegen

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
	}
	return uses
}

// ReducesBeneath lists the reductions that value v is computed from, itself included, without those beneath another one, the last first.
func (k *Kernel) ReducesBeneath(v int) (list []int) {
	seen := make([]bool, v+1)
	seen[v] = true
	for i := v; i >= 0; i-- {
		switch x := &k.Body[i]; {
		case !seen[i]:
		case x.Kind == Reduce:
			list = append(list, i)
		default:
			for _, a := range x.Args {
				seen[a] = true
			}
		}
	}
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
