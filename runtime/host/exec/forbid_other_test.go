//go:build amd64 && (darwin || freebsd)

package exec_test

const noSuchOption = 77

// child has nothing to try: there is no switch here that forbids executable memory.
func child() int { return noSuchOption }
