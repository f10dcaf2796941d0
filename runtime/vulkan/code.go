//go:build cgo && linux && !novulkan

package vulkan

import (
	"fmt"
	"math"
	"sync"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/spirv"
)

// code is a kernel's pipelines. Programs share it; it lives until the cache and the last program let it go.
type code struct {
	name      string // of the first kernel that it was made for
	module    *spirv.Module
	layout    *layout
	pipelines []handle // one a pass
	refs      int      // guarded by codeCache.mu
}

// layout says how a pipeline's bindings and push constants lie. Pipelines with as many of both share it.
type layout struct {
	set, pipeline handle
}

// codeCache keeps pipelines by the text of their kernel, names aside. When it holds limit entries the oldest half goes.
type codeCache struct {
	device *Device
	shelf  *shelf

	mu      sync.Mutex
	byKey   map[string]*code
	order   []string
	layouts map[string]*layout // by the kinds of bindings and the words of push constants
	all     map[*code]struct{}
}

const codeLimit = 4096

// exact keeps every number of a kernel: they are constants of the words.
var exact = codegen.Keep{Extents: math.MaxInt, Strides: true, Blocks: true}

func (cc *codeCache) start(d *Device, kept *shelf) {
	cc.device, cc.shelf = d, kept
	cc.byKey, cc.layouts, cc.all = map[string]*code{}, map[string]*layout{}, map[*code]struct{}{}
}

// of gives the code of k, held once for the caller.
func (cc *codeCache) of(k *codegen.Kernel) (*code, error) {
	plain := *k
	plain.Schedule = codegen.Schedule{} // the words do not depend on it
	key := string(plain.AppendKey(nil, exact))
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
	cc.all[c] = struct{}{}
	if first := cc.byKey[key]; first != nil {
		first.refs++
		cc.unhold(c)
		return first, nil
	}
	if len(cc.order) >= codeLimit {
		for _, old := range cc.order[:codeLimit/2] {
			cc.unhold(cc.byKey[old])
			delete(cc.byKey, old)
		}
		cc.order = append(cc.order[:0], cc.order[codeLimit/2:]...)
	}
	c.refs++ // the cache's own hold
	cc.byKey[key] = c
	cc.order = append(cc.order, key)
	return c, nil
}

func (cc *codeCache) build(k *codegen.Kernel) (*code, error) {
	m, err := spirv.Generate(k, &cc.device.features)
	if err != nil {
		return nil, err
	}
	c := &code{name: k.Name, module: m, refs: 1}
	if len(m.Passes) == 0 {
		return c, nil
	}
	if c.layout, err = cc.layoutOf(kindsOf(m), m.Push); err != nil {
		return nil, err
	}
	if err := cc.pipelines(c); err != nil {
		cc.destroy(c)
		return nil, err
	}
	return c, nil
}

// kindsOf are the descriptor types of a module's bindings.
func kindsOf(m *spirv.Module) []uint32 {
	list := make([]uint32, len(m.Bindings))
	for i := range m.Bindings {
		list[i] = kindOf(&m.Bindings[i])
	}
	return list
}

func kindOf(b *spirv.Binding) uint32 {
	if b.Texels {
		return texelBuffer
	}
	return storageBuffer
}

// layoutOf gives the layout of pipelines with bindings of these kinds and so many words of push constants.
func (cc *codeCache) layoutOf(bindings []uint32, push int) (*layout, error) {
	cc.mu.Lock()
	defer cc.mu.Unlock()
	key := fmt.Sprint(bindings, push)
	if l := cc.layouts[key]; l != nil {
		return l, nil
	}
	l := new(layout)
	if err := cc.setLayout(l, bindings); err != nil {
		return nil, err
	}
	if err := cc.pipelineLayout(l, push); err != nil {
		cc.device.objects.destroy(objectSetLayout, l.set)
		return nil, err
	}
	cc.layouts[key] = l
	return l, nil
}

