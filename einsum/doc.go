// Package einsum reads einsum notation into contractions: every form of it, and every mistake in it with a caret under the place.
// It never computes anything and never chooses an order of contraction.
//
// # The classical form
//
// A spec has one term for each operand, separated by commas, and after "->" the term of the output. A label is one symbol and names
// one axis. Labels that the output lacks are summed over:
//
//	ij,jk->ik        matrix product
//	i,i->            inner product; the output is a scalar
//	i,j->ij          outer product
//	,ij->ij          the empty term is a scalar operand
//	ii->i            diagonal: a label twice in one operand
//	ii->             trace
//	ij,jk            implicit output: the labels that occur once, in code point order (here ik)
//	...ij,...jk->...ik
//
// A symbol is any Unicode letter. From U+00C0 on any other code point serves too (digits, marks, symbols, emoji), so that specs with
// thousands of labels can be written. White space does not, nor do format characters from U+2000 on and the look-alikes … → and ，. White
// space may stand anywhere between symbols, not inside "->" or "...".
//
// An ellipsis stands for the axes of its operand that no label of the term names, none or more. Such batch axes are aligned from the
// right across operands, as in broadcasting. They go where the output's ellipsis stands; an implicit output begins with them; an explicit
// output without an ellipsis sums over them.
//
// Axes of size 1 stretch to the size that their label, or their batch axis, has in other operands. The axes that one label names in one
// operand must have equal sizes, even if one of them is 1.
//
// # Words
//
// Labels may be words, separated by white space:
//
//	batch query dim, batch key dim -> batch query key
//
// A word is a symbol or an underscore, followed by symbols, underscores and ASCII digits. A spec is in words if in at least one of its
// terms two runs of such characters stand side by side, with nothing but white space between them, and one of the two is longer than one
// character: "batch dim, dim -> batch" is in words, while "ij, jk -> ik" and "a b, b c -> a c" are not, nor is "batch, batch ->".
//
// Irregular spacing can make a classical spec look so too: "ij k, kl -> ij l". Two things tell. If the words make no sense (here the
// output has a word ij that no operand has) and the letters do, it is read letter by letter. If both make sense, as in "i jk, jk -> i",
// Parse takes the words, and Bind goes over to letters if the ranks of the operands fit those: a term has more letters than words, so that
// without an ellipsis at most one reading fits. If neither makes sense, the error is the words'.
//
// # Integers
//
// ParseLabels takes lists of integers in place of a string, as NumPy's interleaved form does; Ellipsis is one of them. Implicit output
// is in ascending order. Messages show such a spec with spaces between the integers: "0 27,27 2->0 2".
package einsum
