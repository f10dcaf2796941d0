package order

// hyper is a network as sorted lists of labels: a hypergraph whose vertices are terms and whose edges, of any number of ends, are labels.
type hyper struct {
	terms    [][]int32
	log      []int64 // of each label
	open     []bool  // whether the output has the label
	constant []bool  // of each term; nil: none is
}

// counts gives how many terms have each label, one more if the output has it.
func (h *hyper) counts() []int32 {
	count := make([]int32, len(h.log))
	for _, t := range h.terms {
		for _, l := range t {
			count[l]++
		}
	}
	for l, open := range h.open {
		if open {
			count[l]++
		}
	}
	return count
}

// on lists the terms of each label.
func (h *hyper) on() [][]int32 {
	count := make([]int32, len(h.log))
	total := 0
	for _, t := range h.terms {
		for _, l := range t {
			count[l]++
		}
		total += len(t)
	}
	all, on := make([]int32, total), make([][]int32, len(h.log))
	for l, n := range count {
		on[l], all = all[:0:n], all[n:]
	}
	for i, t := range h.terms {
		for _, l := range t {
			on[l] = append(on[l], int32(i))
		}
	}
	return on
}

// size is the logarithm of the elements of a list of labels.
func (h *hyper) size(labels []int32) (sum int64) {
	for _, l := range labels {
		sum += h.log[l]
	}
	return sum
}

// union walks over the labels of two sorted lists: it gives the logarithm of them all and of those that some other term needs.
func (h *hyper) union(a, b []int32, count []int32) (points, made int64) {
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		var l int32
		n := int32(1)
		switch {
		case j == len(b) || i < len(a) && a[i] < b[j]:
			l = a[i]
			i++
		case i == len(a) || b[j] < a[i]:
			l = b[j]
			j++
		default:
			l, n = a[i], 2
			i++
			j++
		}
		points += h.log[l]
		if count[l] > n {
			made += h.log[l]
		}
	}
	return points, made
}

// merge appends the labels of two lists that stay after they are contracted, and takes the two out of the count and the result into it.
func merge(to, a, b []int32, count []int32) []int32 {
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case j == len(b) || i < len(a) && a[i] < b[j]:
			if count[a[i]] > 1 {
				to = append(to, a[i])
			} else {
				count[a[i]] = 0
			}
			i++
		case i == len(a) || b[j] < a[i]:
			if count[b[j]] > 1 {
				to = append(to, b[j])
			} else {
				count[b[j]] = 0
			}
			j++
		default:
			if count[a[i]]--; count[a[i]] > 1 {
				to = append(to, a[i])
			} else {
				count[a[i]] = 0
			}
			i++
			j++
		}
	}
	return to
}
