// Package golden compares what the code prints with text kept in files, which people review. It never decides what is right: with
// -rewrite it records what is, and the diff is the review.
package golden

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "write what the code prints into the golden files")

// Rewriting reports whether the files are being written anew.
func Rewriting() bool { return *rewrite }

// File compares got with the whole file at path.
func File(t testing.TB, path, got string) {
	t.Helper()
	if *rewrite {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; -rewrite makes it", err)
	}
	if d := Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

// Case is one case of a file: a command line, lines of input, and after ---- what is to come of them. An empty line ends a case, or a
// second ---- begins output that holds empty lines and ends with the same two. Lines that begin with # before a case are its comment.
//
//	# what the case shows
//	plan expect=share
//	%0 = input "a"  f32[2]
//	return %0
//	----
//	...
type Case struct {
	Cmd   string
	Args  []string
	Input string
	Want  string
	Place string // file:line
	head  string // comment, command line and input as they stand
}

// Arg gives the value of the argument key=value.
func (c *Case) Arg(key string) (value string, ok bool) {
	for _, a := range c.Args {
		if k, v, found := strings.Cut(a, "="); found && k == key {
			return v, true
		}
	}
	return "", false
}

// Run does every case of the file and compares what do gives with what stands there.
func Run(t *testing.T, path string, do func(t *testing.T, c *Case) string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cases, tail, err := parse(filepath.Base(path), string(text))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for i, c := range cases {
		name := fmt.Sprintf("%d-%s", i+1, c.Cmd)
		t.Run(name, func(t *testing.T) {
			got := do(t, c)
			if got != "" && !strings.HasSuffix(got, "\n") {
				got += "\n"
			}
			out.WriteString(c.head + block(got))
			if d := Diff(c.Want, got); d != "" && !*rewrite {
				t.Errorf("%s: %s (-want +got):\n%s", c.Place, c.Cmd, d)
			}
		})
	}
	if *rewrite && !t.Failed() {
		if err := os.WriteFile(path, []byte(strings.TrimRight(out.String()+tail, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

const rule = "----\n"

// block writes output as a case ends with it.
func block(got string) string {
	if strings.HasPrefix(got, "\n") || strings.Contains(got, "\n\n") || strings.HasPrefix(got, rule) {
		return rule + rule + got + rule + rule + "\n"
	}
	return rule + got + "\n"
}

func parse(name, text string) (cases []*Case, tail string, err error) {
	lines := strings.SplitAfter(text, "\n")
	var head strings.Builder
	for i := 0; i < len(lines); {
		l := lines[i]
		if strings.TrimSpace(l) == "" || strings.HasPrefix(l, "#") {
			head.WriteString(l)
			i++
			continue
		}
		c := &Case{Place: fmt.Sprintf("%s:%d", name, i+1)}
		words := strings.Fields(l)
		c.Cmd, c.Args = words[0], words[1:]
		begin := i
		for i++; i < len(lines) && lines[i] != rule; i++ {
			c.Input += lines[i]
		}
		if i == len(lines) {
			return nil, "", fmt.Errorf("%s: a case without ----", c.Place)
		}
		c.head = head.String() + strings.Join(lines[begin:i], "")
		head.Reset()
		i++
		end := "\n"
		if i < len(lines) && lines[i] == rule {
			i++
			end = rule
		}
		for ; i < len(lines) && lines[i] != end; i++ {
			c.Want += lines[i]
		}
		if end == rule {
			i++
		}
		i++
		cases = append(cases, c)
		if end == rule && i < len(lines) && lines[i] == "\n" {
			i++
		}
	}
	return cases, head.String(), nil
}

// Diff gives "" for equal texts, else their lines with - and + where they differ.
func Diff(want, got string) string {
	if want == got {
		return ""
	}
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	first := 0
	for first < min(len(a), len(b)) && a[first] == b[first] {
		first++
	}
	last := 0
	for last < min(len(a), len(b))-first && a[len(a)-1-last] == b[len(b)-1-last] {
		last++
	}
	var out strings.Builder
	show := func(sign string, lines []string) {
		for _, l := range lines {
			out.WriteString(sign + l + "\n")
		}
	}
	show("  ", a[max(0, first-3):first])
	show("- ", a[first:len(a)-last])
	show("+ ", b[first:len(b)-last])
	show("  ", a[len(a)-last:min(len(a), len(a)-last+3)])
	return out.String()
}
