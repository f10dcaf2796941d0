package order

import "math/rand/v2"

// sweep contracts the terms one after another into one tensor, from one end of the network to the other: each time that neighbour which
// makes the tensor smallest. Where networks are lattices, this is how their width is kept (a path decomposition by greedy growth, as
// George and Liu order sparse matrices by frontal width, 1981).
type sweep struct {
	h     *hyper
	rng   *rand.Rand
	on    [][]int32
	count []int32 // of each label, how many terms outside have it, the output among them
	in    []bool  // of each label, whether the tensor has it
	state []uint8 // of each term: outside, beside, inside
	edge  []int32 // the terms beside, the oldest first
	young bool    // whether the youngest of equals goes first, not the oldest
	work  int64
}

const (
	outside = iota
	beside
	inside
)

func newSweep(h *hyper, rng *rand.Rand) *sweep {
	return &sweep{h: h, rng: rng, on: h.on(), in: make([]bool, len(h.log)), state: make([]uint8, len(h.terms))}
}

// run gives the joints of a whole tree. It starts from an end: a term as far as can be from one by chance.
func (s *sweep) run(young bool) []joint {
	s.young = young
	n := len(s.h.terms)
	s.count = s.h.counts()
	s.work = 0
	s.edge = s.edge[:0]
	v := s.farthest(s.farthest(int32(s.rng.IntN(n))))
	clear(s.state)
	clear(s.in)
	joints := make([]joint, 0, n-1)
	made, next := v, int32(0)
	s.take(v)
	for len(joints) < n-1 {
		v = s.choose()
		for ; v < 0; next++ { // another component
			if s.state[next] == outside {
				v = next
			}
		}
		s.take(v)
		joints = append(joints, joint{made, v})
		made = int32(n + len(joints) - 1)
	}
	return joints
}

// farthest gives a term of the last ones that a search in breadth from v reaches.
func (s *sweep) farthest(v int32) int32 {
	clear(s.state)
	s.state[v] = inside
	queue := append(s.edge[:0], v)
	for i := 0; i < len(queue); i++ {
		v = queue[i]
		for _, l := range s.h.terms[v] {
			for _, u := range s.on[l] {
				if s.state[u] == outside {
					s.state[u] = inside
					queue = append(queue, u)
				}
			}
			s.work += int64(len(s.on[l]))
		}
	}
	s.edge = queue[:0]
	return v
}

// take makes v part of the tensor.
func (s *sweep) take(v int32) {
	s.state[v] = inside
	labels := s.h.terms[v]
	turn := s.rng.IntN(len(labels) + 1) // which neighbour is youngest is left to chance
	for i := range labels {
		l := labels[(i+turn)%len(labels)]
		s.count[l]--
		s.in[l] = s.count[l] > 0
		for _, u := range s.on[l] {
			if s.state[u] == outside {
				s.state[u] = beside
				s.edge = append(s.edge, u)
			}
		}
		s.work += int64(len(s.on[l]))
	}
}

// choose gives the neighbour that makes the tensor smallest, and takes it from the edge; -1 where there is none.
func (s *sweep) choose() int32 {
	best, at := int64(0), -1
	for i, v := range s.edge {
		grown := int64(0)
		for _, l := range s.h.terms[v] {
			switch {
			case s.in[l] && s.count[l] == 1:
				grown -= s.h.log[l]
			case !s.in[l] && s.count[l] > 1:
				grown += s.h.log[l]
			}
		}
		s.work += int64(2 * len(s.h.terms[v]))
		if at < 0 || grown < best || grown == best && s.young {
			best, at = grown, i
		}
	}
	if at < 0 {
		return -1
	}
	v := s.edge[at]
	s.edge = append(s.edge[:at], s.edge[at+1:]...)
	return v
}

// sweeping is sweep from several ends.
type sweeping struct{}

func (sweeping) name() string { return "sweep" }

func (m sweeping) run(r *race) {
	s := newSweep(r.h, r.rng)
	for i := 0; i < trials && r.meter.left(); i++ {
		r.offer(s.run(i&1 == 0), m.name())
		r.meter.spend(s.work)
	}
}
