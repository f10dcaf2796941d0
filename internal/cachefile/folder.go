package cachefile

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Folder is a folder of files of one kind that take no more than so many bytes together, about: those not read for the longest go first.
// Several goroutines and processes may use it at once.
type Folder struct {
	Path string
	Kind string // as for Read and Write
	Most int64  // bytes

	mu   sync.Mutex
	room int64 // bytes that may be written before the files are counted again
}

// Read gives what Write was given under that name; the errors are those of Read of a path.
func (f *Folder) Read(name string) ([]byte, error) {
	path := filepath.Join(f.Path, name)
	data, err := Read(path, f.Kind, f.Most)
	if err == nil {
		now := time.Now()
		os.Chtimes(path, now, now) // where that is not allowed it is thought to be older than it is
	}
	return data, err
}

// Write keeps data under a name. What is larger than an eighth of the folder is not kept.
func (f *Folder) Write(name string, data []byte) error {
	if int64(len(data)) > f.Most/8 {
		return nil
	}
	if err := Write(filepath.Join(f.Path, name), f.Kind, data); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.room -= int64(len(data)); f.room >= 0 {
		return nil
	}
	f.room = f.Most / 8
	return f.trim()
}

// trim removes the oldest files where all take more than seven eighths of what they may.
func (f *Folder) trim() error {
	list, err := os.ReadDir(f.Path)
	if err != nil {
		return err
	}
	var files []fs.FileInfo
	sum := int64(0)
	for _, e := range list {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() { // another process has removed it
			continue
		}
		if filepath.Ext(e.Name()) != ".tmp" || time.Since(info.ModTime()) > time.Hour { // not in the making
			files = append(files, info)
			sum += info.Size()
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	for _, info := range files {
		if sum <= f.Most/8*7 {
			break
		}
		if err := os.Remove(filepath.Join(f.Path, info.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		sum -= info.Size()
	}
	return nil
}
