package main

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

// everyPiece is how many float32s are computed at a time.
const everyPiece = 1 << 20

// exponents masks what is not exponent in a float64.
const exponents = 0x7ff << 52

// everyShard reads "k/n": the k-th of n parts, from 0 on.
func everyShard(text string) (k, n int, err error) {
	first, second, _ := strings.Cut(text, "/")
	k, err = strconv.Atoi(first)
	if err == nil {
		n, err = strconv.Atoi(second)
	}
	if err != nil || k < 0 || k >= n || n > 1<<32/everyPiece {
		return 0, 0, fmt.Errorf("-shard %s: want k/n, 0 <= k < n <= %d", text, 1<<32/everyPiece)
	}
	return k, n, nil
}

// every measures ops of one operand on every float32, or on every n-th piece of them from the k-th on, as device cpu computes them: that is
// bit by bit what formulas give (TestDevicesComputeTheFormulas), and a hundred times as fast. A line an op tells the greatest error.
func every(names string, k, n int) error {
	s, err := runtime.Open(runtime.Config{Device: "cpu"})
	if err != nil {
		return err
	}
	defer s.Close()
	for name := range strings.SplitSeq(names, ",") {
		o := op.Lookup(name)
		if o == nil || o.Arity != 1 || o.Ref.F == nil || o.Types.Gives == op.Truth || !o.Types.Takes.Has(op.Floats) {
			return fmt.Errorf("-every %s: that is no operation on one float", name)
		}
		w, count, err := everyOf(s, o, k, n)
		if err != nil {
			return err
		}
		fmt.Printf("%s of float32: %.4f at most, at %v, of %d operands\n", o.Name, w.units, operandsText(tensor.Float32, w.at), count)
		if w.units > o.Bound(tensor.Float32)+1e-6 {
			return fmt.Errorf("%s: the table states %v", o.Name, o.Bound(tensor.Float32))
		}
	}
	return nil
}

func everyOf(s *runtime.Session, o *op.Op, k, n int) (w worst, count int, err error) {
	ctx, ref := context.Background(), reference(o)
	x := make([]float32, everyPiece)
	p, err := s.Compile(ctx, expr.Map(o, expr.Of(x)))
	if err != nil {
		return w, 0, err
	}
	out, err := tensor.Zeros(tensor.Float32, everyPiece)
	if err != nil {
		return w, 0, err
	}
	y, err := tensor.Data[float32](out)
	if err != nil {
		return w, 0, err
	}
	arg := make([]float64, 1)
	for piece := k; piece < 1<<32/everyPiece; piece += n {
		for i := range x {
			x[i] = math.Float32frombits(uint32(piece*everyPiece + i))
		}
		if err := p.RunInto(ctx, []*tensor.Tensor{out}); err != nil {
			return w, count, err
		}
		for i, got := range y {
			arg[0] = float64(x[i])
			want := ref(arg)
			if math.Abs(float64(got)-want) < w.units*math.Float64frombits(math.Float64bits(want)&exponents)*0x1p-23 {
				continue // in units of a normal result, and no NaN
			}
			miss, ok := missed(tensor.Float32, float64(got), want)
			if !ok {
				return w, count, fmt.Errorf("%s of f32 %v is %v, want %v", o.Name, x[i], got, want)
			}
			w.take(miss, arg[0])
		}
		count += len(x)
	}
	return w, count, nil
}