func (cc *codeCache) setLayout(l *layout, bindings []uint32) (err error) {
	list := allocate[setBinding](len(bindings))
	defer free(list)
	for i, kind := range bindings {
		list[i] = setBinding{binding: uint32(i), kind: kind, count: 1, stages: stageCompute}
	}
	info := setLayoutInfo{head: head{kind: typeSetLayout}, count: uint32(len(bindings)), bindings: address(&list[0])}
	l.set, err = create(&cc.device.objects, objectSetLayout, info)
	return err
}

func (cc *codeCache) pipelineLayout(l *layout, push int) (err error) {
	sets, pushed := allocate[handle](1), allocate[pushRange](1)
	defer func() { free(sets); free(pushed) }()
	sets[0] = l.set
	pushed[0] = pushRange{stages: stageCompute, size: uint32(4 * push)}
	info := layoutInfo{
		head: head{kind: typeLayout}, sets: 1, setLayouts: address(&sets[0]), ranges: uint32(min(push, 1)), pushConstants: address(&pushed[0]),
	}
	l.pipeline, err = create(&cc.device.objects, objectLayout, info)
	return err
}

// The descriptor types: VK_DESCRIPTOR_TYPE_STORAGE_BUFFER and VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER.
const (
	storageBuffer = 7
	texelBuffer   = 4
)

// pipelines makes a pipeline of each pass.
func (cc *codeCache) pipelines(c *code) error {
	d := cc.device
	words := allocate[uint32](len(c.module.Words))
	defer free(words)
	copy(words, c.module.Words)
	info := moduleInfo{head: head{kind: typeModule}, bytes: uint64(4 * len(c.module.Words)), words: address(&words[0])}
	module, err := create(&d.objects, objectModule, info)
	if err != nil {
		return err
	}
	defer d.objects.destroy(objectModule, module)
	kept := cc.shelf.open(c.module.Words)
	defer kept.close()
	for i := range c.module.Passes {
		p, err := cc.pipeline(module, c.module.Passes[i].Entry, c.layout.pipeline, kept.handle)
		if err != nil {
			return err
		}
		d.namer.name(objectPipeline, p, "%s %s", c.name, c.module.Passes[i].Entry)
		c.pipelines = append(c.pipelines, p)
	}
	kept.keep()
	return nil
}

func (cc *codeCache) pipeline(module handle, entry string, layout, cache handle) (handle, error) {
	d := cc.device
	info, name, out := allocate[pipelineInfo](1), text(entry), allocate[handle](1)
	defer func() { free(info); free(name); free(out) }()
	info[0] = pipelineInfo{
		head: head{kind: typePipeline}, flags: dispatchBase, layout: layout, index: -1,
		stage: stageInfo{head: head{kind: typeStage}, stage: stageCompute, module: module, name: address(&name[0])},
	}
	if err := d.objects.make(objectPipeline, 1, uint64(cache), 1, address(&info[0]), 0, address(&out[0])); err != nil {
		return 0, fmt.Errorf("the driver of %s refuses the shader: %w", d.Name, err)
	}
	return out[0], nil
}

// release gives up one hold on c.
func (cc *codeCache) release(c *code) {
	cc.mu.Lock()
	defer cc.mu.Unlock()
	cc.unhold(c)
}

func (cc *codeCache) unhold(c *code) {
	if c.refs--; c.refs == 0 {
		delete(cc.all, c)
		cc.device.lanes.retire(func() { cc.destroy(c) })
	}
}

func (cc *codeCache) destroy(c *code) {
	for _, p := range c.pipelines {
		cc.device.objects.destroy(objectPipeline, p)
	}
	c.pipelines = nil
}

// close destroys all pipelines; programs that hold one cannot be run any more.
func (cc *codeCache) close() {
	cc.mu.Lock()
	defer cc.mu.Unlock()
	for c := range cc.all {
		cc.destroy(c)
	}
	for _, l := range cc.layouts {
		cc.device.objects.destroy(objectLayout, l.pipeline)
		cc.device.objects.destroy(objectSetLayout, l.set)
	}
	cc.all, cc.byKey, cc.layouts, cc.order = nil, nil, nil, nil
}
