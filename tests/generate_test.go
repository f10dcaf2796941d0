package tests

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/expr/oracle"
	"github.com/einloom/einloom/internal/golden"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/runtime/aot/source"
	"github.com/einloom/einloom/tensor"
	"github.com/einloom/einloom/tests/randgraph"
)

// TestExamplesAreGenerated holds the files that go:generate lines of examples write to what einloom generate writes today. -rewrite
// writes them.
func TestExamplesAreGenerated(t *testing.T) {
	dir := t.TempDir()
	buildCommand(t, dir)
	const line = "//go:generate go run ../../cmd/einloom generate "
	sources, err := filepath.Glob("../examples/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, path := range sources {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for row := range strings.Lines(string(text)) {
			if args, ok := strings.CutPrefix(strings.TrimSpace(row), line); ok {
				found++
				regenerate(t, filepath.Join(dir, "einloom"), filepath.Dir(path), strings.Fields(args))
			}
		}
	}
	if found == 0 {
		t.Error("no example has a go:generate line")
	}
}

// regenerate compares the files that a command writes with those in dir.
func regenerate(t *testing.T, command, dir string, args []string) {
	t.Helper()
	name := ""
	for i := range args[:len(args)-1] {
		if args[i] == "-o" {
			name = args[i+1]
		}
	}
	fresh := t.TempDir()
	cmd := exec.Command(command, append(append([]string{"generate"}, args...), "-o", filepath.Join(fresh, name))...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOPACKAGE=main")
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	files, err := filepath.Glob(filepath.Join(fresh, "*"))
	if err != nil || len(files) != 4 {
		t.Fatalf("%v wrote %v: %v", args, files, err)
	}
	for _, f := range files {
		now, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		kept := filepath.Join(dir, filepath.Base(f))
		if old, err := os.ReadFile(kept); err == nil && !golden.Rewriting() {
			if !bytes.Equal(old, now) {
				t.Errorf("%s is not what is generated today: go generate ./%s", kept, strings.TrimPrefix(filepath.ToSlash(dir), "../"))
			}
			continue
		}
		golden.File(t, kept, string(now))
	}
}

// TestShippedProgramMakesNoCode: what is generated links nothing that plans, makes code or maps it to be executed.
func TestShippedProgramMakesNoCode(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "../examples/shipped").Output()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.Lines(string(out)) {
		name, own := strings.CutPrefix(strings.TrimSpace(name), module+"/")
		switch {
		case !own && strings.Contains(name, "golang-asm"):
			t.Errorf("it links %s", name)
		case own && (name == "runtime" || name == "runtime/host" || name == "runtime/host/exec" || name == "planner" || strings.HasPrefix(name, "codegen/")):
			t.Errorf("it links %s/%s", module, name)
		}
	}
}

// shipped is a graph that is generated, with data for its inputs.
type shipped struct {
	name   string
	config source.Config
	roots  []expr.Expr // as it is generated
	inputs []*tensor.Tensor
	bound  []runtime.Arg
	byName map[string]*tensor.Tensor
}

