//go:build cgo && linux && !novulkan

package vulkan

import (
	"context"
	"strings"
	"testing"

	vk "github.com/vulkan-go/vulkan"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/runtime/driver"
)

// TestLost checks that a device that its driver has given up says so from then on, and can be closed.
func TestLost(t *testing.T) {
	d := Validated(t, Config{}).(*Device)
	k, err := codegen.Parse("kernel k\n in x f32[4]\n out o f32[4]\n loop i 4\n o[i] = x[i] + 1\n schedule map order i, grain 64")
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Compile(context.Background(), k)
	if err != nil {
		t.Fatal(err)
	}
	d.check("vkQueueSubmit", vk.ErrorDeviceLost)
	launch := driver.Launch{Program: p, Args: []driver.Arg{{Host: make([]byte, 16)}, {Host: make([]byte, 16)}}}
	_, compiling := d.Compile(context.Background(), k)
	_, allocating := d.Alloc(16)
	for _, err := range []error{d.Run(context.Background(), []driver.Launch{launch}), compiling, allocating} {
		if err == nil || !strings.Contains(err.Error(), "is lost") {
			t.Errorf("on a lost device: %v", err)
		}
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// TestNothingIsLeft opens, uses and closes devices: what they held is given back, and the memory's account is even.
func TestNothingIsLeft(t *testing.T) {
	d := Validated(t, Config{}).(*Device)
	b, err := d.Alloc(1000)
	if err != nil {
		t.Fatal(err)
	}
	l, err := d.lanes.take(d, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.reserve(&l.arena, 5000, onDevice); err != nil {
		t.Fatal(err)
	}
	d.lanes.give(l)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	d.lanes.trim()
	d.memory.trim()
	if d.memory.taken != 0 {
		t.Errorf("%d bytes are left", d.memory.taken)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestPick chooses memory types as devices of each kind have them.
func TestPick(t *testing.T) {
	const gb = 1 << 30
	desktop := []memoryType{{deviceLocal, 8 * gb}, {hostSees, 16 * gb}, {hostSees | hostCached, 16 * gb}, {deviceLocal | hostSees, gb / 4}}
	resized := []memoryType{{deviceLocal, 8 * gb}, {hostSees, 16 * gb}, {hostSees | hostCached, 16 * gb}, {deviceLocal | hostSees, 8 * gb}}
	laptop := []memoryType{{deviceLocal | hostSees, 16 * gb}, {deviceLocal | hostSees | hostCached, 16 * gb}}
	for _, c := range []struct {
		name   string
		types  []memoryType
		staged bool
		want   [purposes]uint32
		mapped bool
	}{
		{"desktop", desktop, false, [purposes]uint32{0, 1, 2}, false},
		{"desktop with all memory mapped", resized, false, [purposes]uint32{3, 1, 2}, true},
		{"laptop", laptop, false, [purposes]uint32{1, 0, 1}, true},
		{"laptop, staged", laptop, true, [purposes]uint32{1, 0, 1}, false},
	} {
		for use := range purposes {
			k, ok := pick(c.types, 1<<len(c.types)-1, use, c.staged)
			if !ok || k.index != c.want[use] || use == onDevice && k.mapped != c.mapped {
				t.Errorf("%s: purpose %d: %+v, want type %d", c.name, use, k, c.want[use])
			}
		}
	}
	if _, ok := pick(desktop, 1, uploads, false); ok {
		t.Error("memory that the host does not see for uploads")
	}
}
