package cpu

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/planner"
)

// families are kernels by three sizes, which give the same structure for many of them.
var families = []string{
	`kernel scaled
  in   x f32[%[1]d %[2]d], y f32[%[2]d]
  out  o f32[%[1]d %[2]d]
  loop i %[1]d, j %[2]d
  o[i, j] = x[i, j] * y[j] + f32(i)`,
	`kernel turned
  in   x f64[%[1]d %[2]d] strides [1 %[1]d]
  out  o f64[%[1]d %[2]d]
  loop i %[1]d, j %[2]d
  o[i, j] = -x[i, j]`,
	`kernel rows
  in   x f32[%[1]d %[2]d]
  out  o f32[%[1]d %[2]d], m f32[%[1]d]
  loop i %[1]d
  fold j %[2]d
  t0 = reduce(maximum, j, x[i, j])
  o[i, j] = x[i, j] - t0
  m[i] = t0`,
	`kernel columns
  in   x i64[%[1]d %[2]d]
  out  o i64[%[2]d]
  loop j %[2]d
  fold i %[1]d
  o[j] = reduce(add, i, x[i, j])`,
	`kernel total
  in   x f32[%[1]d %[2]d]
  out  o f32[]
  fold i %[1]d, j %[2]d
  o = reduce(add, i, j, x[i, j])`,
	`kernel product
  in   a f32[%[1]d %[3]d], b f32[%[3]d %[2]d]
  out  o f32[%[1]d %[2]d]
  loop i %[1]d, j %[2]d
  fold k %[3]d
  o[i, j] = reduce(add, k, a[i, k] * b[k, j])`,
	`kernel joined
  in   x f32[%[1]d], y f32[%[2]d]
  out  o f32[%[4]d]
  loop i %[1]d, j %[2]d
  o[i] = x[i]
  o[j+%[1]d] = y[j]`,
}

// TestEqualKeysHaveEqualCode holds Key to its word: what it leaves out the code reads when it runs.
func TestEqualKeysHaveEqualCode(t *testing.T) {
	for _, name := range Targets() {
		target, err := Target(name)
		if err != nil {
			t.Fatal(err)
		}
		codes := map[string]*Object{}
		kernels := inSizes(t, target)
		for _, k := range kernels {
			o, err := Generate(k, target)
			if err != nil {
				t.Fatalf("%v\n%v", err, k)
			}
			first := codes[Key(k)]
			if first == nil {
				codes[Key(k)] = o
				continue
			}
			if !bytes.Equal(first.Code, o.Code) || !bytes.Equal(first.Pool, o.Pool) || len(first.Funcs) != len(o.Funcs) {
				t.Fatalf("one key, two codes:\n%v", k)
			}
			holdNumbers(t, first, o, k)
		}
		t.Logf("%s: %d kernels have %d codes", name, len(kernels), len(codes))
	}
}

// inSizes is every family in many sizes, scheduled.
func inSizes(t *testing.T, target codegen.Target) (list []*codegen.Kernel) {
	t.Helper()
	sizes := []int{0, 1, 2, 7, 16, 100, 3000, 70000}
	for _, family := range families {
		for _, m := range sizes {
			for _, n := range sizes {
				for _, depth := range []int{0, 1, 24, 700} {
					k, err := codegen.Parse(fmt.Sprintf(family, m, n, depth, m+n))
					if err == nil {
						err = k.Verify()
					}
					if err != nil || m*n > 3e7 { // the greatest of nothing
						continue
					}
					if k, err = planner.Schedule(k, target); err != nil {
						t.Fatal(err)
					}
					list = append(list, k)
				}
			}
		}
	}
	return list
}

// holdNumbers asks that code made for another kernel of the key gives kernel the numbers that its own would.
func holdNumbers(t *testing.T, other, own *Object, kernel *codegen.Kernel) {
	t.Helper()
	a, err := other.Bind(kernel)
	if err != nil {
		t.Fatal(err)
	}
	b, err := own.Bind(kernel)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("numbers differ:\n%v\n%v\n%v", a, b, kernel)
	}
}

// TestCodeIsReproducible writes every kernel of the corpus twice.
func TestCodeIsReproducible(t *testing.T) {
	each(t, func(t *testing.T, target codegen.Target, k *codegen.Kernel, o *Object) {
		again, err := Generate(k.Clone(), target)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(o.Code, again.Code) || !bytes.Equal(o.Pool, again.Pool) || o.Text() != again.Text() || Key(k) != Key(k.Clone()) {
			t.Errorf("twice, and not the same:\n%v", k)
		}
	})
}
