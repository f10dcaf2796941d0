package tests

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tests/randgraph"
)

// TestBuffersHoldTheBitsOfTensors runs random graphs on every device with their results in tensors and in buffers, then a program on both.
func TestBuffersHoldTheBitsOfTensors(t *testing.T) {
	const graphs = 10
	ctx := context.Background()
	for _, w := range ways(t) {
		if !w.ordered {
			continue
		}
		for i := range uint64(graphs) {
			roots := randgraph.Graph(rand.New(rand.NewPCG(*seed+i, 0)), randgraph.Options{Tame: true})
			if err := inBuffers(ctx, t, w, roots); err != nil {
				t.Errorf("%s: seed %d: %v\n%s", w.name, *seed+i, err, expr.Text(expr.Nodes(roots...)...))
			}
		}
	}
}

func inBuffers(ctx context.Context, t *testing.T, w way, roots []expr.Expr) error {
	p, err := w.session.Compile(ctx, roots...)
	if err != nil {
		return err
	}
	want, err := p.Run(ctx)
	if err != nil {
		return nil // graphs that no run has, such as an index out of range, are TestRandomGraphs' concern
	}
	held, err := p.RunBuffers(ctx)
	if err != nil {
		return err
	}
	for k, b := range held {
		got, err := b.Tensor(ctx)
		if err != nil {
			return err
		}
		if !sameBits(t, got, want[k]) {
			return fmt.Errorf("root %d differs", k)
		}
		x := expr.Input("x", b.DType(), b.Shape()...)
		flipped := x
		for axis := range b.Shape() {
			flipped = flipped.Flip(axis)
		}
		next, err := w.session.Compile(ctx, flipped)
		if err != nil {
			return err
		}
		ofTensor, err := next.Run(ctx, runtime.Bind("x", want[k]))
		if err != nil {
			return err
		}
		ofBuffer, err := next.Run(ctx, runtime.Bind("x", b))
		if err != nil {
			return err
		}
		if !sameBits(t, ofBuffer[0], ofTensor[0]) {
			return fmt.Errorf("root %d, flipped, differs", k)
		}
		if err := b.Close(); err != nil {
			return err
		}
	}
	return nil
}
