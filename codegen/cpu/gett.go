package cpu

import (
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// A packed contraction (GETT: Springer & Bientinesi, arXiv 1607.00145; Goto & van de Geijn, TOMS 34.3). Of each group of axes the last one
// is blocked: m, n, k. The others are gone through one by one: those of the batch and of M are points of the parallel range, those of
// N and K are phases. For every block of nc columns and kc terms there are two phases,
//
//	pack     panels of NR columns of B:  temp[batch][panel][k][NR]
//	compute  mc rows of A are packed:    scratch[panel][k][MR], and for each pair of panels the tile
//	         C[MR][NR] += sum over k of A[k][MR] * B[k][NR] is kept in registers
//
// and after the last terms of a tile its epilogue: whatever the kernel does with the sum. What stands beneath the two factors is done
// while packing, so no operand is ever copied in another order.

// The phase's variables, as the code reads them: where the block begins. gettVars lists them in this order.
const (
	varBatch  = ArgVars      // first of the batch's points
	varOuterN = ArgVars + 8  // point of N's outer axes
	varOuterK = ArgVars + 16 // point of K's outer axes
	varJ      = ArgVars + 24 // first column
	varP      = ArgVars + 32 // first term
	varEnds   = ArgVars + 40 // 1: the first terms of the sum, 2: the last, 3: both
	varRows   = ArgVars + 48 // first of the blocks of rows
)

// blockSize names a size that depends on a contraction's extents.
type blockSize int

const (
	blockMC     blockSize = iota
	blockNC               // columns of a block
	blockKC               // terms of a block
	outerM                // points of M's outer axes
	rowBlocks             // blocks of m
	panels                // panels of B in a block
	panelBytes            // bytes of one panel of B
	tilesBytes            // bytes of the tiles of one block of rows
	tilesOffset           // where they begin in the run's memory
)

// gettBlocks are the sizes of one contraction.
type gettBlocks struct {
	k            *codegen.Kernel
	g            *codegen.Gett
	m, n, kk     int // extents of the blocked axes
	mc, nc, kc   int
	batch, chunk int // points of the batch; how many of them a phase takes
	rows         int // blocks of rows of a point of the batch that a phase takes: all, where a phase takes several points
	outM, outN   int
	outK         int
	bytes        int // of an element
}

// callWork is the products that one call of compute takes at most: well below a millisecond, so that cancelling and collecting garbage
// stay prompt and the workers end a phase together.
const callWork = 24 << 20

func last(axes []int) int { return axes[len(axes)-1] }

func points(k *codegen.Kernel, axes []int) int {
	n := 1
	for _, a := range axes {
		n *= k.Axes[a].Extent
	}
	return n
}

func (u *unit) blocks() *gettBlocks {
	k := u.k
	g := &k.Gett
	b := &gettBlocks{k: k, g: g, m: k.Axes[last(g.M)].Extent, n: k.Axes[last(g.N)].Extent, kk: k.Axes[last(g.K)].Extent}
	b.bytes = k.Body[g.Sum].DType.Size()
	b.nc, b.kc = max(min(g.NC, roundUp(b.n, g.NR)), 1), max(min(g.KC, b.kk), 1)
	most := max(min(g.MC, callWork/(b.nc*b.kc)), g.MR) // rows that one call may take
	b.mc = max(roundUp(ceilDiv(b.m, max(ceilDiv(b.m, most), 1)), g.MR), g.MR)
	b.batch = points(k, g.Batch)
	b.outM, b.outN, b.outK = points(k, g.M[:len(g.M)-1]), points(k, g.N[:len(g.N)-1]), points(k, g.K[:len(g.K)-1])
	all := b.outM * b.size(rowBlocks)
	b.rows = max(1, min(all, runRoom/max(1, b.size(tilesBytes))))
	b.chunk = 1
	if b.rows == all {
		b.chunk = max(1, min(b.batch, chunkRoom/max(1, b.pointBytes())))
	}
	return b
}

// What a run may take of memory besides the plan's: tiles that wait for more terms, and, where there is a batch, all of a phase.
const (
	runRoom   = 32 << 20
	chunkRoom = 4 << 20
)

// pointBytes is the bytes that one point of the batch takes in the run's memory.
func (b *gettBlocks) pointBytes() int {
	return b.size(panels)*b.size(panelBytes) + b.rows*b.size(tilesBytes)
}

func roundUp(n, by int) int { return (n + by - 1) / by * by }

func ceilDiv(n, by int) int { return (n + by - 1) / by }

func (b *gettBlocks) size(which blockSize) int {
	switch which {
	case blockMC:
		return b.mc
	case blockNC:
		return b.nc
	case blockKC:
		return b.kc
	case outerM:
		return b.outM
	case rowBlocks:
		return ceilDiv(b.m, b.mc)
	case panels:
		return ceilDiv(b.nc, b.g.NR)
	case panelBytes:
		return b.kc * b.g.NR * b.bytes
	case tilesBytes:
		if b.outK*ceilDiv(b.kk, b.kc) <= 1 {
			return 0 // a tile is finished at once: it stays in the worker's own memory
		}
		return ceilDiv(b.mc, b.g.MR) * b.size(panels) * b.g.MR * b.g.NR * b.bytes
	default: // tilesOffset
		return b.chunk * b.size(panels) * b.size(panelBytes)
	}
}

// phases lists the phases; functions 0 and 1 are pack and compute.
func (b *gettBlocks) phases() []Phase {
	var list []Phase
	if b.m == 0 || b.n == 0 || b.outM == 0 || b.outN == 0 || b.batch == 0 { // nothing is stored
		return nil
	}
	for batch := 0; batch < b.batch; batch += b.chunk {
		for on := range b.outN {
			for j := 0; j < b.n; j += b.nc {
				for row := 0; row < b.outM*b.size(rowBlocks); row += b.rows {
					list = b.terms(list, gettVars{batch: batch, outerN: on, j: j, row: row})
				}
			}
		}
	}
	return list
}

// gettVars is a phase's variables.
type gettVars struct{ batch, outerN, outerK, j, p, ends, row int }

func (v gettVars) list() [7]int64 {
	return [7]int64{int64(v.batch), int64(v.outerN), int64(v.outerK), int64(v.j), int64(v.p), int64(v.ends), int64(v.row)}
}

// terms adds the phases of all terms for the rows and columns that v names.
func (b *gettBlocks) terms(list []Phase, v gettVars) []Phase {
	chunk := min(b.chunk, b.batch-v.batch)
	wide := ceilDiv(min(b.nc, b.n-v.j), b.g.NR)
	rows := min(b.rows, b.outM*b.size(rowBlocks)-v.row)
	blocksK := max(1, ceilDiv(b.kk, b.kc))
	steps := b.outK * blocksK
	for step := range steps {
		v.outerK, v.p, v.ends = step/blocksK, step%blocksK*b.kc, 0
		if step == 0 {
			v.ends |= 1
		}
		if step == steps-1 {
			v.ends |= 2
		}
		list = append(list,
			Phase{Func: 0, Points: chunk * wide, Grain: max(1, (32<<10)/b.size(panelBytes)), Vars: v.list()},
			Phase{Func: 1, Points: chunk * rows, Grain: b.grain(), Vars: v.list()})
	}
	return list
}

// temp is the bytes of a run's memory: panels of B, then the tiles that several phases add to.
func (b *gettBlocks) temp() int { return b.chunk * b.pointBytes() }

// grain is how many blocks of rows a call takes: small ones together, so that a call is worth its price.
func (b *gettBlocks) grain() int {
	work := 2 * b.mc * b.nc * b.kc
	return max(1, (4<<20)/max(1, work))
}

// packs says whether k is a packed contraction that code is written for: a sum of products of float32 or float64 factors, each made of
// values of its own side.
func packs(k *codegen.Kernel) bool {
	g := &k.Gett
	if k.Nest != codegen.NestGett || len(g.M) == 0 || len(g.N) == 0 || len(g.K) == 0 {
		return false
	}
	sum := &k.Body[g.Sum]
	arg := &k.Body[sum.Args[0]]
	if sum.Op.Name != "add" || !(sum.DType == tensor.Float32 || sum.DType == tensor.Float64) || arg.Kind != codegen.Map || arg.Op.Name != "mul" {
		return false
	}
	if len(reducesOf(k)) != 1 || points(k, g.K) == 0 {
		return false
	}
	return slices.Equal(arg.Args, []int{g.A, g.B}) || slices.Equal(arg.Args, []int{g.B, g.A})
}

// inRows is k as a nest of rows, for contractions that are not packed: lanes along a loop axis that most params go along by one element,
// n's first.
func inRows(k *codegen.Kernel) *codegen.Kernel {
	r := k.Clone()
	r.Nest, r.Split, r.Vector = codegen.NestRow, 0, -1
	u := newUnit(k.Name, k, nil, nil)
	best := 0
	for a, axis := range k.Axes {
		score := 0
		for i := range u.streams {
			switch u.streams[i].class(a) {
			case adjacent:
				score += 2
			case strided:
				score--
			}
		}
		if !axis.Fold {
			score++
		}
		if score > best && axis.Extent > 1 {
			best, r.Vector = score, a
		}
	}
	if r.Vector < 0 {
		r.Vector = last(k.Order)
	}
	slices.SortStableFunc(r.Order, func(a, b int) int { return rank(k, r.Vector, a) - rank(k, r.Vector, b) })
	loops := 0
	for _, a := range r.Order {
		if !k.Axes[a].Fold && a != r.Vector {
			loops++
		}
	}
	r.Parallel = loops
	if loops == 0 && len(k.Axes) > 0 && !k.Axes[r.Vector].Fold {
		r.Parallel = 1
	}
	r.Grain = max(1, 1<<14/max(1, foldPoints(k)))
	return r
}

// rank orders axes: loops, the vector axis if it is a loop, folds, the vector axis if it is a fold.
func rank(k *codegen.Kernel, vector, a int) int {
	r := 0
	if k.Axes[a].Fold {
		r = 2
	}
	if a == vector {
		r++
	}
	return r
}

func foldPoints(k *codegen.Kernel) int {
	n := 1
	for _, a := range k.Axes {
		if a.Fold {
			n *= a.Extent
		}
	}
	return n
}

// writeGett writes the two functions.
func writeGett(u *unit, nums *numbers, isa asm.ISA, pool *asm.Pool) ([]*asm.Code, error) {
	var codes []*asm.Code
	for _, part := range []struct {
		suffix string
		write  func(*gettNest)
	}{{"pack", (*gettNest).pack}, {"tiles", (*gettNest).compute}} {
		g := &gettNest{nest: newNest(u, u.name+part.suffix, nums, isa, pool), g: &u.k.Gett}
		g.dtype = u.k.Body[g.g.Sum].DType
		g.m, g.n, g.k = last(g.g.M), last(g.g.N), last(g.g.K)
		part.write(g)
		if g.err != nil {
			return nil, g.err
		}
		c, err := g.Compile()
		if err != nil {
			return nil, err
		}
		codes = append(codes, c)
	}
	return codes, nil
}
