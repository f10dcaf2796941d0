package planner_test

import (
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/planner"
)

// What a run takes besides the plan's buffers is not in the memory limit, so it has to stay small however large the operands are.
func TestRunsTakeLittleMemoryBesides(t *testing.T) {
	const most = 64 << 20
	for _, text := range []string{
		"kernel k\n in x f32[65536 16384]\n out o f32[16384]\n loop i 16384\n fold j 65536\n o[i] = reduce(add, j, x[j, i])",
		"kernel k\n in x f64[1000000 2048]\n out o f64[2048]\n loop i 2048\n fold j 1000000\n o[i] = reduce(add, j, x[j, i])",
		"kernel k\n in x f32[1099511627776]\n out o f32[]\n fold j 1099511627776\n o = reduce(add, j, x[j])",
		"kernel k\n in x f32[4096 16777216]\n out o f32[16777216]\n loop i 16777216\n fold j 4096\n o[i] = reduce(add, j, x[j, i])",
		"kernel k\n in a f64[20000 20000], b f64[20000 20000]\n out o f64[20000 20000]\n loop i 20000, k 20000\n fold j 20000\n o[i, k] = reduce(add, j, a[i, j] * b[j, k])",
	} {
		for _, name := range cpu.Targets() {
			k, err := codegen.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if k, err = planner.Schedule(k, target(t, name)); err != nil {
				t.Fatal(err)
			}
			o, err := cpu.Generate(k, target(t, name))
			if err != nil {
				t.Fatal(err)
			}
			b, err := o.Bind(k)
			if err != nil {
				t.Fatal(err)
			}
			if b.Temp > most {
				t.Errorf("%s: a run takes %d bytes besides: %v", name, b.Temp, k)
			}
		}
	}
}

// Nothing stops a call of machine code: a part is one point of the outermost fold axis where what lies inside takes long as it is.
func TestPartsOfLongFoldsAreShort(t *testing.T) {
	k, err := codegen.Parse("kernel k\n in x f32[1024]\n out o f32[1024]\n loop i 1024\n fold j 1048576, k 1024\n o[i] = reduce(add, j, k, x[i] * x[k])")
	if err != nil {
		t.Fatal(err)
	}
	if k, err = planner.Schedule(k, target(t, cpu.AVX2)); err != nil {
		t.Fatal(err)
	}
	if k.Split != 1 {
		t.Errorf("a part has %d points of the outermost fold axis: %v", k.Split, k)
	}
}
