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
	switch out := empty(n.DType, n.Shape); {
	case n.Kind == expr.KReduce && out.f != nil && (n.Fold == expr.FoldSum || n.Fold == expr.FoldProd):
		s.reduce(n, out, args[0])
		return out, nil
	case n.Kind == expr.KContract && out.f != nil:
		s.contract(n, out, args)
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

func (s *shadow) reduce(n *expr.Node, out, x *array) {
	f := formatOf(n.DType)
	kept, along := split(x.shape, x.shape.Strides(), n.Axes)
	var steps []int
	walk(along.shape, along.strides, 0, func(_, at int) { steps = append(steps, at) })
	walk(kept.shape, kept.strides, 0, func(k, base int) {
		s.rand.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
		total := 0.0
		if n.Fold == expr.FoldProd {
			total = 1
		}
		for i, at := range steps {
			v := x.f[base+at]
			switch {
			case i == 0:
				total = v
			case n.Fold == expr.FoldProd:
				total = f.round(total * v)
			default:
				total = f.round(total + v)
			}
		}
		out.f[k] = total
	})
}

func (s *shadow) contract(n *expr.Node, out *array, args []*array) {
	f := formatOf(n.DType)
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
	for k := range out.f {
		total := 0.0
		for _, term := range s.rand.Perm(terms) {
			product := 1.0
			for _, i := range s.rand.Perm(len(args)) {
				product = f.round(product * args[i].f[bases[i][k]+steps[i][term]])
			}
			total = f.round(total + product)
		}
		out.f[k] = total
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
				break //TEMP
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
