package tests

import (
	"flag"
	"testing"

	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/runtime"
)

var long = flag.Bool("long", false, "run what takes minutes too")

// passesOff turns the planner's optimizations off: what remains is the plainest plan.
var passesOff = []string{"simplify", "share", "order", "fuse"}

// way is one way to compute a graph.
type way struct {
	name    string
	session *runtime.Session
}

// ways opens every device and target that this machine has, with the planner's optimizations on and off. What is not to be had is skipped
// and said.
func ways(t testing.TB) []way {
	t.Helper()
	configs := []struct {
		name string
		c    runtime.Config
	}{{"interp", runtime.Config{Device: "interp"}}}
	for _, target := range cpu.Targets() {
		configs = append(configs, struct {
			name string
			c    runtime.Config
		}{target, runtime.Config{Target: target}})
	}
	var list []way
	for _, c := range configs {
		for _, plain := range []bool{false, true} {
			name := c.name
			if plain {
				name, c.c.Off = name+" plain", passesOff
			}
			c.c.Check = true
			s, err := runtime.Open(c.c)
			if err != nil {
				t.Logf("SKIPPED: %s: %v", name, err)
				continue
			}
			t.Cleanup(func() { s.Close() })
			list = append(list, way{name, s})
		}
	}
	return list
}
