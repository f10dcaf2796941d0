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
	"runtime/debug"
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
		t.Run("plenty", func(t *testing.T) { soak(t, vulkan.Config{InPlace: -1}) })
		t.Run("in place", func(t *testing.T) { soak(t, vulkan.Config{InPlace: 1}) })
		t.Run("scarce", func(t *testing.T) { soak(t, vulkan.Config{MemoryLimit: 40 << 20, InPlace: -1}) })
		t.Run("staged, fences", func(t *testing.T) { soak(t, vulkan.Config{MemoryLimit: 60 << 20, Staged: true, Fences: true}) })
		return
	}
	needDevice(t)
	args := []string{"-test.run", "^TestSoak$", "-test.v"}
	if *long {
		args = append(args, "-long")
	}
	cmd := exec.Command(os.Args[0], args...)
	// Mesa's CPU device takes its memory by malloc, which keeps what is given back and cuts it up, unless it maps large pieces one by one.
	cmd.Env = append(os.Environ(), "EINLOOM_TEST_SOAK=1", "MALLOC_PERTURB_=165", "MALLOC_MMAP_THRESHOLD_=1048576")
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
	start := time.Now()
	var before, after usage
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
		before, after = after, use(t, d)
	}
	t.Logf("%d runs in %v, %d refused; after a quarter %v, at the end %v", runs, time.Since(start).Round(time.Millisecond), refused.Load(), before, after)
	if most := int64(2 * workers * 3 * 8e6); after.device > most { // twice what eight of the largest runs take at a time: 8 MB for each array and buffer
		t.Errorf("the device has given %d bytes, more than %d", after.device, most)
	}
	if was, is := before.rest(), after.rest(); *long && is > was+was/16+8<<20 { // few runs have not seen everything after a quarter
		t.Errorf("memory grows: %v, then %v", before, after)
	}
}

// usage is what the process and its device hold.
type usage struct {
	resident      int    // bytes of the process in memory
	device        int64  // bytes that the device has given
	objects       int64  // of the device
	goHeap, goAll uint64 // bytes that Go uses, and that it has from the system
}

func (u usage) String() string {
	return fmt.Sprintf("%d MB resident, of them %d the device's and %d Go's (%d in use), %d objects", u.resident>>20, u.device>>20, u.goAll>>20, u.goHeap>>20, u.objects)
}

// rest is what the process has beside the device's memory.
func (u usage) rest() int { return u.resident - int(u.device) }

// use measures with the memory that Go holds for later given back, which is as much as its collector likes.
func use(t testing.TB, d driver.Device) usage {
	debug.FreeOSMemory()
	var u usage
	u.objects, u.device = vulkan.Held(d)
	var m goruntime.MemStats
	goruntime.ReadMemStats(&m)
	u.goHeap, u.goAll = m.HeapInuse, m.Sys-m.HeapReleased
	status, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(status))[1])
	if err != nil {
		t.Fatal(err)
	}
	u.resident = pages * os.Getpagesize()
	return u
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
