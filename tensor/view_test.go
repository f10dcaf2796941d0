package tensor

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// anyShape has up to five axes and few elements; extents 0 and 1 are common.
func anyShape(r *rapid.T) Shape {
	return rapid.SliceOfN(rapid.SampledFrom([]int{0, 1, 1, 2, 2, 3, 3, 4, 5}), 0, 5).Draw(r, "shape")
}

// anyRange may be out of range.
func anyRange(r *rapid.T) Range {
	end, step := rapid.IntRange(-6, 6), rapid.SampledFrom([]int{-3, -2, -1, 1, 2, 3})
	v := rapid.SampledFrom([]Range{All(), From(end.Draw(r, "start")), To(end.Draw(r, "stop")), Span(end.Draw(r, "start"), end.Draw(r, "stop"))}).Draw(r, "range")
	if rapid.Bool().Draw(r, "stepped") {
		v = v.By(step.Draw(r, "step"))
	}
	return v
}

// anyView is a counted tensor seen through a few views; its elements are all different unless it was broadcast.
func anyView(r *rapid.T, broadcast bool) *Tensor {
	shape := anyShape(r)
	ints := make([]int64, shape.Len())
	for i := range ints {
		ints[i] = int64(i)
	}
	d := rapid.SampledFrom([]DType{Int16, Float32, Int64, Complex128}).Draw(r, "dtype")
	t := must(FromInt64s(d, ints, shape...))
	for range rapid.IntRange(0, 3).Draw(r, "views") {
		switch rapid.IntRange(0, 5).Draw(r, "view") {
		case 0:
			ranges := make([]Range, rapid.IntRange(0, t.Rank()).Draw(r, "ranges"))
			for k := range ranges {
				ranges[k] = anyRange(r)
			}
			t = must(t.Slice(ranges...))
		case 1:
			t = must(t.Transpose(anyAxes(r, t.Rank())...))
		case 2:
			t = must(t.Flip())
		case 3:
			t = must(t.Expand(rapid.IntRange(0, t.Rank()).Draw(r, "axis")))
		case 4:
			t = must(t.Squeeze())
		case 5:
			if broadcast {
				t = must(t.Broadcast(stretched(r, t.Shape())...))
			}
		}
	}
	return t
}

func anyAxes(r *rapid.T, rank int) []int {
	axes := make([]int, rank)
	for k := range axes {
		axes[k] = k
	}
	return rapid.Permutation(axes).Draw(r, "axes")
}

// stretched is a shape that s broadcasts to.
func stretched(r *rapid.T, s Shape) Shape {
	to := s.Clone()
	for k, n := range to {
		if n == 1 && rapid.Bool().Draw(r, "stretch") {
			to[k] = rapid.IntRange(0, 3).Draw(r, "extent")
		}
	}
	lead := rapid.SliceOfN(rapid.IntRange(1, 2), 0, 2).Draw(r, "lead")
	return append(lead, to...)
}

// must is for what cannot fail; rapid shows the panic with its input.
func must(t *Tensor, err error) *Tensor {
	if err != nil {
		panic(err)
	}
	return t
}

// at is one element, by the index's own arithmetic.
func at(t *Tensor, index []int) int64 {
	v, err := t.Int64At(index...)
	if err != nil {
		panic(err)
	}
	return v
}

// indices goes over all multi-indices of a shape.
func indices(s Shape) func(func([]int) bool) {
	return func(yield func([]int) bool) {
		index := make([]int, len(s))
		for i := range s.Len() {
			for k := len(s) - 1; k >= 0; k-- {
				index[k], i = i%s[k], i/s[k]
			}
			if !yield(index) {
				return
			}
		}
	}
}

// same says whether a and b are one view: the same elements of the same memory. Strides that lead nowhere do not count.
func same(a, b *Tensor) bool {
	if !a.Shape().Equal(b.Shape()) || a.DType() != b.DType() {
		return false
	}
	if a.Len() == 0 {
		return true
	}
	for k, n := range a.Shape() {
		if n > 1 && a.Strides()[k] != b.Strides()[k] {
			return false
		}
	}
	aMem, aAt := a.Memory()
	bMem, bAt := b.Memory()
	return &aMem[aAt] == &bMem[bAt]
}

