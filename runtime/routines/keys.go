package routines

import (
	"math"

	"github.com/einloom/einloom/tensor"
)

// key is an unsigned number whose order is that of the elements it stands for: a NaN, whatever its bits are, is greater than all others.
type key interface {
	uint8 | uint16 | uint32 | uint64
}

// bits is an element in memory, as a number without a sign.
func bits[K key](t *tensor.Tensor) ([]K, error) {
	mem, err := t.Contiguify().Bytes()
	if err != nil {
		return nil, err
	}
	d := map[int]tensor.DType{1: tensor.Uint8, 2: tensor.Uint16, 4: tensor.Uint32, 8: tensor.Uint64}[t.DType().Size()]
	raw, err := tensor.FromBytes(mem, d, t.Shape(), nil, 0)
	if err != nil {
		return nil, err
	}
	return tensor.Data[K](raw)
}

// kind is how the bits of a dtype are ordered.
type kind[K key] struct {
	sign     K // the highest bit
	infinity K // of floats, the bits of infinity; 0: integers
	signed   bool
}

func kindOf[K key](d tensor.DType) kind[K] {
	k := kind[K]{sign: 1 << (8*d.Size() - 1), signed: d.IsSigned()}
	switch d {
	case tensor.Float16:
		k.infinity = narrow[K](0x7c00)
	case tensor.BFloat16:
		k.infinity = narrow[K](0x7f80)
	case tensor.Float32:
		k.infinity = narrow[K](uint64(math.Float32bits(float32(math.Inf(1)))))
	case tensor.Float64:
		k.infinity = narrow[K](math.Float64bits(math.Inf(1)))
	}
	return k
}

// narrow cuts a number that K need not hold: only one that does is asked for.
func narrow[K key](x uint64) K { return K(x) }

// key gives an element's key. -0 is below 0, unless zeros are to be equal.
func (k kind[K]) key(x K, zeros bool) K {
	switch {
	case k.infinity == 0 && k.signed:
		return x ^ k.sign
	case k.infinity == 0:
		return x
	case x&^k.sign > k.infinity:
		return ^K(0)
	case zeros && x == k.sign:
		return k.sign
	case x&k.sign != 0:
		return ^x
	}
	return x | k.sign
}

// element gives back an element of its key.
func (k kind[K]) element(x K) K {
	switch {
	case k.infinity == 0 && k.signed:
		return x ^ k.sign
	case k.infinity == 0:
		return x
	case x == ^K(0):
		return k.infinity | k.infinity>>1 // a quiet NaN: the exponent is one bit longer than it is
	case x&k.sign != 0:
		return x &^ k.sign
	}
	return ^x
}

// keys gives the keys of a row.
func keys[K key](t *tensor.Tensor, zeros bool) ([]K, error) {
	list, err := bits[K](t)
	if err != nil {
		return nil, err
	}
	made, k := make([]K, len(list)), kindOf[K](t.DType())
	for i, x := range list {
		made[i] = k.key(x, zeros)
	}
	return made, nil
}
