package spirv

import (
	"fmt"
	"math"
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/tensor"
)

// folder folds one reduction. Its state is the result so far; of argmin and argmax it is the best value so far and its place.
type folder struct {
	r    int
	name string
	arg  int          // the value that is folded
	d    tensor.DType // what it is folded as: its dtype, of halves float32
}

func folderOf(k *codegen.Kernel, r int) folder {
	v := &k.Body[r]
	o := folder{r, v.Op.Name, v.Args[0], k.Body[v.Args[0]].DType}
	if isHalf(o.d) {
		o.d = tensor.Float32
	}
	return o
}

// places says whether it is the place of a value that is asked for.
func (o folder) places() bool { return o.name == "argmin" || o.name == "argmax" }

// dtypes are those of the state.
func (o folder) dtypes() []tensor.DType {
	if o.places() {
		return []tensor.DType{o.d, tensor.Uint32}
	}
	return []tensor.DType{o.d}
}

func (o folder) types(f *function) (list []id) {
	for _, d := range o.dtypes() {
		list = append(list, f.typeOf(d))
	}
	return list
}

// initial is the state before the first of some points, place being the first one's; of none the result of a fold of nothing.
func (o folder) initial(f *function, place id, none bool) []id {
	d := o.d
	ones := uint64(math.MaxUint64) >> (64 - 8*d.Size())
	switch o.name {
	case "add":
		if d.IsFloat() && !none {
			return []id{f.real(d, math.Copysign(0, -1))} // which added to x gives x, to -0 too
		}
		return []id{f.bits(d, 0)}
	case "mul":
		return []id{f.one(d)}
	case "and":
		if d.IsBool() {
			ones = 1
		}
		return []id{f.bits(d, ones)}
	case "or":
		return []id{f.bits(d, 0)}
	}
	least := o.name == "maximum" || o.name == "argmax"
	var x id
	switch {
	case d.IsBool():
		x = f.truth(!least)
	case d.IsFloat() && least:
		x = f.real(d, math.Inf(-1))
	case d.IsFloat():
		x = f.real(d, math.Inf(1))
	case d.IsSigned() && least:
		x = f.bits(d, ones>>1+1)
	case d.IsSigned():
		x = f.bits(d, ones>>1)
	case least:
		x = f.bits(d, 0)
	default:
		x = f.bits(d, ones)
	}
	if o.places() {
		return []id{x, place}
	}
	return []id{x}
}

// join folds two states, those of a before those of b: of equal values the first is the best, unless later is false, where b's place is to be
// looked at.
func (o folder) join(f *function, a, b []id, later bool) []id {
	if !o.places() {
		return []id{o.combine(f, a[0], b[0])}
	}
	better := o.better(f, b[0], a[0])
	if !later {
		worse := o.better(f, a[0], b[0])
		same := f.pure(opLogicalNot, f.boolean(), f.pure(opLogicalOr, f.boolean(), better, worse))
		before := f.pure(opULessThan, f.boolean(), b[1], a[1])
		better = f.pure(opLogicalOr, f.boolean(), better, f.both(same, before))
	}
	return []id{f.choose(f.typeOf(o.d), better, b[0], a[0]), f.choose(f.uint(32), better, b[1], a[1])}
}

// better says whether x is to be preferred to y: it is less (or greater), or the first NaN.
func (o folder) better(f *function, x, y id) id {
	if o.d.IsBool() {
		no := func(x id) id { return f.pure(opLogicalNot, f.boolean(), x) }
		if o.name == "argmin" {
			return f.both(no(x), y)
		}
		return f.both(x, no(y))
	}
	name := "less"
	if o.name == "argmax" {
		name = "greater"
	}
	better := f.compare(name, o.d, x, y)
	if o.d.IsFloat() {
		first := f.both(f.compare("not_equal", o.d, x, x), f.compare("equal", o.d, y, y))
		better = f.pure(opLogicalOr, f.boolean(), better, first)
	}
	return better
}

