package randgraph

import (
	"math/rand/v2"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// Texts are what fuzz tests of the graph's text begin with: random graphs of little data, which the text shows, and what these have not.
func Texts() []string {
	list := []string{
		"%0 = data {1 2 3} strides [-1]  i8[3]\nreturn %0 %0",
		"%0 = const weak (nan -inf)  c128[]\nreturn %0",
		"%0 = bad shape \"x\" axis \"y\"\nreturn %0",
		"%0 = input \"\\u00e9\"  f16[2 0]\n%1 = slice %0 from [0 0] step [1 1]  f16[2 0]\nreturn %1",
	}
	for seed := range uint64(30) {
		list = append(list, expr.Text(expr.Nodes(Graph(rand.New(rand.NewPCG(seed, 6)), Options{Elements: 16})...)...))
	}
	return list
}

// Tensor makes contiguous data as the leaves of Graph have it, for inputs.
func Tensor(r *rand.Rand, o Options, d tensor.DType, shape tensor.Shape) *tensor.Tensor {
	return newMaker(r, o).tensor(d, shape)
}
