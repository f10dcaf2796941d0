package vulkan_test

import (
	"context"
	"flag"
	"fmt"
	"sync"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/internal/golden"
	"github.com/einloom/einloom/internal/spirvtools"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/driver/drivertest"
	"github.com/einloom/einloom/runtime/interp"
	"github.com/einloom/einloom/runtime/vulkan"
)

// needDevice skips the test, and says why, where there is no Vulkan.
func needDevice(t testing.TB) {
	t.Helper()
	if _, err := vulkan.Devices(); err != nil {
		t.Skip(err)
	}
}

// opener opens the device as runtime does. What the validation layer says, where it is installed, is an error of the test.
func opener(t testing.TB, c vulkan.Config) func() driver.Device {
	needDevice(t)
	return func() driver.Device {
		c := c
		c.Missed = func(kernel string, why error) { t.Logf("%s: %v", kernel, why) }
		c.Fallback = interp.Open(interp.Config{})
		return vulkan.Validated(t, c)
	}
}

// written writes the formulas out and keeps the schedule. What cannot be written out is the fallback's.
func written(k *codegen.Kernel, t codegen.Target) (*codegen.Kernel, error) {
	if e, err := planner.Expand(k, t); err == nil {
		return e, nil
	}
	return k, nil
}

// planned writes the formulas out and schedules as the planner does.
func planned(k *codegen.Kernel, t codegen.Target) (*codegen.Kernel, error) {
	if e, err := planner.Expand(k, t); err == nil {
		return planner.Schedule(e, t)
	}
	return k, nil
}

var long = flag.Bool("long", false, "run the whole suite, also with data staged and with kernels scheduled as the planner does")

var configs = map[string]vulkan.Config{"mapped": {InPlace: -1}, "staged": {Staged: true}, "in place": {InPlace: 1}, "fences": {Fences: true, InPlace: -1}}

func TestContract(t *testing.T) {
	for name, c := range configs {
		t.Run(name, func(t *testing.T) {
			drivertest.Contract(t, opener(t, c), written)
			drivertest.Contract(t, opener(t, c), planned)
		})
	}
}

// TestValues is the part of the suite that asks for right values. Each module must have the text that Khronos' disassembler prints; their
// validator is in the validation layer.
func TestValues(t *testing.T) {
	r := recorder{seen: map[string]bool{}}
	open := opener(t, vulkan.Config{})
	recorded := func() driver.Device { return recording{open(), &r} }
	drivertest.Values(t, recorded, written)
	drivertest.Large(t, recorded, written)
	t.Run("texts", func(t *testing.T) {
		spirvtools.Need(t)
		spirvtools.Compare(t, r.list)
	})
}

// recorder keeps the modules of programs.
type recorder struct {
	mu   sync.Mutex
	seen map[string]bool // by words
	list []spirvtools.Module
}

// recording is a device whose modules are kept.
type recording struct {
	driver.Device
	*recorder
}

func (r recording) Compile(ctx context.Context, k *codegen.Kernel) (driver.Program, error) {
	p, err := r.Device.Compile(ctx, k)
	if own, ok := p.(interface{ Words() []uint32 }); ok { // the fallback's have none
		r.add(spirvtools.Module{Name: k.Name, Words: own.Words()}, p.Text)
	}
	return p, err
}

func (r *recorder) add(m spirvtools.Module, text func() string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if words := fmt.Sprint(m.Words); !r.seen[words] {
		r.seen[words], m.Text = true, text()
		r.list = append(r.list, m)
	}
}

// TestFuzzCorpus runs the kernels that the fuzz test of their text begins with, and those that it has found.
func TestFuzzCorpus(t *testing.T) {
	list := drivertest.Read(t, "../../codegen/testdata/kernels.txt")
	for _, text := range golden.Seeds(t, "../../codegen/testdata/fuzz/FuzzParse") {
		if k, err := codegen.Parse(text); err == nil && k.Verify() == nil {
			list = append(list, k)
		}
	}
	drivertest.Kernels(t, opener(t, vulkan.Config{}), list, written)
}

// TestFixedZeros runs kernels in which a driver can find out that a factor or a divisor is 0: the results are NaN all the same.
func TestFixedZeros(t *testing.T) {
	var list []*codegen.Kernel
	for _, text := range []string{
		"kernel remainder\n in x f32[20]\n out o f32[20]\n loop i 20\n o[i] = remainder(x[i], 0)",
		"kernel ofbools\n in x bool[20]\n out o f64[20]\n loop i 20\n o[i] = remainder(f64(x[i]), 0)",
		"kernel product\n in x f32[20]\n out o f32[20]\n loop i 20\n o[i] = rint(x[i] / abs(f32(0))) * abs(f32(0))",
	} {
		k, err := codegen.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, k)
	}
	drivertest.Kernels(t, opener(t, vulkan.Config{}), list, planned)
}

// TestConformance is all of the suite, in every way that values go in and out.
func TestConformance(t *testing.T) {
	if !*long {
		t.Skip("without -long")
	}
	for name, c := range configs {
		t.Run(name+" as written", func(t *testing.T) { drivertest.Run(t, opener(t, c), written) })
		t.Run(name+" as planned", func(t *testing.T) { drivertest.Run(t, opener(t, c), planned) })
	}
}
