// Package bench measures what users wait for: the rows of `einloom bench`, and the limits of the machine that they are a fraction of.
// peers.py measures the same names with other libraries. It never judges: a busy machine measures slow, and no test depends on it.
package bench

import (
	"slices"
	"time"

	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/runtime/host"
	"github.com/einloom/einloom/tensor"
)

// Result is one row, measured.
type Result struct {
	Name         string  `json:"name"`
	Millis       float64 `json:"ms"`                      // median of one run
	GFlops       float64 `json:"gflops,omitempty"`        // GFLOP/s
	GBytes       float64 `json:"gbs,omitempty"`           // GB/s of what has to be read and written
	PeakFraction float64 `json:"peak_fraction,omitempty"` // of the time that the machine's limits leave: arithmetic or memory, whichever is longer
	Threads      int     `json:"threads"`
}

const (
	warm    = 50 * time.Millisecond
	enough  = 400 * time.Millisecond // of repeats
	fewest  = 7
	most    = 2001
	coarsen = 20 * time.Microsecond // shorter runs are timed many at once, so that the clock does not count
)

// Measure runs the row until its median is steady enough. It opens a session of its own.
func (r Row) Measure(c runtime.Config, limits host.Limits) (Result, error) {
	p, err := r.Prepare(c)
	if err != nil {
		return Result{}, err
	}
	seconds, err := Median(p.Once)
	if err != nil {
		return Result{}, err
	}
	if err := p.Close(); err != nil {
		return Result{}, err
	}
	res := Result{Name: r.Name, Millis: 1e3 * seconds, GFlops: r.Flop / seconds / 1e9, GBytes: r.Bytes / seconds / 1e9, Threads: limits.Threads}
	if limits.Triad > 0 {
		res.PeakFraction = max(r.Flop/peak(limits, r.DType), r.Bytes/limits.Triad) / seconds
	}
	return res, nil
}

// Median is the seconds of one call: the median of repeats.
func Median(once func() error) (float64, error) {
	calls, start := 0, time.Now()
	for calls == 0 || time.Since(start) < warm {
		if err := once(); err != nil {
			return 0, err
		}
		calls++
	}
	each := time.Since(start) / time.Duration(calls)
	batch := 1
	if each < coarsen {
		batch = int(coarsen/max(each, 1)) + 1
	}
	var took []float64
	for start := time.Now(); len(took) < fewest || len(took) < most && time.Since(start) < enough; {
		begin := time.Now()
		for range batch {
			if err := once(); err != nil {
				return 0, err
			}
		}
		took = append(took, time.Since(begin).Seconds()/float64(batch))
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}

// peak is the most FLOP/s of arithmetic on d.
func peak(l host.Limits, d tensor.DType) float64 {
	if d == tensor.Float64 {
		return l.F64
	}
	return l.F32
}
