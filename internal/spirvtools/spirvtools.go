// Package spirvtools asks Khronos' SPIRV-Tools what they make of modules: the judges of our SPIR-V. It is for tests and never part of a
// program.
package spirvtools

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// Module is what is judged: words for Vulkan 1.1, and our text of them.
type Module struct {
	Name  string
	Words []uint32
	Text  string
}

// Need skips t, and says why, where the tools are not installed.
func Need(t testing.TB) {
	t.Helper()
	for _, name := range []string{"spirv-val", "spirv-dis"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("SKIPPED: %s is not installed (package spirv-tools): nobody but ourselves looks at the modules here", name)
		}
	}
}

// Validate makes an error of t of what spirv-val has against modules.
func Validate(t testing.TB, list []Module) {
	t.Helper()
	each(t, list, func(m *Module) error {
		if _, err := m.give("spirv-val", "--target-env", "vulkan1.1"); err != nil {
			return fmt.Errorf("%w\n%s", err, m.Text)
		}
		return nil
	})
}

// Compare makes an error of t of modules that spirv-dis prints another text of.
func Compare(t testing.TB, list []Module) {
	t.Helper()
	each(t, list, (*Module).compare)
}

func (m *Module) compare() error {
	out, err := m.give("spirv-dis", "--raw-id", "--no-header", "--no-indent", "--no-color")
	if err != nil {
		return err
	}
	ours, theirs := strings.Split(m.Text, "\n"), strings.Split(out, "\n")
	for i := range min(len(ours), len(theirs)) {
		if ours[i] != theirs[i] {
			return fmt.Errorf("line %d: %q, spirv-dis %q", i+1, ours[i], theirs[i])
		}
	}
	if len(ours) != len(theirs) {
		return fmt.Errorf("%d lines, spirv-dis %d", len(ours), len(theirs))
	}
	return nil
}

// each judges the modules, those of the same words once, on all processors: most of the time goes into starting the tools. After the first
// error it stops.
func each(t testing.TB, list []Module, judge func(*Module) error) {
	t.Helper()
	next := make(chan *Module)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for m := range next {
				if err := judge(m); err != nil {
					t.Errorf("%s: %v", m.Name, err)
				}
			}
		})
	}
	seen := map[string]bool{}
	for i := range list {
		if t.Failed() {
			break
		}
		words := string(list[i].bytes())
		if !seen[words] {
			seen[words] = true
			next <- &list[i]
		}
	}
	close(next)
	workers.Wait()
	t.Logf("%d modules, %d of them different", len(list), len(seen))
}

func (m *Module) bytes() []byte {
	b := make([]byte, 0, 4*len(m.Words))
	for _, w := range m.Words {
		b = binary.LittleEndian.AppendUint32(b, w)
	}
	return b
}

// give gives the words to a tool, and what that prints.
func (m *Module) give(tool string, args ...string) (string, error) {
	cmd := exec.Command(tool, args...)
	cmd.Stdin = bytes.NewReader(m.bytes())
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", tool, err, complaint.Bytes())
	}
	return string(out), nil
}
