package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
)

// A bar is a line about the progress that is written over itself. It must be
// cleared before anything else is written.
type bar struct {
	w     io.Writer
	total int64 // bytes that will be read, -1 if that is not known
	shown int   // columns of the line at the cursor, 0: there is none
}

const (
	// barSteps is the length of the bar proper, in columns.
	barSteps = 20
	// usualWidth is the width of a terminal that does not say it, in columns.
	usualWidth = 80
)

// draw shows that done bytes have been read in the time since the start. A line
// that would not fit into the terminal is cut, since one that wraps could not
// be cleared.
func (b *bar) draw(done int64, took time.Duration) {
	width := file.Width(b.w)
	if width == 0 {
		width = usualWidth
	}
	line := b.line(done, took)
	line = line[:min(len(line), width-1)]
	fmt.Fprintf(b.w, "\r%-*s", b.shown, line)
	b.shown = max(b.shown, len(line))
}

// clear removes the line.
func (b *bar) clear() {
	if b.shown > 0 {
		fmt.Fprintf(b.w, "\r%*s\r", b.shown, "")
		b.shown = 0
	}
}

// line returns the line, which is ASCII.
func (b *bar) line(done int64, took time.Duration) string {
	var l strings.Builder
	l.WriteString("bsonjs ")
	if b.total > 0 {
		done = min(done, b.total) // a file may have grown
		part := float64(done) / float64(b.total)
		steps := int(part * barSteps)
		fmt.Fprintf(&l, "%3d%% [%s%s] %s of ", int(part*100), strings.Repeat("=", steps), strings.Repeat(" ", barSteps-steps), size(done))
	}
	fmt.Fprintf(&l, "%s", size(max(done, b.total)))
	if rate := float64(done) / took.Seconds(); done > 0 && took > 0 {
		fmt.Fprintf(&l, ", %s/s", size(int64(rate)))
		if b.total > 0 {
			left := float64(b.total-done) / rate
			fmt.Fprintf(&l, ", %v left", time.Duration(left*float64(time.Second)).Round(time.Second))
		}
	}
	return l.String()
}
