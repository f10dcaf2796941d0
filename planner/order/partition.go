package order

import (
	"math/rand/v2"
	"slices"
)

// partition cuts hypergraphs in two: vertices of about equal weight on either side, edges on both sides as few as can be, by cost
// (Fiduccia and Mattheyses, "A linear-time heuristic for improving network partitions", 1982), through a sequence of coarser graphs whose
// vertices are pairs of neighbours (multilevel partitioning: Hendrickson and Leland 1995; Karypis, Aggarwal, Kumar, Shekhar 1997).
type partition struct {
	rng   *rand.Rand
	slack float64 // how much heavier than half a side may be, from 0 to 1
	work  int64

	side    []uint8
	ends    [][2]int32 // of each edge, how many of its vertices are on either side
	gain    []int64    // of each vertex, what moving it saves
	version []int32    // of each vertex, how often its gain has changed; -1 once it has moved
	heaps   [2]heap[move]
	moves   []int32
}

// graph is a hypergraph.
type graph struct {
	weight []int32
	edges  [][]int32 // of each vertex
	ends   [][]int32 // of each edge
	cost   []int64   // of each edge
}

// add makes an edge.
func (g *graph) add(ends []int32, cost int64) {
	for _, v := range ends {
		g.edges[v] = append(g.edges[v], int32(len(g.ends)))
	}
	g.ends, g.cost = append(g.ends, ends), append(g.cost, cost)
}

// between is what the edges cost that have vertices on both sides.
func (g *graph) between(side []uint8) (cost int64) {
	for e, ends := range g.ends {
		if slices.ContainsFunc(ends, func(v int32) bool { return side[v] != side[ends[0]] }) {
			cost += g.cost[e]
		}
	}
	return cost
}

// move is a vertex with what moving it saves.
type move struct {
	gain       int64
	v, version int32
}

func (a move) Before(b move) bool { return a.gain > b.gain || a.gain == b.gain && a.v < b.v }

// coarsest is the number of vertices at which a graph is cut at once, starts how often that is tried.
const (
	coarsest = 40
	starts   = 3
)

// cut gives the side of each vertex.
func (p *partition) cut(g *graph) []uint8 {
	if len(g.weight) <= coarsest {
		return p.start(g)
	}
	small, to := p.coarsen(g)
	if 10*len(small.weight) > 9*len(g.weight) {
		return p.start(g)
	}
	coarse := p.cut(small)
	side := make([]uint8, len(g.weight))
	for v, u := range to {
		side[v] = coarse[u]
	}
	p.improve(g, side)
	return side
}

// start cuts by growing one side from a vertex, several times.
func (p *partition) start(g *graph) []uint8 {
	var best []uint8
	least := int64(0)
	for range starts {
		side := p.grow(g)
		if c := p.improve(g, side); best == nil || c < least {
			best, least = side, c
		}
	}
	return best
}

// grow moves vertices to side 1 from a vertex outwards until that has half of the weight.
func (p *partition) grow(g *graph) []uint8 {
	n := len(g.weight)
	side, seen := make([]uint8, n), make([]bool, n)
	total, have := 0, 0
	for _, w := range g.weight {
		total += int(w)
	}
	var queue []int32
	for _, next := range p.rng.Perm(n) {
		if !seen[next] {
			seen[next] = true
			queue = append(queue, int32(next))
		}
		for len(queue) > 0 {
			v := queue[0]
			queue = queue[1:]
			if 2*(have+int(g.weight[v])) > total && have > 0 {
				return side
			}
			side[v] = 1
			have += int(g.weight[v])
			for _, e := range g.edges[v] {
				for _, u := range g.ends[e] {
					if !seen[u] {
						seen[u] = true
						queue = append(queue, u)
					}
				}
			}
		}
	}
	return side
}

// coarsen makes a graph of pairs of vertices that cost much to cut apart, and says which vertex each has become part of.
func (p *partition) coarsen(g *graph) (*graph, []int32) {
	n := len(g.weight)
	to := make([]int32, n)
	heaviest := int32(0)
	for v, w := range g.weight {
		to[v] = -1
		heaviest += w
	}
	heaviest = max(2, heaviest/(coarsest/2))
	small := &graph{}
	rate := make([]float64, n)
	var near []int32
	for _, i := range p.rng.Perm(n) {
		v := int32(i)
		if to[v] >= 0 {
			continue
		}
		near = near[:0]
		for _, e := range g.edges[v] {
			if len(g.ends[e]) > 4*crowd {
				continue
			}
			share := float64(g.cost[e]) / float64(len(g.ends[e])-1)
			for _, u := range g.ends[e] {
				if u != v && to[u] < 0 {
					if rate[u] == 0 {
						near = append(near, u)
					}
					rate[u] += share
				}
			}
			p.work += int64(3 * len(g.ends[e]))
		}
		mate, most := int32(-1), 0.0
		for _, u := range near {
			if r := rate[u] / float64(g.weight[u]); r > most && g.weight[u]+g.weight[v] <= heaviest {
				mate, most = u, r
			}
			rate[u] = 0
		}
		to[v] = int32(len(small.weight))
		weight := g.weight[v]
		if mate >= 0 {
			to[mate] = to[v]
			weight += g.weight[mate]
		}
		small.weight = append(small.weight, weight)
	}
	small.edges = make([][]int32, len(small.weight))
	for e, ends := range g.ends {
		list := make([]int32, len(ends))
		for i, v := range ends {
			list[i] = to[v]
		}
		slices.Sort(list)
		if list = slices.Compact(list); len(list) > 1 {
			small.add(list, g.cost[e])
		}
		p.work += int64(10 * len(ends))
	}
	return small, to
}

