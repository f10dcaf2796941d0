package bench

import (
	goruntime "runtime"
	"testing"

	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/runtime/host"
)

// BenchmarkRows measures each row of `einloom bench` as Go's own benchmarks do.
func BenchmarkRows(b *testing.B) {
	for _, r := range Rows() {
		b.Run(r.Name, func(b *testing.B) {
			once, after, err := r.Prepare(runtime.Config{})
			if err != nil {
				b.Fatal(err)
			}
			if err := once(); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := once(); err != nil {
					b.Fatal(err)
				}
			}
			if r.Flop > 0 {
				b.ReportMetric(r.Flop*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			}
			b.SetBytes(int64(r.Bytes))
			if err := after(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkLimits is what the machine can do at most.
func BenchmarkLimits(b *testing.B) {
	for b.Loop() {
		l, err := host.MeasureLimits(goruntime.GOMAXPROCS(0))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(l.F32/1e9, "f32-GFLOP/s")
		b.ReportMetric(l.F64/1e9, "f64-GFLOP/s")
		b.ReportMetric(l.Triad/1e9, "triad-GB/s")
	}
}

// TestRowsRun runs each row that does little once: all are well-formed, and no two have one name.
func TestRowsRun(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rows() {
		if seen[r.Name] {
			t.Errorf("two rows are called %s", r.Name)
		}
		seen[r.Name] = true
		if r.Flop > 1e8 || r.Bytes > 1e7 {
			continue
		}
		once, after, err := r.Prepare(runtime.Config{})
		if err != nil {
			t.Errorf("%s: %v", r.Name, err)
			continue
		}
		if err := once(); err != nil {
			t.Errorf("%s: %v", r.Name, err)
		}
		if err := after(); err != nil {
			t.Errorf("%s: %v", r.Name, err)
		}
	}
}
