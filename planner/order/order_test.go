package order

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// randomNetwork makes a network of n terms over some labels, hyperedges among them, each term of one to four labels.
func randomNetwork(r *rand.Rand, n int) Network {
	labels := n/2 + 2 + r.IntN(n+1)
	net := Network{Sizes: make([]int, labels)}
	for l := range net.Sizes {
		net.Sizes[l] = 1 + r.IntN(7)
	}
	used := make([]bool, labels)
	for range n {
		var term []int
		for _, l := range r.Perm(labels)[:min(labels, r.IntN(5))] {
			term = append(term, l)
			used[l] = true
		}
		net.Terms = append(net.Terms, term)
	}
	for l := range labels {
		if !used[l] {
			k := r.IntN(n)
			net.Terms[k] = append(net.Terms[k], l) // every label is somewhere
		}
		if r.IntN(5) == 0 {
			net.Output = append(net.Output, l)
		}
	}
	return net
}

// check holds a tree to what it promises: each term is used once, each step keeps the labels that others need, the last one is the output.
func check(t *testing.T, net Network, tree Tree) {
	t.Helper()
	terms := slices.Clone(net.Terms)
	dead := map[int]bool{}
	for i, s := range tree.Steps {
		for _, x := range []int{s.A, s.B} {
			if x < 0 && x == s.B {
				continue
			}
			if x < 0 || x >= len(terms) || dead[x] {
				t.Fatalf("%v: step %d takes term %d", net, i, x)
			}
			dead[x] = true
		}
		want := map[int]bool{}
		for _, x := range []int{s.A, s.B} {
			if x >= 0 {
				for _, l := range terms[x] {
					needed := slices.Contains(net.Output, l)
					for u, other := range terms {
						needed = needed || !dead[u] && slices.Contains(other, l)
					}
					want[l] = needed
				}
			}
		}
		for l, needed := range want {
			if needed != slices.Contains(s.Labels, l) {
				t.Fatalf("%v: step %d gives %v: label %d, needed %v", net, i, s.Labels, l, needed)
			}
		}
		terms = append(terms, s.Labels)
	}
	last := terms[len(terms)-1]
	if len(dead) != len(terms)-1 || len(last) != len(net.Output) {
		t.Fatalf("%v: %v leaves %v", net, tree.Steps, last)
	}
}

// cheapest is the least cost of all orders, by trying every pair again and again.
func cheapest(net Network, move float64) float64 {
	sizes := make([]float64, len(net.Sizes))
	for l, n := range net.Sizes {
		sizes[l] = float64(n)
	}
	product := func(labels map[int]bool) float64 {
		p := 1.0
		for l := range labels {
			p *= sizes[l]
		}
		return p
	}
	var search func(terms []map[int]bool, constant []bool) float64
	search = func(terms []map[int]bool, constant []bool) float64 {
		if len(terms) == 1 {
			return 0
		}
		least := math.Inf(1)
		for i := range terms {
			for j := range i {
				rest := slices.Delete(slices.Delete(slices.Clone(terms), i, i+1), j, j+1)
				kept := slices.Delete(slices.Delete(slices.Clone(constant), i, i+1), j, j+1)
				both := constant[i] && constant[j]
				union, made := map[int]bool{}, map[int]bool{}
				for _, t := range []map[int]bool{terms[i], terms[j]} {
					for l := range t {
						union[l] = true
					}
				}
				for l := range union {
					if slices.Contains(net.Output, l) || slices.ContainsFunc(rest, func(t map[int]bool) bool { return t[l] }) {
						made[l] = true
					}
				}
				c := product(union) + move*(product(terms[i])+product(terms[j])+product(made))
				if both {
					c *= once
				}
				if c < least {
					least = min(least, c+search(append(rest, made), append(kept, both)))
				}
			}
		}
		return least
	}
	var terms []map[int]bool
	for _, t := range net.Terms {
		m := map[int]bool{}
		for _, l := range t {
			m[l] = true
		}
		terms = append(terms, m)
	}
	constant := make([]bool, len(terms))
	copy(constant, net.Constant)
	return search(terms, constant)
}

