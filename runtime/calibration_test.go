package runtime

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/einloom/einloom/codegen"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/internal/cachefile"
	"github.com/einloom/einloom/runtime/host"
	"github.com/einloom/einloom/tensor"
)

// here gives the target of this machine's cpu device, and a cache folder of the test's own.
func here(t *testing.T) string {
	t.Helper()
	if err := host.Available(); err != nil {
		t.Skipf("SKIPPED: %v", err)
	}
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} { // os.UserCacheDir's, by system
		t.Setenv(name, t.TempDir())
	}
	t.Setenv("EINLOOM_CALIBRATION", "")
	s, err := Open(Config{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	t.Cleanup(func() { calibrations.Delete(s.Device()) })
	calibrations.Delete(s.Device())
	return s.Device()
}

func openWith(t *testing.T, c Config) *Session {
	t.Helper()
	s, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestSavedRatesAreOfLaterSessions(t *testing.T) {
	target := here(t)
	want := codegen.Rates{Products32: 1e11, Memory: 3e10, Launch: 1e-6}
	if _, err := (&Calibration{Processor: processor(), Target: target, Rates: want}).Save(); err != nil {
		t.Fatal(err)
	}
	s := openWith(t, Config{})
	if got := s.device.Target().Rates; got != want || len(s.Notes()) > 0 {
		t.Errorf("rates %+v, notes %q", got, s.Notes())
	}
	p, err := s.Compile(context.Background(), expr.Input("x", tensor.Float32, 10).Exp())
	if err != nil {
		t.Fatal(err)
	}
	if text := p.Plan(); !strings.Contains(text, "einloom calibrate") {
		t.Errorf("the plan does not say whose rates it goes by:\n%s", text)
	}
	if got := openWith(t, Config{Uncalibrated: true}).device.Target().Rates; got != (codegen.Rates{}) {
		t.Errorf("uncalibrated: %+v", got)
	}
	t.Setenv("EINLOOM_CALIBRATION", "off")
	if got := openWith(t, Config{}).device.Target().Rates; got != (codegen.Rates{}) {
		t.Errorf("with EINLOOM_CALIBRATION=off: %+v", got)
	}
}

// TestForeignRatesAreIgnored has files of another processor, of no JSON, and damaged ones: each is a note and no more.
func TestForeignRatesAreIgnored(t *testing.T) {
	target := here(t)
	path, err := calibrationPath(target)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	for why, write := range map[string]func() error{
		"another processor": func() error {
			_, err := (&Calibration{Processor: "another processor", Target: target, Rates: codegen.Rates{Memory: 1}}).Save()
			return err
		},
		"invalid character": func() error { return cachefile.Write(path, calibrationKind, []byte("rates")) },
		"it is no":          func() error { return os.WriteFile(path, []byte("rates\n"), 0o600) },
	} {
		if err := write(); err != nil {
			t.Fatal(err)
		}
		calibrations.Delete(target)
		s := openWith(t, Config{})
		if notes := strings.Join(s.Notes(), "\n"); s.device.Target().Rates != (codegen.Rates{}) || !strings.Contains(notes, why) {
			t.Errorf("%s: rates %+v, notes %q", why, s.device.Target().Rates, notes)
		}
	}
}

// TestCalibrateMeasures only asks for rates that no machine misses.
func TestCalibrateMeasures(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: it takes two seconds")
	}
	target := here(t)
	c, err := Calibrate(context.Background(), target)
	if err != nil {
		t.Fatal(err)
	}
	r := c.Rates
	for name, rate := range map[string]float64{
		"products32": r.Products32, "products64": r.Products64, "maps": r.Maps, "cached": r.Cached, "alone": r.Alone, "memory": r.Memory,
		"across": r.Across, "gathers": r.Gathers * 100, "launch": 1e3 / r.Launch,
	} {
		if rate < 1e6 || rate > 1e14 {
			t.Errorf("%s: %g", name, rate)
		}
	}
	if c.Target != target || c.Workers < 1 {
		t.Errorf("of %q, %d workers", c.Target, c.Workers)
	}
}
