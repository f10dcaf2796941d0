package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

var evalCommand = command{
	usage: `usage: einloom eval SPEC A.npy B.npy ... [-o OUT.npy] [-device auto|cpu|interp|vulkan] [-threads N] [-explain]

Computes the einsum SPEC of the arrays and prints the numbers, or writes the array to OUT.npy. Large arrays are printed with their
middle left out; -o keeps everything.

  einloom eval 'ij,jk->ik' a.npy b.npy                  a matrix product
  einloom eval 'ij,kj->' a.npy b.npy -o sum.npy         the sum of all scalar products of rows
  einloom eval 'bij->bji' stack.npy -o t.npy            a transposed copy of each matrix
  einloom eval '...ij->...ji' stack.npy                 the same, however many axes stand before
  einloom eval 'ii->' a.npy                             a trace
  einloom eval 'ij,jk->ik' a.npy b.npy -explain         and on standard error the plan: order, kernels, estimated and measured times
  einloom eval 'row k, k col -> row col' a.npy b.npy    a matrix product: words name axes too

An index that the output lacks is summed over. Without -> the output has those that occur once, in alphabetical order.

`,
	flags: func(fs *flag.FlagSet) func(streams, []string) error {
		out := fs.String("o", "", "write the result to this .npy `file` instead of printing it")
		device := fs.String("device", "cpu", "the `device` that computes; 'einloom devices' lists them")
		threads := fs.Int("threads", 0, "`N` workers share the work, 0: one a processor; results do not depend on it")
		explain := fs.Bool("explain", false, "print the plan to standard error, with the time that each kernel took if that could be measured")
		return func(std streams, operands []string) error {
			if len(operands) < 2 {
				return usageError{"it takes an einsum string and at least one .npy file"}
			}
			if *out == "" && isSet(fs, "o") {
				return usageError{"-o needs the name of a file"}
			}
			c := runtime.Config{Device: *device, Threads: *threads}
			if err := checkConfig(c); err != nil {
				return err
			}
			room := machineBudget()
			args, err := loadAll(operands[1:], &room)
			if err != nil {
				return err
			}
			c.MemoryLimit = room.limit()
			t, err := evaluate(std, c, *explain, einsum.Contract(operands[0], args...))
			if err != nil {
				return explained(err)
			}
			if *out != "" {
				return tensor.Save(*out, t)
			}
			style := tensor.DefaultStyle()
			style.Bare = true
			_, err = fmt.Fprintln(std.out, t.Text(style))
			return err
		}
	},
}

// evaluate computes x, and shows the plan if asked to. An interrupt stops the run between tiles, a second one the program.
func evaluate(std streams, c runtime.Config, explain bool, x expr.Expr) (*tensor.Tensor, error) {
	s, err := runtime.Open(c)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	for _, note := range s.Notes() {
		fmt.Fprintln(std.err, "einloom: note:", note)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop)
	p, err := s.Compile(ctx, x)
	if err != nil {
		return nil, err
	}
	outs, err := p.Run(ctx)
	if err != nil {
		return nil, err
	}
	if explain {
		fmt.Fprint(std.err, p.Plan())
	}
	return outs[0], nil
}

// explained says in words of the shell why nothing was computed.
func explained(err error) error {
	var over *planner.MemoryError
	switch {
	case errors.As(err, &over):
		return fmt.Errorf("the result and what is computed on the way take %s, more than this machine has memory for", bytesText(over.Need))
	case errors.Is(err, context.Canceled):
		return errors.New("interrupted")
	}
	return err
}

// checkConfig refuses what no session could be opened with, whatever the machine.
func checkConfig(c runtime.Config) error {
	if c.Threads < 0 || c.Threads > runtime.MaxThreads {
		return usageError{fmt.Sprintf("there cannot be %d threads; 0 to %d can be", c.Threads, runtime.MaxThreads)}
	}
	named := func(d runtime.DeviceInfo) bool { return d.Name == c.Device }
	if c.Device == "cpu" || c.Device == "interp" { // everywhere; listing the others loads their drivers
		return nil
	}
	if !slices.ContainsFunc(runtime.Devices(), named) {
		return usageError{fmt.Sprintf("there is no device %q: 'einloom devices' lists them", c.Device)}
	}
	return nil
}

// isSet says whether the flag was given.
func isSet(fs *flag.FlagSet, name string) bool {
	set := false
	fs.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	return set
}

// loadAll reads the files. Each is named in its error.
func loadAll(paths []string, room *budget) ([]expr.Expr, error) {
	var args []expr.Expr
	for _, p := range paths {
		if err := room.read(p); err != nil {
			return nil, err
		}
		t, err := tensor.Load(p)
		if err != nil {
			return nil, err
		}
		x := expr.From(t)
		if err := x.Err(); err != nil {
			return nil, fmt.Errorf("%s: %s", p, strings.TrimPrefix(mistakes(err)[0], "from: "))
		}
		args = append(args, x)
	}
	return args, nil
}
