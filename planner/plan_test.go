package planner
import ("testing";"fmt"
"github.com/einloom/einloom/expr"
"github.com/einloom/einloom/expr/op"
"github.com/einloom/einloom/codegen"
"github.com/einloom/einloom/codegen/cpu"
"github.com/einloom/einloom/tensor")
func cpuT() codegen.Target { t, _ := cpu.Target(cpu.AVX2); t.Threads=2; return t }
func mp(name string, xs ...expr.Expr) expr.Expr { return expr.Wrap(expr.Make(expr.Node{Kind: expr.KMap, Op: op.Lookup(name), Args: expr.Nodes(xs...)})) }
func TestThin(t *testing.T) {
	x := expr.Input("x", tensor.Float32, 512, 256)
	w := expr.Input("w", tensor.Float32, 256, 128)
	b := expr.Input("b", tensor.Float32, 128)
	for _, e := range []expr.Expr{x.MatMul(w), mp("relu", mp("add", x.MatMul(w), b.Broadcast(512,128))), x.Softmax(1), x.Standardise(0), mp("mul", x.LayerNorm(1e-5,1), (expr.Input("g",tensor.Float32,256).Broadcast(512,256))), x.Softmax(0), x.LogSumExp(1), x.Var(0), mp("add", mp("exp", x.Reshape(256,512)).Reshape(512,256), x), mp("exp", x).Transpose(),  x.ArgMax(1), x.Softmax(1).MatMul(w), mp("exp", x.Reshape(512,16,16).Transpose(0,2,1)).Reshape(512,256), expr.Concat(0, x, mp("exp", x))} {
		p, err := Make([]*expr.Node{e.Node()}, Options{Check: true, Target: cpuT()})
		if err != nil { t.Error(err); fmt.Println(e); continue }
		fmt.Println(p.Text("kernel"), p.Text("fuse"))
		fmt.Println(p.Arena)
	}
}
