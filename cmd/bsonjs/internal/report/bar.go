package report

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/vbauerster/cupwriter"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
)

// This file draws the bar with mpb, which has its own goroutines. They write
// only between the first call of draw and the end of remove. A message is written
// after remove; the next draw is that of a new bar. A bar has no state except its
// arguments, so the new one continues where the old one ended.

const (
	// barWidth is the largest length of the bar proper, in columns.
	barWidth = 30
	// usualWidth and usualHeight are the size of a terminal of unknown size, in
	// columns and lines.
	usualWidth, usualHeight = 80, 24
	// longestLeft limits the time left that is shown.
	longestLeft = 1000 * 24 * time.Hour
)

// A bar is a line about the progress. On a terminal it is written over itself;
// elsewhere, each draw is a line of its own.
type bar struct {
	total   int64        // bytes that will be read; 0 or less: unknown
	docs    atomic.Int64 // documents that have been read
	console console
	all     *mpb.Progress
	line    *mpb.Bar
	refresh chan any // a value is a request to draw
	gone    chan any // closed at the end of the drawing goroutines
}

// newBar returns a bar on w about a run that began at began and reads total
// bytes.
func newBar(w io.Writer, began time.Time, total int64) *bar {
	b := &bar{total: total, console: newConsole(w), refresh: make(chan any), gone: make(chan any)}
	b.all = mpb.New(
		mpb.WithConsoleWriter(b.console),
		mpb.WithManualRefresh(b.refresh),
		mpb.WithShutdownNotifier(b.gone),
	)
	name := decor.Name("bsonjs ")
	numbers := mpb.AppendDecorators(decor.Any(func(s decor.Statistics) string {
		return " " + numbers(s.Current, s.Total, b.docs.Load(), time.Since(began))
	}))
	// mpb draws a complete bar without a request. So the total here is 0, for
	// unknown, and the bar never becomes complete: SetTotal changes only the numbers.
	if total > 0 {
		percent := decor.NewPercentage("%d ", decor.WC{W: len("100% ")})
		b.line = b.all.AddBar(0, mpb.BarWidth(barWidth), mpb.BarFillerTrim(), mpb.PrependDecorators(name, percent), numbers)
	} else {
		spinner := mpb.SpinnerStyle("-", `\`, "|", "/")
		b.line = b.all.New(0, spinner, mpb.BarWidth(1), mpb.BarFillerTrim(), mpb.PrependDecorators(name), numbers)
	}
	return b
}

// draw shows that done bytes and docs documents have been read. It may return
// before the line is written.
func (b *bar) draw(done, docs int64) {
	b.docs.Store(docs)
	if b.total > 0 {
		b.line.SetTotal(max(b.total, done), false) // a file may have grown
	}
	b.line.SetCurrent(done)
	select {
	case b.refresh <- nil:
	case <-b.gone: // after an error of writing
	}
}

// remove waits for the drawing goroutines and removes the line from a terminal.
func (b *bar) remove() {
	b.all.Shutdown()
	b.console.Flush(0) // erases the line
}

// A console is the terminal or other destination of a bar.
type console struct{ *cupwriter.Writer }

func newConsole(w io.Writer) console {
	// Without the struct cupwriter would find the file and make its descriptor
	// blocking. Other processes may share the descriptor.
	c := console{cupwriter.New(struct{ io.Writer }{w}, false)}
	if fd, ok := file.Terminal(w); ok {
		c.SetTermFd(fd)
	}
	return c
}

// GetTermSize returns the size of the terminal in columns and lines, for mpb.
func (c console) GetTermSize() (width, height int, err error) {
	width, height, err = c.Writer.GetTermSize()
	if err != nil || width <= 0 || height <= 0 {
		return usualWidth, usualHeight, nil
	}
	return width, height, nil
}

// numbers returns the text about done bytes of total, 0 for unknown, and docs
// documents that were read in the time took. A narrow terminal cuts its end. The
// decorators of mpb are not exact: they write b for bytes, and round the time for
// one byte to nanoseconds.
func numbers(done, total, docs int64, took time.Duration) string {
	text := size(done)
	if total > 0 {
		text += " of " + size(total)
	}
	if done > 0 && took > 0 {
		rate := float64(done) / took.Seconds()
		text += fmt.Sprintf(", %s/s", size(int64(rate)))
		if left := float64(total-done) / rate; total > 0 && left < longestLeft.Seconds() {
			text += fmt.Sprintf(", %v left", time.Duration(left*float64(time.Second)).Round(time.Second))
		}
	}
	return text + ", " + Documents(docs)
}
