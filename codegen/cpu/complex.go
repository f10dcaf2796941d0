package cpu

import "github.com/einloom/einloom/codegen/cpu/asm"

// complexRank1 writes what one term adds to a tile of complex sums, of which acc has the real parts and then the imaginary ones:
//
//	re[r][j] += ar[r]*br[k][j] - ai[r]*bi[k][j]
//	im[r][j] += ai[r]*br[k][j] + ar[r]*bi[k][j]
//
// in four fused operations of a register each. The real parts of b are gone through before the imaginary ones, so that the columns of one of
// them are in registers besides the sums.
func (t *gettNest) complexRank1(acc []asm.Reg, a, b asm.Reg, k int) {
	blocks, bytes := t.g.NR/t.full, t.bytes()
	re, im := acc[:t.g.MR*blocks], acc[t.g.MR*blocks:]
	for part, sums := range [2][2][]asm.Reg{{re, im}, {im, re}} { // of ar and of ai times this part of b
		columns := make([]asm.Reg, blocks)
		for j := range columns {
			columns[j] = t.reg(t.dtype)
			t.Ins("VMOVUPS", asm.At(b, ((2*k+part)*t.g.NR+j*t.full)*bytes), columns[j])
		}
		for r := range t.g.MR {
			for of, sum := range sums {
				fused := "VFMADD231"
				if part == 1 && of == 1 {
					fused = "VFNMADD231"
				}
				x := t.reg(t.dtype)
				t.broadcast(bytes, asm.At(a, ((2*k+of)*t.g.MR+r)*bytes), x)
				for j := range columns {
					t.Ins(suffix(t.dtype, fused, "PS", "PD"), columns[j], x, sum[r*blocks+j])
				}
			}
		}
	}
}
