package order

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/einloom/einloom/tests/cases"
)

// bestTree is a line of testdata/best.jsonl: the steps of a tree as Replay takes them, and what it costs.
type bestTree struct {
	Name  string  `json:"name"`
	SSA   [][]int `json:"ssa"`
	Mults float64 `json:"log10_mults"`
}

// TestBestTrees counts what the trees of testdata/best.jsonl cost, twice: as Totals does, and by sets of labels alone. The networks are those of
// the file that EINLOOM_NETWORKS names; a tree of a network that is not there is left out.
func TestBestTrees(t *testing.T) {
	networks := map[string]cases.Network{}
	for _, n := range cases.Networks(t) {
		networks[n.Name] = n
	}
	counted := 0
	for _, best := range bestTrees(t) {
		n, there := networks[best.Name]
		if !there {
			t.Logf("%s: no such network in the file", best.Name)
			continue
		}
		counted++
		if got := countNaively(t, &n, best.SSA); math.Abs(got-best.Mults) > 1e-4 {
			t.Errorf("%s: the tree costs 10^%.5f, recorded is 10^%.4f", best.Name, got, best.Mults)
		}
		net := networkOf(&n)
		tree, err := Replay(net, best.SSA, nil)
		if err != nil {
			t.Errorf("%s: %v", best.Name, err)
			continue
		}
		if got := tree.Totals(net).Mults * math.Log10(2); math.Abs(got-best.Mults) > 1e-4 {
			t.Errorf("%s: Totals counts 10^%.5f, recorded is 10^%.4f", best.Name, got, best.Mults)
		}
	}
	if counted == 0 {
		t.Skip("the file has none of the networks of testdata/best.jsonl")
	}
}

func bestTrees(t *testing.T) []bestTree {
	t.Helper()
	text, err := os.ReadFile("testdata/best.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var all []bestTree
	for lines := json.NewDecoder(bytes.NewReader(text)); ; {
		var b bestTree
		switch err := lines.Decode(&b); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		all = append(all, b)
	}
}

// countNaively gives log10 of the multiplications of a tree: a step has one for each value of all the labels that its two terms have. A label
// stays in what the step makes as long as the output or a term that is left has it.
func countNaively(t *testing.T, n *cases.Network, steps [][]int) float64 {
	t.Helper()
	terms := slices.Clone(n.Inputs)
	left := map[int]bool{}
	for i := range terms {
		left[i] = true
	}
	mults := 0.0
	for i, s := range steps {
		joined := map[int]bool{}
		for _, x := range s {
			if !left[x] {
				t.Fatalf("%s: step %d takes term %d, which is not left", n.Name, i, x)
			}
			delete(left, x)
			for _, l := range terms[x] {
				joined[l] = true
			}
		}
		points := 1.0
		for l := range joined {
			points *= float64(n.Sizes[l])
		}
		if len(s) == 2 {
			mults += points
		}
		wanted := map[int]bool{}
		for _, l := range n.Output {
			wanted[l] = true
		}
		for x := range left {
			for _, l := range terms[x] {
				wanted[l] = true
			}
		}
		var made []int
		for l := range joined {
			if wanted[l] {
				made = append(made, l)
			}
		}
		left[len(terms)] = true
		terms = append(terms, made)
	}
	if len(left) != 1 {
		t.Fatalf("%s: %d terms are left", n.Name, len(left))
	}
	return math.Log10(mults)
}
