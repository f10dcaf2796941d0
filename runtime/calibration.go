package runtime

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	goruntime "runtime"
	"strings"
	"sync"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/internal/cachefile"
)

// Calibration is what Calibrate measured on this machine. Sessions on the cpu device take it from the user's cache folder when they are
// opened: orders of contraction, fusion and the estimates of Explain go by it. Which order is taken changes the last bits of a contraction, as
// any order does.
type Calibration struct {
	Processor string        `json:"processor"` // whose rates they are; on another one they are not used
	Target    string        `json:"target"`
	Workers   int           `json:"workers"` // that Rates.Memory is of
	Rates     codegen.Rates `json:"rates"`
}

const (
	calibrationKind = "calibration 2"
	calibrationRoom = 4096 // bytes, more than any has
)

func calibrationPath(target string) (string, error) { return cachefile.Path("calibration-" + target) }

// Save keeps c for sessions to come, and gives the path of the file. See internal/cachefile for where that is.
func (c *Calibration) Save() (string, error) {
	path, err := calibrationPath(c.Target)
	if err != nil {
		return "", fmt.Errorf("runtime: calibration: %w", err)
	}
	text, err := json.MarshalIndent(c, "", "  ")
	if err == nil {
		err = cachefile.Write(path, calibrationKind, append(text, '\n'))
	}
	if err != nil {
		return "", fmt.Errorf("runtime: calibration: %w", err)
	}
	calibrations.Delete(c.Target)
	return path, nil
}

// processor names what this machine computes with.
func processor() string {
	here := goruntime.GOOS + "/" + goruntime.GOARCH
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return here
	}
	defer f.Close()
	lines := bufio.NewScanner(io.LimitReader(f, 1<<16))
	for lines.Scan() {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return here
}

// calibrations are those that were read, by their target: of each a reading.
var calibrations sync.Map

// reading is what came of reading a file: nothing where there is none.
type reading struct {
	calibration *Calibration
	why         string // a file that is there is not used
}

func readCalibration(target string) reading {
	path, err := calibrationPath(target)
	if err != nil {
		return reading{}
	}
	text, err := cachefile.Read(path, calibrationKind, calibrationRoom)
	if errors.Is(err, fs.ErrNotExist) {
		return reading{}
	}
	if err != nil {
		return reading{why: err.Error()}
	}
	c := new(Calibration)
	if err := json.Unmarshal(text, c); err != nil {
		return reading{why: path + " is ignored: " + err.Error()}
	}
	if here := processor(); c.Processor != here || c.Target != target {
		return reading{why: fmt.Sprintf("%s is ignored: it is of %s for %s, this is %s for %s", path, c.Processor, c.Target, here, target)}
	}
	return reading{calibration: c}
}

// rates gives what was measured for a target on this machine, all 0 where nothing was.
func (s *Session) rates(target string) codegen.Rates {
	if s.config.Uncalibrated {
		return codegen.Rates{}
	}
	found, ok := calibrations.Load(target)
	if !ok {
		found, _ = calibrations.LoadOrStore(target, readCalibration(target))
	}
	r := found.(reading)
	if r.why != "" {
		s.notes = append(s.notes, "calibration: "+r.why)
	}
	if r.calibration == nil {
		return codegen.Rates{}
	}
	return r.calibration.Rates
}
