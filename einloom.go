// Package einloom is the door: it opens what package runtime does under one import, so that no user's file has to rename a package
// called runtime. It holds nothing of its own.
//
// A program writes einsum strings (package einsum) and array expressions (package expr) over tensors (package tensor). Calls build a
// graph; nothing runs. Eval plans the graph, compiles its kernels to machine code and runs them:
//
//	a := expr.Of([]float32{1, 2, 3, 4}, 2, 2)
//	b := expr.Of([]float32{5, 6, 7, 8}, 2, 2)
//	c, err := einloom.Eval(ctx, einsum.Contract("ij,jk->ik", a, b).Tanh())
package einloom

import (
	"context"

	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

// Config says how a Session computes; the zero value is the best exact choice. See runtime.Config.
type Config = runtime.Config

// Session is a device with caches of plans and code. See runtime.Session.
type Session = runtime.Session

// Program is a compiled graph. See runtime.Program.
type Program = runtime.Program

// Buffer is an array that stays on a session's device between runs. See runtime.Buffer.
type Buffer = runtime.Buffer

// Arg is a tensor or a buffer bound to an input's name.
type Arg = runtime.Arg

// Event is one thing a session did, for Config.Trace.
type Event = runtime.Event

// Open gives a session on the device that c names.
func Open(c Config) (*Session, error) { return runtime.Open(c) }

// Eval plans, compiles and runs x on the shared default session, and gives its value in fresh memory.
func Eval(ctx context.Context, x expr.Expr, args ...Arg) (*tensor.Tensor, error) {
	return runtime.Eval(ctx, x, args...)
}

// Compile compiles xs together on the shared default session.
func Compile(ctx context.Context, xs ...expr.Expr) (*Program, error) {
	return runtime.Compile(ctx, xs...)
}

// Bind gives x to the input called name.
func Bind[T *tensor.Tensor | *Buffer](name string, x T) Arg { return runtime.Bind(name, x) }
