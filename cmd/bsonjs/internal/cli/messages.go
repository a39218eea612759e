package cli

import (
	"io"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file is what the flags about messages ask for.

// A summaryForm is what is said at the end of a run.
type summaryForm uint8

const (
	summaryAuto summaryForm = iota // text, where there is something to say
	summaryText
	summaryJSON // one object on a line
	summaryNone
)

// A progressForm is what is said while a run lasts.
type progressForm uint8

const (
	progressAuto progressForm = iota // a bar, if the run is long and a terminal shows it
	progressAlways
	progressNever
	progressJSON // one object per line
)

// A colorPolicy says when messages have colours.
type colorPolicy uint8

const (
	colorAuto colorPolicy = iota // where a terminal shows them
	colorAlways
	colorNever
)

// palette returns the colours of messages on w.
func (p colorPolicy) palette(w io.Writer) report.Palette {
	if p == colorAlways || p == colorAuto && file.IsTerminal(w) {
		return report.ANSI()
	}
	return report.Palette{}
}

// progressForm returns how it is shown how far a run has come. What is not asked for
// is shown only to those who look at a terminal, and not where documents are
// shown there.
func (o *options) progressForm(std streams) report.ProgressForm {
	switch o.progress {
	case progressAlways:
		return report.ProgressBar
	case progressJSON:
		return report.ProgressJSON
	case progressNever:
		return report.ProgressNone
	}
	documents := file.Output{Name: o.output, Stdout: std.out}
	if o.quiet || !file.IsTerminal(std.err) || documents.IsTerminal() {
		return report.ProgressNone
	}
	return report.ProgressLate
}
