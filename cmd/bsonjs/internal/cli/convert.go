package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/stage"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file is the command convert.
//
//   - convertOptions are its flags, in the order of help, and their
//     combinations.
//   - Only write converts them to options of other packages.
//   - A converter (converter.go) writes in the format that resolve decided, or in
//     the usual one of the first input.

// convertOptions are the options of the commands convert and salvage.
type convertOptions struct {
	options
	inputGroup
	spaceGroup
	selection
	ordering
	sortGroup
	shape
	redaction
	spaceFieldGroup
	bucketGroup
	nameGroup
	textGroup
	pickleGroup
	policyGroup
	rejectGroup
	jobGroup
	outputGroup
	columnGroup
	division
	rowGroup
	aliases
	verify bool // the output is read back

	to *codec.Codec // of --to or its variable, nil: none
	// usual returns the format of the output for inputs in the format from, if
	// nothing else decides it; nil if from is nil.
	usual func(from *codec.Codec) *codec.Codec
	// inFolder is usual for the files of a directory.
	inFolder func(from *codec.Codec) *codec.Codec
	// findArchives searches inputs for archives behind damage.
	findArchives bool
	version      bool        // print the version and exit
	json         report.Form // of the version

	textFlag string      // a flag on the command line that shapes JSON, "" if there is none
	paint    colorPolicy // of JSON
	keeps    bool        // the command line has --invalid-utf8 keep
	escapes  bool        // the command line has --ambiguous escape
	seeded   bool        // the command line has --seed

	// columns are those of a table that is written. They are known when the first
	// document is.
	columns []tabular.Column

	apart *spaceConverter // the target, if the output keeps namespaces apart
	back  *verifier       // nil: the output is not read back
}

// dumped returns the format of the files of a directory, as mongodump writes them.
func dumped(*codec.Codec) *codec.Codec { return codec.BSON }

// convertCommand returns the command that converts files. It is the default
// command.
func (a *app) convertCommand() *cobra.Command {
	o := &convertOptions{usual: (*codec.Codec).Opposite, inFolder: dumped}
	cmd := &cobra.Command{
		Use:         "convert [flags] [FILE...]",
		Short:       "convert files between BSON, MongoDB Extended JSON, CSV and Python pickles",
		Long:        convertText,
		Example:     convertExamples,
		Args:        cobra.ArbitraryArgs,
		Annotations: map[string]string{briefText: briefConvert},
	}
	o.addFlags(cmd.Flags())
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if o.version {
			a.code = a.std.print(thisVersion().line(o.json))
			return nil
		}
		return a.start(o, cmd, args)
	}
	return cmd
}

// addFlags adds to fs all flags, which write to o, in the order and under the
// titles of help.
func (o *convertOptions) addFlags(fs *pflag.FlagSet) {
	acceptForeignNames(fs)
	o.addAliases(fs)
	group(fs, "Formats", formatsNote, o.addFormats)
	group(fs, "Namespaces", "", o.addSpaces, o.addForeignSpaces, o.addSpaceField, o.addBuckets, o.addNames)
	group(fs, "Selection", selectionNote, o.addSelect, o.addSort, o.addOrder)
	group(fs, "Fields", fieldsNote, o.addFields, o.addEdits, o.addRedact, o.addNewID)
	group(fs, writingText, "", o.addWriting)
	group(fs, "Reading JSON", "", o.addReading)
	group(fs, readingTables, "", o.tables.addTables, o.addRows)
	group(fs, "Pickles", "", o.addEncoding, o.addWritingPickles)
	group(fs, columnTables, "", o.addColumns, o.addTimes)
	group(fs, "Faults", "", o.addOnError, o.addRejects, o.addMending, o.addMaxErrors, o.addStrictness)
	group(fs, "Messages", "", o.addMessages)
	group(fs, "Limits", "", o.addJobs, o.addLimits)
	group(fs, "Output", "", o.addOutput, o.addSplit, o.addVerify)
	group(fs, "", "", func(fs *pflag.FlagSet) {
		addHelp(fs)
		fs.BoolVar(&o.version, "version", false, "print the version and exit; with --json as JSON")
		onlyMeant(fs, "version")
		addSwitch(fs, &toggle[report.Form]{&o.json, report.JSON}, "json", "")
		fs.Lookup("json").Hidden = true
	})
}

