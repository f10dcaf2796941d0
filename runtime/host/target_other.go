//go:build !amd64

package host

import (
	"fmt"
	goruntime "runtime"

	"github.com/einloom/einloom/codegen"
)

// pickTarget says that there is no generator for this architecture yet.
func pickTarget(string) (codegen.Target, error) {
	return codegen.Target{}, fmt.Errorf("there is no code generator for %s", goruntime.GOARCH)
}
