package spirv

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/tensor"
)

// packet is n consecutive numbers of a digit, from first on, which one invocation goes through together: what lies side by side in memory
// along the digit, from a multiple of 16 bytes on, is read and written 16 bytes at a time. Where the memory of a launch does not begin so,
// the numbers are gone through one by one.
type packet struct {
	first id
	n     int
}

// The numbers of a packet. Formulas of many operations are not written out for so many elements: drivers take long to compile them.
const (
	cpuPacket    = 8 // with which a lane of Mesa's CPU device stores 32 bytes of float32s
	gpuPacket    = 4
	fewOps       = 48
	mostOps      = 160
	fewPoints    = 1 << 14 // of a kernel that is done sooner than the code of packets is compiled
	packetBytes  = 16
	packetRounds = 2 // a digit of fewer packets is gone through one by one
	foldPacket   = 4 // for which a row of float32s has one texel
	narrowPacket = 8 // for which a row of narrower elements has
)

// aligned is how many elements of d a packet's first one must be a multiple of.
func aligned(d tensor.DType, n int) int { return min(n, packetBytes/d.Size()) }

// runs says whether an affine place in param goes along a packet of digit d, and begins each packet where it may.
func (g *generator) runs(param int, flat codegen.Affine, d *digit, n int) bool {
	unit := aligned(g.k.Params[param].DType, n)
	if flat.Const%unit != 0 || flat.Coef(d.inner()) != 1 {
		return false
	}
	mine := codegen.AxesOf(d.axes...)
	for _, t := range flat.Terms {
		if !mine.Contains(codegen.AxesOf(t.Axis)) && t.Coef%unit != 0 {
			return false
		}
	}
	return true
}

// packets says how many points of a section's last digit are done together, 1 if they are not, and which params are read and written so.
func (g *generator) packets(s *stage, c *section, digits []digit) (n int, params []int) {
	if g.few(total(digits)) || s.team > 1 || s.keep >= 0 || s.part >= 0 || s.scan != nil || len(digits) == 0 || g.folds(s, c) {
		return 1, nil
	}
	live := g.beneathStores(c.stores)
	ops := 0
	for _, i := range live {
		if g.k.Body[i].Kind == codegen.Map {
			ops++
		}
	}
	n = gpuPacket
	if g.c.Type == CPU && ops <= fewOps {
		n = cpuPacket
	}
	last := &digits[len(digits)-1]
	if ops > mostOps || last.extent < packetRounds*n || len(digits) > 1 && last.extent%n != 0 {
		return 1, nil
	}
	for _, i := range live {
		if v := &g.k.Body[i]; v.Kind == codegen.Load && g.runs(v.Param, g.flatOf(i), last, n) {
			params = append(params, v.Param)
		}
	}
	for _, i := range c.stores {
		if g.runs(g.k.Stores[i].Param, g.placeOf(i), last, n) {
			params = append(params, g.k.Stores[i].Param)
		}
	}
	if len(params) == 0 {
		return 1, nil
	}
	return n, params
}

// few says whether a stage of so many points is too little work for packets.
func (g *generator) few(points int) bool { return points < fewPoints && !g.c.always }

// beneathStores lists the values that stores need.
func (g *generator) beneathStores(stores []int) (list []int) {
	under := make([]bool, len(g.k.Body))
	for _, i := range stores {
		under[g.k.Stores[i].Value] = true
	}
	for i := len(under) - 1; i >= 0; i-- {
		if under[i] {
			list = append(list, i)
			for _, a := range g.k.Body[i].Args {
				under[a] = true
			}
		}
	}
	return list
}

// begins says whether the memory of params begins where packets may.
func (w *writer) begins(params []int, n int) id {
	word := w.uint(32)
	rest := w.number(0)
	for _, p := range params {
		unit := aligned(w.g.k.Params[p].DType, n)
		rest = w.pure(opBitwiseOr, word, rest, w.pure(opBitwiseAnd, word, w.base(p), w.number(uint32(unit-1))))
	}
	return w.pure(opIEqual, w.boolean(), rest, w.number(0))
}

