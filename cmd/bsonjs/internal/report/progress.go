package report

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
)

// This file shows the progress of a run. A goroutine reads the positions of the
// inputs at intervals; the run itself only counts. The bar has a line of its
// own, which is removed before every other message: all messages are written
// through the Progress.

const (
	// longRun is the duration of a run before ProgressLate shows it.
	longRun = 2 * time.Second
	// BarEvery is the time between two updates of a bar on a terminal, LineEvery
	// between two lines: of JSON, or with a bar outside of a terminal.
	BarEvery  = 100 * time.Millisecond
	LineEvery = time.Second
)

// A ProgressForm is the form of the progress.
type ProgressForm uint8

const (
	ProgressNone ProgressForm = iota
	ProgressLate              // a bar if the run lasts longer than longRun
	ProgressBar
	ProgressJSON // one object per line
)

// A Progress shows the progress of a run. It is the standard error of the run.
type Progress struct {
	form  ProgressForm
	total int64     // bytes of all inputs, -1 if unknown
	began time.Time // the run

	documents atomic.Int64 // number of documents read so far

	mu     sync.Mutex // held during a write; guards the fields below
	err    io.Writer  // standard error itself
	before int64      // bytes of the inputs that are closed
	inputs []Input    // those that are open: several, if they are merged
	bar    *bar       // the one that is shown, or nil
	drawn  bool       // a terminal has shown a bar

	quit chan struct{} // closed by End; nil if nothing is shown
	gone chan struct{} // closed by the goroutine when it has ended
}

// An Input is a file that is read.
type Input interface {
	// Offset returns the number of bytes that have been read. Several
	// goroutines may call it.
	Offset() int64
}

// NewProgress returns the progress of a run that reads total bytes, -1 if
// unknown, and writes to w, its standard error.
func NewProgress(w io.Writer, form ProgressForm, total int64) *Progress {
	p := &Progress{form: form, total: total, began: time.Now(), err: w}
	p.start()
	return p
}

// start starts the goroutine, if there is something to show. A bar is shown at once, so
// that it comes before every message of the run.
func (p *Progress) start() {
	if p.form == ProgressNone {
		return
	}
	if p.form == ProgressBar {
		p.show()
	}
	p.quit, p.gone = make(chan struct{}), make(chan struct{})
	go p.run()
}

// run is the goroutine.
func (p *Progress) run() {
	defer close(p.gone)
	tick := time.NewTicker(p.every())
	defer tick.Stop()
	for {
		select {
		case <-p.quit:
			return
		case now := <-tick.C:
			if p.form != ProgressLate || now.Sub(p.began) >= longRun {
				p.show()
			}
		}
	}
}

// every returns the time between two updates.
func (p *Progress) every() time.Duration {
	if p.form != ProgressJSON && p.OnTerminal() {
		return BarEvery
	}
	return LineEvery
}

// show brings what is shown up to date.
func (p *Progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	done := p.done()
	if p.form == ProgressJSON {
		writeJSON(p.err, progressRecord{done, max(p.total, 0), p.documents.Load(), time.Since(p.began).Seconds()})
		return
	}
	if p.bar == nil {
		p.bar = newBar(p.err, p.began, p.total)
		p.drawn = p.OnTerminal()
	}
	p.bar.draw(done, p.documents.Load())
}

// hide removes the bar, if there is one.
func (p *Progress) hide() {
	if p.bar != nil {
		p.bar.remove()
		p.bar = nil
	}
}

// done returns the number of bytes that have been read, before decompression.
func (p *Progress) done() int64 {
	done := p.before
	for _, in := range p.inputs {
		done += in.Offset()
	}
	return done
}

// A progressRecord is a line of --progress json.
type progressRecord struct {
	Bytes     int64   `json:"bytes"`           // read, before decompression
	Total     int64   `json:"total,omitempty"` // of all inputs; missing if unknown
	Documents int64   `json:"documents"`       // read
	Seconds   float64 `json:"seconds"`         // since the start
}

// OnTerminal reports whether a terminal shows standard error.
func (p *Progress) OnTerminal() bool { return file.IsTerminal(p.err) }

// Drawn reports whether a terminal has shown a bar.
func (p *Progress) Drawn() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.drawn
}

// Text returns how far the run is, for people.
func (p *Progress) Text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	done, part := p.done(), ""
	total := max(p.total, 0)
	if total > 0 {
		total = max(total, done) // a file may have grown
		part = fmt.Sprintf("%d%%, ", int(100*float64(done)/float64(total)))
	}
	return part + numbers(done, total, p.documents.Load(), time.Since(p.began))
}

// Open adds the bytes of input, which is read until Close.
func (p *Progress) Open(input Input) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inputs = append(p.inputs, input)
}

// Close ends the reading of input. The bytes that were read stay.
func (p *Progress) Close(input Input) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.inputs, input); i >= 0 {
		p.before += input.Offset()
		p.inputs = slices.Delete(p.inputs, i, i+1)
	}
}

// Count adds n to the number of documents that have been read. Several goroutines may call
// it.
func (p *Progress) Count(n int64) { p.documents.Add(n) }

// Write writes b to standard error, in place of the bar.
func (p *Progress) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hide()
	return p.err.Write(b)
}

// End shows the progress for the last time, and removes the bar. It may be
// called more than once.
func (p *Progress) End() {
	if p.quit == nil {
		return
	}
	close(p.quit)
	<-p.gone
	p.quit = nil
	if p.form != ProgressLate {
		p.show()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hide()
}
