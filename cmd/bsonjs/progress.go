package main

import (
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
)

// This file shows how far a run has come. A goroutine looks at the inputs now
// and then; the run itself only counts. The bar has a line of its own, which
// is cleared whenever something else is written to standard error: everything
// goes there through the progress once there is one.

const (
	// longRun is how long a run must last before a bar shows that it does.
	longRun = 2 * time.Second
	// barEvery and recordEvery are how often the bar and JSON are brought up
	// to date.
	barEvery    = 100 * time.Millisecond
	recordEvery = time.Second
)

// A progress shows how far a run has come. It is the run's standard error.
type progress struct {
	form  progressForm
	total int64     // bytes that will be read, -1 if that is not known
	began time.Time // the run

	documents atomic.Int64 // read so far

	mu     sync.Mutex   // held by who writes, and for what follows
	err    io.Writer    // standard error itself
	before int64        // bytes of the inputs that have ended
	file   *file.Reader // the one being read, or nil
	bar    *progressbar.ProgressBar

	quit chan struct{} // closed by end; nil if nothing is shown
	gone chan struct{} // closed by the goroutine when it has ended
}

// newProgress returns the progress of a run that reads total bytes, -1 if that
// is not known. What is not asked for is shown only to those who look at a
// terminal, and not where documents are shown there.
func newProgress(o *options, std streams, total int64) *progress {
	p := &progress{form: o.progress, total: total, began: time.Now(), err: std.err}
	documents := file.Output{Name: o.output, Stdout: std.out}
	if p.form == progressAuto && (o.quiet || !file.IsTerminal(std.err) || documents.IsTerminal()) {
		p.form = progressNever
	}
	if p.form != progressNever {
		p.quit, p.gone = make(chan struct{}), make(chan struct{})
		go p.run()
	}
	return p
}

// run is the goroutine.
func (p *progress) run() {
	defer close(p.gone)
	every := barEvery
	switch p.form {
	case progressAlways:
		p.show()
	case progressJSON:
		every = recordEvery
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-p.quit:
			return
		case now := <-tick.C:
			if p.form != progressAuto || now.Sub(p.began) >= longRun {
				p.show()
			}
		}
	}
}

// show brings what is shown up to date.
func (p *progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	done := p.done()
	if p.form == progressJSON {
		writeJSON(p.err, progressRecord{done, max(p.total, 0), p.documents.Load(), time.Since(p.began).Seconds()})
		return
	}
	if p.bar == nil {
		p.bar = p.newBar()
	}
	if p.total >= 0 {
		done = min(done, p.total) // a file may have grown
	}
	p.bar.Set64(done)
}

// done returns how many bytes have been read, before decompression.
func (p *progress) done() int64 {
	if p.file == nil {
		return p.before
	}
	return p.before + p.file.Offset()
}

// A progressRecord is a line of --progress json.
type progressRecord struct {
	Bytes     int64   `json:"bytes"`           // read, before decompression
	Total     int64   `json:"total,omitempty"` // that will be; missing if that is not known
	Documents int64   `json:"documents"`       // read
	Seconds   float64 `json:"seconds"`         // since the start
}

func (p *progress) newBar() *progressbar.ProgressBar {
	return progressbar.NewOptions64(p.total,
		progressbar.OptionSetWriter(p.err),
		progressbar.OptionSetDescription("bsonjs"),
		progressbar.OptionShowBytes(true),
		progressbar.OptionShowTotalBytes(true),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionFullWidth(),
		// Else a bar without a total has a goroutine that draws it, for ever
		// and without the lock.
		progressbar.OptionSetSpinnerChangeInterval(0),
	)
}

// open says that input, nil for none, is what is read from now on.
func (p *progress) open(input *file.Reader) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.before, p.file = p.done(), input
}

// Write writes b to standard error, in place of the bar.
func (p *progress) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		p.bar.Clear()
	}
	return p.err.Write(b)
}

// end shows for the last time how far the run has come, and takes the bar off
// its line. It may be called more than once.
func (p *progress) end() {
	if p.quit == nil {
		return
	}
	close(p.quit)
	<-p.gone
	p.quit = nil
	if p.form != progressAuto || p.bar != nil {
		p.show()
	}
	if p.bar != nil {
		p.bar.Clear()
		p.bar = nil
	}
}
