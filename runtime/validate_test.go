package runtime_test

import (
	"strings"
	"testing"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/runtime/runtimetest"
)

// TestWithoutValidationLayer asks for validation where the loader finds no layer: the user is told what to install, and tests run without.
func TestWithoutValidationLayer(t *testing.T) {
	s, err := runtime.Open(runtime.Config{Device: "vulkan"})
	if err != nil {
		t.Skipf("SKIPPED: %v", err)
	}
	s.Close()
	t.Setenv("VK_LAYER_PATH", t.TempDir())
	t.Setenv("EINLOOM_VALIDATE", "1")
	if _, err := runtime.Open(runtime.Config{Device: "vulkan"}); err == nil || !strings.Contains(err.Error(), "apt-get install vulkan-validationlayers") {
		t.Errorf("without the layer: %v", err)
	}
	t.Setenv("EINLOOM_VALIDATE", "")
	s, err = runtimetest.Open(t, runtime.Config{Device: "vulkan"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	x, err := s.Eval(ctx, expr.From(ramp(t, 4)).Sum())
	if err != nil || values(t, x)[0] != 6 {
		t.Errorf("%v, %v", x, err)
	}
}
