package einsum

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind sorts the mistakes in a spec, and of operands that do not fit it.
type Kind string

// The kinds of mistake.
const (
	BadArrow         Kind = "bad-arrow"
	BadEllipsis      Kind = "bad-ellipsis"
	BadSymbol        Kind = "bad-symbol"
	OperandCount     Kind = "operand-count"
	OutputNotInInput Kind = "output-not-in-input"
	OutputRepeated   Kind = "output-repeated"
	Rank             Kind = "rank"
	SizeMismatch     Kind = "size-mismatch"
)

// Error is one mistake and its place.
type Error struct {
	Kind    Kind
	Spec    string // as it was written; integers with spaces between them
	Offset  int    // in bytes of Spec
	Operand int    // whose term is at fault, from 0; -1 for the output and where it is none's
	Label   string // the label at fault, "..." for the ellipsis; "" where it is none's
	Msg     string // what is wrong
}

// Error gives three lines: the spec with what is wrong, the spec, and a caret under the place:
//
//	einsum "ij,jk->ik": index j is 256 in operand 0 ([512 256]) but 128 in operand 1 ([128 64])
//	    ij,jk->ik
//	       ^
func (e *Error) Error() string {
	line, caret := excerpt(e.Spec, e.Offset)
	return "einsum " + quote(e.Spec) + ": " + e.Msg + "\n    " + line + "\n    " + strings.Repeat(" ", caret) + "^"
}

// maxCells is about how wide an excerpt of a spec gets.
const maxCells = 96

// excerpt gives the part of spec around a byte offset as one printable line, and the number of cells before the offset.
func excerpt(spec string, offset int) (line string, caret int) {
	from, to := 0, len(spec)
	before, after := 0, 0 // cells
	for i := offset; i > 0; {
		r, n := utf8.DecodeLastRuneInString(spec[:i])
		i -= n
		if before += cells(r); before > maxCells/2 && i > 0 {
			from = i
			break
		}
	}
	for i := offset; i < len(spec); {
		r, n := utf8.DecodeRuneInString(spec[i:])
		i += n
		if after += cells(r); after > maxCells/2 && i < len(spec) {
			to = i
			break
		}
	}
	var b strings.Builder
	if from > 0 {
		b.WriteRune('…')
		before++
	}
	for _, r := range spec[from:to] {
		if !unicode.IsGraphic(r) || unicode.IsSpace(r) {
			r = ' '
		}
		b.WriteRune(r)
	}
	if to < len(spec) {
		b.WriteRune('…')
	}
	return b.String(), before
}

// wide are the characters that a terminal shows two cells wide (Unicode's East Asian Width W and F, in round ranges).
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115F, 1}, {0x231A, 0x231B, 1}, {0x23E9, 0x23EC, 1}, {0x2E80, 0x303E, 1}, {0x3041, 0xA4CF, 1}, {0xA960, 0xA97C, 1},
		{0xAC00, 0xD7A3, 1}, {0xF900, 0xFAFF, 1}, {0xFE30, 0xFE6F, 1}, {0xFF01, 0xFF60, 1}, {0xFFE0, 0xFFE6, 1},
	},
	R32: []unicode.Range32{
		{0x16FE0, 0x1B2FB, 1}, {0x1F18E, 0x1F18E, 1}, {0x1F191, 0x1F19A, 1}, {0x1F200, 0x1F320, 1}, {0x1F32D, 0x1F64F, 1},
		{0x1F680, 0x1F6FF, 1}, {0x1F900, 0x1FAFF, 1}, {0x20000, 0x3FFFD, 1},
	},
}

// cells is the number of cells that excerpt's form of r takes on a terminal.
func cells(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(wide, r) && unicode.IsGraphic(r) && !unicode.IsSpace(r):
		return 2
	}
	return 1
}

// quote gives a spec in quotes, the middle of a long one left out.
func quote(s string) string {
	const most = 200
	if len(s) <= most {
		return strconv.Quote(s)
	}
	head, tail := most/2, len(s)-most/4
	for head > 0 && !utf8.RuneStart(s[head]) {
		head--
	}
	for tail < len(s) && !utf8.RuneStart(s[tail]) {
		tail++
	}
	return strconv.Quote(s[:head] + "…" + s[tail:])
}

func hex(c byte) string { return "0x" + strconv.FormatUint(uint64(c), 16) }
