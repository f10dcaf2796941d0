package codegen

// Places are those that an index of a loop takes, one after the other: 0, Block, 2*Block ..., so that each slice has Block of Extent points. Where
// Block does not divide Extent the last slice is at Extent-Block, and computes some points again.
type Places struct{ Extent, Block int }

// Slices is how many places there are.
func (p Places) Slices() int { return (p.Extent + p.Block - 1) / p.Block }

// Next is the place behind one; ok is false behind the last.
func (p Places) Next(at int) (next int, ok bool) {
	last := p.Extent - p.Block
	return min(at+p.Block, last), at < last
}

// NextSlice takes at, a place of each index, to the next slice, the innermost index first. changed is the outermost index that is at another
// place, from 1; 0: that was the last slice, and at is the first again.
func NextSlice(indices []Places, at []int) (changed int) {
	for k := len(indices) - 1; k >= 0; k-- {
		if next, ok := indices[k].Next(at[k]); ok {
			at[k] = next
			return k + 1
		}
		at[k] = 0
	}
	return 0
}
