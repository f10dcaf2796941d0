package cpu

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/tensor"
)

// A packed contraction (GETT: Springer & Bientinesi, arXiv 1607.00145; TBLIS: Matthews, arXiv 1607.00291; Goto & van de Geijn, TOMS 34.3).
// Each group of axes, M, N and K, is one range of flat points, whose last axis is the fastest, so blocks and panels are cut whatever the
// axes are: what crosses the end of the last axis is read and stored in runs along it. The batch is gone through point by point. For every
// block of rows, columns and terms there are two phases,
//
//	pack   panels of NR columns of B, temp[batch][panel][k][NR], and of MR rows of A, temp[batch][panel][k][MR]
//	tiles  a call takes some panels of either; for each pair of panels the tile C[MR][NR] += sum over k of A[k][MR] * B[k][NR] is
//	       kept in registers
//
// and after the last terms of a tile its epilogue: whatever the kernel does with the sum. What stands beneath the two factors is done
// while packing, so no operand is ever copied in another order. Where a panel of B is used by one call alone, that call packs it (own.go);
// factors that lie as panels do, or nearly so, are not packed at all (inplace.go).

// The phase's variables, as the code reads them: where the block begins. gettVars lists them in this order.
const (
	varBatch = ArgVars      // first of the batch's points
	varI     = ArgVars + 8  // first row
	varJ     = ArgVars + 16 // first column
	varP     = ArgVars + 24 // first term
	varEnds  = ArgVars + 32 // 1: the first terms of the sum, 2: the last, 3: both
	varHigh  = ArgVars + 40 // points that pack A, or that share the rows
	varWide  = ArgVars + 48 // points that pack B, or that share the columns
)

// blockSize names a size that depends on a contraction's extents.
type blockSize int

const (
	pointsM blockSize = iota // flat points of a group
	pointsN
	pointsK
	blockTerms // terms of a block
	blockHigh  // panels of A in a block
	blockWide  // panels of B in a block
	callHigh   // panels of A that a call takes
	callWide   // panels of B that a call takes
	partialRow // the first of the rows that fill no tile
	leftPanels // panels of A that are packed in a block
	leftBytes  // bytes of one panel of A
	rightBytes // bytes of one panel of B
	bandRows   // rows of N's last axis that a call packs in bands; 0: it packs panels
	storeRun   // columns that lie side by side for all that the stores touch
	leftRun    // rows that do in A, rightRun columns that do in B
	rightRun
	leftTerms // terms that lie side by side in A, rightTerms in B
	rightTerms
	pieceColumns // columns of a piece, in which tiles are stored whose columns are no run (see edges.go)
	pieceShift   // the logarithm of that to the base 2
	pieceStep    // bytes from a panel's first entry in the table of pieces to the next panel's
	leftOffset   // where the panels of A begin in the run's memory, behind those of B
	tilesBytes   // bytes of a block's tiles; 0: a tile is finished at once and stays in the worker's own memory
	tilesOffset  // where they begin in the run's memory
	piecesAt     // where the table of pieces stands in the worker's memory
	ownAt        // where the call's own panels of B do
	mirrorBands  // bands of rows that are copied from below the diagonal to above it
)

// gettBlocks are the sizes of one contraction.
type gettBlocks struct {
	k            *codegen.Kernel
	g            *codegen.Gett
	m, n, kk     int  // points of the groups
	kc           int  // terms of a block
	high, wide   int  // panels of A and of B in a block
	tall, broad  int  // panels of A and of B that a call takes
	batch, chunk int  // points of the batch; how many of them a phase takes
	bands        int  // rows of N's last axis that a call packs in bands; 0: it packs panels
	inPlace      bool // A is read where it lies
	panelled     bool // B is
	own          bool // a call packs its panels of B itself
	mirrors      bool // half of the result is a copy of the other half
	runs         gettRuns
	bytes        int // of an element, all its parts
	entries      int // numbers in an entry of the table of rows, at most
}

// callWork is the products that one call takes at most: well below a millisecond, so that cancelling and collecting garbage stay prompt
// and the workers end a phase together. Below leastWork a call is not worth its price.
const (
	callWork  = 24 << 20
	leastWork = 1 << 17
	aloneWork = 1 << 18 // products that a worker alone is done with before another would be of use
	shares    = 16      // into which a phase is cut at least, where there is the work for it
)

