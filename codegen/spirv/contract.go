package spirv

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/tensor"
)

// block is how a workgroup of a GPU does a contraction: bm x bn elements of the result, bk terms at a time. The factors' slabs go through
// shared memory, factor a's as rows of bm and b's as rows of bn elements, one for each term; every invocation sums up side x side elements
// in registers.
type block struct {
	r        int // the reduction
	a, b     int // the factors; a does not go along digit n, nor b along m
	m, n     int // digits of the rows
	bm, bn   int
	side     int
	over     []digit  // what is summed over
	besides  [2][]int // params of a and of b that are read in packets, where the memory of a launch begins so
	rowAlong bool     // in memory a lies along its terms rather than along m
	colAlong bool     // likewise b
	cut      *pieces  // how the terms are cut, and left for another stage to sum up; nil: they are not
}

// The terms of a slab, and the elements that keep rows of a slab in other banks of shared memory than the row before.
const (
	slab    = 16
	padding = 1
)

// blocks are the sizes of blocks and of what an invocation has of them, the largest first.
var blocks = []struct{ rows, side int }{{128, 8}, {64, 4}, {32, 4}, {16, 4}}

// invocations is how many invocations a workgroup has.
func (b *block) invocations() int { return b.bm / b.side * (b.bn / b.side) }

// pieces is in how many pieces the terms are cut.
func (b *block) pieces() int {
	if b.cut == nil {
		return 1
	}
	return b.cut.count()
}

// blockOf says how stage s does its section by blocks, nil if it does not.
func (g *generator) blockOf(s *stage, c *section, t *tile) *block {
	if g.c.Type == CPU || s.team > 1 {
		return nil
	}
	list, m, n := g.rowReductions(s, c), t.m, t.n
	if s.part >= 0 && g.splitTerms(s.part) > 1 {
		list = []int{s.part}
		m, n = g.pairOf(t.digits, g.loads(s.part))
	}
	if len(list) != 1 || m < 0 {
		return nil
	}
	b := &block{r: list[0], m: m, n: n, over: g.digits(g.foldOrder(list[0])), cut: g.cut[s.part]}
	ok := false
	if b.a, b.b, ok = g.factors(b.r); !ok {
		return nil
	}
	rows, columns := codegen.AxesOf(t.digits[m].axes...), codegen.AxesOf(t.digits[n].axes...)
	if g.on[b.a].Meets(columns) {
		b.a, b.b = b.b, b.a
	}
	if g.on[b.a].Meets(columns) || g.on[b.b].Meets(rows) || !g.on[b.a].Meets(rows) || !g.on[b.b].Meets(columns) || total(b.over) < slab || len(b.over) == 0 {
		return nil
	}
	for _, l := range g.loads(b.r) {
		if g.k.Body[l].Kind == codegen.Gather { // whose checks are not for a whole workgroup to do again and again
			return nil
		}
		if inner := g.flatOf(l).Coef(b.over[len(b.over)-1].inner()); inner == 1 || inner == -1 {
			b.rowAlong = b.rowAlong || g.on[l].Meets(rows)
			b.colAlong = b.colAlong || g.on[l].Meets(columns)
		}
	}
	if b = b.sized(g, t, g.k.Body[b.r].DType); b != nil {
		b.packets(g, t)
	}
	return b
}

// factors are what reduction r sums the products of; false if it does not.
func (g *generator) factors(r int) (a, b int, ok bool) {
	v := &g.k.Body[r]
	product := &g.k.Body[v.Args[0]]
	if v.Op.Name != "add" || v.DType.IsBool() || product.Kind != codegen.Map || product.Op.Name != "mul" || g.level[r] > 1 {
		return 0, 0, false
	}
	return product.Args[0], product.Args[1], true
}

// matrices says whether reduction r is a product of matrices that has enough rows and columns for blocks.
func (g *generator) matrices(r int) bool {
	a, b, ok := g.factors(r)
	if !ok {
		return false
	}
	on := g.trim(g.on[r])
	rows := min(g.count(on.Minus(g.on[b])), g.count(on.Minus(g.on[a])))
	return rows >= blocks[len(blocks)-1].rows/2
}