// packed does a section's points in packets, and one by one those that are left, or all.
func (w *writer) packed(c *section, t *tile, n int, params []int, pass *Pass) {
	word := w.uint(32)
	whole := t.units / n
	begins := w.begins(params, n)
	w.span(w.number(0), w.choose(word, begins, w.number(uint32(whole)), w.number(0)), whole, pass, func(unit id) {
		counted := append([]digit(nil), t.digits...)
		last := len(counted) - 1
		counted[last].extent /= n
		digits := w.spread(counted, unit)
		base := w.inside(nil, digits[:last])
		points := make([]*point, n)
		for i, d := range w.consecutive(t.digits[last], w.pure(opIMul, word, digits[last].at, w.number(uint32(n))), n) {
			points[i] = w.inside(base, []digit{d})
		}
		w.storePacket(c.stores, points)
	})
	left := w.choose(word, begins, w.number(uint32(whole*n)), w.number(0))
	w.span(left, w.number(uint32(t.units)), t.units, pass, func(unit id) { w.rows(c, t, unit) })
}

// consecutive are the numbers of a packet of digit d.
func (w *writer) consecutive(d digit, first id, n int) []digit {
	list := make([]digit, n)
	p := &packet{first, n}
	for i := range list {
		d.at, d.packet, d.lane = first, p, i
		if i > 0 {
			d.at = w.pure(opIAdd, w.uint(32), first, w.number(uint32(i)))
		}
		list[i] = d
	}
	return list
}

// packetAt is the digit of a packet that a place in param goes along at p, and the point of the packet's first member.
func (w *writer) packetAt(param int, flat codegen.Affine, p *point) (*digit, *point) {
	for q := p; q != nil; q = q.outside {
		for i := range q.digits {
			if d := &q.digits[i]; d.packet != nil && w.g.runs(param, flat, d, d.packet.n) {
				return d, p.first(d.packet)
			}
		}
	}
	return nil, nil
}

// first is p with the first member of a packet in the place of its member.
func (p *point) first(k *packet) *point {
	if p == nil {
		return nil
	}
	q := *p
	q.outside = p.outside.first(k)
	q.digits = append([]digit(nil), p.digits...)
	for i := range q.digits {
		if q.digits[i].packet == k {
			q.digits[i].at = k.first
		}
	}
	return &q
}

// lane reads an element at a point that is one of a packet; 0: it is not.
func (w *writer) lane(param int, flat codegen.Affine, p *point) id {
	d, first := w.packetAt(param, flat, p)
	if d == nil {
		return 0
	}
	dtype := w.g.k.Params[param].DType
	size := dtype.Size()
	words := w.readWords(param, w.place(first, flat, w.base(param)), d.packet.n)
	at := d.lane * size
	switch size {
	case 8:
		return w.long(dtype, words(at/4), words(at/4+1))
	case 4:
		return w.fromWord(dtype, words(at/4))
	}
	return w.unpacked(dtype, words(at/4), w.number(uint32(at%4*8)))
}

// readWords gives the words of a packet of n elements of an input, which begins at element number at.
func (w *writer) readWords(param int, at id, n int) func(i int) id {
	size := w.g.k.Params[param].DType.Size()
	word := w.uint(32)
	each := max(min(n*size/4, 4), 1) // words read at once, unless as texels
	number := w.pure(opUDiv, word, at, w.number(uint32(4*each/size)))
	return func(i int) id {
		unit := w.pure(opIAdd, word, number, w.number(uint32(i/each)))
		switch {
		case w.g.texels && each == 4:
			return w.extracted(word, w.fetch(param, unit), uint32(i%4))
		case w.g.texels:
			first := w.pure(opIMul, word, number, w.number(uint32(each)))
			return w.chosen(w.fetch(param, w.pure(opUDiv, word, first, w.number(4))), w.pure(opIAdd, word, first, w.number(uint32(i))))
		case each == 1:
			return w.pure(opLoad, word, w.wide(param, word, 4, unit))
		}
		t := w.vector(uint32(each))
		return w.extracted(word, w.pure(opLoad, t, w.wide(param, t, uint32(4*each), unit)), uint32(i%each))
	}
}

