package cpu

import (
	"testing"

	"github.com/einloom/einloom/codegen"
)

const sumText = `
kernel sum
  in   x f32[512 256]
  out  o f32[512]
  loop i 512
  fold j 256
  o[i] = reduce(add, j, x[i, j])
  schedule row order i j, vector j, parallel 1, grain 4
`

func TestGenerateShowsAssembly(t *testing.T) {
	k, err := codegen.Parse(sumText)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Targets() {
		tg, _ := Target(name)
		o, err := Generate(k, tg)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(o.Text)
	}
}
