package drivertest

import (
	"fmt"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/tensor"
)

// scanText is a kernel that scans along a row, or down columns, and folds what it scanned; by fold, dtype, the sizes of loop and fold, and
// the indices.
const scanText = `kernel scan
  in x %[2]s[%[5]s]
  out o %[2]s[%[5]s], m %[2]s[%[3]d]
  loop i %[3]d
  fold j %[4]d
  t0[j] = scan(%[1]s, j, x[%[6]s])
  t1 = reduce(maximum, j, t0[j])
  o[%[6]s] = t0[j] - t1
  m[i] = t1`

// scans checks every scan, of the dtypes that the planner asks for, along rows and down columns. A device whose target has no code for scans
// is never given one.
func (s *suite) scans(t *testing.T) {
	d := s.device(t)
	fills := map[string]filler{"add": tame, "mul": unity, "minimum": tame, "maximum": tame}
	for name, fill := range fills {
		for _, dtype := range []tensor.DType{tensor.Float32, tensor.Float64, tensor.Int32, tensor.Int64, tensor.Uint8, tensor.Uint64} {
			if native := d.Target().Native; native != nil && !native("scan", dtype) {
				continue
			}
			for _, size := range [][2]int{{1, 1}, {5, 7}, {3, 100}, {40, 33}, {1, 1030}} {
				for _, down := range []bool{false, true} {
					dims, at := fmt.Sprint(size[0], " ", size[1]), "i, j"
					if down {
						dims, at = fmt.Sprint(size[1], " ", size[0]), "j, i"
					}
					k, err := codegen.Parse(fmt.Sprintf(scanText, name, dtype, size[0], size[1], dims, at))
					if err != nil {
						t.Fatal(err)
					}
					if err := s.check(d, fill, schedules(k)...); err != nil {
						t.Fatalf("%s of %v: %v", name, dtype, err)
					}
				}
			}
		}
	}
}
