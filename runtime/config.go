// Package runtime is the top: sessions that plan, compile and run graphs, caches of plans and code, and what it tells of them. It never
// looks inside a graph's meaning or a kernel; it is the only package that reads the environment.
package runtime

import (
	"fmt"
	"time"
)

// Config says how a Session computes. The zero value is the best exact choice: this machine's processor, all its cores and memory.
type Config struct {
	// Device is "cpu" (generated machine code, the default; where that is not possible the interpreter, and Session.Notes says why),
	// "interp" (the portable interpreter), "vulkan" (SPIR-V on the best GPU that there is a driver of; "vulkan:1" is the next) or
	// "auto": cpu, and where there is a GPU each plan runs there if that is thought to take less time, with what travels; Program.Explain
	// says which and why, with the numbers. Runs on Buffers are where these lie, on the GPU. See Devices.
	Device string
	// Target holds the cpu device to one instruction set, "amd64+avx2" or "amd64+avx512"; "" takes the widest that runs here.
	Target string
	// FastMath allows rewrites that change roundings.
	FastMath bool
	// MemoryLimit is the most bytes that one run may take for intermediates, outputs and what its program keeps; 0: what this machine has, see MachineMemory. A
	// plan that needs more is refused before anything runs, with the number needed.
	MemoryLimit int64
	// Objective is what orders of contraction are to be cheap in: "time" (the default), "flops", "size" or "write". See planner.Objectives.
	Objective string
	// Threads is how many workers share a kernel, up to MaxThreads; 0: GOMAXPROCS. Results do not depend on it.
	Threads int
	// Uncalibrated plans by built-in rates, whatever Calibrate measured on this machine.
	Uncalibrated bool
	// Uncached compiles anew what the drivers of GPUs have compiled in earlier processes, and keeps nothing for later ones. Otherwise that
	// is in the user's cache folder, in up to 64 MB.
	Uncached bool
	// KeepOrders keeps orders of contraction whose search took long in the user's cache folder, in up to 16 MB, for later sessions and other
	// processes. What is read there is checked; a file that is of no use is ignored, and Trace is told.
	KeepOrders bool
	// Off turns passes ("fuse") and rewrite rules ("rule:neutral") off by name, to find out which of them is at fault. Names that are none
	// are an error; planner.Switches lists those that are.
	Off []string
	// Check verifies the graph or the kernels after each pass, and in each run of a Program that expr.Frozen data is what it was in the
	// first: what is computed of it once is then computed again and compared.
	Check bool
	// Validate turns on Khronos' validation layer on devices of Vulkan, which checks each call and each shader: what it finds wrong is told to
	// Trace. Where the layer is not installed, Open says so. Runs take longer; other devices do not change.
	Validate bool
	// Trace is told what a session does, as it happens; nil: nobody is. It is called from the goroutine that compiles, which may be one
	// that a cancelled call has left behind; with Validate also from any that calls the session, from several at once, and from threads of the
	// driver's. It must not call the session.
	Trace func(Event)
}

// MaxThreads is the most that Config.Threads may be: workers are started when a session is opened, and no machine has more processors.
const MaxThreads = 1 << 14

// Event is one thing a session did.
type Event struct {
	// What is "compile", "once" (a program computes what it keeps), "fallback", "cache" (a file of it that is ignored, or not written),
	// "validation", or "stage" with Text.
	What string
	Name string        // what was compiled, or the stage's name
	Why  string        // the reason: why a cache missed, why a kernel is interpreted; what is wrong
	Text func() string // the dump of a stage, made when asked for; nil otherwise
	Took time.Duration // of what was compiled or computed
}

// String is one line of a log.
func (e Event) String() string {
	s := "einloom: " + e.What + " " + e.Name
	if e.Why != "" {
		s += ": " + e.Why
	}
	if e.Took > 0 {
		s += fmt.Sprintf(" (%v)", e.Took.Round(time.Microsecond))
	}
	return s
}