// improve moves vertices as long as a pass makes the cut cheaper, and gives what that costs.
func (p *partition) improve(g *graph, side []uint8) int64 {
	p.side = side
	p.ends = slices.Grow(p.ends[:0], len(g.ends))[:len(g.ends)]
	clear(p.ends)
	cut := int64(0)
	var weight [2]int64
	for v, w := range g.weight {
		weight[side[v]] += int64(w)
	}
	for e, ends := range g.ends {
		for _, v := range ends {
			p.ends[e][side[v]]++
		}
		if p.ends[e][0] > 0 && p.ends[e][1] > 0 {
			cut += g.cost[e]
		}
		p.work += int64(len(ends))
	}
	all := weight[0] + weight[1]
	most := max(int64(float64(all)*(0.5+float64(p.slack/2))), (all+1)/2)
	for _, w := range g.weight {
		most = max(most, int64(w))
	}
	most = min(most, all-1)
	for range 8 {
		saved := p.pass(g, &weight, most)
		if saved <= 0 {
			break
		}
		cut -= saved
	}
	return cut
}

// pass moves each vertex once, the best move first whether it saves or not, and takes back those after the best cut. It gives what that
// saves.
func (p *partition) pass(g *graph, weight *[2]int64, most int64) int64 {
	n := len(g.weight)
	p.gain = slices.Grow(p.gain[:0], n)[:n]
	p.version = slices.Grow(p.version[:0], n)[:n]
	clear(p.gain)
	clear(p.version)
	p.heaps[0], p.heaps[1], p.moves = p.heaps[0][:0], p.heaps[1][:0], p.moves[:0]
	for v := range n {
		a := p.side[v]
		for _, e := range g.edges[v] {
			if p.ends[e][a] == 1 {
				p.gain[v] += g.cost[e]
			}
			if p.ends[e][1-a] == 0 {
				p.gain[v] -= g.cost[e]
			}
		}
		p.heaps[a].push(move{p.gain[v], int32(v), 0})
		p.work += int64(40 + len(g.edges[v]))
	}
	saved, best, at := int64(0), int64(0), 0
	if max(weight[0], weight[1]) > most {
		best = -1 << 62 // any cut that is within the limit is better
	}
	for len(p.moves)-at < 60+n/8 {
		v := p.next(g, weight, most)
		if v < 0 {
			break
		}
		saved += p.gain[v]
		p.shift(g, v, weight)
		p.moves = append(p.moves, v)
		if saved > best && max(weight[0], weight[1]) <= most {
			best, at = saved, len(p.moves)
		}
	}
	for _, v := range p.moves[at:] { // taken back
		a := p.side[v]
		p.side[v] = 1 - a
		weight[a] -= int64(g.weight[v])
		weight[1-a] += int64(g.weight[v])
		for _, e := range g.edges[v] {
			p.ends[e][a]--
			p.ends[e][1-a]++
		}
	}
	if at == 0 {
		return 0
	}
	return best
}

// next gives the vertex whose move saves most of those that the sides have room for, or -1.
func (p *partition) next(g *graph, weight *[2]int64, most int64) int32 {
	for {
		from := -1
		for a := range p.heaps {
			h := &p.heaps[a]
			for len(*h) > 0 && (*h)[0].version != p.version[(*h)[0].v] {
				h.pop()
				p.work += 20
			}
			if len(*h) > 0 && (from < 0 || (*h)[0].Before(p.heaps[from][0])) {
				from = a
			}
		}
		if from < 0 {
			return -1
		}
		v := p.heaps[from].pop().v
		p.work += 20
		if weight[1-from]+int64(g.weight[v]) <= most {
			return v
		}
	}
}

// shift moves a vertex, and weighs those anew that share edges with it.
func (p *partition) shift(g *graph, v int32, weight *[2]int64) {
	a := p.side[v]
	b := 1 - a
	p.version[v] = -1
	for _, e := range g.edges[v] {
		ends, cost := g.ends[e], g.cost[e]
		switch p.ends[e][b] {
		case 0:
			p.reweigh(ends, a, cost, v)
		case 1:
			p.reweigh(ends, b, -cost, v)
		}
		p.ends[e][a]--
		p.ends[e][b]++
		switch p.ends[e][a] {
		case 0:
			p.reweigh(ends, b, -cost, v)
		case 1:
			p.reweigh(ends, a, cost, v)
		}
	}
	p.side[v] = b
	weight[a] -= int64(g.weight[v])
	weight[b] += int64(g.weight[v])
}

// reweigh changes the gains of an edge's vertices on one side that have not moved.
func (p *partition) reweigh(ends []int32, side uint8, by int64, except int32) {
	for _, u := range ends {
		if u != except && p.side[u] == side && p.version[u] >= 0 {
			p.gain[u] += by
			p.version[u]++
			p.heaps[side].push(move{p.gain[u], u, p.version[u]})
			p.work += 30
		}
	}
	p.work += int64(len(ends))
}