// combine folds two values.
func (o folder) combine(f *function, x, y id) id {
	t := f.typeOf(o.d)
	if o.d.IsBool() {
		if o.name == "add" || o.name == "or" || o.name == "maximum" {
			return f.pure(opLogicalOr, t, x, y)
		}
		return f.pure(opLogicalAnd, t, x, y)
	}
	switch o.name {
	case "minimum", "maximum":
		name := "less"
		if o.name == "maximum" {
			name = "greater"
		}
		take := f.compare(name, o.d, y, x)
		if o.d.IsFloat() {
			take = f.pure(opLogicalOr, f.boolean(), take, f.compare("not_equal", o.d, y, y))
		}
		return f.choose(t, take, y, x)
	}
	z, err := f.operation(o.name, o.d, []id{x, y})
	if err != nil {
		return 0 // Verify lets no such kernel pass
	}
	return z
}

// result is what the reduction gives.
func (o folder) result(f *function, state []id) id {
	if o.places() {
		return f.pure(opUConvert, f.uint(64), state[1])
	}
	return state[0]
}

// fold computes reductions over the same axes, none of which needs another's result, at points of one scope side by side, and notes their
// results there.
func (w *writer) fold(reduces []int, points []*point) {
	list := make([]folder, len(reduces))
	for i, r := range reduces {
		list[i] = folderOf(w.g.k, r)
	}
	var states [][]id
	if c := w.g.cut[reduces[0]]; c != nil {
		states = w.joined(list[0], c, points, w.number(uint32(c.count())))
	} else {
		states = w.walked(list, points)
	}
	team := w.s.team > 1 && points[0].team
	for i, p := range points {
		for k, o := range list {
			s := states[i*len(list)+k]
			if team {
				s = w.gathered(o, s)
			}
			p.memo[o.r] = o.result(w.function, s)
		}
	}
}

// walked goes over all points of the axes: alone in nested loops, in a team each its own.
func (w *writer) walked(list []folder, points []*point) [][]id {
	digits := w.g.digits(w.g.foldOrder(list[0].r))
	n := total(digits)
	if w.s.team > 1 && points[0].team {
		return w.teamed(list, points, digits, w.number(0), w.number(uint32(n)), ceil(n, w.s.team))
	}
	var nest func(k int, done []digit, carried []id) []id
	nest = func(k int, done []digit, carried []id) []id {
		if k == len(digits) {
			return w.step(list, points, done, carried)
		}
		d := digits[k]
		short, inner := 0, total(digits[k+1:])
		if 0 < inner && inner <= chunk && chunk < inner*d.extent {
			short = chunk / inner
		}
		if k == len(digits)-1 && w.goesAlong(list, &d) {
			return w.inPackets(list, points, d, done, w.number(0), w.number(uint32(d.extent)), short, carried)
		}
		return w.emptied(list, points, w.number(0), w.number(uint32(d.extent)), 1, short, carried, func(i id, carried []id) []id {
			d.at = i
			return nest(k+1, append(slices.Clone(done), d), carried)
		})
	}
	return split(list, points, nest(0, nil, w.begin(list, points, w.number(0), n == 0)))
}

// ranged goes over the flat points from, from+step ... below to, which are about so many.
func (w *writer) ranged(list []folder, points []*point, digits []digit, from, to id, step uint32, many int) [][]id {
	short := 0
	if many > chunk {
		short = chunk
	}
	carried := w.begin(list, points, from, false)
	if step == 1 && len(digits) == 1 && w.goesAlong(list, &digits[0]) {
		return split(list, points, w.inPackets(list, points, digits[0], nil, from, to, short, carried))
	}
	made := w.emptied(list, points, from, to, step, short, carried, func(i id, carried []id) []id {
		return w.step(list, points, w.spread(digits, i), carried)
	})
	return split(list, points, made)
}

// chunk is how many terms a sum of floats has before it is added to a total: no term is so rounded as often as there are terms.
const chunk = 128

