//go:build amd64

package exec_test

import (
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/einloom/einloom/runtime/host/exec"
)

const noSuchOption = 77

// child forbids itself to make memory executable (PR_SET_MDWE, Linux 6.3) and says what Probe has to say.
func child() int {
	if err := unix.Prctl(unix.PR_SET_MDWE, unix.PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0); err != nil {
		return noSuchOption
	}
	err := exec.Probe()
	if err == nil {
		fmt.Println("there is still a way")
		return 1
	}
	fmt.Println(err)
	return 0
}
