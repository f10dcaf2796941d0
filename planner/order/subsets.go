package order

// subset is a set of terms, and the cheapest way to contract it: of x and y.
type subset struct {
	mask     uint32
	near     uint32 // the terms beside its own
	x, y     int32  // -1: it is a term, or has no way yet
	cost     float64
	inside   float64 // the leaves of its terms
	elements float64
	take     float64 // what a step at least costs that takes it
}

// subsets is a table of subsets by their masks.
type subsets struct {
	c       *core
	list    []subset
	sets    []uint64 // labels, so many words of each
	table   []int32  // of a mask or its hash, the place in the list from 1
	direct  bool     // by masks
	outside []uint64
}

func newSubsets(c *core) subsets {
	s := subsets{c: c, direct: c.n <= exactAlways, outside: make([]uint64, c.words)}
	s.table = make([]int32, 1<<min(c.n, 12))
	if s.direct {
		s.table = make([]int32, 1<<c.n)
	}
	return s
}

// set is the labels of a subset.
func (s *subsets) set(id int32) []uint64 {
	w := s.c.words
	return s.sets[int(id)*w : int(id+1)*w]
}

// find gives the subset of a mask, or -1.
func (s *subsets) find(mask uint32) int32 {
	if s.direct {
		return s.table[mask] - 1
	}
	for h := hash(mask); ; h++ {
		id := s.table[h&uint32(len(s.table)-1)] - 1
		if id < 0 || s.list[id].mask == mask {
			return id
		}
	}
}

func hash(mask uint32) uint32 { return mask * 0x9e3779b1 >> 3 }

// enter puts a subset at the end of the list: those labels of its terms that the output or a term outside has.
func (s *subsets) enter(mask uint32) int32 {
	if !s.direct && 2*len(s.list) >= len(s.table) {
		s.table = make([]int32, 2*len(s.table))
		for id := range s.list {
			s.put(int32(id))
		}
	}
	c, w := s.c, s.c.words
	id := len(s.list)
	for range w {
		s.sets = append(s.sets, 0)
	}
	set := s.sets[id*w:]
	copy(s.outside, c.output)
	for t := range c.n {
		to := s.outside
		if mask>>t&1 != 0 {
			to = set
		}
		for k, x := range c.term(t) {
			to[k] |= x
		}
	}
	for k, x := range s.outside {
		set[k] &= x
	}
	s.list = append(s.list, subset{mask: mask, x: -1, y: -1, elements: c.linear(c.size(set))})
	s.put(int32(id))
	return int32(id)
}

// drop takes the last subset of a direct table back.
func (s *subsets) drop() {
	last := len(s.list) - 1
	s.table[s.list[last].mask] = 0
	s.list, s.sets = s.list[:last], s.sets[:last*s.c.words]
}

func (s *subsets) put(id int32) {
	if s.direct {
		s.table[s.list[id].mask] = id + 1
		return
	}
	h := hash(s.list[id].mask)
	for s.table[h&uint32(len(s.table)-1)] != 0 {
		h++
	}
	s.table[h&uint32(len(s.table)-1)] = id + 1
}
