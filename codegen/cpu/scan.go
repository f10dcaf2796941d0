package cpu

import (
	"encoding/binary"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
)

// A scan is computed as the fold axis is gone along, of each stage that needs it anew: its carry is the fold of all points before the turn.
// Where lanes are points of a loop axis, a lane carries its own. Where they are points of the fold axis, the lanes of a block are first
// folded among themselves, in steps that double (Hillis and Steele, 1986), and then take the carry in:
//
//	a b c d  ->  a ab bc cd  ->  a ab abc abcd  ->  carry with each
//
// so that from block to block there is one operation to wait for.

// scansOf are k's scans.
func scansOf(k *codegen.Kernel) (list []int) {
	for i := range k.Body {
		if k.Body[i].Kind == codegen.Scan {
			list = append(list, i)
		}
	}
	return list
}

// startScans sets the carries of a stage's scans to what changes nothing, one for each of side blocks.
func (n *nest) startScans(ts []target, side int) {
	n.carries = map[int]*sum{}
	n.beneath(ts, func(v int) bool {
		if n.k.Body[v].Kind == codegen.Scan && !n.isSaved(v) {
			s := &sum{reduce: v, op: n.k.Body[v].Op.Name, dtype: n.k.Body[v].DType}
			for range side {
				s.acc = append(s.acc, n.neutral(s))
			}
			n.carries[v] = s
		}
		return true
	})
}

// scanned is scan v in a block, whose turn comes after those of all blocks and points before it.
func (n *nest) scanned(v, block int) asm.Reg {
	s := n.carries[v]
	if s == nil {
		n.internal("scan %d was not begun", v)
		return n.reg(n.k.Body[v].DType)
	}
	arg := n.value(n.k.Body[v].Args[0], block)
	if n.vector < 0 || !n.k.Axes[n.vector].Fold {
		acc := s.acc[n.key(v, block).block]
		n.fold(s, arg, acc)
		return n.move(s.dtype, n.fit(s.dtype, acc))
	}
	carry, r := s.acc[0], n.move(s.dtype, n.fit(s.dtype, arg))
	if n.n == 1 {
		n.fold(s, carry, r)
		n.assign(s.dtype, r, carry)
		return r
	}
	for by := 1; by < n.full; by *= 2 {
		n.fold(s, n.shifted(s, r, by), r)
	}
	all := n.permuted(r, func(int) int { return n.full - 1 }, n.laneBytes(s.dtype)/4)
	n.fold(s, carry, r)
	n.fold(s, all, carry)
	return r
}

// shifted moves the lanes of r up by so many; the lowest become what changes nothing.
func (n *nest) shifted(s *sum, r asm.Reg, by int) asm.Reg {
	dwords := n.laneBytes(s.dtype) / 4
	up := n.permuted(r, func(i int) int { return max(i-by, 0) }, dwords)
	bits, _ := unitBits(s.op, s.dtype)
	unit := n.splat(s.dtype, bits)
	dst, low := n.reg(s.dtype), 1<<(by*dwords)-1
	if n.wide {
		k := n.K()
		n.Ins("KMOVQ", n.Int(int64(low)), k)
		n.Ins("VBLENDMPS", unit, up, k, dst)
		return dst
	}
	n.Ins("VBLENDPS", asm.Imm(low), unit, up, dst)
	return dst
}

// permuted gives lane from(i) of r, whose lanes are so many dwords, in each lane i.
func (n *nest) permuted(r asm.Reg, from func(lane int) int, dwords int) asm.Reg {
	table := make([]byte, n.ISA.Width().Bytes())
	for i := range n.full * dwords {
		binary.LittleEndian.PutUint32(table[4*i:], uint32(from(i/dwords)*dwords+i%dwords))
	}
	w := max(r.Width(), asm.Y) // the instruction has no narrower form; what is above the lanes is not looked at
	dst := n.Vec().As(w)
	n.Ins("VPERMPS", r.As(w), n.Bytes(table).As(w), dst)
	return dst.As(r.Width())
}
