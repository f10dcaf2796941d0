//go:build cgo && linux && !novulkan

package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestWithoutVulkan runs what asks for the device "vulkan" where the loader, its drivers, or cgo are not: each time the user is told what
// there is to install, and the program ends in order.
func TestWithoutVulkan(t *testing.T) {
	dir := t.TempDir()
	buildAt(t, "1", "./cmd/einloom", filepath.Join(dir, "einloom"))
	if list, err := exec.Command(filepath.Join(dir, "einloom"), "devices").Output(); err != nil || !strings.Contains(string(list), "generates SPIR-V") {
		t.Skipf("SKIPPED: nothing to take away, there is no Vulkan: %s %v", list, err)
	}
	buildAt(t, "1", "./examples/quickstart", filepath.Join(dir, "quickstart"))
	buildAt(t, "0", "./cmd/einloom", filepath.Join(dir, "einloom-portable"))
	buildAt(t, "0", "./examples/quickstart", filepath.Join(dir, "quickstart-portable"))
	for _, name := range []string{"libvulkan.so.1", "libvulkan.so"} { // found before the real one, and no library
		if err := os.WriteFile(filepath.Join(dir, name), []byte("\x7fELF"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	save(t, dir, "a.npy", []float32{1, 2, 3}, 3)
	for _, c := range []struct{ what, env, suffix, want string }{
		{"no driver", "VK_ICD_FILENAMES=/nowhere.json VK_DRIVER_FILES=/nowhere.json", "", "apt-get install mesa-vulkan-drivers"},
		{"no loader", "LD_LIBRARY_PATH=" + dir, "", "apt-get install libvulkan1"},
		{"no cgo", "", "-portable", "CGO_ENABLED=1 and a C compiler"},
	} {
		for _, line := range []string{"einloom" + c.suffix + " eval i-> a.npy -device vulkan", "quickstart" + c.suffix + " -device vulkan"} {
			words := strings.Fields(line)
			cmd := exec.Command(filepath.Join(dir, words[0]), words[1:]...)
			cmd.Dir, cmd.Env = dir, append(os.Environ(), strings.Fields(c.env)...)
			out, err := cmd.CombinedOutput()
			if err == nil || cmd.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), c.want) {
				t.Errorf("%s: %s: %v, and prints\n%s\nwant status 1 and %q", c.what, line, err, out, c.want)
			}
		}
	}
}

// buildAt puts a command of this module at path, with cgo or without.
func buildAt(t *testing.T, cgo, command, path string) {
	t.Helper()
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", path, command)
	cmd.Dir, cmd.Env = "..", append(os.Environ(), "CGO_ENABLED="+cgo)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
}
