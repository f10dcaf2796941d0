package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime/aot/source"
)

var generateCommand = command{
	usage: `usage: einloom generate -func NAME [-package NAME] [-o FILE.go] [-cpu avx2|avx512] SPEC SHAPE ... [-dtype f32]
       einloom generate -func NAME [-package NAME] [-o FILE.go] [-cpu avx2|avx512] -graph FILE

Writes a Go function that computes the einsum SPEC of arrays of the given shapes, or the graph in a file: its plan as data, its kernels as
Go assembly, made now. A program that calls it neither plans nor makes code, and needs no executable memory. SPEC and shapes are those of
'einloom plan', with - a graph's text is read from standard input. In a Go file:

  //go:generate go run github.com/einloom/einloom/cmd/einloom generate -func Score -o score.go bi,ij,j->bj 32x768 768x10 10
  //go:generate go run github.com/einloom/einloom/cmd/einloom generate -func Step -o step.go -graph step.txt

The first makes score.go, score_amd64.go, score_amd64.s and score_other.go, with

  func Score(ctx context.Context, out, a, b, c []float32) error

A kernel that there is no machine code for is named on standard error, and the interpreter runs it; so it does all kernels on other
architectures, and on processors that lack what -cpu asks for.

`,
	flags: func(fs *flag.FlagSet) func(streams, []string) error {
		name := fs.String("func", "", "the `name` of the function")
		pkg := fs.String("package", os.Getenv("GOPACKAGE"), "the `name` of the package; go generate gives it by itself")
		results := fs.String("results", "", "the `names` of the function's results, as in mean,deviation; by default out, or out0, out1 ...")
		out := fs.String("o", "", "the Go `file` to write, beside which the others go; by default the function's name in small letters")
		features := fs.String("cpu", "avx2", "what the machine code needs of a `processor`: avx2 or avx512")
		dtype := fs.String("dtype", "f32", "the `dtype` of the operands of SPEC: "+dtypeNames())
		graph := fs.String("graph", "", "read the graph's text from a `file`; docs/ir.md has its grammar")
		memory := fs.Int64("memory", 0, "plan for a limit of so many `bytes`: contractions run in slices where they need more; 0: no limit")
		return func(std streams, operands []string) error {
			switch {
			case *name == "":
				return usageError{"-func gives the function its name"}
			case *pkg == "":
				return usageError{"-package names the package that the files belong to"}
			case (*graph != "") == (len(operands) > 0):
				return usageError{"it takes an einsum string and a shape for each operand, or a graph by -graph"}
			case *out == "":
				*out = strings.ToLower(*name) + ".go"
			case filepath.Ext(*out) != ".go":
				return usageError{fmt.Sprintf("-o names a Go file: %q is none", *out)}
			}
			target, err := targetOf(*features)
			if err != nil {
				return err
			}
			roots, err := graphOf(std.in, *graph, operands, *dtype)
			if err != nil {
				return err
			}
			dir, base := filepath.Split(strings.TrimSuffix(*out, ".go"))
			c := source.Config{Package: *pkg, Func: *name, Base: base, Target: target, Memory: *memory}
			if *results != "" {
				c.Results = strings.Split(*results, ",")
			}
			files, notes, err := source.Write(roots, c)
			if err != nil {
				return err
			}
			for _, note := range notes {
				fmt.Fprintf(std.err, "einloom generate: %s: the interpreter will run it\n", note)
			}
			return writeFiles(dir, files)
		}
	},
}

// targetOf is the target that -cpu names.
func targetOf(features string) (string, error) {
	target := "amd64+" + features
	if _, err := cpu.Target(target); err != nil {
		return "", usageError{fmt.Sprintf("there is no -cpu %s: it is avx2 or avx512", features)}
	}
	return target, nil
}

// graphOf is the graph in a file, or what the operands describe.
func graphOf(in io.Reader, path string, operands []string, dtype string) ([]*expr.Node, error) {
	if path == "" {
		return readGraph(in, operands, dtype)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readGraph(f, []string{"-"}, dtype)
}

// writeFiles writes the files, unless one of them would take the place of a file that was written by hand.
func writeFiles(dir string, files []source.File) error {
	for _, f := range files {
		old, err := os.ReadFile(filepath.Join(dir, f.Name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if !bytes.HasPrefix(old, []byte(source.Header)) {
			return fmt.Errorf("%s is there, and 'einloom generate' has not written it: -o names another file", filepath.Join(dir, f.Name))
		}
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Text, 0o666); err != nil {
			return err
		}
	}
	return nil
}
