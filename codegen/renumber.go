package codegen

import (
	"errors"
	"slices"
)

// sequence numbers the values as the stores reach them, arguments first, and leaves out those that none reaches. No two values are equal.
func (k *Kernel) sequence() {
	from, to := make([]int, 0, len(k.Body)), make([]int, len(k.Body)) // to from 1
	var reach func(v int)
	reach = func(v int) {
		if to[v] > 0 {
			return
		}
		for _, a := range k.Body[v].Args {
			reach(a)
		}
		from = append(from, v)
		to[v] = len(from)
	}
	for i := range k.Stores {
		reach(k.Stores[i].Value)
	}
	if len(from) == len(k.Body) && slices.IsSorted(from) {
		return
	}
	body, stores := make([]Value, len(from)), slices.Clone(k.Stores)
	for i, v := range from {
		body[i] = k.Body[v]
		args := slices.Clone(body[i].Args)
		for j, a := range args {
			args[j] = to[a] - 1
		}
		body[i].Args = args
	}
	for i := range stores {
		stores[i].Value = to[stores[i].Value] - 1
	}
	k.Body, k.Stores = body, stores
}

// settleFolds mends axes whose reductions were not used and are gone: what is still stored along one of them makes it a loop axis, and
// an axis that nothing moves along any more is left out.
func (k *Kernel) settleFolds() error {
	var reduced, moved AxisSet
	for i, on := range k.Depends() {
		moved = moved.Union(on)
		if v := &k.Body[i]; v.Kind == Reduce || v.Kind == Scan {
			reduced = reduced.Union(AxesOf(v.Over...))
		}
	}
	for i := range k.Stores {
		moved = moved.Union(k.Stores[i].Axes())
	}
	place := func(i int) int { // loops, folds, what is left out
		switch a := &k.Axes[i]; {
		case !a.Fold || !reduced.Has(i) && moved.Has(i):
			return 0
		case reduced.Has(i):
			return 1
		}
		return 2
	}
	to, next, kept := make([]int, len(k.Axes)), 0, 0
	for part := range 3 {
		for i := range k.Axes {
			if place(i) == part {
				to[i] = next
				next++
				k.Axes[i].Fold = part == 1
			}
		}
		if part == 1 {
			kept = next
		}
	}
	k.Axes = permute(k.Axes, to)[:kept]
	params, _ := order(len(k.Params), func(int) bool { return false })
	return renumber(k, params, to)
}

// order numbers n things anew: those for which late is false first. It maps old numbers to new ones; changed: not each to itself.
func order(n int, late func(int) bool) (to []int, changed bool) {
	to = make([]int, n)
	next := 0
	for _, pass := range []bool{false, true} {
		for i := range n {
			if late(i) == pass {
				to[i] = next
				changed = changed || next != i
				next++
			}
		}
	}
	return to, changed
}

func permute[T any](list []T, to []int) []T {
	out := make([]T, len(list))
	for i, x := range list {
		out[to[i]] = x
	}
	return out
}

// renumber gives params and axes of the body and the stores of k, which are copied, their new numbers.
func renumber(k *Kernel, params, axes []int) error {
	bad := false
	to := func(list []int, i int) int {
		if i < 0 || i >= len(list) {
			bad = true
			return 0
		}
		return list[i]
	}
	at := func(list []Affine) []Affine {
		if list == nil {
			return nil
		}
		out := make([]Affine, len(list))
		for i, a := range list {
			out[i] = Affine{Const: a.Const, Terms: make([]Term, len(a.Terms))}
			for j, t := range a.Terms {
				out[i].Terms[j] = Term{to(axes, t.Axis), t.Coef}
			}
			out[i] = out[i].tidy()
		}
		return out
	}
	k.Body, k.Stores = slices.Clone(k.Body), slices.Clone(k.Stores)
	for i := range k.Body {
		v := &k.Body[i]
		switch v.Kind {
		case Load, Gather:
			v.Param, v.At = to(params, v.Param), at(v.At)
		case Index:
			v.Axis = to(axes, v.Axis)
		case Reduce, Scan:
			v.Over = slices.Clone(v.Over)
			for j := range v.Over {
				v.Over[j] = to(axes, v.Over[j])
			}
			slices.Sort(v.Over)
		}
	}
	for i := range k.Stores {
		s := &k.Stores[i]
		s.Param, s.At = to(params, s.Param), at(s.At)
	}
	if bad {
		return errors.New("a param or an axis that does not exist")
	}
	return nil
}
