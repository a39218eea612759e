package cli

import (
	"math"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
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
	dumpNone  dumpType = iota // another command is meant
	dumpJSON                  // canonical Extended JSON as the Go driver spells it
	dumpDebug                 // types and sizes of elements
)

// dumpCommand returns the command that writes what bsondump writes.
func (a *app) dumpCommand() *cobra.Command {
	o := &options{from: codec.BSON, to: codec.JSON, dump: dumpJSON}
	cmd := &cobra.Command{
		Use:   "dump [flags] [FILE...]",
		Short: "write BSON files as bsondump does",
		Long: "Write BSON files as bsondump does: as canonical Extended JSON, a document per\n" +
			"line, or with --type debug the types and sizes of all elements. The bytes are\n" +
			"the same for all data that bsondump does not lose. All flags of bsondump are\n" +
			"accepted, and --outFile is another name of --output.\n\n" +
			"bsondump alters some documents, or drops them with exit code 0: documents with\n" +
			"invalid UTF-8, for example, or with a NaN whose bits have no text. bsonjs dump\n" +
			"reports and rejects them, and the exit code is not 0. --lossy writes the nearest\n" +
			"text.\n",
		Example: "  bsonjs dump users.bson\n" +
			"  bsonjs dump --pretty --bsonFile users.bson --outFile users.json\n" +
			"  bsonjs dump --type debug users.bson\n",
		Args: cobra.ArbitraryArgs,
	}
	fs := cmd.Flags()
	acceptForeignNames(fs)
	group(fs, "Flags of bsondump", "", o.addDump)
	group(fs, "Faults", "", func(fs *pflag.FlagSet) {
		fs.BoolVar(&o.lossy, "lossy", false, "write the nearest text of values that have no exact text; invalid UTF-8 becomes U+FFFD")
		o.addRejects(fs)
		o.addMaxErrors(fs)
	})
	group(fs, "Messages", "", o.addMessages)
	group(fs, "Limits", "", o.addLimits)
	group(fs, "Output", "", o.addOutputFile)
	group(fs, "", "", addHelp)
	cmd.ValidArgsFunction = completeFiles
	completeFlags(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if o.version {
			a.code = a.std.print(thisVersion().line(report.Text))
			return nil
		}
		return a.convert(o, cmd, args)
	}
	return cmd
}

func (o *options) addDump(fs *pflag.FlagSet) {
	fs.StringVar(&o.aliases.bsonFile, "bsonFile", "", "read `FILE`")
	fs.Var(choose(&o.dump, word[dumpType]{"json", dumpJSON}, word[dumpType]{"debug", dumpDebug}), "type",
		"json (the default) writes documents; debug writes the type and size of each element")
	fs.BoolVar(&o.pretty, "pretty", false, "indent JSON with tabs, one member or element per line")
	fs.BoolVar(&o.aliases.objcheck, "objcheck", false, "end the run at the first document that cannot be written instead of "+
		"rejecting it")
	fs.CountVarP(&o.verbose, "verbose", "v", "print a summary at the end; repeating the flag has no further effect")
	fs.StringVar(&o.aliases.config, "config", "", "`FILE` with passwords for a server; no effect, because dump reads files only")
	fs.BoolVar(&o.version, "version", false, "print the version and exit")
}

// applyDump does to o what the flags of bsondump stand for.
func (o *options) applyDump() {
	switch {
	case o.aliases.objcheck:
		o.onError = stopOnError
	case o.rejects != "":
		o.onError = quarantineErrors
	default:
		o.onError = skipErrors
	}
}

// encodeDump is what bsondump asks of the Go driver.
func (o *options) encodeDump() extjson.EncodeOptions {
	e := extjson.EncodeOptions{
		Mode:        extjson.Canonical,
		Doubles:     extjson.DriverDoubles,
		EscapeLines: true,
		RejectLossy: true,
		MaxDepth:    o.maxDepth,
	}
	if o.lossy {
		e.RejectLossy, e.AmbiguousKeys, e.InvalidUTF8 = false, extjson.AsIs, bson.UTF8Replace
	}
	return e
}

// dumpEncoder returns how the command dump writes the documents of in.
func (o *options) dumpEncoder(in run.Input) codec.Encoder {
	text := codec.TextAppender{Options: o.encodeDump()}
	switch {
	case o.dump == dumpDebug:
		return codec.Encoder{Appender: sink.Debug{MaxDepth: o.maxDepth, Terminal: in.Terminal}, Alone: math.MaxInt}
	case o.pretty:
		return codec.Encoder{Appender: sink.Tabs{Text: text}, Framing: codec.Lines(), Alone: codec.AloneText}
	}
	return codec.Encoder{Appender: text, Framing: codec.Lines(), Alone: math.MaxInt}
}
