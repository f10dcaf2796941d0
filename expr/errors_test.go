package expr_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/internal/golden"
	"github.com/einloom/einloom/tensor"
)

// mistakes are what users do wrong, one each. tests/errors/expr-*.txt hold each with the whole message; a line there counts from the first line
// shown.
var mistakes = map[string]func() expr.Expr{
	"add-shapes": func() expr.Expr {
		a := expr.Input("a", tensor.Float32, 512, 256)
		b := expr.Input("b", tensor.Float32, 128, 64)
		return a.Add(b)
	},
	"add-ranks": func() expr.Expr {
		a := expr.Input("a", tensor.Float32, 8, 1, 6)
		b := expr.Input("b", tensor.Float64, 7, 5)
		return a.Add(b)
	},
	"all-causes": func() expr.Expr {
		a := expr.Input("a", tensor.Float32, 4, 3)
		b := a.Sum(2)
		c := a.Reshape(5, -1)
		return b.Add(a.Mul(c)).Sub(b)
	},
	"inv-square": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 4, 3, 2).Inv()
	},
	"det-rank": func() expr.Expr {
		return expr.Input("a", tensor.Float64, 3).Det()
	},
	"solve-rows": func() expr.Expr {
		a := expr.Input("a", tensor.Float64, 3, 3)
		return a.Solve(expr.Input("b", tensor.Float64, 4, 1))
	},
	"solve-batches": func() expr.Expr {
		a := expr.Input("a", tensor.Float64, 2, 3, 3)
		return a.Solve(expr.Input("b", tensor.Float64, 5, 3, 1))
	},
	"svdvals-complex": func() expr.Expr {
		return expr.Input("a", tensor.Complex64, 3, 3).SVDVals()
	},
	"sort-complex": func() expr.Expr {
		return expr.Input("a", tensor.Complex64, 3).Sort(0)
	},
	"quantile-share": func() expr.Expr {
		return expr.Input("a", tensor.Float64, 3).Quantile(50)
	},
	"topk-many": func() expr.Expr {
		values, _ := expr.Input("a", tensor.Float64, 3).TopK(4, 0)
		return values
	},
	"rfft-complex": func() expr.Expr {
		return expr.Input("a", tensor.Complex64, 3).RFFT(0)
	},
	"argmax-empty": func() expr.Expr {
		return expr.Zeros(tensor.Float32, 3, 0).ArgMax(1)
	},
	"arange-endless": func() expr.Expr {
		return expr.Arange(tensor.Float32, 0, 1, 0)
	},
	"arange-fraction": func() expr.Expr {
		return expr.Arange(tensor.Int32, 0, 4, 0.5)
	},
	"broadcast-shape": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3, 2).Broadcast(4, 3, 3)
	},
	"concat-shapes": func() expr.Expr {
		a := expr.Input("a", tensor.Float32, 2, 3)
		b := expr.Input("b", tensor.Float32, 2, 4)
		return expr.Concat(0, a, b)
	},
	"concat-ranks": func() expr.Expr {
		a := expr.Input("a", tensor.Int64, 3)
		b := expr.Input("b", tensor.Float32, 2, 3)
		return expr.Concat(0, a, b)
	},
	"concat-scalar": func() expr.Expr {
		a := expr.Input("a", tensor.Int64, 3)
		return expr.Concat(0, a, expr.ScalarInt(1))
	},
	"concat-size": func() expr.Expr {
		a := expr.Scalar(1).Broadcast(1 << 61)
		return expr.Concat(0, a, a, a)
	},
	"concat-nothing": func() expr.Expr {
		return expr.Concat(0)
	},
	"diagonal-axes": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3, 3).Diagonal(0, 1, -1)
	},
	"expand-axis": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3).Expand(3)
	},
	"full-value": func() expr.Expr {
		return expr.Full(tensor.Int8, 200, 2, 2)
	},
	"index-outside": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3, 4).Index(1, -5)
	},
	"input-name": func() expr.Expr {
		return expr.Input("", tensor.Float32, 3)
	},
	"input-size": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3, -1)
	},
	"keepdims-late": func() expr.Expr {
		a := expr.Input("a", tensor.Float32, 3, 4)
		return a.Sum(1).Sqrt().KeepDims()
	},
	"layernorm-epsilon": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3, 4).LayerNorm(-1e-5, 1)
	},
	"matmul-inner": func() expr.Expr {
		a := expr.Input("a", tensor.Float32, 2, 3)
		b := expr.Input("b", tensor.Float32, 4, 5)
		return a.MatMul(b)
	},
	"matmul-batch": func() expr.Expr {
		a := expr.Input("a", tensor.Float32, 7, 2, 3)
		b := expr.Input("b", tensor.Float32, 6, 3, 5)
		return a.MatMul(b)
	},
	"matmul-scalar": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 2, 3).MatMul(expr.Scalar(2))
	},
	"max-complex": func() expr.Expr {
		return expr.Input("a", tensor.Complex64, 2, 3).Max(1)
	},
	"max-empty": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 0, 3).Max(0)
	},
	"of-count": func() expr.Expr {
		return expr.Of([]float32{1, 2, 3}, 2, 2)
	},
	"pad-negative": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3).Pad(0, [2]int{-1, 0})
	},
	"pad-pairs": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3, 3).Pad(0, [2]int{1, 1})
	},
	"reshape-count": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3, 4).Reshape(5, 2)
	},
	"reshape-open": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3, 4).Reshape(-1, 5)
	},
	"scalar-narrow": func() expr.Expr {
		pixels := expr.Input("pixels", tensor.Uint8, 28, 28)
		return pixels.Add(expr.ScalarInt(256))
	},
	"slice-ranges": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3).Slice(tensor.All(), tensor.From(1))
	},
	"slice-step": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3).Slice(tensor.All().By(0))
	},
	"squeeze-size": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3, 1).Squeeze(0)
	},
	"split-uneven": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3, 7).Split(2, 1)[0]
	},
	"takealong-rows": func() expr.Expr {
		a := expr.Input("a", tensor.Float32, 3, 7)
		return a.TakeAlong(expr.Input("places", tensor.Int64, 4, 2), 1)
	},
	"windows-wide": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3, 7).Windows(8, 1)
	},
	"padby-far": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3).PadBy(expr.PadReflect, [2]int{0, 3})
	},
	"onehot-float": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3).OneHot(tensor.Float32, 4)
	},
	"histogram-edges": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3).Histogram(expr.Scalar(2))
	},
	"tril-rank": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3).Tril(0)
	},
	"cov-rank": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3).Cov()
	},
	"stack-shapes": func() expr.Expr {
		return expr.Stack(0, expr.Input("a", tensor.Float32, 3), expr.Input("b", tensor.Float32, 4))
	},
	"sum-axis": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3, 4).Sum(2)
	},
	"sum-axis-twice": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3, 4).Sum(1, -1)
	},
	"take-dtype": func() expr.Expr {
		a := expr.Input("a", tensor.Float32, 3, 4)
		return a.Take(expr.Of([]float64{0, 1}), 0)
	},
	"take-empty": func() expr.Expr {
		a := expr.Input("a", tensor.Float32, 3, 0)
		return a.Take(expr.Of([]int64{0}), 1)
	},
	"tensordot-sizes": func() expr.Expr {
		a := expr.Input("a", tensor.Float32, 3, 4)
		return a.Tensordot(a, []int{0}, []int{1})
	},
	"tensordot-pairs": func() expr.Expr {
		a := expr.Input("a", tensor.Float32, 3, 4)
		return a.Tensordot(a, []int{0, 1}, []int{1})
	},
	"too-large": func() expr.Expr {
		a := expr.Input("a", tensor.Float32, 1<<31)
		return a.Outer(a).Outer(a)
	},
	"transpose-axes": func() expr.Expr {
		return expr.Input("a", tensor.Float32, 3, 4, 5).Transpose(1, 0)
	},
	"zero-expr": func() expr.Expr {
		var forgotten expr.Expr
		return expr.Input("a", tensor.Float32, 3).Add(forgotten)
	},
}

