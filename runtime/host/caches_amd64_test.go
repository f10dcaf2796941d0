package host

import "testing"

// TestCaches holds what is read from leaves as processors give them to what their makers say of these.
func TestCaches(t *testing.T) {
	type leaf struct{ leaf, sub uint32 }
	for _, c := range []struct {
		name          string
		leaves        map[leaf][4]uint32
		second, third int
	}{
		{"Zen 4", map[leaf][4]uint32{
			{0, 0}: {16}, {0x80000000, 0}: {0x80000028}, {0x80000001, 0}: {0, 0, 1 << 22},
			{0x8000001d, 0}: {0x121, 7<<22 | 63, 63}, {0x8000001d, 1}: {0x122, 7<<22 | 63, 63},
			{0x8000001d, 2}: {0x143, 7<<22 | 63, 2047}, {0x8000001d, 3}: {0x163, 15<<22 | 63, 32767},
		}, 1 << 20, 32 << 20},
		{"Ice Lake", map[leaf][4]uint32{
			{0, 0}: {27}, {4, 0}: {0x121, 11<<22 | 63, 63}, {4, 1}: {0x122, 7<<22 | 63, 63},
			{4, 2}: {0x143, 19<<22 | 63, 1023}, {4, 3}: {0x163, 11<<22 | 63, 65535},
		}, 1280 << 10, 48 << 20},
		{"no third cache", map[leaf][4]uint32{{0, 0}: {11}, {4, 0}: {0x121, 7<<22 | 63, 63}, {4, 1}: {0x143, 15<<22 | 63, 4095}}, 4 << 20, 0},
		{"an old one", map[leaf][4]uint32{{0, 0}: {1}, {0x80000000, 0}: {0x80000008}}, 0, 0},
		{"one that hides them", map[leaf][4]uint32{{0, 0}: {16}, {0x80000000, 0}: {0x80000028}}, 0, 0},
	} {
		second, third := caches(func(n, sub uint32) (uint32, uint32, uint32, uint32) {
			r := c.leaves[leaf{n, sub}]
			return r[0], r[1], r[2], r[3]
		})
		if second != c.second || third != c.third {
			t.Errorf("%s: caches of %d and %d bytes, want %d and %d", c.name, second, third, c.second, c.third)
		}
	}
}

// TestTargetHasCaches holds a target to caches that a program can count on, whatever the processor says.
func TestTargetHasCaches(t *testing.T) {
	target, err := pickTarget("")
	if err != nil {
		t.Skipf("SKIPPED: %v", err)
	}
	if target.L1 <= 0 || target.L2 < leastSecond || target.L3 < target.L2 {
		t.Errorf("caches of %d, %d and %d bytes", target.L1, target.L2, target.L3)
	}
}
