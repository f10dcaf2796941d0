package interp

import (
	"slices"

	"github.com/einloom/einloom/tensor"
)

// span is the places of a loop: of its begin and of its end.
type span struct{ begin, end int }

// mention is a use of a virtual register at a place inside some loops, outermost first.
type mention struct {
	reg, at int
	loops   []*span
}

// allocate gives the virtual registers of code real ones by linear scan (Poletto and Sarkar, 1999): a register is taken from where its
// value is made to its last use; what a loop uses and does not make stays to the end of the loop.
func (m *maker) allocate(code []*instr) {
	var l lives
	l.walk(m, code, nil)
	for _, u := range l.uses {
		r := &m.vregs[u.reg]
		last := u.at
		for _, s := range u.loops {
			if r.from < s.begin {
				last = s.end
				break
			}
		}
		r.to = max(r.to, last)
	}
	var order []int
	for i := range m.vregs {
		if !m.vregs[i].constant && m.vregs[i].from >= 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return m.vregs[a].from - m.vregs[b].from })
	m.scan(order)
}

// lives numbers the places of a program and collects the uses.
type lives struct {
	at   int
	uses []mention
}

func (l *lives) walk(m *maker, code []*instr, loops []*span) {
	for _, in := range code {
		begin := l.at
		l.at++
		if in.body != nil {
			s := &span{begin: begin}
			l.walk(m, in.body, append(slices.Clone(loops), s))
			s.end = l.at
			l.at++
		}
		for _, r := range in.args {
			l.uses = append(l.uses, mention{r, l.at - 1, loops})
		}
		for _, r := range in.dst {
			m.vregs[r].from, m.vregs[r].to = begin, l.at-1
		}
	}
}

// scan gives registers in the order of their first places.
func (m *maker) scan(order []int) {
	var free [tensor.NumDTypes][]int
	var active []int
	need := &m.prog.constants.need
	var used [tensor.NumDTypes]int
	for _, i := range order {
		r := &m.vregs[i]
		active = slices.DeleteFunc(active, func(a int) bool {
			over := m.vregs[a].to < r.from
			if over {
				free[m.vregs[a].bank] = append(free[m.vregs[a].bank], m.vregs[a].reg)
			}
			return over
		})
		if list := free[r.bank]; len(list) > 0 {
			r.reg = list[len(list)-1]
			free[r.bank] = list[:len(list)-1]
		} else {
			r.reg = used[r.bank]
			used[r.bank]++
		}
		active = append(active, i)
	}
	for bank, n := range used {
		need[bank] = max(need[bank], n)
	}
}
