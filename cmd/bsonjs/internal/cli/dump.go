package cli

import (
	"errors"
	"io"
	"math"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/sink"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file is the command dump, for scripts that call bsondump: convert with
// other defaults, and two more ways of writing documents.

// A dumpType is what the command dump writes.
type dumpType uint8

const (
	dumpJSON  dumpType = iota // canonical Extended JSON as the Go driver spells it
	dumpDebug                 // types and sizes of elements
)

// dumpOptions are the options of the command dump.
type dumpOptions struct {
	options
	spaceGroup
	rejectGroup
	jobGroup
	fileGroup
	bsonFile string // the input, if it is named by a flag
	kind     dumpType
	pretty   bool
	lossy    bool
	objcheck bool   // the first document that cannot be written ends the run
	verbose  int    // number of flags --verbose
	config   string // a file that is not read
	version  bool   // print the version and exit
	folder   bool   // no input is named, and there is a directory with the name of the command
}

// dumpCommand returns the command that writes the text of bsondump.
func (a *app) dumpCommand() *cobra.Command {
	o := new(dumpOptions)
	cmd := &cobra.Command{
		Use:   "dump [flags] [FILE...]",
		Short: "write BSON files as bsondump does",
		Long: "Write BSON files as bsondump does: as canonical Extended JSON, a document per\n" +
			"line, or with --type debug the types and sizes of all elements. The bytes are\n" +
			"the same for all data that bsondump does not lose. All flags of bsondump are\n" +
			"accepted, and --outFile is another name of --output. The suffix of the output\n" +
			"decides its compression, not its format.\n\n" +
			"bsondump alters some documents, or loses them with exit code 0: documents with\n" +
			"invalid UTF-8, for example, or with a NaN whose bits have no text. bsonjs dump\n" +
			"reports and rejects them, and the exit code is not 0. --lossy writes the nearest\n" +
			"text.\n",
		Example: "  bsonjs dump users.bson\n" +
			"  bsonjs dump --pretty --bsonFile users.bson --outFile users.json\n" +
			"  bsonjs dump --type debug users.bson\n",
		Args:        cobra.ArbitraryArgs,
		Annotations: map[string]string{briefText: briefDump},
	}
	o.addFlags(cmd.Flags())
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if o.version {
			a.code = a.std.print(thisVersion().line(report.Text))
			return nil
		}
		o.folder = len(args) == 0 && o.bsonFile == "" && isFolder("dump")
		if o.folder && file.IsTerminal(a.std.in) {
			o.notes = append(o.notes, folderNote)
		}
		return a.start(o, cmd, args)
	}
	return cmd
}

// folderNote is for users who mean the directory that mongodump makes.
const folderNote = "this is the command dump; for the directory of this name type ./dump"

// addFlags adds all flags to fs, in the order of help.
func (o *dumpOptions) addFlags(fs *pflag.FlagSet) {
	acceptForeignNames(fs)
	group(fs, "Flags of bsondump", "", o.addDump)
	group(fs, "Namespaces", "", o.addSpaces, o.addForeignSpaces)
	group(fs, "Faults", "", o.addLossy, o.addRejects, o.addMaxErrors)
	group(fs, "Messages", "", o.addMessages)
	group(fs, "Limits", "", o.addJobs, o.addLimits)
	group(fs, "Output", "", o.addFile)
	group(fs, "", "", addHelp)
}

func (o *dumpOptions) addLossy(fs *pflag.FlagSet) {
	fs.BoolVar(&o.lossy, "lossy", false, "write the nearest text of values that have no exact text; invalid UTF-8 becomes U+FFFD")
}

func (o *dumpOptions) addDump(fs *pflag.FlagSet) {
	fs.StringVar(&o.bsonFile, "bsonFile", "", "read `FILE`")
	fs.Var(choose(&o.kind, word[dumpType]{"json", dumpJSON}, word[dumpType]{"debug", dumpDebug}), "type",
		"json (the default) writes documents; debug writes the type and size of each element")
	fs.BoolVar(&o.pretty, "pretty", false, "indent JSON with tabs, one member or element per line")
	fs.BoolVar(&o.objcheck, "objcheck", false, "end the run at the first document that cannot be written instead of "+
		"rejecting it")
	fs.CountVarP(&o.verbose, "verbose", "v", "print a summary at the end; repeating the flag has no further effect")
	fs.StringVar(&o.config, "config", "", "`FILE` with passwords for a server; no effect, because dump reads files only")
	fs.BoolVar(&o.version, "version", false, "print the version and exit")
	onlyMeant(fs, "bsonFile", "config", "version")
}

