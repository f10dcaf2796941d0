package cases

import (
	"encoding/json"
	"os"
	"testing"
)

// Network is a tensor network with the best cost that is known of it: Inputs and Output are labels, Sizes are theirs.
type Network struct {
	Name   string  `json:"name"`
	Inputs [][]int `json:"inputs"`
	Output []int   `json:"output"`
	Sizes  []int   `json:"sizes"`
	Best   struct {
		Mults float64 `json:"log10_mults"`
	} `json:"best_known"`
}

// Networks gives the networks of the file that EINLOOM_NETWORKS names, which is of the format that einloom order reads; t is skipped where
// it names none.
func Networks(t testing.TB) []Network {
	t.Helper()
	file := os.Getenv("EINLOOM_NETWORKS")
	if file == "" {
		t.Skip("EINLOOM_NETWORKS names no file of networks")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Instances []Network `json:"instances"`
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all.Instances
}
