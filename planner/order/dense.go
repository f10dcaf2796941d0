package order

import (
	"math"
	"math/bits"
	"sync"
)

// denseLimit is the most leaves that dense looks at: of n leaves there are 3^n/2 pairs of subsets.
const denseLimit = 9

// dense finds the best tree of a few leaves by looking at every pair of disjoint subsets of them, products of unconnected ones included:
// for each subset the cheapest way to contract it is the cheapest pair of ways for two subsets that it is made of (Held and Karp's dynamic
// programming; for tensor networks: Pfeifer, Haegeman, Verstraete, arXiv 1304.6112). Labels that the same leaves have are one: some
// twenty groups are left, bits of a word, and the size of a set of groups is a product of table rows.
type dense struct {
	groups   [1 << (denseLimit + 1)]int8 // of each pattern of leaves, its group from 1
	patterns []uint16
	logs     []int64
	tables   [8][256]float64 // products of groups, by the bytes of a set; the first is on the scale of the weights
	count    int             // of tables
	run      uint64          // the group of the bit that says so if a set is not constant
	within   [1 << denseLimit]uint64
	out      [1 << denseLimit]uint64
	elements [1 << denseLimit]float64
	cost     [1 << denseLimit]float64
	first    [1 << denseLimit]uint16
}

// solve looks for a tree of the leaves, whose label sets are at the given places, that leaves the labels of out. It gives the least cost;
// +Inf where none is below the bound, or where the labels are of too many kinds. Then work is how many pairs it looked at.
func (d *dense) solve(c *core, leaves [][]uint64, out []uint64, bound float64) (cost float64, work int) {
	if !d.group(c, leaves, out) {
		return math.Inf(1), 64
	}
	d.tabulate(c)
	n := len(leaves)
	full := 1<<n - 1
	outside := uint64(0)
	for i := range n {
		d.within[1<<i] = 0
	}
	for g, p := range d.patterns {
		bit := uint64(1) << g
		if p>>n != 0 {
			outside |= bit
		}
		for q := p &^ (1 << n); q != 0; q &= q - 1 {
			d.within[q&-q] |= bit
		}
	}
	for m := 1; m <= full; m++ {
		d.within[m] = d.within[m&(m-1)] | d.within[m&-m]
	}
	for m := 1; m <= full; m++ {
		d.out[m] = d.within[m] & (outside | d.within[full&^m])
		d.elements[m] = d.product(d.out[m])
		d.cost[m] = 0
		if m&(m-1) != 0 {
			work += d.split(c, m, bound)
		}
	}
	return d.cost[full], work + full
}

// split finds the cheapest pair of subsets for m. Half of the pairs are enough: those whose first has m's lowest leaf.
func (d *dense) split(c *core, m int, bound float64) (work int) {
	low := m & -m
	rest := m &^ low
	best, first := bound, 0
	light := c.light()
	for s := (rest - 1) & rest; ; s = (s - 1) & rest { // every proper subset of rest, the empty one last
		x, y := s|low, rest&^s
		if both := d.cost[x] + d.cost[y]; both < best {
			labels := d.out[x] | d.out[y]
			cost := d.product(labels)
			if !light {
				cost = c.step(cost, d.elements[x], d.elements[y], d.elements[m])
			}
			if c.run >= 0 && labels&d.run == 0 {
				cost *= once
			}
			if both += cost; both < best {
				best, first = both, x
			}
			work += 4
		}
		work++
		if s == 0 {
			break
		}
	}
	d.first[m] = uint16(first)
	d.cost[m] = best
	if first == 0 {
		d.cost[m] = math.Inf(1)
	}
	return work
}

// group finds the groups of labels: those that the same leaves have, and out or not.
func (d *dense) group(c *core, leaves [][]uint64, out []uint64) bool {
	n := len(leaves)
	ok := true
	d.patterns, d.logs, d.run = d.patterns[:0], d.logs[:0], 0
	for k := range out {
		all := uint64(0)
		for _, s := range leaves {
			all |= s[k]
		}
		for ; all != 0; all &= all - 1 {
			b := bits.TrailingZeros64(all)
			p := uint16(out[k]>>b&1) << n
			for i, s := range leaves {
				p |= uint16(s[k]>>b&1) << i
			}
			g := d.groups[p]
			if g == 0 {
				if len(d.patterns) == 64 {
					ok = false
					break
				}
				d.patterns, d.logs = append(d.patterns, p), append(d.logs, 0)
				g = int8(len(d.patterns))
				d.groups[p] = g
			}
			d.logs[g-1] += c.log[k<<6+b]
			if k == c.run {
				d.run = 1 << (g - 1)
			}
		}
	}
	for _, p := range d.patterns {
		d.groups[p] = 0
	}
	return ok
}

// tabulate fills the tables.
func (d *dense) tabulate(c *core) {
	d.count = max(1, (len(d.logs)+7)/8)
	for i := range d.count {
		t := &d.tables[i]
		t[0] = 1
		if i == 0 {
			t[0] = c.linear(0)
		}
		for g, log := range d.logs[min(8*i, len(d.logs)):min(8*i+8, len(d.logs))] {
			f := power(log)
			for s := range 1 << g {
				t[1<<g+s] = t[s] * f
			}
		}
	}
}

// product is the elements of a set of groups, on the scale of the weights.
func (d *dense) product(set uint64) float64 {
	p := d.tables[0][set&255]
	for i := 1; i < d.count; i++ {
		set >>= 8
		p *= d.tables[i][set&255]
	}
	return p
}

// joints appends the best tree of the leaves in m, which are nodes ids; the joints that it makes are numbered from next on.
func (d *dense) joints(list []joint, m int, ids []int32, next int32) ([]joint, int32) {
	if m&(m-1) == 0 {
		return list, ids[bits.TrailingZeros(uint(m))]
	}
	x := int(d.first[m])
	list, a := d.joints(list, x, ids, next)
	list, b := d.joints(list, m&^x, ids, next)
	list = append(list, joint{a, b})
	return list, next + int32(len(list)) - 1
}

// denses keeps tables for the next small network: they would take longer to make than that takes to order.
var denses = sync.Pool{New: func() any { return &dense{} }}

// small gives the best tree of up to denseLimit terms; nil where their labels are of too many kinds.
func small(h *hyper, w weights, m *meter) []joint {
	c := newCore(h, w)
	if c == nil {
		return nil
	}
	n := c.n
	leaves := make([][]uint64, n)
	ids := make([]int32, n)
	for i := range n {
		leaves[i] = c.sets[i*c.words : (i+1)*c.words]
		ids[i] = int32(i)
	}
	d := denses.Get().(*dense)
	defer denses.Put(d)
	cost, work := d.solve(c, leaves, c.output, math.Inf(1))
	m.spend(int64(work))
	if math.IsInf(cost, 1) {
		return nil
	}
	joints, _ := d.joints(make([]joint, 0, n), 1<<n-1, ids, int32(n))
	return joints
}
