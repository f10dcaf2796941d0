package einsum

import (
	"strings"
	"sync"
)

// memo keeps specs that have been read: programs use a few of them again and again. It is safe for concurrent use; what it gives is not to
// be changed.
type memo struct {
	mu    sync.RWMutex
	specs map[string]*Spec
}

var remembered = memo{specs: map[string]*Spec{}}

// What a memo keeps at most: so many specs, each of so many bytes. A full one begins anew.
const (
	mostRemembered    = 256
	longestRemembered = 256
)

// read is read that remembers.
func (m *memo) read(spec string) (*Spec, *Error) {
	m.mu.RLock()
	known := m.specs[spec]
	m.mu.RUnlock()
	if known != nil {
		return known, nil
	}
	spec = strings.Clone(spec) // it may be a part of a long text
	s, err := read(spec)
	if err != nil {
		return nil, err
	}
	if len(spec) > longestRemembered {
		return &s, nil
	}
	s.what = "einsum " + quote(spec)
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.specs) >= mostRemembered {
		clear(m.specs)
	}
	m.specs[spec] = &s
	return &s, nil
}
