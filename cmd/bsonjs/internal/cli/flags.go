package cli

import (
	"context"
	"math"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file is the command convert: its flags, in the order and under the
// titles of its help. The words in a flag's usage are the whole of what help,
// the manual and the completions say about it.

// convertCommand returns the command that converts files, which is meant
// where none is named.
func (a *app) convertCommand() *cobra.Command {
	o := new(options)
	cmd := &cobra.Command{
		Use:     "convert [flags] [FILE...]",
		Short:   "convert files between BSON, MongoDB Extended JSON and Python pickles",
		Long:    convertText,
		Example: convertExamples,
		Args:    cobra.ArbitraryArgs,
	}
	o.addFlags(cmd.Flags())
	cmd.ValidArgsFunction = completeFiles
	completeFlags(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if o.version {
			a.code = a.std.print(thisVersion().line(o.json))
			return nil
		}
		return a.convert(o, cmd, args)
	}
	return cmd
}

// convert runs the conversion that the flags of cmd, which o holds, and args
// ask for.
func (a *app) convert(o *options, cmd *cobra.Command, args []string) error {
	if err := a.settle(o, cmd, args); err != nil {
		return err
	}
	if o.aliases.config != "" && !o.quiet {
		a.reporter(cmd).Note("ignoring --config: dump reads files only and needs no server")
	}
	ctx, stop := interrupt.Context(context.Background())
	defer stop()
	a.code = o.run(ctx, a.std)
	return nil
}

// settle makes of the flags of cmd, which o holds, and args the whole of
// what is asked for.
func (a *app) settle(o *options, cmd *cobra.Command, args []string) error {
	fs := cmd.Flags()
	if err := a.environment(cmd); err != nil {
		return err
	}
	if o.color == colorAuto && a.noColor() {
		o.color = colorNever
	}
	o.files = args
	if err := o.applyAliases(fs); err != nil {
		return err
	}
	if len(o.files) == 0 {
		o.files = []string{"-"}
	}
	if err := mistaken(cmd.Root(), o.files[0]); err != nil {
		return err
	}
	return o.check(fs)
}

// addFlags adds to fs all flags, which write to o.
func (o *options) addFlags(fs *pflag.FlagSet) {
	acceptForeignNames(fs)
	o.addAliases(fs)
	group(fs, "Formats", formatsNote, o.addFormats)
	group(fs, "Writing JSON", "", o.addWriting)
	group(fs, "Reading JSON", "", o.addReading)
	group(fs, "Pickles", "", o.addPickles)
	group(fs, "Faults", "", o.addErrors)
	group(fs, "Messages", "", o.addMessages)
	group(fs, "Limits", "", o.addLimits)
	group(fs, "Output", "", o.addOutput)
	group(fs, "", "", func(fs *pflag.FlagSet) {
		addHelp(fs)
		fs.BoolVar(&o.version, "version", false, "print the version and exit; with --json as JSON")
		addSwitch(fs, &toggle[report.Form]{&o.json, report.JSON}, "json", "")
		fs.Lookup("json").Hidden = true
	})
}

// formats returns the words for them.
func formats() []word[*codec.Codec] {
	var words []word[*codec.Codec]
	for _, c := range codec.All() {
		words = append(words, word[*codec.Codec]{c.Name, c})
	}
	return words
}

func (o *options) addFormats(fs *pflag.FlagSet) {
	o.addFrom(fs)
	fs.VarP(choose(&o.to, formats()...), "to", "t", "format of the output")
}

func (o *options) addFrom(fs *pflag.FlagSet) {
	fs.VarP(choose(&o.from, formats()...), "from", "f", "format of the inputs")
}

func (o *options) addWriting(fs *pflag.FlagSet) {
	fs.VarP(choose(&o.mode,
		word[extjson.Mode]{"canonical", extjson.Canonical}, word[extjson.Mode]{"relaxed", extjson.Relaxed},
		word[extjson.Mode]{"legacy", extjson.Legacy}, word[extjson.Mode]{"shell", extjson.Shell},
		word[extjson.Mode]{"plain", extjson.Plain}, word[extjson.Mode]{"semi", extjson.SemiRelaxed},
	), "mode", "m", "relaxed (the default) is easy to read; canonical keeps every type, and with --exact it converts back to the same bytes; "+
		"legacy is Extended JSON before version 2; shell is the syntax of the MongoDB shell; plain has no "+
		"wrappers and is not meant to be read back; semi is relaxed with wrappers for integers beyond 2^53")
	fs.BoolVar(&o.array, "array", false, "write one array of all documents of all files instead of one document per line")
	fs.BoolVar(&o.pretty, "pretty", false, "indent by 2, one member or element per line")
	fs.Var(&amount{&o.indent, 1, 16, nil}, "indent", "indent by `N`, 1 to 16, one member or element per line")
	fs.Var(choose(&o.spacing,
		word[extjson.Spacing]{"compact", extjson.CompactSpacing}, word[extjson.Spacing]{"python", extjson.PythonSpacing},
		word[extjson.Spacing]{"libbson", extjson.LibbsonSpacing},
	), "spacing", `blanks within a line: compact (the default) writes {"a":1}, python {"a": 1}, libbson { "a" : 1 }`)
	fs.BoolVar(&o.sortKeys, "sort-keys", false, "sort members by key")
	fs.BoolVar(&o.ascii, "ascii", false, "escape every character outside ASCII")
	fs.BoolVar(&o.htmlSafe, "html-safe", false, "escape <, >, &, U+2028 and U+2029")
	fs.Var(choose(&o.doubles,
		word[extjson.DoubleSpelling]{"plain", extjson.PlainDoubles}, word[extjson.DoubleSpelling]{"driver", extjson.DriverDoubles},
		word[extjson.DoubleSpelling]{"python", extjson.PythonDoubles},
	), "doubles", "spelling of doubles: plain (the default) writes 1.0E+16, driver 1E+16 as the Go driver does, python 1e+16")
	fs.Var(choose(&o.dates,
		word[extjson.DateSpelling]{"number", extjson.DateNumber}, word[extjson.DateSpelling]{"number-long", extjson.DateNumberLong},
		word[extjson.DateSpelling]{"iso8601", extjson.DateISO8601},
	), "dates", "spelling of dates in mode legacy: number (the default) is milliseconds since 1970, number-long puts them in "+
		"$numberLong, iso8601 is text")
	fs.BoolVar(&o.strictNumberLong, "strict-number-long", false, "in mode legacy, write 64-bit integers as $numberLong")
	fs.Var(choose(&o.uuidSpelling,
		word[extjson.UUIDSpelling]{"binary", extjson.UUIDBinary}, word[extjson.UUIDSpelling]{"text", extjson.UUIDText},
		word[extjson.UUIDSpelling]{"digits", extjson.UUIDDigits},
	), "uuid-spelling", "spelling of UUIDs: binary (the default) is $binary, text is $uuid, digits is $uuid without hyphens, which only "+
		"--accept legacy reads")
	fs.Var(&zone{&o.zone}, "time-zone", "time `ZONE` of dates written as text: a name such as Europe/Paris, Local, "+
		"or an offset such as +02:00; the default is UTC")
	fs.BoolVar(&o.lossy, "lossy", false, "in mode plain, write the nearest plain value for a value that has no plain form")
	fs.Var(choose(&o.ambiguous,
		word[extjson.AmbiguityPolicy]{"error", extjson.Refuse}, word[extjson.AmbiguityPolicy]{"as-is", extjson.AsIs},
	), "ambiguous", "a nested document whose keys, such as $oid, would be read back as another type: error (the default) rejects "+
		"the document, as-is writes it")
}

func (o *options) addReading(fs *pflag.FlagSet) {
	fs.Var(unite(&o.accept,
		word[dialects]{"v2", 0}, word[dialects]{"canonical", acceptCanonical},
		word[dialects]{"legacy", acceptLegacy}, word[dialects]{"shell", acceptShell},
	), "accept", "v2 (the default) reads canonical and relaxed Extended JSON; canonical reads canonical only; legacy, "+
		"shell and legacy,shell add their syntax to v2")
	fs.Var(choose(&o.uuid,
		word[bson.UUIDRepresentation]{"unspecified", bson.UUIDUnspecified}, word[bson.UUIDRepresentation]{"standard", bson.UUIDStandard},
		word[bson.UUIDRepresentation]{"python-legacy", bson.UUIDPythonLegacy}, word[bson.UUIDRepresentation]{"java-legacy", bson.UUIDJavaLegacy},
		word[bson.UUIDRepresentation]{"csharp-legacy", bson.UUIDCSharpLegacy},
	), "uuid", "the binaries that JSON shows as UUIDs, and the order of their bytes: subtype 4 (unspecified, the default, and "+
		"standard), or subtype 3 in the byte order of an old driver")
}

func (o *options) addPickles(fs *pflag.FlagSet) {
	o.addEncoding(fs)
	o.addWritingPickles(fs)
}

func (o *options) addEncoding(fs *pflag.FlagSet) {
	fs.Var(choose(&o.encoding,
		word[pickle.Encoding]{"by-content", pickle.ByContent}, word[pickle.Encoding]{"ascii", pickle.ASCII},
		word[pickle.Encoding]{"utf-8", pickle.UTF8}, word[pickle.Encoding]{"latin-1", pickle.Latin1},
		word[pickle.Encoding]{"bytes", pickle.Bytes},
	), "encoding", "type of a str of Python 2: by-content (the default) makes a string of valid UTF-8 and binary of all else; ascii, "+
		"utf-8 and latin-1 make a string in that encoding; bytes makes binary")
	fs.Var(choose(&o.longText,
		word[pickle.LongText]{"int64", pickle.LongInt64}, word[pickle.LongText]{"smallest", pickle.LongSmallest},
	), "long-text", "type of integers spelled L5L, which only protocols 0 and 1 have: int64 (the default) is right for the long of Python 2; "+
		"smallest, int32 if the integer fits, is right for the int of Python 3.6")
}

func (o *options) addWritingPickles(fs *pflag.FlagSet) {
	fs.Var(choose(&o.protocol,
		word[pickle.Protocol]{"0", pickle.Protocol0}, word[pickle.Protocol]{"1", pickle.Protocol1},
		word[pickle.Protocol]{"2", pickle.Protocol2}, word[pickle.Protocol]{"3", pickle.Protocol3},
		word[pickle.Protocol]{"4", pickle.Protocol4}, word[pickle.Protocol]{"5", pickle.Protocol5},
	), "protocol", "protocol to write; the default, 2, is the newest that both Python 2.7 and every Python 3 load")
	addSwitch(fs, &toggle[pickle.Reader]{&o.reader, pickle.Python2}, "python2", "reject documents that Python 2.7 with PyMongo 3 cannot load")
	fs.Var(choose(&o.documents,
		word[pickle.DocumentClass]{"dict", pickle.Dict}, word[pickle.DocumentClass]{"son", pickle.SON},
	), "documents", "class of documents: dict (the default), or son, which keeps the order of keys in every Python")
	fs.Var(choose(&o.deprecated,
		word[pickle.DeprecatedPolicy]{"refuse", pickle.Refuse}, word[pickle.DeprecatedPolicy]{"convert", pickle.Convert},
	), "deprecated", "undefined, symbol and dbPointer, for which PyMongo has no class: refuse (the default) rejects the document, "+
		"convert writes the values that PyMongo reads them as")
}

func (o *options) addErrors(fs *pflag.FlagSet) {
	fs.Var(choose(&o.onError,
		word[errorPolicy]{"stop", stopOnError}, word[errorPolicy]{"skip", skipErrors},
		word[errorPolicy]{"quarantine", quarantineErrors},
	), "on-error", "after a fault: stop (the default) ends the run, skip reports and rejects the document, quarantine also "+
		"keeps its bytes in the file of --rejects")
	o.addRejects(fs)
	fs.BoolVar(&o.mendLengths, "mend-lengths", false, "correct wrong lengths of BSON documents and arrays and write the document, if it has no other fault; "+
		"the fault is still reported")
	o.addMaxErrors(fs)
	fs.Var(choose(&o.invalidUTF8,
		word[bson.UTF8Policy]{"error", bson.UTF8Reject}, word[bson.UTF8Policy]{"replace", bson.UTF8Replace},
	), "invalid-utf8", "invalid UTF-8: error (the default) rejects the document, replace writes U+FFFD; applies to reading and writing JSON, "+
		"and to BSON, hex and base64 copied to any of these")
	fs.BoolVar(&o.exact, "exact", false, "reject documents that canonical JSON would not convert back to the same bytes, and integers "+
		"in JSON that no type holds exactly")
}

func (o *options) addRejects(fs *pflag.FlagSet) {
	fs.StringVar(&o.rejects, "rejects", "", "write the exact bytes of rejected documents to `FILE`")
}

func (o *options) addMaxErrors(fs *pflag.FlagSet) {
	fs.Var(&count{&o.maxErrors}, "max-errors", "end the run after `N` faults; 0 (the default) is no limit")
}

func (o *options) addMessages(fs *pflag.FlagSet) {
	fs.Var(choose(&o.errors,
		word[report.Form]{"text", report.Text}, word[report.Form]{"json", report.JSON},
	), "errors", "print messages as lines of text (the default) or JSON")
	fs.Var(choose(&o.summary,
		word[summaryForm]{"auto", summaryAuto}, word[summaryForm]{"text", summaryText},
		word[summaryForm]{"json", summaryJSON}, word[summaryForm]{"none", summaryNone},
	), "summary", "print a summary at the end: text, a line of json, or none; auto (the default) prints text if there was a fault")
	fs.Var(choose(&o.progress,
		word[progressForm]{"auto", progressAuto}, word[progressForm]{"always", progressAlways},
		word[progressForm]{"never", progressNever}, word[progressForm]{"json", progressJSON},
	), "progress", "show progress: auto (the default) shows a bar on a terminal during long runs, always shows a bar, "+
		"json prints lines of JSON")
	fs.Var(choose(&o.color,
		word[colorPolicy]{"auto", colorAuto}, word[colorPolicy]{"always", colorAlways}, word[colorPolicy]{"never", colorNever},
	), "color", "colour messages; auto (the default) does so on a terminal unless NO_COLOR is set")
	fs.BoolVarP(&o.quiet, "quiet", "q", false, "print faults only: no notes, and no summary or progress unless a flag asks for it")
}

func (o *options) addLimits(fs *pflag.FlagSet) {
	o.addJobs(fs)
	o.addSizes(fs)
}

func (o *options) addJobs(fs *pflag.FlagSet) {
	fs.VarP(&amount{&o.jobs, 0, 1024, nil}, "jobs", "j", "convert on `N` processors; 0 (the default) uses all. The output is "+
		"the same for every N")
}

func (o *options) addSizes(fs *pflag.FlagSet) {
	fs.Var(&amount{&o.maxDepth, 1, bson.DepthCeiling, nil}, "max-depth", "reject documents nested deeper than `N`; the default is 1000")
	fs.Var(&amount{&o.maxDocumentSize, 5, math.MaxInt32, byteUnits}, "max-document-size",
		"reject documents larger than `N` bytes of BSON, with or without a unit KiB, MiB or GiB; the default is 64MiB")
}

func (o *options) addOutput(fs *pflag.FlagSet) {
	o.addOutputFile(fs)
	fs.BoolVar(&o.force, "force", false, "write binary formats and compressed data to a terminal")
	fs.Var(choose(&o.compress, compressions...), "compress", "compress the output: auto (the default) goes by the suffix of FILE "+
		"(.gz .zst .lz4 .s2 .sz); none never compresses")
	fs.Var(&amount{&o.compressLevel, 1, compress.Zstd.MaxLevel(), nil}, "compress-level", "compression level `N`, from 1, the fastest, to 9 for gzip and lz4, 22 for zstd, "+
		"3 for s2 and snappy")
}

func (o *options) addOutputFile(fs *pflag.FlagSet) {
	fs.StringVarP(&o.output, "output", "o", "", "write to `FILE` instead of standard output; FILE appears when it is complete")
	fs.BoolVar(&o.overwrite, "overwrite", false, "replace an existing FILE")
}

// The annotations of a flag that group makes.
const (
	groupTitle = "title"
	groupNote  = "note"
	flagValue  = "value" // what must follow it, "" for nothing
	// flagNoVariable is set if the flag of this command has no variable, though
	// flags of other commands with that name have one.
	flagNoVariable = "no variable"
)

// group adds the flags that define defines to fs, which help shows together
// under the title, with note, if there is one, below them. The word that a
// usage has between back quotes stands for the value of the flag.
func group(fs *pflag.FlagSet, title, note string, define func(fs *pflag.FlagSet)) {
	g := pflag.NewFlagSet(title, pflag.ContinueOnError)
	g.SortFlags = false
	define(g)
	g.VisitAll(func(f *pflag.Flag) {
		var value string
		value, f.Usage = pflag.UnquoteUsage(f)
		if f.NoOptDefVal != "" {
			value = "" // it may follow, after =
		}
		f.Annotations = map[string][]string{groupTitle: {title}, groupNote: {note}, flagValue: {value}}
	})
	fs.SortFlags = false
	fs.AddFlagSet(g)
}

// addSwitch adds a flag that needs no value.
func addSwitch(fs *pflag.FlagSet, v pflag.Value, name, usage string) {
	fs.VarPF(v, name, "", usage).NoOptDefVal = "true"
}
