package spirv

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/planner"
	"github.com/einloom/einloom/runtime/driver"
	"github.com/einloom/einloom/runtime/driver/drivertest"
	"github.com/einloom/einloom/runtime/interp"
)

// TestPlacesOfMemory runs kernels on memory that begins where packets may and on memory that begins an element later, of all params or of one:
// the bits are the same, and those of the same kernels without packets.
func TestPlacesOfMemory(t *testing.T) {
	for _, k := range drivertest.Read(t, "testdata/packets.txt") {
		for _, c := range devices {
			t.Run(k.Name+"/"+c.Name, func(t *testing.T) {
				k, err := planner.Expand(k, c.Target())
				if err != nil {
					t.Fatal(err)
				}
				plain := *c
				plain.always = false
				want := runAt(t, &plain, k, -1)
				for moved := -1; moved <= len(k.Params); moved++ {
					if got := runAt(t, c, k, moved); !bytes.Equal(got, want) {
						t.Fatalf("other bits where param %d is moved", moved)
					}
				}
			})
		}
	}
}

// runAt gives the outputs of k, where param moved begins an element behind a multiple of 16 bytes; where there is no such param, all of them do.
func runAt(t *testing.T, c *Capabilities, k *codegen.Kernel, moved int) (outputs []byte) {
	r := rand.New(rand.NewPCG(1, 2))
	var args []driver.Arg
	for i := range k.Params {
		p := &k.Params[i]
		n := p.DType.Size()
		for _, d := range p.Dims {
			n *= d
		}
		below, _ := p.Reach()
		offset := (below + 15) &^ 15
		if moved == i || moved == len(k.Params) {
			offset += p.DType.Size()
		}
		mem := make([]byte, offset+n)
		for j := 0; j < n && !p.Out; j += p.DType.Size() {
			number(r, mem[offset+j:], p)
		}
		args = append(args, driver.Arg{Host: mem, Offset: offset})
	}
	runOn(t, emulated{c, interp.Open(interp.Config{})}, k, args)
	for i := range k.Params {
		if k.Params[i].Out {
			outputs = append(outputs, args[i].Host[args[i].Offset:]...)
		}
	}
	return outputs
}

// number writes a number whose sums depend on their order.
func number(r *rand.Rand, mem []byte, p *codegen.Param) {
	a := driver.Arg{Host: mem}
	switch {
	case p.DType.IsBool():
		mem[0] = byte(r.IntN(2))
	case p.DType.IsFloat() && p.DType.Size() >= 4:
		set(a, p.DType, 0, r.NormFloat64())
	default: // a half that is neither infinite nor NaN, or an integer
		for i := range p.DType.Size() {
			mem[i] = byte(r.IntN(0x40))
		}
	}
}

// TestPackets holds modules to reading and writing by packets what they can, and not what they cannot.
func TestPackets(t *testing.T) {
	for _, c := range []struct {
		text          string
		fetches, wide int // of texels by a lane for a packet, and stores of more than an element
	}{
		{"in x f32[4096]\n out o f32[4096]\n loop i 4096\n o[i] = x[i] + 1", 3, 2},
		{"in x f64[4096]\n out o f32[4096]\n loop i 4096\n o[i] = f32(x[i])", 5, 2},
		{"in x u8[4096]\n out o u8[4096]\n loop i 4096\n o[i] = x[i] + 1", 2, 1},
		{"in x f32[4096]\n out o f32[4096]\n loop i 4096\n o[i] = x[-i+4095]", 9, 2},
		{"in x f32[64 63]\n out o f32[64 62]\n loop i 64, j 62\n o[i, j] = x[i, j] + 1", 1, 0},
	} {
		k, err := codegen.Parse("kernel k\n " + c.text)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Generate(k, packing(Lavapipe()))
		if err != nil {
			t.Fatal(err)
		}
		text, err := m.Text()
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(strings.Count(text, "OpImageFetch"), strings.Count(text, "OpStore")); got != fmt.Sprint(c.fetches, c.wide+1) {
			t.Errorf("%s\n%s fetches and stores, want %d and %d", c.text, got, c.fetches, c.wide+1)
		}
	}
}
