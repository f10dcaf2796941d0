package expr

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/einloom/einloom/tensor"
)

// values gives a tensor's elements in row-major order.
func values(t *tensor.Tensor) []Value {
	out := make([]Value, t.Len())
	switch d := t.DType(); {
	case d.IsComplex():
		for i, c := range t.Complex128s() {
			out[i].C = c
		}
	case d.IsFloat():
		for i, f := range t.Float64s() {
			out[i].F = f
		}
	default:
		for i, v := range t.Int64s() {
			out[i].I = v
		}
	}
	return out
}

// reach gives the elements that strided memory spans, before and behind element [0 ... 0] and with it; near is false if they are more
// than a text may ask a reader to allocate.
func reach(shape, strides []int) (before int, near bool) {
	const most = 1 << 12
	behind := 0
	for k, d := range shape {
		if d == 0 {
			return 0, true
		}
		s := strides[k]
		if d == 1 {
			continue
		}
		if s < -most || s > most || d > most && s != 0 {
			return 0, false
		}
		if span := (d - 1) * s; span < 0 {
			before -= span
		} else {
			behind += span
		}
		if before+behind >= most {
			return 0, false
		}
	}
	return before, true
}

// text gives a value as dtype d writes it, exactly, but for what a NaN carries.
func (v Value) text(d tensor.DType) string {
	switch {
	case d.IsBool():
		return strconv.FormatBool(v.I != 0)
	case d == tensor.Uint64:
		return strconv.FormatUint(uint64(v.I), 10)
	case d.IsInt():
		return strconv.FormatInt(v.I, 10)
	case d.IsComplex():
		return "(" + floatText(real(v.C), d) + " " + floatText(imag(v.C), d) + ")"
	}
	return floatText(v.F, d)
}

// floatText gives the shortest digits that d reads back as v.
func floatText(v float64, d tensor.DType) string {
	switch {
	case v != v:
		return "nan"
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	case d == tensor.Float64 || d == tensor.Complex128:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 32)
}

// spec writes a contraction's labels as an einsum string: i, j, k ... in the order in which they stand.
func spec(labels [][]int, output []int) string {
	var b strings.Builder
	for i, list := range labels {
		if i > 0 {
			b.WriteByte(',')
		}
		for _, label := range list {
			b.WriteRune(letter(label))
		}
	}
	b.WriteString("->")
	for _, label := range output {
		b.WriteRune(letter(label))
	}
	return b.String()
}

const letters = "ijklmnopqrstuvwxyzabcdefghABCDEFGHIJKLMNOPQRSTUVWXYZ"

// letter gives label i's letter: the 52 of ASCII from i on, then what Unicode has from U+0100 on.
func letter(i int) rune {
	if i < len(letters) {
		return rune(letters[i])
	}
	i -= len(letters)
	for r := rune(0x100); r <= unicode.MaxRune; r++ {
		if unicode.IsLetter(r) {
			if i == 0 {
				return r
			}
			i--
		}
	}
	return unicode.ReplacementChar
}

// readValue reads a value of dtype d.
func readValue(text string, d tensor.DType) (v Value, err error) {
	switch {
	case d.IsBool():
		if text != "true" && text != "false" {
			return v, fmt.Errorf("%q is no bool", text)
		}
		return Value{I: truth(text == "true")}, nil
	case d.IsUnsigned():
		u, err := strconv.ParseUint(text, 10, 8*d.Size())
		if err != nil {
			return v, fmt.Errorf("%q is no %v", text, d)
		}
		return Value{I: int64(u)}, nil
	case d.IsInt():
		i, err := strconv.ParseInt(text, 10, 8*d.Size())
		if err != nil {
			return v, fmt.Errorf("%q is no %v", text, d)
		}
		return Value{I: i}, nil
	case d.IsComplex():
		re, im, ok := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(text, "("), ")"), " ")
		x, err1 := readFloat(re, d)
		y, err2 := readFloat(im, d)
		if !ok || err1 != nil || err2 != nil || text[0] != '(' {
			return v, fmt.Errorf("%q is no %v: want (re im)", text, d)
		}
		return Value{C: complex(x, y)}, nil
	}
	v.F, err = readFloat(text, d)
	return v, err
}

