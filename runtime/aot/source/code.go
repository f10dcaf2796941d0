package source

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/codegen/cpu/asm"
	"github.com/einloom/einloom/runtime/host/crew"
)

// assembly is the file of the kernels.
func (w *writer) assembly() []byte {
	var b bytes.Buffer
	b.WriteString(Header + "\n" + asm.TextHeader)
	for _, o := range w.objects {
		b.WriteString(o.Text())
	}
	return b.Bytes()
}

// stubs is the file that declares the kernels to Go and gives them their numbers.
func (w *writer) stubs() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\npackage %s\n\nimport (\n", Header, w.Package)
	if len(w.objects) > 0 {
		b.WriteString("\t\"unsafe\"\n\n")
	}
	fmt.Fprintf(&b, "\t\"%sruntime/aot\"\n)\n\n", room)
	b.WriteString("// How the kernels below read their arguments: where this is not defined, generate them again.\nconst _ = aot.Layout1\n\n")
	for _, o := range w.objects {
		for _, f := range o.Funcs {
			fmt.Fprintf(&b, "//go:noescape\nfunc %s(args unsafe.Pointer)\n\n", f.Name)
		}
	}
	fmt.Fprintf(&b, "// %sCode is the machine code of %sPlan's steps.\nfunc %sCode() []*aot.Kernel {\n", w.prefix, w.prefix, w.prefix)
	for i, o := range w.objects {
		if len(o.Pool) > 0 {
			fmt.Fprintf(&b, "pool%d := aot.Bytes(%s)\n", i, constants(o.Pool))
		}
	}
	b.WriteString("return []*aot.Kernel{\n")
	for i, step := range w.plan.Steps {
		b.WriteString(w.kernel(&w.code[i], step.Kernel))
	}
	b.WriteString("}\n}\n")
	return b.Bytes()
}

// constants is bytes as an expression, a line for each vector of 32.
func constants(pool []byte) string {
	var lines []string
	for line := range slices.Chunk(pool, 32) {
		lines = append(lines, strconv.Quote(string(line)))
	}
	return "\"\" +\n" + strings.Join(lines, " +\n")
}

// absent is the file for architectures without machine code.
func (w *writer) absent() []byte {
	return fmt.Appendf(nil, `%s
//go:build !amd64

package %s

import "%sruntime/aot"

// %sCode says that there is no machine code for this architecture.
func %sCode() []*aot.Kernel { return nil }
`, Header, w.Package, room, w.prefix, w.prefix)
}

// kernel is a step's numbers for its object, as a literal.
func (w *writer) kernel(bound *binding, k *codegen.Kernel) string {
	if bound.object < 0 {
		return "nil,\n"
	}
	o := w.objects[bound.object]
	var b strings.Builder
	fmt.Fprintf(&b, "{\nName: %q,\n", k.Name)
	if len(o.Pool) > 0 {
		fmt.Fprintf(&b, "Pool: pool%d,\n", bound.object)
	}
	fmt.Fprintf(&b, "Nums: %#v,\nTemp: %d,\nScratch: %d,\nPhases: []aot.Phase{\n", bound.Nums, bound.Temp, bound.Scratch)
	for _, ph := range bound.Phases {
		fmt.Fprintf(&b, "{Call: %s, Points: %d, Grain: %d", o.Funcs[ph.Func].Name, ph.Points, ph.Grain)
		if ph.Vars != [7]int64{} {
			fmt.Fprintf(&b, ", Vars: %#v", ph.Vars)
		}
		b.WriteString("},\n")
	}
	b.WriteString("},\n")
	if len(bound.Checks) > 0 {
		b.WriteString("Checks: []aot.Check{\n")
		for _, c := range bound.Checks {
			fmt.Fprintf(&b, "{Of: %q, Extent: %d},\n", c.Of, c.Extent)
		}
		b.WriteString("},\n")
	}
	b.WriteString("Params: []aot.Param{\n")
	for i := range k.Params {
		p := crew.ParamOf(&k.Params[i])
		fmt.Fprintf(&b, "{Name: %q, Below: %d, Above: %d, Align: %d},\n", p.Name, p.Below, p.Above, p.Align)
	}
	b.WriteString("},\n},\n")
	return b.String()
}
