package cpu

import (
	"testing"

	"github.com/einloom/einloom/codegen"
)

// Half of a product's tiles are passed over where its factors are one access, and what is done with the sum asks for neither axis.
func TestMirroredProducts(t *testing.T) {
	const schedule = "\n schedule gett order i j k, grain 1, m i, n j, k k, tile 6x16, block 60x64x256, sum t0, left "
	for _, c := range []struct {
		params, loop, left, right, result string
		want                              bool
	}{
		{"a f32[40 64]", "i 64, j 64", "a[k, i]", "a[k, j]", "t0", true},
		{"a f32[64 40]", "i 64, j 64", "a[i, k]", "a[j, k]", "t0 * 2", true},
		{"a f32[40 64], s f32[]", "i 64, j 64", "a[k, i]", "a[k, j]", "t0 * s", true},
		{"a f32[40 64], b f32[40 64]", "i 64, j 64", "a[k, i]", "b[k, j]", "t0", false},
		{"a f32[64 64 64]", "i 64, j 64", "a[k, i, 0]", "a[k, 0, j]", "t0", false},
		{"a f32[40 64]", "i 32, j 64", "a[k, i]", "a[k, j]", "t0", false},
		{"a f32[40 64]", "i 64, j 64", "a[k, i]", "a[k, j]", "t0 + a[0, j]", false},
	} {
		k, err := codegen.Parse("kernel k\n in " + c.params + "\n out o f32[64 64]\n loop " + c.loop + "\n fold k 40\n t0 = reduce(add, k, " +
			c.left + " * " + c.right + ")\n o[i, j] = " + c.result + schedule + c.left + ", right " + c.right)
		if err != nil {
			t.Fatal(err)
		}
		if got := unitsOf(k)[0].mirrors(); got != c.want {
			t.Errorf("%v: mirrored is %v", k, got)
		}
	}
}