// emptied is a loop whose sums of floats are of so many rounds, short, and are then emptied into totals; with short 0 it is one loop.
func (w *writer) emptied(list []folder, points []*point, from, to id, step uint32, short int, carried []id, body func(i id, carried []id) []id) []id {
	types := w.typesOf(list, points)
	sums := slices.ContainsFunc(list, func(o folder) bool { return o.name == "add" && o.d.IsFloat() })
	if short == 0 || !sums {
		return w.loop(from, to, w.number(step), types, carried, body)
	}
	rounds := w.number(step * uint32(short))
	return w.loop(from, to, rounds, types, carried, func(i id, totals []id) (made []id) {
		end := w.least(w.pure(opIAdd, w.uint(32), i, rounds), to)
		parts := split(list, points, w.loop(i, end, w.number(step), types, w.begin(list, points, i, false), body))
		for k, total := range split(list, points, totals) {
			made = append(made, list[k%len(list)].join(w.function, total, parts[k], true)...)
		}
		return made
	})
}

// begin is all states at all points, flat.
func (w *writer) begin(list []folder, points []*point, place id, none bool) (flat []id) {
	for range points {
		for _, o := range list {
			flat = append(flat, o.initial(w.function, place, none)...)
		}
	}
	return flat
}

func (w *writer) typesOf(list []folder, points []*point) (flat []id) {
	for range points {
		for _, o := range list {
			flat = append(flat, o.types(w.function)...)
		}
	}
	return flat
}

// split gives each fold at each point its state.
func split(list []folder, points []*point, flat []id) (states [][]id) {
	for range points {
		for _, o := range list {
			n := len(o.dtypes())
			states = append(states, flat[:n])
			flat = flat[n:]
		}
	}
	return states
}

// step folds one more point of the axes, whose digits are given, at each of points.
func (w *writer) step(list []folder, points []*point, digits []digit, carried []id) []id {
	inner := make([]*point, len(points))
	var args []int
	for i, p := range points {
		inner[i] = w.inside(p, digits)
	}
	for _, o := range list {
		args = append(args, o.arg)
	}
	w.prepare(args, inner)
	place := w.number(0)
	if len(digits) > 0 {
		place = digits[0].at // argmin and argmax have one axis
	}
	var made []id
	for i, state := range split(list, points, carried) {
		o, p := list[i%len(list)], inner[i/len(list)]
		x := w.cast(w.g.k.Body[o.arg].DType, o.d, w.value(o.arg, p))
		made = append(made, o.join(w.function, state, []id{x, place}, true)...)
	}
	return made
}

// prepare computes the reductions that values need at points which have all that these depend on: side by side, and those over the same
// axes in one loop.
func (w *writer) prepare(values []int, points []*point) {
	g := w.g
	type key struct {
		level int
		axes  string
	}
	var keys []key
	groups := map[key][]int{}
	for _, r := range g.needed(values) {
		on := g.trim(g.on[r])
		p := points[0]
		if !p.bound.Contains(on) || p.home(on) != p || p.memo[r] != 0 || g.resident[r] != nil && w.s.keep != r {
			continue
		}
		k := key{g.level[r], fmt.Sprint(g.foldOrder(r))}
		if g.cut[r] != nil {
			k.axes = fmt.Sprint("pieces of ", r)
		}
		if groups[k] == nil {
			keys = append(keys, k)
		}
		groups[k] = append(groups[k], r)
	}
	slices.SortStableFunc(keys, func(a, b key) int { return a.level - b.level })
	for _, k := range keys {
		w.within(points[0].level, func() { w.fold(groups[k], points) })
	}
}

// needed lists the reductions beneath values, those too that other reductions need, unless these lie in scratch memory.
func (g *generator) needed(values []int) (list []int) {
	under := make([]bool, slices.Max(values)+1)
	for _, v := range values {
		under[v] = true
	}
	for i := len(under) - 1; i >= 0; i-- {
		if under[i] && (g.resident[i] == nil || slices.Contains(values, i)) {
			for _, a := range g.k.Body[i].Args {
				under[a] = true
			}
		}
	}
	for i, is := range under {
		if is && g.k.Body[i].Kind == codegen.Reduce {
			list = append(list, i)
		}
	}
	return list
}
