package planner

import (
	"cmp"
	"slices"

	"github.com/einloom/einloom/expr"
)

// settleLooped decides about the nodes that tie slices to what is outside of them.
func (f *fuser) settleLooped(n int) bool {
	node := f.nodes[n]
	if _, slides := f.looped.slide(node); slides {
		v, _ := f.view(n)
		for i := 0; i < len(f.demands[n]); i++ {
			f.see(f.demands[n][i], v)
		}
		return true
	}
	total, ok := f.looped.totals[node]
	if ok {
		f.collect(n, total)
	}
	return ok
}

// collect gives the total of all slices its memory, and groups of their own that write it: one sets it to 0, outside of the loop, one adds
// what a slice gives to what is there. Where slices are not added up each stores its part.
func (f *fuser) collect(n int, total slide) {
	l := &f.looped.loops[total.loop-1]
	node, one := f.nodes[n], f.args[n][0]
	whole := f.stored(n)
	whole.moves = f.path(node, total, whole.strides)
	readers := slices.Clone(f.demands[n])
	if l.sums {
		g := &group{foreign: f.foreign(n)}
		f.groups = append(f.groups, g)
		zero := f.append(expr.Make(expr.Node{Kind: expr.KConst, DType: node.DType, Pos: node.Pos}))
		own := g.over(node.Shape)
		f.keep(n, demand{g, f.ask(g, zero, nil, false)}, own)
	}
	g := &group{within: within{total.loop, len(l.indices)}, foreign: f.foreign(one), after: slices.Clone(f.makers[n])}
	f.groups = append(f.groups, g)
	own := g.over(f.nodes[one].Shape)
	part := f.ask(g, one, own, false)
	d := demand{g, part}
	if l.sums {
		plus := opAdd
		if node.DType.IsBool() {
			plus = opOr
		}
		x := f.nodes[one]
		sum := f.append(expr.Make(expr.Node{Kind: expr.KMap, Op: plus, Args: []*expr.Node{x, x}, Pos: node.Pos}))
		g.foreign = g.foreign || f.native != nil && stranger(f.nodes[sum], f.native)
		g.entries = append(g.entries, entry{node: n, at: own, seen: &whole}, entry{node: sum, at: own, args: []int{part + 1, part}, inside: true})
		g.reads, g.inside = g.reads+1, g.inside+1
		d.entry = part + 2
	}
	first := len(g.outs)
	f.write(n, d, own, 0, whole.strides)
	for i := range g.outs[first:] {
		g.outs[first+i].moves = whole.moves
	}
	for _, r := range readers {
		f.read(n, r)
	}
}

// byLoop puts the groups of a loop together: before the one that adds up its slices, the groups of outer labels before those of inner ones.
// What else runs before that one needs nothing of the loop, which gives nothing but the total.
func (f *fuser) byLoop(groups []*group) []*group {
	if f.looped == nil {
		return groups
	}
	held := make([][]*group, len(f.looped.loops)+1)
	var list []*group
	for _, g := range groups {
		l := g.within.loop
		if l == 0 {
			list = append(list, g)
			continue
		}
		held[l] = append(held[l], g)
		if slices.ContainsFunc(g.outs, func(o out) bool { return o.moves != nil }) {
			slices.SortStableFunc(held[l], func(a, b *group) int { return cmp.Compare(a.within.depth, b.within.depth) })
			list = append(list, held[l]...)
		}
	}
	for i, g := range list {
		g.number = i
	}
	return list
}

// stretch is the steps of a loop.
type stretch struct{ from, to int } // from step from up to step to, exclusive

// stretches finds the steps of each loop, which stand together.
func (s *state) stretches() []stretch {
	if s.looped == nil {
		return nil
	}
	list := make([]stretch, len(s.looped.loops)+1)
	for i := range s.steps {
		if l := s.steps[i].group.within.loop; l > 0 {
			if list[l].to == 0 {
				list[l].from = i
			}
			list[l].to = i + 1
		}
	}
	return list
}

// linger makes the buffers that step i touches live as long as the slices need them: what a slice reads from outside, or an inner label from
// an outer one, until the last slice is done; the total from the first one on.
func (s *state) linger(b *buffer, i int, a spot, loops []stretch) {
	w := s.steps[i].group.within
	if w.loop == 0 {
		return
	}
	l := loops[w.loop]
	_, part := s.parts[a.node]
	inBlocks := s.steps[i].group.blocked != nil && !part // stored block by block
	if total := s.looped.totals[s.graph.nodes[a.node]]; total.loop == w.loop || inBlocks {
		b.first = min(b.first, l.from)
	} else if s.steps[b.first].group.within == w {
		return
	}
	b.last = max(b.last, l.to-1)
}
