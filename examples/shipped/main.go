// Command shipped learns to tell iris flowers apart by functions that einloom generate wrote: their kernels are Go assembly in the files
// beside this one, so that the program neither plans nor makes code, and needs no executable memory.
package main

import (
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"
)

//go:generate go run ../../cmd/einloom generate -func step -results nextWeights,nextBias,loss -o step.go -graph step.txt
//go:generate go run ../../cmd/einloom generate -func predict -results species -o predict.go -graph predict.txt

const flowers, measures, kinds = 150, 4, 3

func main() {
	path := flag.String("data", "examples/quickstart/iris.csv", "Fisher's iris data")
	flag.Parse()
	log.SetFlags(0)
	file, err := os.Open(*path)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	features, species, err := iris(file)
	if err == nil {
		err = learn(os.Stdout, features, species)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// learn goes down the gradient and prints how well flowers are told apart by what was learnt.
func learn(w io.Writer, features []float32, species []int64) error {
	labels := make([]float32, flowers*kinds)
	for n, kind := range species {
		labels[n*kinds+int(kind)] = 1
	}
	ctx := context.Background()
	weights, nextWeights := make([]float32, measures*kinds), make([]float32, measures*kinds)
	bias, nextBias := make([]float32, kinds), make([]float32, kinds)
	loss := make([]float32, 1)
	for i := range 1001 {
		if err := step(ctx, nextWeights, nextBias, loss, features, labels, weights, bias); err != nil { // allocates nothing
			return err
		}
		weights, nextWeights = nextWeights, weights
		bias, nextBias = nextBias, bias
		if i%250 == 0 {
			fmt.Fprintf(w, "after %4d steps the mean loss is %.4f\n", i, loss[0])
		}
	}
	found := make([]int64, flowers)
	if err := predict(ctx, found, features, weights, bias); err != nil {
		return err
	}
	hits := 0
	for n := range found {
		if found[n] == species[n] {
			hits++
		}
	}
	_, err := fmt.Fprintf(w, "%d of %d flowers are of the species that is thought likeliest\n", hits, flowers)
	return err
}

// iris reads the measures in cm, [150 4], and the species by number, [150].
func iris(r io.Reader) (features []float32, species []int64, err error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, nil, err
	}
	if len(rows) != flowers+1 || len(rows[0]) != measures+1 {
		return nil, nil, fmt.Errorf("%d rows of %d columns: this is not Fisher's data", len(rows), len(rows[0]))
	}
	for _, row := range rows[1:] {
		for _, cell := range row[:measures] {
			v, err := strconv.ParseFloat(cell, 32)
			if err != nil {
				return nil, nil, err
			}
			features = append(features, float32(v))
		}
		kind, err := strconv.ParseInt(row[measures], 10, 64)
		if err != nil {
			return nil, nil, err
		}
		if kind < 0 || kind >= kinds {
			return nil, nil, fmt.Errorf("there is no species %d", kind)
		}
		species = append(species, kind)
	}
	return features, species, nil
}
