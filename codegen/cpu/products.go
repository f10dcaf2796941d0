package cpu

import (
	"slices"

	"github.com/einloom/einloom/codegen"
)

// summand is a product that a sum takes by one fused instruction: acc += x*y, or where it is negative acc -= x*y.
type summand struct {
	x, y     int // of the body
	negative bool
}

// products are those that reduce r adds up where each of its terms is a product, or sums and differences of such, that have no other use: each
// is multiplied and added by one instruction, and what a term adds up is not rounded first. A product that is stored too is rounded for both,
// so that what is summed is what the reader of the other sees.
func (n *nest) products(r int) []summand {
	v := &n.k.Body[r]
	if v.Op.Name != "add" || !v.DType.IsFloat() {
		return nil
	}
	list, _ := n.productsOf(nil, v.Args[0], false)
	return list
}

// productsOf adds the products of value v to list; ok is false, and the list nil, where it is something else.
func (n *nest) productsOf(list []summand, v int, negative bool) (_ []summand, ok bool) {
	x := &n.k.Body[v]
	if x.Kind != codegen.Map || n.uses[v] > 1 {
		return nil, false
	}
	switch x.Op.Name {
	case "mul":
		return append(list, summand{x.Args[0], x.Args[1], negative}), true
	case "add", "sub":
		if list, ok = n.productsOf(list, x.Args[0], negative); ok {
			return n.productsOf(list, x.Args[1], negative != (x.Op.Name == "sub"))
		}
	}
	return nil, false
}

// multiplied says whether v is a product that a sum of ts takes by one fused instruction, or adds such up.
func (n *nest) multiplied(ts []target, v int) bool {
	return slices.ContainsFunc(ts, func(t target) bool {
		return t.reduce >= 0 && len(n.products(t.reduce)) > 0 && n.within(n.k.Body[t.reduce].Args[0], v)
	})
}

// within says whether v is term, which adds up products, or one of those beneath it.
func (n *nest) within(term, v int) bool {
	x := &n.k.Body[term]
	return term == v || x.Op.Name != "mul" && (n.within(x.Args[0], v) || n.within(x.Args[1], v))
}
