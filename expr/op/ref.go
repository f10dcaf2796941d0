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

func refSigmoid(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

// refSilu is x sigmoid(x), and its limit -0 at -Inf.
func refSilu(x float64) float64 {
	if x < -700 { // e^x is, or comes near to, a subnormal number
		return x * math.Exp(x/2) * math.Exp(x/2)
	}
	return x * refSigmoid(x)
}

// refGelu is x phi(x), and its limit -0 at -Inf.
func refGelu(x float64) float64 {
	if x < -40 {
		return math.Copysign(0, -1)
	}
	return x * (math.Erfc(-x/math.Sqrt2) / 2)
}
