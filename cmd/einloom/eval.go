package main

import (
	"context"
	"flag"
	"fmt"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

var evalCommand = command{
	usage: `usage: einloom eval SPEC A.npy B.npy ... [-o OUT.npy] [-device cpu|interp] [-threads N]

Computes the einsum SPEC of the arrays and prints the result, or writes it to OUT.npy.

  einloom eval 'ij,jk->ik' a.npy b.npy            a matrix product
  einloom eval 'bij->bji' stack.npy -o t.npy      a transposed copy
  einloom eval 'ii->' a.npy                       a trace

`,
	flags: func(fs *flag.FlagSet) func(context.Context, streams, []string) error {
		out := fs.String("o", "", "write the result to this .npy `file` instead of printing it")
		device := fs.String("device", "cpu", "`device` to compute on; 'einloom devices' lists them")
		threads := fs.Int("threads", 0, "workers; 0: one for each processor")
		return func(ctx context.Context, std streams, operands []string) error {
			if len(operands) < 2 {
				return usageError{"it takes an einsum string and at least one .npy file"}
			}
			args, err := loadAll(operands[1:])
			if err != nil {
				return err
			}
			s, err := runtime.Open(runtime.Config{Device: *device, Threads: *threads})
			if err != nil {
				return err
			}
			defer s.Close()
			for _, note := range s.Notes() {
				fmt.Fprintln(std.err, "einloom: note:", note)
			}
			t, err := s.Eval(ctx, einsum.Contract(operands[0], args...))
			if err != nil {
				return err
			}
			if *out != "" {
				return tensor.Save(*out, t)
			}
			_, err = fmt.Fprintln(std.out, t)
			return err
		}
	},
}

// loadAll reads the files. Each is named in its error.
func loadAll(paths []string) ([]expr.Expr, error) {
	var args []expr.Expr
	for _, p := range paths {
		t, err := tensor.Load(p)
		if err != nil {
			return nil, err
		}
		args = append(args, expr.From(t))
	}
	return args, nil
}
