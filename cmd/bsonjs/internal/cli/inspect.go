package cli

import (
	"errors"
	"io"
	"math"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/inspect"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/sink"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/stage"
)

// This file is the command inspect: a run that writes lines about the elements
// of documents, also of damaged ones. Package inspect makes the lines.

// inspectOptions are the options of the command inspect.
type inspectOptions struct {
	options
	inputGroup
	spaceGroup
	selection
	ordering
	fileGroup
	onError   errorPolicy   // stopOnError or skipErrors
	documents *inspect.Span // by their numbers in the file; nil: all
	offsets   *inspect.Span // nil: all
	path      string
	bytes     bool
	max       int64 // bytes of a value that are shown, 0: all
	records   bool  // --json: lines of JSON

	view *sink.Inspect // once the run is planned
}

// defaultMax is the default of --max-value, in bytes.
const defaultMax = 64

// inspectCommand returns the command that shows the bytes of documents.
func (a *app) inspectCommand() *cobra.Command {
	o := &inspectOptions{max: defaultMax}
	cmd := &cobra.Command{
		Use:   "inspect [flags] [FILE...]",
		Short: "show the bytes of documents element by element, also of damaged ones",
		Long: "Show the offset, length, type, key and value of every element of BSON documents.\n" +
			"Show the place of every fault and the bytes around it.\n\n" +
			"In a damaged document bsonjs shows every element that it can find. Then the run\n" +
			"ends; with --on-error skip it continues. Offsets are bytes of the file, from 0,\n" +
			"as in messages. hex, base64, JSON and pickles are converted to BSON first;\n" +
			"offsets are then bytes of each document.\n",
		Example: "  bsonjs inspect --document 7 --path /address users.bson\n" +
			"  bsonjs inspect --offset 4711 users.bson\n" +
			"  bsonjs inspect --bytes --on-error skip broken.bson | less\n" +
			"  echo 0c0000001061000100000000 | bsonjs inspect --bytes\n" +
			"  bsonjs inspect --json users.bson | jq 'select(.length > 1000000)'\n",
		Args:        cobra.ArbitraryArgs,
		Annotations: map[string]string{briefText: briefInspect},
	}
	o.addFlags(cmd.Flags())
	cmd.RunE = func(_ *cobra.Command, args []string) error { return a.start(o, cmd, args) }
	return cmd
}

// addFlags adds all flags to fs, in the order of help.
func (o *inspectOptions) addFlags(fs *pflag.FlagSet) {
	group(fs, "Selection", "Faults are shown for every selected document. Malformed documents are also shown if --where or --id is given.", o.addSelection, o.addSelect, o.addOrder)
	group(fs, "Shape", "", o.addShape)
	group(fs, "Formats", "", o.addFrom)
	group(fs, "Namespaces", "", o.addSpaces, o.addForeignSpaces)
	group(fs, "Reading JSON", "", o.addReading)
	group(fs, readingTables, "", o.tables.addTables)
	group(fs, columnTables, "", o.addTimes)
	group(fs, "Pickles", "", o.addEncoding)
	group(fs, "Faults", "", o.addOnError, o.addMaxErrors)
	group(fs, "Messages", "", o.addMessages)
	group(fs, "Limits", "", o.addLimits)
	group(fs, "Output", "", o.addFile)
	group(fs, "", "", addHelp)
}

func (o *inspectOptions) addSelection(fs *pflag.FlagSet) {
	fs.VarP(&span{&o.documents, 1}, "document", "n", "select documents by number in the file, from 1: `N`, N-M, N- or -M")
	fs.Var((*pointer)(&o.path), "path", "select the element at the JSON `POINTER`, such as /address/zip, and all elements in it")
	fs.Var(&span{&o.offsets, 0}, "offset", "select the elements that hold the bytes `N`, N-M, N- or -M; numbers may be hexadecimal, such as 0x1f")
	onlyMeant(fs, "document", "path", "offset")
}

func (o *inspectOptions) addShape(fs *pflag.FlagSet) {
	fs.BoolVar(&o.bytes, "bytes", false, "also show the bytes of each element in hexadecimal: type, key and value")
	fs.Var(&count{&o.max}, "max-value", "show at most `N` bytes of a key, a value or an element; the default is 64, and 0 is no limit")
	fs.BoolVar(&o.records, "json", false, "print a line of JSON for each element, which is the default if FILE has a suffix of JSON; values are canonical and complete")
	onlyMeant(fs, "json")
}

