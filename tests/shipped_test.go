package tests

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime/aot/source"
	"github.com/einloom/einloom/tensor"
)

// writeProgram writes a module with the functions and a program that calls each of them: inputs from one file, results to standard
// output. It gives those that there is machine code of.
func writeProgram(t *testing.T, dir string, list []*shipped) (written []*shipped) {
	t.Helper()
	var calls strings.Builder
	var data bytes.Buffer
	for _, c := range list {
		c.config.Base = strings.ToLower(c.config.Func)
		files, notes, err := source.Write(expr.Nodes(c.roots...), c.config)
		if err != nil {
			if c.inputs == nil && strings.Contains(err.Error(), "but what the interpreter runs") {
				continue
			}
			t.Fatalf("%s: %v", c.name, err)
		}
		if c.inputs != nil && len(notes) > 0 {
			t.Errorf("%s: %v", c.name, notes)
		}
		for _, f := range files {
			put(t, filepath.Join(dir, f.Name), f.Text)
		}
		fmt.Fprintf(&calls, "\t{ // %s\n", c.name)
		var args []string
		for k, x := range c.roots {
			fmt.Fprintf(&calls, "\t\tout%d := make([]%s, %d)\n", k, goType(x.DType()), x.Shape().Len())
			args = append(args, fmt.Sprintf("out%d", k))
		}
		for i, x := range c.inputs {
			fmt.Fprintf(&calls, "\t\tin%d := make([]%s, %d)\n\t\tread(in%d)\n", i, goType(x.DType()), x.Len(), i)
			args = append(args, fmt.Sprintf("in%d", i))
			bytes, err := x.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			data.Write(bytes)
		}
		fmt.Fprintf(&calls, "\t\tcount(len(%[1]sPlan.Steps) > 0 && %[1]sPlan.Native())\n", strings.ToLower(c.config.Func))
		fmt.Fprintf(&calls, "\t\tcheck(%q, %s(ctx, %s))\n", c.name, c.config.Func, strings.Join(args, ", "))
		for k := range c.roots {
			fmt.Fprintf(&calls, "\t\twrite(out%d)\n", k)
		}
		calls.WriteString("\t}\n")
		written = append(written, c)
	}
	put(t, filepath.Join(dir, "main.go"), fmt.Appendf(nil, programText, calls.String()))
	put(t, filepath.Join(dir, "in"), data.Bytes())
	if goruntime.GOOS == "linux" {
		put(t, filepath.Join(dir, "forbid_linux.go"), []byte(forbidText))
	}
	writeModule(t, dir)
	return written
}

const programText = `package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"log"
	"os"

	"github.com/einloom/einloom/tensor"
)

var (
	in, _ = os.Open("in")
	from  = bufio.NewReader(in)
	to    = bufio.NewWriter(os.Stdout)
	ctx   = context.Background()
)

var _ tensor.F16

func check(name string, err error) {
	if err != nil {
		log.Fatalf("%%s: %%v", name, err)
	}
}

func read(x any)  { check("in", binary.Read(from, binary.LittleEndian, x)) }
func write(x any) { check("out", binary.Write(to, binary.LittleEndian, x)) }

var native int

func count(is bool) {
	if is {
		native++
	}
}

func main() {
%s	check("out", to.Flush())
	fmt.Fprint(os.Stderr, native)
}
`

const forbidText = `package main

import "golang.org/x/sys/unix"

// Linux before 6.3 does not know the option: then nothing is forbidden.
func init() { _ = unix.Prctl(unix.PR_SET_MDWE, unix.PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) }
`

// goType is the element type of a dtype in Go.
func goType(d tensor.DType) string {
	switch d {
	case tensor.Float16:
		return "tensor.F16"
	case tensor.BFloat16:
		return "tensor.BF16"
	}
	return d.Name()
}

// writeModule makes dir a module that builds with this one's dependencies.
func writeModule(t *testing.T, dir string) {
	t.Helper()
	own, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(own, name))
		if err != nil {
			t.Fatal(err)
		}
		if name == "go.mod" {
			text = bytes.Replace(text, []byte("module "+module), []byte("module shipped"), 1)
			text = fmt.Appendf(text, "\nrequire %s v0.0.0\n\nreplace %s => %s\n", module, module, own)
		}
		put(t, filepath.Join(dir, name), text)
	}
}

func put(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// build builds the program in dir, and has vet read it, which knows how assembly must agree with its declarations.
func build(t *testing.T, dir string) {
	t.Helper()
	for _, args := range [][]string{{"build", "-mod=mod", "-o", "program", "."}, {"vet", "-mod=mod", "."}} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", args[0], err, out)
		}
	}
}

// runProgram gives the program's results, one by one, each like an array of the right answer's shape, and how many of its functions are
// machine code alone.
func runProgram(t *testing.T, dir, env string) (next func(*testing.T, *tensor.Tensor) *tensor.Tensor, native int) {
	t.Helper()
	cmd := exec.Command(filepath.Join(dir, "program"))
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", env, err, &errs)
	}
	if _, err := fmt.Sscan(errs.String(), &native); err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T, like *tensor.Tensor) *tensor.Tensor {
		x, err := tensor.Zeros(like.DType(), like.Shape()...)
		if err != nil {
			t.Fatal(err)
		}
		mem, err := x.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		n := copy(mem, out)
		if n < len(mem) {
			t.Fatal("the program wrote too little")
		}
		out = out[n:]
		return x
	}, native
}
