package asm

import (
	"fmt"
	"math"
	"math/bits"
)

// scan gives each register a place: linear scan over intervals with holes (Wimmer and Mössenböck, "Optimized interval splitting in a
// linear scan register allocator", VEE 2005), without splitting: a register that finds no place, or that another one is worth more
// than, is spilled whole and the scan is done again (see spill.go).
type scan struct {
	*intervals
	regs    []regInfo
	home    []int8 // the physical number; -1: none
	cursor  []int32
	held    [56][]int32 // by file: registers that have it and may still be live
	starts  []int32     // by position: the first register that begins there; 0: none
	next    []int32     // the next register that begins where this one does
	spilled []int32
}

// file is the index in held of register n of class c.
func file(c Class, n int) int {
	switch c {
	case GP:
		return n
	case Vec:
		return 16 + n
	}
	return 48 + n
}

// run fills home, and spilled with the registers that have to live in memory.
func (s *scan) run(iv *intervals, regs []regInfo, count int) error {
	s.intervals, s.regs = iv, regs
	s.home, s.cursor, s.next = resize(s.home, len(regs)), resize(s.cursor, len(regs)), resize(s.next, len(regs))
	s.starts = cleared(s.starts, 2*count+2)
	s.spilled = s.spilled[:0]
	for i := range s.held {
		s.held[i] = s.held[i][:0]
	}
	for r := len(regs) - 1; r > 0; r-- { // backwards, so that each list is in order
		s.home[r] = -1
		k := iv.first[r]
		s.cursor[r] = k
		switch {
		case k < 0 || regs[r].slot:
		case regs[r].pin:
			if err := s.pin(int32(r)); err != nil {
				return err
			}
		default:
			p := iv.spans[k].from
			s.next[r], s.starts[p] = s.starts[p], int32(r)
		}
	}
	for _, first := range s.starts {
		for r := first; r != 0; r = s.next[r] {
			if err := s.place(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// pin gives a pinned register its place before all others.
func (s *scan) pin(r int32) error {
	n := bits.TrailingZeros32(s.regs[r].allowed)
	held := &s.held[file(GP, n)]
	for _, other := range *held {
		if s.meet(s.first[r], s.first[other]) {
			return fmt.Errorf("two registers pinned to %s are live at once", gpNames[n])
		}
	}
	s.home[r] = int8(n)
	*held = append(*held, r)
	return nil
}

// place finds a free register for r, or makes one free, or spills r.
func (s *scan) place(r int32) error {
	info := &s.regs[r]
	if h := s.hint[r]; h != 0 && s.home[h] >= 0 && info.allowed>>s.home[h]&1 != 0 && s.free(r, int(s.home[h])) {
		s.take(r, int(s.home[h]))
		return nil
	}
	for m := info.allowed; m != 0; m &= m - 1 {
		if n := bits.TrailingZeros32(m); s.free(r, n) {
			s.take(r, n)
			return nil
		}
	}
	best, least := -1, s.price(r)
	for m := info.allowed; m != 0; m &= m - 1 {
		n := bits.TrailingZeros32(m)
		if p := s.evictionPrice(r, n); p < least {
			best, least = n, p
		}
	}
	if best < 0 {
		if s.price(r) == unspillable {
			return fmt.Errorf("one instruction needs more registers than there are")
		}
		s.spilled = append(s.spilled, r)
		return nil
	}
	s.evict(r, best)
	s.take(r, best)
	return nil
}

const unspillable = math.MaxFloat32

// price is what spilling r costs for each position that its register becomes free.
func (s *scan) price(r int32) float32 {
	info := &s.regs[r]
	if info.temp || info.pin {
		return unspillable
	}
	w := s.weight[r]
	if info.fixed {
		w /= 3 // no store, and often the load is part of the instruction that uses it
	}
	return w / float32(s.end[r]-s.spans[s.first[r]].from+2)
}

func (s *scan) take(r int32, n int) {
	s.home[r] = int8(n)
	held := &s.held[file(s.regs[r].class, n)]
	*held = append(*held, r)
}

// free says whether register n is free wherever r is live. It forgets holders that are past.
func (s *scan) free(r int32, n int) bool {
	held := &s.held[file(s.regs[r].class, n)]
	at := s.spans[s.first[r]].from
	for i := 0; i < len(*held); {
		other := (*held)[i]
		if s.end[other] <= at {
			(*held)[i] = (*held)[len(*held)-1]
			*held = (*held)[:len(*held)-1]
			continue
		}
		for s.spans[s.cursor[other]].to <= at {
			s.cursor[other] = s.spans[s.cursor[other]].next
		}
		if s.meet(s.first[r], s.cursor[other]) {
			return false
		}
		i++
	}
	return true
}

// evictionPrice is what it costs to spill all that keeps r out of register n.
func (s *scan) evictionPrice(r int32, n int) float32 {
	var sum float32
	for _, other := range s.held[file(s.regs[r].class, n)] {
		if s.meet(s.first[r], s.cursor[other]) {
			p := s.price(other)
			if p == unspillable {
				return unspillable
			}
			sum += p
		}
	}
	return sum
}

func (s *scan) evict(r int32, n int) {
	held := &s.held[file(s.regs[r].class, n)]
	kept := (*held)[:0]
	for _, other := range *held {
		if s.meet(s.first[r], s.cursor[other]) {
			s.home[other] = -1
			s.spilled = append(s.spilled, other)
		} else {
			kept = append(kept, other)
		}
	}
	*held = kept
}
