package tensor

import (
	"crypto/sha256"
	"fmt"
	"math"
	"strconv"
	"testing"
)

// TestEverySmallSliceIsPythons compares the elements that all ranges on short axes choose with Python's, by the sum of a listing.
func TestEverySmallSliceIsPythons(t *testing.T) {
	const none = 100
	ends := []int{none}
	for i := -6; i <= 6; i++ {
		ends = append(ends, i)
	}
	name := func(i int) string {
		if i == none {
			return "None"
		}
		return strconv.Itoa(i)
	}
	sum := sha256.New()
	for n := range 5 {
		a := counting(t, Int64, n)
		for _, start := range ends {
			for _, stop := range ends {
				for _, step := range []int{none, -7, -3, -2, -1, 1, 2, 3, 7} {
					r := All()
					if start != none {
						r = From(start)
					}
					if stop != none {
						r.Stop, r.HasStop = stop, true
					}
					if step != none {
						r = r.By(step)
					}
					v, err := a.Slice(r)
					if err != nil {
						t.Fatal(err)
					}
					fmt.Fprintf(sum, "%d %s %s %s %v\n", n, name(start), name(stop), name(step), v.Int64s())
				}
			}
		}
	}
	if got := fmt.Sprintf("%x", sum.Sum(nil)); got != sums(t)["slices"] {
		t.Errorf("the sum of all slices is %s, Python's is %s", got, sums(t)["slices"])
	}
}

func TestRangesAreWritten(t *testing.T) {
	for _, c := range []struct {
		r    Range
		want string
	}{
		{All(), ":"}, {Span(1, -1), "1:-1"}, {From(2), "2:"}, {To(3), ":3"}, {All().By(-1), "::-1"}, {Span(0, 9).By(3), "0:9:3"},
		{All().By(0), "::0"}, {Range{Step: 2}, "::2"},
	} {
		if got := c.r.String(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestExtremeRanges(t *testing.T) {
	a := counting(t, Int32, 3, 5)
	for _, c := range []struct {
		ranges []Range
		want   string // of the elements; empty: an error
	}{
		{[]Range{Span(math.MinInt, math.MaxInt), From(math.MaxInt)}, "[]"},
		{[]Range{All().By(math.MaxInt), All().By(math.MinInt)}, "[4]"},
		{[]Range{To(math.MinInt).By(math.MinInt), To(1)}, "[10]"},
		{[]Range{From(-1), From(math.MinInt).By(2)}, "[10 12 14]"},
		{[]Range{{Start: 1, Step: 5}}, "[0 1 2 3 4]"}, // a start without HasStart is none
		{[]Range{}, "[0 1 2 3 4 5 6 7 8 9 10 11 12 13 14]"},
		{[]Range{All().By(0)}, ""},
		{[]Range{All(), All(), All()}, ""},
	} {
		v, err := a.Slice(c.ranges...)
		if c.want == "" {
			if err == nil {
				t.Errorf("%v: no error", c.ranges)
			}
			continue
		}
		if err != nil || fmt.Sprint(v.Int64s()) != c.want || !v.SharesMemory(a) && v.Len() > 0 {
			t.Errorf("%v: %v, %v; want %s", c.ranges, v, err, c.want)
		}
	}
}
