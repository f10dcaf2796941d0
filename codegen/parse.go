package codegen

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/einloom/einloom/expr/routine"
	"github.com/einloom/einloom/tensor"
)

// Parse reads the text of one kernel, as String writes it, and gives it in canonical form: Parse(k.String()) is k.Canonical(). What
// follows a ; is comment. It checks names and dtypes; Verify checks the rest.
func Parse(text string) (*Kernel, error) {
	p := parser{axes: map[string]int{}, params: map[string]int{}, temps: map[string]int{}, nested: map[string]int{}}
	p.b = NewBuilder("")
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, ";")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	if !p.begun {
		return nil, fmt.Errorf("no kernel")
	}
	k := &p.b.k
	if !slices.IsSortedFunc(k.Params, func(a, b Param) int { return bit(a.Out) - bit(b.Out) }) {
		return nil, fmt.Errorf("kernel %s: an input after an output", k.Name)
	}
	if !slices.IsSortedFunc(k.Axes, func(a, b Axis) int { return bit(a.Fold) - bit(b.Fold) }) {
		return nil, fmt.Errorf("kernel %s: a loop axis after a fold axis", k.Name)
	}
	return k.Canonical(), nil
}

// bit is 1 for true.
func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// parser reads one kernel line by line.
type parser struct {
	b      *Builder
	begun  bool
	params map[string]int
	axes   map[string]int
	temps  map[string]int
	nested map[string]int // how many axes a t has in its brackets
	source string         // of the expression at hand
}

func (p *parser) line(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	if !p.begun {
		if word != "kernel" || !isIdentifier(rest) {
			return fmt.Errorf("want kernel and its name, got %q", line)
		}
		p.begun = true
		p.b.k.Name = rest
		return nil
	}
	switch word {
	case "in", "out":
		return p.each(rest, func(s string) error { return p.param(s, word == "out") })
	case "loop", "fold":
		return p.each(rest, func(s string) error { return p.axis(s, word == "fold") })
	case "call":
		if p.b.k.Routine = routine.Lookup(rest); p.b.k.Routine == nil {
			return fmt.Errorf("no routine is called %q", rest)
		}
		return nil
	case "schedule":
		return p.schedule(rest)
	case "cost":
		return p.cost(rest)
	}
	return p.assign(line)
}

// each calls f for what the commas outside of brackets separate.
func (p *parser) each(list string, f func(string) error) error {
	for _, item := range split(list) {
		if err := f(item); err != nil {
			return err
		}
	}
	return nil
}

// split cuts s at the commas outside of brackets.
func split(s string) []string {
	var items []string
	depth, from := 0, 0
	for i, r := range s {
		switch r {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case ',':
			if depth == 0 {
				items = append(items, strings.TrimSpace(s[from:i]))
				from = i + 1
			}
		}
	}
	return append(items, strings.TrimSpace(s[from:]))
}

// declare checks that name is free and may be used.
func (p *parser) declare(name string) error {
	if !isIdentifier(name) || reserved(name) {
		return fmt.Errorf("%q is no name", name)
	}
	if !p.b.names.add(name) {
		return fmt.Errorf("%s is declared twice", name)
	}
	return nil
}

// param reads: x f32[512 256] strides [1 512].
func (p *parser) param(s string, out bool) error {
	name, rest, _ := strings.Cut(s, " ")
	if err := p.declare(name); err != nil {
		return err
	}
	dtype, rest, _ := strings.Cut(rest, "[")
	d, err := tensor.ParseDType(strings.TrimSpace(dtype))
	if err != nil {
		return fmt.Errorf("param %s: %w", name, err)
	}
	dims, rest, ok := integers(rest)
	if !ok {
		return fmt.Errorf("param %s: want dims, as f32[512 256]", name)
	}
	q := Param{Name: name, DType: d, Dims: dims, Strides: RowMajor(dims), Out: out}
	if rest = strings.TrimSpace(rest); rest != "" {
		list, found := strings.CutPrefix(rest, "strides")
		list, bracket := strings.CutPrefix(strings.TrimSpace(list), "[")
		q.Strides, rest, ok = integers(list)
		if !found || !bracket || !ok || strings.TrimSpace(rest) != "" || len(q.Strides) != len(dims) {
			return fmt.Errorf("param %s: want strides [...], one for each dim", name)
		}
	}
	p.params[name] = len(p.b.k.Params)
	p.b.k.Params = append(p.b.k.Params, q)
	return nil
}

// integers reads numbers separated by spaces up to a closing bracket, and gives what follows it.
func integers(s string) (list []int, rest string, ok bool) {
	s, rest, ok = strings.Cut(s, "]")
	list = []int{}
	for _, f := range strings.Fields(s) {
		n, err := strconv.Atoi(f)
		if err != nil {
			return nil, rest, false
		}
		list = append(list, n)
	}
	return list, rest, ok
}