func TestMistakes(t *testing.T) {
	source := sources(t)
	for name, make := range mistakes {
		t.Run(name, func(t *testing.T) {
			src := source[name]
			err := make().Err()
			if err == nil {
				t.Fatal("no mistake")
			}
			var e *expr.Error
			if !errors.As(err, &e) || e.Kind == "" || e.Kind == expr.ErrInvalid {
				t.Errorf("kind %q", e.Kind)
			}
			golden.File(t, filepath.Join("..", "tests", "errors", "expr-"+name+".txt"), src.text+"----\n"+src.relative(err.Error())+"\n")
		})
	}
}

// A file of a mistake that is no longer made is stale.
func TestMistakesHaveNoStrangers(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "tests", "errors", "expr-*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(f), "expr-"), ".txt"); mistakes[name] == nil {
			t.Errorf("%s: no mistake has this name", f)
		}
	}
}

// source is the body of one of mistakes as it stands in this file.
type source struct {
	text string
	line int // of the first line shown
}

var place = regexp.MustCompile(`errors_test\.go:(\d+)`)

// relative counts lines from the first shown, in a file called main.go.
func (s source) relative(message string) string {
	return place.ReplaceAllStringFunc(message, func(m string) string {
		n, _ := strconv.Atoi(place.FindStringSubmatch(m)[1])
		return fmt.Sprintf("main.go:%d", n-s.line+1)
	})
}

func sources(t *testing.T) map[string]source {
	text, err := os.ReadFile("errors_test.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "errors_test.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]source{}
	ast.Inspect(file, func(n ast.Node) bool {
		kv, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		key, isKey := kv.Key.(*ast.BasicLit)
		f, isFunc := kv.Value.(*ast.FuncLit)
		if !isKey || !isFunc {
			return true
		}
		name, _ := strconv.Unquote(key.Value)
		list := f.Body.List
		from, to := set.Position(list[0].Pos()), set.Position(list[len(list)-1].End())
		lines := strings.Split(string(text), "\n")[from.Line-1 : to.Line]
		body := ""
		for _, l := range lines {
			body += strings.TrimPrefix(strings.TrimPrefix(l, "\t\t"), "return ") + "\n"
		}
		found[name] = source{body, from.Line}
		return true
	})
	return found
}
