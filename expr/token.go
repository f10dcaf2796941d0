package expr

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token sorts what a line is made of.
type token uint8

const (
	tokEnd token = iota
	tokNode
	tokWord
	tokString
	tokMark // one character
	tokNumber
	tokType // a dtype directly followed by [
	tokBad
)

// fail makes a mistake at the token.
func (p *parser) fail(format string, args ...any) error { return p.failAt(p.at, format, args...) }

func (p *parser) failAt(at int, format string, args ...any) error {
	column := utf8.RuneCountInString(p.src[:at]) + 1
	return &Error{p.pos, ErrSyntax, fmt.Sprintf("column %d: ", column) + fmt.Sprintf(format, args...)}
}

// got names the token for messages.
func (p *parser) got() string {
	if p.kind == tokEnd {
		return "the end of the line"
	}
	return strconv.Quote(p.src[p.at:p.next])
}

// step goes to the next token.
func (p *parser) step() {
	p.at = p.next
	for p.at < len(p.src) && (p.src[p.at] == ' ' || p.src[p.at] == '\t' || p.src[p.at] == '\r') {
		p.at++
	}
	p.next = p.at
	if p.at == len(p.src) || p.src[p.at] == ';' {
		p.kind = tokEnd
		return
	}
	rest := p.src[p.at:]
	switch c := rest[0]; {
	case c == '"':
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			p.kind, p.next = tokBad, len(p.src)
			return
		}
		p.text, _ = strconv.Unquote(quoted)
		p.kind, p.next = tokString, p.at+len(quoted)
	case c == '%' || c == '#':
		p.take(tokNode, rest, 1+run(rest[1:], "0123456789"))
	case c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.':
		p.take(tokNumber, rest, 1+run(rest[1:], "0123456789.eE+-infa"))
	case unicode.IsLetter(rune(c)) && c < utf8.RuneSelf:
		p.take(tokWord, rest, run(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"))
		if strings.HasPrefix(p.src[p.next:], "[") {
			p.kind = tokType
		}
	default:
		_, size := utf8.DecodeRuneInString(rest)
		p.take(tokMark, rest, size)
	}
}

func (p *parser) take(kind token, rest string, length int) {
	p.kind, p.text, p.next = kind, rest[:length], p.at+length
}

// run counts the leading bytes of s that are in set.
func run(s, set string) int {
	return len(s) - len(strings.TrimLeft(s, set))
}

// mark reads one given character.
func (p *parser) mark(c string) error {
	if p.kind != tokMark || p.text != c {
		return p.fail("%s, want %q", p.got(), c)
	}
	p.step()
	return nil
}