func (p *parser) axis(s string, fold bool) error {
	name, extent, _ := strings.Cut(s, " ")
	if err := p.declare(name); err != nil {
		return err
	}
	n, err := strconv.Atoi(strings.TrimSpace(extent))
	if err != nil {
		return fmt.Errorf("axis %s: %q is no extent", name, extent)
	}
	p.axes[name] = len(p.b.k.Axes)
	p.b.k.Axes = append(p.b.k.Axes, Axis{Name: name, Extent: n, Fold: fold})
	return nil
}

// schedule reads what follows the word schedule.
func (p *parser) schedule(s string) error {
	nest, rest, _ := strings.Cut(s, " ")
	i := slices.Index(nests, nest)
	if i < 1 {
		return fmt.Errorf("no nest is called %q", nest)
	}
	sched := &p.b.k.Schedule
	*sched = Schedule{Nest: Nest(i), Vector: -1, Gett: Gett{Sum: -1, A: -1, B: -1}}
	if rest = strings.TrimSpace(rest); rest != "" {
		err := p.each(rest, func(item string) error {
			word, value, _ := strings.Cut(item, " ")
			if err := p.scheduleItem(sched, word, strings.TrimSpace(value)); err != nil {
				return fmt.Errorf("schedule %s: %w", word, err)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if g := &sched.Gett; sched.Nest == NestGett && (g.Sum < 0 || g.A < 0 || g.B < 0) {
		return fmt.Errorf("schedule gett: want sum, left and right")
	} else if g.Imag != nil && !p.b.k.imaginary(g) {
		return fmt.Errorf("schedule gett: sum and imaginary sum are no product of complex numbers")
	}
	return nil
}

func (p *parser) scheduleItem(s *Schedule, word, value string) (err error) {
	g := &s.Gett
	switch word {
	case "order":
		s.Order, err = p.axisList(value)
	case "vector":
		var v []int
		if v, err = p.axisList(value); err == nil && len(v) == 1 {
			s.Vector = v[0]
		}
	case "parallel":
		s.Parallel, err = strconv.Atoi(value)
	case "grain":
		s.Grain, err = strconv.Atoi(value)
	case "split":
		s.Split, err = strconv.Atoi(value)
	case "uncached":
		s.Uncached = true
	case "m":
		g.M, err = p.axisList(value)
	case "n":
		g.N, err = p.axisList(value)
	case "k":
		g.K, err = p.axisList(value)
	case "batch":
		g.Batch, err = p.axisList(value)
	case "tile":
		err = sizes(value, &g.MR, &g.NR)
	case "block":
		err = sizes(value, &g.MC, &g.NC, &g.KC)
	case "sum":
		g.Sum, err = p.expression(value, tensor.Invalid)
	case "left":
		g.A, err = p.expression(value, tensor.Invalid)
	case "right":
		g.B, err = p.expression(value, tensor.Invalid)
	case "imaginary":
		g.Imag = &Factors{}
		sum, ok := strings.CutPrefix(value, "sum ")
		if !ok {
			return fmt.Errorf("want a sum")
		}
		g.Imag.Sum, err = p.expression(sum, tensor.Invalid)
	default:
		err = fmt.Errorf("no such item")
	}
	return err
}

func (p *parser) axisList(s string) ([]int, error) {
	var list []int
	for _, name := range strings.Fields(s) {
		a, ok := p.axes[name]
		if !ok {
			return nil, fmt.Errorf("no axis is called %q", name)
		}
		list = append(list, a)
	}
	return list, nil
}

// sizes reads numbers joined by x, as 6x16.
func sizes(s string, to ...*int) (err error) {
	parts := strings.Split(s, "x")
	if len(parts) != len(to) {
		return fmt.Errorf("want %d numbers joined by x, got %q", len(to), s)
	}
	for i, part := range parts {
		if *to[i], err = strconv.Atoi(part); err != nil {
			return err
		}
	}
	return nil
}

// cost reads: 33.6 Mflop, 0.92 MB.
func (p *parser) cost(s string) error {
	flop, bytes, ok := strings.Cut(s, ",")
	if !ok {
		return fmt.Errorf("want flop and bytes")
	}
	var err error
	if p.b.k.Cost.Flop, err = measure(flop, "flop"); err != nil {
		return err
	}
	p.b.k.Cost.Bytes, err = measure(bytes, "B")
	return err
}

func measure(s, of string) (float64, error) {
	number, unit, _ := strings.Cut(strings.TrimSpace(s), " ")
	letter, ok := strings.CutSuffix(strings.TrimSpace(unit), of)
	if ok {
		for e, u := range units {
			if u == letter {
				if e > 0 {
					number = fmt.Sprintf("%se%d", number, e)
				}
				return strconv.ParseFloat(number, 64)
			}
		}
	}
	return 0, fmt.Errorf("want a number of %s, got %q", of, s)
}
