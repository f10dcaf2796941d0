package einloom_test

import (
	"context"
	"fmt"

	"github.com/einloom/einloom"
	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// Weights that never change are multiplied together, and scaled, in the first run alone.
func ExampleProgram() {
	ctx := context.Background()
	x := expr.Input("x", tensor.Float32, 1, 2)
	v, _ := tensor.New([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	w, _ := tensor.New([]float32{1, 0, 0, 1, 1, 1}, 3, 2)
	both := expr.Frozen(v).MatMul(expr.Frozen(w)).Mul(expr.Scalar(0.5))
	p, err := einloom.Compile(ctx, x.MatMul(both))
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range 2 {
		row, _ := tensor.New([]float32{1, float32(i)}, 1, 2)
		y, err := p.Run(ctx, einloom.Bind("x", row))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(y[0])
	}
	// Output:
	// array([[2. , 2.5]], dtype=float32)
	// array([[7., 8.]], dtype=float32)
}

// Two programs hand on a result that stays on the device: with Config{Device: "vulkan"} only x and y travel.
func ExampleBuffer() {
	ctx := context.Background()
	s, err := einloom.Open(einloom.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	first, err := s.Compile(ctx, einsum.Contract("ij,jk->ik", expr.Input("x", tensor.Float32, 2, 3), expr.Input("w", tensor.Float32, 3, 2)))
	if err != nil {
		fmt.Println(err)
		return
	}
	second, err := s.Compile(ctx, expr.Input("h", tensor.Float32, 2, 2).Sum(0))
	if err != nil {
		fmt.Println(err)
		return
	}
	x, _ := tensor.New([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	w, _ := tensor.New([]float32{1, 0, 0, 1, 1, 1}, 3, 2)
	weights, err := s.Upload(ctx, w)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer weights.Close()
	hidden, err := first.RunBuffers(ctx, einloom.Bind("x", x), einloom.Bind("w", weights))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hidden[0].Close()
	y, err := second.Run(ctx, einloom.Bind("h", hidden[0]))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(y[0])
	// Output: array([14., 16.], dtype=float32)
}
