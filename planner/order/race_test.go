package order

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// counted is what the steps of a tree cost, by the plainest count: a step goes over all labels of its two terms, and a result has the labels
// that are in the output or in a term that is left. Sliced labels are fixed, and every step is done in every slice.
func counted(net Network, tree Tree) (mults, size float64) {
	type labels map[int]bool
	slicesTotal := 1.0
	for _, l := range tree.Sliced {
		slicesTotal *= float64(net.Sizes[l])
	}
	terms := map[int]labels{}
	for i, term := range net.Terms {
		terms[i] = labels{}
		for _, l := range term {
			if !slices.Contains(tree.Sliced, l) {
				terms[i][l] = true
			}
		}
	}
	points := func(ls labels) float64 {
		p := 1.0
		for l := range ls {
			p *= float64(net.Sizes[l])
		}
		return p
	}
	for i, step := range tree.Pairs() {
		all := labels{}
		for _, t := range step {
			for l := range terms[t] {
				all[l] = true
			}
			delete(terms, t)
		}
		made := labels{}
		for l := range all {
			needed := slices.Contains(net.Output, l)
			for _, t := range terms {
				needed = needed || t[l]
			}
			if needed {
				made[l] = true
			}
		}
		if len(step) == 2 {
			mults += points(all) * slicesTotal
			size = max(size, points(made))
		}
		terms[len(net.Terms)+i] = made
	}
	return mults, size
}

// leastMults is the least number of multiplications of all trees, by every split of every subset of the terms.
func leastMults(net Network) float64 {
	full := 1<<len(net.Terms) - 1
	open := func(mask int) map[int]bool { // the labels of what mask is contracted to
		made := map[int]bool{}
		for i, term := range net.Terms {
			for _, l := range term {
				needed := slices.Contains(net.Output, l)
				for j, other := range net.Terms {
					needed = needed || mask>>j&1 == 0 && slices.Contains(other, l)
				}
				if mask>>i&1 != 0 && (needed || mask == 1<<i) {
					made[l] = true
				}
			}
		}
		return made
	}
	labels := make([]map[int]bool, full+1)
	least := make([]float64, full+1)
	for m := 1; m <= full; m++ {
		labels[m] = open(m)
		if m&(m-1) == 0 {
			continue
		}
		least[m] = math.Inf(1)
		for x := (m - 1) & m; x > 0; x = (x - 1) & m {
			p := 1.0
			for l := range labels[x] {
				p *= float64(net.Sizes[l])
			}
			for l := range labels[m&^x] {
				if !labels[x][l] {
					p *= float64(net.Sizes[l])
				}
			}
			least[m] = min(least[m], least[x]+least[m&^x]+p)
		}
	}
	return least[full]
}

// TestUpTo10OperandsTheOptimumIsProven compares with every tree there is. What is exact before the search can only make it cheaper.
func TestUpTo10OperandsTheOptimumIsProven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		net := randomNetwork(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3)), rapid.IntRange(3, 8).Draw(t, "terms"))
		if got, want := optimum(net); got > want*(1+1e-9) {
			t.Fatalf("%v: %v, the best is %v", net, got, want)
		}
	})
	for seed := range uint64(6) {
		if got, want := optimum(randomNetwork(rand.New(rand.NewPCG(seed, 3)), 10)); got > want*(1+1e-9) {
			t.Fatalf("seed %d: %v, the best is %v", seed, got, want)
		}
	}
}

// optimum gives what Find's tree costs, and the least.
func optimum(net Network) (got, want float64) {
	got, _ = counted(net, Find(net, Options{}))
	return got, leastMults(net)
}

// TestEachMemberAlone holds every method of the portfolio to giving whole trees, none dearer than greedy's.
func TestEachMemberAlone(t *testing.T) {
	for seed := range uint64(6) {
		net := randomNetwork(rand.New(rand.NewPCG(seed, 4)), 30+10*int(seed))
		greedy := Find(net, Options{Only: "greedy", Budget: 1})
		most := greedy.Totals(net).Mults
		for _, p := range portfolio {
			o := Options{Only: p.name(), Budget: 3e6, Seed: seed}
			tree := Find(net, o)
			check(t, net, tree)
			total := tree.Totals(net)
			mults, size := counted(net, tree)
			if math.Abs(total.Mults-math.Log2(mults)) > 1e-6 || math.Abs(total.Size-math.Log2(size)) > 1e-6 {
				t.Errorf("%s, seed %d: counted 2^%v and 2^%v, a plain count gives %v and %v", p.name(), seed, total.Mults, total.Size, mults, size)
			}
			if total.Mults > most+1e-6 {
				t.Errorf("%s, seed %d: 2^%v multiplications, greedy has 2^%v", p.name(), seed, total.Mults, most)
			}
		}
	}
}

