package runtime

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/einloom/einloom/expr"
)

// shape is a graph without its data: an exact description that two graphs share when, and only when, one plan serves both. key holds
// every node in topological order with its attributes; which arguments are one node, and which leaves are one tensor, is part of it.
// A leaf's strides are part of it, its contents are not.
type shape struct {
	key    []byte
	nodes  []*expr.Node         // in topological order, each once
	ids    map[*expr.Node]int32 // of nodes, once there are many of them
	leaves leafSet              // the KInput and KData among them
	data   []operand            // of the leaves; nothing for an input that is not bound yet
	stack  []visit
	keep   bool // the plan is a program's, which keeps what is the same in every run
}

type visit struct {
	n    *expr.Node
	next int // the argument to visit next
}

// few is the number of nodes up to which a scan of the list beats a map.
const few = 24

// read describes the graph of roots; s is new or forgotten. Layouts are still to come.
func (s *shape) read(roots []*expr.Node) {
	for _, r := range roots {
		s.visit(r)
	}
	for _, r := range roots {
		s.num(s.id(r))
	}
	for _, n := range s.leaves.list {
		s.data = append(s.data, operand{t: n.Tensor})
	}
}

// layouts describes how the leaves' operands lie, whether the plan is to be for where buffers lie, and what it may keep from run to run.
func (s *shape) layouts(home bool) {
	if home {
		s.key = append(s.key, 1)
	}
	if s.keep {
		s.key = append(s.key, 3)
		for _, n := range s.leaves.list {
			frozen := byte(0)
			if isFrozen(n) {
				frozen = 1
			}
			s.key = append(s.key, frozen)
		}
	}
	for _, x := range s.data {
		s.ints(x.layout())
	}
}

// forget empties s and keeps its memory, unless that is so large that clearing it again would cost small graphs dear.
func (s *shape) forget() {
	if cap(s.nodes) > keep {
		*s = shape{}
		return
	}
	clear(s.nodes)
	clear(s.ids)
	clear(s.data)
	clear(s.stack[:cap(s.stack)])
	s.leaves.forget()
	s.key, s.nodes, s.data, s.stack = s.key[:0], s.nodes[:0], s.data[:0], s.stack[:0]
}

// keep is the number of nodes up to which a shape's memory is kept.
const keep = 1024

// isFrozen says whether a leaf is data that never changes. An input is bound anew in each run, whatever its node says.
func isFrozen(n *expr.Node) bool { return n.Kind == expr.KData && n.Frozen }

// forProgram marks a description as that of a program, if data is frozen or anything is computed of numbers alone: otherwise its plan serves
// a single evaluation as well.
func (s *shape) forProgram() {
	constant := make([]bool, len(s.nodes)) // of each node
	for i, n := range s.nodes {
		constant[i] = n.Kind != expr.KInput && n.Kind != expr.KData || isFrozen(n)
		for _, a := range n.Args {
			constant[i] = constant[i] && constant[s.id(a)]
		}
		stretched := n.Kind == expr.KConst || n.Kind == expr.KIota || n.Kind == expr.KBroadcast || n.Kind == expr.KReshape
		s.keep = s.keep || constant[i] && !stretched
	}
}

// visit lists n and all beneath it, arguments first, without recursion.
func (s *shape) visit(root *expr.Node) {
	if s.id(root) >= 0 {
		return
	}
	s.stack = append(s.stack[:0], visit{n: root})
	for len(s.stack) > 0 {
		top := &s.stack[len(s.stack)-1]
		if top.next < len(top.n.Args) {
			a := top.n.Args[top.next]
			top.next++
			if s.id(a) < 0 {
				s.stack = append(s.stack, visit{n: a})
			}
			continue
		}
		n := top.n
		s.stack = s.stack[:len(s.stack)-1]
		if s.id(n) < 0 {
			s.add(n)
		}
	}
}

func (s *shape) id(n *expr.Node) int {
	if len(s.nodes) <= few {
		return slices.Index(s.nodes, n)
	}
	if id, ok := s.ids[n]; ok {
		return int(id)
	}
	return -1
}

func (s *shape) add(n *expr.Node) {
	switch len(s.nodes) {
	case few:
		if s.ids == nil {
			s.ids = map[*expr.Node]int32{}
		}
		for i, m := range s.nodes {
			s.ids[m] = int32(i)
		}
		fallthrough
	default:
		if len(s.nodes) >= few {
			s.ids[n] = int32(len(s.nodes))
		}
	}
	leaf := -1
	if n.Kind == expr.KInput || n.Kind == expr.KData {
		leaf = s.leaves.add(n)
	}
	s.nodes = append(s.nodes, n)
	s.key = append(s.key, byte(n.Kind), byte(n.DType), byte(n.Fold))
	s.ints(n.Shape)
	s.num(len(n.Args))
	for _, a := range n.Args {
		s.num(s.id(a))
	}
	switch n.Kind {
	case expr.KInput, expr.KData:
		s.num(leaf)
		s.text(n.Name)
	case expr.KConst, expr.KPad:
		s.bits(math.Float64bits(n.Value.F))
		s.bits(uint64(n.Value.I))
		s.bits(math.Float64bits(real(n.Value.C)))
		s.bits(math.Float64bits(imag(n.Value.C)))
	case expr.KMap:
		s.text(n.Op.Name)
	case expr.KCall:
		s.text(n.Routine.Name)
	case expr.KContract:
		for _, l := range n.Labels {
			s.ints(l)
		}
		s.ints(n.Output)
	}
	s.ints(n.Axes)
	s.ints(n.Starts)
	s.ints(n.Steps)
	s.ints(n.Before)
	s.ints(n.After)
}

// num writes v as a varint; small numbers, which nearly all are, take a byte.
func (s *shape) num(v int) {
	if uint(v) < 1<<6 {
		s.key = append(s.key, byte(v<<1))
		return
	}
	s.key = binary.AppendVarint(s.key, int64(v))
}

func (s *shape) bits(v uint64) { s.key = binary.LittleEndian.AppendUint64(s.key, v) }

func (s *shape) text(t string) {
	s.num(len(t))
	s.key = append(s.key, t...)
}

func (s *shape) ints(v []int) {
	s.num(len(v))
	for _, x := range v {
		s.num(x)
	}
}
