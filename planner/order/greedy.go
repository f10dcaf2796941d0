package order

import "container/heap"

// crowd is the number of terms on one label up to which every pair of them is looked at; of larger ones each term meets its next few.
const crowd = 24

// greedy contracts the terms of part pair by pair, each time the pair that makes the tensors grow least: the elements of its result less
// those of the two terms. A label that several terms share (a hyperedge) stays until the last of them is contracted.
func (b *builder) greedy(part []int) {
	g := greedy{b: b, on: make([][]int, len(b.sizes)), dead: map[int]bool{}}
	for _, t := range part {
		g.enter(t)
	}
	left := len(part)
	for left > 1 && len(g.queue) > 0 {
		p := heap.Pop(&g.queue).(pair)
		if g.dead[p.x] || g.dead[p.y] {
			continue
		}
		g.dead[p.x], g.dead[p.y] = true, true
		g.enter(b.contract(p.x, p.y))
		left--
	}
}

// greedy is the state of a search.
type greedy struct {
	b     *builder
	on    [][]int // of each label, the terms that have had it
	dead  map[int]bool
	queue queue
}

// enter puts the pairs of t with its neighbours into the queue.
func (g *greedy) enter(t int) {
	met := map[int]bool{t: true}
	for _, l := range g.b.labels[t] {
		if g.b.sizes[l] == 1 {
			continue
		}
		live := g.on[l][:0]
		for _, u := range g.on[l] {
			if !g.dead[u] {
				live = append(live, u)
			}
		}
		g.on[l] = append(live, t)
		for _, u := range live[max(0, len(live)-crowd):] {
			if !met[u] {
				met[u] = true
				heap.Push(&g.queue, g.pair(u, t))
			}
		}
	}
}

// pair weighs two terms. What it leaves out of the result is exact only now: labels that end with other terms later are still counted.
func (g *greedy) pair(x, y int) pair {
	b := g.b
	result := 1.0
	for _, l := range b.labels[x] {
		n := 1
		if b.sets[y].has(l) {
			n = 2
		}
		if b.count[l] > n {
			result *= b.sizes[l]
		}
	}
	for _, l := range b.labels[y] {
		if !b.sets[x].has(l) && b.count[l] > 1 {
			result *= b.sizes[l]
		}
	}
	p, q := b.sets[x].product(b.sizes), b.sets[y].product(b.sizes)
	return pair{x, y, result - p - q}
}

// pair is a candidate; a lower score is better, and among equals the older terms.
type pair struct {
	x, y  int
	score float64
}

type queue []pair

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	switch a, b := q[i], q[j]; {
	case a.score != b.score:
		return a.score < b.score
	case a.x != b.x:
		return a.x < b.x
	default:
		return a.y < b.y
	}
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(pair)) }
func (q *queue) Pop() any {
	last := len(*q) - 1
	p := (*q)[last]
	*q = (*q)[:last]
	return p
}
