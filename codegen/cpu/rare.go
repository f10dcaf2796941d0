package cpu

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// What only a rare's first choice needs is a piece of code that is jumped over while no lane asks for it:
//
//	chosen = quick
//	if no lane of condition: goto seldom
//	... slow ...
//	chosen = condition ? slow : chosen
//	seldom:
//
// Each lane takes what its own condition says, so that its bits do not depend on its neighbours. What other code needs too is computed before
// the jump; two rares that share slow values each compute them.

// rare writes x, a map of the op rare whose first choice is seldom needed.
func (n *nest) rare(x *codegen.Value, block int) asm.Reg {
	condition, chosen := n.value(x.Args[0], block), n.move(x.DType, n.value(x.Args[2], block))
	shared := n.shared(x.Args[1])
	for _, v := range shared {
		n.value(v, block)
	}
	end := n.Label("seldom")
	n.skipUnless(condition, end)
	n.Rarely(func() {
		slow := n.apart(x.Args[1], shared, block)
		n.assign(x.DType, n.choose(x.DType, condition, slow, chosen), chosen)
	})
	n.Bind(end)
	return chosen
}

// shared are the values that v is computed from in the open: not seldom ones, and not truths about others, which each side asks for itself.
func (n *nest) shared(v int) (list []int) {
	n.k.Beneath(v, func(i int) bool {
		x := &n.k.Body[i]
		inside := x.Kind == codegen.Map && (n.seldom[i] || x.DType == tensor.Bool)
		if !inside && x.Kind != codegen.Const {
			list = append(list, i)
		}
		return inside
	})
	return list
}

// apart computes v, of 4-byte or of the kernel's widest lanes, in a scope that holds nothing but the shared values. Where slow values are the
// only ones of 8 bytes, whole blocks are twice what a register holds of those, and go through in two halves.
func (n *nest) apart(v int, shared []int, block int) asm.Reg {
	outer, mask := n.scope, n.mask
	args := make([]asm.Reg, len(shared))
	for i, s := range shared {
		args[i] = n.value(s, block)
	}
	slow := func(args []asm.Reg) asm.Reg {
		n.scope = nil
		n.open()
		for i, s := range shared {
			r := args[i]
			if n.k.Body[s].DType == tensor.Bool {
				r = n.sized(r, mask, n.mask)
			}
			n.scope.values[n.key(s, block)] = r
		}
		return n.value(v, block)
	}
	defer func() { n.scope, n.mask = outer, mask }()
	if n.mask == 8 || !n.widens(v) {
		return slow(args)
	}
	n.mask = 8
	if n.wide && slices.ContainsFunc(shared, func(s int) bool { return n.k.Body[s].DType == tensor.Bool }) {
		n.unsupported("a bool operand of what is seldom computed")
		return args[0]
	}
	return n.inHalves(slow, args...)
}

// widens says whether slow values of 8-byte lanes are beneath v.
func (n *nest) widens(v int) (wide bool) {
	n.k.Beneath(v, func(i int) bool {
		wide = wide || n.seldom[i] && n.k.Body[i].DType.Size() == 8
		return n.seldom[i]
	})
	return wide
}

// skipUnless goes to end if the mask m has none of the n lanes.
func (l *lanes) skipUnless(m asm.Reg, end asm.Label) {
	switch {
	case l.wide && l.n > 8:
		l.Ins("KORTESTW", m, m)
	case l.wide:
		l.Ins("KORTESTB", m, m)
	default:
		name, g := "VMOVMSKPS", l.GP()
		if l.mask == 8 {
			name = "VMOVMSKPD"
		}
		l.Ins(name, m, g)
		l.Ins("TESTQ", asm.Imm(1<<l.n-1), g)
	}
	l.J("EQ", end)
}
