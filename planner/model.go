package planner

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr"
)

// model is what the planner assumes about a device's speed. Choices between plans weigh seconds by it; it never decides what is right.
type model struct {
	threads   float64
	flops     float64 // elementwise operations per second of one worker on cached data
	products  float64 // the operations of contractions per second of one worker
	bandwidth float64 // bytes per second of one worker
	launch    float64 // seconds a kernel costs besides its work
	cache     float64 // bytes that a worker can go over again and again
}

// or is x where it is known, which is more than 0.
func or(x, otherwise float64) float64 {
	if x > 0 {
		return x
	}
	return otherwise
}

// newModel takes what was measured, then what the target says; what neither says is that of a common core.
func newModel(t codegen.Target) model {
	m := assumed(t)
	m.flops = or(t.Rates.Maps, m.flops)
	m.products = or(t.Rates.Products32, m.products)
	m.bandwidth = or(t.Rates.Memory/m.threads, m.bandwidth)
	m.launch = or(t.Rates.Launch, m.launch)
	return m
}

// commonCache is the bytes of a common core's second cache.
const commonCache = 1 << 20

// assumed is the model of a target that nothing was measured on, nor asked of it but how fast it is. Into which pieces folds are cut, and so the last bits of sums, is decided by
// it alone.
func assumed(t codegen.Target) model {
	threads := or(float64(t.Threads), 1)
	peak := or(t.Flops, 100e9)
	return model{
		threads:   threads,
		flops:     peak / 4, // the peak is of fused multiply-adds, which count twice; chains reach about half
		products:  peak,
		bandwidth: or(t.Bandwidth, 20e9) / threads,
		launch:    or(t.Launch, 1e-6),
		cache:     commonCache,
	}
}

// compute is the seconds that a worker needs for so many operations, move for so many bytes.
func (m *model) compute(ops float64) float64 { return ops / m.flops }
func (m *model) move(bytes float64) float64  { return bytes / m.bandwidth }

// dear is the work per element from which computing it again is no trifle: that of an exp.
const dear = 10

// opWork is what an op takes, in additions, where it is not 1.
var opWork = map[string]float64{
	"cast": 1, "div": 5, "sqrt": 5, "rsqrt": 6, "mod": 8, "remainder": 8, "floor_divide": 8,
	"exp": 12, "exp2": 12, "expm1": 16, "log": 14, "log2": 14, "log10": 14, "log1p": 16,
	"tanh": 18, "sigmoid": 18, "silu": 19, "erf": 20, "gelu": 23, "sin": 20, "cos": 20, "tan": 25, "pow": 40,
	"asin": 45, "acos": 45, "atan": 45, "atan2": 70, "sinh": 60, "cosh": 40, "asinh": 80, "acosh": 70, "atanh": 70, "cbrt": 60, "hypot": 25, "erfc": 100,
}

// isFree says whether n's elements cost nothing: it is a constant, or an index as a number of any dtype.
func isFree(n *expr.Node) bool {
	return n.Kind == expr.KConst || n.Kind == expr.KIota || n.Kind == expr.KMap && n.Op == opCast && n.Args[0].Kind == expr.KIota
}

// weigh sets the work, the bytes and the folds beneath node n, whose arguments are weighed.
func (f *fuser) weigh(n int) {
	node := f.nodes[n]
	bytes := float64(size(node.Shape) * node.DType.Size())
	switch {
	case isFree(node):
		return
	case isMove(node.Kind):
		a := f.args[n][0]
		f.work[n], f.fetch[n], f.rows[n] = f.work[a], min(f.fetch[a], bytes), f.rows[a]
		if few := size(node.Args[0].Shape); node.Kind == expr.KBroadcast && few > 0 {
			f.work[n] *= float64(few) / float64(size(node.Shape)) // what is stretched is computed before
		}
		return
	case node.Kind == expr.KReduce || node.Kind == expr.KScan:
		f.rows[n] = float64(size(node.Args[0].Shape))
		f.fetch[n] = bytes
		return
	case node.Kind == expr.KMap:
		f.work[n] = 1
		if w, ok := opWork[node.Op.Name]; ok {
			f.work[n] = w
		}
	case node.Kind == expr.KContract && !f.folds(n):
		f.work[n] = float64(len(node.Args) - 1)
	case node.Kind == expr.KGather:
		f.work[n] = 4
	default:
		f.fetch[n] = bytes
		return
	}
	for k, a := range f.args[n] {
		if slices.Contains(f.args[n][:k], a) {
			continue
		}
		f.work[n] += f.work[a]
		if node.Kind == expr.KGather && k == 0 {
			f.fetch[n] += bytes
		} else {
			f.fetch[n] += f.fetch[a]
		}
		f.rows[n] = max(f.rows[n], f.rows[a])
	}
}
