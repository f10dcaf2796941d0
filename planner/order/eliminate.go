package order

import (
	"math/bits"
	"math/rand/v2"
	"slices"
)

// eliminate sums the labels out one by one: all terms of a label are contracted to one, the smallest first. Which label is next is what
// decides: that whose result is smallest, or that whose result brings the fewest pairs of labels together that were apart (min-size and
// min-fill elimination orders, as for Bayesian networks: Kjærulff 1990; Dechter 1999). Labels of the output stay.
type eliminate struct {
	h    *hyper
	fill bool
	heat float64
	rng  *rand.Rand

	count   []int32
	on      [][]int32 // of each label, the live terms that have it
	terms   [][]int32
	size    []int64
	gone    []bool // of each label, whether it has been summed out
	words   int
	near    []uint64 // of each label, the labels of its terms; for min-fill alone
	mark    []int32
	marks   int32
	union   []int32
	version []int32 // of each label, how often it has been weighed
	heap    heap[score]
	widest  int   // the most labels that met in one elimination
	most    int64 // the logarithm of the most elements that a result may have
	joints  []joint
	work    int64
}

// fillLimit is the most labels that min-fill is tried for: it keeps a bit for each two of them. Where more than fillWidth meet, it takes
// too long.
const (
	fillLimit = 4096
	fillWidth = 96
)

func newEliminate(h *hyper, rng *rand.Rand) *eliminate {
	n := len(h.log)
	return &eliminate{h: h, rng: rng, words: (n + 63) / 64, on: make([][]int32, n), gone: make([]bool, n), mark: make([]int32, n),
		version: make([]int32, n)}
}

// run gives the joints of a whole tree; nil if one of its results is too large.
func (e *eliminate) run(fill bool, heat float64) []joint {
	h := e.h
	e.fill, e.heat, e.work = fill, heat, 0
	e.count = h.counts()
	e.terms = append(e.terms[:0], h.terms...)
	e.size, e.joints, e.heap = e.size[:0], e.joints[:0], e.heap[:0]
	for l, on := range h.on() {
		e.on[l], e.gone[l] = append(e.on[l][:0], on...), len(on) == 0 || h.open[l]
	}
	for _, t := range h.terms {
		e.size = append(e.size, h.size(t))
	}
	if fill {
		if e.near == nil {
			e.near = make([]uint64, len(h.log)*e.words)
		}
		clear(e.near)
		for _, t := range h.terms {
			e.meet(t)
		}
	}
	for l := range e.gone {
		e.weigh(int32(l))
	}
	for len(e.heap) > 0 {
		if e.size[len(e.size)-1] > e.most {
			return nil
		}
		s := e.heap.pop()
		if !e.gone[s.label] && s.version == e.version[s.label] {
			e.remove(s.label)
		}
	}
	e.rest()
	return e.joints
}

// meet makes the labels of a term neighbours.
func (e *eliminate) meet(term []int32) {
	for _, l := range term {
		near := e.near[int(l)*e.words:]
		for _, m := range term {
			near[m>>6] |= 1 << (m & 63)
		}
	}
	e.work += int64(2 * len(term) * len(term))
}

// around gives the labels of all terms that have l, in no sequence.
func (e *eliminate) around(l int32) []int32 {
	e.marks++
	e.union = e.union[:0]
	for _, t := range e.on[l] {
		for _, m := range e.terms[t] {
			if e.mark[m] != e.marks {
				e.mark[m] = e.marks
				e.union = append(e.union, m)
			}
		}
		e.work += int64(2 * len(e.terms[t]))
	}
	return e.union
}

// weigh scores the elimination of a label.
func (e *eliminate) weigh(l int32) {
	if e.gone[l] {
		return
	}
	around := e.around(l)
	s := float64(e.h.size(around)) / fixedOne
	if e.fill {
		near := e.near[int(l)*e.words : (int(l)+1)*e.words]
		missing := 0
		for _, m := range around {
			other := e.near[int(m)*e.words : (int(m)+1)*e.words]
			for k, x := range near {
				missing += bits.OnesCount64(x &^ other[k])
			}
		}
		e.work += int64(2 * len(around) * e.words)
		s = float64(missing) + float64(s/1024)
	}
	if e.heat != 0 {
		s -= float64(e.heat * gumbel[e.rng.Uint64()>>(64-gumbelBits)])
	}
	e.version[l]++
	e.heap.push(score{s, l, e.version[l]})
	e.work += 40
}

