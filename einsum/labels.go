package einsum

import (
	"cmp"
	"math"
	"strconv"
	"strings"
)

// Ellipsis stands among the integers that ParseLabels takes for "...".
const Ellipsis = math.MinInt

// ParseLabels reads the interleaved form: a list of labels, integers from 0 on, for each operand and for the output. If implicit, output
// is not looked at: it is what occurs once, in ascending order. Errors are those of Parse; a negative label is a BadSymbol, and no inputs at
// all are an OperandCount.
func ParseLabels(inputs [][]int, output []int, implicit bool) (Spec, error) {
	if len(inputs) == 0 {
		return Spec{}, &Error{Kind: OperandCount, Operand: -1, Msg: "no operands"}
	}
	var b []byte
	for k, in := range inputs {
		if k > 0 {
			b = append(b, ',')
		}
		b = appendLabels(b, in)
	}
	if !implicit {
		b = append(b, "->"...)
		b = appendLabels(b, output)
	}
	s, err := parse(string(b), integers, len(inputs)-1)
	if err != nil {
		return Spec{}, err
	}
	return s, nil
}

func appendLabels(b []byte, labels []int) []byte {
	for i, label := range labels {
		if i > 0 {
			b = append(b, ' ')
		}
		if label == Ellipsis {
			b = append(b, dots...)
		} else {
			b = strconv.AppendInt(b, int64(label), 10)
		}
	}
	return b
}

// compareIntegers compares decimal digits without leading zeros by their value.
func compareIntegers(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}
