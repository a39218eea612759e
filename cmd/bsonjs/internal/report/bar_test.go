package report

import (
	"bytes"
	"errors"
	"math"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestNumbers(t *testing.T) {
	for _, tc := range []struct {
		name              string
		total, done, docs int64
		took              time.Duration
		want              string
	}{
		{"start", 2e9, 0, 0, 0, "0 B of 2.0 GB, 0 documents"},
		{"nothing read yet", 2e9, 0, 0, time.Second, "0 B of 2.0 GB, 0 documents"},
		{"one document", 2e9, 999e6, 1, 9 * time.Second, "999.0 MB of 2.0 GB, 111.0 MB/s, 9s left, 1 document"},
		{"middle", 2e9, 999e6, 6600000, 9 * time.Second, "999.0 MB of 2.0 GB, 111.0 MB/s, 9s left, 6,600,000 documents"},
		{"fast", 300e9, 100e9, 2, 40 * time.Second, "100.0 GB of 300.0 GB, 2.5 GB/s, 1m20s left, 2 documents"},
		{"end", 2e9, 2e9, 2, 10 * time.Second, "2.0 GB of 2.0 GB, 200.0 MB/s, 0s left, 2 documents"},
		{"slow", 2e9, 1000, 2, time.Second, "1.0 kB of 2.0 GB, 1.0 kB/s, 555h33m19s left, 2 documents"},
		{"nearly at a standstill", 2e12, 1, 0, time.Minute, "1 B of 2.0 TB, 0 B/s, 0 documents"},
		{"start, of unknown length", 0, 0, 0, 0, "0 B, 0 documents"},
		{"of unknown length", 0, 3e6, 12345, 2 * time.Second, "3.0 MB, 1.5 MB/s, 12,345 documents"},
	} {
		if got := numbers(tc.done, tc.total, tc.docs, tc.took); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 7: "7", 999: "999", 1000: "1,000", 12345: "12,345", 123456: "123,456", 1234567: "1,234,567",
		-1: "-1", -999: "-999", -1000: "-1,000", math.MinInt64: "-9,223,372,036,854,775,808",
	} {
		if got := grouped(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

// The line about how far a run is has the numbers of the bar.
func TestText(t *testing.T) {
	for _, tc := range []struct {
		total int64
		done  fixedInput
		want  string
	}{
		{7.2e9, 3.6e9, `50%, 3\.6 GB of 7\.2 GB, 100\.0 kB/s, 10h0m\d+s left, 1,234 documents`},
		{1e9, 3.6e9, `100%, 3\.6 GB of 3\.6 GB, 100\.0 kB/s, 0s left, 1,234 documents`}, // the file has grown
		{-1, 3.6e9, `3\.6 GB, 100\.0 kB/s, 1,234 documents`},
	} {
		p := &Progress{total: tc.total, began: time.Now().Add(-10 * time.Hour)}
		p.Open(tc.done)
		p.Count(1234)
		if got := p.Text(); !regexp.MustCompile(`^` + tc.want + `$`).MatchString(got) {
			t.Errorf("%d of %d bytes: %q, want %q", tc.done, tc.total, got, tc.want)
		}
	}
}

// A fixedInput is an input with this number of bytes read.
type fixedInput int64

func (i fixedInput) Offset() int64 { return int64(i) }

// Rate and time left are averages since the start of the run, however late the
// bar is drawn for the first time and however often it is drawn anew.
func TestBarAverages(t *testing.T) {
	var w bytes.Buffer
	p := &Progress{form: ProgressBar, total: 7.2e9, began: time.Now().Add(-10 * time.Hour), err: &w}
	p.Open(fixedInput(3.6e9))
	p.Count(1234)
	p.start()
	p.show()
	p.Write([]byte("message\n"))
	p.End()
	want := regexp.MustCompile(`^bsonjs  50% \[=+>-+\] 3\.6 GB of 7\.2 GB, 100\.0 kB/s, 10h0m\d+s left, 1,234 documents\n$`)
	for line := range strings.Lines(w.String()) {
		if line != "message\n" && !want.MatchString(line) {
			t.Errorf("%q, want %q", line, want)
		}
	}
}

// Outside of a terminal the bar is lines without control characters. Messages
// are whole lines, and the last line is the progress at the end.
func TestBarAsLines(t *testing.T) {
	for _, tc := range []struct {
		name  string
		total int64
		done  fixedInput
		last  string // regular expression for the last line
	}{
		{"half", 1000, 500, `bsonjs  50% \[=+>-+\] 500 B of 1\.0 kB, \S+ \S+/s, \S+ left, 0 documents`},
		{"nothing", 1000, 0, `bsonjs   0% \[-+\] 0 B of 1\.0 kB, 0 documents`},
		{"all", 1000, 1000, `bsonjs 100% \[=+>\] 1\.0 kB of 1\.0 kB, \S+ \S+/s, 0s left, 0 documents`},
		{"a file that has grown", 1000, 5000, `bsonjs 100% \[=+>\] 5\.0 kB of 5\.0 kB, \S+ \S+/s, 0s left, 0 documents`},
		{"of unknown length", -1, 5000, `bsonjs \S 5\.0 kB, \S+ \S+/s, 0 documents`},
		{"empty", 0, 0, `bsonjs \S 0 B, 0 documents`},
	} {
		var w bytes.Buffer
		p := NewProgress(&w, ProgressBar, tc.total)
		p.Open(tc.done)
		p.show()
		p.Write([]byte("first\n"))
		p.Write([]byte("second\n"))
		p.End()
		said := w.String()
		p.End()
		p.Write([]byte("late\n"))
		want := regexp.MustCompile(`^(bsonjs [ -~]*\n)+first\n(bsonjs [ -~]*\n)*second\n(bsonjs [ -~]*\n)*` + tc.last + `\n$`)
		if !want.MatchString(said) {
			t.Errorf("%s: %q, want %q", tc.name, said, want)
		}
		if got := w.String(); got != said+"late\n" {
			t.Errorf("%s: after the end: %q", tc.name, strings.TrimPrefix(got, said))
		}
	}
}

// A bar comes at once, then with every interval, and again at the end. JSON does not come
// at once, and a late bar comes only in a long run, and not at its end.
func TestRuns(t *testing.T) {
	for _, tc := range []struct {
		form ProgressForm
		took time.Duration
		want int // lines
	}{
		{ProgressNone, 0, 0},
		{ProgressLate, 0, 0},
		{ProgressBar, 0, 2},
		{ProgressJSON, 0, 1},
		{ProgressNone, 3*LineEvery + LineEvery/2, 0},
		{ProgressLate, longRun - LineEvery/2, 0},
		{ProgressLate, longRun + LineEvery/2, 1},
		{ProgressBar, 3*LineEvery + LineEvery/2, 5},
		{ProgressJSON, 3*LineEvery + LineEvery/2, 4},
	} {
		synctest.Test(t, func(t *testing.T) { // the time stands still, except in Sleep
			var w bytes.Buffer
			p := NewProgress(&w, tc.form, 1000)
			time.Sleep(tc.took)
			p.End()
			if got := strings.Count(w.String(), "\n"); got != tc.want {
				t.Errorf("form %d, %v: %d lines, want %d: %q", tc.form, tc.took, got, tc.want, w.String())
			}
		})
	}
}

// A bar that is asked for comes before the first message.
func TestBarComesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w bytes.Buffer
		p := NewProgress(&w, ProgressBar, 1000)
		p.Write([]byte("message\n"))
		if before, _, _ := strings.Cut(w.String(), "message\n"); !strings.HasPrefix(before, "bsonjs ") {
			t.Errorf("before the message: %q", before)
		}
		p.End()
	})
}

// A short run has no late bar, not even at its end.
func TestLateBarOfShortRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w bytes.Buffer
		p := NewProgress(&w, ProgressLate, 1000)
		p.Open(fixedInput(500))
		p.Write([]byte("message\n"))
		p.End()
		if got := w.String(); got != "message\n" {
			t.Errorf("%q", got)
		}
	})
}

