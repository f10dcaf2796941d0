package oracle

import (
	"flag"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tests/randgraph"
)

var long = flag.Bool("long", false, "try many more random graphs")

// shadow is an implementation as careless as the bounds allow: it sums in any order and rounds after each step, in the node's dtype, and its
// elementwise functions are off by up to what their rows state.
type shadow struct {
	evaluation
	rand *rand.Rand
}

func (s *shadow) compute(n *expr.Node, args []*array) (*array, error) {
	e := &s.evaluation
	for i, a := range n.Args {
		e.values[a] = args[i]
	}
	arithmetic := !n.DType.IsBool() && !n.DType.IsInt()
	switch out := empty(n.DType, n.Shape); {
	case n.Kind == expr.KReduce && arithmetic && (n.Fold == expr.FoldSum || n.Fold == expr.FoldProd):
		s.reduce(n, out, args[0])
		return out, nil
	case n.Kind == expr.KContract && arithmetic:
		s.contract(n, out, args)
		return out, nil
	case n.Kind == expr.KMap && n.Op.Name == "mul" && out.c != nil:
		for k := range out.c {
			out.c[k] = out.times(args[0].c[k], args[1].c[k])
		}
		return out, nil
	}
	out, err := e.compute(n)
	if err == nil && n.Kind == expr.KMap && out.f != nil && n.Op.Name != opCast && n.Op.ULP.F32 > 0 && args[0].f != nil {
		f := formatOf(n.DType)
		for k, y := range out.f {
			if finite(y) {
				u := n.Op.Bound(n.DType) - 0.5
				out.f[k] = f.round(y + u*(2*s.rand.Float64()-1)*f.ulp(y))
			}
		}
	}
	return out, err
}

// at gives element k of floats or complex numbers.
func (a *array) at(k int) complex128 {
	if a.f != nil {
		return complex(a.f[k], 0)
	}
	return a.c[k]
}

func (a *array) put(k int, z complex128) { a.set(k, expr.Value{F: real(z), C: z}) }

// plus and times are the dtype's arithmetic, rounded after each step.
func (a *array) plus(x, y complex128) complex128 { return roundComplex(a.dtype, x+y) }

func (a *array) times(x, y complex128) complex128 {
	f := formatOf(a.dtype)
	if a.f != nil {
		return complex(f.round(real(x)*real(y)), 0)
	}
	p := func(u, v float64) float64 { return f.round(u * v) }
	return complex(f.round(p(real(x), real(y))-p(imag(x), imag(y))), f.round(p(real(x), imag(y))+p(imag(x), real(y))))
}

func (s *shadow) reduce(n *expr.Node, out, x *array) {
	kept, along := split(x.shape, x.shape.Strides(), n.Axes)
	var steps []int
	walk(along.shape, along.strides, 0, func(_, at int) { steps = append(steps, at) })
	walk(kept.shape, kept.strides, 0, func(k, base int) {
		s.rand.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
		total, fold := complex128(0), out.plus
		if n.Fold == expr.FoldProd {
			total, fold = 1, out.times
		}
		for i, at := range steps {
			if total = fold(total, x.at(base+at)); i == 0 {
				total = x.at(base + at)
			}
		}
		out.put(k, total)
	})
}

func (s *shadow) contract(n *expr.Node, out *array, args []*array) {
	summed, extents, _ := labels(n, args)
	terms := sizes(summed, extents).Len()
	place := func(list []int, i int) []int {
		var at []int
		walk(sizes(list, extents), along(list, n.Labels[i], args[i].shape.Strides()), 0, func(_, p int) { at = append(at, p) })
		return at
	}
	bases, steps := make([][]int, len(args)), make([][]int, len(args))
	for i := range args {
		bases[i], steps[i] = place(n.Output, i), place(summed, i)
	}
	for k := range out.len() {
		total := complex128(0)
		for _, term := range s.rand.Perm(terms) {
			product := complex128(1)
			for j, i := range s.rand.Perm(len(args)) {
				x := args[i].at(bases[i][k] + steps[i][term])
				if product = out.times(product, x); j == 0 {
					product = x
				}
			}
			total = out.plus(total, product)
		}
		out.put(k, total)
	}
}

// TestBoundsHold compares the oracle with careless implementations at every node of random graphs.
func TestBoundsHold(t *testing.T) {
	graphs := 300
	if *long {
		graphs = 100_000
	}
	compared, unstable := 0, 0
	for seed := range uint64(graphs) {
		r := rand.New(rand.NewPCG(1, seed))
		roots := randgraph.Graph(r, randgraph.Options{Tame: seed%3 != 0})
		nodes := expr.Nodes(roots...)
		e := evaluation{bounds: true}
		if err := e.prepare(nodes); err != nil {
			t.Fatal(err)
		}
		s := shadow{evaluation{values: map[*expr.Node]*array{}}, r}
		for n := range expr.Walk(nodes...) {
			want, err := e.compute(n)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			e.values[n] = want
			args := make([]*array, len(n.Args))
			for i, a := range n.Args {
				args[i] = s.values[a]
			}
			got, err := s.compute(n, args)
			if err != nil {
				if e.fragile {
					break
				}
				t.Fatalf("seed %d: %v", seed, err)
			}
			s.values[n] = got
			for k := range want.len() {
				compared++
				if math.IsInf(want.slackAt(k), 1) {
					unstable++
				}
				if !want.allows(k, got) {
					text := expr.Text(nodes...)
					t.Fatalf("seed %d: element %d of a %v is %v, want %v within %g:\n%s", seed, k, n.Kind, got.element(k), want.element(k), want.slackAt(k), text)
				}
			}
		}
	}
	t.Logf("%d elements, of which %.2f%% are unstable", compared, 100*float64(unstable)/float64(compared))
}
