// Command accuracy measures how far the operations are from the exact result and writes docs/accuracy.md. It measures what formulas give
// under expr/op's own evaluation, which every device is held to bit by bit; only -every runs on a device.
//
//	go run ./tests/accuracy                           write docs/accuracy.md
//	go run ./tests/accuracy -check                    fail if the file is not what would be written
//	go run ./tests/accuracy -every sin,cos            measure the operations on every float32, and print what is found
//	go run ./tests/accuracy -every sin -shard 3/16    on every 16th piece of them, from the third on
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
)

const path = "docs/accuracy.md"

func main() {
	log.SetFlags(0)
	check := flag.Bool("check", false, "write nothing, and fail if "+path+" is out of date")
	names := flag.String("every", "", "operations to be measured on every float32, apart by commas; nothing is written")
	shard := flag.String("shard", "0/1", "with -every: the k-th of n parts of the float32s, k/n, from 0 on")
	flag.Parse()
	if *names != "" {
		k, n, err := everyShard(*shard)
		if err == nil {
			err = every(*names, k, n)
		}
		if err != nil {
			log.Fatalf("accuracy: %v", err)
		}
		return
	}
	text, err := document()
	if err != nil {
		log.Fatalf("accuracy: %v", err)
	}
	if !*check {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			log.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	if string(have) != text {
		fmt.Fprintf(os.Stderr, "accuracy: %s is out of date: go run ./tests/accuracy\n", path)
		os.Exit(1)
	}
}