// No goroutine outlives End.
func TestBarGoroutines(t *testing.T) {
	var w bytes.Buffer
	p := NewProgress(&w, ProgressBar, -1)
	for range 10 {
		p.show()
		p.Write([]byte("message\n"))
	}
	p.show()
	if !strings.Contains(stacks(), "mpb") {
		t.Fatal("no goroutine of the bar: the test searches for the wrong name")
	}
	p.End()
	// A goroutine without further work may need a moment to end.
	for deadline := time.Now().Add(time.Minute); strings.Contains(stacks(), "mpb"); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after the end:\n%s", stacks())
		}
	}
}

// stacks returns the stacks of all goroutines.
func stacks() string {
	buf := make([]byte, 1<<20)
	return string(buf[:runtime.Stack(buf, true)])
}

type failingWriter struct{}

var errFull = errors.New("full")

func (failingWriter) Write([]byte) (int, error) { return 0, errFull }

// A bar that cannot be written does not block the run. Writing a message returns
// the error.
func TestBarThatCannotBeWritten(t *testing.T) {
	b := newBar(failingWriter{}, time.Now(), 1000)
	b.draw(1, 1)
	<-b.gone
	b.draw(2, 1)
	b.remove()

	p := NewProgress(failingWriter{}, ProgressBar, 1000)
	for range 3 {
		p.show()
		p.show()
		if _, err := p.Write([]byte("message\n")); !errors.Is(err, errFull) {
			t.Errorf("error %v", err)
		}
	}
	p.End()
}
