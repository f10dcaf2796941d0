package tensor

import (
	"math"
	"strings"
	"testing"
	"unsafe"
)

// every is all dtypes.
func every() []DType {
	var all []DType
	for d := Bool; d < NumDTypes; d++ {
		all = append(all, d)
	}
	return all
}

// counting is 0, 1, 2 ... in row-major order.
func counting(t testing.TB, d DType, dims ...int) *Tensor {
	t.Helper()
	v := make([]int64, Shape(dims).Len())
	for i := range v {
		v[i] = int64(i)
	}
	a, err := FromInt64s(d, v, dims...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestNewAndDataDoNotCopy(t *testing.T) {
	data := []float32{1, 2, 3, 4, 5, 6}
	a, err := New(data, 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	data[4] = 50
	if v, err := a.Float64At(1, 1); err != nil || v != 50 {
		t.Errorf("a write to the data is not seen: %v, %v", v, err)
	}
	back, err := Data[float32](a)
	if err != nil || &back[0] != &data[0] || len(back) != len(data) {
		t.Errorf("Data gives %v, %v", back, err)
	}
	if _, err := Data[float64](a); err == nil {
		t.Error("Data gives float64 of float32")
	}
	rows, err := a.Slice(From(1))
	if err != nil {
		t.Fatal(err)
	}
	if part, err := Data[float32](rows); err != nil || len(part) != 3 || &part[0] != &data[3] {
		t.Errorf("Data of the last row is %v, %v", part, err)
	}
	turned, err := a.Transpose()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Data[float32](turned); err == nil || !strings.Contains(err.Error(), "Copy") {
		t.Errorf("Data of a transposed tensor: %v", err)
	}
}

func TestNewTakesItsShape(t *testing.T) {
	for _, c := range []struct {
		n    int
		dims []int
		want Shape // nil: an error
	}{
		{6, []int{2, 3}, Shape{2, 3}},
		{6, nil, Shape{6}},
		{1, nil, Shape{}},
		{0, nil, Shape{0}},
		{0, []int{3, 0}, Shape{3, 0}},
		{1, []int{1, 1}, Shape{1, 1}},
		{6, []int{2, 2}, nil},
		{6, []int{-2, -3}, nil},
		{0, []int{1 << 40, 1 << 40}, nil},
		{0, []int{1 << 40, 1 << 40, 0}, Shape{1 << 40, 1 << 40, 0}},
	} {
		a, err := New(make([]int16, c.n), c.dims...)
		switch {
		case c.want == nil && err == nil:
			t.Errorf("%d elements in %v: no error", c.n, c.dims)
		case c.want != nil && (err != nil || !a.Shape().Equal(c.want) || a.Len() != c.n || a.Rank() != len(c.want)):
			t.Errorf("%d elements in %v: %v, %v; want %v", c.n, c.dims, a, err, c.want)
		}
	}
}

func TestEachElementTypeHasItsDType(t *testing.T) {
	for _, c := range []struct {
		got, want DType
		size      uintptr
	}{
		{TypeOf[bool](), Bool, 1}, {TypeOf[int8](), Int8, 1}, {TypeOf[int16](), Int16, 2}, {TypeOf[int32](), Int32, 4},
		{TypeOf[int64](), Int64, 8}, {TypeOf[uint8](), Uint8, 1}, {TypeOf[uint16](), Uint16, 2}, {TypeOf[uint32](), Uint32, 4},
		{TypeOf[uint64](), Uint64, 8}, {TypeOf[F16](), Float16, unsafe.Sizeof(F16(0))}, {TypeOf[BF16](), BFloat16, unsafe.Sizeof(BF16(0))},
		{TypeOf[float32](), Float32, 4}, {TypeOf[float64](), Float64, 8}, {TypeOf[complex64](), Complex64, 8},
		{TypeOf[complex128](), Complex128, 16},
	} {
		if c.got != c.want || uintptr(c.want.Size()) != c.size {
			t.Errorf("got %v of %d bytes, want %v of %d", c.got, c.got.Size(), c.want, c.size)
		}
	}
}

func TestDTypeNamesAreRead(t *testing.T) {
	kinds := 0
	for _, d := range every() {
		for _, name := range []string{d.String(), d.Name()} {
			if got, err := ParseDType(name); err != nil || got != d {
				t.Errorf("ParseDType(%q) = %v, %v", name, got, err)
			}
		}
		for _, is := range []bool{d.IsBool(), d.IsSigned(), d.IsUnsigned(), d.IsFloat(), d.IsComplex()} {
			if is {
				kinds++
			}
		}
		if d.IsInt() != (d.IsSigned() || d.IsUnsigned()) {
			t.Errorf("%v.IsInt() = %v", d, d.IsInt())
		}
	}
	if kinds != len(every()) {
		t.Errorf("%d dtypes are of %d kinds", len(every()), kinds)
	}
	for _, bad := range []string{"", "invalid", "f8", "float", "F32"} {
		if d, err := ParseDType(bad); err == nil {
			t.Errorf("ParseDType(%q) = %v", bad, d)
		}
	}
	if NumDTypes.String() != "invalid" || DType(200).Size() != 0 {
		t.Error("a number that is no dtype has a name or a size")
	}
}

func TestZerosAreAligned(t *testing.T) {
	for _, d := range every() {
		for _, dims := range [][]int{{}, {1}, {3, 5}, {1000}} {
			a, err := Zeros(d, dims...)
			if err != nil {
				t.Fatal(err)
			}
			mem, at := a.Memory()
			if start := uintptr(unsafe.Pointer(&mem[at])); start%boundary != 0 {
				t.Errorf("%v%v starts at %x", d, dims, start)
			}
			for _, v := range a.Complex128s() {
				if v != 0 {
					t.Fatalf("%v%v holds %v", d, dims, v)
				}
			}
		}
	}
	for _, dims := range [][]int{{-1}, {1 << 61}, {1 << 40, 1 << 40}, {1 << 30, 1 << 13}} {
		if a, err := Zeros(Int8, dims...); err == nil {
			t.Errorf("Zeros(%v) = %v", dims, a.Shape())
		}
	}
	for _, d := range []DType{Invalid, NumDTypes, 99} {
		if _, err := Zeros(d, 1); err == nil {
			t.Errorf("zeros of dtype %d", d)
		}
	}
}

func TestFromBytesStaysInItsMemory(t *testing.T) {
	mem := alignedBytes(48)
	const far = math.MaxInt / 2
	for _, c := range []struct {
		d       DType
		shape   Shape
		strides []int
		offset  int
		ok      bool
	}{
		{Float32, Shape{12}, nil, 0, true},
		{Float32, Shape{13}, nil, 0, false},
		{Float32, Shape{12}, nil, 1, false},
		{Float32, Shape{3, 4}, []int{4, 1}, 0, true},
		{Float32, Shape{3, 4}, []int{-4, -1}, 11, true},
		{Float32, Shape{3, 4}, []int{-4, -1}, 10, false},
		{Float32, Shape{4, 3}, []int{1, 4}, 0, true},
		{Float32, Shape{1 << 20}, []int{0}, 11, true},
		{Float32, Shape{}, nil, 11, true},
		{Float32, Shape{}, nil, 12, false},
		{Float32, Shape{}, nil, -1, false},
		{Float32, Shape{2}, []int{far}, 0, false},
		{Float32, Shape{3}, []int{-far}, 1, false},
		{Float32, Shape{2}, []int{math.MinInt}, 0, false},
		{Float32, Shape{3, 3}, []int{far, far}, 0, false},
		{Float32, Shape{1}, []int{far}, 3, true},
		{Float32, Shape{0, 3}, []int{far, far}, far, true},
		{Float32, Shape{3}, []int{1, 1}, 0, false},
		{Float32, Shape{-1}, nil, 0, false},
		{Float32, Shape{1 << 62}, []int{0}, 0, false},
		{Complex128, Shape{3}, nil, 0, true},
		{Complex128, Shape{4}, nil, 0, false},
		{Invalid, Shape{1}, nil, 0, false},
	} {
		a, err := FromBytes(mem, c.d, c.shape, c.strides, c.offset)
		if (err == nil) != c.ok {
			t.Errorf("%v%v strides %v offset %d: %v", c.d, c.shape, c.strides, c.offset, err)
		}
		if err == nil && a.Len() < 100 {
			a.Copy() // which panics outside of memory
		}
	}
	if _, err := FromBytes(mem[1:], Float32, Shape{2}, nil, 0); err == nil {
		t.Error("float32 on odd addresses")
	}
	if _, err := FromBytes(mem[4:], Complex64, Shape{2}, nil, 0); err != nil {
		t.Errorf("complex64 is two float32: %v", err)
	}
	if a, err := FromBytes(nil, Float32, Shape{0}, nil, 0); err != nil || !a.Contiguous() {
		t.Errorf("an empty tensor of no memory: %v, %v", a, err)
	}
}

func TestSharesMemory(t *testing.T) {
	a := counting(t, Int32, 4, 6)
	view := func(v *Tensor, err error) *Tensor {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	top, rest := view(a.Slice(Span(0, 2))), view(a.Slice(From(2)))
	for _, c := range []struct {
		what string
		x, y *Tensor
		want bool
	}{
		{"itself", a, a, true},
		{"its transposition", a, view(a.Transpose()), true},
		{"its reverse", a, view(a.Flip()), true},
		{"a row", a, view(a.Index(0, 3)), true},
		{"a copy", a, a.Copy(), false},
		{"two halves", top, rest, false},
		{"the flipped half", view(top.Flip()), rest, false},
		{"nothing of it", a, view(a.Slice(Span(0, 0))), false},
	} {
		if c.x.SharesMemory(c.y) != c.want || c.y.SharesMemory(c.x) != c.want {
			t.Errorf("%s: SharesMemory is not %v", c.what, c.want)
		}
	}
	if a.Contiguify() != a || view(a.Transpose()).Contiguify().SharesMemory(a) {
		t.Error("Contiguify copies what is row-major, or does not copy what is not")
	}
}

func TestElementsAreReached(t *testing.T) {
	for _, d := range every() {
		a := counting(t, d, 2, 3)
		want := int64(5)
		if d == Bool {
			want = 1
		}
		for _, index := range [][]int{{1, 2}, {-1, -1}, {1, -1}} {
			f, err1 := a.Float64At(index...)
			i, err2 := a.Int64At(index...)
			c, err3 := a.Complex128At(index...)
			v, err4 := a.At(index...)
			if f != float64(want) || i != want || c != complex(float64(want), 0) || err1 != nil || err2 != nil || err3 != nil || err4 != nil {
				t.Errorf("%v%v: %v %v %v %v", d, index, f, i, c, v)
			}
			if one := mustNew(t, v); one.DType() != d {
				t.Errorf("At of %v is a %T", d, v)
			}
		}
		for _, index := range [][]int{{}, {1}, {2, 0}, {0, 3}, {-3, 0}, {0, 0, 0}, {math.MinInt, 0}} {
			if v, err := a.At(index...); err == nil {
				t.Errorf("%v%v = %v", d, index, v)
			}
			if _, err := a.Float64At(index...); err == nil {
				t.Errorf("%v%v has a value", d, index)
			}
			if _, err := a.Int64At(index...); err == nil {
				t.Errorf("%v%v has a value", d, index)
			}
			if _, err := a.Complex128At(index...); err == nil {
				t.Errorf("%v%v has a value", d, index)
			}
		}
	}
}

// mustNew is a scalar of v's type.
func mustNew(t *testing.T, v any) *Tensor {
	t.Helper()
	switch v := v.(type) {
	case bool:
		return Scalar(v)
	case int8:
		return Scalar(v)
	case int16:
		return Scalar(v)
	case int32:
		return Scalar(v)
	case int64:
		return Scalar(v)
	case uint8:
		return Scalar(v)
	case uint16:
		return Scalar(v)
	case uint32:
		return Scalar(v)
	case uint64:
		return Scalar(v)
	case F16:
		return Scalar(v)
	case BF16:
		return Scalar(v)
	case float32:
		return Scalar(v)
	case float64:
		return Scalar(v)
	case complex64:
		return Scalar(v)
	case complex128:
		return Scalar(v)
	}
	t.Fatalf("%T is no element", v)
	return nil
}

func TestShapes(t *testing.T) {
	for _, c := range []struct {
		shape Shape
		size  int // -1: an error
		text  string
	}{
		{nil, 1, "[]"},
		{Shape{}, 1, "[]"},
		{Shape{3}, 3, "[3]"},
		{Shape{512, 256}, 512 * 256, "[512 256]"},
		{Shape{0, 3}, 0, "[0 3]"},
		{Shape{1 << 62}, 1 << 62, "[4611686018427387904]"},
		{Shape{1 << 62, 2}, -1, "[4611686018427387904 2]"},
		{Shape{1 << 62, 2, 0}, 0, "[4611686018427387904 2 0]"},
		{Shape{math.MaxInt, math.MaxInt}, -1, "[9223372036854775807 9223372036854775807]"},
		{Shape{0, -1}, -1, "[0 -1]"},
	} {
		n, err := c.shape.Size()
		if c.size < 0 != (err != nil) || err == nil && (n != c.size || c.shape.Len() != n) {
			t.Errorf("%v: %d, %v; want %d", c.shape, n, err, c.size)
		}
		if c.shape.String() != c.text {
			t.Errorf("got %s, want %s", c.shape, c.text)
		}
	}
	if got := (Shape{2, 3, 4}).Strides(); got[0] != 12 || got[1] != 4 || got[2] != 1 {
		t.Errorf("strides %v", got)
	}
}
