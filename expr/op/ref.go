package op

// unary is a reference of one operand.
func unary(f func(float64) float64) func([]float64) float64 {
	return func(x []float64) float64 { return f(x[0]) }
}

// floats gives one text to both float classes.
func floats(text string) map[Class]string { return map[Class]string{F32: text, F64: text} }
