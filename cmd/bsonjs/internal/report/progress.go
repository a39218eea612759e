package report

import (
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// This file shows the progress of a run. A goroutine reads the positions of the
// inputs at intervals; the run itself only counts. The bar has a line of its
// own, which is cleared before every other message: all messages are written
// through the Progress.

const (
	// longRun is the duration of a run after which ProgressLate shows it.
	longRun = 2 * time.Second
	// BarEvery and recordEvery are how often the bar and JSON are brought up
	// to date.
	BarEvery    = 100 * time.Millisecond
	recordEvery = time.Second
)

// A ProgressForm is the form of the progress.
type ProgressForm uint8

const (
	ProgressNone ProgressForm = iota
	ProgressLate              // a bar once the run has lasted for some time
	ProgressBar
	ProgressJSON // one object per line
)

// A Progress shows the progress of a run. It is the standard error of the run.
type Progress struct {
	form  ProgressForm
	total int64     // bytes that will be read, -1 if that is not known
	began time.Time // the run

	documents atomic.Int64 // read so far

	mu     sync.Mutex // held by who writes, and for what follows
	err    io.Writer  // standard error itself
	before int64      // bytes of the inputs that have ended
	input  Input      // the one being read, or nil
	bar    *bar

	quit chan struct{} // closed by End; nil if nothing is shown
	gone chan struct{} // closed by the goroutine when it has ended
}

// An Input is a file that is read.
type Input interface {
	// Offset returns how many bytes have been read. Any goroutine may ask.
	Offset() int64
}

// NewProgress returns the progress of a run that reads total bytes, -1 if that
// is not known, and whose standard error is w.
func NewProgress(w io.Writer, form ProgressForm, total int64) *Progress {
	p := &Progress{form: form, total: total, began: time.Now(), err: w}
	if p.form != ProgressNone {
		p.quit, p.gone = make(chan struct{}), make(chan struct{})
		go p.run()
	}
	return p
}

// run is the goroutine.
func (p *Progress) run() {
	defer close(p.gone)
	every := BarEvery
	switch p.form {
	case ProgressBar:
		p.show()
	case ProgressJSON:
		every = recordEvery
	}
	tick := time.NewTicker(every)
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
		p.bar = &bar{w: p.err, total: p.total}
	}
	p.bar.draw(done, time.Since(p.began))
}

// done returns how many bytes have been read, before decompression.
func (p *Progress) done() int64 {
	if p.input == nil {
		return p.before
	}
	return p.before + p.input.Offset()
}

// A progressRecord is a line of --progress json.
type progressRecord struct {
	Bytes     int64   `json:"bytes"`           // read, before decompression
	Total     int64   `json:"total,omitempty"` // that will be; missing if that is not known
	Documents int64   `json:"documents"`       // read
	Seconds   float64 `json:"seconds"`         // since the start
}

// Open says that input, nil for none, is what is read from now on.
func (p *Progress) Open(input Input) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.before, p.input = p.done(), input
}

// Count says that n documents have been read in all.
func (p *Progress) Count(n int64) { p.documents.Store(n) }

// Write writes b to standard error, in place of the bar.
func (p *Progress) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		p.bar.clear()
	}
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
	if p.form != ProgressLate || p.bar != nil {
		p.show()
	}
	if p.bar != nil {
		p.bar.clear()
		p.bar = nil
	}
}
