package einsum_test

import (
	"fmt"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

func ExampleContract() {
	q := expr.Input("q", tensor.Float32, 8, 128, 64)
	k := expr.Input("k", tensor.Float32, 8, 512, 64)

	scores := einsum.Contract("batch query dim, batch key dim -> batch query key", q, k)
	fmt.Println(scores.DType(), scores.Shape())
	// Output: f32 [8 128 512]
}

// Forms of the classical notation, and what they make of the shapes [2 3 3] and [3 4].
func ExampleContract_classical() {
	x := expr.Input("x", tensor.Float64, 2, 3, 3)
	y := expr.Input("y", tensor.Float64, 3, 4)
	fmt.Println("batched product  ", einsum.Contract("...ij,jk->...ik", x, y).Shape())
	fmt.Println("implicit output  ", einsum.Contract("bij,jk", x, y).Shape())
	fmt.Println("diagonals        ", einsum.Contract("...ii->...i", x).Shape())
	fmt.Println("traces           ", einsum.Contract("...ii->...", x).Shape())
	fmt.Println("sum of everything", einsum.Contract("...->", y).Shape())
	fmt.Println("outer product    ", einsum.Contract("bij,kl->bijkl", x, y).Shape())
	// Output:
	// batched product   [2 3 4]
	// implicit output   [2 3 4]
	// diagonals         [2 3]
	// traces            [2]
	// sum of everything []
	// outer product     [2 3 3 3 4]
}

func ExampleParse() {
	_, err := einsum.Parse("αβ, βγ -> αδ")
	fmt.Println(err)
	// Output:
	// einsum "αβ, βγ -> αδ": index δ of the output is in no operand
	//     αβ, βγ -> αδ
	//                ^
}

func ExampleParse_implicit() {
	s, err := einsum.Parse("ca, ...ab")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s, s.Names, s.Output.Labels, s.Output.Ellipsis)
	// Output: ca,...ab [c a b] [2 0] 0
}

func ExampleParseLabels() {
	s, err := einsum.ParseLabels([][]int{{0, 1000}, {1000, einsum.Ellipsis}}, []int{0, einsum.Ellipsis}, false)
	if err != nil {
		fmt.Println(err)
		return
	}
	x := expr.Input("x", tensor.Float64, 2, 3)
	y := expr.Input("y", tensor.Float64, 3, 4, 5)
	fmt.Println(s, s.Contract(x, y).Shape())
	// Output: ab,b...->a... [2 4 5]
}

func ExampleSpec_Bind() {
	s, err := einsum.Parse("ij,jk->ik")
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := s.Bind([]tensor.Shape{{512, 256}, {256, 128}})
	fmt.Println(c.Labels, c.Output, c.Sizes, err)

	_, err = s.Bind([]tensor.Shape{{512, 256}, {128, 64}})
	fmt.Println(err)
	// Output:
	// [[0 1] [1 2]] [0 2] [512 256 128] <nil>
	// einsum "ij,jk->ik": index j is 256 in operand 0 ([512 256]) but 128 in operand 1 ([128 64])
	//     ij,jk->ik
	//        ^
}
