// Package cases reads recorded answers of NumPy (tests/record/numpy_cases.py) and builds the expression of each, so that the oracle and
// every device can be held to them. It must never compute an answer.
//
// A file is JSON: a header, named arrays, and cases. An array has a dtype (einloom's short name), a shape and its elements in row-major
// order: bool as 0 and 1, complex as re, im, re, im ..., besides the words "nan", "inf" and "-inf". A case has the NumPy name of an
// operation, its arguments (the name of an array; a number or a pair re, im is a weak scalar), attributes, and the name of the answer.
package cases

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/einloom/einloom/tensor"
)

// Format is the format that this package reads, as files name it.
const Format = "einloom-numpy-cases/1"

// Header says where a file comes from.
type Header struct {
	Format   string `json:"format"`
	NumPy    string `json:"numpy"`
	Recorder string `json:"recorder"`
}

// Case is one recorded answer.
type Case struct {
	Op    string            `json:"op"`
	Args  []json.RawMessage `json:"args"`
	OutID string            `json:"out"`

	Axes       []int    `json:"axes"`       // of reductions, moves, tensordot; of reductions none stand for all
	Axes2      []int    `json:"axes2"`      // tensordot: the second operand's
	Axis       *int     `json:"axis"`       // concat, stack, take, index
	KeepDims   bool     `json:"keepdims"`   // reductions
	Correction float64  `json:"correction"` // var, std
	Dims       []int    `json:"dims"`       // reshape, broadcast, full, zeros, ones; the indices of at
	Slices     [][]*int `json:"slices"`     // start, stop, step; null where missing
	Before     []int    `json:"before"`     // pad
	After      []int    `json:"after"`      // pad
	Value      float64  `json:"value"`      // pad, full
	Offset     int      `json:"offset"`     // diagonal, tril, triu, diag; the index of index, the count or shift of roll, repeat and windows
	DType      string   `json:"dtype"`      // of cast and of what has no operands
	Start      float64  `json:"start"`      // arange, linspace
	Stop       float64  `json:"stop"`       // arange, linspace
	Step       float64  `json:"step"`       // arange
	Rows       int      `json:"rows"`       // eye, linspace; the bins of bincount, the parts of split
	Epsilon    float64  `json:"epsilon"`    // layer_norm

	Number int            // in the file, from 0
	Out    *tensor.Tensor // the answer
	arrays map[string]*tensor.Tensor
}

// String names the case and its operands.
func (c *Case) String() string {
	parts := make([]string, len(c.Args))
	for i, raw := range c.Args {
		parts[i] = string(raw)
		var label string
		if json.Unmarshal(raw, &label) == nil {
			if t := c.arrays[label]; t != nil {
				parts[i] = t.DType().String() + t.Shape().String()
			}
		}
	}
	return fmt.Sprintf("case %d %s(%s)", c.Number, c.Op, strings.Join(parts, ", "))
}

type array struct {
	DType string            `json:"dtype"`
	Shape tensor.Shape      `json:"shape"`
	Data  []json.RawMessage `json:"data"`
}

// Read reads a file of cases.
func Read(path string) (Header, []Case, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Header{}, nil, err
	}
	var file struct {
		Header Header           `json:"header"`
		Arrays map[string]array `json:"arrays"`
		Cases  []Case           `json:"cases"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return Header{}, nil, fmt.Errorf("%s: %w", path, err)
	}
	if file.Header.Format != Format {
		return Header{}, nil, fmt.Errorf("%s: format %q, want %q", path, file.Header.Format, Format)
	}
	arrays := map[string]*tensor.Tensor{}
	for name, a := range file.Arrays {
		if arrays[name], err = a.tensor(); err != nil {
			return Header{}, nil, fmt.Errorf("%s: array %s: %w", path, name, err)
		}
	}
	for i := range file.Cases {
		c := &file.Cases[i]
		c.Number, c.arrays, c.Out = i, arrays, arrays[c.OutID]
		if c.Out == nil {
			return Header{}, nil, fmt.Errorf("%s: %v: there is no array %q", path, c, c.OutID)
		}
	}
	return file.Header, file.Cases, nil
}

// tensor gives the array in memory, each element rounded once from its text.
func (a array) tensor() (*tensor.Tensor, error) {
	d, err := tensor.ParseDType(a.DType)
	if err != nil {
		return nil, err
	}
	switch {
	case d == tensor.Float32:
		return dense(a, func(s string) (float32, error) { v, err := strconv.ParseFloat(s, 32); return float32(v), err })
	case d.IsFloat():
		v, err := elements(a.Data, func(s string) (float64, error) { return strconv.ParseFloat(s, 64) })
		if err != nil {
			return nil, err
		}
		return tensor.FromFloat64s(d, v, a.Shape...)
	case d.IsComplex():
		v, err := elements(a.Data, func(s string) (float64, error) { return strconv.ParseFloat(s, 8*d.Size()/2) })
		if err != nil {
			return nil, err
		}
		z := make([]complex128, len(v)/2)
		for k := range z {
			z[k] = complex(v[2*k], v[2*k+1])
		}
		return tensor.FromComplex128s(d, z, a.Shape...)
	case d == tensor.Uint64:
		return dense(a, func(s string) (uint64, error) { return strconv.ParseUint(s, 10, 64) })
	}
	v, err := elements(a.Data, func(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) })
	if err != nil {
		return nil, err
	}
	return tensor.FromInt64s(d, v, a.Shape...)
}

func dense[T tensor.Element](a array, parse func(string) (T, error)) (*tensor.Tensor, error) {
	v, err := elements(a.Data, parse)
	if err != nil {
		return nil, err
	}
	return tensor.New(v, a.Shape...)
}

// elements reads numbers and the words for what JSON has no numbers for.
func elements[T any](data []json.RawMessage, parse func(string) (T, error)) ([]T, error) {
	out := make([]T, len(data))
	for i, raw := range data {
		v, err := parse(strings.Trim(string(raw), `"`))
		if err != nil {
			return nil, fmt.Errorf("element %d: %w", i, err)
		}
		out[i] = v
	}
	return out, nil
}
