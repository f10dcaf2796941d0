package cachefile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestWhatIsWrittenIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "folder", "orders")
	if _, err := Read(path, "orders 1", 100); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of a file that is not there: %v", err)
	}
	for _, data := range [][]byte{nil, []byte("a\nb\n"), bytes.Repeat([]byte{0, 255}, 50)} {
		if err := Write(path, "orders 1", data); err != nil {
			t.Fatal(err)
		}
		if got, err := Read(path, "orders 1", 100); err != nil || !bytes.Equal(got, data) {
			t.Errorf("read %q, %v; wrote %q", got, err, data)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("files left: %q", left)
	}
}

// TestChangedFilesAreDamaged changes every byte in turn, cuts the file everywhere, and asks for other kinds and less room.
func TestChangedFilesAreDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := Write(path, "orders 1", []byte("0123456789")); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := func(what, kind string, most int64) {
		t.Helper()
		var d *Damaged
		if data, err := Read(path, kind, most); !errors.As(err, &d) {
			t.Errorf("%s: read %q, %v", what, data, err)
		}
	}
	damaged("another version", "orders 2", 100)
	damaged("no room", "orders 1", 9)
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		for what, content := range map[string][]byte{"changed": bad, "cut": good[:i]} {
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			damaged(fmt.Sprintf("%s at %d", what, i), "orders 1", 100)
		}
	}
}

// TestManyWritersLeaveOneWhole has readers that see whole files only while writers replace them.
func TestManyWritersLeaveOneWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			for i := range 50 {
				if err := Write(path, "k", bytes.Repeat([]byte{byte(w)}, 1000+i)); err != nil {
					t.Error(err)
				}
				if _, err := Read(path, "k", 2000); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