// remove eliminates a label.
func (e *eliminate) remove(l int32) {
	around := slices.Clone(e.around(l))
	e.widest = max(e.widest, len(around))
	made := e.on[l][0]
	if len(e.on[l]) == 1 { // a contraction before left it to one term
		e.gone[l] = true
		return
	}
	for len(e.on[l]) > 1 {
		made = e.contract(e.on[l])
		if e.count[l] == 0 {
			break
		}
	}
	for _, m := range around {
		if e.count[m] == 0 {
			e.gone[m] = true
		}
	}
	term := e.terms[made]
	if e.fill {
		for _, m := range term {
			near := e.near[int(m)*e.words:]
			for _, g := range around {
				if e.gone[g] && e.count[g] == 0 {
					near[g>>6] &^= 1 << (g & 63)
				}
			}
		}
		e.meet(term)
	}
	for _, m := range term {
		e.weigh(m)
	}
}

// contract joins the two smallest of a list of terms, and gives the node of their result.
func (e *eliminate) contract(list []int32) int32 {
	a, b := 0, 1
	if e.size[list[b]] < e.size[list[a]] {
		a, b = b, a
	}
	for i := 2; i < len(list); i++ {
		switch s := e.size[list[i]]; {
		case s < e.size[list[a]]:
			a, b = i, a
		case s < e.size[list[b]]:
			b = i
		}
	}
	e.work += int64(2 * len(list))
	return e.join(list[a], list[b])
}

func (e *eliminate) join(x, y int32) int32 {
	made := int32(len(e.terms))
	e.joints = append(e.joints, joint{x, y})
	for _, t := range [2]int32{x, y} {
		for _, l := range e.terms[t] {
			on := e.on[l]
			i := slices.Index(on, t)
			on[i] = on[len(on)-1]
			e.on[l] = on[:len(on)-1]
		}
	}
	term := merge(make([]int32, 0, len(e.terms[x])+len(e.terms[y])), e.terms[x], e.terms[y], e.count)
	for _, l := range term {
		e.on[l] = append(e.on[l], made)
	}
	e.terms, e.size = append(e.terms, term), append(e.size, e.h.size(term))
	e.terms[x], e.terms[y] = nil, nil
	e.size[x], e.size[y] = -1, -1
	e.work += int64(20 * len(term))
	return made
}

// rest joins what has only labels of the output, the smallest first.
func (e *eliminate) rest() {
	var list []int32
	for t, s := range e.size {
		if s >= 0 {
			list = append(list, int32(t))
		}
	}
	slices.SortStableFunc(list, func(a, b int32) int { return int(min(max(e.size[a]-e.size[b], -1), 1)) })
	for len(list) > 1 {
		made := e.join(list[0], list[1])
		list = list[2:]
		at, _ := slices.BinarySearchFunc(list, e.size[made], func(t int32, s int64) int { return int(min(max(e.size[t]-s, -1), 1)) })
		list = slices.Insert(list, at, made)
	}
}

// score is a label's; of one label the last version counts.
type score struct {
	score          float64
	label, version int32
}

func (a score) Before(b score) bool {
	return a.score < b.score || a.score == b.score && a.label < b.label
}

// elimination is eliminate by size and by fill, without and then with chance.
type elimination struct{}

func (elimination) name() string { return "elimination" }

func (m elimination) run(r *race) {
	e := newEliminate(r.h, r.rng)
	for i := 0; i < 8 && r.meter.left(); i++ {
		fill := i&1 != 0 && len(r.h.log) <= fillLimit
		if fill && e.widest > fillWidth {
			continue
		}
		e.most = r.most()
		if joints := e.run(fill, float64(i/2)*0.1); joints != nil {
			r.offer(joints, m.name())
		}
		r.meter.spend(e.work)
	}
}
