package cachefile

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func TestFolderKeepsWhatIsUsed(t *testing.T) {
	f := &Folder{Path: t.TempDir(), Kind: "code 1", Most: 8 << 10}
	data := bytes.Repeat([]byte{7}, 400)
	if err := f.Write("used", data); err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		if err := f.Write(fmt.Sprint(i), data); err != nil {
			t.Fatal(err)
		}
		old := time.Now().Add(-time.Hour)
		if err := os.Chtimes(filepath.Join(f.Path, fmt.Sprint(i)), old, old); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if got, err := f.Read("used"); err != nil || !bytes.Equal(got, data) {
			t.Fatalf("after %d files: %v", i, err)
		}
		if n := size(t, f.Path); n > f.Most {
			t.Fatalf("%d bytes after %d files, of %d", n, i, f.Most)
		}
	}
	if err := f.Write("large", make([]byte, f.Most)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read("large"); err == nil {
		t.Error("more than the folder holds is kept")
	}
}

// TestFolderOfManyWriters has writers that trim what others write, as processes do: what is read is whole.
func TestFolderOfManyWriters(t *testing.T) {
	path := t.TempDir()
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			f := &Folder{Path: path, Kind: "code 1", Most: 16 << 10}
			for i := range 60 {
				name, data := fmt.Sprint(i), bytes.Repeat([]byte{byte(i)}, 500+i)
				if err := f.Write(name, data); err != nil {
					t.Error(w, err)
				}
				if got, err := f.Read(name); err == nil && !bytes.Equal(got, data) || err != nil && !os.IsNotExist(err) {
					t.Errorf("%d: read %d bytes, %v", w, len(got), err)
				}
			}
		})
	}
	all.Wait()
}

func size(t *testing.T, path string) int64 {
	list, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, e := range list {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		sum += info.Size()
	}
	return sum
}
