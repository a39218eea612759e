package main

import (
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/output"
)

const (
	// longRun is how long a run must last before a bar shows that it does.
	longRun = 2 * time.Second
	// progressEvery is how often JSON says how far a run has come.
	progressEvery = time.Second
)

// A progress shows how far a run has come.
type progress struct {
	form  progressForm
	std   streams
	total int64 // bytes that will be read, -1 if that is not known
	began time.Time
	last  time.Time // when JSON was written
	bar   *progressbar.ProgressBar
}

// newProgress returns the progress of a run that reads total bytes. What is
// not asked for is shown only to those who look at a terminal.
func newProgress(o *options, std streams, total int64) *progress {
	p := &progress{form: o.progress, std: std, total: total, began: time.Now()}
	if p.form == progressAuto && (o.quiet || !output.IsTerminal(std.err) || output.IsTerminal(std.out)) {
		p.form = progressNever
	}
	return p
}

// A progressRecord is a line of --progress json.
type progressRecord struct {
	Bytes     int64   `json:"bytes"`           // read, before decompression
	Total     int64   `json:"total,omitempty"` // that will be; missing if that is not known
	Documents int64   `json:"documents"`       // read
	Seconds   float64 `json:"seconds"`         // since the start
}

// update says that done bytes and docs documents have been read.
func (p *progress) update(done, docs int64) {
	switch p.form {
	case progressNever:
	case progressJSON:
		if time.Since(p.last) >= progressEvery {
			p.record(done, docs)
		}
	case progressAuto:
		if p.bar == nil && time.Since(p.began) < longRun {
			return
		}
		fallthrough
	case progressAlways:
		if p.bar == nil {
			p.bar = p.newBar()
		}
		p.bar.Set64(done)
	}
}

func (p *progress) record(done, docs int64) {
	p.last = time.Now()
	writeJSON(p.std.err, progressRecord{done, max(p.total, 0), docs, time.Since(p.began).Seconds()})
}

func (p *progress) newBar() *progressbar.ProgressBar {
	return progressbar.NewOptions64(p.total,
		progressbar.OptionSetWriter(p.std.err),
		progressbar.OptionSetDescription("bsonjs"),
		progressbar.OptionShowBytes(true),
		progressbar.OptionShowTotalBytes(true),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionFullWidth(),
		progressbar.OptionClearOnFinish(),
	)
}

// clear takes the bar off the line, so that something else can be said there.
func (p *progress) clear() {
	if p.bar != nil {
		p.bar.Clear()
	}
}

// end says for the last time that done bytes and docs documents were read.
func (p *progress) end(done, docs int64) {
	p.clear()
	if p.form == progressJSON {
		p.record(done, docs)
	}
}
