package spirv

import (
	"testing"

	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/driver/drivertest"
)

// BenchmarkGenerate tells how long writing a module takes.
func BenchmarkGenerate(b *testing.B) {
	for _, k := range drivertest.Read(b, "testdata/kernels.txt") {
		for _, c := range devices {
			k, err := planner.Expand(k, c.Target())
			if err != nil {
				b.Fatal(err)
			}
			b.Run(k.Name+"/"+c.Name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := Generate(k, c); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
