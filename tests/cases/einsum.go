package cases

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// EinsumFormat is the format of ReadEinsum's files.
const EinsumFormat = "einsum-conformance/1"

// Einsum is one recorded einsum: its answer, or the kind of its mistake.
type Einsum struct {
	ID          int            `json:"id"`
	Spec        string         `json:"eq"` // in brackets: a remark in place of a spec that only Interleaved has
	Shapes      []tensor.Shape `json:"shapes"`
	DTypeName   string         `json:"dtype"`
	Expect      string         `json:"expect"` // ok or error
	ErrorKind   expr.ErrorKind `json:"error_kind"`
	Interleaved *struct {
		Inputs [][]any `json:"inputs"` // integer labels; "..." for the ellipsis
		Output []any   `json:"output"` // nil: implicit
	} `json:"interleaved"`
	OutShape tensor.Shape    `json:"out_shape"`
	OutDType string          `json:"out_dtype"`
	OutData  json.RawMessage `json:"out"`

	Operands []*tensor.Tensor // filled by the file's rule
	Out      *tensor.Tensor   // nil where Expect is error
}

// String names the case.
func (c *Einsum) String() string {
	return fmt.Sprintf("case %d einsum %q %v %s", c.ID, c.Spec, c.Shapes, c.DTypeName)
}

// ReadEinsum reads a file of recorded einsums. Operand k's element i, in row-major order, is (7i+3k+3) mod 11 - 5; complex adds
// ((5i+2k+1) mod 7 - 3)i, bool is whether that is positive, and unsigned types add 5.
func ReadEinsum(path string) ([]Einsum, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file struct {
		Header struct {
			Format string `json:"format"`
		} `json:"header"`
		Cases []Einsum `json:"cases"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if file.Header.Format != EinsumFormat {
		return nil, fmt.Errorf("%s: format %q, want %q", path, file.Header.Format, EinsumFormat)
	}
	for i := range file.Cases {
		if err := file.Cases[i].fill(); err != nil {
			return nil, fmt.Errorf("%s: %v: %w", path, &file.Cases[i], err)
		}
	}
	return file.Cases, nil
}

// fill makes the operands and the answer.
func (c *Einsum) fill() error {
	d, err := tensor.ParseDType(c.DTypeName)
	if err != nil {
		return err
	}
	for k, shape := range c.Shapes {
		t, err := operand(k, d, shape)
		if err != nil {
			return err
		}
		c.Operands = append(c.Operands, t)
	}
	if c.Expect != "ok" {
		return nil
	}
	a := array{DType: c.OutDType, Shape: c.OutShape}
	flat := strings.NewReplacer("true", "1", "false", "0").Replace(string(c.OutData))
	if strings.HasPrefix(c.OutDType, "complex") {
		var pairs [][]json.RawMessage
		err = json.Unmarshal([]byte(flat), &pairs)
		for _, p := range pairs {
			a.Data = append(a.Data, p...)
		}
	} else {
		err = json.Unmarshal([]byte(flat), &a.Data)
	}
	if err != nil {
		return err
	}
	c.Out, err = a.tensor()
	return err
}

// operand fills operand k by the rule of ReadEinsum.
func operand(k int, d tensor.DType, shape tensor.Shape) (*tensor.Tensor, error) {
	size, err := shape.Size()
	if err != nil {
		return nil, err
	}
	z := make([]complex128, size)
	whole := make([]int64, size)
	for i := range z {
		re := (7*i+3*k+3)%11 - 5
		z[i] = complex(float64(re), float64((5*i+2*k+1)%7-3))
		switch {
		case d.IsBool():
			whole[i] = int64(max(0, min(re, 1)))
		case d.IsUnsigned():
			whole[i] = int64(re + 5)
		default:
			whole[i] = int64(re)
		}
	}
	if d.IsComplex() {
		return tensor.FromComplex128s(d, z, shape...)
	}
	return tensor.FromInt64s(d, whole, shape...)
}

// Exprs builds the case in each notation that it has: the spec, the interleaved labels, or both. Operands are inputs called x0, x1 ... if
// inputs is set, else data. The expressions of a case that is an error are mistakes.
func (c *Einsum) Exprs(inputs bool) []expr.Expr {
	args := make([]expr.Expr, len(c.Operands))
	for k, t := range c.Operands {
		args[k] = expr.From(t)
		if inputs {
			args[k] = expr.Input(fmt.Sprintf("x%d", k), t.DType(), t.Shape()...)
		}
	}
	var out []expr.Expr
	if !strings.HasPrefix(c.Spec, "(") {
		out = append(out, einsum.Contract(c.Spec, args...))
	}
	if c.Interleaved != nil {
		lists := make([][]int, len(c.Interleaved.Inputs))
		for k, in := range c.Interleaved.Inputs {
			lists[k] = labels(in)
		}
		spec, err := einsum.ParseLabels(lists, labels(c.Interleaved.Output), c.Interleaved.Output == nil)
		if err != nil {
			bad := &expr.Error{Msg: err.Error()}
			if e := (*einsum.Error)(nil); errors.As(err, &e) {
				bad.Kind = expr.ErrorKind(e.Kind)
			}
			return append(out, expr.Bad(bad))
		}
		out = append(out, spec.Contract(args...))
	}
	return out
}

// CheckError reports whether err is the mistake that the case is recorded with: nil, or an error that says what is wrong.
func (c *Einsum) CheckError(err error) error {
	var e *expr.Error
	if !errors.As(err, &e) || e.Kind != c.ErrorKind {
		return fmt.Errorf("%v: the error is %v, want one of kind %s", c, err, c.ErrorKind)
	}
	return nil
}

// Inputs gives the tensors for the inputs of Exprs by their names.
func (c *Einsum) Inputs() map[string]*tensor.Tensor {
	bind := map[string]*tensor.Tensor{}
	for k, t := range c.Operands {
		bind[fmt.Sprintf("x%d", k)] = t
	}
	return bind
}

func labels(list []any) []int {
	out := make([]int, len(list))
	for i, label := range list {
		out[i] = einsum.Ellipsis
		if f, ok := label.(float64); ok {
			out[i] = int(f)
		}
	}
	return out
}
