package einsum

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Parse reads a spec in letters or words; the package comment has the notation. The error is an *Error of kind BadArrow, BadEllipsis,
// BadSymbol, OutputNotInInput or OutputRepeated. The time is linear in the length of the spec, but for sorting an implicit output.
func Parse(spec string) (Spec, error) {
	s, err := read(spec)
	if err != nil {
		return Spec{}, err
	}
	return s, nil
}

// read is Parse with the error's own type.
func read(spec string) (Spec, *Error) {
	commas, spaced, arrows := survey(spec)
	if arrows {
		if err := checkArrow(spec); err != nil {
			return Spec{}, err
		}
	}
	if !spaced || !isWorded(spec) {
		return parse(spec, letters, commas)
	}
	s, wordsErr := parse(spec, words, commas)
	if wordsErr == nil {
		return s, nil
	}
	s, err := parse(spec, letters, commas)
	if err != nil {
		return Spec{}, wordsErr
	}
	s.worded = wordsErr
	return s, nil
}

// survey counts the commas, and tells whether there may be white space, and any part of an arrow.
func survey(spec string) (commas int, spaced, arrows bool) {
	for i := range len(spec) {
		switch c := spec[i]; {
		case c == ',':
			commas++
		case c == '-', c == '>':
			arrows = true
		case c <= ' ', c >= utf8.RuneSelf:
			spaced = true
		}
	}
	return commas, spaced, arrows
}

// checkArrow holds the parts of arrows in a spec to one "->": that mistake comes before all others.
func checkArrow(spec string) *Error {
	seen := false
	for i := 0; i < len(spec); i++ {
		switch {
		case spec[i] != '-' && spec[i] != '>':
		case !strings.HasPrefix(spec[i:], "->"):
			return &Error{Kind: BadArrow, Spec: spec, Offset: i, Operand: -1, Msg: quote(spec[i:i+1]) + ` is not part of an arrow "->"`}
		case seen:
			return &Error{Kind: BadArrow, Spec: spec, Offset: i, Operand: -1, Msg: `a second "->"`}
		default:
			seen = true
			i++
		}
	}
	return nil
}

// parser reads one spec in one form.
type parser struct {
	scanner
	labels   []int // of all terms, one after the other
	from     int   // where the present term's begin
	ellipsis int   // as in Term, of the present term
	output   bool  // the present term is the output's
	operand  int   // otherwise it is this one's
}

// parse reads text in one form. It has that many commas, and at most one "->" unless the form is integers.
func parse(text string, form form, commas int) (Spec, *Error) {
	known := table{names: make([]string, 0, few/2), seen: make([]uint8, 0, few)}
	// Terms are slices of labels, which never grow: a label takes a byte.
	p := parser{scanner: scanner{text: text, form: form}, labels: make([]int, 0, len(text)), ellipsis: -1}
	s := Spec{text: text, form: form, Inputs: make([]Term, 0, commas+1)}
	for {
		switch p.next() {
		case label:
			if err := p.add(&known); err != nil {
				return Spec{}, err
			}
		case ellipsis:
			if p.ellipsis >= 0 {
				return Spec{}, p.fail(BadEllipsis, "a second ellipsis in one term")
			}
			p.ellipsis = len(p.labels) - p.from
		case comma:
			if p.output {
				return Spec{}, p.fail(BadSymbol, `a "," in the output`)
			}
			s.Inputs = append(s.Inputs, p.term())
		case arrow:
			s.Inputs = append(s.Inputs, p.term())
			p.output = true
		case bad:
			return Spec{}, p.fail(p.complain())
		case end:
			s.Names = slices.Clip(known.names)
			if p.output {
				s.Output = p.term()
				s.labels = s.plain()
				return s, nil
			}
			s.Inputs = append(s.Inputs, p.term())
			s.labels = s.plain()
			s.Implicit = true
			s.Output = Term{Labels: known.implicit(form), Ellipsis: -1}
			if s.labels == nil {
				s.Output.Ellipsis = 0
			}
			return s, nil
		}
	}
}

