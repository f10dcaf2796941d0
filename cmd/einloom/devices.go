package main

import (
	"flag"
	"fmt"
	"text/tabwriter"

	"github.com/einloom/einloom/runtime"
)

var devicesCommand = command{
	usage: `usage: einloom devices

Lists the devices of this build: how each computes, or what is missing here and how to get it. The name in the
first column is what 'einloom eval -device' takes.
`,
	flags: func(*flag.FlagSet) func(streams, []string) error {
		return func(std streams, operands []string) error {
			if len(operands) > 0 {
				return usageError{"it takes no operands"}
			}
			w := tabwriter.NewWriter(std.out, 0, 8, 2, ' ', 0)
			for _, d := range runtime.Devices() {
				state := d.What
				if d.Why != "" {
					state = "not here: " + d.Why
				}
				fmt.Fprintf(w, "%s\t%s\n", d.Name, state)
			}
			return w.Flush()
		}
	},
}
