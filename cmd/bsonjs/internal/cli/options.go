package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/folder"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
)

// This file has what the commands that read documents have in common, and makes
// a run of it.
//
//   - Each of these commands has options of its own, which embed options and the
//     groups of flags that it has besides.
//   - check rejects a flag on the command line that has no effect. It accepts a
//     default from the environment without effect.
//   - plan of the command and of its groups are the only places where flags
//     become options of other packages.

// options are the options of all commands that read documents.
type options struct {
	faultGroup
	messageGroup
	limitGroup

	files []string // inputs in order, at least one
	notes []string // printed before the run

	decided decision // about the output; set by decide
	// rejected is the exit code for documents that are rejected, although they are well
	// formed; 0: the usual one.
	rejected report.Code
}

// A task is the options of a command that reads documents. They embed options.
type task interface {
	// common returns the options that all tasks have.
	common() *options
	// settle applies flags that stand for others. It comes after the
	// environment, which it overrides.
	settle(fs *pflag.FlagSet) error
	// check rejects combinations of flags that have no effect, and completes the
	// options.
	check(fs *pflag.FlagSet) error
	// plan completes r, which has the common options.
	plan(r *run.Run)
	// end reports the result of r as this task does.
	end(r *run.Run, result *run.Result)
}

func (o *options) common() *options            { return o }
func (o *options) settle(*pflag.FlagSet) error { return nil }

// decide decides the format and the compression of the output that r asks for.
func (o *options) decide(r request) (err error) {
	o.decided, err = r.resolve()
	o.notes = append(o.notes, o.decided.notes...)
	return err
}

// readInstead makes name, if there is one, the only input.
func (o *options) readInstead(fs *pflag.FlagSet, flag, name string) error {
	if !given(fs, flag) {
		return nil
	}
	if len(o.files) > 0 {
		return fmt.Errorf("two inputs: --%s and %s; leave one out", flag, o.files[0])
	}
	o.files = []string{name}
	return nil
}

// check rejects names of files that cannot be meant.
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
	a.code = do(ctx, t, a.std, openHint(cmd))
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

// do runs t and reports its result. hint is the OpenHint of the run.
func do(ctx context.Context, t task, std streams, hint func(name string, err error) string) report.Code {
	o, began := t.common(), time.Now()
	var stops []func()
	defer func() {
		for _, stop := range stops {
			stop()
		}
	}()
	r := o.run(std)
	r.OpenHint = hint
	r.Aside = func() { stops = append(stops, interrupt.SurvivePipes()) }
	t.plan(&r)
	r.Inputs = folder.Inputs(ctx, o.files, r.From)
	if r.Sides != nil {
		copy(r.Inputs[1:], folder.Inputs(ctx, o.files[1:], r.FromB))
	}
	o.watch(&r, std)
	stops = append(stops, interrupt.Answer(func() { r.Say.Note(r.Progress.Text()) }))
	result := r.Do(ctx)
	result.Began = began
	t.end(&r, &result)
	if result.Whole && !o.quiet {
		for _, pattern := range r.Options.Namespaces.Unmatched() {
			r.Say.Note("no namespace matches " + oneline.Escape(pattern))
		}
		if t, ok := t.(interface{ tellUnread(*run.Run, *run.Result) }); ok {
			t.tellUnread(&r, &result)
		}
	}
	o.summarize(&r, &result)
	return result.Code
}

// run returns a run with the common options.
func (o *options) run(std streams) run.Run {
	r := run.Run{
		Stdin:   std.in,
		Output:  file.Output{Stdout: std.out, Codec: o.decided.compression, Folder: o.decided.folder},
		Rejects: file.Output{Stdout: std.out},
		Quiet:   o.quiet,

		Extension: o.finder(std.err),
	}
	o.faultGroup.plan(&r)
	o.limitGroup.plan(&r)
	return r
}

// watch connects r, which is otherwise complete, to standard error.
func (o *options) watch(r *run.Run, std streams) {
	in, err := file.Input{Stdin: std.in}, std.err
	if r.Output.IsTerminal() {
		err = struct{ io.Writer }{err} // a bar must not erase documents: it is lines, as in a file
	}
	r.Progress = report.NewProgress(err, o.progressForm(std, r.Output), inputSize(in, r))
	r.Extension.Messages = r.Progress
	r.Say = report.New(r.Progress, o.errors, o.color.palette(std.err)).Rejecting(cmp.Or(o.rejected, report.CodeRejected))
}

// inputSize returns the size of the inputs of r in bytes, -1 if it is not known.
func inputSize(in file.Input, r *run.Run) (total int64) {
	for _, named := range r.Inputs {
		size := int64(0)
		if named.Folder != nil {
			size = named.Folder.Size(r.Options.Namespaces.Wants)
		} else if size = in.Size([]string{named.Name}); size < 0 {
			return -1
		}
		total += size
	}
	return total
}

// progressForm returns the form of the progress of a run that writes to out.
// Without a flag it is shown only on a terminal without another use: nobody types
// documents there, the terminal shows no documents, and the output is not a pipe to
// a program such as less, which may use the terminal.
func (o *options) progressForm(std streams, out file.Output) report.ProgressForm {
	switch o.progress {
	case progressAlways:
		return report.ProgressBar
	case progressJSON:
		return report.ProgressJSON
	case progressNever:
		return report.ProgressNone
	}
	typed := slices.Contains(o.files, "-") && file.IsTerminal(std.in)
	if o.quiet || !file.IsTerminal(std.err) || typed || out.IsTerminal() || out.IsPipe() {
		return report.ProgressNone
	}
	return report.ProgressLate
}

// summarize says what r has come to, if that is wanted.
func (o *options) summarize(r *run.Run, result *run.Result) {
	form := o.summary
	if form == summaryAuto && !o.quiet && result.Faulty() > 0 {
		form = o.usualSummary()
	}
	if !result.Opened {
		return
	}
	switch form {
	case summaryText:
		r.Say.Summarize(result.Totals, report.Text)
	case summaryJSON:
		r.Say.Summarize(result.Totals, report.JSON)
	case summaryAuto:
		o.conclude(r, result)
	}
}

// conclude writes one line on a terminal after a run without a fault: in place of
// a bar, and after validate, which has no other output.
func (o *options) conclude(r *run.Run, result *run.Result) {
	if o.quiet || o.errors != report.Text || !result.Whole || result.Code != report.CodeOK {
		return
	}
	switch {
	case result.Checked && r.Progress.OnTerminal():
		r.Say.Conclude(result.Totals, report.Inputs(o.files))
	case r.Progress.Drawn():
		r.Say.Conclude(result.Totals, "")
	}
}
