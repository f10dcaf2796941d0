package tests

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/einloom/einloom/internal/golden"
	"github.com/einloom/einloom/tensor"
)

// TestCommandLine runs the commands in cli/*.txt in a shell, in a folder with a few small arrays. A case is a line as one types it, after a
// dollar sign, and standard input; then comes what is printed: standard output, lines of standard error after "! ", and an exit status
// other than 0.
func TestCommandLine(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("SKIPPED: the command line is tested in bash, which is not here")
	}
	dir := t.TempDir()
	buildCommand(t, dir)
	writeArrays(t, dir)
	files, err := filepath.Glob("cli/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			golden.Run(t, f, func(t *testing.T, c *golden.Case) string {
				cmd := exec.Command(bash, "-o", "pipefail", "-c", strings.Join(c.Args, " "))
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+dir, "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
				cmd.Stdin = strings.NewReader(c.Input)
				return transcript(t, cmd)
			})
		})
	}
}

// transcript runs cmd and gives all that its user sees. Notes of machines without machine code are left out.
func transcript(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	for line := range strings.Lines(errs.String()) {
		if strings.HasPrefix(line, "einloom: note:") {
			t.Log(line)
			continue
		}
		out.WriteString("! " + line)
	}
	var status *exec.ExitError
	switch {
	case errors.As(err, &status):
		fmt.Fprintf(&out, "exit %d\n", status.ExitCode())
	case err != nil:
		t.Fatal(err)
	}
	return out.String()
}

// buildCommand puts the command einloom into dir.
func buildCommand(t *testing.T, dir string) {
	t.Helper()
	build := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(dir, "einloom"), "./cmd/einloom")
	build.Dir = ".."
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
}

// writeArrays puts into dir what the cases read. The numbers are whole, so that every device gives them to the bit.
func writeArrays(t *testing.T, dir string) {
	t.Helper()
	save(t, dir, "a.npy", []float32{1, 2, 3, 4, 5, 6}, 2, 3)
	save(t, dir, "b.npy", []float32{1, 0, 0, 1, 1, 1}, 3, 2)
	save(t, dir, "x.npy", []float64{0.5, -2, 1e6}, 3)
	save(t, dir, "i.npy", []int64{3, -1, 2}, 3)
	save(t, dir, "z.npy", []complex128{1 + 2i, -1i, 3}, 3)
	save(t, dir, "m.npy", []bool{true, false, true}, 3)
	save(t, dir, "empty.npy", []float32{}, 0, 3)
	save(t, dir, "large.npy", make([]float64, 4000), 2, 2000)
	save(t, dir, "long.npy", make([]float64, 5000), 5000)
	save(t, dir, "t.npy", []int32{0, 1, 2, 3, 4, 5, 6, 7}, 2, 2, 2)
	save(t, dir, "n.npy", []int8{100, 27}, 2)
	one := []byte{0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4}
	foreign(t, dir, "big.npy", "{'descr': '>i4', 'fortran_order': False, 'shape': (2, 2)}", one, 16)
	foreign(t, dir, "fortran.npy", "{'descr': '>i4', 'fortran_order': True, 'shape': (2, 2)}", one, 16)
	foreign(t, dir, "half.npy", "{'descr': '<f2', 'fortran_order': False, 'shape': (2,)}", []byte{0, 0x3c, 0, 0xc0}, 4)
	foreign(t, dir, "words.npy", "{'descr': '<U2', 'fortran_order': False, 'shape': (2,)}", one, 16)
	foreign(t, dir, "less.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (-3,)}", one, 16)
	foreign(t, dir, "claims.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,)}", one, 16)
	foreign(t, dir, "nothing.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4611686018427387904, 9)}", nil, 0)
	foreign(t, dir, "holes.npy", "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,)}", nil, 4e12)
	whole, err := os.ReadFile(filepath.Join(dir, "a.npy"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"cut.npy": whole[:len(whole)-3], "text.npy": []byte("1 2 3\n")} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// foreign writes a .npy file that another program could have written: a header, data, and a hole up to so many bytes of data.
func foreign(t *testing.T, dir, name, header string, data []byte, bytes int64) {
	t.Helper()
	path := filepath.Join(dir, name)
	begin := append([]byte{0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, byte(len(header) + 1), 0}, header+"\n"...)
	if err := os.WriteFile(path, append(begin, data...), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, int64(len(begin))+bytes); err != nil {
		t.Fatal(err)
	}
}

func save[T tensor.Element](t *testing.T, dir, name string, data []T, dims ...int) {
	t.Helper()
	x, err := tensor.New(data, dims...)
	if err != nil {
		t.Fatal(err)
	}
	if err := tensor.Save(filepath.Join(dir, name), x); err != nil {
		t.Fatal(err)
	}
}