// prepared is the network after what Find does before it searches.
func prepared(net Network) (Network, int) {
	b := newBuilder(net)
	b.sumAlone()
	b.mergeEqual()
	left := Network{Output: net.Output, Sizes: net.Sizes}
	for _, t := range b.terms() {
		left.Terms = append(left.Terms, b.labels[t])
		if net.Constant != nil {
			left.Constant = append(left.Constant, b.constant[t])
		}
	}
	return left, len(b.steps)
}

func TestSmallNetworksAreOrderedBest(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		net := randomNetwork(r, 2+r.IntN(5))
		if seed%2 == 1 {
			net.Constant = someConstant(r, len(net.Terms))
		}
		for _, move := range []float64{0, 3} {
			o := Options{Move: move}
			tree := Find(net, o)
			check(t, net, tree)
			left, before := prepared(net)
			got, want := weight(net, tree, before, move), cheapest(left, move)
			if got > want*(1+1e-9) {
				t.Fatalf("seed %d: %v: %v costs %v, the best %v", seed, net, tree.Steps[before:], got, want)
			}
		}
	}
}

// weight is what the steps of a tree from number from on cost.
func weight(net Network, tree Tree, from int, move float64) float64 {
	_, steps := tree.Cost(net)
	size := func(t int) float64 {
		switch {
		case t < 0:
			return 0
		case t >= len(net.Terms):
			return steps[t-len(net.Terms)].Size
		}
		p := 1.0
		for _, l := range net.Terms[t] {
			p *= float64(net.Sizes[l])
		}
		return p
	}
	total, constant := 0.0, tree.Constant(net)
	for i, s := range tree.Steps[from:] {
		c := steps[from+i].Mults + move*(size(s.A)+size(s.B)+steps[from+i].Size)
		if constant[from+i] {
			c *= once
		}
		total += c
	}
	return total
}

// someConstant makes about half of the terms constant.
func someConstant(r *rand.Rand, terms int) []bool {
	list := make([]bool, terms)
	for i := range list {
		list[i] = r.IntN(2) == 0
	}
	return list
}

// TestExactKnowsConstants holds the search by layers to the one that looks at every pair of subsets.
func TestExactKnowsConstants(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 3))
		net := randomNetwork(r, 3+r.IntN(5))
		net.Constant = someConstant(r, len(net.Terms))
		b := newBuilder(net)
		b.sumAlone()
		part := b.terms()
		h := b.lists(part)
		for _, move := range []float64{0, 3} {
			c := newCore(&h, newWeights(Options{Move: move}))
			meter := &meter{ctx: t.Context(), budget: DefaultBudget}
			tree := newTree(c)
			joints, proven := newExact(c, meter).run(math.MaxFloat64)
			if !proven {
				t.Fatalf("seed %d: no end", seed)
			}
			tree.load(joints)
			got := tree.total()
			tree.load(small(&h, newWeights(Options{Move: move}), meter))
			if want := tree.total(); got > want*(1+1e-9) || want > got*(1+1e-9) {
				t.Fatalf("seed %d: %v: %v by layers, %v by all pairs", seed, net, got, want)
			}
		}
	}
}

// TestConstantsAreContractedFirst: of a chain whose weights alone are constant they are multiplied together, unless reading their product takes
// longer than what it saves.
func TestConstantsAreContractedFirst(t *testing.T) {
	for _, c := range []struct {
		rows, width, rank int
		first             bool // the constants are contracted first
	}{
		{1, 64, 64, true},
		{1000, 64, 64, true},
		{1, 64, 4, false}, // a vector by 64x4, then by 4x64
		{1, 64, 40, true},
	} {
		net := Network{Terms: [][]int{{0, 1}, {1, 2}, {2, 3}}, Output: []int{0, 3}, Sizes: []int{c.rows, c.width, c.rank, c.width}, Constant: []bool{false, true, true}}
		s := Find(net, Options{}).Steps[0]
		if first := s.A == 1 && s.B == 2; first != c.first {
			t.Errorf("%+v: the first step contracts %d and %d", c, s.A, s.B)
		}
	}
}

