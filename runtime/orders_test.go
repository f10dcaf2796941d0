package runtime_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/einloom/einloom/einsum"
	"github.com/einloom/einloom/expr"
	"github.com/einloom/einloom/internal/cachefile"
	"github.com/einloom/einloom/runtime"
	"github.com/einloom/einloom/tensor"
)

// ownCache gives the test a cache folder of its own, and the folder in it where orders lie.
func ownCache(t *testing.T) (orders string) {
	t.Helper()
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} { // os.UserCacheDir's, by system
		t.Setenv(name, t.TempDir())
	}
	t.Setenv("EINLOOM_ORDERS", "")
	path, err := cachefile.Path("orders")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// ladder is a contraction of 20 arrays, whose order takes long to find.
func ladder() expr.Expr {
	var terms []string
	var args []expr.Expr
	for i := range rune(10) {
		left, right, rung := 0x4e00+3*i, 0x4e00+3*i+1, 0x4e00+3*i+2
		terms = append(terms, string([]rune{left, rung, left + 3}), string([]rune{right, rung, right + 3}))
		name := string('a' + i)
		args = append(args, expr.Input(name, tensor.Float32, 2, 3, 2), expr.Input(name+name, tensor.Float32, 3, 3, 3))
	}
	return einsum.Contract(strings.Join(terms, ",")+"->", args...)
}

// ordered compiles the ladder in a session of its own: whether its order was kept, and what Trace was told of the cache.
func ordered(t *testing.T, c runtime.Config) (kept bool, told string) {
	t.Helper()
	var lines []string
	c.Device = "interp"
	c.Trace = func(e runtime.Event) {
		if e.What == "cache" {
			lines = append(lines, e.String())
		}
	}
	s, err := runtime.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p, err := s.Compile(ctx, ladder())
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(p.Explain(), "kept from an earlier search"), strings.Join(lines, "\n")
}

var keeping = runtime.Config{KeepOrders: true}

// files lists what is in a folder.
func files(t *testing.T, folder string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestOrdersAreOfLaterSessions(t *testing.T) {
	folder := ownCache(t)
	if kept, told := ordered(t, runtime.Config{}); kept || told != "" || len(files(t, folder)) > 0 {
		t.Errorf("nobody asked for it: kept %v, files %q, %s", kept, files(t, folder), told)
	}
	if kept, told := ordered(t, keeping); kept || told != "" || len(files(t, folder)) != 1 {
		t.Errorf("at first: kept %v, files %q, %s", kept, files(t, folder), told)
	}
	if kept, told := ordered(t, keeping); !kept || told != "" {
		t.Errorf("then: kept %v, %s", kept, told)
	}
	t.Setenv("EINLOOM_ORDERS", "keep")
	if kept, told := ordered(t, runtime.Config{}); !kept || told != "" {
		t.Errorf("by the environment: kept %v, %s", kept, told)
	}
}

// TestOrdersAreOfOtherProcesses runs the same test in processes of their own, at the same time and then once more.
func TestOrdersAreOfOtherProcesses(t *testing.T) {
	const child = "EINLOOM_TEST_ORDERS"
	if want := os.Getenv(child); want != "" {
		if kept, told := ordered(t, keeping); want == "kept" && !kept || told != "" {
			t.Errorf("kept %v, %s", kept, told)
		}
		return
	}
	ownCache(t)
	run := func(want string) {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestOrdersAreOfOtherProcesses$")
		cmd.Env = append(os.Environ(), child+"="+want)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() { run("any") })
	}
	all.Wait()
	run("kept")
}

// TestSpoiltOrdersAreIgnored has files that are damaged, of another version, or whole and of no sense: Trace is told, and they are replaced.
func TestSpoiltOrdersAreIgnored(t *testing.T) {
	folder := ownCache(t)
	ordered(t, keeping)
	path := files(t, folder)[0]
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for why, spoil := range map[string]func() error{
		"its checksum differs":          func() error { return os.WriteFile(path, append(good[:len(good)-1:len(good)-1], '?'), 0o600) },
		"it is no order 1":              func() error { return cachefile.Write(path, "order 0", []byte("{}")) },
		"it is no tree of this network": func() error { return cachefile.Write(path, "order 1", []byte(`{"steps":[[0,0]]}`)) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if kept, told := ordered(t, keeping); kept || !strings.Contains(told, why) {
			t.Errorf("%s: kept %v, %s", why, kept, told)
		}
		if kept, told := ordered(t, keeping); !kept || told != "" {
			t.Errorf("after %s: kept %v, %s", why, kept, told)
		}
	}
}

// TestOrdersWithoutAFolder has a file where the folder should be, as no user may write to it: orders are found and not kept.
func TestOrdersWithoutAFolder(t *testing.T) {
	folder := ownCache(t)
	if err := os.MkdirAll(filepath.Dir(folder), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder, nil, 0o400); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if kept, told := ordered(t, keeping); kept || !strings.Contains(told, "an order is not kept") {
			t.Errorf("kept %v, %s", kept, told)
		}
	}
}

// TestOrdersOfASealedFolder reads from a folder that nobody may write to.
func TestOrdersOfASealedFolder(t *testing.T) {
	folder := ownCache(t)
	ordered(t, keeping)
	if err := os.Chmod(folder, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(folder, 0o700) })
	if kept, told := ordered(t, keeping); !kept || told != "" {
		t.Errorf("kept %v, %s", kept, told)
	}
}

// TestOrdersOfManySessions has sessions find and keep the same order at the same time.
func TestOrdersOfManySessions(t *testing.T) {
	ownCache(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, told := ordered(t, keeping); told != "" {
				t.Error(told)
			}
		})
	}
	all.Wait()
	if kept, _ := ordered(t, keeping); !kept {
		t.Error("nothing is kept")
	}
}
