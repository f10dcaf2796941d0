// Package tests holds what looks at the project as a whole: the house rules, conformance, property and fault tests.
package tests

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/einloom/einloom"

// mayImport is who imports whom: each package's whole list of the project's packages that its product files may name. A package that is
// not here is an error: add its row, with a reason in ARCHITECTURE.md.
var mayImport = map[string][]string{
	"tensor":                    {},
	"internal/caller":           {},
	"internal/goasm":            {},
	"internal/spirvtools":       {},
	"internal/golden":           {},
	"internal/race":             {},
	"internal/cachefile":        {},
	"expr/op":                   {"expr/op/exact", "tensor"},
	"expr/op/exact":             {},
	"expr/op/coef":              {"expr/op/exact"},
	"expr/op/gen":               {"expr/op", "tensor"},
	"expr/routine":              {"tensor"},
	"expr":                      {"expr/op", "expr/routine", "internal/caller", "tensor"},
	"expr/oracle":               {"expr", "expr/op", "tensor"},
	"einsum":                    {"expr", "internal/caller", "tensor"},
	"codegen":                   {"expr/op", "expr/routine", "tensor"},
	"codegen/cpu":               {"codegen", "codegen/cpu/asm", "expr/op", "tensor"},
	"codegen/cpu/asm":           {},
	"codegen/cpu/asm/emu":       {"codegen/cpu/asm"},
	"codegen/spirv":             {"codegen", "expr/op", "tensor"},
	"codegen/spirv/gen":         {},
	"planner":                   {"codegen", "expr", "expr/op", "planner/order", "tensor"},
	"planner/order":             {},
	"runtime/driver":            {"codegen"},
	"runtime/driver/drivertest": {"codegen", "expr/op", "runtime/driver", "tensor"},
	"runtime/host":              {"codegen", "codegen/cpu", "codegen/cpu/asm", "runtime/driver", "runtime/host/crew", "runtime/host/exec"},
	"runtime/host/crew":         {"codegen", "runtime/driver"},
	"runtime/host/exec":         {},
	"runtime/vulkan":            {"codegen", "codegen/spirv", "internal/cachefile", "runtime/driver", "tensor"},
	"runtime/runtimetest":       {"runtime", "runtime/driver/drivertest"},
	"runtime/aot":               {"codegen", "runtime/driver", "runtime/host/crew", "runtime/interp", "tensor"},
	"runtime/aot/source":        {"codegen", "codegen/cpu", "codegen/cpu/asm", "expr", "planner", "runtime/aot", "runtime/host/crew", "tensor"},
	"runtime/interp":            {"codegen", "expr/op", "runtime/driver", "runtime/routines", "tensor"},
	"runtime/routines":          {"tensor"},
	"runtime":                   {"codegen", "codegen/cpu", "expr", "internal/cachefile", "planner", "runtime/driver", "runtime/host", "runtime/interp", "runtime/vulkan", "tensor"},
	"":                          {"expr", "runtime", "tensor"},
}

// top are the folders whose packages may import everything public.
var top = []string{"cmd", "examples", "tests"}

// absent are imports that only the rooms named may have.
var absent = map[string][]string{
	"unsafe": {"tensor", "runtime/aot", "runtime/host", "runtime/host/crew", "runtime/host/exec", "runtime/vulkan"},
	"C":      {"runtime/vulkan"},
	"os":     {"tensor", "runtime", "codegen/spirv/gen", "expr/op/coef", "expr/op/gen", "internal/cachefile", "internal/goasm", "internal/golden", "runtime/driver/drivertest"},
}

func TestImportsFollowTheTable(t *testing.T) {
	for file, imports := range sources(t) {
		room := path.Dir(file)
		if room == "." {
			room = ""
		}
		if slices.Contains(top, strings.Split(room, "/")[0]) || strings.HasSuffix(file, "_test.go") {
			continue
		}
		allowed, known := mayImport[room]
		if !known {
			t.Errorf("%s: package %q has no row in the house table", file, room)
			continue
		}
		for _, imp := range imports {
			if own, ok := strings.CutPrefix(imp, module); ok && !slices.Contains(allowed, strings.TrimPrefix(own, "/")) {
				t.Errorf("%s imports %s: the house table does not allow it", file, imp)
			}
			if rooms, ok := absent[imp]; ok && !slices.Contains(rooms, room) {
				t.Errorf("%s imports %q: only %v may", file, imp, rooms)
			}
		}
	}
}

func TestNamesThatSayNothingAreAbsent(t *testing.T) {
	for file := range sources(t) {
		base := strings.TrimSuffix(path.Base(file), ".go")
		for _, bad := range []string{"util", "utils", "common", "helpers", "types", "misc", "manager"} {
			if base == bad || path.Base(path.Dir(file)) == bad {
				t.Errorf("%s: name what is in it", file)
			}
		}
	}
}

func TestTopLevelHoldsOnlyWhatTheHouseNames(t *testing.T) {
	known := []string{
		".ci", ".git", ".gitignore", "go.mod", "go.sum", "README.md", "ARCHITECTURE.md", "RATIONALE.md", "CONTRIBUTING.md", "LICENSE",
		"einloom.go", "einloom_test.go", "tensor", "expr", "einsum", "planner", "codegen", "runtime", "internal", "cmd", "examples",
		"tests", "docs",
	}
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(known, e.Name()) {
			t.Errorf("%s stands at the top level: the house does not name it", e.Name())
		}
	}
}

// sources gives the imports of every Go file of the project by its path from the top.
func sources(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel("..", p)
		if err != nil {
			return err
		}
		list := []string{}
		for _, s := range f.Imports {
			v, err := strconv.Unquote(s.Path.Value)
			if err != nil {
				return err
			}
			list = append(list, v)
		}
		found[filepath.ToSlash(rel)] = list
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