// inMemory fails where an element of v lies outside of the memory of t, or where Contiguous is wrong.
func inMemory(r *rapid.T, v, t *Tensor) {
	size, next, dense := v.dtype.Size(), v.offset, true
	for at := range v.offsets {
		if at < 0 || at+size > len(v.mem) {
			r.Fatalf("%v with strides %v reaches byte %d of %d", v.shape, v.strides, at, len(v.mem))
		}
		dense = dense && at == next
		next += size
	}
	if dense != v.Contiguous() {
		r.Fatalf("%v with strides %v: Contiguous is %v", v.shape, v.strides, v.Contiguous())
	}
	if v.Len() > 0 && !v.SharesMemory(t) {
		r.Fatalf("%v does not share memory with %v", v.shape, t.shape)
	}
}

func TestSliceChoosesElements(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a := anyView(r, true)
		ranges := make([]Range, a.Rank())
		for k := range ranges {
			ranges[k] = anyRange(r)
		}
		v := must(a.Slice(ranges...))
		inMemory(r, v, a)
		for index := range indices(v.Shape()) {
			from := make([]int, len(index))
			for k, i := range index {
				start, step, count, err := ranges[k].Bounds(a.Shape()[k])
				if err != nil || i >= count {
					r.Fatalf("axis %d: %d of %d, %v", k, i, count, err)
				}
				from[k] = start + i*step
			}
			if at(v, index) != at(a, from) {
				r.Fatalf("%v of %v: element %v is not element %v", ranges, a.Shape(), index, from)
			}
		}
	})
}

func TestTransposeMovesAxes(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a := anyView(r, true)
		axes := anyAxes(r, a.Rank())
		v := must(a.Transpose(axes...))
		inMemory(r, v, a)
		back := make([]int, len(axes))
		for k, x := range axes {
			back[x] = k
		}
		if !same(must(v.Transpose(back...)), a) {
			r.Fatalf("%v and %v do not cancel", axes, back)
		}
		for index := range indices(v.Shape()) {
			from := make([]int, len(index))
			for k, x := range axes {
				from[x] = index[k]
			}
			if at(v, index) != at(a, from) {
				r.Fatalf("%v: element %v is not element %v", axes, index, from)
			}
		}
		if !same(must(must(a.Transpose()).Transpose()), a) {
			r.Fatal("to reverse the axes twice is not to leave them")
		}
	})
}

// TestReshapeIsAViewWhereThereIsOne works out whether strides for the new shape exist from the offsets of all elements.
func TestReshapeIsAViewWhereThereIsOne(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a := anyView(r, true)
		to := reshaped(r, a.Len())
		v, err := a.Reshape(to...)
		if possible := affine(slices.Collect(a.offsets), to); possible != (err == nil) {
			r.Fatalf("%v with strides %v to %v: a view exists: %v; Reshape says %v", a.Shape(), a.Strides(), to, possible, err)
		}
		if err != nil {
			v = must(a.Copy().Reshape(to...))
		} else {
			inMemory(r, v, a)
		}
		if !v.Shape().Equal(to) || !slices.Equal(v.Int64s(), a.Int64s()) {
			r.Fatalf("%v to %v: %v became %v", a.Shape(), to, a.Int64s(), v.Int64s())
		}
	})
}

// reshaped is a shape of n elements.
func reshaped(r *rapid.T, n int) Shape {
	if n == 0 {
		s := anyShape(r)
		return append(s, 0)
	}
	s := Shape{}
	for n > 1 {
		var factors []int
		for f := 2; f <= n; f++ {
			if n%f == 0 {
				factors = append(factors, f)
			}
		}
		f := rapid.SampledFrom(factors).Draw(r, "extent")
		s, n = append(s, f), n/f
		if rapid.IntRange(0, 4).Draw(r, "one") == 0 {
			s = append(s, 1)
		}
	}
	return s
}