// What a run may take of memory besides the plan's, in bytes: panels of A; tiles that wait for more terms; and, where there is a batch, all
// of a phase.
const (
	panelRoom = 8 << 20
	tileRooms = 32 << 20
	chunkRoom = 4 << 20
)

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
	b := &gettBlocks{k: k, g: g, m: points(k, g.M), n: points(k, g.N), kk: points(k, g.K), batch: points(k, g.Batch)}
	b.bytes, b.entries, b.runs = k.Body[g.Sum].DType.Size()*g.Parts(), u.tableEntries(), u.gettRuns()
	b.inPlace, b.panelled, b.mirrors, b.own = u.leftInPlace(), u.rightInPlace(), u.mirrors(), u.packsOwn()
	b.kc = min(g.KC, max(b.kk, 1))
	b.wide = ceilDiv(b.n, g.NR)
	if !b.own {
		b.wide = evenly(b.wide, max(g.NC/g.NR, 1))
		b.inBands(u)
	}
	rows := panelRoom / (b.kc * g.MR * b.bytes)
	if b.kk > b.kc {
		rows = min(rows, tileRooms/(b.wide*g.MR*g.NR*b.bytes))
	}
	most := max(g.MC/g.MR, 1)
	b.high = evenly(ceilDiv(b.m, g.MR), max(rows/most, 1)*most)
	if b.inPlace && b.kk <= b.kc { // no room is taken
		b.high = ceilDiv(b.m, g.MR)
	}
	b.chunk = 1
	if b.high*g.MR >= b.m && b.wide*g.NR >= b.n {
		b.chunk = max(1, min(b.batch, chunkRoom/max(1, b.pointBytes())))
	}
	b.tall = evenly(b.high, most)
	work := b.tall * g.MR * g.NR * b.kc // of one panel of B
	broad := ceilDiv(b.wide, ceilDiv(shares, b.chunk*ceilDiv(b.high, b.tall)))
	broad = max(1, min(max(broad, leastWork/work), callWork/work))
	if b.own {
		b.broad = b.ownPanels(u, broad)
	} else {
		b.broad = evenly(b.wide, broad)
	}
	return b
}

// inBands has B packed in bands where that is possible: blocks are whole rows of N's last axis, which are whole squares, and a call's rows
// are no long work. Bands cut the axis beside it evenly, and blocks are pairs of bands where these are as short.
func (b *gettBlocks) inBands(u *unit) {
	row := b.k.Axes[last(b.g.N)].Extent
	if !b.bandable(u) || bandPoints*row*b.kc > 8*callPoints {
		return
	}
	bands := evenly(b.k.Axes[b.g.N[len(b.g.N)-2]].Extent, bandPoints)
	if b.wide*b.g.NR < b.n {
		rows := func(n int) int { return n * row / gcd(n*row, b.g.NR) } // panels that are n rows, or whole times that
		step := rows(2 * bands)
		if b.wide < step {
			step = rows(1)
		}
		if b.wide < step {
			return
		}
		b.wide -= b.wide % step
	}
	b.bands = bands
}

