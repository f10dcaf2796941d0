// Command quickstart computes with Fisher's iris data: 150 flowers, four measures each, three species. It is what a newcomer reads first.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/einloom/einloom"
	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

func main() {
	device := flag.String("device", "cpu", "the device that computes: cpu, interp, vulkan or auto")
	flag.Parse()
	log.SetFlags(0)
	if err := explore(os.Stdout, *device); err != nil {
		log.Fatal(err)
	}
}

// explore prints how the measures go together, how far flowers are from the mean of each species, and the plan that computes all that.
func explore(w io.Writer, device string) error {
	measures, species, err := iris() // f32[150 4], i64[150]
	if err != nil {
		return err
	}

	// These lines build a graph; nothing is computed yet. Letters name axes: n flowers, i and j measures, c species.
	x := expr.From(measures).Standardise(0) // each measure to mean 0 and deviation 1
	kind := expr.From(species)
	correlation := einsum.Contract("ni,nj->ij", x, x).Div(expr.Scalar(150))
	is := kind.Expand(1).Equal(expr.Arange(tensor.Int64, 0, 3, 1)) // [n c]: whether flower n is of species c
	means := einsum.Contract("nc,ni->ci", is, x).Div(expr.Scalar(50))
	apart := x.Expand(1).Sub(means)                           // [n c i]
	distances := einsum.Contract("nci,nci->nc", apart, apart) // squared
	accuracy := distances.ArgMin(1).Equal(kind).Mean()

	// The session plans the three results together, fuses what it can into kernels, and compiles those to machine code.
	session, err := einloom.Open(einloom.Config{Device: device})
	if err != nil {
		return err
	}
	defer session.Close()
	program, err := session.Compile(context.Background(), correlation, distances.Slice(tensor.To(3)), accuracy)
	if err != nil {
		return err
	}
	out, err := program.Run(context.Background())
	if err != nil {
		return err
	}
	style := tensor.Style{Precision: 3, Threshold: 1000, EdgeItems: 3, LineWidth: 80, Bare: true}
	fmt.Fprintf(w, "Correlations of the measures:\n%s\n\n", out[0].Text(style))
	fmt.Fprintf(w, "Squared distances of the first three flowers to the mean of each species:\n%s\n\n", out[1].Text(style))
	fmt.Fprintf(w, "Part of the flowers that are nearest to the mean of their own species: %s\n\n", out[2].Text(style))
	_, err = fmt.Fprint(w, program.Plan())
	return err
}
