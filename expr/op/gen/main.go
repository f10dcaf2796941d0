// Command gen writes what follows from the table of operations: the methods in expr/zmethods.go and the page docs/ops.md. It knows nothing
// that the table does not say.
//
//	go run ./expr/op/gen           write both, from anywhere in the module
//	go run ./expr/op/gen -check    write nothing, and fail where a file is not what would be written
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	check := flag.Bool("check", false, "write nothing, and fail where a file is out of date")
	flag.Parse()
	for _, f := range []struct {
		name string
		text func() ([]byte, error)
	}{{"expr/zmethods.go", methods}, {"docs/ops.md", page}} {
		text, err := f.text()
		if err == nil {
			err = put(f.name, text, *check)
		}
		if err != nil {
			log.Fatal(err)
		}
	}
}

// put writes a file of the module, or checks that it holds text.
func put(name string, text []byte, check bool) error {
	top, err := moduleRoot()
	if err != nil {
		return err
	}
	path := filepath.Join(top, filepath.FromSlash(name))
	if !check {
		return os.WriteFile(path, text, 0o644)
	}
	if old, err := os.ReadFile(path); err != nil || !bytes.Equal(old, text) {
		return fmt.Errorf("%s is out of date: go generate ./expr/op", name)
	}
	return nil
}

// moduleRoot is the nearest folder upward that has a go.mod.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("no go.mod in this folder or above it")
		}
		dir = up
	}
}
