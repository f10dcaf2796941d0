package cpu

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/einloom/einloom/codegen"
)

// groups cuts k into kernels whose stores go along the same loop axes, so that nothing is computed again and again along an axis that it
// does not have:
//
//	before  loop i 100, j 70; o[i] = x[i]; p[j+100] = y[j]
//	after   loop i 100; o[i] = x[i]          loop j 70; p[j+100] = y[j]
//
// Those with more axes come first: an output may lie in the memory of an input that its own store reads in the same places, and besides
// that store only such along more axes can read it.
func groups(k *codegen.Kernel) []*codegen.Kernel {
	var axes []codegen.AxisSet
	var stores [][]codegen.Store
	for _, s := range k.Stores {
		on := loopsOf(k, s.Axes())
		i := slices.IndexFunc(axes, on.Equal)
		if i < 0 {
			i = len(axes)
			axes, stores = append(axes, on), append(stores, nil)
		}
		stores[i] = append(stores[i], s)
	}
	if len(axes) == 1 && len(k.Axes) == len(k.Order) && axes[0].Equal(loopsOf(k, codegen.AxesOf(k.Order...))) && len(foldsOf(k)) == len(k.FoldAxes().List()) {
		return []*codegen.Kernel{k}
	}
	slices.SortStableFunc(stores, func(a, b []codegen.Store) int {
		return cmp.Compare(len(loopsOf(k, b[0].Axes()).List()), len(loopsOf(k, a[0].Axes()).List()))
	})
	var list []*codegen.Kernel
	for i, s := range stores {
		r := restricted(k, s)
		if len(stores) > 1 {
			r.Name += "of" + strconv.Itoa(i)
		}
		list = append(list, r)
	}
	return list
}

// loopsOf are the loop axes among axes that have other than one point.
func loopsOf(k *codegen.Kernel, axes codegen.AxisSet) codegen.AxisSet {
	var list []int
	for _, a := range axes.List() {
		if !k.Axes[a].Fold && k.Axes[a].Extent != 1 {
			list = append(list, a)
		}
	}
	return codegen.AxesOf(list...)
}

// restricted is k with these of its stores only, and with their axes. A fold axis that nothing here is folded over has become a loop axis.
func restricted(k *codegen.Kernel, stores []codegen.Store) *codegen.Kernel {
	r := k.Clone()
	r.Stores = slices.Clone(stores)
	dropUnused(r)
	folds := codegen.AxesOf(foldsOf(r)...)
	var along codegen.AxisSet
	for i := range r.Stores {
		along = along.Union(r.Stores[i].Axes())
	}
	var loops, inner []int
	r.Parallel = 0
	for at, a := range k.Order {
		switch {
		case folds.Has(a):
			inner = append(inner, a)
		case along.Has(a):
			r.Axes[a].Fold = false
			loops = append(loops, a)
			if at < k.Parallel {
				r.Parallel++
			}
		}
	}
	r.Order = append(loops, inner...)
	if len(inner) == 0 {
		r.Nest, r.Split = codegen.NestMap, 0
	}
	if !slices.Contains(r.Order, r.Vector) {
		r.Vector = -1
		if len(loops) > 0 && k.Vector >= 0 {
			r.Vector = loops[len(loops)-1]
		}
	}
	return r
}

// dropUnused removes the values that no store needs, so that they make no streams.
func dropUnused(k *codegen.Kernel) {
	used := make([]bool, len(k.Body))
	for _, s := range k.Stores {
		used[s.Value] = true
	}
	for i := len(k.Body) - 1; i >= 0; i-- {
		if used[i] {
			for _, a := range k.Body[i].Args {
				used[a] = true
			}
		}
	}
	moved, body := make([]int, len(k.Body)), []codegen.Value{}
	for i, v := range k.Body {
		if !used[i] {
			continue
		}
		for j, a := range v.Args {
			v.Args[j] = moved[a]
		}
		moved[i] = len(body)
		body = append(body, v)
	}
	k.Body = body
	for i := range k.Stores {
		k.Stores[i].Value = moved[k.Stores[i].Value]
	}
}
