//go:build cgo && linux && !novulkan

package vulkan

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"unsafe"

	vk "github.com/vulkan-go/vulkan"

	"github.com/einloom/einloom/internal/cachefile"
)

// maker is who compiles: what another one has compiled is of no use.
type maker struct {
	vendor, device, version uint32
	uuid                    [16]byte // pipelineCacheUUID
}

// shelf keeps what the driver has made of modules for the next process: a file for each module. The zero shelf keeps nothing.
type shelf struct {
	device  *Device
	folder  *cachefile.Folder
	damaged func(error)
}

func newShelf(d *Device, c *Config) *shelf {
	s := &shelf{d, c.Cache, c.Damaged}
	if s.damaged == nil {
		s.damaged = func(error) {}
	}
	return s
}

// kept is the driver's cache for the pipelines of one module.
type kept struct {
	shelf  *shelf
	name   string
	handle handle // VkPipelineCache; 0: there is none
	known  bool   // it was on the shelf
}

// open gives the driver's cache for a module, with what is on the shelf.
func (s *shelf) open(words []uint32) *kept {
	k := &kept{shelf: s}
	if s.folder == nil {
		return k
	}
	k.name = s.device.maker.name(words)
	data, err := s.folder.Read(k.name)
	if err == nil {
		err = s.device.maker.check(data)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.damaged(fmt.Errorf("vulkan: compiled code %s: %w", k.name, err))
	}
	if k.known = err == nil; !k.known {
		data = nil
	}
	k.create(data)
	return k
}

// create makes the driver's cache. Without one everything is compiled, as it would be with an empty one.
func (k *kept) create(data []byte) {
	memory := allocate[byte](len(data))
	defer free(memory)
	copy(memory, data)
	info := pipelineCacheInfo{head: head{kind: typePipelineCache}, bytes: uint64(len(data)), data: address(&memory[0])}
	var err error
	if k.handle, err = create(&k.shelf.device.objects, objectPipelineCache, info); err != nil {
		k.shelf.damaged(err)
	}
}

// keep puts what the driver has compiled on the shelf, unless it came from there.
func (k *kept) keep() {
	if k.handle == 0 || k.known {
		return
	}
	data := k.data()
	if len(data) <= int(unsafe.Sizeof(cacheHead{})) {
		return // the driver keeps nothing, or does so in its own way
	}
	if err := k.shelf.folder.Write(k.name, data); err != nil {
		k.shelf.damaged(fmt.Errorf("vulkan: compiled code is not kept: %w", err))
	}
}

// data is what the driver has compiled, as bytes; nil where it takes more than the shelf has room for.
func (k *kept) data() []byte {
	d, n := k.shelf.device, allocate[uint64](1)
	defer free(n)
	if d.fn.cacheData.result(uint64(d.handle), uint64(k.handle), address(&n[0]), 0) != vk.Success || n[0] > uint64(k.shelf.folder.Most) {
		return nil
	}
	memory := allocate[byte](int(n[0]))
	defer free(memory)
	if d.fn.cacheData.result(uint64(d.handle), uint64(k.handle), address(&n[0]), address(&memory[0])) != vk.Success {
		return nil
	}
	return bytes.Clone(memory[:min(n[0], uint64(len(memory)))])
}

func (k *kept) close() {
	k.shelf.device.objects.destroy(objectPipelineCache, k.handle)
}

// name is of the file with what m makes of a module.
func (m *maker) name(words []uint32) string {
	h := sha256.New()
	binary.Write(h, binary.LittleEndian, []uint32{m.vendor, m.device, m.version}) // a hash takes everything
	h.Write(m.uuid[:])
	binary.Write(h, binary.LittleEndian, words)
	return fmt.Sprintf("%x", h.Sum(nil))
}

// cacheHead is VkPipelineCacheHeaderVersionOne, with which every driver's data begins.
type cacheHead struct {
	Size, Version, Vendor, Device uint32
	UUID                          [16]byte
}

// check says why data, as it was read, is none of m's: drivers have been seen to trust it blindly.
func (m *maker) check(data []byte) error {
	var h cacheHead
	if err := binary.Read(bytes.NewReader(data), binary.LittleEndian, &h); err != nil {
		return fmt.Errorf("it has %d bytes", len(data))
	}
	if want := (cacheHead{uint32(unsafe.Sizeof(h)), 1, m.vendor, m.device, m.uuid}); h != want {
		return errors.New("it is another driver's")
	}
	return nil
}
