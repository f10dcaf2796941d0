package planner

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/einloom/einloom/planner/order"
	"github.com/einloom/einloom/tensor"
)

// Objectives lists what Options.Objective takes: what orders of contraction are to be cheap in.
//
//	time   what the target's multiplications, reads and writes take (the default; "" is the same)
//	flops  multiplications alone
//	size   elements of the largest intermediate
//	write  elements of all intermediates
func Objectives() []string { return []string{"time", "flops", "size", "write"} }

// CheckObjective says what is wrong with the name of an objective.
func CheckObjective(name string) error {
	if name != "" && !slices.Contains(Objectives(), name) {
		return fmt.Errorf("there is no objective %q: it is one of %s", name, strings.Join(Objectives(), ", "))
	}
	return nil
}

// How long orders are searched for, in the searches' units of work, of which a second has workASecond: the first search has firstWork, and
// each further one growth times as much, as long as that takes less time than the contraction would in the best order so far.
const (
	firstWork   = 500_000
	growth      = 8
	workASecond = 600e6
	provenTerms = 16 // up to so many the search ends with the best order of all, whatever it was given
)

// Under a memory limit: leastSize is the limit of one element a result, as order.Options has it; sliceWork what a search may take for each
// pair of operands.
const (
	leastSize = 1e-6
	sliceWork = 20_000
)

// search looks for the order of a network of a dtype; known: it was kept from an earlier search.
func (s *state) search(net order.Network, d tensor.DType) (tree order.Tree, known bool) {
	h := s.hunt(len(net.Terms), d)
	if len(net.Terms) < keptTerms {
		return h.find(net), false
	}
	return h.recall(net, s.Orders)
}

// hunt is what a search for orders goes by.
type hunt struct {
	order.Options
	perProduct float64 // seconds that a product takes
	perElement float64 // that reading or writing an element takes
}

// hunt is for networks of so many terms.
func (s *state) hunt(terms int, d tensor.DType) hunt {
	m := newModel(s.Target)
	h := hunt{perProduct: m.multiply(1), perElement: m.move(float64(d.Size()))}
	h.Budget = firstWork
	switch s.Objective {
	case "", "time":
		h.Move = h.perElement / h.perProduct
	case "size":
		h.Objective = order.Size
	case "write":
		h.Objective = order.Write
	}
	if s.largest > 0 {
		h.MaxSize = max(math.Log2(float64(s.largest)/float64(d.Size())), leastSize)
		h.Budget = min(order.DefaultBudget, sliceWork*int64(terms*terms))
	}
	return h
}

// find searches, longer and longer, as long as that is worth it. Under a limit it searches once.
func (h *hunt) find(net order.Network) order.Tree {
	to := h.Options
	best := order.Find(net, to)
	if len(net.Terms) <= provenTerms || h.MaxSize > 0 {
		return best
	}
	takes, work := h.seconds(net, best), best.Work
	for best.Work >= to.Budget && to.Budget < order.DefaultBudget && takes > float64(growth*to.Budget)/workASecond {
		to.Budget = min(growth*to.Budget, order.DefaultBudget)
		next := order.Find(net, to)
		work += next.Work
		if t := h.seconds(net, next); to.Move == 0 || t <= takes {
			best, takes = next, t
		}
	}
	best.Work = work
	return best
}

// seconds is what a worker needs for each run of a network in an order: each operand and each intermediate is read once. What is constant is
// there already.
func (h *hunt) seconds(net order.Network, t order.Tree) float64 {
	_, steps := t.Cost(net)
	mults, elements := 0.0, 0.0
	for _, labels := range net.Terms {
		elements += points(net, labels)
	}
	for i, constant := range t.Constant(net) {
		if !constant {
			mults += steps[i].Mults
			elements += 2 * steps[i].Write
		}
	}
	return mults*h.perProduct + elements*h.perElement
}

// multiply is the seconds that a worker needs for so many products and to add them up.
func (m *model) multiply(count float64) float64 { return 2 * count / m.products }
