package tensor

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

const npySuffix = ".npy"

// LoadArchive reads arrays of a .npz file, which is a zip file of .npy files, by their names (without ".npy"): those named, or all if none
// is. An error if one is missing or is not read by Load, so that an archive with an array of strings gives its numbers by name. Entries may
// be compressed.
func LoadArchive(path string, names ...string) (map[string]*Tensor, error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, fmt.Errorf("tensor: %s: %w", path, err)
	}
	defer z.Close()
	found := map[string]*Tensor{}
	for _, f := range z.File {
		name, ok := strings.CutSuffix(f.Name, npySuffix)
		if !ok || len(names) > 0 && !slices.Contains(names, name) {
			continue
		}
		if found[name] != nil {
			return nil, fmt.Errorf("tensor: %s: there are two arrays %q", path, name)
		}
		if found[name], err = loadEntry(f); err != nil {
			return nil, fmt.Errorf("tensor: %s: %s: %w", path, f.Name, err)
		}
	}
	for _, name := range names {
		if found[name] == nil {
			return nil, fmt.Errorf("tensor: %s: there is no array %q", path, name)
		}
	}
	return found, nil
}

func loadEntry(f *zip.File) (*Tensor, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	h, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	if f.UncompressedSize64 > 1<<62 {
		return nil, errors.New("the zip file's directory is damaged")
	}
	if err := h.checkLength(int64(f.UncompressedSize64)); err != nil {
		return nil, err
	}
	t, err := readElements(r, h, false) // the directory may lie
	if err != nil {
		return nil, err
	}
	return t, atEnd(r) // where the checksum is compared
}

// SaveArchive writes the tensors to a .npz file under their names, uncompressed, as NumPy's savez does; NumPy's load reads it. Equal tensors
// make equal bytes. A file of that name is replaced only when all is written.
func SaveArchive(path string, tensors map[string]*Tensor) error {
	return replaceFile(path, func(w io.Writer) error {
		z := zip.NewWriter(w)
		for _, name := range slices.Sorted(maps.Keys(tensors)) {
			entry, err := z.CreateHeader(&zip.FileHeader{Name: name + npySuffix, Method: zip.Store, Modified: noTime})
			if err != nil {
				return err
			}
			if err := tensors[name].encode(entry); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return z.Close()
	})
}

// noTime is the first that a zip file can hold.
var noTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
