// Package cpu writes kernels as amd64 machine code and as the Go assembly of the same instructions. It only makes bytes: it never maps,
// runs or loads code, and works on any machine.
package cpu

import (
	"fmt"
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// Generate writes k for the target called t.Name. The error is an *Unsupported where the generator has no code for what k computes.
func Generate(k *codegen.Kernel, t codegen.Target) (*Object, error) {
	f, err := functionsOf(k, t)
	if err != nil {
		return nil, err
	}
	o := &Object{Pool: f.pool.Bytes(), kernel: k, target: t}
	for _, c := range f.codes {
		if err := o.add(c); err != nil {
			return nil, err
		}
	}
	nums := f.nums // all that is kept of f: what the code was written from is many times its size
	o.bind = func(k *codegen.Kernel) (Binding, error) {
		b, err := bindUnits(k, nums)
		b.Scratch = max(b.Scratch, o.spill)
		return b, err
	}
	return o, nil
}

// functions are what a kernel becomes, before it is bytes.
type functions struct {
	codes []*asm.Code
	nums  []*numbers // of each unit, one behind the other
	pool  asm.Pool
}

func functionsOf(k *codegen.Kernel, t codegen.Target) (*functions, error) {
	isa := asm.AVX2
	if t.Name == AVX512 {
		isa = asm.AVX512
	}
	if err := supported(k); err != nil {
		return nil, err
	}
	f := &functions{}
	base, checks := 0, 0
	for _, u := range unitsOf(k) {
		if !oneNest(u.k) {
			return nil, &Unsupported{Why: "reductions over different axes in one nest"}
		}
		nums := &numbers{base: base, checks: checks}
		codes, err := write(u, nums, isa, &f.pool)
		if err != nil {
			return nil, err
		}
		base += len(nums.list)
		checks += len(checksOf(u.k))
		f.codes, f.nums = append(f.codes, codes...), append(f.nums, nums)
	}
	return f, nil
}

// add puts a function behind what the object has, on a 16-byte boundary.
func (o *Object) add(c *asm.Code) error {
	code, err := c.Encode()
	if err != nil {
		return err
	}
	for len(o.Code)%16 != 0 {
		o.Code = append(o.Code, 0xcc)
	}
	o.Funcs = append(o.Funcs, Func{Name: c.Name, Entry: len(o.Code)})
	o.Code = append(o.Code, code...)
	o.spill = max(o.spill, c.Spill)
	if o.spill > spillRoom {
		return &Unsupported{Why: fmt.Sprintf("%d bytes of registers do not fit", o.spill)}
	}
	return nil
}

// bindUnits computes the numbers and phases of k.
func bindUnits(k *codegen.Kernel, all []*numbers) (Binding, error) {
	units := unitsOf(k)
	if len(units) != len(all) {
		return Binding{}, fmt.Errorf("internal: kernel %s is not of the structure its code was written for: please report with Explain", k.Name)
	}
	var b Binding
	for i, u := range units {
		u.placeTemps(&b.Temp)
		b.Nums = all[i].values(u, b.Nums)
		b.Checks = append(b.Checks, checksOf(u.k)...)
		if u.k.Nest == codegen.NestGett {
			blocks := u.blocks()
			b.Phases = blocks.phases()
			b.Temp, b.Scratch = blocks.temp(), blocks.scratch()
			continue
		}
		if len(u.saved) > 0 {
			b.Scratch = max(b.Scratch, spillRoom+len(u.saved)*u.room())
		}
		b.Phases = append(b.Phases, Phase{Func: i, Points: points(u.k, u.k.Order[:u.k.Parallel]), Grain: u.k.Grain})
	}
	return b, nil
}

// placeTemps gives each stream of partial results its place in the run's memory, and size what all take.
func (u *unit) placeTemps(size *int) {
	at := map[int]int{}
	total := 0
	for p, t := range u.temps {
		if t < 0 {
			continue
		}
		at[p] = total
		bytes := u.k.Params[p].DType.Size()
		for _, d := range u.k.Params[p].Dims {
			bytes *= d
		}
		total += (bytes + 63) &^ 63
	}
	for i := range u.streams {
		if t, ok := at[u.streams[i].param]; ok {
			u.streams[i].offset = t
		}
	}
	*size = max(*size, total)
}

// flat says whether the parallel range is the vector axis itself: the only loop axis.
func (u *unit) flat() bool {
	return u.k.Parallel == 1 && u.k.Order[0] == u.k.Vector
}

// supported says what of k no code is written for: dtypes and kinds of value.
func supported(k *codegen.Kernel) error {
	if k.Routine != nil {
		return &Unsupported{Why: k.Routine.Name + " is a routine"}
	}
	if k.Nest == codegen.NestNone {
		return &Unsupported{Why: "no schedule"}
	}
	for _, v := range k.Body {
		if v.DType.IsComplex() {
			return &Unsupported{Why: fmt.Sprintf("a value is %v", v.DType)}
		}
	}
	return nil
}

// oneNest says whether all reductions are over the same axes.
func oneNest(k *codegen.Kernel) bool {
	list := reducesOf(k)
	for _, r := range list {
		if !slices.Equal(k.Body[r].Over, k.Body[list[0]].Over) {
			return false
		}
	}
	return true
}

// write writes a unit.
func write(u *unit, nums *numbers, isa asm.ISA, pool *asm.Pool) ([]*asm.Code, error) {
	if u.k.Nest == codegen.NestGett {
		return writeGett(u, nums, isa, pool)
	}
	n := newNest(u, u.name, nums, isa, pool)
	n.body()
	if n.err != nil {
		return nil, n.err
	}
	c, err := n.Compile()
	return []*asm.Code{c}, err
}

func newNest(u *unit, name string, nums *numbers, isa asm.ISA, pool *asm.Pool) *nest {
	f := asm.New(name, isa, asm.Frame{Pool: ArgPool, Scratch: ArgScratch}, pool)
	n := &nest{u: u, k: u.k, nums: nums, vector: u.k.Vector, level: levels(u.k), uses: u.k.Uses(), seldom: u.k.Seldom(), slim: slimOf(u), folds: foldsOf(u.k), flat: u.flat(), side: 1, cells: map[int]asm.Reg{}, crossed: map[crossing][]asm.Reg{}}
	least := 4 // with AVX-512 all lanes are as wide: no machine at hand has run narrower ones
	if isa != asm.AVX512 {
		least = u.leastLane()
	}
	n.lanes = lanes{Func: f, wide: isa == asm.AVX512, least: least, mask: least}
	for i := range u.k.Body {
		if u.k.Body[i].DType.Size() == 8 && !n.seldom[i] && !n.slim[i] {
			n.mask = 8
		}
	}
	n.full = isa.Width().Bytes() / n.mask
	if n.vector < 0 && u.k.Nest != codegen.NestGett {
		n.full = 1
	}
	n.n, n.unroll = n.full, unroll(u.k)
	return n
}

// foldsOf are the fold axes that a reduce goes over, or a scan along, outermost first.
func foldsOf(k *codegen.Kernel) (list []int) {
	for _, a := range k.Order {
		for _, r := range append(reducesOf(k), scansOf(k)...) {
			if slices.Contains(k.Body[r].Over, a) && !slices.Contains(list, a) {
				list = append(list, a)
			}
		}
	}
	return list
}

// unroll is how many blocks are computed side by side, to hide latencies: long bodies have registers for fewer.
func unroll(k *codegen.Kernel) int {
	work, seldom := 0, k.Seldom()
	for i := range k.Body {
		if k.Body[i].Kind == codegen.Map && !seldom[i] {
			work++
		}
	}
	if k.Vector < 0 {
		return 1
	}
	return unrollOf(work)
}

// mostAbreast is the most operations at a point with which two blocks are computed side by side.
const mostAbreast = 80

// unrollOf is it for so many operations at a point.
func unrollOf(work int) int {
	switch {
	case work > mostAbreast:
		return 1
	case work > 8:
		return 2
	default:
		return 4
	}
}

// native says whether code is written for the core operation name on d. Halves are computed as float32 and complex numbers as pairs, which
// the planner writes out.
func native(name string, d tensor.DType) bool {
	switch {
	case d.IsComplex():
		return false
	case name == "load" || name == "gather" || name == "cast" || name == "where" || name == "rare" || name == "scan":
		return true
	case isHalf(d):
		return false
	case d == tensor.Bool:
		return slices.Contains(boolOps, name)
	}
	return slices.Contains(realOps, name) || d.IsFloat() && slices.Contains(floatOps, name) || d.IsInt() && slices.Contains(intOps, name)
}

// The operations that code is written for, by the dtypes that they take.
var (
	boolOps  = []string{"and", "or", "xor", "not", "equal", "not_equal", "less", "less_equal", "greater", "greater_equal"}
	realOps  = []string{"add", "sub", "mul", "neg", "abs", "min", "max", "bitcast", "equal", "not_equal", "less", "less_equal", "greater", "greater_equal"}
	floatOps = []string{"div", "sqrt", "floor", "ceil", "trunc", "rint"}
	intOps   = []string{"and", "or", "xor", "not", "shl", "shr", "sar", "idiv", "imod"}
)
