package order

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// row makes a chain or a ring of n terms, some with open labels, some with two links to the next one.
func row(r *rand.Rand, n int, ring bool) Network {
	net := Network{Terms: make([][]int, n)}
	at := r.Perm(n)
	label := func(output bool, terms ...int) {
		l := len(net.Sizes)
		net.Sizes = append(net.Sizes, 2+r.IntN(6))
		for _, t := range terms {
			net.Terms[t] = append(net.Terms[t], l)
		}
		if output {
			net.Output = append(net.Output, l)
		}
	}
	for i := range n {
		if i+1 < n || ring {
			label(false, at[i], at[(i+1)%n])
		}
		if r.IntN(4) == 0 {
			label(true, at[i])
		}
		if i+1 < n && r.IntN(6) == 0 {
			label(false, at[i], at[i+1])
		}
	}
	return net
}

// TestChains holds the trees of chains and rings to the best of all trees without products of unconnected terms.
func TestChains(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 13))
		net := row(r, 3+r.IntN(10), seed%2 == 0)
		if seed%3 == 0 {
			net.Constant = someConstant(r, len(net.Terms))
		}
		h := newBuilder(net).lists(newBuilder(net).terms())
		for _, o := range []Options{{}, {Move: 3}, {Objective: Size}, {Objective: Write}} {
			w, m := newWeights(o), &meter{ctx: t.Context(), budget: DefaultBudget}
			c := newCore(&h, w)
			e, tree := newExact(c, m), newTree(c)
			e.all = false
			best, _ := e.run(power(mostPower))
			tree.load(best)
			want := tree.total()
			joints := chained(&h, w, m)
			if joints == nil {
				t.Fatalf("seed %d: %v is a chain", seed, net)
			}
			if tree.load(joints); tree.total() > want*(1+1e-6) || want > tree.total()*(1+1e-6) {
				t.Fatalf("seed %d, %+v: %v costs %v, the best %v", seed, o, net, tree.total(), want)
			}
		}
	}
}

// TestNoChains: what has three neighbours, or a label of three terms, or of two and the output.
func TestNoChains(t *testing.T) {
	for _, net := range []Network{
		{Terms: [][]int{{0, 1, 2}, {0}, {1}, {2}}, Sizes: []int{2, 2, 2}},
		{Terms: [][]int{{0, 1}, {0, 2}, {0, 3}}, Output: []int{1, 2, 3}, Sizes: []int{2, 2, 2, 2}},
		{Terms: [][]int{{0, 1}, {0, 2}}, Output: []int{0, 1, 2}, Sizes: []int{2, 2, 2}},
	} {
		h := newBuilder(net).lists(newBuilder(net).terms())
		if newChain(&h, newWeights(Options{})) != nil {
			t.Errorf("%v is no chain", net)
		}
	}
}

// TestLongChains: of 100 matrices the order is the best of all, in the time of a small part of the budget.
func TestLongChains(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 14))
	net := Network{}
	for i := range 100 {
		net.Terms = append(net.Terms, []int{i, i + 1})
	}
	for range 101 {
		net.Sizes = append(net.Sizes, 2+r.IntN(60))
	}
	net.Output = []int{0, 100}
	tree := Find(net, Options{})
	check(t, net, tree)
	got, _ := tree.Cost(net)
	if want := products(net.Sizes); tree.Winner != "chain" || got.Mults > want*(1+1e-6) || want > got.Mults*(1+1e-6) {
		t.Errorf("%s: %v multiplications, the best are %v", tree.Winner, got.Mults, want)
	}
	if slices.ContainsFunc(tree.Steps, func(s Step) bool { return len(s.Labels) > 2 }) {
		t.Error("a result of more than two labels")
	}
}

// products is the least number of multiplications of a product of matrices, by its recurrence.
func products(sizes []int) float64 {
	n := len(sizes)
	least := make([][]float64, n)
	for i := n - 1; i >= 0; i-- {
		least[i] = make([]float64, n)
		for j := i + 2; j < n; j++ {
			for k := i + 1; k < j; k++ {
				if c := least[i][k] + least[k][j] + float64(sizes[i]*sizes[k]*sizes[j]); k == i+1 || c < least[i][j] {
					least[i][j] = c
				}
			}
		}
	}
	return least[0][n-1]
}
