package tensor

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// numPyFiles is the files that NumPy wrote (testdata/generate.py), with the elements they hold.
func numPyFiles() map[string]string {
	files := map[string]string{
		"scalar.npy":       "f32[] [2.5]",
		"empty.npy":        "i16[0 3] []",
		"vector.npy":       "f64[3] [0 1 2]",
		"version2.npy":     "f64[3] [0 1 2]",
		"version3.npy":     "f64[3] [0 1 2]",
		"cube-fortran.npy": "i32[2 3 4] [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23]",
	}
	for _, d := range every() {
		want := "[-2 -1 0 1 2 3]"
		switch {
		case d == Bool:
			want = "[0 1 0 1 0 1]"
		case d.IsUnsigned():
			want = "[0 1 2 3 4 5]"
		}
		for _, order := range []string{"", "-fortran", "-big"} {
			if d != BFloat16 || order != "-big" { // NumPy does not write these
				files[d.Name()+order+".npy"] = fmt.Sprintf("%v[2 3] %s", d, want)
			}
		}
	}
	return files
}

// contents is dtype, shape and real parts.
func contents(t *Tensor) string { return fmt.Sprintf("%v%v %v", t.DType(), t.Shape(), t.Float64s()) }

func TestNumPysFilesAreRead(t *testing.T) {
	files := numPyFiles()
	entries, err := filepath.Glob("testdata/npy/*.npy")
	if err != nil || len(entries) != len(files) {
		t.Fatalf("%d files for %d cases, %v", len(entries), len(files), err)
	}
	for name, want := range files {
		path := "testdata/npy/" + name
		a, err := Load(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := contents(a); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
		if a.DType().IsComplex() && a.Imag().Float64s()[3] != 0.5 {
			t.Errorf("%s: imaginary parts %v", name, a.Imag().Float64s())
		}
		if column := strings.Contains(name, "fortran"); column == a.Contiguous() && a.Len() > 1 {
			t.Errorf("%s: strides %v", name, a.Strides())
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		twice := io.MultiReader(bytes.NewReader(raw), bytes.NewReader(raw)) // Read stops after the first
		for range 2 {
			if b, err := Read(twice); err != nil || contents(b) != want {
				t.Errorf("%s: read %v, %v", name, b, err)
			}
		}
	}
}

// TestNumPysFilesAreWrittenBackTheSame: those that NumPy's save writes today are in this machine's byte order and version 1.
func TestNumPysFilesAreWrittenBackTheSame(t *testing.T) {
	if nativeOrder != '<' {
		t.Skip("NumPy wrote the files on a little-endian machine")
	}
	for name := range numPyFiles() {
		a, err := Load("testdata/npy/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(name, "version") || strings.Contains(name, "-big") && a.DType().Size() > 1 {
			continue
		}
		want, err := os.ReadFile("testdata/npy/" + name)
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if err := Write(&got, a); err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: got\n%q, %v, want\n%q", name, got.Bytes(), err, want)
		}
	}
}

func TestSavedViewsAreLoaded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npy")
	for _, d := range every() {
		a := counting(t, d, 5, 40, 7)
		for _, v := range []*Tensor{
			a, must(a.Transpose()), must(a.Transpose(1, 0, 2)), must(a.Flip()), must(a.Slice(All().By(2), Span(3, -3))), must(a.Index(1, 3)),
			must(a.Diagonal(0, 0, 1)), must(a.Broadcast(3, 5, 40, 7)), must(a.Slice(To(0))), must(must(a.Slice(To(1), To(1), To(1))).Reshape()),
		} {
			if err := Save(path, v); err != nil {
				t.Fatal(err)
			}
			b, err := Load(path)
			if err != nil || contents(b) != contents(v) {
				t.Errorf("%v%v strides %v: got %v, %v", d, v.Shape(), v.Strides(), b, err)
			}
		}
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("files are left: %v, %v", entries, err)
	}
}

func TestSpecialFloatsKeepTheirBits(t *testing.T) {
	bits := []float64{math.NaN(), math.Float64frombits(0x7ff0000000000001), math.Inf(-1), math.Copysign(0, -1), 5e-324}
	a, err := New(bits)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, a); err != nil {
		t.Fatal(err)
	}
	back, err := Data[float64](must(Read(&b)))
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range back {
		if math.Float64bits(v) != math.Float64bits(bits[i]) {
			t.Errorf("%x became %x", math.Float64bits(bits[i]), math.Float64bits(v))
		}
	}
}

// file is a .npy file with the header text.
func file(version byte, text string, data int) []byte {
	b := []byte(magic + string(version) + "\x00")
	if version == 1 {
		b = append(b, byte(len(text)), byte(len(text)>>8))
	} else {
		b = append(b, byte(len(text)), byte(len(text)>>8), byte(len(text)>>16), byte(len(text)>>24))
	}
	return append(append(b, text...), make([]byte, data)...)
}

