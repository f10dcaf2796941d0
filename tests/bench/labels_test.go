package bench

import (
	"flag"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

var labels = flag.Bool("labels", false, "time the tensor contractions under other labels and with their operands exchanged, on a quiet machine")

// TestLabelsCostNothing times each of the tensor contractions as it is written, and with other labels and its operands exchanged, in turns: the
// medians differ by less than 15%.
func TestLabelsCostNothing(t *testing.T) {
	if !*labels {
		t.Skip("times are for a quiet machine: -labels")
	}
	const turns, limit = 15, 1.15
	for _, contracted := range TensorContractions {
		spec, dims := rowMajor(contracted)
		other := relabelled(spec)
		var prepared [2]*Prepared
		for i, r := range []Row{contraction(spec, tensor.Float32, spec, dims...), contraction(other, tensor.Float32, other, dims[1], dims[0])} {
			p, err := r.Prepare(runtime.Config{})
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			prepared[i] = p
		}
		var took [2][]time.Duration
		for range turns {
			for i, p := range prepared {
				start := time.Now()
				if err := p.Once(); err != nil {
					t.Fatal(err)
				}
				took[i] = append(took[i], time.Since(start))
			}
		}
		slices.Sort(took[0])
		slices.Sort(took[1])
		ratio := float64(took[1][turns/2]) / float64(took[0][turns/2])
		t.Logf("%s %v, %s %.2f times that", spec, took[0][turns/2], other, ratio)
		if ratio > limit || ratio < 1/limit {
			t.Errorf("%s takes %.2f times as long as %s", other, ratio, spec)
		}
	}
}

// relabelled is a contraction of two operands with other labels and the operands exchanged.
func relabelled(spec string) string {
	mirrored := strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return r
		}
		return 'a' + 'z' - r
	}, spec)
	operands, out, _ := strings.Cut(mirrored, "->")
	left, right, _ := strings.Cut(operands, ",")
	return right + "," + left + "->" + out
}