func (o *inspectOptions) addOnError(fs *pflag.FlagSet) {
	fs.Var(choose(&o.onError, word[errorPolicy]{"stop", stopOnError}, word[errorPolicy]{"skip", skipErrors}), "on-error",
		"after a document with a fault: stop (the default) ends the run, skip continues after the damage")
}

// settle turns the summary off unless a flag asks for it, because the faults
// are shown anyway.
func (o *inspectOptions) settle(*pflag.FlagSet) error {
	if o.summary == summaryAuto {
		o.summary = summaryNone
	}
	return nil
}

// check rejects flags that have no effect.
func (o *inspectOptions) check(fs *pflag.FlagSet) error {
	if err := o.decide(textOrLines(fs, o.output, o.records, "bsonjs inspect")); err != nil {
		return err
	}
	reading := func(fs *pflag.FlagSet) error { return o.checkReading(fs, "accept", "lenient-dates") }
	selecting := func(*pflag.FlagSet) error { return o.checkSelect(&o.inputGroup, &o.limitGroup) }
	tables := func(fs *pflag.FlagSet) error { return o.checkTables(fs, o.from) }
	return checkAll(fs, o.options.check, reading, tables, o.checkEncoding, o.checkSpaces, selecting, o.ordering.check, o.checkShape, o.checkFaults)
}

// checkShape rejects flags about text if lines of JSON are written.
func (o *inspectOptions) checkShape(fs *pflag.FlagSet) error {
	if o.decided.to == codec.JSON && given(fs, "max-value") {
		return errors.New("--max-value has no effect with JSON, which has complete values; leave it out")
	}
	return nil
}

// checkFaults rejects flags about faults that have no effect.
func (o *inspectOptions) checkFaults(fs *pflag.FlagSet) error {
	return o.faultGroup.check(fs, o.onError)
}

// plan makes the run show documents. The output before a fault that ends the
// run is complete.
func (o *inspectOptions) plan(r *run.Run) {
	o.inputGroup.plan(r)
	o.spaceGroup.plan(r)
	o.fileGroup.plan(r)
	if o.selects() {
		valid := stage.Valid{Options: bson.ValidateOptions{MaxDepth: o.maxDepth}}
		r.Stages = append(r.Stages, stage.WhereOrFaulty{Valid: valid, Where: o.where()})
	}
	o.planOrder(r)
	o.view = o.show()
	v := viewer{o.view, o}
	r.Target, r.Hint = v, hints(v)
	r.Policy = run.Finish
	if o.onError == skipErrors {
		r.Policy = run.Skip
	}
}

// end reports a fault if nothing matched the selection by place. It is no fault that no
// document matches a filter.
func (o *inspectOptions) end(r *run.Run, result *run.Result) {
	if result.Whole && o.view.Missed() && result.Filtered == 0 {
		missed := &report.Fault{Code: report.CodeRejected, Why: "no document or element matches --document, --path or --offset"}
		if r.Policy == run.Finish && result.Faulty() > 0 {
			missed.Hint = "the run ended at the fault before it; use --on-error skip"
		}
		result.Code = max(result.Code, r.Say.Faults(missed))
	}
}

// show returns the options of package inspect.
func (o *inspectOptions) show() *sink.Inspect {
	s := sink.NewInspect()
	s.Documents, s.Parts = o.documents, inspect.Options{MaxDepth: o.maxDepth}
	s.Wants.Offsets = o.offsets
	if o.path != "" {
		s.Wants.Path = &o.path
	}
	if o.decided.to == codec.JSON {
		s.Form = inspect.Records{Bytes: o.bytes}
	} else {
		s.Form = inspect.Text{Bytes: o.bytes, Max: int(min(o.max, math.MaxInt32)), UUIDs: o.uuid}
	}
	return s
}

// A viewer is the target of the command inspect.
type viewer struct {
	*sink.Inspect
	o *inspectOptions
}

// Begin returns the view of the documents of in.
func (v viewer) Begin(in run.Input) (run.Sink, error) {
	return v.In(report.CleanName(in.Name), in.From, in.Out), nil
}

// trial returns a copy of the options for a document in the format from.
func (v viewer) trial(from *codec.Codec) *trial {
	o := *v.o
	return &trial{from: from, limit: &o.limitGroup, input: &o.inputGroup}
}

// End does nothing: lines have no end.
func (viewer) End(io.Writer) error { return nil }