// wide points to part number at of a param that is seen as parts of a type, of so many bytes.
func (w *writer) wide(param int, t id, bytes uint32, at id) id {
	g := w.g
	key := [2]uint32{uint32(param), uint32(t)}
	if g.views[key] == 0 {
		v := g.variable(classStorageBuffer, g.structure(g.array(t, bytes)))
		g.decorate(v, decDescriptorSet, 0)
		g.decorate(v, decBinding, uint32(param))
		g.views[key] = v
		g.seen = append(g.seen, view{param, v})
		g.shared[param] = true
	}
	return w.pure(opAccessChain, w.pointer(classStorageBuffer, t), g.views[key], w.number(0), at)
}

// storePacket does stores at the points of a packet.
func (w *writer) storePacket(stores []int, points []*point) {
	values := make([][]id, len(stores))
	for k, i := range stores {
		for _, p := range points {
			values[k] = append(values[k], w.value(w.g.k.Stores[i].Value, p))
		}
	}
	for k, i := range stores {
		s := &w.g.k.Stores[i]
		q := &w.g.k.Params[s.Param]
		if _, first := w.packetAt(s.Param, q.Flat(s.At), points[0]); first != nil {
			w.writeWords(s.Param, w.place(first, q.Flat(s.At), w.base(s.Param)), values[k])
			continue
		}
		for j, p := range points {
			w.store(q.DType, w.element(s.Param, w.place(p, q.Flat(s.At), w.base(s.Param))), values[k][j])
		}
	}
}

// writeWords stores the elements of a packet from element number at on.
func (w *writer) writeWords(param int, at id, values []id) {
	d := w.g.k.Params[param].DType
	word := w.uint(32)
	words := w.toWords(d, values)
	each := min(len(words), 4)
	number := w.pure(opUDiv, word, at, w.number(uint32(4*each/d.Size())))
	for i := 0; i < len(words); i += each {
		unit := w.pure(opIAdd, word, number, w.number(uint32(i/each)))
		t, x := w.together(words[i : i+each])
		w.do(opStore, uint32(w.wide(param, t, uint32(4*each), unit)), uint32(x))
	}
}

// together puts words together for one store. Mesa's CPU device takes as long for a word of 64 bits as for one of 32.
func (w *writer) together(words []id) (t, x id) {
	if len(words) == 1 {
		return w.uint(32), words[0]
	}
	if w.c.Type != CPU || !w.c.ShaderInt64 {
		t = w.vector(uint32(len(words)))
		return t, w.pure(opCompositeConstruct, t, words...)
	}
	var long []id
	for i := 0; i < len(words); i += 2 {
		long = append(long, w.long(tensor.Uint64, words[i], words[i+1]))
	}
	if len(long) == 1 {
		return w.uint(64), long[0]
	}
	t = w.typ(opTypeVector, uint32(w.uint(64)), 2)
	return t, w.pure(opCompositeConstruct, t, long...)
}

// toWords are elements as they lie in memory.
func (w *writer) toWords(d tensor.DType, values []id) (words []id) {
	word := w.uint(32)
	for i, x := range values {
		switch {
		case d.IsBool():
			x = w.choose(word, x, w.number(1), w.number(0))
		case d.Size() == 8:
			pair := w.pure(opBitcast, w.vector(2), x)
			words = append(words, w.extracted(word, pair, 0), w.extracted(word, pair, 1))
			continue
		case d == tensor.Float32:
			x = w.pure(opBitcast, word, x)
		}
		if d.Size() == 4 {
			words = append(words, x)
			continue
		}
		x = w.pure(opBitwiseAnd, word, x, w.number(1<<width(d)-1))
		if at := i * d.Size() % 4; at == 0 {
			words = append(words, x)
		} else {
			n := len(words) - 1
			words[n] = w.pure(opBitwiseOr, word, words[n], w.pure(opShiftLeftLogical, word, x, w.number(uint32(8*at))))
		}
	}
	return words
}

