package cpu

import (
	"fmt"
	"testing"

	"github.com/einloom/einloom/codegen"
)

// Rows beyond the second cache keep no values, the longest that there are among them: a buffer for 2^60 elements has more bytes than an
// int counts, and was taken for a small one.
func TestLongRowsSaveNothing(t *testing.T) {
	for extent, saves := range map[int]bool{1000: true, 1000000: false, 1 << 60: false, 1 << 61: false} {
		k, err := codegen.Parse(fmt.Sprintf(`kernel k
  in   x f32[]
  out  o f32[]
  fold j %d
  t0 = reduce(maximum, j, f32(j) * x)
  t1[j] = f32(j) * x - t0
  t2[j] = 1 + t1[j] * (1 + t1[j] * (1 + t1[j] * (1 + t1[j])))
  t3 = reduce(add, j, t2[j])
  o = reduce(add, j, t2[j] / t3)
  schedule row order j, grain 1`, extent))
		if err != nil {
			t.Fatal(err)
		}
		u := newUnit(k.Name, k, nil, nil)
		if (len(u.saved) > 0) != saves {
			t.Errorf("%d points: %d values are saved in %d bytes each", extent, len(u.saved), u.room())
		}
	}
}
