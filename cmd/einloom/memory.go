package main

import (
	"fmt"
	"os"

	"github.com/einloom/einloom/runtime"
)

// budget is the bytes that a command may still take: the memory of the machine less what the arrays read so far take. Go ends a program
// that asks for more than there is, with a page of its own lines, so what cannot fit is refused before it is asked for.
type budget struct {
	left  int64
	known bool
}

func machineBudget() budget {
	total := runtime.MachineMemory()
	return budget{left: total, known: total > 0}
}

// read takes the bytes of a file off the budget. A file that may have holes can be larger than any memory.
func (b *budget) read(path string) error {
	info, err := os.Stat(path)
	if err != nil || !b.known || !info.Mode().IsRegular() {
		return nil // to be told by who opens it
	}
	if info.Size() > b.left {
		return fmt.Errorf("%s: it takes %s, more than this machine has memory for", path, bytesText(info.Size()))
	}
	b.left -= info.Size()
	return nil
}

// limit is what runtime.Config takes: 0 is no limit.
func (b *budget) limit() int64 {
	if !b.known {
		return 0
	}
	return max(b.left, 1)
}

// bytesText is n with three digits: 1.07 GB.
func bytesText(n int64) string {
	f, unit := float64(n), 0
	units := []string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}
	for f >= 999.5 {
		f, unit = f/1000, unit+1
	}
	return fmt.Sprintf("%.3g %s", f, units[unit])
}
