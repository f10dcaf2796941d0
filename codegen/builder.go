package codegen

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// Builder makes a kernel. Params, axes and values are named by the numbers that its methods give; a value that is there already is not
// made twice. A misuse gives a number that may be used further and is reported by Kernel. The builder keeps dims, strides and indices: they
// must not be written to again. Arguments it copies.
type Builder struct {
	k     Kernel
	seen  map[string]int // the values by their keys, once there are more than few
	key   []byte
	names nameSet
	errs  []error
}

// few is the number of values up to which a scan of the list beats a map, and twice that of names.
const few = 24

// NewBuilder begins an empty kernel. A name that is no identifier is made one.
func NewBuilder(name string) *Builder {
	b := new(Builder)
	b.k.Name = identifier(name)
	b.k.Params, b.k.Axes, b.k.Body = make([]Param, 0, 4), make([]Axis, 0, 4), make([]Value, 0, 4)
	b.k.Schedule.Vector = -1
	return b
}

// Note keeps why the kernel was fused so.
func (b *Builder) Note(note string) { b.k.Note = note }

// Input adds a buffer that is read. Strides are in elements; nil means row-major. The name is changed where it is no identifier or taken.
func (b *Builder) Input(name string, d tensor.DType, dims, strides []int) int {
	return b.param(Param{Name: name, DType: d, Dims: dims, Strides: strides})
}

// Output adds a buffer that is written, as Input does.
func (b *Builder) Output(name string, d tensor.DType, dims, strides []int) int {
	return b.param(Param{Name: name, DType: d, Dims: dims, Strides: strides, Out: true})
}

func (b *Builder) param(p Param) int {
	p.Name = b.unique(p.Name)
	if p.Strides == nil {
		p.Strides = RowMajor(p.Dims)
	}
	p.Dims, p.Strides = some(p.Dims), some(p.Strides)
	b.k.Params = append(b.k.Params, p)
	return len(b.k.Params) - 1
}

// RowMajor gives the strides, in elements, of a dense buffer whose last dim is next in memory.
func RowMajor(dims []int) []int {
	strides := make([]int, len(dims))
	n := 1
	for i := len(dims) - 1; i >= 0; i-- {
		strides[i] = n
		n *= dims[i]
	}
	return strides
}

// Loop adds an axis that is not reduced.
func (b *Builder) Loop(name string, extent int) int { return b.axis(Axis{Name: name, Extent: extent}) }

// Fold adds an axis that is reduced, or scanned along.
func (b *Builder) Fold(name string, extent int) int {
	return b.axis(Axis{Name: name, Extent: extent, Fold: true})
}

func (b *Builder) axis(a Axis) int {
	a.Name = b.unique(a.Name)
	b.k.Axes = append(b.k.Axes, a)
	return len(b.k.Axes) - 1
}

// Extent is the extent of an axis made before.
func (b *Builder) Extent(axis int) int { return b.k.Axes[axis].Extent }

// DType is the dtype of a value made before.
func (b *Builder) DType(v int) tensor.DType { return b.k.Body[v].DType }

// Load is the element of an input at the affine indices at, one for each dim.
func (b *Builder) Load(param int, at ...Affine) int {
	return b.Value(Value{Kind: Load, DType: b.paramType(param), Param: param, At: at})
}

// Gather is Load with position dim of at replaced by the int64 value index.
func (b *Builder) Gather(param int, at []Affine, dim, index int) int {
	return b.Value(Value{Kind: Gather, DType: b.paramType(param), Param: param, At: at, Dim: dim, Args: []int{index}})
}

func (b *Builder) paramType(param int) tensor.DType {
	if param < 0 || param >= len(b.k.Params) {
		return tensor.Invalid
	}
	return b.k.Params[param].DType
}

// Const is a constant by its bits (see Value.Bits); hi is the imaginary part of a complex128, otherwise 0.
func (b *Builder) Const(d tensor.DType, bits, hi uint64) int {
	return b.Value(Value{Kind: Const, DType: d, Bits: bits, Hi: hi})
}

// Number is the constant x rounded to d: to nearest for floats; integers saturate, NaN is 0; bool is x != 0.
func (b *Builder) Number(d tensor.DType, x float64) int {
	lo, hi := numberBits(d, x)
	return b.Const(d, lo, hi)
}

// Index is the axis as an int64.
func (b *Builder) Index(axis int) int {
	return b.Value(Value{Kind: Index, DType: tensor.Int64, Axis: axis})
}

// Map applies an elementwise op; the result's dtype is what the op's rule says.
func (b *Builder) Map(o *op.Op, args ...int) int {
	types := make([]tensor.DType, 0, 4)
	for _, a := range args {
		if !b.has(a) {
			return b.bad("an argument of a map is no value")
		}
		types = append(types, b.k.Body[a].DType)
	}
	d, err := ResultType(o, types)
	if err != nil {
		return b.bad("%w", err)
	}
	return b.Value(Value{Kind: Map, DType: d, Op: o, Args: args})
}

// Cast converts a value to d; a value of that dtype is itself.
func (b *Builder) Cast(d tensor.DType, arg int) int {
	if !b.has(arg) {
		return b.bad("what is cast is no value")
	}
	if b.k.Body[arg].DType == d {
		return arg
	}
	return b.Value(Value{Kind: Map, DType: d, Op: opCast, Args: []int{arg}})
}

// Reduce folds arg over the fold axes over.
func (b *Builder) Reduce(fold *op.Op, arg int, over ...int) int {
	if !b.has(arg) {
		return b.bad("what is reduced is no value")
	}
	over = slices.Clone(over)
	slices.Sort(over)
	d := b.k.Body[arg].DType
	if fold == opArgMin || fold == opArgMax {
		d = tensor.Int64
	}
	return b.Value(Value{Kind: Reduce, DType: d, Op: fold, Args: []int{arg}, Over: over})
}

