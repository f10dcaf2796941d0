// Command quickstart computes with Fisher's iris data: 150 flowers, four measures each, three species. It is what a newcomer reads first.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"

	"github.com/einloom/einloom"
	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

func main() {
	device := flag.String("device", "cpu", "device to compute on: cpu or interp")
	flag.Parse()
	ctx := context.Background()
	session, err := einloom.Open(einloom.Config{Device: *device})
	check(err)
	defer session.Close()
	measures, species, err := iris()
	check(err)

	// Nothing runs here: these lines build a graph.
	x := expr.From(measures).Standardise(0)                                                    // each measure to mean 0 and deviation 1
	correlation := einsum.Contract("ni,nj->ij", x, x).Div(expr.Scalar(150))                    // how the measures go together
	member := species.Expand(1).Equal(expr.Arange(tensor.Int64, 0, 3, 1)).Cast(tensor.Float32) // [150 3]: who belongs to which species
	means := einsum.Contract("nc,ni->ci", member, x).Div(expr.Scalar(50))                      // the mean flower of each species
	apart := x.Expand(1).Sub(means)                                                            // [150 3 4]
	distance := einsum.Contract("nci,nci->nc", apart, apart)                                   // squared, to each mean
	accuracy := distance.ArgMin(1).Equal(species).Cast(tensor.Float32).Mean()

	// One plan for all three; equal parts are computed once.
	program, err := session.Compile(ctx, correlation, distance.Slice(tensor.To(3)), accuracy)
	check(err)
	out, err := program.Run(ctx)
	check(err)
	fmt.Printf("correlation of the measures\n%v\n\n", out[0])
	fmt.Printf("squared distances of the first flowers to the three means\n%v\n\n", out[1])
	fmt.Printf("nearest mean is the right species: %v\n\n%v", out[2], program.Plan())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
