package main

import (
	_ "embed"
	"encoding/csv"
	"strconv"
	"strings"

	"github.com/einloom/einloom/tensor"
)

// irisCSV is R. A. Fisher's data (The use of multiple measurements in taxonomic problems, 1936), public domain.
//
//go:embed iris.csv
var irisCSV string

// iris gives the measures in cm, f32[150 4], and the species by number, i64[150].
func iris() (measures, species *tensor.Tensor, err error) {
	rows, err := csv.NewReader(strings.NewReader(irisCSV)).ReadAll()
	if err != nil {
		return nil, nil, err
	}
	var cm []float32
	var kinds []int64
	for _, row := range rows[1:] {
		for _, cell := range row[:4] {
			v, err := strconv.ParseFloat(cell, 32)
			if err != nil {
				return nil, nil, err
			}
			cm = append(cm, float32(v))
		}
		kind, err := strconv.ParseInt(row[4], 10, 64)
		if err != nil {
			return nil, nil, err
		}
		kinds = append(kinds, kind)
	}
	if measures, err = tensor.New(cm, len(kinds), 4); err != nil {
		return nil, nil, err
	}
	species, err = tensor.New(kinds, len(kinds))
	return measures, species, err
}
