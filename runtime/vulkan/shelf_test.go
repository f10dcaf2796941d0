//go:build cgo && linux && !novulkan

package vulkan

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/internal/cachefile"
)

// TestShelf compiles kernels with files of an earlier process on the shelf: good ones, damaged ones and those of another driver.
func TestShelf(t *testing.T) {
	folder := &cachefile.Folder{Path: filepath.Join(t.TempDir(), "new"), Kind: CacheKind, Most: 1 << 20}
	var told []error
	d := Validated(t, Config{Cache: folder, Damaged: func(err error) { told = append(told, err) }}).(*Device)
	defer d.Close()
	other := d.maker
	other.uuid[3]++
	for i, c := range []struct {
		what string
		put  func(path, name string) error
		told int
	}{
		{"nothing", func(_, _ string) error { return nil }, 0},
		{"a driver's", func(_, name string) error { return folder.Write(name, headOf(&d.maker)) }, 0},
		{"noise", func(path, _ string) error { return os.WriteFile(path, []byte("\x00\xff noise"), 0o644) }, 1},
		{"a file cut short", func(_, name string) error { return folder.Write(name, headOf(&d.maker)[:9]) }, 1},
		{"another driver's", func(_, name string) error { return folder.Write(name, headOf(&other)) }, 1},
		{"too large", func(path, _ string) error { return os.WriteFile(path, make([]byte, 2<<20), 0o644) }, 1},
		{"a folder", func(path, _ string) error { return os.Mkdir(path, 0o755) }, 1},
	} {
		k, err := codegen.Parse(fmt.Sprintf("kernel k\n in x f32[64]\n out o f32[64]\n loop i 64\n o[i] = x[i] + %d\n schedule map order i, grain 64", i))
		if err != nil {
			t.Fatal(err)
		}
		m, err := d.codes.of(k)
		if err != nil {
			t.Fatal(err)
		}
		told = nil
		if i == 0 {
			if err := os.MkdirAll(folder.Path, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		name := d.maker.name(m.module.Words)
		os.Remove(filepath.Join(folder.Path, name)) // what the driver may have given
		if err := c.put(filepath.Join(folder.Path, name), name); err != nil {
			t.Fatal(err)
		}
		again := &code{module: m.module, layout: m.layout}
		if err := d.codes.pipelines(again); err != nil {
			t.Fatalf("with %s on the shelf: %v", c.what, err)
		}
		d.codes.destroy(again)
		if len(told) != c.told {
			t.Errorf("with %s on the shelf: told %v", c.what, told)
		}
		p, err := d.Compile(context.Background(), k)
		if err != nil {
			t.Fatal(err)
		}
		p.Close()
	}
}

// headOf is what m's empty cache holds.
func headOf(m *maker) []byte {
	b, err := binary.Append(nil, binary.LittleEndian, cacheHead{32, 1, m.vendor, m.device, m.uuid})
	if err != nil {
		panic(err)
	}
	return b
}
