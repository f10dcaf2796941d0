// Package cachefile keeps what einloom wants to remember between runs as files in the user's cache folder: each whole, versioned and
// checksummed. It never trusts what it reads, and what is lost costs time only.
package cachefile

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Path is where a file of that name lies: in the folder einloom of the user's cache folder ($XDG_CACHE_HOME or ~/.cache on Linux). The
// folder may not be there yet. It is an error where there is no such thing.
func Path(name string) (string, error) {
	folder, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no cache folder: %w", err)
	}
	return filepath.Join(folder, "einloom", name), nil
}

// Damaged is a file that is not what Write left.
type Damaged struct{ Path, Why string }

func (d *Damaged) Error() string { return d.Path + " is ignored: " + d.Why }

// head is the first line of a file: what it is (with its version), how long its data is, and their SHA-256.
func head(kind string, data []byte) []byte {
	return fmt.Appendf(nil, "einloom %s, %d bytes, sha256 %x\n", kind, len(data), sha256.Sum256(data))
}

// Write puts data at path, in place of what is there. Readers, of other processes too, see the old file or the new one and nothing
// between. kind says what the data is and in which version: Read of another kind does not take it.
func Write(path, kind string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	_, err = f.Write(append(head(kind, data), data...))
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}

// Read gives the data that Write put at path. The error is fs.ErrNotExist where nothing is, a *Damaged where the file is of another kind
// or version, longer than most bytes, or changed since.
func Read(path, kind string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		return nil, &Damaged{path, err.Error()}
	}
	defer f.Close()
	const line = 256 // more than any first line takes
	all, err := io.ReadAll(io.LimitReader(f, most+line+1))
	if err != nil {
		return nil, &Damaged{path, err.Error()}
	}
	first, data, ok := bytes.Cut(all, []byte("\n"))
	switch {
	case int64(len(data)) > most:
		return nil, &Damaged{path, fmt.Sprintf("it has more than %d bytes", most)}
	case !ok || !bytes.HasPrefix(first, []byte("einloom "+kind+", ")):
		return nil, &Damaged{path, "it is no " + kind}
	case !bytes.Equal(all[:len(first)+1], head(kind, data)):
		return nil, &Damaged{path, "its checksum differs"}
	}
	return data, nil
}
