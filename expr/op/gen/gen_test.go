package main

import "testing"

func TestFilesAreUpToDate(t *testing.T) {
	for name, text := range map[string]func() ([]byte, error){"expr/zmethods.go": methods, "docs/ops.md": page} {
		b, err := text()
		if err == nil {
			err = put(name, b, true)
		}
		if err != nil {
			t.Error(err)
		}
	}
}
