package asm

import (
	"bytes"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// goAssemble gives the bytes of each function of text by Go's own assembler, and which line of the text each byte offset begins.
func goAssemble(t *testing.T, text string) map[string][]byte {
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
	listingHex  = regexp.MustCompile(`^\t0x[0-9a-f]+ ((?:[0-9a-f]{2} ){1,16})`)
)

// readListing takes the hexadecimal dump of each function out of what go tool asm -S prints.
func readListing(t *testing.T, listing string) map[string][]byte {
	t.Helper()
	funcs := map[string][]byte{}
	name := ""
	for _, line := range strings.Split(listing, "\n") {
		if m := listingFunc.FindStringSubmatch(line); m != nil {
			name = m[1]
			funcs[name] = nil
		} else if m := listingHex.FindStringSubmatch(line); m != nil && name != "" {
			b, err := hex.DecodeString(strings.ReplaceAll(m[1], " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			funcs[name] = append(funcs[name], b...)
		}
	}
	return funcs
}

// holdText compares the machine code of each function with what Go's assembler makes of its text.
func holdText(t *testing.T, codes ...*Code) {
	t.Helper()
	theirs := goAssemble(t, Text(codes...))
	for _, c := range codes {
		ours, err := c.Encode()
		if err != nil {
			t.Errorf("%v\n%s", err, firstLines(c.AppendText(nil), 20))
			continue
		}
		if want := theirs[c.Name]; !bytes.Equal(ours, want) {
			at := 0
			for at < len(ours) && at < len(want) && ours[at] == want[at] {
				at++
			}
			t.Errorf("%s: %d bytes, Go's assembler %d, the first that differs at %#x:\n%x\n%x\n%s", c.Name, len(ours), len(want), at,
				ours[:min(len(ours), 64)], want[:min(len(want), 64)], firstLines(c.AppendText(nil), 20))
		}
	}
}