func (o *convertOptions) addVerify(fs *pflag.FlagSet) {
	fs.BoolVar(&o.verify, "verify", false, "read the output back while it is written, and compare it with the documents of the input; after a difference the exit code is 1 and no FILE is written")
}

func (o *convertOptions) addFormats(fs *pflag.FlagSet) {
	o.addFrom(fs)
	fs.VarP(chooseFormat(&o.to, codec.Written()), "to", "t", "format of the output, whatever the suffix of FILE says; jsonl and ndjson are other names of json")
}

// settle applies the flags of other programs.
func (o *convertOptions) settle(fs *pflag.FlagSet) error {
	if o.legacy {
		if !given(fs, "mode") {
			o.mode = extjson.Legacy
		}
		if !given(fs, "accept") {
			o.accept = acceptLegacy | acceptShell
		}
	}
	return o.readInstead(fs, "bsonFile", o.bsonFile)
}

// check rejects combinations of flags that have no effect.
func (o *convertOptions) check(fs *pflag.FlagSet) error {
	if o.json != report.Text {
		return errors.New("--json works only with --version; to write JSON use --to json")
	}
	o.textFlag = o.textGroup.textFlag(fs)
	o.seeded = given(fs, "seed")
	o.escapes = given(fs, "ambiguous") && o.ambiguous == extjson.Escape
	if o.paint = o.color; o.color == colorAlways && !given(fs, "color") {
		o.paint = colorAuto // a default must not put escape sequences in files
	}
	o.keeps = given(fs, "invalid-utf8") && o.invalidUTF8 == bson.UTF8Keep
	if err := o.decide(o.request(fs)); err != nil {
		return err
	}
	if err := o.checkVerify(); err != nil {
		return err
	}
	reading := func(fs *pflag.FlagSet) error { return o.checkReading(fs, "accept", "lenient-dates") }
	selecting := func(*pflag.FlagSet) error { return o.checkSelect(&o.inputGroup, &o.limitGroup) }
	sorting := func(fs *pflag.FlagSet) error {
		return o.checkSort(fs, &o.ordering, filterOptions(&o.inputGroup, &o.limitGroup))
	}
	shaping := func(*pflag.FlagSet) error { return o.checkShape(&o.inputGroup, &o.limitGroup) }
	redactions := func(fs *pflag.FlagSet) error { return o.checkRedact(fs, &o.options) }
	buckets := func(fs *pflag.FlagSet) error { return o.bucketGroup.check(fs, o.from) }
	tables := func(fs *pflag.FlagSet) error { return o.checkTables(fs, o.from) }
	if o.writesTable() {
		if err := o.readColumns(&o.limitGroup); err != nil {
			return err
		}
	}
	return checkAll(fs, o.options.check, o.checkText, reading, tables, o.checkHeaderLine, o.checkRows, o.checkColumns, buckets, o.textGroup.check, o.checkFormats, o.checkEncoding, o.checkSpaces, selecting, sorting, o.ordering.check, shaping, redactions, o.spaceFieldGroup.check, o.checkNames, o.checkFaults, o.checkFiles)
}

// request returns what the flags say about the output.
func (o *convertOptions) request(fs *pflag.FlagSet) request {
	r := request{
		folder: isOutputFolder(o.output), inFolder: o.inFolder,
		name: o.output, from: o.from, mode: given(fs, "mode"), usual: o.usual, force: "--to json",
		compress: o.compress, packed: given(fs, "compress"),
	}
	switch to := o.to; {
	case given(fs, "to") || given(fs, "type"):
		r.asked, r.because = to, "--to overrides the suffix"
	case to != nil:
		r.usual = func(*codec.Codec) *codec.Codec { return to }
		r.inFolder = r.usual
	}
	return r
}

// checkHeaderLine rejects a header of the command line beside that of the input.
func (o *convertOptions) checkHeaderLine(*pflag.FlagSet) error {
	if o.headerLine && o.tables.header != "" {
		return errors.New("--headerline takes the names of the columns from the input, and --header gives them; leave out one of the two")
	}
	return nil
}