// bandable says whether B can be packed in bands: the rows are whole squares.
func (b *gettBlocks) bandable(u *unit) bool {
	return u.banded() && b.k.Axes[last(b.g.N)].Extent%(16/b.bytes) == 0
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// evenly is the size of the parts, at most most, that cut n evenly.
func evenly(n, most int) int {
	if n == 0 {
		return 1
	}
	return ceilDiv(n, ceilDiv(n, most))
}

func ceilDiv(n, by int) int { return (n + by - 1) / by }

// pointBytes is the bytes that one point of the batch takes in the run's memory.
func (b *gettBlocks) pointBytes() int {
	return b.rightRoom() + b.size(leftPanels)*b.size(leftBytes) + b.size(tilesBytes)
}

// rightRoom is the bytes that the panels of B take of it.
func (b *gettBlocks) rightRoom() int {
	if b.panelled || b.own {
		return 0
	}
	return b.wide * b.size(rightBytes)
}

// temp is the bytes of a run's memory: panels of B, panels of A, then the tiles that several phases add to.
func (b *gettBlocks) temp() int { return b.chunk * b.pointBytes() }

func (b *gettBlocks) size(which blockSize) int {
	switch which {
	case pointsM:
		return b.m
	case pointsN:
		return b.n
	case pointsK:
		return b.kk
	case blockTerms:
		return b.kc
	case blockHigh:
		return b.high
	case blockWide:
		return b.wide
	case callHigh:
		return b.tall
	case callWide:
		return b.broad
	case partialRow:
		return b.m - b.m%b.g.MR
	case leftPanels:
		if b.inPlace {
			return 1
		}
		return b.high
	case leftBytes:
		return (b.kc + padTerms) * b.g.MR * b.bytes
	case rightBytes:
		return (b.kc + padTerms) * b.g.NR * b.bytes
	case bandRows:
		return b.bands
	case storeRun:
		return b.runs.stored
	case leftRun:
		return b.runs.left
	case rightRun:
		return b.runs.right
	case leftTerms:
		return b.runs.leftTerms
	case rightTerms:
		return b.runs.rightTerms
	case pieceColumns:
		return b.runs.piece
	case pieceShift:
		return bits.TrailingZeros(uint(b.runs.piece))
	case pieceStep:
		return 8 * b.g.NR / b.runs.piece
	case leftOffset:
		return b.chunk * b.rightRoom()
	case tilesBytes:
		if b.kk <= b.kc {
			return 0
		}
		return b.high * b.wide * b.g.MR * b.g.NR * b.bytes
	case piecesAt:
		return tableAt(b.g, b.bytes) + 8*b.entries*b.tall*b.g.MR
	case ownAt:
		return (b.size(piecesAt) + b.broad*b.size(pieceStep) + line - 1) &^ (line - 1)
	case mirrorBands:
		return ceilDiv(b.m, mirrorRows)
	default: // tilesOffset
		return b.size(leftOffset) + b.chunk*b.size(leftPanels)*b.size(leftBytes)
	}
}

// gettVars is a phase's variables.
type gettVars struct{ batch, i, j, p, ends, high, wide int }

func (v gettVars) list() [7]int64 {
	return [7]int64{int64(v.batch), int64(v.i), int64(v.j), int64(v.p), int64(v.ends), int64(v.high), int64(v.wide)}
}

// phases lists the phases; functions 0 and 1 are pack and tiles, 2 is mirror where there is one.
func (b *gettBlocks) phases() []Phase {
	var list []Phase
	if b.m == 0 || b.n == 0 { // nothing is stored
		return nil
	}
	for batch := 0; batch < b.batch; batch += b.chunk {
		for j := 0; j < b.n; j += b.wide * b.g.NR {
			for i := 0; i < b.m; i += b.high * b.g.MR {
				list = b.terms(list, gettVars{batch: batch, i: i, j: j})
			}
		}
	}
	if b.mirrors {
		list = append(list, b.mirrorPhase())
	}
	return list
}

// terms adds the phases of all terms for the rows and columns that v names.
func (b *gettBlocks) terms(list []Phase, v gettVars) []Phase {
	chunk := min(b.chunk, b.batch-v.batch)
	high, wide := min(b.high, ceilDiv(b.m-v.i, b.g.MR)), min(b.wide, ceilDiv(b.n-v.j, b.g.NR))
	for v.p = 0; v.p < b.kk; v.p += b.kc {
		v.ends = 0
		if v.p == 0 {
			v.ends |= 1
		}
		if v.p+b.kc >= b.kk {
			v.ends |= 2
		}
		v.high, v.wide = high, wide
		grain := max(1, (32<<10)/b.size(rightBytes))
		if b.bands > 0 {
			rows := min(b.wide*b.g.NR, b.n-v.j) / b.k.Axes[last(b.g.N)].Extent
			v.wide, grain = ceilDiv(rows, b.bands), 1
		}
		if b.panelled || b.own {
			v.wide = 0
		}
		if b.inPlace {
			v.high = bit(b.partial(v.i))
		}
		if points := chunk * (v.high + v.wide); points > 0 {
			list = append(list, Phase{Func: 0, Points: points, Grain: grain, Vars: v.list()})
		}
		v.high, v.wide = ceilDiv(high, b.tall), ceilDiv(wide, b.broad)
		calls := chunk * v.high * v.wide
		list = append(list, Phase{Func: 1, Points: calls, Grain: b.grain(calls), Vars: v.list()})
	}
	if b.batch*b.m*b.n*b.kk <= aloneWork {
		for i := range list {
			list[i].Grain = max(1, list[i].Points)
		}
	}
	return list
}

// grain is how many of a phase's points a call takes: small ones together, so that a call is worth its price, but not so many that there are
// too few calls to share.
func (b *gettBlocks) grain(points int) int {
	work := b.tall * b.g.MR * b.broad * b.g.NR * b.kc
	return max(1, min((2<<20)/work, max(ceilDiv(points, shares), leastWork/work)))
}

// multiplied are the dtypes that there are micro-kernels for.
var multiplied = []tensor.DType{tensor.Float32, tensor.Float64, tensor.Int32, tensor.Uint32}

// packs says whether k is a packed contraction that code is written for: a sum of products of factors that a micro-kernel can
// multiply, each made of values of its own side.
func packs(k *codegen.Kernel) bool {
	g := &k.Gett
	if k.Nest != codegen.NestGett || len(g.M) == 0 || len(g.N) == 0 || len(g.K) == 0 {
		return false
	}
	sum := &k.Body[g.Sum]
	arg := &k.Body[sum.Args[0]]
	if sum.Op.Name != "add" || !slices.Contains(multiplied, sum.DType) || len(reducesOf(k)) != g.Parts() || points(k, g.K) == 0 {
		return false
	}
	if g.Imag != nil {
		return sum.DType.IsFloat()
	}
	if arg.Kind != codegen.Map || arg.Op.Name != "mul" {
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

// writeGett writes the functions.
func writeGett(u *unit, nums *numbers, isa asm.ISA, pool *asm.Pool) ([]*asm.Code, error) {
	type function struct {
		suffix string
		write  func(*gettNest)
	}
	parts := []function{{"pack", (*gettNest).pack}, {"tiles", (*gettNest).compute}}
	if u.mirrors() {
		parts = append(parts, function{"mirror", (*gettNest).mirror})
	}
	var codes []*asm.Code
	for _, part := range parts {
		g := &gettNest{nest: newNest(u, u.name+part.suffix, nums, isa, pool), g: &u.k.Gett}
		g.dtype = u.k.Body[g.g.Sum].DType
		if g.g.NR%g.full != 0 {
			return nil, &Unsupported{Why: fmt.Sprintf("a tile of %d columns in vectors of %d", g.g.NR, g.full)}
		}
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
