package codegen

import (
	"math"
	"os"
	"strings"
	"testing"

	"github.com/einloom/einloom/tensor"
)

// refused calls f with each case of a file of kernels that are wrong and with what the error is to say, the comment above it.
func refused(t *testing.T, file string, f func(text string) error) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range strings.Split(string(text), "\n\n") {
		want, kernel, _ := strings.Cut(c, "\n")
		want = strings.TrimSpace(strings.TrimPrefix(want, ";"))
		if err := f(kernel); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v\nwant %s\nof\n%s", err, want, kernel)
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	refused(t, "testdata/invalid.txt", func(text string) error {
		k, err := Parse(text)
		if err != nil {
			return err
		}
		return k.Verify()
	})
}

func TestParseRefuses(t *testing.T) {
	refused(t, "testdata/unreadable.txt", func(text string) error {
		_, err := Parse(text)
		return err
	})
}

// Kernels that no text stands for: Verify must refuse them, and never panic.
func TestVerifyRefusesGarbage(t *testing.T) {
	good := func() *Kernel {
		k, err := Parse("kernel k\n in x f32[8]\n out o f32[8]\n loop i 8\n o[i] = -x[i]\n schedule map order i, grain 1")
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	if err := good().Verify(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(k *Kernel){
		"name":              func(k *Kernel) { k.Name = "a b" },
		"reserved":          func(k *Kernel) { k.Params[0].Name = "f32" },
		"same names":        func(k *Kernel) { k.Axes[0].Name = "x" },
		"input last":        func(k *Kernel) { k.Params[0], k.Params[1] = k.Params[1], k.Params[0] },
		"strides":           func(k *Kernel) { k.Params[0].Strides = nil },
		"least stride":      func(k *Kernel) { k.Params[0].Strides = []int{math.MinInt} },
		"negative dim":      func(k *Kernel) { k.Params[0].Dims[0] = -1 },
		"dtype":             func(k *Kernel) { k.Params[0].DType = tensor.NumDTypes + 3 },
		"extent":            func(k *Kernel) { k.Axes[0].Extent = -8 },
		"load of none":      func(k *Kernel) { k.Body[0].Param = 7 },
		"load of output":    func(k *Kernel) { k.Body[0].Param = 1 },
		"load with args":    func(k *Kernel) { k.Body[0].Args = []int{-1} },
		"axis of none":      func(k *Kernel) { k.Body[0].At[0].Terms[0].Axis = 3 },
		"negative axis":     func(k *Kernel) { k.Body[0].At[0].Terms[0].Axis = -3 },
		"zero factor":       func(k *Kernel) { k.Body[0].At[0].Terms[0].Coef = 0 },
		"use before":        func(k *Kernel) { k.Body[1].Args[0] = 1 },
		"negative argument": func(k *Kernel) { k.Body[1].Args[0] = -1 },
		"no op":             func(k *Kernel) { k.Body[1].Op = nil },
		"arity":             func(k *Kernel) { k.Body[1].Args = []int{0, 0} },
		"result":            func(k *Kernel) { k.Body[1].DType = tensor.Float64 },
		"kind":              func(k *Kernel) { k.Body[1].Kind = 77 },
		"no fold":           func(k *Kernel) { k.Body[1].Kind = Reduce },
		"constant":          func(k *Kernel) { k.Body[0] = Value{Kind: Const, DType: tensor.Float32, Bits: 1 << 40} },
		"bool":              func(k *Kernel) { k.Body[0] = Value{Kind: Const, DType: tensor.Bool, Bits: 2} },
		"index":             func(k *Kernel) { k.Body[0] = Value{Kind: Index, DType: tensor.Int64, Axis: 1} },
		"gather":            func(k *Kernel) { k.Body[0] = Value{Kind: Gather, DType: tensor.Float32} },
		"store to input":    func(k *Kernel) { k.Stores[0].Param = 0 },
		"store of none":     func(k *Kernel) { k.Stores[0].Value = 2 },
		"store rank":        func(k *Kernel) { k.Stores[0].At = nil },
		"no store":          func(k *Kernel) { k.Stores = nil },
		"order":             func(k *Kernel) { k.Order[0] = 2 },
		"grain":             func(k *Kernel) { k.Grain = 0 },
		"parallel":          func(k *Kernel) { k.Parallel = 2 },
		"split":             func(k *Kernel) { k.Split = 2 },
		"vector":            func(k *Kernel) { k.Vector = 1 },
		"nest":              func(k *Kernel) { k.Nest = 9 },
		"gett of none": func(k *Kernel) {
			k.Nest, k.Gett = NestGett, Gett{M: []int{0}, MR: 1, NR: 1, MC: 1, NC: 1, KC: 1, Sum: 5}
		},
	} {
		k := good()
		spoil(k)
		if k.Verify() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
