// Package caller says where in the user's program a node was made. It never resolves a position before someone asks for it.
package caller

import (
	"path/filepath"
	"runtime"
	"strconv"
)

// Pos is a place in the user's program, or in a text that was parsed. The zero Pos is no place.
type Pos struct {
	pc   uintptr
	text *text
}

type text struct {
	file string
	line int
}

// Here gives the place of the calling function's caller, skip frames further out. It allocates nothing, and unwinds no frame more than it has
// to: every node pays for that. So a builder that is made of builders must note its place itself and hand it on.
func Here(skip int) Pos {
	var pc [1]uintptr
	runtime.Callers(skip+3, pc[:])
	return Pos{pc: pc[0]}
}

// At gives a place in a text.
func At(file string, line int) Pos { return Pos{text: &text{file, line}} }

// IsZero reports whether p is no place.
func (p Pos) IsZero() bool { return p == Pos{} }

// Resolve gives the file, by its full path, and the line; "" and 0 for the zero Pos.
func (p Pos) Resolve() (file string, line int) {
	switch {
	case p.text != nil:
		return p.text.file, p.text.line
	case p.pc == 0:
		return "", 0
	}
	f, _ := runtime.CallersFrames([]uintptr{p.pc}).Next()
	return f.File, f.Line
}

// String gives "main.go:16", the file by its base name; "?" for the zero Pos.
func (p Pos) String() string {
	file, line := p.Resolve()
	if file == "" {
		return "?"
	}
	return filepath.Base(file) + ":" + strconv.Itoa(line)
}
