package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/einloom/einloom/planner/order"
)

var orderCommand = command{
	usage: `usage: einloom order FILE.json [-name REGEXP] [-objective flops] [-budget default|high|N] [-seed S] [-max-size-log2 N] [-json]
                     [-trees FILE] [-replay FILE]

Finds in which order to contract networks of tensors pair by pair, and prints what that costs; nothing is computed. FILE.json (- is standard
input) holds {"instances": [...]}; each has a name, inputs (a list of labels for each tensor), output (a list of labels) and sizes (of each
label). Labels are numbers from 0.

  einloom order networks.json -budget high
  einloom order networks.json -name sycamore -max-size-log2 30 -json
  einloom order networks.json -trees trees.json
  einloom order networks.json -replay trees.json

The trees are written one object a line: name, ssa (steps: two terms that are contracted, or one whose lonely labels are summed; terms are
numbered on from the inputs) and sliced (labels). -replay takes such lines, from any program, and counts what they cost; the networks that
it does not name are left out. Costs are log10 of scalar multiplications, log2 of the elements of the largest result and of all results
together. A budget is units of work, one to three nanoseconds each: the same seed and budget give the same tree on any machine.

`,
	flags: func(fs *flag.FlagSet) func(streams, []string) error {
		var o ordering
		name := fs.String("name", "", "only networks whose name matches `REGEXP`")
		fs.StringVar(&o.objective, "objective", "flops", "what should be least: `flops`, time (elements moved count too), size (of the largest result) or write (of all)")
		fs.StringVar(&o.budget, "budget", "default", "how long to look: `default`, high, or units of work")
		fs.Uint64Var(&o.seed, "seed", 0, "`S` chooses another course of chance")
		fs.Float64Var(&o.maxSize, "max-size-log2", 0, "slice until no result has more than 2 to the `N` elements; 0: as large as they come")
		fs.BoolVar(&o.json, "json", false, "print one JSON object a line")
		fs.StringVar(&o.trees, "trees", "", "write the trees to this `file`")
		fs.StringVar(&o.replay, "replay", "", "count the trees of this `file` instead of looking for any")
		return func(std streams, operands []string) error {
			if len(operands) != 1 {
				return usageError{"it takes one file of networks"}
			}
			var err error
			if o.name, err = regexp.Compile(*name); err != nil {
				return usageError{err.Error()}
			}
			if o.options, err = o.parse(); err != nil {
				return err
			}
			return o.run(std, operands[0])
		}
	},
}

// ordering is what the command was told.
type ordering struct {
	name              *regexp.Regexp
	objective, budget string
	seed              uint64
	maxSize           float64
	json              bool
	trees, replay     string
	options           order.Options
}

// parse makes the options of the search.
func (o *ordering) parse() (order.Options, error) {
	options := order.Options{Seed: o.seed, MaxSize: o.maxSize}
	switch o.objective {
	case "flops":
	case "time":
		options.Move = order.CommonMove
	case "size":
		options.Objective = order.Size
	case "write":
		options.Objective = order.Write
	default:
		return options, usageError{fmt.Sprintf("there is no objective %q: it is one of flops, time, size, write", o.objective)}
	}
	switch o.budget {
	case "default":
		options.Budget = order.DefaultBudget
	case "high":
		options.Budget = order.HighBudget
	default:
		n, err := strconv.ParseFloat(o.budget, 64)
		if err != nil || !(n >= 1 && n <= 1e18) {
			return options, usageError{fmt.Sprintf("%q is no budget: it is default, high, or a number of units of work", o.budget)}
		}
		options.Budget = int64(n)
	}
	if !(o.maxSize >= 0) {
		return options, usageError{"-max-size-log2 takes a number of at least 0"}
	}
	return options, nil
}

// instance is a network in a file.
type instance struct {
	Name   string  `json:"name"`
	Inputs [][]int `json:"inputs"`
	Output []int   `json:"output"`
	Sizes  []int   `json:"sizes"`
}

// recordedTree is a tree in a file.
type recordedTree struct {
	Name   string  `json:"name"`
	SSA    [][]int `json:"ssa"`
	Sliced []int   `json:"sliced"`
}

// result is what is printed of a network.
type result struct {
	Name       string  `json:"name"`
	Terms      int     `json:"terms"`
	Log10Mults float64 `json:"log10_mults"`
	Log2Size   float64 `json:"log2_size"`
	Log2Write  float64 `json:"log2_write"`
	PlanningMs float64 `json:"planning_ms"`
	Work       int64   `json:"work"`
	Winner     string  `json:"winner"`
	Slices     float64 `json:"slices"`
}