// packets chooses the factors that are brought to shared memory in packets: something lies so in memory along the digit that invocations side by
// side go along, and there are enough elements for each.
func (b *block) packets(g *generator, t *tile) {
	for f, factor := range []int{b.a, b.b} {
		d, n, along := &t.digits[b.m], b.bm, b.rowAlong
		if f == 1 {
			d, n, along = &t.digits[b.n], b.bn, b.colAlong
		}
		if along {
			d = &b.over[len(b.over)-1]
		}
		if along && len(b.over) > 1 || d.extent%gpuPacket != 0 || n*slab%(gpuPacket*b.invocations()) != 0 {
			continue
		}
		for _, l := range g.loads(b.r) {
			v := &g.k.Body[l]
			if v.Kind == codegen.Load && g.k.Takes(factor, l) && g.runs(v.Param, g.flatOf(l), d, gpuPacket) {
				b.besides[f] = append(b.besides[f], v.Param)
			}
		}
	}
}

// sized takes the largest block of which each of the device's units gets one, or the smallest; nil if none fits. Sums are in the same order with
// each.
func (b *block) sized(g *generator, t *tile, d tensor.DType) *block {
	m, n := t.digits[b.m].extent, t.digits[b.n].extent
	others := total(t.digits) / (m * n) * b.pieces()
	fits := false
	for i, size := range blocks {
		idle := ceil(m, size.rows)*size.rows*ceil(n, size.rows)*size.rows > 2*m*n // more of a block than not
		shared := slab * 2 * (size.rows + padding) * max(4, d.Size())
		if size.rows*size.rows/(size.side*size.side) > g.c.MaxInvocations || shared > g.c.MaxSharedMemory || min(m, n) < size.rows/2 || idle && i < len(blocks)-1 {
			continue
		}
		b.bm, b.bn, b.side, fits = size.rows, size.rows, size.side, true
		if ceil(m, b.bm)*ceil(n, b.bn)*others >= g.c.Units {
			break
		}
	}
	if !fits {
		return nil
	}
	return b
}

func ceil(x, y int) int { return (x + y - 1) / y }

// counted are the digits of rows with blocks in the place of rows.
func (b *block) counted(digits []digit) []digit {
	list := slices.Clone(digits)
	list[b.m].extent, list[b.n].extent = ceil(list[b.m].extent, b.bm), ceil(list[b.n].extent, b.bn)
	return list
}

// contraction writes one block.
type contraction struct {
	*writer
	*block
	o        folder
	base     *point
	row, col digit // the blocks' numbers along m and n, and the rows' extents
	shared   [2]id
	element  id // type
}

// blocked does one unit of a section by blocks.
func (w *writer) blocked(s *section, t *tile, b *block, unit id) {
	counted := b.counted(t.digits)
	terms := total(b.over)
	from, to, part := w.number(0), w.number(uint32(terms)), id(0)
	if p := b.cut; p != nil {
		unit, part = w.pieceOf(p, total(counted), unit)
		terms = p.chunk
		from = w.pure(opIMul, w.uint(32), part, w.number(uint32(terms)))
		to = w.least(w.pure(opIAdd, w.uint(32), from, w.number(uint32(terms))), to)
	}
	digits := w.spread(counted, unit)
	var rest []digit
	for i, d := range digits {
		if i != b.m && i != b.n {
			rest = append(rest, d)
		}
	}
	c := contraction{writer: w, block: b, o: folderOf(w.g.k, b.r), base: w.inside(nil, rest), row: digits[b.m], col: digits[b.n]}
	c.row.extent, c.col.extent = t.digits[b.m].extent, t.digits[b.n].extent
	c.element = w.typeOf(c.o.d)
	c.shared[0] = w.sharedArray(c.element, 0, slab*(b.bm+padding))
	c.shared[1] = w.sharedArray(c.element, 1, slab*(b.bn+padding))
	sums := c.sums(from, to, terms)
	side := b.side
	for i := range side {
		for k := range side {
			row, rowThere := c.inRange(c.row, c.rowOf(i), b.bm)
			col, colThere := c.inRange(c.col, c.colOf(k), b.bn)
			p := w.inside(c.base, []digit{row, col})
			sum := sums[i*side+k]
			p.memo[b.r] = sum
			w.when(w.both(rowThere, colThere), func() {
				if b.cut == nil {
					w.finishRow(s, w.inside(p, nil))
					return
				}
				slot := b.cut.slots[0]
				w.store(slot.dtype, w.elementOf(slot.buffer, slot.dtype, w.placeOfPiece(slot, p, part)), sum)
			})
		}
	}
}

