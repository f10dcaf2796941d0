package cpu

import (
	"testing"

	"github.com/einloom/einloom/codegen"
)

// A left factor whose rows, of however many axes, are evenly spaced and have their terms side by side is read where it lies, and panels of a
// right factor of several blocks are packed by the calls that alone multiply them.
func TestWhereFactorsAreRead(t *testing.T) {
	for _, c := range []struct {
		params, loop, left, sides string
		axis                      int
		own                       bool
	}{
		{"a f32[8 6 40], b f32[40 40]", "i 8, l 6, j 40", "a[i, l, k]", "m i l, n j", 1, false},
		{"a f32[8 6 40], b f32[40 40]", "i 8, l 6, j 40", "a[i, l, k]", "m l i, n j", -1, false},     // its rows in another sequence
		{"a f32[8 40 6], b f32[40 40]", "i 8, l 6, j 40", "a[i, k, l]", "m i l, n j", -1, false},     // its terms apart
		{"a f32[6 8 40], b f32[40 400]", "i 6, l 8, j 400", "a[i, l, k]", "m i l, n j", -1, true},    // too many columns
		{"a f32[19 8 40], b f32[40 400]", "i 19, l 8, j 400", "a[i, l, k]", "m i l, n j", -1, false}, // two blocks of rows
	} {
		k, err := codegen.Parse("kernel k\n in " + c.params + "\n out o f32[19 8 400]\n loop " + c.loop + "\n fold k 40\n t0 = reduce(add, k, " +
			c.left + " * b[k, j])\n o[i, l, j] = t0\n schedule gett order i l j k, grain 1, " + c.sides +
			", k k, tile 6x16, block 120x64x256, sum t0, left " + c.left + ", right b[k, j]")
		if err != nil {
			t.Fatal(err)
		}
		u := unitsOf(k)[0]
		if axis, own := u.leftAxis(), u.packsOwn(); axis != c.axis || own != c.own {
			t.Errorf("%v: the left factor is read along axis %d, want %d; calls pack the right one: %v, want %v", k, axis, c.axis, own, c.own)
		}
	}
}
