package order

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/einloom/einloom/tests/cases"
)

// networkOf leaves diagonals to views: a label counts once in a term.
func networkOf(r *cases.Network) Network {
	net := Network{Output: r.Output, Sizes: r.Sizes}
	for _, term := range r.Inputs {
		net.Terms = append(net.Terms, slices.Compact(slices.Sorted(slices.Values(term))))
	}
	return net
}

// TestRecordedNetworks orders the networks of the file that EINLOOM_NETWORKS names, and holds those of 13 to 415 terms to the best costs
// that are known.
func TestRecordedNetworks(t *testing.T) {
	all := cases.Networks(t)
	for _, level := range []struct {
		name   string
		budget int64
		gap    float64
	}{{"default", DefaultBudget, 0.35}, {"high", HighBudget, 0.05}} {
		gap, count, total := 0.0, 0, time.Duration(0)
		for i := range all {
			r := &all[i]
			net := networkOf(r)
			start := time.Now()
			tree := Find(net, Options{Budget: level.budget})
			took := time.Since(start)
			check(t, net, tree)
			cost := tree.Totals(net)
			mults := cost.Mults * math.Log10(2)
			if n := len(net.Terms); n >= 13 && n <= 415 {
				gap, count, total = gap+mults-r.Best.Mults, count+1, total+took
			}
			t.Logf("%-48s %5d terms %9.4f, known %9.4f: %+8.4f, 2^%.1f elements %7.1f ms %6.1f M work, %s", r.Name, len(net.Terms), mults,
				r.Best.Mults, mults-r.Best.Mults, cost.Size, float64(took)/1e6, float64(tree.Work)/1e6, tree.Winner)
		}
		if count > 0 {
			t.Logf("%s: mean gap %.4f of %d networks in %v", level.name, gap/float64(count), count, total)
			if gap > level.gap*float64(count) {
				t.Errorf("%s: mean gap %.4f, want at most %v", level.name, gap/float64(count), level.gap)
			}
		}
	}
}
