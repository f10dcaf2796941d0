package einsum

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// form says what a label looks like.
type form uint8

const (
	letters  form = iota // one symbol
	words                // a run of symbols, digits and underscores
	integers             // decimal digits; ParseLabels writes them
)

type token uint8

const (
	end token = iota
	label
	ellipsis
	comma
	arrow
	bad
)

const dots = "..."

// scanner cuts a spec into tokens; the latest is text[start:pos].
type scanner struct {
	text  string
	form  form
	start int
	pos   int
}

// next skips white space and gives the kind of the token after it.
func (s *scanner) next() token {
	for s.pos < len(s.text) {
		s.start = s.pos
		c := s.text[s.pos]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s.text[s.pos:])
			s.pos += n
			if unicode.IsSpace(r) {
				continue
			}
			return s.wide(r)
		}
		s.pos++
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z', c == '_' && s.form == words, '0' <= c && c <= '9' && s.form == integers:
			return s.label()
		case c == ',':
			return comma
		case c == ' ', '\t' <= c && c <= '\r':
			continue
		case c == '-' && strings.HasPrefix(s.text[s.pos:], ">"):
			s.pos++
			return arrow
		case c == '.' && strings.HasPrefix(s.text[s.pos:], ".."):
			s.pos += 2
			return ellipsis
		}
		return bad
	}
	s.start = s.pos
	return end
}

// wide is next for a first character r that is not ASCII and no white space.
func (s *scanner) wide(r rune) token {
	if !isSymbol(r) {
		return bad
	}
	return s.label()
}

// label takes the rest of a label whose first character has been read.
func (s *scanner) label() token {
	if s.form == letters {
		return label
	}
	for s.pos < len(s.text) {
		r, n := utf8.DecodeRuneInString(s.text[s.pos:])
		if !(isSymbol(r) || r == '_' || '0' <= r && r <= '9') {
			break
		}
		s.pos += n
	}
	return label
}

// name is the text of the latest token.
func (s *scanner) name() string { return s.text[s.start:s.pos] }

// isSymbol reports whether r may be a label, or stand in a word.
func isSymbol(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return 'a' <= r|0x20 && r|0x20 <= 'z'
	case r < 0xC0:
		return unicode.IsLetter(r)
	case r == '…', r == '→', r == '，', r == utf8.RuneError:
		return false
	}
	return utf8.ValidRune(r) && !unicode.IsSpace(r) && (r < 0x2000 || !unicode.Is(unicode.Cf, r))
}

// isWorded reports whether two labels stand side by side in some term of text, one of them longer than a character.
func isWorded(text string) bool {
	s := scanner{text: text, form: words}
	beside, long := false, false // the token before was a label; it was longer than a character
	for {
		switch s.next() {
		case end:
			return false
		case label:
			_, n := utf8.DecodeRuneInString(s.name())
			now := n < len(s.name())
			if beside && (long || now) {
				return true
			}
			beside, long = true, now
		default:
			beside = false
		}
	}
}

// complain says what is wrong with the latest token, a bad one.
func (s *scanner) complain() (Kind, string) {
	rest := s.text[s.start:]
	r, n := utf8.DecodeRuneInString(rest)
	switch {
	case r == utf8.RuneError && n == 1:
		return BadSymbol, "byte " + hex(rest[0]) + " is not UTF-8"
	case r == '.':
		return BadEllipsis, `a "." that is not part of an ellipsis "..."`
	case r == '…':
		return BadEllipsis, `an ellipsis is three dots "...", not "…"`
	case r == '-' && s.form == integers:
		return BadSymbol, "a label is not negative"
	case r == '-', r == '>':
		return BadArrow, `the arrow is "->"`
	case r == '→':
		return BadArrow, `the arrow is "->", not "→"`
	case '0' <= r && r <= '9' && s.form == words:
		return BadSymbol, "a word does not begin with a digit"
	}
	return BadSymbol, quote(rest[:n]) + " is not a letter"
}
