package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"

	"github.com/einloom/einloom/runtime"
)

var calibrateCommand = command{
	usage: `usage: einloom calibrate [-target NAME] [-json] [-n]

Measures in a few seconds what kernels reach on this machine: products of matrices, functions of elements, caches, memory, gathers,
transposes, and what a launch costs. The rates are kept in the user's cache folder, and from then on plans for this machine go by them:
orders of contraction, what is fused, and the estimates that 'einloom plan -stage cost' prints. Without them plans go by built-in
rates, and so does every command run with EINLOOM_CALIBRATION=off. It is best run on a quiet machine.

`,
	flags: func(fs *flag.FlagSet) func(streams, []string) error {
		target := fs.String("target", "", "the instruction set `NAME` to measure: amd64+avx2 or amd64+avx512 (default the widest here)")
		asJSON := fs.Bool("json", false, "print one JSON object")
		only := fs.Bool("n", false, "measure and print, but keep nothing")
		return func(std streams, operands []string) error {
			if len(operands) > 0 {
				return usageError{"it takes no operands"}
			}
			c, err := runtime.Calibrate(context.Background(), *target)
			if err != nil {
				return err
			}
			if *asJSON {
				if err := json.NewEncoder(std.out).Encode(c); err != nil {
					return err
				}
			} else {
				showRates(std, c)
			}
			if *only {
				return nil
			}
			path, err := c.Save()
			if err == nil && !*asJSON {
				fmt.Fprintf(std.out, "kept in %s\n", path)
			}
			return err
		}
	},
}

func showRates(std streams, c *runtime.Calibration) {
	fmt.Fprintf(std.out, "%s, %s, %d workers\n", c.Processor, c.Target, c.Workers)
	r := &c.Rates
	for _, row := range []struct {
		what string
		rate float64
		unit string
	}{
		{"products of float32, one worker", r.Products32 / 1e9, "GFLOP/s"},
		{"products of float64, one worker", r.Products64 / 1e9, "GFLOP/s"},
		{"functions of float32 elements, one worker", r.Maps / 1e9, "G operations/s"},
		{"second cache, one worker", r.Cached / 1e9, "GB/s"},
		{"last cache, one worker", r.Shared / 1e9, "GB/s"},
		{"memory, one worker", r.Alone / 1e9, "GB/s"},
		{"memory, all workers", r.Memory / 1e9, "GB/s"},
		{"elements gathered from memory, one worker", r.Gathers / 1e6, "M elements/s"},
		{"matrices transposed, one worker", r.Across / 1e9, "GB/s"},
		{"launch of a kernel", r.Launch * 1e6, "us"},
	} {
		fmt.Fprintf(std.out, "%-44s %10.4g %s\n", row.what, row.rate, row.unit)
	}
}
