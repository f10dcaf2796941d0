package order

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"
)

// TestProofs holds exact to what dense finds of up to 9 terms: with a bound a little above the least cost it finds a tree of that cost, with one
// a little below it proves that there is none. So no bound from below leaves a subset out that the best tree holds.
func TestProofs(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 11))
		net := randomNetwork(r, 3+r.IntN(7))
		if seed%2 == 1 {
			net.Constant = someConstant(r, len(net.Terms))
		}
		b := newBuilder(net)
		b.sumAlone()
		h := b.lists(b.terms())
		for _, o := range []Options{{}, {Move: 3}, {Objective: Size}, {Objective: Write}} {
			c, m := newCore(&h, newWeights(o)), &meter{ctx: t.Context(), budget: DefaultBudget}
			tree := newTree(c)
			tree.load(small(&h, newWeights(o), m))
			least := tree.total()
			for _, room := range []float64{1 + 1e-5, 10, 1e6} {
				joints, proven := newExact(c, m).run(least * room)
				if !proven || joints == nil {
					t.Fatalf("seed %d, %+v: of a bound %v times the least cost: proven %v, %v", seed, o, room, proven, joints)
				}
				if tree.load(joints); tree.total() > least*(1+1e-6) {
					t.Fatalf("seed %d, %+v: %v, the least is %v", seed, o, tree.total(), least)
				}
			}
			if joints, proven := newExact(c, m).run(least * (1 - 1e-5)); !proven || joints != nil {
				t.Fatalf("seed %d, %+v: a tree below the least cost: %v, proven %v", seed, o, joints, proven)
			}
		}
	}
}

// TestCuts holds the least cuts to all there are.
func TestCuts(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 12))
		g := &cuts{n: 3 + r.IntN(7)}
		for range 2 * g.n {
			ends := uint64(0)
			for range 2 + r.IntN(3) {
				ends |= 1 << r.IntN(g.n)
			}
			if bits.OnesCount64(ends) > 1 {
				g.enter(ends, 1+r.Int64N(100))
			}
		}
		for without := range g.n - 1 {
			want := int64(math.MaxInt64)
			output := 0
			for _, x := range g.edges {
				if x.ends>>without&1 == 0 {
					output |= int(x.ends) >> (g.n - 1) & 1
				}
			}
			for side := 1; side < 1<<g.n; side++ {
				rest := (1<<(g.n-1+output) - 1) &^ side &^ (1 << without)
				if side>>without&1 != 0 || rest == 0 || side>>(g.n-1+output) != 0 {
					continue
				}
				cut := int64(0)
				for _, x := range g.edges {
					if x.ends>>without&1 == 0 && x.ends&uint64(side) != 0 && x.ends&uint64(rest) != 0 {
						cut += x.log
					}
				}
				want = min(want, cut)
			}
			if got := g.least(without); got != min(want, mostPower) {
				t.Fatalf("seed %d, without %d: %v, the least of all is %v", seed, without, got, want)
			}
		}
	}
}
