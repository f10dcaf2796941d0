package spirv

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/tensor"
)

// lacking are devices that lack one thing each, and what a module for them must not ask for.
var lacking = []struct {
	feature    string
	take       func(c *Capabilities)
	capability uint32
}{
	{"shaderFloat64", func(c *Capabilities) { c.ShaderFloat64 = false }, capFloat64},
	{"shaderInt64", func(c *Capabilities) { c.ShaderInt64 = false }, capInt64},
	{"storageBuffer16BitAccess", func(c *Capabilities) { c.Storage16 = false }, capStorageBuffer16},
	{"storageBuffer8BitAccess", func(c *Capabilities) { c.Storage8 = false }, capStorageBuffer8},
}

// TestLacking writes the corpus for devices that lack something: a kernel either needs it, and the error says so, or the module does not ask for it.
// What the target says of the kernel's dtypes and operations, by which the planner keeps apart what the device has no code for, agrees.
func TestLacking(t *testing.T) {
	for _, l := range lacking {
		for _, c := range []*Capabilities{packing(Lavapipe()), packing(Desktop())} {
			t.Run(l.feature+"/"+c.Name, func(t *testing.T) {
				l.take(c)
				refused := 0
				for _, k := range corpus(t, c, 31) {
					m, err := Generate(k, c)
					var missing *Missing
					switch {
					case errors.As(err, &missing):
						if refused++; missing.Feature != l.feature {
							t.Fatalf("%v, want %s\n%v", err, l.feature, k)
						}
					case err != nil:
						t.Fatalf("%v\n%v", err, k)
					case asks(m, l.capability):
						t.Fatalf("the module asks for %s\n%v", l.feature, k)
					}
					if native := hasCode(k, c); native == (err != nil) {
						t.Fatalf("the target says that there is code: %v; Generate: %v\n%v", native, err, k)
					}
				}
				if refused == 0 {
					t.Error("no kernel needs it")
				}
			})
		}
	}
}

// asks says whether a module asks for a capability.
func asks(m *Module, capability uint32) bool {
	for at := headerSize; opcode(m.Words[at]) == opCapability; at += 2 {
		if m.Words[at+1] == capability {
			return true
		}
	}
	return false
}

// hasCode says whether the target has code for all that a kernel reads, computes and writes.
func hasCode(k *codegen.Kernel, c *Capabilities) bool {
	native := c.Target().Native
	if slices.ContainsFunc(k.Params, func(p codegen.Param) bool { return !native("load", p.DType) }) {
		return false
	}
	for i := range k.Body {
		switch v := &k.Body[i]; v.Kind {
		case codegen.Map:
			if !native(v.Op.Name, k.Body[v.Args[len(v.Args)-1]].DType) || !native("cast", v.DType) {
				return false
			}
		case codegen.Scan:
			if !native("scan", v.DType) {
				return false
			}
		case codegen.Gather:
			if !native("gather", v.DType) {
				return false
			}
		case codegen.Index, codegen.Reduce:
			if !native("load", v.DType) && v.DType.Size() > 2 {
				return false
			}
		}
	}
	return true
}

// TestMissing holds what is said about devices that lack something.
func TestMissing(t *testing.T) {
	const (
		copied = "kernel k\n in x %s[4]\n out o %[1]s[4]\n loop i 4\n o[i] = x[i]"
		place  = "kernel k\n in x %s[4]\n out o i64[]\n fold i 4\n o = reduce(argmin, i, x[i])"
	)
	for _, c := range []struct {
		kernel, dtype string
		less          func(*Capabilities)
		want          string
	}{
		{copied, "f64", func(c *Capabilities) { c.ShaderFloat64 = false }, "spirv: kernel k needs shaderFloat64 for values of f64, which the device has not: cast to float32, or choose another device, such as the host"},
		{copied, "u64", func(c *Capabilities) { c.ShaderInt64 = false }, "spirv: kernel k needs shaderInt64 for values of u64, which indices and places are too, which the device has not: cast to int32, or choose another device, such as the host"},
		{place, "f32", func(c *Capabilities) { c.ShaderInt64 = false }, "spirv: kernel k needs shaderInt64 for values of i64, which indices and places are too, which the device has not: cast to int32, or choose another device, such as the host"},
		{copied, "bool", func(c *Capabilities) { c.Storage8 = false }, "spirv: kernel k needs storageBuffer8BitAccess for bool in memory, which the device has not: cast to 32 bits before, or choose another device, such as the host"},
		{copied, "bf16", func(c *Capabilities) { c.Storage16 = false }, "spirv: kernel k needs storageBuffer16BitAccess for bf16 in memory, which the device has not: cast to 32 bits before, or choose another device, such as the host"},
		{copied, "f32", func(c *Capabilities) { c.MaxStorageBufferRange = 15 }, "spirv: kernel k needs maxStorageBufferRange for 16 bytes of o, which the device has not: compute it in parts, or choose another device, such as the host"},
		{copied, "f32", func(c *Capabilities) { c.MaxStorageBuffers = 1 }, "spirv: kernel k needs maxPerStageDescriptorStorageBuffers for 2 buffers, which the device has not: evaluate a part of the expression first, or choose another device, such as the host"},
		{copied, "f32", func(c *Capabilities) { c.MaxPushConstantsSize = 4 }, "spirv: kernel k needs maxPushConstantsSize for 2 buffers, which the device has not: evaluate a part of the expression first, or choose another device, such as the host"},
	} {
		k, err := codegen.Parse(fmt.Sprintf(c.kernel, c.dtype))
		if err != nil {
			t.Fatal(err)
		}
		device := Lavapipe()
		if _, err := Generate(k, device); err != nil {
			t.Errorf("%s: %v", c.dtype, err)
		}
		c.less(device)
		var missing *Missing
		if _, err := Generate(k, device); !errors.As(err, &missing) || err.Error() != c.want {
			t.Errorf("%s: %v\nwant %s", c.dtype, err, c.want)
		}
	}
}

// TestNative holds what the planner is told about a device that lacks something.
func TestNative(t *testing.T) {
	lacking := Lavapipe()
	lacking.ShaderFloat64, lacking.ShaderInt64, lacking.Storage8 = false, false, false
	for _, c := range []struct {
		name         string
		d            tensor.DType
		all, lacking bool
	}{
		{"load", tensor.Float32, true, true}, {"load", tensor.Float64, true, false}, {"add", tensor.Float64, true, false},
		{"add", tensor.Uint64, true, false}, {"load", tensor.Bool, true, false}, {"add", tensor.Int8, true, true},
		{"gather", tensor.Float32, true, false}, {"load", tensor.Float16, true, true}, {"add", tensor.Float16, false, false},
		{"add", tensor.Complex64, false, false}, {"exp", tensor.Float32, false, false}, {"cast", tensor.BFloat16, true, true},
	} {
		if got := Lavapipe().Target().Native(c.name, c.d); got != c.all {
			t.Errorf("%s on %v: %v", c.name, c.d, got)
		}
		if got := lacking.Target().Native(c.name, c.d); got != c.lacking {
			t.Errorf("%s on %v with less: %v", c.name, c.d, got)
		}
	}
}
