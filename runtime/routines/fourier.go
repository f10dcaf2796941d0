package routines

import (
	"sync"

	"gonum.org/v1/gonum/dsp/fourier"

	"github.com/einloom/einloom/tensor"
)

// The factors of a transform of n points take longer to find than the transform: those in use are kept.
var transforms, realTransforms sync.Map // of n, a *sync.Pool of transforms

func pool(of *sync.Map, n int, make func() any) *sync.Pool {
	if p, ok := of.Load(n); ok {
		return p.(*sync.Pool)
	}
	p, _ := of.LoadOrStore(n, &sync.Pool{New: make})
	return p.(*sync.Pool)
}

func forward(out *tensor.Tensor, args []*tensor.Tensor) error {
	return transformed(out, args[0], func(t *fourier.CmplxFFT, to, from []complex128) { t.Coefficients(to, from) })
}

func backward(out *tensor.Tensor, args []*tensor.Tensor) error {
	return transformed(out, args[0], func(t *fourier.CmplxFFT, to, from []complex128) {
		t.Sequence(to, from)
		scale := complex(1/float64(len(to)), 0)
		for i := range to {
			to[i] *= scale
		}
	})
}

// transformed hands a row of complex numbers to a transform.
func transformed(out, x *tensor.Tensor, do func(t *fourier.CmplxFFT, to, from []complex128)) error {
	to, err := tensor.Data[complex128](out)
	if err != nil || len(to) == 0 {
		return err
	}
	from, err := tensor.Data[complex128](x.Contiguify())
	if err != nil {
		return err
	}
	p := pool(&transforms, len(to), func() any { return fourier.NewCmplxFFT(len(to)) })
	t := p.Get().(*fourier.CmplxFFT)
	defer p.Put(t)
	do(t, to, from)
	return nil
}

// forwardReal gives the first half of the transform, of which the other is the conjugate.
func forwardReal(out *tensor.Tensor, args []*tensor.Tensor) error {
	to, err := tensor.Data[complex128](out)
	if err != nil {
		return err
	}
	from, err := tensor.Data[float64](args[0].Contiguify())
	if err != nil {
		return err
	}
	p := pool(&realTransforms, len(from), func() any { return fourier.NewFFT(len(from)) })
	t := p.Get().(*fourier.FFT)
	defer p.Put(t)
	t.Coefficients(to, from)
	return nil
}