// rowOf and colOf are the i-th rows and columns of an invocation in its block: those of invocations side by side lie side by side.
func (c *contraction) rowOf(i int) id {
	wide := uint32(c.bn / c.side)
	y := c.pure(opUDiv, c.uint(32), c.member, c.number(wide))
	return c.pure(opIAdd, c.uint(32), y, c.number(uint32(i*(c.bm/c.side))))
}

func (c *contraction) colOf(i int) id {
	wide := uint32(c.bn / c.side)
	x := c.pure(opUMod, c.uint(32), c.member, c.number(wide))
	return c.pure(opIAdd, c.uint(32), x, c.number(uint32(i)*wide))
}

// inRange is row number at of a block, the last row where there is none, and whether there is one.
func (c *contraction) inRange(d digit, at id, rows int) (digit, id) {
	word := c.uint(32)
	at = c.pure(opIAdd, word, c.pure(opIMul, word, d.at, c.number(uint32(rows))), at)
	there := c.pure(opULessThan, c.boolean(), at, c.number(uint32(d.extent)))
	d.at = c.least(at, c.number(uint32(d.extent-1)))
	return d, there
}

// segment is how many terms a sum of floats has before it is added to a total, whose registers the device may keep elsewhere meanwhile.
const segment = 512

// sums goes over the terms from..to, so many at most.
func (c *contraction) sums(from, to id, terms int) []id {
	zeros, types := make([]id, c.side*c.side), make([]id, c.side*c.side)
	for i := range zeros {
		zeros[i], types[i] = c.o.initial(c.function, 0, false)[0], c.element
	}
	if terms <= 2*segment || !c.o.d.IsFloat() {
		return c.slabs(from, to, types, zeros)
	}
	step := c.number(segment)
	return c.loop(from, to, step, types, zeros, func(k id, totals []id) (made []id) {
		for i, x := range c.slabs(k, c.least(to, c.pure(opIAdd, c.uint(32), k, step)), types, zeros) {
			made = append(made, c.o.combine(c.function, totals[i], x))
		}
		return made
	})
}

// slabs adds the products of the terms from..to, a slab at a time.
func (c *contraction) slabs(from, to id, types, sums []id) []id {
	return c.loop(from, to, c.number(slab), types, sums, func(k id, carried []id) []id {
		c.bring(0, c.a, c.row, c.bm, c.rowAlong, k)
		c.bring(1, c.b, c.col, c.bn, c.colAlong, k)
		c.barrier()
		made := c.loop(c.number(0), c.number(slab), c.number(1), types, carried, c.products)
		c.barrier()
		return made
	})
}

// bring brings a factor's slab of the terms from k on to shared memory, in packets where that may be.
func (c *contraction) bring(f, factor int, rows digit, n int, along bool, k id) {
	if len(c.besides[f]) == 0 {
		c.fill(c.shared[f], factor, rows, n, along, k)
		return
	}
	begins := c.begins(c.besides[f], gpuPacket)
	c.either(begins,
		func() { c.fillPackets(c.shared[f], factor, rows, n, along, c.same(c.uint(32), k)) },
		func() { c.fill(c.shared[f], factor, rows, n, along, c.same(c.uint(32), k)) })
}

