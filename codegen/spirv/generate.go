// Package spirv writes kernels as SPIR-V modules for Vulkan and as the text of the same instructions. It only makes words: it knows no
// device but by its capabilities, which are data, and works on any machine.
package spirv

import "github.com/einloom/einloom/codegen"

// generator writes one kernel.
type generator struct {
	k *codegen.Kernel
	c *Capabilities
	*assembler
}

func newGenerator(k *codegen.Kernel, c *Capabilities) *generator {
	return &generator{k: k, c: c, assembler: newAssembler()}
}

func (g *generator) module() (*Module, error) {
	return nil, &Missing{g.k.Name, "code", "every kernel", "wait for the next slice"}
}
