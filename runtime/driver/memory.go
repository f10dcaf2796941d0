package driver

import (
	"context"
	"fmt"
)

// piece is the bytes that are copied between two looks at the context: far less than the 10 ms in which a cancelled call ends.
const piece = 4 << 20

// Copy is Write, or Read where write is false, of a buffer whose bytes the host sees as mem.
func Copy(ctx context.Context, mem []byte, at int, host []byte, write bool) error {
	if err := CheckPart(len(mem), at, len(host)); err != nil {
		return err
	}
	for mem = mem[at:]; ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(len(host), piece)
		if n == 0 {
			return nil
		}
		if write {
			copy(mem, host[:n])
		} else {
			copy(host[:n], mem)
		}
		mem, host = mem[n:], host[n:]
	}
}

// CheckPart refuses n bytes from at on of a buffer that has fewer.
func CheckPart(bytes, at, n int) error {
	if at < 0 || at > bytes-n {
		return fmt.Errorf("device memory: bytes [%d, %d) of %d", at, at+n, bytes)
	}
	return nil
}