const plain = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n"

func TestOddButRightHeadersAreRead(t *testing.T) {
	for text, want := range map[string]string{
		plain: "f32[2 3] [0 0 0 0 0 0]",
		`{"shape":(2,3),"descr":"<f4","fortran_order":True}`:                      "f32[2 3] [0 0 0 0 0 0]",
		"{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L), }":           "f32[2 3] [0 0 0 0 0 0]", // Python 2's
		"{'descr': 'f4', 'fortran_order': False, 'shape': (6,)}":                  "f32[6] [0 0 0 0 0 0]",
		"{'descr': '=f4', 'fortran_order': False, 'shape': (6,), }":               "f32[6] [0 0 0 0 0 0]",
		"{'descr': '|V2', 'fortran_order': False, 'shape': (12,), }":              "bf16[12] [0 0 0 0 0 0 0 0 0 0 0 0]",
		"{'descr': '>c8', 'fortran_order': False, 'shape': (3, 1), }":             "c64[3 1] [0 0 0]",
		"\n{ 'descr' : '<i8' ,\t'fortran_order':False, 'shape':( 3 , )\n,\n}  \n": "i64[3] [0 0 0]",
	} {
		for version := byte(1); version <= 3; version++ {
			a, err := Read(bytes.NewReader(file(version, text, 24)))
			if err != nil || contents(a) != want {
				t.Errorf("%s: got %v, %v, want %s", text, a, err, want)
			}
		}
	}
	a, err := Read(bytes.NewReader(append(file(1, "{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", 0), 0, 1, 255)))
	if err != nil {
		t.Fatal(err)
	}
	if mem, err := a.Bytes(); err != nil || !bytes.Equal(mem, []byte{0, 1, 1}) {
		t.Errorf("bools became %v, %v", mem, err)
	}
}

// liars is files that are wrong, with what the error must say.
func liars() map[string][]byte {
	header := func(text string) []byte { return file(1, text, 24) }
	shape := func(s string) []byte {
		return header("{'descr': '<f4', 'fortran_order': False, 'shape': " + s + ", }\n")
	}
	descr := func(s string) []byte {
		return header("{'descr': " + s + ", 'fortran_order': False, 'shape': (6,), }\n")
	}
	return map[string][]byte{
		"truncated: the magic takes 8 bytes, 0 are there":  nil,
		"truncated: the magic takes 8 bytes, 7 are there":  file(1, plain, 24)[:7],
		"truncated: the header's length takes 2 bytes":     file(1, plain, 24)[:9],
		"truncated: the header's length takes 4 bytes":     file(2, plain, 24)[:11],
		"truncated: the header takes":                      file(1, plain, 24)[:40],
		"truncated: f32[2 3] takes 24 bytes, 23 are there": file(1, plain, 23),
		"truncated: f32[2 3] takes 24 bytes, 0 are there":  file(1, plain, 0),
		"this is no .npy file":                             []byte("PK\x03\x04 and much more"),
		"version 4.0 is not known":                         file(4, plain, 24),
		"version 0.0 is not known":                         file(0, plain, 24),
		"the header is 4294967295 bytes long":              append([]byte(magic+"\x03\x00\xff\xff\xff\xff"), plain...),
		"truncated: f32[1000000000000] takes":              shape("(1000000000000,)"),
		"truncated: f32[1048576 1048576] takes":            shape("(1048576, 1048576)"),
		"more than 2^62 elements":                          shape("(4611686018427387904, 4)"),
		"more than 2^42 elements":                          shape("(4611686018427387904,)"),
		"too large":                                        shape("(99999999999999999999,)"),
		"is a number, not a tuple":                         shape("(6)"),
		"stands where \"(\" should":                        shape("6"),
		"more than 64 axes":                                shape("(" + strings.Repeat("1,", 65) + ")"),
		"stands where an extent should":                    shape("(-2, 3)"),
		"stands where a comma or \")\" should":             shape("(2 3)"),
		"it ends where":                                    header("{'shape': (2, 3"),
		"structured dtypes are not read":                   descr("[('x', '<f4')]"),
		"the dtype \"|O\" is not read":                     descr("'|O'"),
		"the dtype \"<U3\" is not read":                    descr("'<U3'"),
		"the dtype \"<f16\" is not read":                   descr("'<f16'"),
		"the dtype \"<M8[ns]\" is not read":                descr("'<M8[ns]'"),
		"the dtype \"\" is not read":                       descr("''"),
		"stands where a plain string should":               descr(`'<f\x34'`),
		"stands where a string should":                     descr("f4"),
		"stands where True or False should":                header("{'descr': '<f4', 'fortran_order': 0, 'shape': (6,), }"),
		"\"shape\" is missing":                             header("{'descr': '<f4', 'fortran_order': False}"),
		"\"shape\" stands twice":                           header("{'shape': (6,), 'shape': (6,)}"),
		"\"version\" is not known":                         header("{'version': 1}"),
		"stands where a colon should":                      header("{'descr'}"),
		"stands where the end should":                      header(strings.TrimSpace(plain) + " import os"),
		"it ends where \"{\" should stand":                 header("   "),
	}
}

