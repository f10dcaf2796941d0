package asm

// Pool gathers constants for functions. Its bytes are to be placed at a 64-byte boundary and reached through Frame.Pool.
type Pool struct {
	bytes []byte
	at    map[string]int
}

// Bytes is the constants so far.
func (p *Pool) Bytes() []byte { return p.bytes }

// add gives the offset of b, which is aligned to its length rounded up to a power of two, 64 at most.
func (p *Pool) add(b []byte) int {
	if at, ok := p.at[string(b)]; ok {
		return at
	}
	align := 1
	for align < len(b) && align < 64 {
		align *= 2
	}
	for len(p.bytes)%align != 0 {
		p.bytes = append(p.bytes, 0)
	}
	at := len(p.bytes)
	p.bytes = append(p.bytes, b...)
	if p.at == nil {
		p.at = map[string]int{}
	}
	p.at[string(b)] = at
	return at
}
