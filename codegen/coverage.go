package codegen

import (
	"fmt"
	"slices"
)

// progression is the numbers start, start+step, ... count of them; step >= 1.
type progression struct{ start, step, count int }

// box is the elements that one store writes: a progression for each dim.
type box []progression

// coverage checks that the stores of each output write each of its elements exactly once. The rule, which is sufficient and not
// necessary: in one store an axis stands in one index only; within an index the axes, ordered by the size of their factors, count like
// digits, each factor being the one before times the extent before, so that the index takes each number of a progression once; any two
// stores to one param are apart in some dim, by range or by remainder; and all together they write as many elements as there are.
func (v *verifier) coverage() error {
	boxes := make([]box, len(v.k.Stores)) // nil where nothing is stored
	written := make([]int, len(v.k.Params))
	for i := range v.k.Stores {
		s := &v.k.Stores[i]
		name := v.k.Params[s.Param].Name
		b, err := v.box(s)
		if err != nil {
			return fmt.Errorf("store to %s: %w", name, err)
		}
		n := 1
		for _, p := range b {
			n *= p.count // in bounds of the param, whose size is checked, and no element twice
		}
		if n == 0 {
			continue
		}
		for k, other := range boxes[:i] {
			if other != nil && v.k.Stores[k].Param == s.Param && !b.apart(other) {
				return fmt.Errorf("two stores to %s may meet", name)
			}
		}
		boxes[i] = b
		written[s.Param] += n
	}
	for i, p := range v.k.Params {
		n := 1
		for _, d := range p.Dims {
			n *= d
		}
		if p.Out && written[i] != n {
			return fmt.Errorf("%d of the %d elements of %s are stored", written[i], n, p.Name)
		}
	}
	return nil
}

func (v *verifier) box(s *Store) (box, error) {
	var seen AxisSet
	b := make(box, len(s.At))
	for d, a := range s.At {
		terms := make([]Term, 0, len(a.Terms))
		for _, t := range a.Terms {
			if seen.Has(t.Axis) {
				return nil, fmt.Errorf("axis %s in two indices", v.k.Axes[t.Axis].Name)
			}
			seen = seen.with(t.Axis)
			switch v.k.Axes[t.Axis].Extent {
			case 0:
				return box{{0, 1, 0}}, nil
			case 1:
				continue
			}
			terms = append(terms, t)
		}
		slices.SortFunc(terms, func(x, y Term) int { return abs(x.Coef) - abs(y.Coef) })
		p := progression{a.Const, 1, 1}
		for i, t := range terms {
			if i == 0 {
				p.step = abs(t.Coef)
			}
			if abs(t.Coef) != p.step*p.count {
				return nil, fmt.Errorf("index %d does not take each number of a progression once", d)
			}
			n := v.k.Axes[t.Axis].Extent
			if t.Coef < 0 {
				p.start += t.Coef * (n - 1)
			}
			p.count *= n
		}
		b[d] = p
	}
	return b, nil
}

// apart says whether some dim tells the two boxes, none of them empty, from each other.
func (b box) apart(c box) bool {
	for i := range b {
		p, q := b[i], c[i]
		if p.last() < q.start || q.last() < p.start || (p.start-q.start)%gcd(p.step, q.step) != 0 {
			return true
		}
	}
	return false
}

func (p progression) last() int { return p.start + p.step*(p.count-1) }

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
