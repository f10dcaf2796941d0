//go:build cgo && linux && !novulkan

package vulkan_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	goruntime "runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/vulkan"
)

// TestSoak runs mixed programs from eight goroutines in a process whose freed C memory is overwritten and whose collector never rests: what
// Vulkan is handed must be C's and alive. Then the same where memory runs out now and then: runs fail with that error or are right.
func TestSoak(t *testing.T) {
	if os.Getenv("EINLOOM_TEST_SOAK") != "" {
		t.Run("plenty", func(t *testing.T) { soak(t, vulkan.Config{}) })
		t.Run("scarce", func(t *testing.T) { soak(t, vulkan.Config{MemoryLimit: 40 << 20}) })
		t.Run("staged", func(t *testing.T) { soak(t, vulkan.Config{MemoryLimit: 60 << 20, Staged: true}) })
		return
	}
	needDevice(t)
	args := []string{"-test.run", "^TestSoak$", "-test.v"}
	if *long {
		args = append(args, "-long")
	}
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), "EINLOOM_TEST_SOAK=1", "MALLOC_PERTURB_=165")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

func soak(t *testing.T, c vulkan.Config) {
	const workers = 8
	runs := 160
	if *long {
		runs = 10_000
	}
	d := opener(t, c)()
	defer d.Close()
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for {
			select {
			case <-stop:
				return
			default:
				goruntime.GC()
			}
		}
	}()
	var refused atomic.Int64
	before, start := 0, time.Now()
	for _, part := range []int{runs / 4, runs - runs/4} { // after the first part everything has been seen
		var left atomic.Int64
		left.Store(int64(part))
		var group sync.WaitGroup
		for w := range workers {
			group.Go(func() {
				r := rand.New(rand.NewPCG(uint64(w), uint64(part)))
				for left.Add(-1) >= 0 {
					if err := soakOne(t, d, r); errors.As(err, new(*vulkan.OutOfMemory)) && c.MemoryLimit > 0 {
						refused.Add(1)
					} else if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		group.Wait()
		if before == 0 {
			before = resident(t)
		}
	}
	end := resident(t)
	t.Logf("%d runs in %v, %d refused; resident memory %d MB after a quarter, %d MB at the end", runs, time.Since(start).Round(time.Millisecond), refused.Load(), before>>20, end>>20)
	if *long && end > before+before/4+64<<20 { // of few runs the collector's mood makes more than that
		t.Errorf("memory grows: from %d to %d bytes", before, end)
	}
}

// soakOne runs a chain of steps through device memory, of a size and length at random, and checks what comes out.
func soakOne(t testing.TB, d driver.Device, r *rand.Rand) error {
	n := []int{1, 100, 4096, 100_000, 2_000_000}[min(r.IntN(64)/15, 4)]
	k, err := codegen.Parse(strings.ReplaceAll(stepText, "N", strconv.Itoa(n)))
	if err != nil {
		return err
	}
	p, err := d.Compile(context.Background(), k)
	if err != nil {
		return err
	}
	defer p.Close()
	b, err := d.Alloc(4 * n)
	if err != nil {
		return err
	}
	defer b.Close()
	in, out := floats(t, n), floats(t, n)
	steps := 1 + r.IntN(3)
	carried := r.IntN(2) == 0 // to the buffer and from it, not by the run
	var launches []driver.Launch
	if !carried {
		launches = []driver.Launch{{Program: p, Args: []driver.Arg{{Host: in}, {Buffer: b}}}}
	}
	for range steps {
		launches = append(launches, driver.Launch{Program: p, Args: []driver.Arg{{Buffer: b}, {Buffer: b}}})
	}
	if !carried {
		launches = append(launches, driver.Launch{Program: p, Args: []driver.Arg{{Buffer: b}, {Host: out}}})
	}
	ctx := context.Background()
	if r.IntN(4) == 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(r.IntN(2000))*time.Microsecond)
		defer cancel()
	}
	if carried {
		err = b.Write(ctx, 0, in)
	}
	if err == nil {
		err = d.Run(ctx, launches)
	}
	if err == nil && carried {
		err = b.Read(ctx, 0, out)
	}
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil {
			return nil
		}
		return err
	}
	for i := range n {
		if x, y := number(in, i), number(out, i); y != after(x, len(launches)) {
			return fmt.Errorf("element %d of %d: %v after %d steps gave %v", i, n, x, len(launches), y)
		}
	}
	return nil
}

// after is x with one added so many times, each sum rounded.
func after(x float32, steps int) float32 {
	for range steps {
		x++
	}
	return x
}

// resident is the process's memory, in bytes.
func resident(t testing.TB) int {
	goruntime.GC()
	status, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(status))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
