package cpu

import (
	"slices"

	"github.com/einloom/einloom/codegen"
)

// unit is one loop nest to be written as one function. Its kernel's schedule is settled: the vector axis is the last of the loop axes or
// of the fold axes, and the parallel axes do not hold it unless it is the only loop axis. Axes that are not in Order are not its own.
type unit struct {
	name    string
	k       *codegen.Kernel
	streams []stream
	on      []codegen.AxisSet // the axes each value depends on
	temps   []int             // by param: the index of the partial results that it is, -1: one of the kernel's own
	saved   []saved           // values kept from stage to stage
	cuts    []cut
	jam     *jam // how its sums go in tiles; nil: they do not
	beside  int  // the axis whose rows are folded beside one another, the last loop axis; -1: none
	across  int  // the axis along which tiles are turned, the last loop axis but the vector axis; -1: none
}

// cut is an axis that is gone through in pieces, the last of which may be short: point i of piece p is point p*extent + i of the axis as it
// was, which had whole points.
type cut struct{ axis, piece, whole int }

// unitsOf gives the functions that k becomes, in the order in which they are called.
func unitsOf(k *codegen.Kernel) []*unit {
	if k.Nest == codegen.NestGett {
		if packs(k) && !gathers(k) {
			return []*unit{newUnit(k.Name, k, nil, nil)}
		}
		k = inRows(k)
	}
	var units []*unit
	for _, g := range groups(k) {
		if splits(g) {
			units = append(units, partOf(g), joinOf(g))
		} else if u, ok := jammed(g); ok {
			units = append(units, u)
		} else {
			units = append(units, settled(g.Name, g, nil, nil))
		}
	}
	return units
}

// newUnit is a unit of a settled kernel. temps may be nil: no param is a partial result.
func newUnit(name string, k *codegen.Kernel, temps []int, cuts []cut) *unit {
	u := &unit{name: name, k: k, streams: streamsOf(k), on: k.Depends(), temps: temps, cuts: cuts, across: -1}
	for len(u.temps) < len(k.Params) {
		u.temps = append(u.temps, -1)
	}
	u.saved = savedOf(u)
	u.beside = u.besideAxis()
	return u
}

// cutOf gives the number of the cut that axis has, -1 for none.
func (u *unit) cutOf(axis int) int {
	return slices.IndexFunc(u.cuts, func(c cut) bool { return c.axis == axis })
}

// levels gives for each value how many reductions lie beneath it, one after the other: a value of level s can be computed in stage s.
func levels(k *codegen.Kernel) []int {
	level := make([]int, len(k.Body))
	for i := range k.Body {
		v := &k.Body[i]
		for _, a := range v.Args {
			level[i] = max(level[i], level[a])
		}
		if v.Kind == codegen.Reduce {
			level[i]++
		}
	}
	return level
}

func reducesOf(k *codegen.Kernel) (list []int) {
	for i := range k.Body {
		if k.Body[i].Kind == codegen.Reduce {
			list = append(list, i)
		}
	}
	return list
}

// loopAxes are k's loop axes in schedule order.
func loopAxes(k *codegen.Kernel) (list []int) {
	for _, a := range k.Order {
		if !k.Axes[a].Fold {
			list = append(list, a)
		}
	}
	return list
}