// TestGeneratedPrograms builds functions of all kinds of kernel, and of random graphs whose data travels with them, into a program that
// forbids itself executable memory where the system can do that. It gives the bits of a session with the same target; where the processor
// is said to lack what the code needs the interpreter computes, within the bounds that operations allow.
func TestGeneratedPrograms(t *testing.T) {
	n := 16
	if *long {
		n = 300
	}
	var list []*shipped
	sessions := map[string]*runtime.Session{}
	for _, target := range cpu.Targets() {
		random := n
		if s, err := runtime.Open(runtime.Config{Target: target, Uncalibrated: true}); err == nil {
			defer s.Close()
			sessions[target] = s
		} else {
			t.Logf("SKIPPED: code is built and not run: %v", err)
			random = 0
		}
		for _, c := range kinds() {
			list = append(list, c.with(t, fmt.Sprintf("F%d", len(list)), target))
		}
		for i := range random {
			r := rand.New(rand.NewPCG(*seed+uint64(i), 0))
			roots := randgraph.Graph(r, randgraph.Options{Tame: true})
			config := source.Config{Package: "main", Func: fmt.Sprintf("F%d", len(list)), Target: target}
			list = append(list, &shipped{name: fmt.Sprintf("seed %d", *seed+uint64(i)), config: config, roots: roots})
		}
	}
	dir := t.TempDir()
	list = writeProgram(t, dir, list)
	build(t, dir)
	native, some := runProgram(t, dir, "")
	portable, none := runProgram(t, dir, "GODEBUG=cpu.avx2=off")
	if some < len(sessions)*(len(kinds())-1) || none > 0 {
		t.Errorf("%d functions of %d are machine code alone, %d where the processor lacks what it needs", some, len(list), none)
	}
	for _, c := range list {
		near, err := oracle.EvalBound(c.byName, c.roots...)
		if err != nil {
			t.Fatal(err)
		}
		want := c.inSession(t, sessions[c.config.Target])
		for k := range near {
			got, walked := native(t, near[k].Value), portable(t, near[k].Value)
			if want != nil && !sameBits(t, want[k], got) {
				t.Errorf("%s: %s: result %d has other bits than the session's:\n%v\n%v", c.config.Target, c.name, k, got, want[k])
			}
			for _, x := range []*tensor.Tensor{got, walked} {
				if err := near[k].Check(x); err != nil {
					t.Errorf("%s: %s: result %d: %v", c.config.Target, c.name, k, err)
				}
			}
		}
	}
}

// inSession computes the graph in a session of the target; nil where there is none.
func (c *shipped) inSession(t *testing.T, s *runtime.Session) []*tensor.Tensor {
	t.Helper()
	if s == nil {
		return nil
	}
	if c.config.Memory > 0 {
		limited, err := runtime.Open(runtime.Config{Target: c.config.Target, Uncalibrated: true, MemoryLimit: c.config.Memory})
		if err != nil {
			t.Fatal(err)
		}
		defer limited.Close()
		s = limited
	}
	p, err := s.Compile(context.Background(), c.roots...)
	if err != nil {
		t.Fatal(err)
	}
	want, err := p.Run(context.Background(), c.bound...)
	if err != nil {
		t.Fatalf("%s: %v", c.name, err)
	}
	return want
}

// kind is a graph over inputs.
type kind struct {
	name   string
	memory int64
	inputs []expr.Expr
	roots  func(x []expr.Expr) []expr.Expr
}

