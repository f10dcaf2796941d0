package main

import (
	"fmt"
	goruntime "runtime"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/einloom/einloom/tests/bench"
)

// gonumRows are the rows that gonum's own BLAS has, by name.
func gonumRows() map[string]func() {
	rows := map[string]func(){}
	for _, n := range []int{64, 256, 1000, 1024, 2048} {
		rows[fmt.Sprintf("matmul-f32-%d", n)] = products32(n, 1)
		rows[fmt.Sprintf("matmul-f64-%d", n)] = product64(n)
	}
	for n, count := range map[int]int{4: 100_000, 8: 20_000, 16: 5_000, 64: 500} {
		rows[fmt.Sprintf("bmm-f32-%d", n)] = products32(n, count)
	}
	rows["gemv-f32-4096"] = func() func() {
		const n = 4096
		var a blas32.General
		var x, y blas32.Vector
		return func() {
			if a.Data == nil {
				a = blas32.General{Rows: n, Cols: n, Stride: n, Data: numbers[float32](n * n)}
				x, y = blas32.Vector{N: n, Inc: 1, Data: numbers[float32](n)}, blas32.Vector{N: n, Inc: 1, Data: make([]float32, n)}
			}
			blas32.Gemv(blas.NoTrans, 1, a, x, 0, y)
		}
	}()
	return rows
}

// products32 is count products of n x n matrices, one after the other. The data is made by the first call.
func products32(n, count int) func() {
	var a, b, c []float32
	return func() {
		if a == nil {
			a, b, c = numbers[float32](count*n*n), numbers[float32](count*n*n), make([]float32, count*n*n)
		}
		of := func(data []float32, i int) blas32.General {
			return blas32.General{Rows: n, Cols: n, Stride: n, Data: data[i*n*n : (i+1)*n*n]}
		}
		for i := range count {
			blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, of(a, i), of(b, i), 0, of(c, i))
		}
	}
}

func product64(n int) func() {
	var a, b, c blas64.General
	return func() {
		if a.Data == nil {
			of := func() blas64.General {
				return blas64.General{Rows: n, Cols: n, Stride: n, Data: numbers[float64](n * n)}
			}
			a, b, c = of(), of(), of()
		}
		blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, a, b, 0, c)
	}
}

// numbers are those of the other peers, in (-1, 1).
func numbers[T float32 | float64](n int) []T {
	v := make([]T, n)
	for i := range v {
		v[i] = T(i*7919%1000)/500 - 1
	}
	return v
}

// withGonum adds gonum's median milliseconds of a row, if it has that, to what others took. Its BLAS takes as many goroutines as there are
// processors.
func withGonum(row string, threads int, took map[string]float64) error {
	once := gonumRows()[row]
	if once == nil {
		return nil
	}
	defer goruntime.GOMAXPROCS(goruntime.GOMAXPROCS(threads))
	seconds, err := bench.Median(func() error { once(); return nil })
	took["gonum"] = 1e3 * seconds
	return err
}
