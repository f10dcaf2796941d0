package runtime

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/einloom/einloom/planner"
)

// withEnvironment adds to c what the environment asks for. It is the only place that reads it:
//
//	EINLOOM_DUMP=graph,order,kernel,cpu,spirv   text of those stages on standard error ("all" for every one)
//	EINLOOM_LOG=1                               a line a compile: what, how long, why
//	EINLOOM_OFF=fuse,rule:NAME                  passes and rules turned off
//	EINLOOM_CHECK=1                             verify after each pass
//	EINLOOM_VALIDATE=1                          Vulkan's validation layer, with what it says on standard error
//	EINLOOM_CALIBRATION=off                     built-in rates, whatever Calibrate measured here
//	EINLOOM_ORDERS=keep                         orders of contraction are kept for later processes, and taken from earlier ones
//	EINLOOM_CACHE=off                           compiled code of GPUs is neither kept nor taken from earlier processes
func withEnvironment(c Config) (Config, error) {
	if off := os.Getenv("EINLOOM_OFF"); off != "" {
		c.Off = append(slices.Clone(c.Off), strings.Split(off, ",")...)
	}
	if os.Getenv("EINLOOM_CHECK") == "1" {
		c.Check = true
	}
	validate := os.Getenv("EINLOOM_VALIDATE") == "1"
	if validate {
		c.Validate = true
	}
	if os.Getenv("EINLOOM_CALIBRATION") == "off" {
		c.Uncalibrated = true
	}
	if os.Getenv("EINLOOM_ORDERS") == "keep" {
		c.KeepOrders = true
	}
	if os.Getenv("EINLOOM_CACHE") == "off" {
		c.Uncached = true
	}
	for _, name := range c.Off {
		if !slices.Contains(planner.Switches(), name) {
			return c, fmt.Errorf("runtime: there is no pass or rule %q to turn off: %s are passes, rule:NAME is a rule", name, passNames())
		}
	}
	if err := planner.CheckObjective(c.Objective); err != nil {
		return c, fmt.Errorf("runtime: Config.Objective: %w", err)
	}
	log := os.Getenv("EINLOOM_LOG") == "1"
	var dump []string
	if d := os.Getenv("EINLOOM_DUMP"); d != "" {
		dump = strings.Split(d, ",")
	}
	for _, name := range dump {
		if known := append(planner.Stages(), "cpu", "spirv", "all"); !slices.Contains(known, name) {
			return c, fmt.Errorf("runtime: EINLOOM_DUMP: there is no stage %q: it is one of %s", name, strings.Join(known, ", "))
		}
	}
	if c.Threads < 0 || c.Threads > MaxThreads {
		return c, fmt.Errorf("runtime: Config.Threads is %d; 0 to %d can be", c.Threads, MaxThreads)
	}
	if c.MemoryLimit < 0 {
		return c, fmt.Errorf("runtime: Config.MemoryLimit is %d bytes", c.MemoryLimit)
	}
	if c.MemoryLimit == 0 {
		c.MemoryLimit = MachineMemory()
	}
	if !log && !validate && dump == nil {
		return c, nil
	}
	user := c.Trace
	c.Trace = func(e Event) {
		switch {
		case e.What == "stage":
			if slices.Contains(dump, e.Name) || slices.Contains(dump, "all") {
				fmt.Fprintf(os.Stderr, "; stage %s\n%s\n", e.Name, strings.TrimRight(e.Text(), "\n"))
			}
		case log, validate && e.What == "validation":
			fmt.Fprintln(os.Stderr, e)
		}
		if user != nil {
			user(e)
		}
	}
	return c, nil
}

// passNames are the passes among planner.Switches.
func passNames() string {
	isRule := func(name string) bool { return strings.HasPrefix(name, "rule:") }
	return strings.Join(slices.DeleteFunc(planner.Switches(), isRule), ", ")
}
