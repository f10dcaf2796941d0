package cpu

import (
	"slices"

	"github.com/einloom/einloom/codegen"
)

// abreast writes what the targets need value by value, each in all blocks of the turn. Each block is one long chain of operations, of which a
// processor sees but a part ahead: written one behind the other, chains would wait for themselves; abreast they fill the machine.
func (n *nest) abreast(ts []target) {
	if n.side == 1 || n.jamming != nil || n.tiled {
		return
	}
	var list []int
	n.beneath(ts, func(v int) bool {
		if !n.seldom[v] && !n.slim[v] {
			list = append(list, v)
		}
		return true
	})
	slices.Sort(list) // operands before users
	for _, v := range list {
		if n.multiplied(ts, v) {
			continue
		}
		for b := range n.side {
			n.value(v, b)
		}
	}
}

// multiplied says whether v is a product that a sum takes by one fused instruction.
func (n *nest) multiplied(ts []target, v int) bool {
	return slices.ContainsFunc(ts, func(t target) bool {
		return t.reduce >= 0 && n.k.Body[t.reduce].Args[0] == v && n.fuses(t.reduce)
	})
}

// fuses says whether reduce r adds up products that have no other use: each is multiplied and added by one instruction. A product that is
// stored too is rounded for both, so that what is summed is what the reader of the other sees.
func (n *nest) fuses(r int) bool {
	v := &n.k.Body[r]
	x := &n.k.Body[v.Args[0]]
	return v.Op.Name == "add" && v.DType.IsFloat() && x.Kind == codegen.Map && x.Op.Name == "mul" && n.uses[v.Args[0]] <= 1
}