// TestConstantsOfLargeNetworks: of a 6x6 grid whose first column alone is new in each run, the race finds an order that leaves little to a run.
func TestConstantsOfLargeNetworks(t *testing.T) {
	net := Network{Terms: make([][]int, 36), Constant: make([]bool, 36)}
	for i := range net.Terms {
		net.Constant[i] = i%6 > 0
		for _, j := range []int{i + 1, i + 6} {
			if j < 36 && (j != i+1 || j%6 != 0) {
				l := len(net.Sizes)
				net.Terms[i], net.Terms[j] = append(net.Terms[i], l), append(net.Terms[j], l)
				net.Sizes = append(net.Sizes, 2)
			}
		}
	}
	o := Options{Move: 1, Budget: 5e6}
	aware := Find(net, o)
	check(t, net, aware)
	got := weight(net, aware, 0, 1)
	plain := net
	plain.Constant = nil
	blind := weight(net, Find(plain, o), 0, 1)
	if t.Logf("a run takes %.4g, %.4g in the order of a search that does not know what is constant", got, blind); got > blind/2 {
		t.Errorf("a run takes %.4g, %.4g in the order of a search that does not know what is constant", got, blind)
	}
}

func TestOrdersAreWholeAndReproducible(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 2))
		net := randomNetwork(r, 5+r.IntN(60))
		o := Options{Move: 1, Budget: 2e6, Seed: seed}
		tree := Find(net, o)
		check(t, net, tree)
		check(t, net, Pairs(net))
		if again := Find(net, o); fmt.Sprint(again) != fmt.Sprint(tree) {
			t.Fatalf("seed %d: two orders of one network", seed)
		}
		got, _ := tree.Cost(net)
		plain, _ := Pairs(net).Cost(net)
		if got.Mults > 1.5*plain.Mults+1e3 {
			t.Errorf("seed %d: %v multiplications, from left to right %v", seed, got.Mults, plain.Mults)
		}
	}
}

// TestExactUpTo16 orders a ring, a clique with a common label, a grid and a star of 16 terms.
func TestExactUpTo16(t *testing.T) {
	nets := map[string]Network{"ring": {}, "clique": {}, "grid": {}, "star": {}}
	for name, net := range nets {
		switch name {
		case "ring":
			for i := range 16 {
				net.Terms = append(net.Terms, []int{i, (i + 1) % 16})
				net.Sizes = append(net.Sizes, 2+i%5)
			}
		case "clique":
			net.Sizes = []int{3}
			for range 16 {
				net.Terms = append(net.Terms, []int{0, len(net.Sizes)})
				net.Sizes = append(net.Sizes, 2)
				net.Output = append(net.Output, len(net.Sizes)-1)
			}
		case "grid":
			net.Sizes = make([]int, 24)
			for l := range net.Sizes {
				net.Sizes[l] = 2 + l%3
			}
			net.Terms = make([][]int, 16)
			edge := 0
			for i := range 16 {
				for _, j := range []int{i + 1, i + 4} {
					if j < 16 && (j != i+1 || j%4 != 0) {
						net.Terms[i], net.Terms[j] = append(net.Terms[i], edge), append(net.Terms[j], edge)
						edge++
					}
				}
			}
		case "star":
			net.Terms = [][]int{nil}
			for i := range 15 {
				net.Terms[0] = append(net.Terms[0], i)
				net.Terms = append(net.Terms, []int{i})
				net.Sizes = append(net.Sizes, 2)
			}
		}
		start := time.Now()
		tree := Find(net, Options{})
		took := time.Since(start)
		check(t, net, tree)
		total, _ := tree.Cost(net)
		t.Logf("%s: %s, 10^%.2f multiplications, %v", name, tree.Winner, math.Log10(total.Mults), took)
		if tree.Winner != "exact" {
			t.Errorf("%s: won by %s", name, tree.Winner)
		}
	}
}

func TestManyTermsAreOrderedQuickly(t *testing.T) {
	var chain, scalars Network
	for i := range 10000 {
		chain.Terms = append(chain.Terms, []int{i, i + 1})
		chain.Sizes = append(chain.Sizes, 2+i%7)
		scalars.Terms = append(scalars.Terms, nil)
	}
	chain.Sizes = append(chain.Sizes, 3)
	chain.Output = []int{0, 10000}
	for name, net := range map[string]Network{"chain": chain, "scalars": scalars} {
		start := time.Now()
		tree := Find(net, Options{})
		t.Logf("%s of %d terms: %v", name, len(net.Terms), time.Since(start))
		if len(tree.Steps) != len(net.Terms)-1 {
			t.Errorf("%s: %d steps for %d terms", name, len(tree.Steps), len(net.Terms))
		}
	}
}
