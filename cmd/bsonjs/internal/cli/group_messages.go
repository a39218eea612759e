package cli

import (
	"io"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// A messageGroup has the flags about messages on standard error.
type messageGroup struct {
	errors   report.Form
	summary  summaryForm
	progress progressForm
	color    colorPolicy
	quiet    bool // faults only, and messages with a flag of their own
}

// A summaryForm is the form of the summary at the end of a run.
type summaryForm uint8

const (
	summaryAuto summaryForm = iota // the usual one, if there was a fault
	summaryText
	summaryJSON // one object on a line
	summaryNone
)

// usualSummary returns the form of a summary that no flag asks for: that of
// faults.
func (g *messageGroup) usualSummary() summaryForm {
	if g.errors == report.JSON {
		return summaryJSON
	}
	return summaryText
}

// A progressForm is the form of the progress of a run.
type progressForm uint8

const (
	progressAuto progressForm = iota // a bar, if the run is long and a terminal shows it
	progressAlways
	progressNever
	progressJSON // one object per line
)

// A colorPolicy decides whether messages and JSON have colours.
type colorPolicy uint8

const (
	colorAuto colorPolicy = iota // where a terminal shows them
	colorAlways
	colorNever
)

// on reports whether text has colours, if shown says that a terminal shows them.
func (p colorPolicy) on(shown bool) bool { return p == colorAlways || p == colorAuto && shown }

// palette returns the colours of messages on w.
func (p colorPolicy) palette(w io.Writer) report.Palette {
	if p.on(file.ShowsColors(w)) {
		return report.ANSI()
	}
	return report.Palette{}
}

func (g *messageGroup) addMessages(fs *pflag.FlagSet) {
	g.addErrors(fs)
	g.addSummary(fs)
	g.addProgress(fs)
}

func (g *messageGroup) addErrors(fs *pflag.FlagSet) {
	fs.Var(choose(&g.errors,
		word[report.Form]{"text", report.Text}, word[report.Form]{"json", report.JSON},
	), "errors", "print messages as lines of text (the default) or JSON")
}

func (g *messageGroup) addSummary(fs *pflag.FlagSet) {
	fs.Var(choose(&g.summary,
		word[summaryForm]{"auto", summaryAuto}, word[summaryForm]{"text", summaryText},
		word[summaryForm]{"json", summaryJSON}, word[summaryForm]{"none", summaryNone},
	), "summary", "print a summary at the end: text, a line of json, or none; auto (the default) prints one in the form of --errors if there was a fault, "+
		"and otherwise, on a terminal, one line in place of a bar")
}

func (g *messageGroup) addProgress(fs *pflag.FlagSet) {
	fs.Var(choose(&g.progress,
		word[progressForm]{"auto", progressAuto}, word[progressForm]{"always", progressAlways},
		word[progressForm]{"never", progressNever}, word[progressForm]{"json", progressJSON},
	), "progress", "show progress: auto (the default) shows a bar on a terminal during long runs, always shows a bar, "+
		"json prints lines of JSON")
	fs.Var(choose(&g.color,
		word[colorPolicy]{"auto", colorAuto}, word[colorPolicy]{"always", colorAlways}, word[colorPolicy]{"never", colorNever},
	), "color", "colour messages and JSON; auto (the default) does so on a terminal unless NO_COLOR is set")
	fs.BoolVarP(&g.quiet, "quiet", "q", false, "print faults only: no notes, and no summary or progress unless a flag asks for it")
}
