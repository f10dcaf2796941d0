//go:build cgo && linux && !novulkan

package vulkan

// Words are those of the program's module, for tests that judge it.
func (p *Program) Words() []uint32 { return p.code.module.Words }
