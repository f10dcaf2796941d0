package tensor

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// canMap says whether this system has mappings.
func canMap(t *testing.T) bool {
	t.Helper()
	f, err := os.Open("testdata/npy/vector.npy")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	mem, err := mapFile(f, 100)
	if err != nil {
		t.Logf("no mapped files on %s: reading is tested instead", runtime.GOOS)
		return false
	}
	return unmapFile(mem) == nil
}

func TestMapSeesWhatLoadReads(t *testing.T) {
	here := canMap(t)
	for name, want := range numPyFiles() {
		a, err := Map("testdata/npy/" + name)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := contents(a); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
		inPlace := here && a.Len() > 0 && (!strings.Contains(name, "-big") || a.DType().Size() == 1 || nativeOrder == '>')
		if a.ReadOnly() != inPlace {
			t.Errorf("%s: ReadOnly is %v", name, a.ReadOnly())
		}
		row := a
		if a.Rank() > 0 {
			row = must(a.Slice(From(-1)))
		}
		if row.ReadOnly() != inPlace {
			t.Errorf("%s: ReadOnly of a view is %v", name, row.ReadOnly())
		}
		if a.Copy().ReadOnly() {
			t.Errorf("%s: a copy is read-only", name)
		}
		for range 2 {
			if err := row.Close(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if err := Scalar(1.0).Close(); err != nil {
		t.Error(err)
	}
}

// TestMapReadsWhatItCannotSeeInPlace: elements off their alignment, and bytes that are no Go bool.
func TestMapReadsWhatItCannotSeeInPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npy")
	odd := append(file(1, strings.TrimSpace(plain), 0), bytes.Repeat([]byte{0, 0, 128, 63}, 6)...)
	if len(odd)%4 == 0 {
		t.Fatal("the elements are aligned")
	}
	bools := append(file(1, "{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", 0), 0, 1, 255)
	for want, raw := range map[string][]byte{"f32[2 3] [1 1 1 1 1 1]": odd, "bool[3] [0 1 1]": bools} {
		if err := os.WriteFile(path, raw, 0o666); err != nil {
			t.Fatal(err)
		}
		a, err := Map(path)
		if err != nil || a.ReadOnly() || contents(a) != want {
			t.Errorf("got %v, %v, want %s", a, err, want)
		}
	}
}

// TestSaveOverAMappingLeavesIt: the file gets a new place, and the old one stays as it is until Close.
func TestSaveOverAMappingLeavesIt(t *testing.T) {
	if !canMap(t) {
		t.Skip("no mapped files on " + runtime.GOOS)
	}
	path := filepath.Join(t.TempDir(), "a.npy")
	if err := Save(path, counting(t, Float32, 100, 100)); err != nil {
		t.Fatal(err)
	}
	a, err := Map(path)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	before := a.Float64s()
	if err := Save(path, must(must(a.Flip()).Slice(To(3)))); err != nil {
		t.Fatal(err)
	}
	for i, v := range a.Float64s() {
		if v != before[i] {
			t.Fatalf("element %d became %v", i, v)
		}
	}
	if b, err := Load(path); err != nil || b.Len() != 300 || b.Float64s()[0] != 9999 {
		t.Errorf("the new file holds %v, %v", b, err)
	}
}
