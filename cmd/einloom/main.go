// Command einloom evaluates einsum strings on .npy files and shows the plans of graphs, stage by stage. It computes nothing itself.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
)

const overview = `einloom computes and explains tensor expressions.

  einloom eval SPEC A.npy B.npy ...   compute an einsum of .npy files
  einloom plan SPEC SHAPE ...         show how it would be computed, at every stage
  einloom devices                     what can compute here, and what is missing

'einloom COMMAND -h' teaches a command. Example:

  einloom eval 'ij,jk->ik' a.npy b.npy -o product.npy
  einloom plan 'ij,jk,kl->il' 100x20 20x3000 3000x5 -stage order
`

// command is one verb: its help, its flags, and what it does with the operands.
type command struct {
	usage string
	flags func(*flag.FlagSet) func(ctx context.Context, std streams, operands []string) error
}

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// usageError is a wrong use of the command line: exit status 2.
type usageError struct{ msg string }

func (u usageError) Error() string { return u.msg }

func commands() map[string]command {
	return map[string]command{"eval": evalCommand, "plan": planCommand, "devices": devicesCommand}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// run gives the exit status: 0, 1 for what is wrong with the user's data, 2 for wrong usage.
func run(ctx context.Context, args []string, std streams) int {
	if len(args) == 0 {
		fmt.Fprint(std.err, overview)
		return 2
	}
	name := args[0]
	if name == "-h" || name == "-help" || name == "--help" || name == "help" {
		fmt.Fprint(std.out, overview)
		return 0
	}
	c, ok := commands()[name]
	if !ok {
		fmt.Fprintf(std.err, "einloom: there is no command %q\n\n%s", name, overview)
		return 2
	}
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	do := c.flags(fs)
	operands, err := parse(fs, args[1:])
	if errors.Is(err, flag.ErrHelp) {
		help(std.out, c, fs)
		return 0
	}
	if err == nil {
		err = do(ctx, std, operands)
	}
	var wrong usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintf(std.err, "einloom %s: %v\n\n", name, err)
		help(std.err, c, fs)
		return 2
	default:
		fmt.Fprintf(std.err, "einloom %s: %v\n", name, err)
		return 1
	}
}

func help(w io.Writer, c command, fs *flag.FlagSet) {
	fmt.Fprint(w, c.usage)
	fs.SetOutput(w)
	fs.PrintDefaults()
}

// parse reads flags that may stand among and after the operands. "-" is an operand, and so is what begins with an arrow: an einsum
// string of scalars may be "->".
func parse(fs *flag.FlagSet, args []string) (operands []string, err error) {
	for len(args) > 0 {
		if strings.HasPrefix(args[0], "->") {
			operands, args = append(operands, args[0]), args[1:]
			continue
		}
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, usageError{err.Error()}
		}
		if args = fs.Args(); len(args) > 0 {
			operands, args = append(operands, args[0]), args[1:]
		}
	}
	return operands, nil
}
