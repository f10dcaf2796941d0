package host

import (
	"fmt"
	"sync"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu"
	"github.com/einloom/einloom/runtime/host/crew"
	"github.com/einloom/einloom/runtime/host/exec"
)

// code is an Object in executable memory. Programs share it; it lives until the cache and the last program let it go.
type code struct {
	object *cpu.Object
	exec   *exec.Code
	pool   []byte
	owner  *codeCache
	refs   int // guarded by owner.mu
}

// release gives up one hold on the code.
func (c *code) release() {
	c.owner.mu.Lock()
	defer c.owner.mu.Unlock()
	c.owner.unhold(c)
}

// codeCache keeps generated code by the structure of its kernel. When it holds limit entries the oldest half goes.
type codeCache struct {
	target codegen.Target
	mu     sync.Mutex
	byKey  map[string]*code
	order  []string
}

const codeLimit = 4096

// of gives the code for kernels of k's structure, held once for the caller.
func (cc *codeCache) of(k *codegen.Kernel) (*code, error) {
	key := cpu.Key(k)
	cc.mu.Lock()
	if c := cc.byKey[key]; c != nil {
		c.refs++
		cc.mu.Unlock()
		return c, nil
	}
	cc.mu.Unlock()
	c, err := cc.build(k) // outside the lock: two goroutines may build the same code; the first one in stays
	if err != nil {
		return nil, err
	}
	cc.mu.Lock()
	defer cc.mu.Unlock()
	if first := cc.byKey[key]; first != nil {
		first.refs++
		cc.unhold(c)
		return first, nil
	}
	if cc.byKey == nil {
		cc.byKey = map[string]*code{}
	}
	if len(cc.order) >= codeLimit {
		cc.evict(codeLimit / 2)
	}
	c.refs++ // the cache's own hold
	cc.byKey[key] = c
	cc.order = append(cc.order, key)
	return c, nil
}

func (cc *codeCache) build(k *codegen.Kernel) (*code, error) {
	object, err := cpu.Generate(k, cc.target)
	if err != nil {
		return nil, err
	}
	x, err := exec.New(object.Code)
	if err != nil {
		return nil, fmt.Errorf("executable memory: %w", err)
	}
	pool := crew.Aligned(len(object.Pool))
	copy(pool, object.Pool)
	return &code{object: object, exec: x, pool: pool, owner: cc, refs: 1}, nil
}

func (cc *codeCache) evict(n int) {
	for _, key := range cc.order[:n] {
		cc.unhold(cc.byKey[key])
		delete(cc.byKey, key)
	}
	cc.order = append(cc.order[:0], cc.order[n:]...)
}

// drop lets go of all that no program holds.
func (cc *codeCache) drop() {
	cc.mu.Lock()
	defer cc.mu.Unlock()
	cc.evict(len(cc.order))
}

func (cc *codeCache) unhold(c *code) {
	if c.refs--; c.refs == 0 {
		c.exec.Free()
	}
}
