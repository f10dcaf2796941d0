package cpu

import "slices"

// abreast writes what the targets need value by value, each in all blocks of the turn. Each block is one long chain of operations, of which a
// processor sees but a part ahead: written one behind the other, chains would wait for themselves; abreast they fill the machine.
func (n *nest) abreast(ts []target) {
	if n.side == 1 || n.jamming != nil || n.tiled || n.rowwise {
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
