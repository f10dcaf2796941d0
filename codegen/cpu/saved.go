package cpu

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// A saved value is one that several stages of a row kernel need and that costs more to compute than to keep: the exponentials of a
// softmax. The first stage that computes it writes it to a buffer in the worker's memory; later stages read it back. All stages go through
// the fold axes in the same turns, so the buffer is written and read from front to back.
type saved struct {
	value int
	first int // the stage that computes it
}

const (
	dear        = 6         // operations from which a value is worth keeping
	savedRoom   = 256 << 10 // bytes that the buffers of a kernel may take: they should stay in the second cache
	mostInBlock = 64        // bytes of the widest vector
)

// savedOf lists the values of u to be saved: none where their buffers would be too large.
func savedOf(u *unit) []saved {
	k := u.k
	folds := codegen.AxesOf(foldsOf(k)...)
	if k.Nest == codegen.NestGett || len(reducesOf(k)) == 0 {
		return nil
	}
	level, seldom := levels(k), k.Seldom()
	last := slices.Max(level)
	computed := make([]int, len(k.Body)) // the first stage that computes it, -1: none yet
	for i := range computed {
		computed[i] = -1
	}
	var list []saved
	for s := 0; s <= last; s++ {
		var here []int
		seen := make([]bool, len(k.Body))
		var walk func(v int)
		walk = func(v int) {
			x := &k.Body[v]
			if seen[v] || x.Kind == codegen.Reduce || !u.on[v].Meets(folds) {
				return
			}
			seen[v] = true
			if computed[v] >= 0 && work(k, v) >= dear && savable(x.DType) && !seldom[v] {
				if !slices.ContainsFunc(list, func(s saved) bool { return s.value == v }) {
					list = append(list, saved{v, computed[v]})
				}
				return
			}
			here = append(here, v)
			for _, a := range x.Args {
				walk(a)
			}
		}
		for _, r := range stageRoots(k, level, s) {
			walk(r)
		}
		for _, v := range here {
			if computed[v] < 0 {
				computed[v] = s
			}
		}
	}
	if len(list)*u.room() > savedRoom {
		return nil
	}
	return list
}

// stageRoots are the values that stage s folds or stores along a fold axis.
func stageRoots(k *codegen.Kernel, level []int, s int) (list []int) {
	for _, r := range reducesOf(k) {
		if a := k.Body[r].Args[0]; level[a] == s {
			list = append(list, a)
		}
	}
	for _, st := range k.Stores {
		if level[st.Value] == s {
			list = append(list, st.Value)
		}
	}
	return list
}

func savable(d tensor.DType) bool { return d != tensor.Bool }

// work is the operations of v that are its own stage's: those not above a reduce.
func work(k *codegen.Kernel, v int) int {
	n := 0
	k.Beneath(v, func(i int) bool {
		if k.Body[i].Kind != codegen.Map {
			return false
		}
		n++
		return true
	})
	return n
}

// room is the bytes of one buffer, for the widest vectors; more than savedRoom, and no telling how many, where the points alone are more.
func (u *unit) room() int {
	points, outer := 1, 1
	for _, a := range foldsOf(u.k) {
		outer = points
		if points *= u.k.Axes[a].Extent; points > savedRoom {
			return savedRoom + 1 // before it overflows
		}
	}
	if v := u.k.Vector; v >= 0 && !u.k.Axes[v].Fold {
		return points * unroll(u.k) * 2 * mostInBlock
	}
	return points*8 + (outer+1)*2*mostInBlock
}

// startBuffers begins a stage: every buffer that it writes or reads is at its front.
func (n *nest) startBuffers(stage int) {
	n.stageNow = stage
	for i, s := range n.u.saved {
		if s.first > stage {
			continue
		}
		cell := n.GP()
		n.Move(n.Arg(ArgScratch), cell)
		n.Ins("ADDQ", asm.Imm(spillRoom), cell)
		if i > 0 {
			n.Ins("ADDQ", n.num(number{kind: roomOf, mul: i}), cell)
		}
		n.cells[s.value] = cell
	}
}

// moveBuffers goes on by a turn's blocks.
func (n *nest) moveBuffers() {
	for _, s := range n.u.saved {
		if s.first <= n.stageNow {
			n.Ins("ADDQ", asm.Imm(n.side*n.n*n.laneBytes(n.k.Body[s.value].DType)), n.cells[s.value])
		}
	}
}

// isSaved says whether an earlier stage has saved v.
func (n *nest) isSaved(v int) bool {
	return slices.ContainsFunc(n.u.saved, func(s saved) bool { return s.value == v && s.first < n.stageNow })
}

// fromBuffer reads v in a block where an earlier stage has saved it.
func (n *nest) fromBuffer(v, block int) (asm.Reg, bool) {
	if !n.isSaved(v) {
		return 0, false
	}
	return n.whole(n.k.Body[v].DType, n.cell(v, block), 0), true
}

// toBuffers writes what this stage has to save, in every block of the turn.
func (n *nest) toBuffers() {
	for _, s := range n.u.saved {
		if s.first != n.stageNow {
			continue
		}
		for b := range n.side {
			n.whole(n.k.Body[s.value].DType, n.cell(s.value, b), n.value(s.value, b))
		}
	}
}

func (n *nest) cell(v, block int) asm.Mem {
	return asm.At(n.cells[v], block*n.n*n.laneBytes(n.k.Body[v].DType))
}

// whole reads lanes of d as they are in a register, or writes r.
func (n *nest) whole(d tensor.DType, m asm.Mem, r asm.Reg) asm.Reg {
	name := "VMOVUPS"
	if n.n == 1 {
		name = suffix(d, "VMOVS", "S", "D")
	}
	if r != 0 {
		n.Ins(name, r, m)
		return r
	}
	r = n.reg(d)
	n.Ins(name, m, r)
	return r
}
