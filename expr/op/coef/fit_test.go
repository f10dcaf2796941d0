package main

import "testing"

// TestFitIsMinimax fits a line to x^2 on [0, 1]: the best is x - 1/8, 1/8 off at 0, 1/2 and 1.
func TestFitIsMinimax(t *testing.T) {
	p := fit{f: square, weight: constantly(1), arg: itself, lo: 0, hi: 1, terms: 2, digits: double}
	c, bound := p.solve()
	if bound < 0.12 || bound > 0.127 || c[0] < -0.127 || c[0] > -0.123 || c[1] < 0.99 || c[1] > 1.01 {
		t.Errorf("%v, off by %v", c, bound)
	}
}