// Scan folds arg along one fold axis: at each of its points over those up to it.
func (b *Builder) Scan(fold *op.Op, arg, along int) int {
	if !b.has(arg) {
		return b.bad("what is scanned is no value")
	}
	return b.Value(Value{Kind: Scan, DType: b.k.Body[arg].DType, Op: fold, Args: []int{arg}, Over: []int{along}})
}

func (b *Builder) has(v int) bool { return v >= 0 && v < len(b.k.Body) }

// Value adds v, whose Args and Axis are the builder's, unless an equal value is there.
func (b *Builder) Value(v Value) int {
	if i := b.find(&v); i >= 0 {
		return i
	}
	v.Args, v.At, v.Over = some(slices.Clone(v.Args)), some(v.At), some(v.Over)
	b.k.Body = append(b.k.Body, v)
	last := len(b.k.Body) - 1
	switch {
	case b.seen != nil:
		b.seen[string(b.key)] = last
	case last >= few:
		b.seen = make(map[string]int, 4*few)
		for i := range b.k.Body {
			b.key = b.k.Body[i].appendKey(b.key[:0])
			b.seen[string(b.key)] = i
		}
	}
	return last
}

// find gives the number of a value that equals v, -1 if there is none.
func (b *Builder) find(v *Value) int {
	if b.seen == nil {
		for i := range b.k.Body {
			if b.k.Body[i].equal(v) {
				return i
			}
		}
		return -1
	}
	b.key = v.appendKey(b.key[:0])
	if i, ok := b.seen[string(b.key)]; ok {
		return i
	}
	return -1
}

// Store writes a value to an output at the affine indices at.
func (b *Builder) Store(param int, value int, at ...Affine) {
	b.k.Stores = append(b.k.Stores, Store{Param: param, At: some(at), Value: value})
}

func (b *Builder) bad(format string, args ...any) int {
	b.errs = append(b.errs, fmt.Errorf(format, args...))
	return b.Value(Value{Kind: Const, DType: tensor.Float64})
}

// Kernel gives the finished kernel: inputs before outputs, loop axes before fold axes, values that no store uses left out. It is an
// error when the builder was misused or Verify refuses the kernel.
func (b *Builder) Kernel() (*Kernel, error) {
	if len(b.errs) > 0 {
		return nil, fmt.Errorf("kernel %s: %w", b.k.Name, errors.Join(b.errs...))
	}
	k := b.k
	params, apart := order(len(k.Params), func(i int) bool { return k.Params[i].Out })
	axes, mixed := order(len(k.Axes), func(i int) bool { return k.Axes[i].Fold })
	if apart || mixed {
		k.Params, k.Axes = permute(k.Params, params), permute(k.Axes, axes)
		if err := renumber(&k, params, axes); err != nil {
			return nil, fmt.Errorf("kernel %s: %w", k.Name, err)
		}
	}
	if err := k.Verify(); err != nil {
		return nil, err
	}
	made := len(k.Body)
	k.sequence()
	if len(k.Body) < made {
		if err := k.settleFolds(); err != nil {
			return nil, err
		}
		if err := k.Verify(); err != nil {
			return nil, err
		}
	}
	return &k, nil
}

// unique makes name an identifier that nothing else in the kernel has.
func (b *Builder) unique(name string) string {
	name = identifier(name)
	if reserved(name) {
		name += "_"
	}
	base := name
	for i := 1; !b.names.add(name); i++ {
		name = fmt.Sprintf("%s_%d", base, i)
	}
	return name
}

// equal says whether two values are the same: their keys are.
func (v *Value) equal(w *Value) bool {
	return v.Kind == w.Kind && v.DType == w.DType && v.Op == w.Op && v.Param == w.Param && v.Dim == w.Dim && v.Bits == w.Bits && v.Hi == w.Hi &&
		v.Axis == w.Axis && slices.Equal(v.Args, w.Args) && slices.Equal(v.Over, w.Over) && slices.EqualFunc(v.At, w.At, Affine.Equal)
}

// appendKey writes v so that equal values, and only they, give equal bytes.
func (v *Value) appendKey(key []byte) []byte {
	key = append(key, byte(v.Kind), byte(v.DType))
	switch v.Kind {
	case Load, Gather:
		key = binary.AppendVarint(key, int64(v.Param))
		key = appendAt(key, v.At)
		key = binary.AppendVarint(key, int64(v.Dim))
	case Const:
		key = binary.LittleEndian.AppendUint64(key, v.Bits)
		key = binary.LittleEndian.AppendUint64(key, v.Hi)
	case Index:
		key = binary.AppendVarint(key, int64(v.Axis))
	}
	if v.Op != nil {
		key = append(append(key, v.Op.Name...), 0)
	}
	key = appendInts(key, v.Args)
	return appendInts(key, v.Over)
}

func appendInts(key []byte, list []int) []byte {
	key = binary.AppendVarint(key, int64(len(list)))
	for _, x := range list {
		key = binary.AppendVarint(key, int64(x))
	}
	return key
}

func appendAt(key []byte, at []Affine) []byte {
	key = binary.AppendVarint(key, int64(len(at)))
	for _, a := range at {
		key = binary.AppendVarint(key, int64(a.Const))
		key = binary.AppendVarint(key, int64(len(a.Terms)))
		for _, t := range a.Terms {
			key = binary.AppendVarint(key, int64(t.Axis))
			key = binary.AppendVarint(key, int64(t.Coef))
		}
	}
	return key
}
