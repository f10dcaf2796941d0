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
	leaves []*expr.Node         // the KInput and KData among them, each tensor once
	ids    map[*expr.Node]int32 // of nodes, once there are many of them
	stack  []visit
}

type visit struct {
	n    *expr.Node
	next int // the argument to visit next
}

// few is the number of nodes up to which a scan of the list beats a map.
const few = 24

// read describes the graph of roots, whose inputs will be bound by args.
func (s *shape) read(roots []*expr.Node, args []Arg) {
	s.key, s.nodes, s.leaves = s.key[:0], s.nodes[:0], s.leaves[:0]
	clear(s.ids)
	for _, r := range roots {
		s.visit(r, args)
	}
	for _, r := range roots {
		s.num(s.id(r))
	}
}

// visit lists n and all beneath it, arguments first, without recursion.
func (s *shape) visit(root *expr.Node, args []Arg) {
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
			s.add(n, args)
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

func (s *shape) add(n *expr.Node, args []Arg) {
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
		leaf = s.leaf(n)
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
		s.ints(layout(n, args))
	case expr.KConst, expr.KPad:
		s.bits(math.Float64bits(n.Value.F))
		s.bits(uint64(n.Value.I))
		s.bits(math.Float64bits(real(n.Value.C)))
		s.bits(math.Float64bits(imag(n.Value.C)))
	case expr.KMap:
		s.text(n.Op.Name)
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

// leaf gives the number of n's data: two data nodes of one tensor are one leaf.
func (s *shape) leaf(n *expr.Node) int {
	for i, l := range s.leaves {
		if l.Kind == n.Kind && l.Tensor == n.Tensor && l.Name == n.Name {
			return i
		}
	}
	s.leaves = append(s.leaves, n)
	return len(s.leaves) - 1
}

func (s *shape) num(v int)     { s.key = binary.AppendVarint(s.key, int64(v)) }
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
