package tensor

// Copy is a row-major copy of t in memory of its own.
func (t *Tensor) Copy() *Tensor {
	r := dense(t.dtype, t.shape...)
	r.mem = alignedBytes(t.Len() * t.dtype.Size())
	switch {
	case t.dense:
		copy(r.mem, t.mem[t.offset:])
	case t.dtype.Size() == 1:
		copyRows[uint8](r.mem, t)
	case t.dtype.Size() == 2:
		copyRows[uint16](r.mem, t)
	case t.dtype.Size() == 4:
		copyRows[uint32](r.mem, t)
	case t.dtype.Size() == 8:
		copyRows[[2]uint32](r.mem, t) // complex64 is aligned as its halves are
	default:
		copyRows[[2]uint64](r.mem, t)
	}
	return r
}

// Contiguify is t itself if it is row-major, and a Copy otherwise.
func (t *Tensor) Contiguify() *Tensor {
	if t.dense {
		return t
	}
	return t.Copy()
}

// copyRows copies t's elements, each as large as a T, to dst.
func copyRows[T any](dst []byte, t *Tensor) {
	n, step := t.row()
	size := t.dtype.Size()
	for row := range t.rows {
		if to := dst[:n*size]; step == size {
			copy(to, t.mem[row:])
		} else {
			for i := range n {
				*cell[T](to, i*size) = *cell[T](t.mem, row+i*step)
			}
		}
		dst = dst[n*size:]
	}
}
