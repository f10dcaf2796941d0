package tensor

import (
	"fmt"
	"strconv"
	"strings"
)

// literal reads a Python literal from the left.
type literal struct{ rest string }

func (l *literal) space() { l.rest = strings.TrimLeft(l.rest, " \t\r\n\f") }

// take reads token, if it comes next.
func (l *literal) take(token string) bool {
	l.space()
	rest, ok := strings.CutPrefix(l.rest, token)
	l.rest = rest
	return ok
}

func (l *literal) unexpected(want string) error {
	if l.rest == "" {
		return fmt.Errorf("it ends where %s should stand", want)
	}
	return fmt.Errorf("%.20q stands where %s should", l.rest, want)
}

// list reads items apart by commas between brackets; a comma may follow the last.
func (l *literal) list(open, end byte, item func() error) error {
	if !l.take(string(open)) {
		return l.unexpected(strconv.Quote(string(open)))
	}
	for !l.take(string(end)) {
		if err := item(); err != nil {
			return err
		}
		if !l.take(",") {
			if !l.take(string(end)) {
				return l.unexpected("a comma or " + strconv.Quote(string(end)))
			}
			return nil
		}
	}
	return nil
}

// quoted reads a string; none that a header holds has an escape.
func (l *literal) quoted() (string, error) {
	l.space()
	if l.rest == "" || l.rest[0] != '\'' && l.rest[0] != '"' {
		return "", l.unexpected("a string")
	}
	s, rest, closed := strings.Cut(l.rest[1:], l.rest[:1])
	if !closed || strings.ContainsAny(s, "\\\n") {
		return "", l.unexpected("a plain string")
	}
	l.rest = rest
	return s, nil
}

// integer reads an extent; Python 2 wrote some with an L behind.
func (l *literal) integer() (int, error) {
	l.space()
	digits := len(l.rest) - len(strings.TrimLeft(l.rest, "0123456789"))
	n, err := strconv.Atoi(l.rest[:digits])
	switch {
	case digits == 0:
		return 0, l.unexpected("an extent")
	case err != nil:
		return 0, fmt.Errorf("the extent %.30s is too large", l.rest[:digits])
	}
	l.rest = strings.TrimPrefix(l.rest[digits:], "L")
	return n, nil
}
