package host

// cpuid asks the processor about itself.
func cpuid(leaf, sub uint32) (a, b, c, d uint32)

// The leaves that list caches, with the same fields: Intel's "Architectures Software Developer's Manual", volume 2A, CPUID, leaf 4; AMD's
// "Architecture Programmer's Manual", volume 3, appendix E.4.15, which bit 22 of ECX in leaf 80000001 says is there.
const (
	intelCaches  = 4
	amdCaches    = 0x8000001d
	amdLeaves    = 0x80000000
	amdFeatures  = 0x80000001
	amdHasCaches = 1 << 22
	mostCaches   = 16 // that are asked for
)

// caches are the bytes of the second and the third cache that the processor tells of; 0: it tells of none.
func caches(ask func(leaf, sub uint32) (a, b, c, d uint32)) (second, third int) {
	leaf := uint32(amdCaches)
	if most, _, _, _ := ask(0, 0); most >= intelCaches {
		if a, _, _, _ := ask(intelCaches, 0); a&31 != 0 {
			leaf = intelCaches
		}
	}
	if leaf == amdCaches {
		if most, _, _, _ := ask(amdLeaves, 0); most < amdCaches {
			return 0, 0
		}
		if _, _, c, _ := ask(amdFeatures, 0); c&amdHasCaches == 0 {
			return 0, 0
		}
	}
	for i := range uint32(mostCaches) {
		a, b, c, _ := ask(leaf, i)
		const none, instructions = 0, 2
		kind, level := a&31, a>>5&7
		if kind == none {
			break
		}
		ways, partitions, line, sets := int(b>>22)+1, int(b>>12&1023)+1, int(b&4095)+1, int(c)+1
		switch bytes := ways * partitions * line * sets; {
		case kind == instructions:
		case level == 2:
			second = bytes
		case level == 3:
			third = bytes
		}
	}
	return second, third
}
