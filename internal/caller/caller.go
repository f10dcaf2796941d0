// Package caller says where in the user's program a node was made. It never resolves a position before someone asks for it.
package caller

import (
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// module is the path whose packages' frames are skipped: they are the library, not the user.
const module = "github.com/einloom/einloom"

// depth is the number of frames kept. Builders note their place themselves, so the user's frame is nearly always the first; the others
// are for builders made of builders. Unwinding a frame costs about 80 ns, which every node pays.
const depth = 4

// Pos is a place in the user's program, or in a text that was parsed. The zero Pos is no place.
type Pos struct {
	pcs  [depth]uintptr
	text *text
}

type text struct {
	file string
	line int
}

// Here gives the place of the calling function's caller, skip frames further out. It allocates nothing.
func Here(skip int) (p Pos) {
	runtime.Callers(skip+3, p.pcs[:])
	return p
}

// At gives a place in a text.
func At(file string, line int) Pos { return Pos{text: &text{file, line}} }

// IsZero reports whether p is no place.
func (p Pos) IsZero() bool { return p.text == nil && p.pcs[0] == 0 }

// Resolve gives the file, by its full path, and the line of the first frame that is not the library's own; of the outermost frame
// kept if all are; "" and 0 for the zero Pos.
func (p Pos) Resolve() (file string, line int) {
	if p.text != nil {
		return p.text.file, p.text.line
	}
	n := 0
	for n < depth && p.pcs[n] != 0 {
		n++
	}
	if n == 0 {
		return "", 0
	}
	frames := runtime.CallersFrames(p.pcs[:n])
	for {
		f, more := frames.Next()
		if strings.HasPrefix(f.Function, "runtime.") && line > 0 {
			return file, line
		}
		file, line = f.File, f.Line
		if !more || !own(f.Function, f.File) {
			return file, line
		}
	}
}

// String gives "main.go:16", the file by its base name; "?" for the zero Pos.
func (p Pos) String() string {
	file, line := p.Resolve()
	if file == "" {
		return "?"
	}
	return filepath.Base(file) + ":" + strconv.Itoa(line)
}

// own reports whether a function is the library's. Programs, examples and tests inside the module are users of it.
func own(function, file string) bool {
	rest, ok := strings.CutPrefix(function, module)
	if !ok || strings.HasSuffix(file, "_test.go") {
		return false
	}
	if strings.HasPrefix(rest, ".") {
		return true // the door itself
	}
	for _, user := range []string{"/examples/", "/cmd/", "/tests.", "/tests/"} {
		if strings.HasPrefix(rest, user) {
			return false
		}
	}
	// A package's path ends at the first dot after the last slash. Another module may begin as this one does.
	path, _, _ := strings.Cut(rest[strings.LastIndexByte(rest, '/')+1:], ".")
	return rest[0] == '/' && !strings.HasSuffix(path, "_test")
}
