// Package order finds in which order to contract a network of tensors pair by pair. It knows sizes and labels alone: no graph, no data, no
// clock; what it finds depends on nothing but what it is given.
package order

import "context"

// Objective is what an order should be cheap in.
type Objective uint8

const (
	Time  Objective = iota // multiplications, and Options.Move for each element that a step reads or writes
	Size                   // elements of the largest result
	Write                  // elements of all results
)

// Options weigh what an order costs, and say how long to look for it. The zero value counts multiplications alone.
type Options struct {
	Objective Objective
	Move      float64 // what it costs to read or write an element, in multiplications; 0: multiplications alone count
	Budget    int64   // units of work, one to three nanoseconds each; 0: DefaultBudget
	MaxSize   float64 // logarithm to the base 2 of the most elements that a result may have; labels are sliced until none has more. 0: no limit
	Seed      uint64  // the same seed finds the same order, on any machine
	Only      string  // one member of the portfolio, besides greedy: for tests
}

// CommonMove is Options.Move of a common core: eight bytes at 20 GB/s beside 50 G multiplications a second.
const CommonMove = 20

// Budgets: DefaultBudget is some hundredths of a second, HighBudget some tenths. Networks of few terms take less.
const (
	DefaultBudget = 20e6
	HighBudget    = 170e6
)

// Find gives an order for a network of at least one term. What is exact is done first: labels of one term alone are summed out, terms of
// the same labels are multiplied, unconnected parts are ordered apart and joined last. Up to 16 operands the order is the best of all;
// beyond, that of a chain or a ring is the best without products of unconnected terms, and for others the methods of the portfolio race for the
// best that the budget buys.
func Find(net Network, o Options) Tree { return Search(context.Background(), net, o) }

// Search is Find that the caller can end: then it gives the best order so far.
func Search(ctx context.Context, net Network, o Options) Tree {
	if o.Budget == 0 {
		o.Budget = DefaultBudget
	}
	m := &meter{ctx: ctx, budget: o.Budget}
	var sliced []int
	b := newBuilder(net)
	b.sumAlone()
	b.mergeEqual()
	for _, part := range b.parts() {
		if len(part) < 2 {
			continue
		}
		h := b.lists(part)
		f := best(&h, o, m)
		for _, l := range f.sliced {
			sliced = append(sliced, int(l))
		}
		b.apply(part, f.joints)
		b.winner = f.winner
	}
	b.join()
	t := Tree{Steps: b.steps, Winner: b.winner, Work: m.spent}
	if o.MaxSize > 0 {
		t = t.again(net, sliced).fit(net, o.MaxSize).nest(net)
	}
	return t
}

// Pairs gives the plain order from left to right, for comparison.
func Pairs(net Network) Tree {
	b := newBuilder(net)
	for t, next := 0, 1; next < len(net.Terms); next++ {
		t = b.contract(t, next)
	}
	return Tree{Steps: b.steps, Winner: "left to right"}
}
