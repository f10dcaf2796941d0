package spirv

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/einloom/einloom/codegen"
)

// gpu is what limits a contraction on a discrete GPU.
type gpu struct {
	registers, shared, resident int     // of a compute unit: words, bytes, invocations
	flops, bandwidth            float64 // of all, a second
}

// common is a common one.
var common = gpu{registers: 64 << 10, shared: 64 << 10, resident: 2048, flops: 20e12, bandwidth: 500e9}

// words is about how many registers an invocation takes: sums, a term's row and column, what is on its way to shared memory, addresses.
func words(rows, side int) int {
	return side*side + 2*side + 2*rows*slab/invocationsOf(rows, side) + 14
}

func invocationsOf(rows, side int) int { return rows / side * (rows / side) }

func sharedBytes(rows int) int { return 2 * slab * (rows + padding) * 4 }

// occupancy is how many workgroups a unit holds.
func (d gpu) occupancy(rows, side int) int {
	n := invocationsOf(rows, side)
	return min(d.registers/(n*words(rows, side)), d.shared/sharedBytes(rows), d.resident/n)
}

// bound is the least seconds that a product of matrices takes for its arithmetic and for its memory: each multiply-add of side x side needs
// 2 side loads from shared memory, of which a unit starts one for every four multiply-adds; each block reads its rows and columns of both factors; and
// each piece writes a result that another stage reads.
func (d gpu) bound(m, n, k, rows, side, pieces int) (arithmetic, memory float64) {
	bytes := 4 * float64(k) * float64(m) * float64(n) * 2 / float64(rows)
	if pieces > 1 {
		bytes += 8 * float64(m) * float64(n) * float64(pieces)
	}
	return 2 * float64(m) * float64(n) * float64(k) / (d.flops * min(1, float64(side)/8)), bytes / d.bandwidth
}

// TestRoofline holds the tables of docs/gpu.md to what is written for a discrete GPU.
func TestRoofline(t *testing.T) {
	doc, err := os.ReadFile("../../docs/gpu.md")
	if err != nil {
		t.Fatal(err)
	}
	hold := func(format string, a ...any) {
		if row := fmt.Sprintf(format, a...); !strings.Contains(string(doc), row+"\n") {
			t.Errorf("docs/gpu.md lacks the row\n%s", row)
		}
	}
	for _, b := range blocks {
		n := invocationsOf(b.rows, b.side)
		groups := common.occupancy(b.rows, b.side)
		hold("| %d x %d | %d | %d | %d B | %d | %d | %d : %d | %d | %d %% |", b.rows, b.rows, b.side, n, sharedBytes(b.rows), words(b.rows, b.side),
			b.rows/4, 2*b.side, b.side*b.side, groups, 100*groups*n/common.resident)
	}
	for _, c := range [][3]int{{4096, 4096, 4096}, {1024, 1024, 1024}, {512, 512, 512}, {256, 256, 4096}, {64, 64, 65536}} {
		m, n, k := c[0], c[1], c[2]
		text := fmt.Sprintf("kernel p\n in a f32[%[1]d %[3]d], b f32[%[3]d %[2]d]\n out o f32[%[1]d %[2]d]\n loop i %[1]d, j %[2]d\n fold k %[3]d\n o[i, j] = reduce(add, k, a[i, k] * b[k, j])", m, n, k)
		p, err := codegen.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		g := newGenerator(p, Desktop())
		made, err := g.module()
		if err != nil {
			t.Fatal(err)
		}
		s := g.stages[0]
		tile := g.tileOf(s, &s.sections[0])
		b := g.blockOf(s, &s.sections[0], &tile)
		if b == nil {
			t.Fatalf("%v: no blocks", c)
		}
		arithmetic, memory := common.bound(m, n, k, b.bm, b.side, b.pieces())
		flop := 2 * float64(m) * float64(n) * float64(k)
		hold("| %d x %d x %d | %d x %d | %d | %d | %.3g ms | %.3g ms | %.2g TFLOP/s |", m, n, k, b.bm, b.bn, b.pieces(), made.Passes[0].Groups[0],
			arithmetic*1e3, memory*1e3, flop/max(arithmetic, memory)/1e12)
	}
}