// aligned calls body for a section's rows: in packets where the memory of a launch begins as these need it, and one by one where it does not. Both
// give the same bits.
func (w *writer) aligned(s *stage, c *section, t *tile, body func()) {
	n, params := w.g.rowPackets(s, c, t)
	if len(params) == 0 {
		body()
		return
	}
	begins := w.begins(params, n)
	w.pack = n
	w.either(begins, body, func() { w.pack = 0; body() })
}

// rowPackets says how long the packets of a section's rows are, on GPUs of those that teams go along, and which params have elements side by side along any of the digits.
func (g *generator) rowPackets(s *stage, c *section, t *tile) (n int, params []int) {
	if g.c.Type == CPU && !g.texels || g.c.Type != CPU && s.team == 1 || !g.folds(s, c) {
		return 0, nil
	}
	n = foldPacket
	ops := 0
	digits := append([]digit(nil), t.digits...)
	for i := range g.k.Body {
		switch v := &g.k.Body[i]; {
		case !g.live[i]:
		case v.Kind == codegen.Map:
			ops++
		case v.Kind == codegen.Reduce:
			digits = append(digits, g.digits(g.foldOrder(i))...)
		case v.Kind == codegen.Load && v.DType.Size() < 4 && g.c.Type == CPU:
			n = narrowPacket
		}
	}
	if ops > mostOps || t.units < fewPoints && g.few(t.units*min(g.rounds(s), fewPoints)) {
		return 0, nil
	}
	for _, i := range c.stores {
		digits = append(digits, g.alongs(c, i)...)
	}
	take := func(param int, flat codegen.Affine) {
		if slices.ContainsFunc(digits, func(d digit) bool { return g.runs(param, flat, &d, n) }) && !slices.Contains(params, param) {
			params = append(params, param)
		}
	}
	for i := range g.k.Body {
		if v := &g.k.Body[i]; g.live[i] && v.Kind == codegen.Load {
			take(v.Param, g.flatOf(i))
		}
	}
	for _, i := range c.stores {
		take(g.k.Stores[i].Param, g.placeOf(i))
	}
	return n, params
}

// goesAlong says whether something that folds read lies side by side along a digit.
func (w *writer) goesAlong(list []folder, d *digit) bool {
	if w.pack == 0 || d.extent < packetRounds*w.pack {
		return false
	}
	return slices.ContainsFunc(list, func(o folder) bool {
		return slices.ContainsFunc(w.g.loads(o.r), func(l int) bool {
			v := &w.g.k.Body[l]
			return v.Kind == codegen.Load && w.g.runs(v.Param, w.g.flatOf(l), d, w.pack)
		})
	})
}

// storesAlong says whether stores go along a digit in packets.
func (w *writer) storesAlong(stores []int, d *digit) bool {
	return w.pack > 0 && (w.s.team == 1 || d.extent%w.pack == 0) && d.extent >= packetRounds*w.pack && slices.ContainsFunc(stores, func(i int) bool {
		return w.g.runs(w.g.k.Stores[i].Param, w.g.placeOf(i), d, w.pack)
	})
}

// inPackets folds the numbers from..to of the innermost digit, in the order that emptied goes through them: whole chunks, where there are such, in
// packets, and what is left one by one. from is the first of a packet.
func (w *writer) inPackets(list []folder, points []*point, d digit, outer []digit, from, to id, short int, carried []id) []id {
	word := w.uint(32)
	n := w.pack
	unit := n
	if short > 0 {
		unit = short / n * n
	}
	many := w.pure(opISub, word, to, w.least(from, to))
	whole := w.pure(opIAdd, word, from, w.pure(opIMul, word, w.pure(opUDiv, word, many, w.number(uint32(unit))), w.number(uint32(unit))))
	carried = w.emptied(list, points, from, whole, uint32(n), short/n, carried, func(i id, carried []id) []id {
		for _, d := range w.consecutive(d, i, n) {
			carried = w.step(list, points, append(slices.Clone(outer), d), carried)
		}
		return carried
	})
	return w.emptied(list, points, whole, to, 1, short, carried, func(i id, carried []id) []id {
		d.at = i
		return w.step(list, points, append(slices.Clone(outer), d), carried)
	})
}
