//go:build cgo && linux && !novulkan

package vulkan_test

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/vulkan"
)

// TestNoDriver asks for devices in processes that find no driver and no device of that number: each gets an answer.
func TestNoDriver(t *testing.T) {
	if os.Getenv("EINLOOM_TEST_NO_DRIVER") != "" {
		_, err := vulkan.Devices()
		if err == nil || !strings.Contains(err.Error(), "install") {
			t.Errorf("without a driver: %v", err)
		}
		if _, again := vulkan.Open(vulkan.Config{}); again == nil || again.Error() != err.Error() {
			t.Errorf("open without a driver: %v", again)
		}
		return
	}
	needDevice(t)
	cmd := exec.Command(os.Args[0], "-test.run", "^TestNoDriver$")
	cmd.Env = append(os.Environ(), "EINLOOM_TEST_NO_DRIVER=1", "VK_ICD_FILENAMES=/nonexistent", "VK_DRIVER_FILES=/nonexistent")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for _, index := range []int{-1, 1 << 20} {
		if _, err := vulkan.Open(vulkan.Config{Index: index}); err == nil || !strings.Contains(err.Error(), "there is no device") {
			t.Errorf("device %d: %v", index, err)
		}
	}
}

// TestOutOfMemory takes all that the device may give: the error has the numbers, and memory given back can be taken again.
func TestOutOfMemory(t *testing.T) {
	d := opener(t, vulkan.Config{MemoryLimit: 200 << 20})()
	defer d.Close()
	var held []driver.Buffer
	var none *vulkan.OutOfMemory
	for {
		b, err := d.Alloc(10 << 20)
		if err != nil {
			if !errors.As(err, &none) {
				t.Fatal(err)
			}
			break
		}
		if held = append(held, b); len(held) > 20 {
			t.Fatal("more than the limit")
		}
	}
	if len(held) < 15 || none.Most != 200<<20 || none.Asked != 10<<20 || none.Taken == 0 {
		t.Errorf("after %d buffers of 10 MiB: %+v", len(held), none)
	}
	if _, err := d.Alloc(1 << 60); err == nil {
		t.Error("an exbibyte")
	}
	for _, b := range held {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	b, err := d.Alloc(190 << 20)
	if err != nil {
		t.Fatal(err)
	}
	b.Close()
}

// TestLanesGiveMemoryUp runs one large launch after another where the memory is only there once: what resting lanes hold they give up.
func TestLanesGiveMemoryUp(t *testing.T) {
	d := opener(t, vulkan.Config{MemoryLimit: 200 << 20})()
	defer d.Close()
	for _, n := range []int{10 << 20, 1 << 20, 12 << 20} {
		k, err := codegen.Parse(strings.ReplaceAll(stepText, "N", strconv.Itoa(n)))
		if err != nil {
			t.Fatal(err)
		}
		p, err := d.Compile(context.Background(), k)
		if err != nil {
			t.Fatal(err)
		}
		launch := driver.Launch{Program: p, Args: []driver.Arg{{Host: floats(t, n)}, {Host: floats(t, n)}}}
		if err := d.Run(context.Background(), []driver.Launch{launch}); err != nil {
			t.Errorf("%d elements: %v", n, err)
		}
		p.Close()
	}
	b, err := d.Alloc(150 << 20)
	if err != nil {
		t.Fatal(err)
	}
	b.Close()
}

const stepText = `kernel step
  in  x f32[N]
  out o f32[N]
  loop i N
  o[i] = x[i] + 1
  schedule map order i, vector i, parallel 1, grain 64`

// TestCancelledWorkEnds cancels a run of seconds: it returns at once, frees nothing that the device still uses, and what comes next is right.
func TestCancelledWorkEnds(t *testing.T) {
	t.Run("semaphores", func(t *testing.T) { cancelled(t, vulkan.Config{}) })
	t.Run("fences", func(t *testing.T) { cancelled(t, vulkan.Config{Fences: true}) })
}

func cancelled(t *testing.T, c vulkan.Config) {
	d := opener(t, c)()
	defer d.Close()
	k, err := codegen.Parse(`kernel sums
  in  x f32[4096]
  out o f32[4096]
  loop i 4096
  fold j 4096, l 128
  o[i] = reduce(add, j, l, x[i] * x[j] * x[l])
  schedule row order i j l, vector i, parallel 1, grain 64`)
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Compile(context.Background(), k)
	if err != nil {
		t.Fatal(err)
	}
	if p.Bytes() == 0 {
		t.Fatal("the fallback has it")
	}
	for range 5 {
		b, err := d.Alloc(4 * 4096)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		start := time.Now()
		err = d.Run(ctx, []driver.Launch{{Program: p, Args: []driver.Arg{{Host: floats(t, 4096)}, {Buffer: b}}}})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		cancel()
		b.Close()
	}
	p.Close()
	small, err := codegen.Parse(strings.ReplaceAll(stepText, "N", "1000"))
	if err != nil {
		t.Fatal(err)
	}
	if p, err = d.Compile(context.Background(), small); err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	in, out := floats(t, 1000), floats(t, 1000)
	if err := d.Run(context.Background(), []driver.Launch{{Program: p, Args: []driver.Arg{{Host: in}, {Host: out}}}}); err != nil {
		t.Fatal(err)
	}
	checkStep(t, in, out)
}

// checkStep checks that each number of out is one more than that of in.
func checkStep(t testing.TB, in, out []byte) {
	t.Helper()
	for i := range len(in) / 4 {
		if x, y := number(in, i), number(out, i); y != x+1 {
			t.Fatalf("element %d: %v + 1 gave %v", i, x, y)
		}
	}
}

// number is element i of float32 numbers.
func number(b []byte, i int) float32 {
	return math.Float32frombits(binary.NativeEndian.Uint32(b[4*i:]))
}
