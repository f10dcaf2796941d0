// Package goasm asks Go's own assembler what a text of Go assembly is in bytes: the judge of our machine code. It is for tests and never
// part of a program.
package goasm

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Listing is what the assembler made of a text.
type Listing struct {
	Code map[string][]byte         // the bytes of each function
	at   map[string]map[int]string // the instruction at each place in it
}

// Find gives the go command, or an error where there is none.
func Find() (string, error) { return exec.LookPath("go") }

// Assemble runs the assembler of the go command on text, for amd64, with dir as a place for its files.
func Assemble(gocmd, dir, text string) (*Listing, error) {
	root, err := exec.Command(gocmd, "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	src := filepath.Join(dir, "k_amd64.s")
	if err := os.WriteFile(src, []byte(text), 0o666); err != nil {
		return nil, err
	}
	include := filepath.Join(strings.TrimSpace(string(root)), "pkg", "include")
	cmd := exec.Command(gocmd, "tool", "asm", "-S", "-p", "main", "-I", include, "-o", filepath.Join(dir, "k.o"), src)
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("go tool asm: %w\n%s", err, firstLines(out, 30))
	}
	return read(string(out))
}

func firstLines(b []byte, n int) []byte {
	lines := bytes.SplitN(b, []byte("\n"), n+1)
	return bytes.Join(lines[:min(n, len(lines))], []byte("\n"))
}

var (
	funcLine = regexp.MustCompile(`^main\.(\w+) STEXT`)
	insLine  = regexp.MustCompile(`^\t0x[0-9a-f]+ (\d+) \([^)]*\)\t(.*)`)
	hexLine  = regexp.MustCompile(`^\t0x[0-9a-f]+ ((?:[0-9a-f]{2} ){1,16})`)
)

// read reads what go tool asm -S prints.
func read(text string) (*Listing, error) {
	l := &Listing{map[string][]byte{}, map[string]map[int]string{}}
	name := ""
	for line := range strings.SplitSeq(text, "\n") {
		if m := funcLine.FindStringSubmatch(line); m != nil {
			name = m[1]
			l.Code[name], l.at[name] = nil, map[int]string{}
		} else if m := insLine.FindStringSubmatch(line); m != nil {
			at, err := strconv.Atoi(m[1])
			if err != nil {
				return nil, err
			}
			l.at[name][at] = strings.ReplaceAll(m[2], "\t", " ")
		} else if m := hexLine.FindStringSubmatch(line); m != nil && name != "" {
			b, err := hex.DecodeString(strings.ReplaceAll(m[1], " ", ""))
			if err != nil {
				return nil, err
			}
			l.Code[name] = append(l.Code[name], b...)
		}
	}
	return l, nil
}

// Compare says how ours differs from the assembler's bytes of a function; "" where it does not.
func (l *Listing) Compare(name string, ours []byte) string {
	want := l.Code[name]
	if bytes.Equal(ours, want) {
		return ""
	}
	at := 0
	for at < len(ours) && at < len(want) && ours[at] == want[at] {
		at++
	}
	return fmt.Sprintf("%s: %d bytes, Go's assembler %d; the first that differs, at %d, is of %s:\n%x\n%x", name, len(ours), len(want), at,
		l.around(name, at), ours[max(0, at-16):min(len(ours), at+16)], want[max(0, at-16):min(len(want), at+16)])
}

// around is the instruction that has the byte at a place.
func (l *Listing) around(name string, place int) string {
	for at := place; at >= 0; at-- {
		if s, ok := l.at[name][at]; ok {
			return s
		}
	}
	return ""
}
