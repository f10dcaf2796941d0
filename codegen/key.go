package codegen

import "encoding/binary"

// Keep says which numbers of a kernel are part of its key. What is left out must be read at run time by the code that the key stands for.
type Keep struct {
	Extents int  // extents up to this one; of larger ones only that they are larger
	Strides bool // the exact strides, dims, factors and offsets of accesses; otherwise, for each access, offset 0 or not and the class of each axis' step
	Blocks  bool // Grain, Split, MC, NC and KC; otherwise only whether Split is 0
}

// AppendKey appends the kernel's structural key: equal bytes mean that kernels differ at most in names, note, cost and in the numbers
// that keep leaves out. The classes of a step in memory, in elements, are 0, 1, -1 and other.
func (k *Kernel) AppendKey(key []byte, keep Keep) []byte {
	w := keyWriter{k: k, keep: keep, b: key}
	w.num(len(k.Params))
	for i := range k.Params {
		p := &k.Params[i]
		w.b = append(w.b, byte(p.DType), byte(bit(p.Out)), byte(len(p.Dims)))
		if keep.Strides {
			w.b = appendInts(appendInts(w.b, p.Dims), p.Strides)
		}
	}
	w.num(len(k.Axes))
	for _, a := range k.Axes {
		n := a.Extent
		if n > keep.Extents {
			n = -1
		}
		w.num(n)
		w.num(bit(a.Fold))
	}
	w.num(len(k.Body))
	for i := range k.Body {
		w.value(&k.Body[i])
	}
	w.num(len(k.Stores))
	for i := range k.Stores {
		s := &k.Stores[i]
		w.num(s.Value)
		w.access(s.Param, s.At)
	}
	w.schedule()
	if k.Routine != nil {
		w.b = append(w.b, k.Routine.Name...)
	}
	return w.b
}

type keyWriter struct {
	k    *Kernel
	keep Keep
	b    []byte
}

func (w *keyWriter) num(n int) { w.b = binary.AppendVarint(w.b, int64(n)) }

func (w *keyWriter) value(v *Value) {
	if v.Kind != Load && v.Kind != Gather {
		w.b = v.appendKey(w.b)
		return
	}
	w.b = append(w.b, byte(v.Kind))
	w.access(v.Param, v.At)
	w.num(v.Dim)
	w.b = appendInts(w.b, v.Args)
}

// access writes how an element of a param is found: for each axis its step in memory.
func (w *keyWriter) access(param int, at []Affine) {
	w.num(param)
	if w.keep.Strides {
		w.b = appendAt(w.b, at)
		return
	}
	f := w.k.Params[param].Flat(at)
	w.num(bit(f.Const != 0))
	w.num(len(f.Terms))
	for _, t := range f.Terms {
		w.num(t.Axis)
		step := t.Coef
		if step < -1 || step > 1 {
			step = 2
		}
		w.num(step)
	}
}

// Flat is the place of element at in memory, in elements from element [0 ... 0].
func (p *Param) Flat(at []Affine) Affine { return Dot(at, p.Strides) }

func (w *keyWriter) schedule() {
	s := &w.k.Schedule
	w.num(int(s.Nest))
	w.b = appendInts(w.b, s.Order)
	w.num(s.Vector)
	w.num(s.Parallel)
	w.num(bit(s.Uncached))
	if w.keep.Blocks {
		w.num(s.Grain)
		w.num(s.Split)
	} else {
		w.num(bit(s.Split > 0))
	}
	if s.Nest != NestGett {
		return
	}
	g := &s.Gett
	for _, group := range [][]int{g.M, g.N, g.K, g.Batch} {
		w.b = appendInts(w.b, group)
	}
	for _, n := range []int{g.MR, g.NR, g.Sum, g.A, g.B, bit(g.Imag != nil)} { // Imag follows from the body
		w.num(n)
	}
	if w.keep.Blocks {
		w.b = appendInts(w.b, []int{g.MC, g.NC, g.KC})
	}
}