// checkText rejects flags that shape JSON if no JSON is written.
func (o *convertOptions) checkText(*pflag.FlagSet) error {
	if o.decided.to != nil && o.decided.to != codec.JSON && o.textFlag != "" {
		return o.needsText(o.decided.to)
	}
	return nil
}

// checkFormats rejects flags about formats that are neither read nor written.
func (o *convertOptions) checkFormats(fs *pflag.FlagSet) error {
	to := o.decided.to
	if err := checkText(fs, "uuid", o.from, to); err != nil {
		return err
	}
	if err := checkText(fs, "ambiguous", o.from, to); err != nil {
		return err
	}
	if err := o.checkEscapes(to); err != nil {
		return err
	}
	if err := o.policyGroup.checkEffect(fs, o.from, to); err != nil {
		return err
	}
	if err := o.checkKeep(o.from, to); err != nil {
		return err
	}
	if err := o.columnGroup.check(fs, to); err != nil {
		return err
	}
	return o.pickleGroup.check(fs, to)
}

// checkNames rejects names of namespaces if the output does not keep them apart.
func (o *convertOptions) checkNames(fs *pflag.FlagSet) error {
	if !o.keepsApart() {
		return o.nameGroup.needsSpaces(fs)
	}
	return o.nameGroup.check(fs)
}

// keepsApart reports whether the output keeps namespaces apart.
func (o *convertOptions) keepsApart() bool { return o.decided.folder || o.decided.to == codec.Archive }

// checkEscapes rejects the flag --ambiguous escape if the output, in the format to,
// is plain JSON.
func (o *convertOptions) checkEscapes(to *codec.Codec) error {
	if o.escapes && o.mode == extjson.Plain && to == codec.JSON {
		return errors.New("--ambiguous escape has no effect in mode plain, where no key is ambiguous; use --mode relaxed, or leave --ambiguous out")
	}
	return nil
}

// checkKeep rejects the flag --invalid-utf8 keep if documents cannot be copied
// from the format from to the format to, nil if unknown.
func (o *convertOptions) checkKeep(from, to *codec.Codec) error {
	for i, c := range []*codec.Codec{from, to} {
		if o.keeps && c != nil && !c.Copies {
			side, instead := [...]string{"input", "output"}[i], "use --invalid-utf8 replace"
			if from == codec.Pickle {
				instead = "leave it out"
			}
			return fmt.Errorf("--invalid-utf8 keep needs BSON, hex or base64 as input and output, and the %s is %v; %s", side, c, instead)
		}
	}
	return nil
}

// checkFaults rejects flags about faults that have no effect.
func (o *convertOptions) checkFaults(fs *pflag.FlagSet) error {
	if err := o.policyGroup.check(fs, o.rejects, o.from); err != nil {
		return err
	}
	return o.faultGroup.check(fs, o.onError)
}

// checkFiles rejects names of files that cannot be written, and flags about the
// output that contradict each other.
func (o *convertOptions) checkFiles(fs *pflag.FlagSet) error {
	if err := o.rejectGroup.check(); err != nil {
		return err
	}
	if err := o.checkSplit(fs, &o.decided, o.output, o.maxDepth); err != nil {
		return err
	}
	return o.outputGroup.check(fs, o.decided.compression)
}

// needsText is the error for a flag that needs JSON as output.
func (o *convertOptions) needsText(to *codec.Codec) error {
	cure := "; add --to json"
	switch o.decided.origin {
	case fromFlag:
		cure = " because of --to; use --to json, or leave one of the two out"
	case fromName:
		cure = " because of its suffix " + o.decided.suffix + "; use the suffix .json, or add --to json"
	}
	return fmt.Errorf("%s needs JSON as output, and the output is %v%s", o.textFlag, to, cure)
}

