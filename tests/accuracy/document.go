package main

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"

	"github.com/einloom/einloom/expr/op"
	"github.com/einloom/einloom/tensor"
)

// dtypes are the columns of the tables.
var (
	floats    = []tensor.DType{tensor.Float32, tensor.Float64, tensor.Float16, tensor.BFloat16}
	complexes = []tensor.DType{tensor.Complex64, tensor.Complex128}
)

// measured is what was found of one op.
type measured struct {
	o     *op.Op
	found map[tensor.DType]worst // no entry: not measured
	err   error
}

// document measures all there is to measure and gives the text of docs/accuracy.md. An error above what the table of ops states fails.
func document() (string, error) {
	all := measureAll()
	var b strings.Builder
	b.WriteString(preface)
	var exact []string
	var rounded, complexOps []*measured
	for _, m := range all {
		if m.err != nil {
			return "", m.err
		}
		switch {
		case len(m.found) == 0:
			continue
		case m.has(floats) && m.correct():
			exact = append(exact, "`"+m.o.Name+"`")
		case m.has(floats):
			rounded = append(rounded, m)
		}
		if m.has(complexes) {
			complexOps = append(complexOps, m)
		}
	}
	fmt.Fprintf(&b, correct, strings.Join(exact, ", "))
	b.WriteString(roundedHead)
	for _, m := range rounded {
		b.WriteString(m.row(floats[:2], true))
	}
	b.WriteString(halfHead)
	for _, m := range rounded {
		if m.o.Arity == 1 {
			b.WriteString(m.row(floats[2:], false))
		}
	}
	b.WriteString(complexHead)
	for _, m := range complexOps {
		b.WriteString(m.row(complexes, false))
	}
	b.WriteString(folds())
	return b.String(), nil
}

// measureAll measures every op that gives a number in its own dtype, as many at a time as there are processors.
func measureAll() []*measured {
	all := make([]*measured, len(op.Table))
	gate := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for i, o := range op.Table {
		all[i] = &measured{o: o, found: map[tensor.DType]worst{}}
		wait.Go(func() {
			gate <- struct{}{}
			all[i].measure()
			<-gate
		})
	}
	wait.Wait()
	return all
}

// measure fills in what can be measured of the op.
func (m *measured) measure() {
	o := m.o
	try := func(d tensor.DType, sweep func() (worst, error)) {
		if m.err != nil {
			return
		}
		w, err := sweep()
		switch {
		case err != nil:
			m.err = err
		case w.units > o.Bound(d)+1e-6: // the references of the narrow formats are themselves rounded, in float64
			m.err = fmt.Errorf("%s of %v %v is off by %.4f units, and the table states %v", o.Name, d, w.at, w.units, o.Bound(d))
		default:
			m.found[d] = w
		}
	}
	if o.Types.Gives == op.Truth || o.Arity > 2 {
		return
	}
	if o.Ref.F != nil && o.Types.Takes.Has(op.Floats) {
		try(tensor.Float32, func() (worst, error) { return sweep32(o) })
		if o.Arity == 1 {
			try(tensor.Float16, func() (worst, error) { return sweepHalf(o, tensor.Float16) })
			try(tensor.BFloat16, func() (worst, error) { return sweepHalf(o, tensor.BFloat16) })
		}
		if exactly[o.Name] != nil {
			try(tensor.Float64, func() (worst, error) { return sweep64(o) })
		}
	}
	if o.Ref.C != nil && o.Types.Takes.Has(op.Complexes) && o.ULP.Complex > 0 {
		for _, d := range complexes {
			try(d, func() (worst, error) { return sweepComplex(o, d) })
		}
	}
}

func (m *measured) has(list []tensor.DType) bool {
	for _, d := range list {
		if _, ok := m.found[d]; ok {
			return true
		}
	}
	return false
}

// correct says whether the table promises results of real operands that no rounding to the dtype could better.
func (m *measured) correct() bool { return m.o.ULP.F32 == 0 && m.o.ULP.F64 == 0 }

// row is the op's line of a table: for each dtype the stated bound, the greatest error found and, if asked for, where.
func (m *measured) row(list []tensor.DType, where bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| `%s` |", m.o.Name)
	for _, d := range list {
		w, ok := m.found[d]
		switch {
		case !ok:
			fmt.Fprintf(&b, " %s | - |", units(m.o.Bound(d)))
		default:
			digits := 3
			if d.Size() == 2 {
				digits = 5
			}
			fmt.Fprintf(&b, " %s | %.*f |", units(m.o.Bound(d)), digits, w.units)
		}
		if where && !ok {
			b.WriteString(" |")
		} else if where {
			fmt.Fprintf(&b, " %s |", operandsText(d, w.at))
		}
	}
	return b.String() + "\n"
}

// units writes a bound, with more digits where it is one for two roundings.
func units(x float64) string {
	if r := math.Round(x*1000) / 1000; r != x {
		return fmt.Sprintf("%.5f", x)
	}
	return fmt.Sprint(x)
}

func operandsText(d tensor.DType, at []float64) string {
	words := make([]string, len(at))
	for i, x := range at {
		if d == tensor.Float32 {
			words[i] = fmt.Sprint(float32(x))
		} else {
			words[i] = fmt.Sprint(x)
		}
	}
	return strings.Join(words, ", ")
}