// TestLiesAreErrorsAndCheap: no file, whatever it says, makes Load or Read take more memory than it has bytes, and some.
func TestLiesAreErrorsAndCheap(t *testing.T) {
	dir := t.TempDir()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for want, raw := range liars() {
		path := filepath.Join(dir, "lie.npy")
		if err := os.WriteFile(path, raw, 0o666); err != nil {
			t.Fatal(err)
		}
		_, loaded := Load(path)
		_, mapped := Map(path)
		_, read := Read(bytes.NewReader(raw))
		for _, err := range []error{loaded, mapped, read} {
			if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "tensor: ") {
				t.Errorf("want %s, got: %v", want, err)
			}
		}
		if loaded != nil && !strings.Contains(loaded.Error(), path) {
			t.Errorf("%v does not say which file", loaded)
		}
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
		t.Errorf("%d MB were taken for small files", took>>20)
	}
}

func TestLoadWantsAllOfTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "long.npy")
	if err := os.WriteFile(path, file(1, plain, 25), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, open := range []func(string) (*Tensor, error){Load, Map} {
		if _, err := open(path); err == nil || !strings.Contains(err.Error(), "takes 24 bytes, but 25 are there") {
			t.Errorf("got %v", err)
		}
		if _, err := open(filepath.Dir(path)); err == nil || !strings.Contains(err.Error(), "directory") {
			t.Errorf("got %v", err)
		}
		if _, err := open(path + "x"); err == nil || !os.IsNotExist(unwrapped(err)) || !strings.HasPrefix(err.Error(), "tensor: ") {
			t.Errorf("got %v", err)
		}
	}
}

func unwrapped(err error) error {
	for {
		inner, ok := err.(interface{ Unwrap() error })
		if !ok {
			return err
		}
		err = inner.Unwrap()
	}
}

// TestLargeStreamsGrow reads more than the first piece of memory from a stream whose length is unknown.
func TestLargeStreamsGrow(t *testing.T) {
	a := counting(t, Int64, 700, 1001)
	r, w := io.Pipe()
	go func() { w.CloseWithError(Write(w, a)) }()
	b, err := Read(r)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a.Int64s(), b.Int64s()) {
		t.Error("the elements differ")
	}
}

func TestSaveReplacesOnlyWhenItIsDone(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "a.npy"), filepath.Join(dir, "link.npy")
	a := counting(t, Float32, 2, 3)
	if err := Save(path, a); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a.npy", link); err != nil {
		t.Skip(err)
	}
	tall := must(Scalar(1.0).Reshape(slices.Repeat([]int{1}, 65)...))
	if err := Save(path, tall); err == nil || !strings.Contains(err.Error(), "64 axes") {
		t.Errorf("65 axes: %v", err)
	}
	if err := Save(path, nil); err == nil {
		t.Error("no tensor is saved")
	}
	if err := Save(filepath.Join(dir, "none", "a.npy"), a); err == nil {
		t.Error("a file is saved where there is no directory")
	}
	if b, err := Load(path); err != nil || contents(b) != contents(a) {
		t.Errorf("after errors there is %v, %v", b, err)
	}
	if err := Save(link, must(a.Transpose())); err != nil {
		t.Fatal(err)
	}
	if b, err := Load(path); err != nil || !b.Shape().Equal(Shape{3, 2}) {
		t.Errorf("through a link: %v, %v", b, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the permissions are %v, %v", info.Mode(), err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("files are left: %v, %v", entries, err)
	}
}

// FuzzRead holds that any bytes give a tensor or an error, that what is read can be written, and that memory follows the input's length.
func FuzzRead(f *testing.F) {
	for _, raw := range liars() {
		f.Add(raw)
	}
	for name := range numPyFiles() {
		raw, err := os.ReadFile("testdata/npy/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := Read(bytes.NewReader(raw))
		if err != nil {
			return
		}
		if a.Len()*a.DType().Size() > len(raw) {
			t.Fatalf("%d bytes hold %v%v", len(raw), a.DType(), a.Shape())
		}
		var b bytes.Buffer
		if err := Write(&b, a); err != nil {
			t.Fatal(err)
		}
		back, err := Read(&b)
		if err != nil || !back.Shape().Equal(a.Shape()) || back.String() != a.String() {
			t.Fatalf("%v was written and read as %v, %v", a, back, err)
		}
	})
}
