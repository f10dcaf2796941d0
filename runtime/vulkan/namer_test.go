//go:build cgo && linux && !novulkan

package vulkan

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/einloom/einloom/codegen"
)

// TestNamesInMessages makes a mistake on purpose: what the validation layer says of it has the kernel's name.
func TestNamesInMessages(t *testing.T) {
	if _, err := Devices(); err != nil {
		t.Skip(err)
	}
	var mu sync.Mutex
	var said []string
	opened, err := Open(Config{Message: func(text string) {
		mu.Lock()
		defer mu.Unlock()
		said = append(said, text)
	}})
	if err != nil {
		t.Skip("SKIPPED: no validation layer: ", err)
	}
	d := opened.(*Device)
	k, err := codegen.Parse("kernel increment\n in x f32[64]\n out o f32[64]\n loop i 64\n o[i] = x[i] + 1\n schedule map order i, grain 64")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Compile(context.Background(), k); err != nil {
		t.Fatal(err)
	}
	for c := range d.codes.all { // the device is closed with pipelines that nobody destroys
		c.pipelines = nil
	}
	if err := opened.Close(); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if all := strings.Join(said, "\n"); !strings.Contains(all, "increment pass0") {
		t.Errorf("no message names the pipeline:\n%s", all)
	}
}
