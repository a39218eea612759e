package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/sink"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/stage"
)

// This file makes a run of what is asked for.

// run does the conversion that o asks for.
func (o *options) run(ctx context.Context, std streams) report.Code {
	began := time.Now()
	var stops []func()
	defer func() {
		for _, stop := range stops {
			stop()
		}
	}()
	in := file.Input{Stdin: std.in}
	colors := o.color.palette(std.err)
	progress := report.NewProgress(std.err, o.progressForm(std), in.Size(o.files))
	r := run.Run{
		Inputs:    o.files,
		Stdin:     std.in,
		From:      o.from,
		Options:   o.read(),
		Target:    &converter{o: o, to: o.to},
		Output:    file.Output{Name: o.output, Stdout: std.out, Overwrite: o.overwrite, Codec: o.codec},
		Rejects:   file.Output{Name: o.rejects, Stdout: std.out, Overwrite: o.overwrite},
		Force:     o.force,
		Aside:     func() { stops = append(stops, interrupt.SurvivePipes()) },
		Policy:    o.onError.policy(),
		MaxErrors: o.maxErrors,
		Mend:      o.mendLengths,
		Jobs:      o.jobs,
		Quiet:     o.quiet,
		Say:       report.New(progress, o.errors, colors),
		Progress:  progress,
	}
	r.Output.Level, r.Rejects.Level = o.compressLevel, o.compressLevel
	r.Rejects.Codec, _ = compress.ByName(o.rejects)
	if o.rules != nil {
		rules := *o.rules
		rules.MaxDepth = o.maxDepth
		r.Target, r.Stages = nothing{}, []run.Stage{stage.Rules{Options: rules}}
	}
	var view viewer
	if o.inspect != nil {
		view = viewer{o.show()}
		r.Target = view
		if r.Policy == run.Stop {
			r.Policy = run.Finish
		}
	}
	result := r.Do(ctx)
	result.Began, result.Checked = began, o.rules != nil
	if view.Inspect != nil && result.Whole && view.Missed() {
		missed := &report.Fault{Code: report.CodeRefused, Why: "no document or element matches --document, --path or --offset"}
		result.Code = max(result.Code, r.Say.Faults(missed))
	}
	o.summarize(r.Say, result)
	return result.Code
}

// policy returns what p is to a run.
func (p errorPolicy) policy() run.Policy {
	return [...]run.Policy{stopOnError: run.Stop, skipErrors: run.Skip, quarantineErrors: run.Skip, reportErrors: run.Report}[p]
}

// summarize says what the run has come to, if that is wanted.
func (o *options) summarize(say report.Reporter, r run.Result) {
	if o.dump != dumpNone && !o.quiet && r.Opened && !file.IsClosedPipe(r.Err) {
		say.Found(r.Read - r.Holes)
	}
	form := o.summary
	if form == summaryAuto && !o.quiet && (r.Faulty() > 0 && o.inspect == nil || o.verbose > 0) {
		form = summaryText
	}
	if !r.Opened {
		return
	}
	switch form {
	case summaryText:
		say.Summarize(r.Totals, report.Text)
	case summaryJSON:
		say.Summarize(r.Totals, report.JSON)
	}
}

// nothing is the target of the command validate.
type nothing struct{}

// Begin returns a sink that writes nothing.
func (nothing) Begin(run.Input) (run.Sink, error) { return sink.None{}, nil }

// End does nothing.
func (nothing) End(io.Writer) error { return nil }

// A converter is the target of conversions. It decides the format of the output,
// if that is open, when the format of the first input is known.
type converter struct {
	o       *options
	to      *codec.Codec // nil until it is decided
	started bool         // it is, and the sink knows
	lines   sink.Lines
}

// Begin returns how the documents of in are written.
func (c *converter) Begin(in run.Input) (run.Sink, error) {
	if c.o.to == nil {
		to := in.From.Opposite()
		if c.o.sameFormat {
			to = in.From
		}
		if c.to != nil && c.to != to {
			return nil, fmt.Errorf("%s and the output are both %v; choose the output format with --to",
				report.CleanName(in.Name), in.From)
		}
		c.to = to
	}
	if c.to != codec.JSON && c.o.textFlag != "" {
		return nil, c.o.needsText(c.to)
	}
	if c.to.Binary && in.Terminal && !c.o.force {
		return nil, errors.New(c.to.String() + " is binary and the output is a terminal; name a file with --output, or add --force")
	}
	c.lines.Encoder, c.lines.Out = c.encoder(in), in.Out
	c.started = true
	return &c.lines, nil
}

// encoder returns how the documents of in are written.
func (c *converter) encoder(in run.Input) codec.Encoder {
	if c.o.dump != dumpNone {
		return c.o.dumpEncoder(in)
	}
	return c.to.Write(c.o.write(in.From))
}

// End writes what stands behind the last document. The array of no documents is
// still an array.
func (c *converter) End(out io.Writer) error {
	if c.to == nil && c.o.textFlag != "" {
		c.to = codec.JSON
	}
	if !c.started && c.to == codec.JSON {
		c.lines.Encoder = c.encoder(run.Input{From: codec.JSON})
	}
	return c.lines.End(out)
}
