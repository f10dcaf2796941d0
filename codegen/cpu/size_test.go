package cpu

import (
	"runtime"
	"testing"
)

// TestObjectsKeepLittle holds what an object keeps to its code, its constants and its numbers: a process has thousands of them, and what
// they were written from is fifty times their size.
func TestObjectsKeepLittle(t *testing.T) {
	target, err := Target(AVX2)
	if err != nil {
		t.Fatal(err)
	}
	list := corpus(t, target)
	list = list[:min(len(list), 400)]
	objects := make([]*Object, 0, len(list))
	before := inUse()
	code := 0
	for _, k := range list {
		if o, err := Generate(k, target); err == nil {
			objects = append(objects, o)
			code += len(o.Code) + len(o.Pool)
		}
	}
	kept := inUse() - before
	if limit := 3*code + 2000*len(objects); kept > limit {
		t.Errorf("%d objects of %d bytes of code keep %d bytes, more than %d", len(objects), code, kept, limit)
	}
	runtime.KeepAlive(objects)
	runtime.KeepAlive(list)
}

// inUse is the bytes of live Go memory.
func inUse() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
