package spirv

import (
	"fmt"

	"github.com/einloom/einloom/tensor"
)

// teamed goes over the flat points from..to by a team, each member about so many: of one digit 4 at a time, of more one by one. Where memory begins so
// the 4 are read as a packet, and elsewhere in the same order.
func (w *writer) teamed(list []folder, points []*point, digits []digit, from, to id, many int) [][]id {
	word := w.uint(32)
	team := uint32(w.s.team)
	if len(digits) != 1 || digits[0].extent%gpuPacket != 0 {
		return w.ranged(list, points, digits, w.pure(opIAdd, word, from, w.member), to, team, many)
	}
	short := 0
	if many > chunk {
		short = chunk / gpuPacket
	}
	d := digits[0]
	packets := w.goesAlong(list, &d)
	first := w.pure(opIAdd, word, from, w.pure(opIMul, word, w.member, w.number(gpuPacket)))
	made := w.emptied(list, points, first, to, team*gpuPacket, short, w.begin(list, points, first, false), func(i id, carried []id) []id {
		for _, d := range w.consecutive(d, i, gpuPacket) {
			if !packets {
				d.packet = nil
			}
			carried = w.step(list, points, []digit{d}, carried)
		}
		return carried
	})
	return split(list, points, made)
}

// gathered folds the states of a team, by subgroups or as a binary tree in shared memory, and gives all of them the result.
func (w *writer) gathered(o folder, state []id) []id {
	if code, ok := w.grouped(o); ok {
		return []id{w.bySubgroups(o, code, state[0])}
	}
	cells := w.cellsOf(o, w.s.team)
	cells.put(w.member, state...)
	w.barrier()
	for n := w.s.team / 2; n > 0; n /= 2 {
		half := w.number(uint32(n))
		w.when(w.pure(opULessThan, w.boolean(), w.member, half), func() {
			cells.put(w.member, o.join(w.function, cells.take(w.member), cells.take(w.pure(opIAdd, w.uint(32), w.member, half)), false)...)
		})
		w.barrier()
	}
	result := cells.take(w.number(0))
	w.barrier() // before the arrays are used again
	return result
}

// rank is the place of an invocation among those that scan together: by subgroups in the order in which the device scans each, which it says
// nothing about but by scanning; otherwise the invocation's number.
func (w *writer) rank() id {
	if w.ranked != 0 {
		return w.ranked
	}
	w.ranked = w.member
	grouped := false
	for _, r := range w.s.scan.list {
		_, ok := w.grouped(folderOf(w.g.k, r))
		grouped = grouped || ok
	}
	if grouped {
		w.within(0, w.rankBySubgroups)
	}
	return w.ranked
}

// teamScan gives what the members before it give together, and what all of them do.
func (w *writer) teamScan(o folder, x id) (before, all id) {
	w.rank()
	if code, ok := w.grouped(o); ok {
		return w.scanBySubgroups(o, code, x)
	}
	return w.scanInSteps(o, x)
}

// scanInSteps scans in shared memory, in steps that double (Hillis and Steele, 1986), from one half of an array to the other.
func (w *writer) scanInSteps(o folder, x id) (before, all id) {
	word, t, n := w.uint(32), w.typeOf(o.d), w.s.team
	cells := w.cellsOf(o, 2*n)
	place := func(half int, at id) id { return w.pure(opIAdd, word, at, w.number(uint32(half*n))) }
	half, rank := 0, w.rank()
	cells.put(rank, x)
	for by := 1; by < n; by *= 2 {
		w.barrier()
		has := w.pure(opUGreaterThanEqual, w.boolean(), rank, w.number(uint32(by)))
		from := w.choose(word, has, w.pure(opISub, word, rank, w.number(uint32(by))), rank)
		x = w.choose(t, has, o.combine(w.function, cells.take(place(half, from))[0], x), x)
		half = 1 - half
		cells.put(place(half, rank), x)
	}
	w.barrier()
	has := w.pure(opUGreaterThan, w.boolean(), rank, w.number(0))
	from := w.choose(word, has, w.pure(opISub, word, rank, w.number(1)), rank)
	before = w.choose(t, has, cells.take(place(half, from))[0], o.initial(w.function, 0, false)[0])
	all = cells.take(place(half, w.number(uint32(n-1))))[0]
	w.barrier() // before the array is used again
	return before, all
}

// cells are shared memory for states of a fold, bools as words.
type cells struct {
	*writer
	dtypes        []tensor.DType
	types, arrays []id
}

// cellsOf is n cells.
func (w *writer) cellsOf(o folder, n int) cells {
	c := cells{writer: w, dtypes: o.dtypes(), types: o.types(w.function)}
	for i, d := range c.dtypes {
		if d.IsBool() {
			c.types[i] = w.uint(32)
		}
		c.arrays = append(c.arrays, w.sharedArray(c.types[i], i, n))
	}
	return c
}

func (c cells) put(at id, state ...id) {
	for i, x := range state {
		if c.dtypes[i].IsBool() {
			x = c.choose(c.types[i], x, c.number(1), c.number(0))
		}
		c.do(opStore, uint32(c.cell(c.types[i], c.arrays[i], at)), uint32(x))
	}
}

func (c cells) take(at id) (state []id) {
	for i, d := range c.dtypes {
		x := c.get(opLoad, c.types[i], uint32(c.cell(c.types[i], c.arrays[i], at)))
		if d.IsBool() {
			x = c.pure(opINotEqual, c.boolean(), x, c.number(0))
		}
		state = append(state, x)
	}
	return state
}

// sharedArray is shared memory of n elements; arrays of one type are told apart by their number.
func (w *writer) sharedArray(t id, number, n int) id {
	key := fmt.Sprint(t, number, n)
	if w.shared[key] == 0 {
		length := w.number(uint32(n))
		w.shared[key] = w.variable(classWorkgroup, w.typ(opTypeArray, uint32(t), uint32(length)))
	}
	return w.shared[key]
}

func (w *writer) cell(t, array, at id) id {
	return w.pure(opAccessChain, w.pointer(classWorkgroup, t), array, at)
}
