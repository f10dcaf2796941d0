package tensor

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestNumPysArchivesAreRead(t *testing.T) {
	for _, name := range []string{"testdata/npy/stored.npz", "testdata/npy/deflated.npz"} {
		found, err := LoadArchive(name, "x", "deep/y")
		if err != nil {
			t.Error(err)
			continue
		}
		if len(found) != 2 || contents(found["x"]) != "f64[3] [0 1 2]" || contents(found["deep/y"]) != "i32[2 2] [1 0 0 1]" {
			t.Errorf("%s: %v", name, found)
		}
		if _, err := LoadArchive(name); err == nil || !strings.Contains(err.Error(), name+": words.npy: the header") {
			t.Errorf("all of %s, with strings: %v", name, err)
		}
		if _, err := LoadArchive(name, "x", "z"); err == nil || !strings.Contains(err.Error(), `there is no array "z"`) {
			t.Errorf("a name that is not in %s: %v", name, err)
		}
	}
}

func TestArchivesAreWrittenAndRead(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.npz")
	a := counting(t, Float32, 300, 500)
	want := map[string]*Tensor{"a": a, "turned": must(a.Transpose()), "empty": counting(t, Int8, 0, 2), "one": Scalar(BFloat16Of(2))}
	var raw [][]byte
	for range 2 {
		if err := SaveArchive(path, want); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		raw = append(raw, b)
	}
	if !bytes.Equal(raw[0], raw[1]) {
		t.Error("the same tensors make other bytes")
	}
	got, err := LoadArchive(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, w := range want {
		if g := got[name]; g == nil || g.DType() != w.DType() || !g.Shape().Equal(w.Shape()) || !slices.Equal(g.Float64s(), w.Float64s()) {
			t.Errorf("%s: got %v, want %v", name, g, w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d arrays for %d", len(got), len(want))
	}
	if err := SaveArchive(path, map[string]*Tensor{"nil": nil}); err == nil {
		t.Error("no tensor is saved")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("files are left: %v, %v", entries, err)
	}
}

// TestDamagedArchivesAreErrors flips and cuts bytes; what has a checksum must not be read as something else.
func TestDamagedArchivesAreErrors(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.npz")
	write := func(raw []byte) {
		t.Helper()
		if err := os.WriteFile(path, raw, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"testdata/npy/stored.npz", "testdata/npy/deflated.npz"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range raw {
			bad := bytes.Clone(raw)
			bad[i] ^= 0xff
			write(bad)
			if got, err := LoadArchive(path, "x"); err == nil && contents(got["x"]) != "f64[3] [0 1 2]" {
				t.Fatalf("%s with byte %d flipped: %v", name, i, got["x"])
			}
			write(raw[:i])
			if got, err := LoadArchive(path, "x"); err == nil {
				t.Fatalf("%s cut to %d bytes: %v", name, i, got["x"])
			}
		}
	}

	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, text := range []string{plain, plain} {
		w, err := z.Create("x.npy")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(file(1, text, 24)); err != nil {
			t.Fatal(err)
		}
	}
	w, err := z.Create("huge.npy")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(file(1, fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%d,), }", 1<<40), 24)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	write(b.Bytes())
	for name, want := range map[string]string{"x": `two arrays "x"`, "huge": "truncated: f32[1099511627776] takes 4398046511104 bytes, 24 are there"} {
		if _, err := LoadArchive(path, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