// affine says whether offsets, in the row-major order of shape, are a constant and a multiple of each index.
func affine(offsets []int, shape Shape) bool {
	if len(offsets) == 0 {
		return true
	}
	steps, unit := make([]int, len(shape)), shape.Strides()
	for k, n := range shape {
		if n > 1 {
			steps[k] = offsets[unit[k]] - offsets[0]
		}
	}
	i := 0
	for index := range indices(shape) {
		want := offsets[0]
		for k, x := range index {
			want += x * steps[k]
		}
		if offsets[i] != want {
			return false
		}
		i++
	}
	return true
}

func TestBroadcastRepeats(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a := anyView(r, true)
		to := stretched(r, a.Shape())
		v := must(a.Broadcast(to...))
		inMemory(r, v, a)
		lead := len(to) - a.Rank()
		for k := range to {
			if (k < lead || a.Shape()[k-lead] != to[k]) && v.Strides()[k] != 0 {
				r.Fatalf("%v to %v: strides %v", a.Shape(), to, v.Strides())
			}
		}
		for index := range indices(to) {
			from := slices.Clone(index[lead:])
			for k, n := range a.Shape() {
				if n == 1 {
					from[k] = 0
				}
			}
			if at(v, index) != at(a, from) {
				r.Fatalf("%v to %v: element %v is not element %v", a.Shape(), to, index, from)
			}
		}
	})
}

func TestDiagonalIndexFlipExpandSqueeze(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a := anyView(r, false)
		rank := a.Rank()
		if rank == 0 {
			return
		}
		axis := rapid.IntRange(0, rank-1).Draw(r, "axis")

		flipped := must(a.Flip(axis))
		inMemory(r, flipped, a)
		if !same(must(flipped.Flip(axis-rank)), a) {
			r.Fatal("to flip twice is not to leave")
		}
		for index := range indices(a.Shape()) {
			from := slices.Clone(index)
			from[axis] = a.Shape()[axis] - 1 - from[axis]
			if at(flipped, index) != at(a, from) {
				r.Fatalf("flipped: element %v is not element %v", index, from)
			}
		}

		if n := a.Shape()[axis]; n > 0 {
			i := rapid.IntRange(-n, n-1).Draw(r, "index")
			one := must(a.Index(axis, i))
			inMemory(r, one, a)
			whole := Span(i, i+1)
			if i == -1 {
				whole = From(-1)
			}
			ranges := make([]Range, axis+1)
			ranges[axis] = whole
			if !same(must(must(a.Slice(ranges...)).Squeeze(axis)), one) {
				r.Fatalf("index %d of axis %d is not the slice %v squeezed", i, axis, whole)
			}
			if !same(must(must(one.Expand(axis)).Squeeze(axis)), one) {
				r.Fatal("to expand and squeeze is not to leave")
			}
		}

		b := rapid.IntRange(0, rank-1).Draw(r, "b")
		if b == axis {
			return
		}
		offset := rapid.IntRange(-6, 6).Draw(r, "offset")
		d := must(a.Diagonal(offset, axis, b))
		inMemory(r, d, a)
		for index := range indices(d.Shape()) {
			i, from, rest := index[len(index)-1], make([]int, rank), index
			for k := range from {
				switch k {
				case axis:
					from[k] = i + max(0, -offset)
				case b:
					from[k] = i + max(0, offset)
				default:
					from[k], rest = rest[0], rest[1:]
				}
			}
			if at(d, index) != at(a, from) {
				r.Fatalf("diagonal %d of axes %d, %d: element %v is not element %v", offset, axis, b, index, from)
			}
		}
	})
}

func TestRealAndImagAreViews(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		shape := anyShape(r)
		pairs := make([]complex128, shape.Len())
		for i := range pairs {
			pairs[i] = complex(float64(i), float64(-2*i-1))
		}
		d := rapid.SampledFrom([]DType{Complex64, Complex128}).Draw(r, "dtype")
		a := must(must(must(FromComplex128s(d, pairs, shape...)).Transpose()).Flip())
		re, im := a.Real(), a.Imag()
		inMemory(r, re, a)
		inMemory(r, im, a)
		if want := d.part(); re.DType() != want || im.DType() != want {
			r.Fatalf("%v has parts %v and %v", d, re.DType(), im.DType())
		}
		x, y := re.Float64s(), im.Float64s()
		for i, c := range a.Complex128s() {
			if x[i] != real(c) || y[i] != imag(c) {
				r.Fatalf("%v has parts %v and %v", c, x[i], y[i])
			}
		}
	})
	a := counting(t, Int32, 2, 3)
	if a.Real() != a {
		t.Error("Real of a real tensor is not itself")
	}
	if zero := a.Imag(); zero.DType() != Int32 || !zero.Shape().Equal(a.Shape()) || slices.Max(zero.Int64s()) != 0 {
		t.Errorf("Imag of a real tensor is %v", zero)
	}
}

