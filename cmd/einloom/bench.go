package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"regexp"
	goruntime "runtime"
	"slices"

	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/runtime/host"
	"github.com/einloom/einloom/tests/bench"
)

var benchCommand = command{
	usage: `usage: einloom bench [-run REGEXP] [-threads N] [-device cpu|interp|vulkan] [-json]

Measures what this machine needs for contractions, fused chains, reductions, and for planning and compiling: the median of many runs,
and the fraction of this machine's peak that it is. The peak is measured in the same run: fused multiply-adds in registers, or the
memory's rate for z = x + s*y, whichever bounds the row. It is best measured on a quiet machine.

  einloom bench                        everything, about two minutes
  einloom bench -run 'matmul|softmax'  the rows whose names match
  einloom bench -threads 1 -json       one object a line: name, ms, gflops, gbs, peak_fraction, threads

`,
	flags: func(fs *flag.FlagSet) func(streams, []string) error {
		only := fs.String("run", "", "measure the rows whose names match this `regexp`")
		threads := fs.Int("threads", 0, "`N` workers share the work, 0: one a processor")
		device := fs.String("device", "cpu", "the `device` that computes; 'einloom devices' lists them")
		asJSON := fs.Bool("json", false, "print one JSON object a line")
		return func(std streams, operands []string) error {
			if len(operands) > 0 {
				return usageError{"it takes no operands, but -run REGEXP"}
			}
			c := runtime.Config{Device: *device, Threads: *threads}
			if err := checkConfig(c); err != nil {
				return err
			}
			match, err := regexp.Compile(*only)
			if err != nil {
				return usageError{err.Error()}
			}
			return measure(std, c, match, *asJSON)
		}
	},
}

// measure prints the limits and a line a row, as they come.
func measure(std streams, c runtime.Config, match *regexp.Regexp, asJSON bool) error {
	threads := c.Threads
	if threads == 0 {
		threads = goruntime.GOMAXPROCS(0)
	}
	rows := slices.DeleteFunc(bench.Rows(), func(r bench.Row) bool { return !match.MatchString(r.Name) })
	if len(rows) == 0 {
		return usageError{fmt.Sprintf("no row's name matches %q", match)}
	}
	limits, err := host.MeasureLimits(threads)
	if err != nil {
		return err
	}
	if !asJSON {
		fmt.Fprintf(std.out, "limits with %d threads: %.0f GFLOP/s f32, %.0f GFLOP/s f64, triad %.1f GB/s\n", threads, limits.F32/1e9, limits.F64/1e9, limits.Triad/1e9)
		fmt.Fprintf(std.out, "%-24s %12s %10s %10s %10s\n", "name", "median ms", "GFLOP/s", "GB/s", "of peak")
	}
	for _, row := range rows {
		r, err := row.Measure(c, limits)
		if err != nil {
			return fmt.Errorf("%s: %w", row.Name, err)
		}
		if asJSON {
			if err := json.NewEncoder(std.out).Encode(r); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(std.out, "%-24s %12.5f %10s %10s %10s\n", r.Name, r.Millis, positive("%.1f", r.GFlops), positive("%.1f", r.GBytes), positive("%.2f", r.PeakFraction))
	}
	return nil
}

// positive is "-" for what a row does not have.
func positive(format string, v float64) string {
	if v == 0 {
		return "-"
	}
	return fmt.Sprintf(format, v)
}
