package main

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/einloom/einloom/tensor"
)

// known is what the program prints before the plan. The correlations are those published for Fisher's data (0.9629 between the petals'
// length and width, -0.1176 between the sepals'); the rest is held to plain loops below.
const known = `Correlations of the measures:
[[ 1.    -0.118  0.872  0.818]
 [-0.118  1.    -0.428 -0.366]
 [ 0.872 -0.428  1.     0.963]
 [ 0.818 -0.366  0.963  1.   ]]

Squared distances of the first three flowers to the mean of each species:
[[ 0.045  8.689 16.063]
 [ 0.992  6.695 15.533]
 [ 0.425  8.25  17.122]]

Part of the flowers that are nearest to the mean of their own species: 0.8533333333333334

; plan of `

func TestKnownAnswers(t *testing.T) {
	for _, device := range []string{"cpu", "interp", "vulkan"} {
		var out bytes.Buffer
		if err := explore(&out, device); err != nil {
			if device == "vulkan" {
				t.Log("SKIPPED:", err)
				continue
			}
			t.Fatal(err)
		}
		if got := out.String(); !strings.HasPrefix(got, known) {
			t.Errorf("device %s prints\n%s\nwant\n%s", device, got, known)
		} else if !strings.Contains(got, "\n; stage kernel\nkernel k0") {
			t.Errorf("device %s prints no kernels:\n%s", device, got)
		}
	}
}

// TestNearestMeanInPlainLoops computes in float64 what the texts above say of distances and hits.
func TestNearestMeanInPlainLoops(t *testing.T) {
	measures, species, err := iris()
	if err != nil {
		t.Fatal(err)
	}
	cm, err := tensor.Data[float32](measures)
	if err != nil {
		t.Fatal(err)
	}
	kinds, err := tensor.Data[int64](species)
	if err != nil {
		t.Fatal(err)
	}
	const flowers, width = 150, 4
	x := make([][width]float64, flowers)
	for i := range width {
		mean, square := 0.0, 0.0
		for n := range flowers {
			mean += float64(cm[n*width+i]) / flowers
		}
		for n := range flowers {
			square += math.Pow(float64(cm[n*width+i])-mean, 2) / flowers
		}
		for n := range flowers {
			x[n][i] = (float64(cm[n*width+i]) - mean) / math.Sqrt(square)
		}
	}
	var means [3][width]float64
	for n := range flowers {
		for i := range width {
			means[kinds[n]][i] += x[n][i] / 50
		}
	}
	hits := 0
	for n := range flowers {
		nearest, least := 0, math.Inf(1)
		for c := range means {
			d := 0.0
			for i := range width {
				d += (x[n][i] - means[c][i]) * (x[n][i] - means[c][i])
			}
			if n == 0 && math.Abs(d-[]float64{0.045, 8.689, 16.063}[c]) > 5e-4 {
				t.Errorf("the first flower is %v from mean %d", d, c)
			}
			if d < least {
				nearest, least = c, d
			}
		}
		if int64(nearest) == kinds[n] {
			hits++
		}
	}
	if hits != 128 { // 128/150 = 0.85333...
		t.Errorf("%d hits", hits)
	}
}
