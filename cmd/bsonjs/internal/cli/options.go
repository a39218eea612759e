package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file is what all commands that read documents have in common, and how a
// run is made of it.
//
//   - Each of these commands has options of its own, which embed options and the
//     groups of flags that it has beside.
//   - check rejects a flag on the command line that has no effect. It accepts a
//     default from the environment without effect.
//   - read and write are the only places where flags become options of other
//     packages.

// options are what is asked of all commands that read documents.
type options struct {
	inputGroup
	faultGroup
	messageGroup
	limitGroup
	outputGroup

	bsonFile string   // one more input, as bsondump names it
	files    []string // inputs in order, at least one
	notes    []string // to be said before the run
}

// A task is the options of a command that reads documents. They embed options.
type task interface {
	// common returns the options that all tasks have.
	common() *options
	// settle does what flags on the command line stand for, once the environment
	// has been looked at: they outrank it.
	settle(fs *pflag.FlagSet) error
	// check refuses what cannot be meant, and completes the options with what
	// follows from them.
	check(fs *pflag.FlagSet) error
	// plan completes r, which common has made.
	plan(r *run.Run)
	// end says what is to be said of this task when r has come to result.
	end(r *run.Run, result *run.Result)
}

func (o *options) common() *options          { return o }
func (o *options) end(*run.Run, *run.Result) {}

// settle takes the file of --bsonFile for an input.
func (o *options) settle(fs *pflag.FlagSet) error {
	if given(fs, "bsonFile") {
		if len(o.files) > 0 {
			return errors.New("two inputs: --bsonFile and " + o.files[0] + "; leave one out")
		}
		o.files = []string{o.bsonFile}
	}
	return nil
}

// check refuses names of files that cannot be meant.
func (o *options) check(fs *pflag.FlagSet) error {
	for _, name := range []string{"output", "rejects"} {
		if given(fs, name) && fs.Lookup(name).Value.String() == "" {
			return fmt.Errorf("flag --%s: a file name cannot be empty", name)
		}
	}
	stdin := 0
	for _, name := range o.files {
		if name == "-" {
			stdin++
		}
	}
	if stdin > 1 {
		return errors.New("standard input (-) is named twice; it can be read only once")
	}
	return nil
}

// checkEffect refuses flags about reading that have no effect where to is
// written, nil if that is not known.
func (o *options) checkEffect(fs *pflag.FlagSet, to *codec.Codec) error {
	known := o.from != nil && to != nil
	hasText := o.from == codec.JSON || to == codec.JSON
	for _, name := range []string{"uuid", "exact"} {
		if given(fs, name) && known && !hasText {
			return fmt.Errorf("--%s has no effect, because neither side of %v to %v is JSON; leave it out", name, o.from, to)
		}
	}
	if given(fs, "invalid-utf8") && known && !hasText && (o.from == codec.Pickle || to == codec.Pickle) {
		return errors.New("--invalid-utf8 has no effect between BSON and pickles; leave it out")
	}
	return nil
}

// checkFiles refuses flags about faults and about the output that cannot be
// meant.
func (o *options) checkFiles(fs *pflag.FlagSet) error {
	if err := o.faultGroup.check(fs, o.from); err != nil {
		return err
	}
	return o.outputGroup.check(fs, o.rejects)
}

// start does the task t, which the flags of cmd and args ask for.
func (a *app) start(t task, cmd *cobra.Command, args []string) error {
	if err := a.settle(t, cmd, args); err != nil {
		return err
	}
	o := t.common()
	for _, text := range o.notes {
		if !o.quiet {
			a.reporter(cmd).Note(text)
		}
	}
	ctx, stop := interrupt.Context(context.Background())
	defer stop()
	a.code = do(ctx, t, a.std)
	return nil
}

// settle makes of the flags of cmd, which t holds, and args the whole of what is
// asked for.
func (a *app) settle(t task, cmd *cobra.Command, args []string) error {
	fs, o := cmd.Flags(), t.common()
	if err := a.environment(cmd); err != nil {
		return err
	}
	if o.color == colorAuto && a.noColor() {
		o.color = colorNever
	}
	o.files = args
	if err := t.settle(fs); err != nil {
		return err
	}
	if len(o.files) == 0 {
		o.files = []string{"-"}
	}
	if err := mistaken(cmd.Root(), o.files[0]); err != nil {
		return err
	}
	return t.check(fs)
}

// do runs t and says what it has come to.
func do(ctx context.Context, t task, std streams) report.Code {
	o, began := t.common(), time.Now()
	var stops []func()
	defer func() {
		for _, stop := range stops {
			stop()
		}
	}()
	r := o.run(std)
	r.Aside = func() { stops = append(stops, interrupt.SurvivePipes()) }
	t.plan(&r)
	result := r.Do(ctx)
	result.Began = began
	t.end(&r, &result)
	o.summarize(&r, &result)
	return result.Code
}

// run returns the run that o asks for, but for what becomes of documents.
func (o *options) run(std streams) run.Run {
	in := file.Input{Stdin: std.in}
	progress := report.NewProgress(std.err, o.progressForm(std), in.Size(o.files))
	r := run.Run{
		Inputs:    o.files,
		Stdin:     std.in,
		From:      o.from,
		Options:   o.read(),
		Output:    file.Output{Name: o.output, Stdout: std.out, Overwrite: o.overwrite, Codec: o.codec},
		Rejects:   file.Output{Name: o.rejects, Stdout: std.out, Overwrite: o.overwrite},
		Force:     o.force,
		Policy:    o.onError.policy(),
		MaxErrors: o.maxErrors,
		Mend:      o.mendLengths,
		Jobs:      o.jobs,
		Quiet:     o.quiet,
		Say:       report.New(progress, o.errors, o.color.palette(std.err)),
		Progress:  progress,
	}
	r.Output.Level, r.Rejects.Level = o.compressLevel, o.compressLevel
	r.Rejects.Codec, _ = compress.ByName(o.rejects)
	return r
}

// progressForm returns the form of the progress. Without a flag it is shown
// only on a terminal, and only if the documents go somewhere else.
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

// summarize says what r has come to, if that is wanted.
func (o *options) summarize(r *run.Run, result *run.Result) {
	form := o.summary
	if form == summaryAuto && !o.quiet && result.Faulty() > 0 {
		form = summaryText
	}
	if !result.Opened {
		return
	}
	switch form {
	case summaryText:
		r.Say.Summarize(result.Totals, report.Text)
	case summaryJSON:
		r.Say.Summarize(result.Totals, report.JSON)
	}
}

// read returns the options of reading inputs.
func (o *options) read() codec.ReadOptions {
	return codec.ReadOptions{
		BSON: bson.DecodeOptions{MaxDepth: o.maxDepth, MaxDocumentSize: o.maxDocumentSize},
		Text: extjson.DecodeOptions{
			CanonicalOnly:      o.accept&acceptCanonical != 0,
			Legacy:             o.accept&acceptLegacy != 0,
			Shell:              o.accept&acceptShell != 0,
			UUIDRepresentation: o.uuid,
			RejectInexact:      o.exact,
			InvalidUTF8:        o.invalidUTF8,
			MaxDepth:           o.maxDepth,
			MaxDocumentSize:    o.maxDocumentSize,
		},
		Pickle: pickle.DecodeOptions{Encoding: o.encoding, LongText: o.longText, MaxDepth: o.maxDepth, MaxPickleSize: o.maxDocumentSize},
	}
}
