package drivertest

import "github.com/einloom/einloom/codegen"

// scheduled gives k a plain schedule of its nest: lanes along the axis vector (-1: none), all loop axes parallel.
func scheduled(k *codegen.Kernel, vector, grain, split int) *codegen.Kernel {
	k = k.Clone()
	s := codegen.Schedule{Nest: codegen.NestMap, Vector: vector, Grain: grain}
	for i, a := range k.Axes {
		s.Order = append(s.Order, i)
		if a.Fold {
			s.Nest, s.Split = codegen.NestRow, split
		} else {
			s.Parallel++
		}
	}
	k.Schedule = s
	return k
}

// schedules gives k in several schedules: lanes along the last axis, along the last loop axis, and none; large and small grains; the fold
// split or not.
func schedules(k *codegen.Kernel) []*codegen.Kernel {
	last, loop := len(k.Axes)-1, -1
	for i, a := range k.Axes {
		if !a.Fold {
			loop = i
		}
	}
	list := []*codegen.Kernel{scheduled(k, last, 64, 0)}
	if loop >= 0 && loop != last {
		list = append(list, scheduled(k, loop, 1, 0), scheduled(k, loop, 100, 128))
	}
	if last >= 0 && k.Axes[last].Fold {
		list = append(list, scheduled(k, last, 3, 256))
	}
	return append(list, scheduled(k, -1, 7, 0))
}
