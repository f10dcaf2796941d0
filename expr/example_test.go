package expr_test

import (
	"fmt"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// A graph is built without computing anything, and prints as text.
func Example() {
	a := expr.Input("a", tensor.Float32, 512, 256)
	w := expr.Input("w", tensor.Float32, 256, 128)
	fmt.Print(a.MatMul(w).Max(-1).KeepDims())
	// Output:
	// %0 = input "a"                   f32[512 256]	; example_test.go:12
	// %1 = input "w"                   f32[256 128]	; example_test.go:13
	// %2 = contract "ij,jk->ik" %0 %1  f32[512 128]	; example_test.go:14
	// %3 = max %2 axes [1]             f32[512]	; example_test.go:14
	// %4 = reshape %3                  f32[512 1]	; example_test.go:14
	// return %4
}

// A mistake does not stop the building; it is found with the line where it was made.
func ExampleExpr_Err() {
	a := expr.Input("a", tensor.Float32, 2, 3)
	b := expr.Input("b", tensor.Float32, 4, 5)
	fmt.Println(a.MatMul(b).Softmax(-1).Err())
	// Output:
	// example_test.go:28: matmul: operand 0 is f32[2 3], operand 1 is f32[4 5]: axis 1 of operand 0 is 3, axis 0 of operand 1 is 4
}