func (o *ordering) run(std streams, file string) (err error) {
	networks, err := readInstances(std.in, file)
	if err != nil {
		return err
	}
	recorded, err := o.readTrees()
	if err != nil {
		return err
	}
	print, finish := o.printer(std.out)
	record := func(instance, order.Tree) error { return nil }
	if o.trees != "" {
		f, err := os.Create(o.trees)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		lines := json.NewEncoder(f)
		record = func(n instance, t order.Tree) error {
			return lines.Encode(recordedTree{n.Name, t.Pairs(), append([]int{}, t.Sliced...)})
		}
	}
	for i, n := range networks {
		if !o.name.MatchString(n.Name) {
			continue
		}
		r, known := recorded[n.Name]
		if recorded != nil && !known {
			continue
		}
		net, err := n.network()
		if err != nil {
			return fmt.Errorf("%s: network %d (%s): %w", file, i, n.Name, err)
		}
		start := time.Now()
		var tree order.Tree
		if known {
			tree, err = order.Replay(net, r.SSA, r.Sliced)
		} else {
			tree = order.Search(context.Background(), net, o.options)
		}
		if err != nil {
			return fmt.Errorf("%s: network %d (%s): %w", cmp.Or(o.replay, file), i, n.Name, err)
		}
		took := time.Since(start)
		if err := print(costs(n.Name, net, tree, took)); err != nil {
			return err
		}
		if err := record(n, tree); err != nil {
			return err
		}
	}
	return finish()
}

// costs counts what a tree costs.
func costs(name string, net order.Network, tree order.Tree, took time.Duration) result {
	round := func(x float64, digits float64) float64 {
		if math.IsInf(x, 0) || math.IsNaN(x) {
			return 0 // nothing is contracted, or nothing is there
		}
		return math.Round(x*digits) / digits
	}
	total := tree.Totals(net)
	slices := 1.0
	for _, l := range tree.Sliced {
		slices *= float64(net.Sizes[l])
	}
	return result{
		Name: name, Terms: len(net.Terms), Winner: tree.Winner, Work: tree.Work, Slices: slices,
		Log10Mults: round(total.Mults*math.Log10(2), 1e4),
		Log2Size:   round(total.Size, 1e4),
		Log2Write:  round(total.Write, 1e4),
		PlanningMs: round(float64(took)/1e6, 1e3),
	}
}

// printer gives what prints a result, and what ends the printing.
func (o *ordering) printer(out io.Writer) (print func(result) error, finish func() error) {
	if o.json {
		lines := json.NewEncoder(out)
		return func(r result) error { return lines.Encode(r) }, func() error { return nil }
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "name\tterms\tlog10 mults\tlog2 size\tlog2 write\tms\twork\twinner\tslices")
	return func(r result) error {
		_, err := fmt.Fprintf(w, "%s\t%d\t%.4f\t%.2f\t%.2f\t%.1f\t%d\t%s\t%.4g\n",
			r.Name, r.Terms, r.Log10Mults, r.Log2Size, r.Log2Write, r.PlanningMs, r.Work, r.Winner, r.Slices)
		return err
	}, w.Flush
}

// readInstances reads a file of networks; - is standard input.
func readInstances(in io.Reader, file string) ([]instance, error) {
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	var all struct {
		Instances []instance `json:"instances"`
	}
	if err := json.NewDecoder(in).Decode(&all); err != nil {
		return nil, fmt.Errorf("%s: no file of networks: %w", file, err)
	}
	if len(all.Instances) == 0 {
		return nil, fmt.Errorf("%s: no file of networks: it has no instances", file)
	}
	return all.Instances, nil
}

// readTrees reads the trees to replay, by name; nil where there are none.
func (o *ordering) readTrees() (map[string]recordedTree, error) {
	if o.replay == "" {
		return nil, nil
	}
	f, err := os.Open(o.replay)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	trees := map[string]recordedTree{}
	for lines := json.NewDecoder(f); ; {
		var r recordedTree
		switch err := lines.Decode(&r); {
		case errors.Is(err, io.EOF):
			return trees, nil
		case err != nil:
			return nil, fmt.Errorf("%s: no file of trees: %w", o.replay, err)
		}
		trees[r.Name] = r
	}
}

// network leaves diagonals to views: a label counts once in a term.
func (n instance) network() (order.Network, error) {
	net := order.Network{Output: n.Output, Sizes: n.Sizes, Terms: make([][]int, len(n.Inputs))}
	for i, labels := range n.Inputs {
		net.Terms[i] = slices.Compact(slices.Sorted(slices.Values(labels)))
	}
	return net, net.Check()
}
