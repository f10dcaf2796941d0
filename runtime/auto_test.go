package runtime

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/interp"
	"github.com/einloom/einloom/runtime/vulkan"
	"github.com/einloom/einloom/tensor"
)

// distant is a made-up device: the interpreter, which says that it is fast and behind a bus.
type distant struct {
	driver.Device
	refuses bool
}

func (d *distant) Target() codegen.Target {
	t := d.Device.Target()
	t.Name, t.Flops, t.Bandwidth, t.Bus, t.Start = "distant", 1e15, 1e13, 50e9, 2e-6
	return t
}

func (d *distant) Compile(ctx context.Context, k *codegen.Kernel) (driver.Program, error) {
	if d.refuses {
		return nil, errors.New("distant: the shader is refused")
	}
	return d.Device.Compile(ctx, k)
}

// beside opens a session whose plans may run on a distant device.
func beside(t *testing.T, d *distant) *Session {
	t.Helper()
	d.Device = interp.Open(interp.Config{Threads: 2})
	s := openWith(t, Config{Threads: 2, Uncalibrated: true})
	s.home = d
	return s
}

// layers are programs of much and of little work for what they read.
func layers(t *testing.T, s *Session) (much, little *Program) {
	t.Helper()
	ctx := context.Background()
	x := expr.Input("x", tensor.Float32, 1000)
	deep := x.Mul(expr.Scalar(1e-6))
	for range 40 {
		deep = deep.Sin()
	}
	much, err := s.Compile(ctx, deep.Mul(expr.Scalar(0)).Add(x))
	if err != nil {
		t.Fatal(err)
	}
	if little, err = s.Compile(ctx, x.Add(expr.Scalar(1))); err != nil {
		t.Fatal(err)
	}
	return much, little
}

// lastIs holds a result to its last element.
func lastIs(t *testing.T, x *tensor.Tensor, err error, want float32) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	v, err := tensor.Data[float32](x)
	if err != nil {
		t.Fatal(err)
	}
	if v[len(v)-1] != want {
		t.Errorf("the last element is %v, want %v", v[len(v)-1], want)
	}
}

func TestAutoRunsEachPlanWhereItIsFaster(t *testing.T) {
	s := beside(t, &distant{})
	much, little := layers(t, s)
	if much.plain.device != s.home || little.plain.device != s.device {
		t.Errorf("much work is on %s, little on %s", much.plain.device.Target().Name, little.plain.device.Target().Name)
	}
	for _, c := range []struct {
		p    *Program
		says []string
	}{
		{much, []string{"for distant", "device auto is distant here: a run takes", "ms for 0.004 MB to the device", "less than", "a run carries 0.004 MB to the device and 0.004 MB back"}},
		{little, []string{"device auto is " + s.device.Target().Name + " here: a run takes", "0.002 ms to start", "no less than"}},
	} {
		text := c.p.Plan()
		for _, part := range c.says {
			if !strings.Contains(text, part) {
				t.Errorf("the plan does not say %q:\n%s", part, text[:strings.Index(text, "; stage")])
			}
		}
	}
	if want := s.device.Target().Name + " or distant"; s.Device() != want {
		t.Errorf("the device is %s, want %s", s.Device(), want)
	}
	x, err := tensor.FromFloat64s(tensor.Float32, append(make([]float64, 999), 7), 1000)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	b, err := s.Upload(ctx, x)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for _, p := range []*Program{much, little} {
			want := float32(7)
			if p == little {
				want = 8
			}
			outs, err := p.Run(ctx, Bind("x", x))
			lastIs(t, outs[0], err, want)
			there, err := p.RunBuffers(ctx, Bind("x", b))
			if err != nil {
				t.Fatal(err)
			}
			back, err := there[0].Tensor(ctx)
			lastIs(t, back, err, want)
			there[0].Close()
		}
	}
	if len(little.variants) != 1 || little.variants[0].compiled.device != s.home || len(much.variants) != 0 {
		t.Error("runs on buffers are not where these lie")
	}
}

func TestAutoFallsBackToTheProcessor(t *testing.T) {
	s := beside(t, &distant{refuses: true})
	much, _ := layers(t, s)
	if text := much.Plan(); much.plain.device != s.device || !strings.Contains(text, "distant does not compile it: ") || !strings.Contains(text, "the shader is refused") {
		t.Errorf("what the GPU refuses:\n%s", text)
	}
}

func TestAutoPicksGPUsOnly(t *testing.T) {
	for _, c := range []struct {
		found []vulkan.Info
		err   error
		index int
		why   string
	}{
		{nil, errors.New("vulkan: no loader: install it"), -1, "install it"},
		{[]vulkan.Info{{Kind: "processor"}}, nil, -1, "Vulkan has 1 device, no GPU among them"},
		{[]vulkan.Info{{Kind: "other"}, {Kind: "processor"}}, nil, -1, "Vulkan has 2 devices, no GPU among them"},
		{[]vulkan.Info{{Kind: "discrete GPU"}, {Kind: "processor"}}, nil, 0, ""},
		{[]vulkan.Info{{Kind: "integrated GPU"}, {Kind: "processor"}}, nil, 0, ""},
		{[]vulkan.Info{{Kind: "other"}, {Kind: "virtual GPU"}}, nil, 1, ""},
	} {
		if index, why := pickGPU(c.found, c.err); index != c.index || !strings.Contains(why, c.why) {
			t.Errorf("%+v: device %d, %q", c.found, index, why)
		}
	}
}

// TestAutoOpensAnywhere opens the device as users do, whatever this machine has.
func TestAutoOpensAnywhere(t *testing.T) {
	s := openWith(t, Config{Device: "auto"})
	_, little := layers(t, s)
	if text := little.Plan(); !strings.Contains(text, "; device auto is ") {
		t.Errorf("the plan does not say where it runs:\n%s", text)
	}
	if _, err := vulkan.Devices(); err != nil && !strings.Contains(little.Plan(), err.Error()) {
		t.Errorf("the plan does not say what is missing:\n%s", little.Plan())
	}
}
