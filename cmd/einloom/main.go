// Command einloom evaluates einsum strings on .npy files and shows the plans of graphs, stage by stage. It computes nothing itself.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

const overview = `einloom computes and explains tensor expressions.

  einloom eval SPEC A.npy B.npy ...   compute an einsum of .npy files
  einloom plan SPEC SHAPE ...         show how it would be computed, at every stage
  einloom generate -func NAME ...     write it as Go source and assembly, for go:generate
  einloom order FILE.json             find in which order to contract networks of tensors
  einloom bench                       how fast this machine does what users wait for
  einloom calibrate                   measure this machine once, so that plans suit it
  einloom devices                     what can compute here, and what is missing

'einloom COMMAND -h' teaches a command. Examples:

  einloom eval 'ij,jk->ik' a.npy b.npy -o product.npy
  einloom plan 'ij,jk,kl->il' 100x20 20x3000 3000x5 -stage order
`

// command is one verb: its help, its flags, and what it does with the operands.
type command struct {
	usage string // what -h shows before the flags; its first line shows the form
	flags func(*flag.FlagSet) func(std streams, operands []string) error
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
	return map[string]command{"eval": evalCommand, "plan": planCommand, "generate": generateCommand, "order": orderCommand, "bench": benchCommand, "calibrate": calibrateCommand, "devices": devicesCommand}
}

func main() { os.Exit(run(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})) }

// run gives the exit status: 0, 1 for what is wrong with the user's data, 2 for wrong usage.
func run(args []string, std streams) int {
	if len(args) == 0 {
		fmt.Fprint(std.err, overview)
		return 2
	}
	name := args[0]
	switch name {
	case "help", "-h", "-help", "--help":
		return teach(args[1:], std)
	}
	c, ok := commands()[name]
	if !ok {
		fmt.Fprintf(std.err, "einloom: there is no command %q: 'einloom -h' lists them\n", name)
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
		err = guarded(do, std, operands)
	}
	return report(std.err, name, c, err)
}

// teach is the command help: of the program, or of one command.
func teach(args []string, std streams) int {
	if len(args) > 0 {
		return run([]string{args[0], "-h"}, std)
	}
	fmt.Fprint(std.out, overview)
	return 0
}

// report tells the user what is wrong and gives the exit status.
func report(w io.Writer, name string, c command, err error) int {
	var wrong usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &wrong):
		form, _, _ := strings.Cut(c.usage, "\n")
		fmt.Fprintf(w, "einloom %s: %s\n%s\n'einloom %s -h' says more\n", name, withoutRoom(wrong.msg), form, name)
		return 2
	}
	for _, line := range mistakes(err) {
		fmt.Fprintf(w, "einloom %s: %s\n", name, line)
	}
	return 1
}

// guarded makes a fault of our own an error.
func guarded(do func(streams, []string) error, std streams, operands []string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("internal: %v: please report it with this command line", r)
		}
	}()
	return do(std, operands)
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
