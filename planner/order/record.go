package order

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Version is that of what Find finds. It is raised with every change by which networks get other trees than before: who keeps trees from
// one build to the next finds them anew then.
const Version = 3

// Canonical numbers the labels in the sequence in which the terms have them, and leaves out those that none has: networks that differ by
// the names of labels alone, or by the sequence of the output's, become the same one. Label l of it is labels[l] of net.
func (net Network) Canonical() (same Network, labels []int) {
	to := make([]int, len(net.Sizes)) // from 1
	same.Terms = make([][]int, len(net.Terms))
	for i, term := range net.Terms {
		same.Terms[i] = make([]int, len(term))
		for k, l := range term {
			if to[l] == 0 {
				labels = append(labels, l)
				same.Sizes = append(same.Sizes, net.Sizes[l])
				to[l] = len(labels)
			}
			same.Terms[i][k] = to[l] - 1
		}
	}
	same.Output = make([]int, len(net.Output))
	for k, l := range net.Output {
		same.Output[k] = to[l] - 1
	}
	slices.Sort(same.Output)
	same.Constant = net.Constant
	return same, labels
}

// Rename gives the tree of a network whose label labels[l] is l in t's.
func (t Tree) Rename(labels []int) Tree {
	rename := func(list []int) []int {
		renamed := make([]int, len(list))
		for i, l := range list {
			renamed[i] = labels[l]
		}
		return renamed
	}
	t.Steps = slices.Clone(t.Steps)
	for i := range t.Steps {
		t.Steps[i].Labels = rename(t.Steps[i].Labels)
	}
	if t.Sliced != nil {
		t.Sliced = rename(t.Sliced)
	}
	return t
}

// record is a tree as it is kept: everything else follows from its network.
type record struct {
	Steps  [][]int `json:"steps"`
	Sliced []int   `json:"sliced,omitempty"`
	Winner string  `json:"winner"`
	Work   int64   `json:"work"`
}

// Record writes the tree for Recall.
func (t Tree) Record() ([]byte, error) {
	return json.Marshal(record{Steps: t.Pairs(), Sliced: t.Sliced, Winner: t.Winner, Work: t.Work})
}

// Recall gives the tree of a network that Record wrote. Nothing of the data is taken on trust: its steps are done anew on the network, and
// it is an error where they do not contract all of it.
func Recall(net Network, data []byte) (Tree, error) {
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return Tree{}, fmt.Errorf("it is no tree: %w", err)
	}
	if strings.ContainsFunc(r.Winner, func(c rune) bool { return !unicode.IsPrint(c) }) {
		return Tree{}, fmt.Errorf("it is no tree: no method is called %q", r.Winner)
	}
	t, err := Replay(net, r.Steps, r.Sliced)
	if err != nil {
		return Tree{}, fmt.Errorf("it is no tree of this network: %w", err)
	}
	t.Winner, t.Work = r.Winner, r.Work
	return t, nil
}
