package codegen

import (
	"errors"
	"fmt"
)

// schedule checks that the schedule names what is there, each thing once, and that its nest fits the body.
func (v *verifier) schedule() error {
	s := &v.k.Schedule
	if s.Nest == NestNone {
		return nil
	}
	if err := v.nest(s); err != nil {
		return fmt.Errorf("schedule: %w", err)
	}
	return nil
}

func (v *verifier) nest(s *Schedule) error {
	if err := v.order(s.Order); err != nil {
		return err
	}
	loops := 0
	for _, a := range v.k.Axes {
		if !a.Fold {
			loops++
		}
	}
	folds := len(v.k.Axes) - loops
	switch {
	case s.Vector < -1 || s.Vector >= len(v.k.Axes):
		return fmt.Errorf("vector axis %d", s.Vector)
	case s.Parallel < 0 || s.Parallel > loops:
		return fmt.Errorf("parallel %d of %d loop axes", s.Parallel, loops)
	case s.Grain < 1:
		return fmt.Errorf("grain %d", s.Grain)
	case s.Split < 0 || s.Split > 0 && folds == 0:
		return fmt.Errorf("split %d of %d fold axes", s.Split, folds)
	}
	switch s.Nest {
	case NestMap:
		if folds > 0 {
			return errors.New("a map nest with fold axes")
		}
	case NestRow:
	case NestGett:
		return v.gett(&s.Gett, loops)
	default:
		return fmt.Errorf("nest %d", s.Nest)
	}
	return nil
}

// order checks that list is all axes, loop axes first.
func (v *verifier) order(list []int) error {
	if len(list) != len(v.k.Axes) {
		return fmt.Errorf("the order has %d of %d axes", len(list), len(v.k.Axes))
	}
	var seen AxisSet
	fold := false
	for _, a := range list {
		if a < 0 || a >= len(v.k.Axes) || seen.Has(a) {
			return errors.New("the order is no permutation of the axes")
		}
		seen = seen.with(a)
		if fold && !v.k.Axes[a].Fold {
			return errors.New("the order has a loop axis inside a fold axis")
		}
		fold = v.k.Axes[a].Fold
	}
	return nil
}

// gett checks that M, N and Batch are the loop axes, K is what Sum folds, and A and B keep to their sides.
func (v *verifier) gett(g *Gett, loops int) error {
	var seen AxisSet
	for _, list := range [][]int{g.M, g.N, g.Batch, g.K} {
		for _, a := range list {
			if a < 0 || a >= len(v.k.Axes) || seen.Has(a) {
				return errors.New("the groups of axes name one twice, or none")
			}
			seen = seen.with(a)
		}
	}
	k := AxesOf(g.K...)
	if len(g.M)+len(g.N)+len(g.Batch) != loops || len(g.K) != len(v.k.Axes)-loops || !v.k.FoldAxes().Equal(k) {
		return errors.New("m, n and batch are not the loop axes, or k not the fold axes")
	}
	if g.MR < 1 || g.NR < 1 || g.MC < 1 || g.NC < 1 || g.KC < 1 {
		return errors.New("a tile or a block without size")
	}
	for _, x := range []int{g.Sum, g.A, g.B} {
		if x < 0 || x >= len(v.k.Body) {
			return errors.New("sum, left or right is no value")
		}
	}
	sum := &v.k.Body[g.Sum]
	if sum.Kind != Reduce || !AxesOf(sum.Over...).Equal(k) {
		return errors.New("sum is no reduction over k")
	}
	if g.Imag != nil {
		want := *g
		if !v.k.imaginary(&want) || *want.Imag != *g.Imag {
			return errors.New("the imaginary parts are not those of the product")
		}
	}
	if !v.k.Takes(g.Sum, g.A) || !v.k.Takes(g.Sum, g.B) {
		return errors.New("left or right is not beneath sum")
	}
	if a, b := g.Sides(v.on); a.Meets(AxesOf(g.N...)) || b.Meets(AxesOf(g.M...)) {
		return errors.New("left depends on n, or right on m")
	}
	return nil
}
