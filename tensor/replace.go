package tensor

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// replaceFile has write fill a new file beside path, which then takes path's place and permissions. A path that is a device or a pipe is
// written to directly.
func replaceFile(path string, write func(io.Writer) error) error {
	target := path
	if real, err := filepath.EvalSymlinks(path); err == nil {
		target = real
	}
	var err error
	switch info, none := os.Stat(target); {
	case none != nil:
		err = fillAndRename(target, 0o666, write) // less what the umask takes
	case info.Mode().IsRegular():
		err = fillAndRename(target, info.Mode().Perm(), write)
	default:
		err = fill(target, os.O_WRONLY, 0, write)
	}
	if err != nil {
		return fmt.Errorf("tensor: saving %s: %w", path, cause(err))
	}
	return nil
}

// cause is err without the name of the file beside, which is gone.
func cause(err error) error {
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at):
		return at.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

func fillAndRename(path string, perm fs.FileMode, write func(io.Writer) error) error {
	beside := fmt.Sprintf("%s.%08x.tmp", path, rand.Uint32())
	err := fill(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm, write)
	if err == nil {
		err = os.Rename(beside, path)
	}
	if err != nil {
		os.Remove(beside)
	}
	return err
}

// fill opens a file, writes to it through a buffer, and closes it.
func fill(path string, flag int, perm fs.FileMode, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, flag, perm)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(f, 1<<16)
	if err = write(b); err == nil {
		err = b.Flush()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
