package driver

import "fmt"

// CallError is what Run gives where a routine has no result for the numbers that it is called with.
type CallError struct {
	Kernel, Routine string
	Batch           []int // the axes ahead of those that a call takes; none: there is one call
	Place           int   // of the call in the batch, in row-major order
	Why             error
}

// Error says which call failed, and why.
func (e *CallError) Error() string {
	return fmt.Sprintf("kernel %s: %s: %s", e.Kernel, e.Routine, e.Message())
}

// Message says which of the batch it was, and why it failed.
func (e *CallError) Message() string {
	if len(e.Batch) == 0 {
		return e.Why.Error()
	}
	at, rest := make([]int, len(e.Batch)), e.Place
	for k := len(at) - 1; k >= 0; k-- {
		at[k] = rest % e.Batch[k]
		rest /= e.Batch[k]
	}
	return fmt.Sprintf("at %v of the batch %v: %v", at, e.Batch, e.Why)
}

// Unwrap gives why.
func (e *CallError) Unwrap() error { return e.Why }