// fillPackets is fill for packets, of terms or of rows. There are whole ones alone.
func (c *contraction) fillPackets(array id, factor int, rows digit, n int, along bool, k id) {
	word := c.uint(32)
	zero := c.bits(c.o.d, 0)
	terms := total(c.over)
	inner := n / gpuPacket
	if along {
		inner = slab / gpuPacket
	}
	within := func(first id, extent int) (id, id) {
		there := c.pure(opULessThan, c.boolean(), first, c.number(uint32(extent)))
		return c.least(first, c.number(uint32(extent-gpuPacket))), there
	}
	for e := 0; e < n*slab/gpuPacket; e += c.invocations() {
		at := c.pure(opIAdd, word, c.member, c.number(uint32(e)))
		fast := c.pure(opIMul, word, c.pure(opUMod, word, at, c.number(uint32(inner))), c.number(gpuPacket))
		slow := c.pure(opUDiv, word, at, c.number(uint32(inner)))
		points := make([]*point, gpuPacket)
		var there id
		row, term, step := fast, slow, uint32(1)
		if along {
			row, term, step = slow, fast, uint32(n+padding)
			d, ok := c.inRange(rows, row, n)
			first, in := within(c.pure(opIAdd, word, k, term), terms)
			there = c.both(ok, in)
			base := c.inside(c.base, []digit{d})
			for i, j := range c.consecutive(c.over[0], first, gpuPacket) {
				points[i] = c.inside(base, []digit{j})
			}
		} else {
			first, ok := within(c.pure(opIAdd, word, c.pure(opIMul, word, rows.at, c.number(uint32(n))), row), rows.extent)
			j := c.pure(opIAdd, word, k, term)
			there = c.both(ok, c.pure(opULessThan, c.boolean(), j, c.number(uint32(terms))))
			base := c.inside(c.base, c.spread(c.over, c.least(j, c.number(uint32(terms-1)))))
			for i, d := range c.consecutive(rows, first, gpuPacket) {
				points[i] = c.inside(base, []digit{d})
			}
		}
		place := c.pure(opIAdd, word, c.pure(opIMul, word, term, c.number(uint32(n+padding))), row)
		for i, p := range points {
			x := c.choose(c.element, there, c.value(factor, p), zero)
			c.do(opStore, uint32(c.cell(c.element, array, c.pure(opIAdd, word, place, c.number(uint32(i)*step)))), uint32(x))
		}
	}
}

// fill brings a factor's slab of the terms from k on to shared memory, with 0 for what there is not. Invocations side by side read what lies
// side by side.
func (c *contraction) fill(array id, factor int, rows digit, n int, along bool, k id) {
	word := c.uint(32)
	zero := c.bits(c.o.d, 0)
	last := c.number(uint32(total(c.over) - 1))
	inner := uint32(n)
	if along {
		inner = slab
	}
	for e := 0; e < n*slab; e += c.invocations() {
		at := c.pure(opIAdd, word, c.member, c.number(uint32(e)))
		fast, slow := c.pure(opUMod, word, at, c.number(inner)), c.pure(opUDiv, word, at, c.number(inner))
		row, term := fast, slow
		if along {
			row, term = slow, fast
		}
		d, there := c.inRange(rows, row, n)
		j := c.pure(opIAdd, word, k, term)
		there = c.both(there, c.pure(opULessThanEqual, c.boolean(), j, last))
		p := c.inside(c.base, append(c.spread(c.over, c.least(j, last)), d))
		x := c.choose(c.element, there, c.value(factor, p), zero)
		place := c.pure(opIAdd, word, c.pure(opIMul, word, term, c.number(uint32(n+padding))), row)
		c.do(opStore, uint32(c.cell(c.element, array, place)), uint32(x))
	}
}

// products adds the products of term k of the slabs.
func (c *contraction) products(k id, carried []id) (made []id) {
	word := c.uint(32)
	take := func(array id, n int, at id) id {
		place := c.pure(opIAdd, word, c.pure(opIMul, word, k, c.number(uint32(n+padding))), at)
		return c.get(opLoad, c.element, uint32(c.cell(c.element, array, place)))
	}
	a, b := make([]id, c.side), make([]id, c.side)
	for i := range a {
		a[i], b[i] = take(c.shared[0], c.bm, c.rowOf(i)), take(c.shared[1], c.bn, c.colOf(i))
	}
	for i, x := range a {
		for k, y := range b {
			made = append(made, c.plus(carried[i*c.side+k], x, y))
		}
	}
	return made
}

// plus is sum + x*y, of floats with one rounding or two as the device likes it best.
func (c *contraction) plus(sum, x, y id) id {
	if !c.o.d.IsFloat() {
		t := c.element
		return c.settled(c.o.d, c.pure(opIAdd, t, sum, c.pure(opIMul, t, x, y)))
	}
	return c.pure(opFAdd, c.element, sum, c.pure(opFMul, c.element, x, y))
}
