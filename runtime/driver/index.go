package driver

import "fmt"

// IndexError is what Run gives where an index that was computed at run time lies outside what it indexes.
type IndexError struct {
	Kernel string
	Of     string // the param and its dim
	Index  int64
	Extent int
}

// Error names the index and what it indexes.
func (e *IndexError) Error() string {
	return fmt.Sprintf("kernel %s: index %d is out of range for %s of %d elements", e.Kernel, e.Index, e.Of, e.Extent)
}