// kinds are graphs whose plans together have every kind of kernel.
func kinds() []kind {
	one := func(f func(x []expr.Expr) expr.Expr) func(x []expr.Expr) []expr.Expr {
		return func(x []expr.Expr) []expr.Expr { return []expr.Expr{f(x)} }
	}
	in := func(d tensor.DType, dims ...int) expr.Expr {
		return expr.Input(fmt.Sprintf("%v of %v", d, dims), d, dims...)
	}
	product := func(spec string) func(x []expr.Expr) []expr.Expr {
		return one(func(x []expr.Expr) expr.Expr { return einsum.Contract(spec, x...) })
	}
	f32, f64, i64 := tensor.Float32, tensor.Float64, tensor.Int64
	return []kind{
		{"map", 0, []expr.Expr{in(f32, 1003), in(f32, 1)}, one(func(x []expr.Expr) expr.Expr { return x[0].Add(x[1]).Tanh() })},
		{"halves", 0, []expr.Expr{in(tensor.Float16, 37), in(tensor.BFloat16, 37)}, one(func(x []expr.Expr) expr.Expr { return x[0].Mul(x[1]) })},
		{"bits", 0, []expr.Expr{in(tensor.Bool, 70), in(tensor.Uint8, 70)}, one(func(x []expr.Expr) expr.Expr { return x[0].Where(x[1], x[1].Add(x[1])) })},
		{"complex", 0, []expr.Expr{in(tensor.Complex64, 6, 5), in(tensor.Complex64, 5, 7)}, product("ij,jk->ik")},
		{"integers", 0, []expr.Expr{in(i64, 9, 33), in(i64, 33, 4)}, product("ij,jk->ik")},
		{"packed", 0, []expr.Expr{in(f32, 130, 300), in(f32, 300, 70)}, product("ij,jk->ik")},
		{"permuted", 0, []expr.Expr{in(f64, 12, 40, 9), in(f64, 9, 31, 40)}, product("abc,cdb->da")},
		{"chain", 0, []expr.Expr{in(f32, 64, 80), in(f32, 80, 90), in(f32, 90, 5)}, product("ij,jk,kl->il")},
		{"small", 0, []expr.Expr{in(f32, 100, 4, 4)}, one(func(x []expr.Expr) expr.Expr { return einsum.Contract("bij,bjk->bik", x[0], x[0]) })},
		{"softmax", 0, []expr.Expr{in(f32, 65, 257)}, one(func(x []expr.Expr) expr.Expr { return x[0].Softmax(1) })},
		{"long sum", 0, []expr.Expr{in(f64, 200_001)}, one(func(x []expr.Expr) expr.Expr { return x[0].Sum() })},
		{"two results", 0, []expr.Expr{in(f32, 50, 60)}, func(x []expr.Expr) []expr.Expr { return []expr.Expr{x[0].Mean(0), x[0].Std(1)} }},
		{"places", 0, []expr.Expr{in(f64, 40, 41)}, one(func(x []expr.Expr) expr.Expr { return x[0].ArgMax(1) })},
		{"taken", 0, []expr.Expr{in(f32, 8, 30), in(i64, 25)}, one(func(x []expr.Expr) expr.Expr { return x[0].Take(x[1], 0) })},
		{"cumulative", 0, []expr.Expr{in(f64, 7, 300)}, one(func(x []expr.Expr) expr.Expr { return x[0].CumSum(1) })},
		{"slices", 3000, []expr.Expr{in(f64, 12, 12), in(f64, 12, 12), in(f64, 12, 12), in(f64, 12, 12), in(f64, 12, 12), in(f64, 12, 12)}, product("ab,ac,ad,bc,bd,cd->")},
		{"nothing", 0, []expr.Expr{in(f32, 0, 3), in(f32, 3, 2)}, product("ij,jk->ik")},
	}
}

// with makes inputs of the kind's and data for them.
func (k kind) with(t *testing.T, name, target string) *shipped {
	t.Helper()
	c := &shipped{name: k.name, byName: map[string]*tensor.Tensor{}}
	c.config = source.Config{Package: "main", Func: name, Target: target, Memory: k.memory}
	r := rand.New(rand.NewPCG(uint64(len(k.name)), 7))
	var holes []expr.Expr
	for i, x := range k.inputs {
		name := fmt.Sprintf("in%d", i)
		holes = append(holes, expr.Input(name, x.DType(), x.Shape()...))
		data := randomData(t, r, x.DType(), x.Shape())
		c.inputs, c.byName[name] = append(c.inputs, data), data
		c.bound = append(c.bound, runtime.Bind(name, data))
	}
	c.roots = k.roots(holes)
	return c
}

// randomData is an array of numbers that may be summed, multiplied, and be indices of 8 elements.
func randomData(t *testing.T, r *rand.Rand, d tensor.DType, shape tensor.Shape) *tensor.Tensor {
	t.Helper()
	reals, pairs := make([]float64, shape.Len()), make([]complex128, shape.Len())
	for i := range reals {
		switch {
		case d.IsFloat():
			reals[i] = r.Float64()*4 - 2
		case d.IsBool():
			reals[i] = float64(r.IntN(2))
		default:
			reals[i] = float64(r.IntN(8))
		}
		pairs[i] = complex(r.Float64(), r.Float64()-0.5)
	}
	x, err := tensor.FromFloat64s(d, reals, shape...)
	if d.IsComplex() {
		x, err = tensor.FromComplex128s(d, pairs, shape...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return x
}
