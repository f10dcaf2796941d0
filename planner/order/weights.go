package order

// weights is what a step costs: linear in its points and in the elements that it reads and writes, or quadratic in what it writes where
// the largest tensor matters.
type weights struct {
	points, move, write float64
	square              bool
	limit               float64 // of the elements of a result; 0: none. What is above it costs so much more, as it takes so many slices
}

func newWeights(o Options) weights {
	w := weights{points: 1, move: o.Move}
	switch o.Objective {
	case Size:
		w = weights{points: 1e-9, square: true}
	case Write:
		w = weights{points: 1e-6, write: 1}
	}
	if o.MaxSize > 0 {
		w.limit = power(o.limit())
	}
	return w
}

// limit is the logarithm of the most elements of a result.
func (o Options) limit() int64 { return int64(min(o.MaxSize, 1<<30) * fixedOne) }

// linear is what a logarithm comes to on the scale of the weights.
func (w *weights) linear(log int64) float64 { return power(log) }

// step is the cost of a step over so many points that reads a and b and writes made.
func (w *weights) step(points, a, b, made float64) float64 {
	cost := float64(w.points * points)
	if w.move != 0 {
		cost += float64(w.move * (a + b + made))
	}
	if w.write != 0 {
		cost += float64(w.write * made)
	}
	if w.square {
		cost += float64(made * made)
	}
	if w.limit != 0 && made > w.limit {
		cost *= made / w.limit
	}
	return cost
}

// light says whether the points alone matter.
func (w *weights) light() bool { return w.move == 0 && w.write == 0 && !w.square && w.limit == 0 }
