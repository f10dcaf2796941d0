package asm

import "fmt"

// Code is a function in physical registers.
type Code struct {
	Name  string
	ISA   ISA
	List  []Ins
	Spill int // bytes that spilled registers take, from Frame.Spill in the call's own memory

	source *Func
	all    []Ins // the source list that List's origins count in
	labels []string
	notes  []string
}

// Encode gives the machine code. It has no relocations: it runs wherever it is put, entered with the parameter's address above the
// return address, as Go's stack calling convention has it.
func (c *Code) Encode() ([]byte, error) {
	b, err := encode(c.List, len(c.labels))
	if err != nil {
		return nil, fmt.Errorf("asm: %s: %w", c.Name, err)
	}
	return b, nil
}