// settle applies the flags of bsondump.
func (o *dumpOptions) settle(fs *pflag.FlagSet) error {
	if o.summary == summaryAuto && o.verbose > 0 && !o.quiet {
		o.summary = o.usualSummary()
	}
	if o.config != "" {
		o.notes = append(o.notes, "ignoring --config: dump reads files only and needs no server")
	}
	return o.readInstead(fs, "bsonFile", o.bsonFile)
}

// check rejects flags that have no effect.
func (o *dumpOptions) check(fs *pflag.FlagSet) error {
	if err := checkAll(fs, o.options.check, o.checkSpaces, o.checkFlags); err != nil {
		return err
	}
	if err := o.rejectGroup.check(); err != nil {
		return err
	}
	return o.decide(o.request())
}

// request says that the name of the output does not decide its format, as in
// bsondump.
func (o *dumpOptions) request() request {
	if o.kind == dumpDebug {
		return request{name: o.output, asked: plainText, because: "--type debug overrides the suffix"}
	}
	return request{name: o.output, asked: codec.JSON, because: "bsonjs dump has no other format"}
}

// checkFlags rejects flags of bsondump that have no effect.
func (o *dumpOptions) checkFlags(fs *pflag.FlagSet) error {
	switch {
	case given(fs, "pretty") && o.kind == dumpDebug:
		return errors.New("--pretty has no effect with --type debug; leave it out")
	case o.objcheck && (o.rejects != "" || given(fs, "max-errors")):
		return errors.New("--rejects and --max-errors have no effect with --objcheck, which ends the run at the first fault; leave them out")
	}
	return nil
}

// plan makes the run write documents as bsondump does.
func (o *dumpOptions) plan(r *run.Run) {
	o.spaceGroup.plan(r)
	o.rejectGroup.plan(r)
	o.jobGroup.plan(r)
	o.fileGroup.plan(r)
	d := &dumper{o: o}
	r.From, r.Unpack = codec.BSON, true
	r.Target, r.Hint = d, hints(d)
	if !o.objcheck {
		r.Policy = run.Skip
	}
}

// end prints the number of documents.
func (o *dumpOptions) end(r *run.Run, result *run.Result) {
	if result.Opened && !o.quiet && !file.IsClosedPipe(result.Err) {
		r.Say.Found(result.Read - result.Holes)
		if o.folder && result.In == 0 && !file.IsTerminal(r.Stdin) {
			r.Say.Note(folderNote)
		}
	}
}

// A dumper is the target of the command dump.
type dumper struct {
	o     *dumpOptions
	lines sink.Lines
}

// Begin returns the sink for the documents of in.
func (d *dumper) Begin(in run.Input) (run.Sink, error) {
	d.lines.Encoder, d.lines.Out = d.o.encoder(in), in.Out
	return &d.lines, nil
}

// trial returns a copy of the options for a document.
func (d *dumper) trial(from *codec.Codec) *trial {
	o := *d.o
	return &trial{
		from: from, limit: &o.limitGroup, dumpLossy: &o.lossy,
		writer: func() codec.Encoder { return o.encoder(run.Input{}) },
	}
}

// End ends the output.
func (d *dumper) End(out io.Writer) error { return d.lines.End(out) }

// text returns the options of bsondump for the Go driver. A terminal gets no
// control characters.
func (o *dumpOptions) text(in run.Input) extjson.EncodeOptions {
	e := extjson.EncodeOptions{
		Mode:           extjson.Canonical,
		Doubles:        extjson.DriverDoubles,
		EscapeLines:    true,
		EscapeControls: in.Terminal,
		RejectLossy:    true,
		MaxDepth:       o.maxDepth,
	}
	if o.lossy {
		e.RejectLossy, e.AmbiguousKeys, e.InvalidUTF8 = false, extjson.AsIs, bson.UTF8Replace
	}
	return e
}

// encoder returns the encoder of dump for the documents of in.
func (o *dumpOptions) encoder(in run.Input) codec.Encoder {
	text := codec.JSON.Write(codec.WriteOptions{Text: o.text(in)}).Appender
	switch {
	case o.kind == dumpDebug:
		return codec.Encoder{Appender: &sink.Debug{MaxDepth: o.maxDepth, Terminal: in.Terminal}, Alone: math.MaxInt}
	case o.pretty:
		return codec.Encoder{Appender: &sink.Tabs{Text: text}, Framing: codec.Lines(), Alone: codec.AloneText}
	}
	return codec.Encoder{Appender: text, Framing: codec.Lines(), Alone: math.MaxInt}
}