func TestASeedIsAnOrder(t *testing.T) {
	net := randomNetwork(rand.New(rand.NewPCG(1, 5)), 60)
	o := Options{Budget: 5e6, Seed: 7}
	a, b := Find(net, o), Find(net, o)
	if fmt.Sprint(a) != fmt.Sprint(b) {
		t.Error("one seed, two orders")
	}
}

func TestACancelledSearchGivesATree(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	net := randomNetwork(rand.New(rand.NewPCG(2, 5)), 80)
	tree := Search(ctx, net, Options{Budget: 1e12})
	check(t, net, tree)
	if tree.Work > 2e7 {
		t.Errorf("%d units of work after it was cancelled", tree.Work)
	}
}

func TestObjectivesAreWhatIsLeast(t *testing.T) {
	net := randomNetwork(rand.New(rand.NewPCG(5, 6)), 40)
	flops, size, write := Find(net, Options{}).Totals(net), Find(net, Options{Objective: Size}).Totals(net), Find(net, Options{Objective: Write}).Totals(net)
	if size.Size > flops.Size+1e-9 || write.Write > flops.Write+1e-9 {
		t.Errorf("flops %v, size %v, write %v", flops, size, write)
	}
}

// TestSlicesKeepTheLimit: no result is larger, and the plain count of all slices is no less than what is counted with what is done once.
func TestSlicesKeepTheLimit(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 7))
		net := randomNetwork(r, 3+r.IntN(30))
		limit := float64(2 + r.IntN(8))
		tree := Find(net, Options{MaxSize: limit, Budget: 2e6})
		check(t, net.without(tree.Sliced), tree)
		mults, size := counted(net, tree)
		if math.Log2(size) > limit+1e-9 {
			t.Errorf("seed %d: a result of %v elements, the limit is 2^%v", seed, size, limit)
		}
		if total := tree.Totals(net); total.Mults > math.Log2(mults)+1e-9 {
			t.Errorf("seed %d: 2^%v multiplications, every step in every slice is %v", seed, total.Mults, mults)
		}
	}
}

func TestReplayGivesTheSameTree(t *testing.T) {
	net := randomNetwork(rand.New(rand.NewPCG(9, 8)), 25)
	tree := Find(net, Options{Budget: 1e6})
	again, err := Replay(net, tree.Pairs(), nil)
	if err != nil || fmt.Sprint(again.Steps) != fmt.Sprint(tree.Steps) {
		t.Errorf("%v: another tree", err)
	}
	for _, bad := range [][][]int{nil, {{0, 0}}, {{0, 99}}, {{0, 1, 2}}, {{0, 1}}} {
		if _, err := Replay(net, bad, nil); err == nil {
			t.Errorf("%v was replayed", bad)
		}
	}
}

func TestNetworksFromElsewhereAreChecked(t *testing.T) {
	for _, bad := range []Network{
		{}, {Terms: [][]int{{0}}}, {Terms: [][]int{{0, 0}}, Sizes: []int{2}}, {Terms: [][]int{{0}}, Sizes: []int{-1}},
		{Terms: [][]int{{0}}, Output: []int{1}, Sizes: []int{2, 2}}, {Terms: [][]int{{0}}, Output: []int{0, 0}, Sizes: []int{2}},
	} {
		if bad.Check() == nil {
			t.Errorf("%v is no network", bad)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	chain := func(n int) Network {
		net := Network{Output: []int{0, n}, Sizes: make([]int, n+1)}
		for i := range n {
			net.Terms = append(net.Terms, []int{i, i + 1})
			net.Sizes[i] = 10 + i
		}
		net.Sizes[n] = 7
		return net
	}
	grid := Network{Terms: make([][]int, 25)}
	for i := range 25 {
		for _, j := range []int{i + 1, i + 5} {
			if j < 25 && (j != i+1 || j%5 != 0) {
				l := len(grid.Sizes)
				grid.Sizes = append(grid.Sizes, 2)
				grid.Terms[i], grid.Terms[j] = append(grid.Terms[i], l), append(grid.Terms[j], l)
			}
		}
	}
	for name, net := range map[string]Network{"chain3": chain(3), "chain5": chain(5), "chain16": chain(16), "grid25": grid} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Find(net, Options{})
			}
		})
	}
}
