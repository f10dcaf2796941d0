package planner

import (
	"encoding/binary"
	"math"

	"github.com/einloom/einloom/planner/order"
)

// Orders keeps orders of contraction whose search took long, from one planning to the next. The planner calls it from the goroutine of
// Make, of which there may be several at once.
type Orders interface {
	// Load hands what Save was given for the key to use, if there is such a thing, and says whether use took it. Its error says why it is
	// of no use; then it is as if there were nothing.
	Load(key []byte, use func(data []byte) error) bool
	// Save keeps data for the key, in place of what was kept for it.
	Save(key, data []byte)
}

// keptTerms is how many terms a network has at least whose order is looked for among those that are kept, keptWork what a search took at
// least for its result to be kept: less is found sooner than it is read.
const (
	keptTerms = 10
	keptWork  = 100_000
)

// recall gives the order of a network, from what is kept if it is there. It does so for one of the same form whose labels are numbered as they
// come, kept or not: what a search finds must not depend on whether it is kept.
func (h *hunt) recall(net order.Network, kept Orders) (tree order.Tree, known bool) {
	same, labels := net.Canonical()
	if kept == nil {
		return h.find(same).Rename(labels), false
	}
	key := h.key(same)
	known = kept.Load(key, func(data []byte) (err error) {
		tree, err = order.Recall(same, data)
		return err
	})
	if !known {
		tree = h.find(same)
		if data, err := tree.Record(); err == nil && tree.Work >= keptWork {
			kept.Save(key, data)
		}
	}
	return tree.Rename(labels), known
}

// key is all that the order of a network depends on.
func (h *hunt) key(net order.Network) []byte {
	key := binary.AppendUvarint([]byte("order"), order.Version)
	key = append(key, byte(h.Objective))
	for _, x := range []float64{h.Move, h.MaxSize, h.perProduct, h.perElement} {
		key = binary.LittleEndian.AppendUint64(key, math.Float64bits(x))
	}
	for _, n := range []uint64{uint64(h.Budget), h.Seed, firstWork, growth, order.DefaultBudget, workASecond} {
		key = binary.AppendUvarint(key, n)
	}
	ints := func(list []int) {
		key = binary.AppendUvarint(key, uint64(len(list)))
		for _, x := range list {
			key = binary.AppendUvarint(key, uint64(x))
		}
	}
	key = binary.AppendUvarint(key, uint64(len(net.Terms)))
	for _, t := range net.Terms {
		ints(t)
	}
	ints(net.Output)
	ints(net.Sizes)
	for _, constant := range net.Constant {
		if constant {
			key = append(key, 1)
		} else {
			key = append(key, 0)
		}
	}
	return key
}
