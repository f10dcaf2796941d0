package runtime

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime/host"
	"github.com/einloom/einloom/tensor"
)

// What calibration computes on: elements of float32 that lie in a worker's second cache with their results, in the last cache, and in none.
const (
	cachedLength = 1 << 15
	sharedLength = 1 << 19
	memoryLength = 1 << 23
	scattered    = 1 << 20 // elements gathered
	acrossSide   = 2048    // of a matrix transposed
	stride       = 7919    // a prime: multiples of it, modulo a length, are places without order
)

// Calibrate measures what kernels reach on this machine's cpu device with target ("" for the widest that it has), in two or three seconds.
// It keeps nothing: see Calibration.Save. A busy machine measures slow.
func Calibrate(ctx context.Context, target string) (*Calibration, error) {
	alone, err := openStopwatch(target, 1)
	if err != nil {
		return nil, err
	}
	defer alone.Close()
	all, err := openStopwatch(target, 0)
	if err != nil {
		return nil, err
	}
	defer all.Close()
	c := &Calibration{Processor: processor(), Target: all.Device(), Workers: all.device.Target().Threads}
	few, many := varied(tensor.Float32, cachedLength), varied(tensor.Float32, memoryLength)
	places := make([]int64, scattered)
	for i := range places {
		places[i] = int64(i) * stride % memoryLength
	}
	at, err := tensor.New(places, scattered)
	if err != nil {
		return nil, err
	}
	side := varied(tensor.Float32, acrossSide, acrossSide)
	four := varied(tensor.Float32, 4)
	for _, m := range []struct {
		on     *stopwatch
		x      expr.Expr
		amount func(codegen.Cost) float64
		rate   *float64 // amounts a second
	}{
		{alone, varied(tensor.Float32, 768, 768).MatMul(varied(tensor.Float32, 768, 768)), flop, &c.Rates.Products32},
		{alone, varied(tensor.Float64, 512, 512).MatMul(varied(tensor.Float64, 512, 512)), flop, &c.Rates.Products64},
		{alone, few.Add(few).Tanh().Mul(few.Neg().Mul(few).Exp()), flop, &c.Rates.Maps},
		{alone, few.Add(varied(tensor.Float32, cachedLength)), bytes, &c.Rates.Cached},
		{alone, varied(tensor.Float32, sharedLength).Add(varied(tensor.Float32, sharedLength)), bytes, &c.Rates.Shared},
		{alone, many.Add(varied(tensor.Float32, memoryLength)), bytes, &c.Rates.Alone},
		{all, many.Add(varied(tensor.Float32, memoryLength)), bytes, &c.Rates.Memory},
		{alone, many.Take(expr.From(at), 0), func(codegen.Cost) float64 { return scattered }, &c.Rates.Gathers},
		{alone, side.Transpose(1, 0), bytes, &c.Rates.Across},
	} {
		cost, seconds, err := m.on.time(ctx, m.x)
		if err != nil {
			return nil, fmt.Errorf("runtime: calibration: %w", err)
		}
		*m.rate = m.amount(cost) / seconds
	}
	if _, c.Rates.Launch, err = all.time(ctx, four.Add(four)); err != nil {
		return nil, fmt.Errorf("runtime: calibration: %w", err)
	}
	return c, nil
}

func flop(c codegen.Cost) float64  { return c.Flop }
func bytes(c codegen.Cost) float64 { return c.Bytes }

// varied is data without a pattern that matters, in (-1, 1).
func varied(d tensor.DType, dims ...int) expr.Expr {
	v := make([]float64, tensor.Shape(dims).Len())
	for i := range v {
		v[i] = float64(i*stride%1000)/500 - 1
	}
	t, err := tensor.FromFloat64s(d, v, dims...)
	if err != nil {
		panic(err) // of the sizes above
	}
	return expr.From(t)
}

// stopwatch is a session whose programs are timed.
type stopwatch struct{ *Session }

func openStopwatch(target string, workers int) (*stopwatch, error) {
	if err := host.Available(); err != nil {
		return nil, fmt.Errorf("runtime: calibration is of generated code: %w", err)
	}
	s, err := Open(Config{Target: target, Threads: workers, Uncalibrated: true})
	return &stopwatch{s}, err
}

// time gives the cost of x's kernels, and the median seconds of a run.
func (w *stopwatch) time(ctx context.Context, x expr.Expr) (cost codegen.Cost, seconds float64, err error) {
	const enough, fewest, most = 150 * time.Millisecond, 5, 1001
	p, err := w.Compile(ctx, x)
	if err != nil {
		return cost, 0, err
	}
	for i := range p.plain.plan.Steps {
		k := p.plain.plan.Steps[i].Kernel
		cost.Flop += k.Cost.Flop
		cost.Bytes += k.Cost.Bytes
	}
	outs, err := p.Run(ctx)
	if err != nil {
		return cost, 0, err
	}
	var took []time.Duration
	for first := time.Now(); len(took) < fewest || len(took) < most && time.Since(first) < enough; {
		start := time.Now()
		if err := p.RunInto(ctx, outs); err != nil {
			return cost, 0, err
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return cost, took[len(took)/2].Seconds(), nil
}
