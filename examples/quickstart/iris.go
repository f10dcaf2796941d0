package main

import (
	_ "embed"
	"encoding/csv"
	"strconv"
	"strings"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/tensor"
)

// irisCSV is R. A. Fisher's data (The use of multiple measurements in taxonomic problems, 1936), public domain.
//
//go:embed iris.csv
var irisCSV string

// iris gives the measures, f32[150 4], and the species, i64[150].
func iris() (*tensor.Tensor, expr.Expr, error) {
	rows, err := csv.NewReader(strings.NewReader(irisCSV)).ReadAll()
	if err != nil {
		return nil, expr.Expr{}, err
	}
	var measures []float32
	var species []int64
	for _, row := range rows[1:] {
		for _, cell := range row[:4] {
			v, err := strconv.ParseFloat(cell, 32)
			if err != nil {
				return nil, expr.Expr{}, err
			}
			measures = append(measures, float32(v))
		}
		c, err := strconv.ParseInt(row[4], 10, 64)
		if err != nil {
			return nil, expr.Expr{}, err
		}
		species = append(species, c)
	}
	t, err := tensor.New(measures, len(species), 4)
	return t, expr.Of(species), err
}
