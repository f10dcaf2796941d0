package asm

import (
	"bytes"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// listing is what Go's assembler made of a text: the bytes of each function, and the instruction at each place in it.
type listing struct {
	code map[string][]byte
	at   map[string]map[int]string
}

// goAssemble runs Go's own assembler on text.
func goAssemble(t *testing.T, text string) listing {
	t.Helper()
	gobin, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command here: the text cannot be held against Go's assembler")
	}
	root, err := exec.Command(gobin, "env", "GOROOT").Output()
	if err != nil {
		t.Skipf("go env GOROOT: %v", err)
	}
	dir := t.TempDir()
	src := filepath.Join(dir, "k_amd64.s")
	if err := os.WriteFile(src, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	include := filepath.Join(strings.TrimSpace(string(root)), "pkg", "include")
	cmd := exec.Command(gobin, "tool", "asm", "-S", "-p", "main", "-I", include, "-o", filepath.Join(dir, "k.o"), src)
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go tool asm: %v\n%s", err, firstLines(out, 30))
	}
	return readListing(t, string(out))
}

func firstLines(b []byte, n int) []byte {
	lines := bytes.SplitN(b, []byte("\n"), n+1)
	return bytes.Join(lines[:min(n, len(lines))], []byte("\n"))
}

var (
	listingFunc = regexp.MustCompile(`^main\.(\w+) STEXT`)
	listingIns  = regexp.MustCompile(`^\t0x[0-9a-f]+ (\d+) \([^)]*\)\t(.*)`)
	listingHex  = regexp.MustCompile(`^\t0x[0-9a-f]+ ((?:[0-9a-f]{2} ){1,16})`)
)

// readListing reads what go tool asm -S prints.
func readListing(t *testing.T, text string) listing {
	t.Helper()
	l := listing{map[string][]byte{}, map[string]map[int]string{}}
	name := ""
	for _, line := range strings.Split(text, "\n") {
		if m := listingFunc.FindStringSubmatch(line); m != nil {
			name = m[1]
			l.code[name], l.at[name] = nil, map[int]string{}
		} else if m := listingIns.FindStringSubmatch(line); m != nil {
			at, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			l.at[name][at] = strings.ReplaceAll(m[2], "\t", " ")
		} else if m := listingHex.FindStringSubmatch(line); m != nil && name != "" {
			b, err := hex.DecodeString(strings.ReplaceAll(m[1], " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			l.code[name] = append(l.code[name], b...)
		}
	}
	return l
}

// around is the instruction that has the byte at a place.
func (l *listing) around(name string, place int) string {
	for at := place; at >= 0; at-- {
		if s, ok := l.at[name][at]; ok {
			return s
		}
	}
	return ""
}

// HoldText compares the machine code of each function with what Go's assembler makes of its text.
func HoldText(t *testing.T, codes ...*Code) {
	t.Helper()
	theirs := goAssemble(t, Text(codes...))
	for _, c := range codes {
		ours, err := c.Encode()
		if err != nil {
			t.Errorf("%v\n%s", err, firstLines(c.AppendText(nil), 20))
			continue
		}
		if want := theirs.code[c.Name]; !bytes.Equal(ours, want) {
			at := 0
			for at < len(ours) && at < len(want) && ours[at] == want[at] {
				at++
			}
			t.Errorf("%s: %d bytes, Go's assembler %d; the first that differs, at %d, is of %s:\n%x\n%x", c.Name, len(ours), len(want), at,
				theirs.around(c.Name, at), ours[max(0, at-16):min(len(ours), at+16)], want[max(0, at-16):min(len(want), at+16)])
		}
	}
}
