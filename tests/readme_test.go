package tests

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/einloom/einloom/internal/golden"
)

const readme = "../README.md"

// TestREADME does what README.md shows. A go block is a program, whose output is the next block. In a sh block, lines after a dollar sign
// are commands and the others what they print, on both streams; "..." stands for more lines. -rewrite writes what is printed now.
func TestREADME(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("SKIPPED: the commands of README.md are for bash, which is not here")
	}
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	r := reader{t: t, bash: bash, arrays: t.TempDir()}
	buildCommand(t, r.arrays)
	writeArrays(t, r.arrays)
	want := string(text)
	var got strings.Builder
	for rest := want; rest != ""; {
		before, block, after := fenced(rest)
		got.WriteString(before + r.shown(block))
		rest = after
	}
	if golden.Rewriting() {
		golden.File(t, readme, got.String())
	} else if d := golden.Diff(want, got.String()); d != "" {
		t.Errorf("README.md shows other output than there is (-want +got):\n%s", d)
	}
}

// fenced cuts text before and after its first fenced block, which keeps its fences.
func fenced(text string) (before, block, after string) {
	const fence = "```"
	begin := strings.Index(text, fence)
	if begin < 0 {
		return text, "", ""
	}
	end := begin + 3 + strings.Index(text[begin+3:], "\n"+fence) + 1 + len(fence)
	return text[:begin], text[begin:end], text[end:]
}

// reader does what it reads.
type reader struct {
	t      *testing.T
	bash   string
	arrays string // a folder with arrays and the command einloom
	output string // of the last program
}

// shown gives a block as it should be.
func (r *reader) shown(block string) string {
	kind, body, _ := strings.Cut(strings.TrimPrefix(block, "```"), "\n")
	body = strings.TrimSuffix(body, "```")
	switch kind {
	case "go":
		r.program(body)
	case "output":
		body = r.output
	case "sh":
		body = r.session(body)
	default:
		if block != "" {
			r.t.Errorf("a block of README.md is %q: nobody checks it", kind)
		}
		return block
	}
	return "```" + kind + "\n" + body + "```"
}

// program runs a Go program.
func (r *reader) program(source string) {
	path := filepath.Join(r.t.TempDir(), "main.go")
	if err := os.WriteFile(path, []byte(source), 0o644); err != nil {
		r.t.Fatal(err)
	}
	run := exec.Command("go", "run", path)
	run.Dir = ".."
	out, err := run.CombinedOutput()
	if err != nil {
		r.t.Errorf("the program of README.md: %v\n%s", err, out)
	}
	r.output = string(out)
}

// session does the commands of a sh block and gives it with what they print.
func (r *reader) session(body string) string {
	var b strings.Builder
	for i, part := range strings.Split("\n"+body, "\n$ ") {
		if i == 0 {
			b.WriteString(strings.TrimPrefix(part, "\n"))
			continue
		}
		command, shown, _ := strings.Cut(part, "\n")
		b.WriteString("$ " + command + "\n")
		if command == "./tests/run" {
			r.t.Log("SKIPPED: ./tests/run runs this test")
			continue
		}
		out := r.command(command)
		if kept, cut := strings.CutSuffix(strings.TrimSuffix(shown, "\n"), "..."); cut {
			out = head(out, strings.Count(kept, "\n")) + "...\n"
		}
		b.WriteString(out)
	}
	return b.String()
}

// command gives what a command prints. A command that fails prints why, and that is shown.
func (r *reader) command(line string) string {
	cmd := exec.Command(r.bash, "-c", line)
	cmd.Dir = ".."
	if strings.HasPrefix(line, "einloom ") {
		cmd.Dir = r.arrays
	}
	cmd.Env = append(os.Environ(), "PATH="+r.arrays+string(os.PathListSeparator)+os.Getenv("PATH"))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil && out.Len() == 0 {
		r.t.Errorf("%s: %v", line, err)
	}
	return withoutNotes(r.t, out.String())
}

// withoutNotes leaves out what the command says on machines without machine code.
func withoutNotes(t *testing.T, out string) string {
	var b strings.Builder
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "einloom: note:") {
			t.Log(line)
			continue
		}
		b.WriteString(line)
	}
	return b.String()
}

// head is the first n lines of text.
func head(text string, n int) string {
	at := 0
	for range n {
		next := strings.IndexByte(text[at:], '\n')
		if next < 0 {
			return text
		}
		at += next + 1
	}
	return text[:at]
}
