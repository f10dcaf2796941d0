package cpu

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// Values of 8 bytes halve the lanes of a whole nest. Two kinds of them never lie in vectors: the index of an axis of which only 32 bits are used,
// which is written as these at once, and, where lanes are points of a fold axis, what becomes of the folds' results, which are one point a row.

var opCast = op.Lookup("cast")

// slimOf says of each value of u whether it is one of these.
func slimOf(u *unit) []bool {
	k := u.k
	slim := make([]bool, len(k.Body))
	if k.Nest == codegen.NestGett || slices.Contains(k.Seldom(), true) { // what is seldom computed brings all it needs into vectors
		return slim
	}
	users := make([][]int, len(k.Body))
	for i := range k.Body {
		for _, a := range k.Body[i].Args {
			users[a] = append(users[a], i)
		}
	}
	folded := k.Vector >= 0 && k.Axes[k.Vector].Fold
	level := levels(k)
	last := slices.Max(append(level, 0))
	stored := func(v int) bool {
		return slices.ContainsFunc(k.Stores, func(s codegen.Store) bool { return s.Value == v })
	}
	for i := len(k.Body) - 1; i >= 0; i-- {
		v := &k.Body[i]
		every := func(is func(user int) bool) bool {
			return !slices.ContainsFunc(users[i], func(user int) bool { return !is(user) })
		}
		switch {
		case v.Kind == codegen.Index:
			slim[i] = len(users[i]) > 0 && !stored(i) && every(func(user int) bool { return k.Body[user].Op == opCast && isWord(k.Body[user].DType) })
		case folded && v.Kind == codegen.Map && level[i] == last && last > 0 && !u.on[i].Has(k.Vector):
			slim[i] = every(func(user int) bool { return slim[user] })
		}
	}
	return slim
}

// isWord says whether d is an integer of 32 bits.
func isWord(d tensor.DType) bool { return d == tensor.Int32 || d == tensor.Uint32 }

// wordOf is the low 32 bits of the axis' index in lanes of as many.
func (n *nest) wordOf(axis, block int) asm.Reg {
	x, all := n.Vec().X(), n.reg(tensor.Int32)
	n.Ins("VMOVQ", n.axisIndex(axis), x)
	n.Ins("VPBROADCASTD", x, all)
	first, step := n.laneIndex(axis, block)
	if step == 0 && first == 0 || n.n == 1 {
		return all
	}
	iota := make([]byte, 64)
	for i := range n.n {
		iota[4*i] = byte(first + i*step)
	}
	return n.ins3("VPADDD", tensor.Int32, n.Data(iota[:all.Width().Bytes()]), all)
}