// plan makes the run write documents in the format of the options.
func (o *convertOptions) plan(r *run.Run) {
	o.inputGroup.plan(r)
	o.spaceGroup.plan(r)
	if o.selects() || o.orders() || o.shapes() || o.redacts() || o.writesTable() {
		rules := bson.ValidateOptions{MaxDepth: o.maxDepth, AllowInvalidUTF8: o.invalidUTF8 != bson.UTF8Reject}
		r.Stages = append(r.Stages, stage.Valid{Options: rules})
	}
	o.planSelect(r)
	o.planOrder(r)
	o.planShape(r)
	o.planRedact(r)
	o.planID(r, stage.AddID{Seeded: o.seeded, Seed: uint64(o.seed)})
	o.spaceFieldGroup.plan(r)
	o.bucketGroup.plan(r, o.maxDepth)
	o.textGroup.plan(r)
	o.policyGroup.plan(r)
	o.rejectGroup.plan(r)
	o.jobGroup.plan(r)
	o.outputGroup.plan(r)
	o.planColumns(r)
	r.FindArchives = o.findArchives
	c := &converter{o: o, to: o.decided.to}
	if o.writesTable() && o.invalidUTF8 == bson.UTF8Replace && !o.verify {
		r.Shaping = append(r.Shaping, stage.Replace{MaxDepth: o.maxDepth})
	}
	if o.back = o.planVerify(r); o.back != nil {
		c.proof = o.back.proof
	}
	switch {
	case o.keepsApart():
		o.apart = newSpaceConverter(*c)
		r.Target, r.Hint = o.apart, hints(o.apart)
	case o.splits():
		s := newSplitConverter(*c)
		r.Output.Parts = o.parts(o.output, &o.decided)
		r.Target, r.Hint = s, hints(s)
	default:
		r.Target, r.Hint = c, hints(c)
	}
	if o.back != nil {
		o.back.to = r.Target.(interface{ format() *codec.Codec }).format
	}
}

// write returns the options of writing the documents of in.
func (o *convertOptions) write(in run.Input) codec.WriteOptions {
	return codec.WriteOptions{
		Text:     o.encodeText(in),
		Pickle:   pickle.EncodeOptions{Protocol: o.protocol, Reader: o.reader, Documents: o.documents, Deprecated: o.deprecated, MaxDepth: o.maxDepth},
		Validate: bson.ValidateOptions{MaxDepth: o.maxDepth, RejectDuplicateKeys: o.noDuplicateKeys},
		UTF8:     o.invalidUTF8,
		Checked:  in.From.Checks && !o.noDuplicateKeys,
	}
}

func (o *convertOptions) encodeText(in run.Input) extjson.EncodeOptions {
	return extjson.EncodeOptions{
		Mode:               o.mode,
		Indent:             o.indentation(in),
		Spacing:            o.spacing,
		SortKeys:           o.sortKeys,
		ASCII:              o.ascii,
		EscapeHTML:         o.htmlSafe,
		EscapeControls:     in.Terminal,
		Doubles:            o.doubles,
		Location:           o.zone,
		Dates:              o.dates,
		StrictNumberLong:   o.strictNumberLong,
		UUIDs:              o.uuidSpelling,
		UUIDRepresentation: o.uuid,
		Lossy:              o.lossy,
		NonFinite:          o.nonFinite,
		AmbiguousKeys:      o.ambiguousKeys(),
		RejectLossy:        o.exact,
		InvalidUTF8:        o.textUTF8(),
		MaxDepth:           o.maxDepth,
		Array:              o.array || o.jsonArray,
	}
}

// end prints the notes about the namespaces of the output.
func (o *convertOptions) end(r *run.Run, result *run.Result) {
	if o.apart != nil {
		result.Namespaces = int64(o.apart.dump.Spaces())
	}
	if o.splits() && result.Whole && !o.quiet && result.Files == 0 {
		r.Say.Note("no file was written, because there are no documents")
	}
	o.tellDropped(r, result)
	if o.back != nil {
		o.back.conclude(r, result)
	}
	switch {
	case !result.Whole || o.quiet:
	case o.apart != nil:
		for _, text := range o.apart.notes() {
			r.Say.Note(text)
		}
	case result.Several && o.field == "":
		r.Say.Note("wrote documents of several namespaces; " + o.apartCure())
	}
	if result.Whole && !o.quiet {
		for _, text := range append(o.unmet(), o.unused(r, result)...) {
			r.Say.Note(text)
		}
	}
}

// apartCure returns what to type to have namespaces apart.
func (o *convertOptions) apartCure() string {
	if o.writesTable() || o.decided.to != nil && o.decided.to.Extension {
		return "--ns DB.COLLECTION selects one, and --ns-field NAME makes a column of them"
	}
	return "-o FOLDER/ writes a file for each"
}
