package routines

import (
	"sort"

	"github.com/einloom/einloom/tensor"
)

// ordering is the routines on keys of one width.
type ordering struct {
	sort   func(out, x *tensor.Tensor) error
	places func(out, x *tensor.Tensor) error
	search func(out *tensor.Tensor, args []*tensor.Tensor, right bool) error
}

func orderingOf[K key]() ordering { return ordering{sortedAs[K], placesAs[K], searchAs[K]} }

// orderings are those of dtypes by their bytes. What has no order the table of routines refuses.
var orderings = map[int]ordering{1: orderingOf[uint8](), 2: orderingOf[uint16](), 4: orderingOf[uint32](), 8: orderingOf[uint64]()}

func sorted(out *tensor.Tensor, args []*tensor.Tensor) error {
	return orderings[args[0].DType().Size()].sort(out, args[0])
}

func sortedAs[K key](out, x *tensor.Tensor) error {
	list, err := keys[K](x, false)
	if err != nil {
		return err
	}
	ascend(list, nil)
	to, err := bits[K](out)
	k := kindOf[K](x.DType())
	for i := range to {
		to[i] = k.element(list[i])
	}
	return err
}

func places(out *tensor.Tensor, args []*tensor.Tensor) error {
	return orderings[args[0].DType().Size()].places(out, args[0])
}

func placesAs[K key](out, x *tensor.Tensor) error {
	list, err := keys[K](x, true)
	if err != nil {
		return err
	}
	to, err := tensor.Data[int64](out)
	if err != nil {
		return err
	}
	for i := range to {
		to[i] = int64(i)
	}
	ascend(list, to)
	return nil
}

// short is the most keys that are sorted by insertion.
const short = 64

// ascend sorts keys, and beside each its place if there are places; equal ones stay in their order. It distributes them by one byte after the
// other, the least first (Knuth, The Art of Computer Programming 3, 5.2.5), and passes over bytes that all have in common.
func ascend[K key](list []K, at []int64) {
	if len(list) <= short {
		insert(list, at)
		return
	}
	from, to := list, make([]K, len(list))
	fromAt, toAt := at, make([]int64, len(at))
	width := 0
	for all := ^K(0); all > 0; all >>= 4 {
		width += 4
	}
	for shift := 0; shift < width; shift += 8 {
		var starts [256]int
		for _, x := range from {
			starts[byte(x>>shift)]++
		}
		if starts[byte(from[0]>>shift)] == len(from) {
			continue
		}
		next := 0
		for d, n := range starts {
			starts[d] = next
			next += n
		}
		for i, x := range from {
			d := byte(x >> shift)
			to[starts[d]] = x
			if len(at) > 0 {
				toAt[starts[d]] = fromAt[i]
			}
			starts[d]++
		}
		from, to, fromAt, toAt = to, from, toAt, fromAt
	}
	if &from[0] != &list[0] {
		copy(list, from)
		copy(at, fromAt)
	}
}

// insert sorts few keys.
func insert[K key](list []K, at []int64) {
	for i := range list {
		x, k := list[i], i
		for ; k > 0 && list[k-1] > x; k-- {
			list[k] = list[k-1]
		}
		list[k] = x
		if len(at) > 0 {
			p := at[i]
			copy(at[k+1:i+1], at[k:i])
			at[k] = p
		}
	}
}

func searchLeft(out *tensor.Tensor, args []*tensor.Tensor) error {
	return orderings[args[0].DType().Size()].search(out, args, false)
}

func searchRight(out *tensor.Tensor, args []*tensor.Tensor) error {
	return orderings[args[0].DType().Size()].search(out, args, true)
}

// searchAs halves the row for each element: to the first place that is not below it, or right of all that are not above.
func searchAs[K key](out *tensor.Tensor, args []*tensor.Tensor, right bool) error {
	list, err := keys[K](args[0], true)
	if err != nil {
		return err
	}
	wanted, err := keys[K](args[1], true)
	if err != nil {
		return err
	}
	to, err := tensor.Data[int64](out)
	for i := range to {
		x := wanted[i]
		to[i] = int64(sort.Search(len(list), func(k int) bool { return list[k] > x || !right && list[k] == x }))
	}
	return err
}
