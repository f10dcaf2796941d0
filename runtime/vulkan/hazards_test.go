//go:build cgo && linux && !novulkan

package vulkan

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/spirv"
	"github.com/einloom/einloom/runtime/driver"
)

// TestHazards runs random launches over places in a buffer and in the host's memory, under the part of the validation layer that follows which
// command reads and writes what: each waits for what it must wait for. Mesa's CPU device runs one after the other in any case.
func TestHazards(t *testing.T) {
	t.Setenv("VK_LAYER_ENABLES", "VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT")
	for name, c := range map[string]struct {
		Config
		places, elements int
		seeds            uint64
	}{
		"mapped": {Config{}, 8, 1 << 15, 10},
		"staged": {Config{Staged: true}, 8, 1 << 15, 10},
		"cut":    {Config{Staged: true}, 16, 3 << 16, 2}, // so much to bring that runs are cut into submits, a little for each launch
	} {
		t.Run(name, func(t *testing.T) {
			d := Validated(t, c.Config).(*Device)
			defer d.Close()
			h := newHazards(t, d, c.places, c.elements)
			for seed := range c.seeds {
				if err := d.Run(context.Background(), h.launches(seed)); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	t.Run("without barriers", withoutBarriers)
}

// withoutBarriers records a run that waits for nothing: the layer must see that.
func withoutBarriers(t *testing.T) {
	var mu sync.Mutex
	var said []string
	opened, err := Open(Config{Message: func(text string) {
		mu.Lock()
		defer mu.Unlock()
		said = append(said, text)
	}})
	if err != nil {
		t.Skip("SKIPPED: no validation layer: ", err)
	}
	defer opened.Close()
	d := opened.(*Device)
	h := newHazards(t, d, 8, 1<<15)
	l, err := d.lanes.take(d, 0)
	if err != nil {
		t.Fatal(err)
	}
	l.launches = h.launches(0)
	if err := l.prepare(); err != nil {
		t.Fatal(err)
	}
	for i := range l.steps {
		l.steps[i].barrier = false
	}
	r, err := l.recall()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.record(r); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if !strings.Contains(strings.Join(said, "\n"), "SYNC-HAZARD") {
		t.Errorf("nothing is said of a run without barriers: %q", said)
	}
	d.lanes.give(l)
}

// hazards are programs, and places for each of their params.
type hazards struct {
	programs []driver.Program
	places   []driver.Arg
}

// newHazards makes programs of one pass, and of several with scratch memory between them, for so many places in a buffer, and half as many in
// the host's memory, of so many elements.
func newHazards(t *testing.T, d *Device, places, elements int) *hazards {
	t.Helper()
	d.features.Type = spirv.Discrete // for CPU devices all of a buffer is bound to be read, which the layer takes for a read of it
	h := new(hazards)
	for _, text := range []string{
		"in x f32[N]\n out o f32[N]\n loop i N\n o[i] = x[i] + 1",
		"in x f32[N], y f32[N]\n out o f32[N]\n loop i N\n o[i] = x[i] + y[i]",
		"in x f32[N]\n out o f32[N]\n fold i N\n t0 = reduce(add, i, x[i])\n o[i] = x[i] - t0",
	} {
		k, err := codegen.Parse("kernel k\n " + strings.ReplaceAll(text, "N", fmt.Sprint(elements)))
		if err != nil {
			t.Fatal(err)
		}
		p, err := d.Compile(context.Background(), k)
		if err != nil {
			t.Fatal(err)
		}
		h.programs = append(h.programs, p)
	}
	if n := len(h.programs[2].(*Program).code.module.Passes); n < 2 {
		t.Errorf("%d passes: the test has lost its point", n)
	}
	b, err := d.Alloc(places * 4 * elements)
	if err != nil {
		t.Fatal(err)
	}
	host := make([]byte, places/2*4*elements)
	for i := range places {
		h.places = append(h.places, driver.Arg{Buffer: b, Offset: 4 * elements * i})
	}
	for i := range places / 2 {
		h.places = append(h.places, driver.Arg{Host: host, Offset: 4 * elements * i})
	}
	return h
}

// launches are the random ones of a seed.
func (h *hazards) launches(seed uint64) (list []driver.Launch) {
	r := rand.New(rand.NewPCG(seed, 8))
	for range 40 {
		p := h.programs[r.IntN(len(h.programs))]
		launch := driver.Launch{Program: p}
		for range p.(*Program).params {
			launch.Args = append(launch.Args, h.places[r.IntN(len(h.places))])
		}
		list = append(list, launch)
	}
	return list
}
