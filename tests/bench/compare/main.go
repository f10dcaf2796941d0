// Command compare measures the rows of `einloom bench` and the same rows of NumPy, PyTorch, numexpr and gonum in turns, and prints how
// they compare: medians in milliseconds, and the best peer's over ours. It never judges.
//
//	go run ./tests/bench/compare                                  all rows, with one thread and with all: about twenty minutes
//	go run ./tests/bench/compare -run 'softmax|sum' -threads 2    some of them
//	go run ./tests/bench/compare -write docs/performance.md       and puts the table into that file, between its marks
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	goruntime "runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/runtime/host"
	"github.com/einloom/einloom/tests/bench"
)

func main() {
	only := flag.String("run", "", "compare the rows whose names match this `regexp`")
	threads := flag.String("threads", fmt.Sprintf("%d,1", goruntime.GOMAXPROCS(0)), "the `counts` of threads to compare with")
	rounds := flag.Int("rounds", 3, "measure each row in so many `turns`, and take medians")
	python := flag.String("python", "python3", "the `command` that has the libraries")
	write := flag.String("write", "", "put the table into this `file`, between its marks")
	flag.Parse()
	if err := run(*only, *threads, *rounds, *python, *write); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func run(only, threads string, rounds int, python, write string) error {
	match, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	if rounds < 1 {
		return errors.New("-rounds: at least one turn")
	}
	var tables strings.Builder
	for count := range strings.SplitSeq(threads, ",") {
		n, err := strconv.Atoi(count)
		if err != nil || n < 1 {
			return fmt.Errorf("-threads: %q is no number of threads", count)
		}
		if err := compare(&tables, match, n, rounds, python); err != nil {
			return err
		}
	}
	if write == "" {
		return nil
	}
	return replace(write, tables.String())
}

// compare prints the table for so many threads to standard output as it is measured, and to tables.
func compare(tables *strings.Builder, match *regexp.Regexp, threads, rounds int, python string) error {
	limits, err := host.MeasureLimits(threads)
	if err != nil {
		return err
	}
	others, err := startPeers(python, "tests/bench/peers.py", threads)
	if err != nil {
		return err
	}
	say := func(format string, args ...any) {
		fmt.Printf(format, args...)
		fmt.Fprintf(tables, format, args...)
	}
	say("\n%d threads: %.0f GFLOP/s f32, %.0f GFLOP/s f64, triad %.0f GB/s.\n\n", threads, limits.F32/1e9, limits.F64/1e9, limits.Triad/1e9)
	say("| row | einloom, ms | of the peak | NumPy | PyTorch | numexpr | gonum | ratio |\n|---|---|---|---|---|---|---|---|\n")
	for _, row := range bench.Rows() {
		if !match.MatchString(row.Name) {
			continue
		}
		line, err := turns(row, runtime.Config{Threads: threads}, limits, others, rounds)
		if err != nil {
			return errors.Join(err, others.close())
		}
		say("%s", line)
	}
	return others.close()
}

// turns measures one row in turns and gives the table's line: medians, and the best peer's time over ours.
func turns(row bench.Row, c runtime.Config, limits host.Limits, others *peers, rounds int) (string, error) {
	ours, fractions, theirs := []float64{}, []float64{}, map[string][]float64{}
	for range rounds {
		r, err := row.Measure(c, limits)
		if err != nil {
			return "", fmt.Errorf("%s: %w", row.Name, err)
		}
		ours, fractions = append(ours, r.Millis), append(fractions, r.PeakFraction)
		took, err := others.measure(row.Name)
		if err != nil {
			return "", err
		}
		if err := withGonum(row.Name, c.Threads, took); err != nil {
			return "", err
		}
		for peer, ms := range took {
			theirs[peer] = append(theirs[peer], ms)
		}
	}
	cells := []string{row.Name, digits(median(ours)), digits(median(fractions))}
	best := 0.0
	for _, peer := range []string{"numpy", "torch", "numexpr", "gonum"} {
		ms := median(theirs[peer])
		cells = append(cells, digits(ms))
		if ms > 0 && (best == 0 || ms < best) {
			best = ms
		}
	}
	return "| " + strings.Join(append(cells, digits(best/median(ours))), " | ") + " |\n", nil
}

// median of nothing is 0.
func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// digits is a number to three digits, "-" for what was not measured.
func digits(v float64) string {
	if v == 0 {
		return "-"
	}
	if v >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

// The table in a document lies between these lines.
const (
	begin = "<!-- go run ./tests/bench/compare -write writes what follows -->\n"
	end   = "<!-- to here -->\n"
)

// replace puts tables between the marks of the file.
func replace(path, tables string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no lines %q and %q to write between", path, strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return os.WriteFile(path, []byte(before+begin+tables+"\n"+end+after), 0o644)
}