// plain gives the labels of each input; nil where some input has an ellipsis.
func (s *Spec) plain() [][]int {
	labels := make([][]int, len(s.Inputs))
	for k := range s.Inputs {
		if s.Inputs[k].Ellipsis >= 0 {
			return nil
		}
		labels[k] = s.Inputs[k].Labels
	}
	return labels
}

// term ends the present term and gives it.
func (p *parser) term() Term {
	n := len(p.labels)
	t := Term{Labels: p.labels[p.from:n:n], Ellipsis: p.ellipsis}
	p.from, p.ellipsis = n, -1
	p.operand++
	return t
}

// add puts the latest token, a label, into the present term.
func (p *parser) add(known *table) *Error {
	name := p.name()
	id := known.find(name)
	switch {
	case !p.output && id < 0:
		id = known.add(name)
	case !p.output:
		known.seen[id] |= twice
	case id < 0 && p.again(name):
		return p.fail(OutputRepeated, "index "+name+" stands twice in the output, and in no operand")
	case id < 0:
		return p.fail(OutputNotInInput, "index "+name+" of the output is in no operand")
	case known.seen[id]&out != 0:
		return p.fail(OutputRepeated, "index "+name+" stands twice in the output")
	default:
		known.seen[id] |= out
	}
	p.labels = append(p.labels, id)
	return nil
}

// again reports whether a label comes again in the rest of the text.
func (p *parser) again(name string) bool {
	rest := p.scanner
	for {
		switch rest.next() {
		case end:
			return false
		case label:
			if rest.name() == name {
				return true
			}
		}
	}
}

// fail gives a mistake at the latest token.
func (p *parser) fail(kind Kind, msg string) *Error {
	e := &Error{Kind: kind, Spec: p.text, Offset: p.start, Operand: p.operand, Msg: msg}
	if p.output {
		e.Operand = -1
	}
	if kind == OutputNotInInput || kind == OutputRepeated {
		e.Label = p.name()
	}
	return e
}

// few is the number of names up to which a scan of the list beats a map.
const few = 16

// Where a label has been seen.
const (
	once  uint8 = 1 << iota // in the inputs
	twice                   // in the inputs, again
	out                     // in the output
)

// table holds the labels known so far.
type table struct {
	names  []string
	seen   []uint8        // by label: once, twice, out
	ascii  [128]int32     // label + 1 of the names that are one ASCII letter
	longer map[string]int // labels of the other names, once there are more than few names
}

// find gives the label of a name, -1 if it is new.
func (t *table) find(name string) int {
	if len(name) == 1 && name[0] < utf8.RuneSelf {
		return int(t.ascii[name[0]]) - 1
	}
	if t.longer != nil {
		if id, ok := t.longer[name]; ok {
			return id
		}
		return -1
	}
	return slices.Index(t.names, name)
}

// add gives a new name its label.
func (t *table) add(name string) int {
	id := len(t.names)
	t.names = append(t.names, name)
	t.seen = append(t.seen, once)
	switch {
	case len(name) == 1 && name[0] < utf8.RuneSelf:
		t.ascii[name[0]] = int32(id) + 1
	case t.longer != nil:
		t.longer[name] = id
	case id >= few:
		t.longer = make(map[string]int, 4*few)
		for i, n := range t.names {
			t.longer[n] = i
		}
	}
	return id
}

// implicit gives the labels that occur once, in order.
func (t *table) implicit(form form) []int {
	labels := []int{}
	for id, seen := range t.seen {
		if seen == once {
			labels = append(labels, id)
		}
	}
	compare := strings.Compare // of UTF-8, whose order is the code points'
	if form == integers {
		compare = compareIntegers
	}
	slices.SortFunc(labels, func(a, b int) int { return compare(t.names[a], t.names[b]) })
	return labels
}
