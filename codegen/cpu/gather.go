package cpu

import (
	"fmt"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// A gather is a load whose place along one dim is a value. Every index is held against the dim before anything is read: code that meets
// one out of range writes down the check and the index (ArgFault) and returns at once.

// Check is a gather: what it indexes, and how many elements that has.
type Check struct {
	Of     string // the dim and the param
	Extent int
}

// checksOf lists the checks of k in the order of its gathers.
func checksOf(k *codegen.Kernel) (list []Check) {
	for i := range k.Body {
		if v := &k.Body[i]; v.Kind == codegen.Gather {
			p := &k.Params[v.Param]
			list = append(list, Check{Of: fmt.Sprintf("dim %d of %s", v.Dim, p.Name), Extent: p.Dims[v.Dim]})
		}
	}
	return list
}

// checkOf is the number that code writes down for gather v: one up, so that 0 is no fault.
func (n *nest) checkOf(v int) int {
	number := n.nums.checks + 1
	for i := range v {
		if n.k.Body[i].Kind == codegen.Gather {
			number++
		}
	}
	return number
}

// dense says whether gather v's dim lies element by element in memory.
func dense(k *codegen.Kernel, v *codegen.Value) bool { return k.Params[v.Param].Strides[v.Dim] == 1 }

// gather writes the load of v in a block: all lanes at one index, or each at its own.
func (n *nest) gather(v, block int) asm.Reg {
	x := &n.k.Body[v]
	s := findStream(n.u.streams, x.Param, x.At)
	if n.n > 1 && n.moves(x.Args[0], n.vector) {
		return n.gatherLanes(v, s, block)
	}
	p := n.copy(n.ptr(s))
	n.Ins("ADDQ", n.offset(v), p)
	return n.readAt(s, p, block)
}

// offset is the bytes that the index of v is worth, where it is the same for all lanes.
func (n *nest) offset(v int) asm.Reg {
	still := !n.moves(n.k.Body[v].Args[0], n.vector)
	if still {
		for c := n.scope; c != nil; c = c.parent {
			if r, ok := c.offsets[v]; ok {
				return r
			}
		}
	}
	index, extent := n.GP(), n.num(number{kind: spanOf, a: v})
	n.Ins("VMOVQ", n.value(n.k.Body[v].Args[0], 0).X(), index)
	at, fits := n.copy(index), n.Label("fits")
	n.Ins("ADDQ", extent, at)
	n.Ins("TESTQ", index, index)
	n.Ins("CMOVQGE", index, at)
	n.Ins("CMPQ", at, extent)
	n.J("CS", fits)
	n.fault(v, index)
	n.Bind(fits)
	n.Ins("IMULQ", n.num(number{kind: strideOf, a: v}), at)
	if still {
		n.scope.offsets[v] = at
	}
	return at
}

// fault writes down that index is out of range for v, and returns.
func (n *nest) fault(v int, index asm.Reg) {
	n.Ins("MOVQ", index, asm.At(n.Args(), ArgFaulty))
	n.Ins("MOVQ", asm.Imm(n.checkOf(v)), asm.At(n.Args(), ArgFault))
	n.Ret()
}

// gatherLanes reads each lane at its own index.
func (n *nest) gatherLanes(v, s, block int) asm.Reg {
	x, st := &n.k.Body[v], &n.u.streams[s]
	index := n.value(x.Args[0], block)
	at, step, scale := n.inRange(v, index), asm.Reg(0), st.bytes()
	if !dense(n.k, x) {
		stride := n.reg(tensor.Int64)
		n.broadcast(8, n.numAt(number{kind: strideOf, a: v}), stride)
		at, scale = n.mul64(tensor.Int64, at, stride), 1
	}
	p := n.ptr(s)
	if n.along(s) != still {
		p, step = n.blockStart(s, p, block), n.num(number{kind: stepOf, a: s, b: n.vector, mul: 1})
	}
	var lanes []asm.Reg
	for i := range n.n {
		place := n.GP()
		n.Ins("VMOVQ", n.laneOf(tensor.Int64, at, i), place)
		lanes = append(lanes, n.loadLane(st.dtype, asm.Mem{Base: p, Index: place, Scale: uint8(scale)}))
		if step != 0 {
			n.Ins("ADDQ", step, p)
		}
	}
	if st.dtype == tensor.Bool {
		return n.isTrue(n.join(n.pack(tensor.Int32, lanes)))
	}
	return n.join(n.pack(st.dtype, lanes))
}

// inRange is the lanes of index as places from the front of v's dim, all of which are there. There is no tail here: loops over gathers end
// point by point.
func (n *nest) inRange(v int, index asm.Reg) asm.Reg {
	d := tensor.Int64
	extent := n.reg(d)
	n.broadcast(8, n.numAt(number{kind: spanOf, a: v}), extent)
	fits, g, lane := n.Label("fit"), n.GP(), n.GP()
	if n.wide {
		negative := n.compareInt(d, "less", index, n.splat(d, 0))
		at := n.choose(d, negative, n.ins3("VPADDQ", d, extent, index), index)
		n.Ins("KMOVQ", n.compareInt(tensor.Uint64, "less", at, extent), g)
		n.faultLane(v, index, g, lane, fits)
		return at
	}
	negative, within := n.reg(d), n.reg(d)
	n.Ins("VPCMPGTQ", index, n.splat(d, 0), negative)
	at := n.ins3("VPADDQ", d, n.logic("AND", d, extent, negative), index)
	// Unsigned comparison by a signed one: both sides with the top bit changed.
	top := n.splat(d, 1<<63)
	n.Ins("VPCMPGTQ", n.logic("XOR", d, top, at), n.logic("XOR", d, top, extent), within)
	n.Ins("VMOVMSKPD", within, g)
	n.faultLane(v, index, g, lane, fits)
	return at
}

// faultLane goes on if g has a bit for every lane, and faults at the first one that it has none for.
func (n *nest) faultLane(v int, index, g, lane asm.Reg, fits asm.Label) {
	n.Ins("XORL", asm.Imm(1<<n.n-1), g)
	n.J("EQ", fits)
	n.Ins("TZCNTL", g, lane)
	n.Ins("VMOVUPS", index, asm.At(n.Args(), ArgFaulty))
	bad := n.GP()
	n.Ins("MOVQ", asm.Mem{Base: n.Args(), Index: lane, Scale: 8, Disp: ArgFaulty}, bad)
	n.fault(v, bad)
	n.Bind(fits)
}

// hoistOffsets works out, in the present scope, what the indices that no inner loop changes are worth.
func (n *nest) hoistOffsets(targets []target) {
	var list []int
	n.beneath(targets, func(v int) bool {
		x := &n.k.Body[v]
		if x.Kind == codegen.Gather && !n.moves(x.Args[0], n.vector) && n.fixed.Contains(n.u.on[x.Args[0]]) && n.ready(x.Args[0]) {
			list = append(list, v)
		}
		return true
	})
	for _, v := range list {
		n.offset(v)
	}
}

// gathersLanes says whether the targets need a gather whose lanes have indices of their own.
func (n *nest) gathersLanes(targets []target) bool {
	some := false
	n.beneath(targets, func(v int) bool {
		x := &n.k.Body[v]
		some = some || x.Kind == codegen.Gather && n.moves(x.Args[0], n.vector)
		return true
	})
	return some
}

// gathers says whether k has gathers.
func gathers(k *codegen.Kernel) bool { return len(checksOf(k)) > 0 }
