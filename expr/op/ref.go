package op

import "math"

// unary is a reference of one operand.
func unary(f func(float64) float64) func([]float64) float64 {
	return func(x []float64) float64 { return f(x[0]) }
}

// floats gives one text to both float classes.
func floats(text string) map[Class]string { return map[Class]string{F32: text, F64: text} }

// refLog is the natural logarithm. (math.Log is wrong for subnormal numbers on amd64 in Go 1.26.)
func refLog(x float64) float64 {
	if 0 < x && x < 0x1p-1000 {
		return math.Log(x*0x1p100) - 100*math.Ln2
	}
	return math.Log(x)
}

func refLog10(x float64) float64 { return refLog(x) / math.Ln10 }