func TestViewsRefuseWhatIsNotThere(t *testing.T) {
	a := counting(t, Int16, 2, 3)
	empty := counting(t, Int16, 0, 3)
	scalar := Scalar(int16(7))
	for what, f := range map[string]func() (*Tensor, error){
		"an index behind the end":        func() (*Tensor, error) { return a.Index(0, 2) },
		"an index before the start":      func() (*Tensor, error) { return a.Index(1, -4) },
		"an index of no axis":            func() (*Tensor, error) { return a.Index(2, 0) },
		"an index of nothing":            func() (*Tensor, error) { return empty.Index(0, 0) },
		"an index of a scalar":           func() (*Tensor, error) { return scalar.Index(0, 0) },
		"an axis twice":                  func() (*Tensor, error) { return a.Transpose(0, -2) },
		"too few axes":                   func() (*Tensor, error) { return a.Transpose(0) },
		"an axis that is not there":      func() (*Tensor, error) { return a.Transpose(0, 2) },
		"a shape too large":              func() (*Tensor, error) { return a.Reshape(7) },
		"two unknown extents":            func() (*Tensor, error) { return a.Reshape(-1, -1) },
		"an extent below -1":             func() (*Tensor, error) { return a.Reshape(-2, -3) },
		"an unknown extent that is none": func() (*Tensor, error) { return a.Reshape(4, -1) },
		"any extent of nothing":          func() (*Tensor, error) { return empty.Reshape(0, -1) },
		"an overflow":                    func() (*Tensor, error) { return a.Reshape(math.MaxInt, math.MaxInt) },
		"fewer axes":                     func() (*Tensor, error) { return a.Broadcast(3) },
		"another extent":                 func() (*Tensor, error) { return a.Broadcast(2, 4) },
		"a negative extent":              func() (*Tensor, error) { return a.Broadcast(-1, 2, 3) },
		"more than can be":               func() (*Tensor, error) { return a.Broadcast(1<<42, 2, 3) },
		"a flip of no axis":              func() (*Tensor, error) { return a.Flip(2) },
		"a squeeze of more than one":     func() (*Tensor, error) { return a.Squeeze(0) },
		"a squeeze of no axis":           func() (*Tensor, error) { return a.Squeeze(5) },
		"a place too far":                func() (*Tensor, error) { return a.Expand(3) },
		"a place too far back":           func() (*Tensor, error) { return a.Expand(-4) },
		"the diagonal of one axis":       func() (*Tensor, error) { return a.Diagonal(0, 1, -1) },
		"the diagonal of no axis":        func() (*Tensor, error) { return a.Diagonal(0, 0, 2) },
	} {
		if v, err := f(); err == nil {
			t.Errorf("%s: %v", what, v.Shape())
		}
	}
	if v := must(a.Reshape(3, -1)); !v.Shape().Equal(Shape{3, 2}) {
		t.Errorf("an unknown extent became %v", v.Shape())
	}
	if v := must(empty.Reshape(5, -1)); !v.Shape().Equal(Shape{5, 0}) {
		t.Errorf("an unknown extent of nothing became %v", v.Shape())
	}
	if v := must(a.Broadcast(1<<39, 2, 3)); v.Len() != 6<<39 {
		t.Errorf("a wide broadcast has %d elements", v.Len())
	}
	if v := must(a.Diagonal(math.MinInt, 0, 1)); v.Len() != 0 {
		t.Errorf("a far diagonal has %d elements", v.Len())
	}
}
