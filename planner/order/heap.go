package order

// heap is a priority queue: its first element comes before every other one.
type heap[T interface{ Before(T) bool }] []T

func (h *heap[T]) push(c T) {
	q := append(*h, c)
	i := len(q) - 1
	for i > 0 {
		p := (i - 1) / 2
		if !c.Before(q[p]) {
			break
		}
		q[i] = q[p]
		i = p
	}
	q[i] = c
	*h = q
}

func (h *heap[T]) pop() T {
	q := *h
	top, last := q[0], q[len(q)-1]
	q = q[:len(q)-1]
	*h = q
	i := 0
	for {
		c := 2*i + 1
		if c >= len(q) {
			break
		}
		if c+1 < len(q) && q[c+1].Before(q[c]) {
			c++
		}
		if !q[c].Before(last) {
			break
		}
		q[i] = q[c]
		i = c
	}
	if len(q) > 0 {
		q[i] = last
	}
	return top
}