// readFloat reads a number as d, or a part of d, rounds it: once.
func readFloat(text string, d tensor.DType) (float64, error) {
	bits := 64
	if d == tensor.Float32 || d == tensor.Complex64 {
		bits = 32
	}
	switch text {
	case "nan":
		return math.NaN(), nil
	case "inf":
		return math.Inf(1), nil
	case "-inf":
		return math.Inf(-1), nil
	}
	v, err := strconv.ParseFloat(text, bits)
	if err != nil || strings.ContainsAny(text, "xXpP_nN") {
		return 0, fmt.Errorf("%q is no %v", text, d)
	}
	return v, nil
}

// readData makes a tensor of the values in a text, with the strides that the text gives.
func readData(d tensor.DType, shape tensor.Shape, texts []string, strides []int) (*tensor.Tensor, error) {
	if msg := countable(shape); msg != "" {
		return nil, fmt.Errorf("the shape %v %s", shape, msg)
	}
	if len(texts) != shape.Len() {
		return nil, fmt.Errorf("%d values do not fill %v%v", len(texts), d, shape)
	}
	reals, ints, pairs := make([]float64, len(texts)), make([]int64, len(texts)), make([]complex128, len(texts))
	for i, text := range texts {
		v, err := readValue(text, d)
		if err != nil {
			return nil, err
		}
		reals[i], ints[i], pairs[i] = v.F, v.I, v.C
	}
	var dense *tensor.Tensor
	var err error
	switch {
	case d.IsComplex():
		dense, err = tensor.FromComplex128s(d, pairs, shape...)
	case d.IsFloat():
		dense, err = tensor.FromFloat64s(d, reals, shape...)
	default:
		dense, err = tensor.FromInt64s(d, ints, shape...)
	}
	if err != nil || strides == nil {
		return dense, err
	}
	return spreadOut(dense, strides)
}

// spreadOut lays a dense tensor out with other strides.
func spreadOut(dense *tensor.Tensor, strides []int) (*tensor.Tensor, error) {
	d, shape := dense.DType(), dense.Shape()
	if len(strides) != len(shape) {
		return nil, fmt.Errorf("%d strides for %v%v", len(strides), d, shape)
	}
	before, near := reach(shape, strides)
	if !near {
		return nil, fmt.Errorf("strides %v reach too far for values in a text", strides)
	}
	span := before + 1
	for k, n := range shape {
		span += max(0, (n-1)*strides[k])
	}
	room, err := tensor.Zeros(d, max(0, span))
	if err != nil {
		return nil, err
	}
	mem, base := room.Memory()
	t, err := tensor.FromBytes(mem[base:], d, shape, strides, before)
	if err != nil {
		return nil, err
	}
	from, err := dense.Bytes()
	if err != nil {
		return nil, err
	}
	size := d.Size()
	index := make([]int, len(shape))
	for at := 0; at < len(from); at += size {
		to := before
		for k, i := range index {
			to += i * strides[k]
		}
		copy(mem[base+to*size:], from[at:at+size])
		for k := len(index) - 1; k >= 0; k-- {
			if index[k]++; index[k] < shape[k] {
				break
			}
			index[k] = 0
		}
	}
	if back, err := t.Copy().Bytes(); err != nil || !slices.Equal(back, from) {
		return nil, fmt.Errorf("strides %v give one place two values", strides)
	}
	return t, nil
}

// readSpec reads labels as spec writes them: any letters, in any order.
func readSpec(text string) (labels [][]int, output []int, err error) {
	left, right, ok := strings.Cut(text, "->")
	if !ok {
		return nil, nil, fmt.Errorf("%q has no ->", text)
	}
	numbers := func(term string) ([]int, error) {
		list := []int{}
		for _, r := range term {
			if !unicode.IsLetter(r) {
				return nil, fmt.Errorf("%q is no label, in %q", r, text)
			}
			if !strings.ContainsRune(left, r) {
				return nil, fmt.Errorf("label %q of the output is in no operand, in %q", r, text)
			}
			list = append(list, int(r))
		}
		return list, nil
	}
	for term := range strings.SplitSeq(left, ",") {
		list, err := numbers(term)
		if err != nil {
			return nil, nil, err
		}
		labels = append(labels, list)
	}
	output, err = numbers(right)
	return labels, output, err
}
