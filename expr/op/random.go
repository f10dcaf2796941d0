package op

import (
	"fmt"
	"strings"
)

// Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011): a block cipher of two words
// of 32 bits, made of sums, turns and exclusive ors. Of a key, each counter gives its own bits, so that no element waits for another.

// turnsOfThreefry are how far the second word turns, in rounds 1 to 8 and again.
var turnsOfThreefry = [8]int{13, 15, 26, 6, 17, 29, 16, 24}

// parity makes of the key's two words a third one.
const parity = 0x1bd11bda

// threefryText takes key and counter as 64 bits, the upper word first, and gives as many of the lower bits as T has.
var threefryText = `
	k, c := u64(x), u64(y)
	k0, k1 := u32(k >> 32), u32(k)
	k2 := k0 ^ k1 ^ ` + fmt.Sprint(parity) + `
	a, b := u32(c >> 32) + k0, u32(c) + k1` + threefryRounds() + `
	return T(u64(a) << 32 | u64(b))`

func threefryRounds() string {
	var b strings.Builder
	for r := range 20 {
		turn := turnsOfThreefry[r%8]
		fmt.Fprintf(&b, "\n\ta = a + b\n\tb = (b << %d | b >> %d) ^ a", turn, 32-turn)
		if r%4 == 3 { // the key again, from another of its words on
			j := r/4 + 1
			fmt.Fprintf(&b, "\n\ta, b = a + k%d, b + k%d + %d", j%3, (j+1)%3, j)
		}
	}
	return b.String()
}

// refThreefry is the same in Go.
func refThreefry(key, counter uint64) uint64 {
	k := [3]uint32{uint32(key >> 32), uint32(key)}
	k[2] = k[0] ^ k[1] ^ parity
	a, b := uint32(counter>>32)+k[0], uint32(counter)+k[1]
	for r := range 20 {
		turn := turnsOfThreefry[r%8]
		a += b
		b = (b<<turn | b>>(32-turn)) ^ a
		if r%4 == 3 {
			j := r/4 + 1
			a, b = a+k[j%3], b+k[(j+1)%3]+uint32(j)
		}
	}
	return uint64(a)<<32 | uint64(b)
}
