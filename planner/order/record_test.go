package order

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRecallGivesTheTree has trees of random networks, slices among them, written and read; and the same ones of networks with other labels.
func TestRecallGivesTheTree(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 7))
	for range 200 {
		net := randomNetwork(r, 1+r.IntN(30))
		o := Options{Budget: 20_000}
		if r.IntN(2) == 0 {
			o.MaxSize = 3
		}
		same, labels := net.Canonical()
		if err := same.Check(); err != nil {
			t.Fatal(err)
		}
		tree := Find(same, o)
		data, err := tree.Record()
		if err != nil {
			t.Fatal(err)
		}
		got, err := Recall(same, data)
		if err != nil {
			t.Fatalf("%v: %v", same, err)
		}
		equal := func(a, b Step) bool { return a.A == b.A && a.B == b.B && slices.Equal(a.Labels, b.Labels) }
		if !slices.EqualFunc(got.Steps, tree.Steps, equal) || !slices.Equal(got.Sliced, tree.Sliced) || got.Winner != tree.Winner || got.Work != tree.Work {
			t.Fatalf("%v: wrote %v, read %v", same, tree, got)
		}
		if o.MaxSize == 0 {
			check(t, net, got.Rename(labels))
		}
		if a, b := got.Totals(same), got.Rename(labels).Totals(net); a != b {
			t.Fatalf("%v: %v with other labels, %v", net, b, a)
		}
	}
}

func TestCanonicalNetworksOfOneForm(t *testing.T) {
	a, _ := Network{Terms: [][]int{{4, 2}, {2, 7}}, Output: []int{7, 4}, Sizes: []int{9, 9, 3, 9, 5, 9, 9, 8}}.Canonical()
	b, labels := Network{Terms: [][]int{{0, 1}, {1, 2}}, Output: []int{0, 2}, Sizes: []int{5, 3, 8}}.Canonical()
	if !slices.EqualFunc(a.Terms, b.Terms, slices.Equal) || !slices.Equal(a.Output, b.Output) || !slices.Equal(a.Sizes, b.Sizes) {
		t.Errorf("%v and %v", a, b)
	}
	if !slices.Equal(labels, []int{0, 1, 2}) {
		t.Errorf("labels %v", labels)
	}
}

func TestRecallRefusesWhatIsNoTree(t *testing.T) {
	net := Network{Terms: [][]int{{0, 1}, {1, 2}, {2, 3}}, Output: []int{0, 3}, Sizes: []int{2, 3, 4, 5}}
	for _, data := range []string{
		"", "null", "[]", "{", `{"steps":[]}`, `{"steps":[[0,1]]}`, `{"steps":[[0,1],[3,3]]}`, `{"steps":[[0,1],[3,9]]}`, `{"steps":[[0,1],[0,2]]}`,
		`{"steps":[[0,1],[-1,2]]}`, `{"steps":[[0,1],[3,2,1]]}`, `{"steps":[[0,1],[]]}`, `{"steps":[[0,1],[3,2]],"sliced":[4]}`,
		`{"steps":[[0,1],[3,2]],"sliced":[1,1]}`, `{"steps":[[0,1],[3,2]],"sliced":[-1]}`, `{"steps":[[0,1],[3,2]],"winner":"a\nb"}`,
		`{"steps":[[0,1],[3,2]],"work":"much"}`,
	} {
		if tree, err := Recall(net, []byte(data)); err == nil {
			t.Errorf("%s: %v", data, tree)
		}
	}
	if _, err := Recall(net, []byte(`{"steps":[[0,1],[3,2]]}`)); err != nil {
		t.Error(err)
	}
}
