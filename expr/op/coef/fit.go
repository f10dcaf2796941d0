package main

import (
	"fmt"
	"math"
	"math/big"

	"github.com/einloom/einloom/expr/op/exact"
)

// prec is the bits of the numbers that a fit computes with.
const prec = 256

// fit is one polynomial p in u = arg(t) to be found: of all with terms coefficients of digits bits, one for which the greatest
// |weight(t) (f(t) - p(u))| over t in [lo, hi] is nearly least.
type fit struct {
	name    string
	doc     string // what p approximates, and where
	f       func(t *big.Float) *big.Float
	weight  func(t *big.Float) *big.Float // makes an error of p one of the result, relative or absolute
	arg     func(t *big.Float) *big.Float
	lo, hi  float64
	terms   int
	digits  uint
	leading []float64 // coefficients that are given
}

// sample is a point of the interval.
type sample struct {
	u, f, weight *big.Float
}

func number() *big.Float { return new(big.Float).SetPrec(prec) }

// samples takes f at Chebyshev's points, which lie densest at the ends.
func (p *fit) samples() []sample {
	n := 12 * p.terms
	list := make([]sample, n)
	for i := range list {
		cos, _ := exact.Cos(exact.Float(math.Pi * (float64(i) + 0.5) / float64(n))).Float64()
		t := exact.Float((p.lo+p.hi)/2 + float64((p.hi-p.lo)/2*cos)) // nothing fused: the same points on every machine
		list[i] = sample{p.arg(t), p.f(t), number().Abs(p.weight(t))}
	}
	return list
}

// solve gives the coefficients, rounded to digits bits, and the greatest weighted error with them. They are rounded one by one from the
// lowest power: after each, the others are fitted anew, so that they take up what the rounding did.
func (p *fit) solve() (c []float64, bound float64) {
	points := p.samples()
	importance := make([]float64, len(points))
	for i := range importance {
		importance[i] = 1
	}
	c = append(c, p.leading...)
	rounds := 40
	for len(c) < p.terms {
		next := p.lawson(points, c, importance, rounds)[0]
		rounded, _ := number().SetPrec(p.digits).Set(next).Float64()
		c = append(c, rounded)
		rounds = 5 // the importance of points changes little when a coefficient is rounded
	}
	for i := range points {
		bound = max(bound, math.Abs(points[i].miss(c, nil)))
	}
	return c, bound
}

// miss is the weighted error at a point of the polynomial with the coefficients fixed, then rest.
func (s *sample) miss(fixed []float64, rest []*big.Float) float64 {
	sum := number()
	for i := len(rest) - 1; i >= 0; i-- {
		sum.Add(sum.Mul(sum, s.u), rest[i])
	}
	for i := len(fixed) - 1; i >= 0; i-- {
		sum.Add(sum.Mul(sum, s.u), exact.Float(fixed[i]))
	}
	sum.Mul(sum.Sub(s.f, sum), s.weight)
	e, _ := sum.Float64()
	return e
}

// lawson gives the coefficients above the fixed ones by Lawson's algorithm: least squares again and again, each time with more weight
// where the error was large, which converges to the least greatest error. It leaves the weights in importance.
func (p *fit) lawson(points []sample, fixed, importance []float64, rounds int) []*big.Float {
	var best []*big.Float
	least := math.Inf(1)
	for range rounds {
		c := p.leastSquares(points, fixed, importance)
		greatest, total := 0.0, 0.0
		for i := range points {
			e := math.Abs(points[i].miss(fixed, c))
			greatest = max(greatest, e)
			importance[i] *= e
			total += importance[i]
		}
		if greatest < least {
			best, least = c, greatest
		}
		for i := range importance {
			importance[i] = max(importance[i]/total*float64(len(points)), 1e-12)
		}
	}
	return best
}

// leastSquares solves the normal equations of sum importance (weight (f - fixed(u) - u^k c(u)))^2.
func (p *fit) leastSquares(points []sample, fixed []float64, importance []float64) []*big.Float {
	n := p.terms - len(fixed)
	rows := make([][]*big.Float, n)
	for i := range rows {
		rows[i] = make([]*big.Float, n+1)
		for j := range rows[i] {
			rows[i][j] = number()
		}
	}
	basis := make([]*big.Float, n+1)
	for i := range points {
		s := &points[i]
		power := number().Set(s.weight)
		left := number()
		for k := len(fixed) - 1; k >= 0; k-- {
			left.Add(left.Mul(left, s.u), exact.Float(fixed[k]))
			power.Mul(power, s.u)
		}
		for k := range n {
			basis[k] = number().Set(power)
			power.Mul(power, s.u)
		}
		basis[n] = left.Mul(left.Sub(s.f, left), s.weight)
		share := exact.Float(importance[i])
		for j := range n {
			scaled := number().Mul(basis[j], share)
			for k := j; k <= n; k++ {
				rows[j][k].Add(rows[j][k], number().Mul(scaled, basis[k]))
			}
		}
	}
	for j := range n {
		for k := range j {
			rows[j][k].Set(rows[k][j])
		}
	}
	return eliminate(rows)
}

// eliminate solves linear equations, given with their right sides as last column, by Gauss's elimination.
func eliminate(rows [][]*big.Float) []*big.Float {
	n := len(rows)
	for k := range n {
		for i := k + 1; i < n; i++ {
			if number().Abs(rows[i][k]).Cmp(number().Abs(rows[k][k])) > 0 {
				rows[i], rows[k] = rows[k], rows[i]
			}
		}
		for i := k + 1; i < n; i++ {
			factor := number().Quo(rows[i][k], rows[k][k])
			for j := k; j <= n; j++ {
				rows[i][j].Sub(rows[i][j], number().Mul(factor, rows[k][j]))
			}
		}
	}
	x := make([]*big.Float, n)
	for i := n - 1; i >= 0; i-- {
		sum := number().Set(rows[i][n])
		for j := i + 1; j < n; j++ {
			sum.Sub(sum, number().Mul(rows[i][j], x[j]))
		}
		x[i] = sum.Quo(sum, rows[i][i])
	}
	return x
}

// bits writes a bound as a power of two.
func bits(bound float64) string { return fmt.Sprintf("2^%.1f", math.Log2(bound)) }
