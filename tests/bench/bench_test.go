package bench

import (
	goruntime "runtime"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/runtime/host"
)

// BenchmarkRows measures each row of `einloom bench` as Go's own benchmarks do.
func BenchmarkRows(b *testing.B) {
	for _, r := range Rows() {
		b.Run(r.Name, func(b *testing.B) {
			p, err := r.Prepare(runtime.Config{})
			if err != nil {
				b.Fatal(err)
			}
			if err := p.Once(); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := p.Once(); err != nil {
					b.Fatal(err)
				}
			}
			if r.Flop > 0 {
				b.ReportMetric(r.Flop*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			}
			b.SetBytes(int64(r.Bytes))
			if err := p.Close(); err != nil {
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

// BenchmarkEstimates measures each kernel of the rows, and how the planner's estimates rank them: Spearman's correlation of estimated and
// measured times, and the median factor between the two.
func BenchmarkEstimates(b *testing.B) {
	for b.Loop() {
		var estimated, measured, factors []float64
		for _, r := range Rows() {
			p, err := r.Prepare(runtime.Config{})
			if err != nil {
				b.Fatal(err)
			}
			for range fewest {
				if err := p.Once(); err != nil {
					b.Fatal(err)
				}
			}
			if p.Program != nil {
				for _, k := range p.Program.Kernels() {
					if k.Measured > 0 {
						e, m := k.Estimated.Seconds(), k.Measured.Seconds()
						estimated, measured, factors = append(estimated, e), append(measured, m), append(factors, max(e/m, m/e))
					}
				}
			}
			if err := p.Close(); err != nil {
				b.Fatal(err)
			}
		}
		slices.Sort(factors)
		b.ReportMetric(stat.Correlation(ranks(estimated), ranks(measured), nil), "rank-correlation")
		b.ReportMetric(factors[len(factors)/2], "median-factor")
	}
}

// ranks gives each value's place in order.
func ranks(v []float64) []float64 {
	places := make([]float64, len(v))
	for i, x := range v {
		for _, y := range v {
			if y < x {
				places[i]++
			}
		}
	}
	return places
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
		p, err := r.Prepare(runtime.Config{})
		if err != nil {
			t.Errorf("%s: %v", r.Name, err)
			continue
		}
		if err := p.Once(); err != nil {
			t.Errorf("%s: %v", r.Name, err)
		}
		if err := p.Close(); err != nil {
			t.Errorf("%s: %v", r.Name, err)
		}
	}
}
