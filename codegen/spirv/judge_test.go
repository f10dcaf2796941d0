package spirv

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/einloom/einloom/codegen"
)

// judge finds a program of SPIRV-Tools, or skips the test.
func judge(t *testing.T, name string) string {
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed (package spirv-tools): nobody but ourselves looks at the modules here", name)
	}
	return path
}

// file writes a module's words where a program can read them.
func file(t *testing.T, words []uint32) string {
	var b []byte
	for _, w := range words {
		b = binary.LittleEndian.AppendUint32(b, w)
	}
	path := filepath.Join(t.TempDir(), "module.spv")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestModulesAreValid asks Khronos' validator.
func TestModulesAreValid(t *testing.T) {
	validator := judge(t, "spirv-val")
	each(t, 37, func(t *testing.T, _ *Capabilities, k *codegen.Kernel, m *Module) {
		out, err := exec.Command(validator, "--target-env", "vulkan1.1", file(t, m.Words)).CombinedOutput()
		if err != nil {
			text, _ := m.Text()
			t.Fatalf("%v: %s\n%v\n%s", err, out, k, text)
		}
	})
}

// TestTextIsTheirs holds the text to that of Khronos' disassembler.
func TestTextIsTheirs(t *testing.T) {
	theirs := judge(t, "spirv-dis")
	each(t, 41, func(t *testing.T, _ *Capabilities, k *codegen.Kernel, m *Module) {
		want, err := exec.Command(theirs, "--raw-id", "--no-header", "--no-indent", "--no-color", file(t, m.Words)).Output()
		if err != nil {
			t.Fatal(err)
		}
		got, err := m.Text()
		if err != nil {
			t.Fatal(err)
		}
		a, b := strings.Split(got, "\n"), strings.Split(string(want), "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("kernel %s, line %d: %q, spirv-dis %q", k.Name, i, a[i], b[i])
			}
		}
		if len(a) != len(b) {
			t.Fatalf("kernel %s: %d lines, spirv-dis %d", k.Name, len(a), len(b))
		}
	})
}
