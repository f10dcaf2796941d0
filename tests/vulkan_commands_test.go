//go:build cgo && linux && !novulkan

package tests

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCommandsOnVulkan runs what a user types for the device "vulkan": eval prints what it prints for "cpu", and the validation layer, where it
// is installed, nothing on standard error.
func TestCommandsOnVulkan(t *testing.T) {
	dir := t.TempDir()
	buildCommand(t, dir)
	buildAt(t, "1", "./examples/quickstart", filepath.Join(dir, "quickstart"))
	writeArrays(t, dir)
	run := func(line, device, validate string) (out, errs string, err error) {
		words := strings.Fields(line)
		cmd := exec.Command(filepath.Join(dir, words[0]), append(words[1:], "-device", device)...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "XDG_CACHE_HOME="+dir, "EINLOOM_VALIDATE="+validate)
		var printed, said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &printed, &said
		err = cmd.Run()
		return printed.String(), said.String(), err
	}
	validate := "1"
	if _, errs, err := run("einloom eval i-> x.npy", "vulkan", validate); strings.Contains(errs, "vulkan-validationlayers") {
		t.Logf("SKIPPED: validation: %s", errs)
		validate = ""
	} else if err != nil {
		t.Skipf("SKIPPED: no Vulkan: %s", errs)
	}
	for _, line := range []string{
		"einloom eval ij,jk->ik a.npy b.npy",
		"einloom eval i->i x.npy",
		"einloom eval i,i-> x.npy x.npy",
		"einloom eval i,i->i z.npy z.npy",
		"einloom eval ij->ji big.npy",
		"einloom eval abc,cba->b t.npy t.npy",
		"einloom eval ij->j empty.npy",
		"einloom eval ij->i large.npy",
		"einloom eval i->i m.npy",
		"einloom bench -run tiny-einsum",
		"quickstart",
	} {
		got, errs, err := run(line, "vulkan", validate)
		if err != nil || errs != "" {
			t.Errorf("%s on vulkan (%v) says\n%s", line, err, errs)
		}
		if !strings.HasPrefix(line, "einloom eval") {
			continue // these print plans and times, which are the device's
		}
		if want, _, err := run(line, "cpu", ""); err != nil || got != want {
			t.Errorf("%s on vulkan prints\n%s\nand on cpu (%v)\n%s", line, got, err, want)
		}
	}
}
