package tests

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

// forbidden makes a child process of this test's program that may not make memory executable.
const forbidden = "EINLOOM_TEST_FORBID_EXEC"

const noSuchOption = 77

func TestMain(m *testing.M) {
	if os.Getenv(forbidden) != "" {
		os.Exit(withoutMachineCode())
	}
	os.Exit(m.Run())
}

// withoutMachineCode forbids itself to make memory executable (PR_SET_MDWE, Linux 6.3), evaluates, and prints the value and what the
// session has to say.
func withoutMachineCode() int {
	if err := unix.Prctl(unix.PR_SET_MDWE, unix.PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0); err != nil {
		return noSuchOption
	}
	s, err := runtime.Open(runtime.Config{})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	sum, err := s.Eval(context.Background(), expr.Arange(tensor.Float32, 0, 100, 1).Sum())
	fmt.Println(sum, err, s.Device(), s.Notes())
	return 0
}

// TestNoExecutableMemory: where the system forbids machine code the zero Config computes on the interpreter and says so.
func TestNoExecutableMemory(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), forbidden+"=1")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == noSuchOption {
		t.Skip("the system has no way to forbid executable memory")
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"4950", "<nil>", "interp", "device cpu runs on the interpreter", "executable"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in: %s", want, out)
		}
	}
}
