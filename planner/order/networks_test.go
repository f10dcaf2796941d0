package order

import (
	"encoding/json"
	"math"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// recorded is a network with the best cost that is known, as in the files of EINLOOM_NETWORKS.
type recorded struct {
	Name   string  `json:"name"`
	Inputs [][]int `json:"inputs"`
	Output []int   `json:"output"`
	Sizes  []int   `json:"sizes"`
	Best   struct {
		Mults float64 `json:"log10_mults"`
	} `json:"best_known"`
}

// network leaves diagonals to views: a label counts once in a term.
func (r recorded) network() Network {
	net := Network{Output: r.Output, Sizes: r.Sizes}
	for _, term := range r.Inputs {
		slices.Sort(term)
		net.Terms = append(net.Terms, slices.Compact(term))
	}
	return net
}

func readNetworks(t *testing.T, file string) []recorded {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Instances []recorded `json:"instances"`
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all.Instances
}

func TestNetworks(t *testing.T) {
	file := os.Getenv("EINLOOM_NETWORKS")
	if file == "" {
		t.Skip("EINLOOM_NETWORKS names no file of networks")
	}
	num := func(name string, d int64) int64 {
		if v, err := strconv.ParseInt(os.Getenv(name), 10, 64); err == nil {
			return v
		}
		return d
	}
	name := regexp.MustCompile(os.Getenv("NAME"))
	o := Options{Budget: num("BUDGET", DefaultBudget), Seed: uint64(num("SEED", 0)), Only: os.Getenv("ONLY"), MaxSize: float64(num("MAXSIZE", 0))}
	lo, hi := int(num("LO", 13)), int(num("HI", 415))
	runtime.LockOSThread()
	gap, count := 0.0, 0
	var total time.Duration
	for _, r := range readNetworks(t, file) {
		if len(r.Inputs) < lo || len(r.Inputs) > hi || !name.MatchString(r.Name) {
			continue
		}
		net := r.network()
		start := cpu()
		tree := Find(net, o)
		took := cpu() - start
		cost := tree.Totals(net)
		mults := cost.Mults * math.Log10(2)
		g := mults - r.Best.Mults
		gap += g
		count++
		total += took
		t.Logf("%-45s %5d %9.4f %9.4f %+8.4f %5.1f %3d %7.1f ms %6.1f Mwork %5.2f ns/w %s", r.Name, len(r.Inputs), mults, r.Best.Mults, g, cost.Size, len(tree.Sliced), float64(took)/1e6, float64(tree.Work)/1e6, float64(took)/float64(max(1, tree.Work)), tree.Winner)
	}
	t.Logf("mean gap %.4f of %d in %v", gap/float64(max(count, 1)), count, total)
}

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_THREAD, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
