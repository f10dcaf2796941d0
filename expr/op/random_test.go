package op

import "testing"

// TestThreefry compares with the known answers that come with the paper's library.
func TestThreefry(t *testing.T) {
	for _, c := range []struct{ key, counter, want uint64 }{
		{0, 0, 0x6b20015999ba4efe},
		{^uint64(0), ^uint64(0), 0x1cb996fcbb002be7},
		{0x13198a2e03707344, 0x243f6a8885a308d3, 0xc4923a9c483df7a0},
	} {
		if got := refThreefry(c.key, c.counter); got != c.want {
			t.Errorf("key %#x, counter %#x: %#x, want %#x", c.key, c.counter, got, c.want)
		}
	}
}
