package expr

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/einloom/einloom/internal/caller"
)

// ErrorKind sorts the user's mistakes, so that a program can tell them apart. Package einsum adds its own.
type ErrorKind string

// The kinds of mistake that builders find.
const (
	ErrZero    ErrorKind = "zero-expr" // the zero Expr, or the node nil, was used
	ErrDType   ErrorKind = "dtype"     // an operation does not take such elements
	ErrShape   ErrorKind = "shape"     // sizes do not fit together
	ErrAxis    ErrorKind = "axis"      // no such axis, or one named twice
	ErrIndex   ErrorKind = "index"     // an index or a range outside of its axis
	ErrEmpty   ErrorKind = "empty"     // the least or greatest of no elements
	ErrSize    ErrorKind = "size"      // more elements than can be counted
	ErrValue   ErrorKind = "value"     // a scalar that does not fit
	ErrData    ErrorKind = "data"      // a tensor that could not be made
	ErrSyntax  ErrorKind = "syntax"    // a text that is no graph
	ErrInvalid ErrorKind = "invalid"   // a node that no builder makes
)

// Error is one mistake in building a graph.
type Error struct {
	Pos  caller.Pos // the user's line
	Kind ErrorKind
	Msg  string // what: index/operand, got, want
}

// Error gives "main.go:16: what: ...".
func (e *Error) Error() string {
	if e.Pos.IsZero() {
		return e.Msg
	}
	return e.Pos.String() + ": " + e.Msg
}

// Errors are the distinct mistakes beneath a node, by file and line: at least two.
type Errors []*Error

// Error gives one mistake a line.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the mistakes to errors.Is and errors.As.
func (es Errors) Unwrap() []error {
	out := make([]error, len(es))
	for i, e := range es {
		out[i] = e
	}
	return out
}

// Bad gives an expression that is nothing but the mistake e; whatever is built of it is it.
func Bad(e *Error) Expr { return Expr{n: badNode(e, e.Pos)} }

func badNode(err error, pos caller.Pos) *Node {
	n := &Node{Kind: KBad, Err: err, Pos: pos}
	n.hash = n.fingerprint()
	return n
}

// inherit gives what a node at pos is if one of its arguments is missing or Bad: all their mistakes. It gives nil if none is.
func inherit(what string, pos caller.Pos, args []*Node) *Node {
	var found []error
	for i, a := range args {
		switch {
		case a == nil:
			found = append(found, &Error{pos, ErrZero, fmt.Sprintf("%s: operand %d is the zero Expr", what, i)})
		case a.Kind == KBad && !slices.ContainsFunc(found, func(e error) bool { return same(e, a.Err) }):
			found = append(found, a.Err)
		}
	}
	switch len(found) {
	case 0:
		return nil
	case 1:
		return badNode(found[0], pos)
	}
	return badNode(Join(found...), pos)
}

// same reports whether two errors are one, at no cost; two lists made apart are not.
func same(a, b error) bool {
	switch x := a.(type) {
	case *Error:
		y, ok := b.(*Error)
		return ok && x == y
	case Errors:
		y, ok := b.(Errors)
		return ok && len(x) == len(y) && &x[0] == &y[0]
	}
	return false
}

// Join gives the distinct mistakes in errs, by file and line: nil, one *Error or Errors. An error of another type is kept as one
// without a place.
func Join(errs ...error) error {
	var all []*Error
	for _, err := range errs {
		all = collect(all, err)
	}
	type place struct {
		file string
		line int
		e    *Error
	}
	places := make([]place, len(all))
	for i, e := range all {
		file, line := e.Pos.Resolve()
		places[i] = place{file, line, e}
	}
	slices.SortStableFunc(places, func(a, b place) int {
		return cmp.Or(strings.Compare(a.file, b.file), cmp.Compare(a.line, b.line), strings.Compare(a.e.Msg, b.e.Msg))
	})
	places = slices.CompactFunc(places, func(a, b place) bool {
		return a.file == b.file && a.line == b.line && a.e.Msg == b.e.Msg
	})
	if len(places) == 0 {
		return nil
	}
	if len(places) == 1 {
		return places[0].e
	}
	out := make(Errors, len(places))
	for i, p := range places {
		out[i] = p.e
	}
	return out
}

func collect(all []*Error, err error) []*Error {
	if err == nil {
		return all
	}
	switch e := err.(type) {
	case *Error:
		return append(all, e)
	case Errors:
		return append(all, e...)
	}
	var e *Error
	if errors.As(err, &e) && e.Error() == err.Error() {
		return append(all, e)
	}
	return append(all, &Error{Kind: ErrInvalid, Msg: err.Error()})
}
