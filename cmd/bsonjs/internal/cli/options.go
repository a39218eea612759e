package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file has what a command line can ask for, which of it goes together,
// and what it means to the packages that do the work. flags.go has how it is
// spelled.
//
//   - check refuses what cannot be meant. A flag on the command line that has
//     nothing to act on is refused; a default from the environment is not.
//   - encodeText and its like are the only places where options of bsonjs
//     become those of other packages.

// options are what the command line asks of a conversion.
type options struct {
	from, to *codec.Codec // Unknown: found, or the other one

	// How JSON is written.
	mode             extjson.Mode
	ambiguous        extjson.AmbiguityPolicy
	array            bool // one array over all files
	pretty           bool
	indent           int // spaces for each level, 0: none unless pretty
	spacing          extjson.Spacing
	sortKeys         bool
	ascii            bool
	htmlSafe         bool
	doubles          extjson.DoubleSpelling
	dates            extjson.DateSpelling
	strictNumberLong bool
	uuidSpelling     extjson.UUIDSpelling
	zone             *time.Location // nil: UTC
	lossy            bool

	accept dialects                // which text is read
	uuid   bson.UUIDRepresentation // in text read and written

	// How pickles are read and written.
	encoding   pickle.Encoding
	longText   pickle.LongText
	protocol   pickle.Protocol
	reader     pickle.Reader
	documents  pickle.DocumentClass
	deprecated pickle.DeprecatedPolicy

	// What happens to documents that cannot be converted.
	onError     errorPolicy
	rejects     string // file that keeps them, "" unless quarantineErrors
	mendLengths bool   // documents with no fault but wrong lengths of containers are written
	maxErrors   int64  // how many end the run all the same, 0: no number does
	invalidUTF8 bson.UTF8Policy
	exact       bool

	// What is said on standard error.
	errors   report.Form
	summary  summaryForm
	progress progressForm
	color    colorPolicy
	quiet    bool // nothing but errors, unless it is asked for

	jobs            int // documents are converted by as many at once, 0: by the processors there are
	maxDepth        int // containers, 0: the default
	maxDocumentSize int // bytes of BSON, 0: the default

	output    string // "" and "-" are standard output
	overwrite bool
	force     bool // BSON may go to a terminal

	compress      compression
	compressLevel int            // 0: the usual one
	codec         compress.Codec // of the output

	aliases aliases

	version bool        // is printed, and nothing done
	json    report.Form // of the version

	// sameFormat makes the output of the format of the inputs unless to says
	// otherwise.
	sameFormat bool
	// inspect, if not nil, is what is shown of documents, which are not
	// converted then.
	inspect *inspection
	// dump is what the command dump writes.
	dump    dumpType
	verbose int // how often the command dump was asked to say more
	// rules, if not nil, are what documents are checked for; nothing is
	// written then.
	rules *bson.ValidateOptions

	files []string // inputs in order, at least one
	// textFlag is a flag on the command line that makes sense only where JSON
	// is written, "" if there is none.
	textFlag string
}

// Dialects are which texts are read beside relaxed and canonical Extended
// JSON.
type dialects uint8

const (
	acceptLegacy dialects = 1 << iota
	acceptShell
	// acceptCanonical alone is canonical Extended JSON alone.
	acceptCanonical
)

// An errorPolicy is what happens to a document that cannot be converted.
type errorPolicy uint8

const (
	stopOnError      errorPolicy = iota // it ends the run
	skipErrors                          // it is reported and left out
	quarantineErrors                    // so it is, and its bytes are kept in a file
	reportErrors                        // it is reported; nothing is written
)

// textFlags are the flags that make sense only where JSON is written.
var textFlags = []string{
	"mode", "ambiguous", "array", "pretty", "indent", "spacing", "sort-keys", "ascii", "html-safe", "doubles",
	"dates", "strict-number-long", "uuid-spelling", "time-zone", "lossy",
}

// given reports whether the flag of that name is on the command line, and not
// only to be turned off.
func given(fs *pflag.FlagSet, name string) bool {
	f := fs.Lookup(name)
	return f != nil && f.Changed && !(f.Value.Type() == "bool" && f.Value.String() == "false")
}

// check refuses combinations that cannot be meant, and completes o with what
// follows from them.
func (o *options) check(fs *pflag.FlagSet) error {
	if o.json != report.Text {
		return errors.New("--json works only with --version; to write JSON use --to json")
	}
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
	for _, name := range textFlags {
		if given(fs, name) {
			o.textFlag = "--" + name
			break
		}
	}
	switch {
	case o.rules != nil:
		o.to = codec.BSON
	case o.to == nil && o.sameFormat:
		o.to = o.from
	case o.to == nil:
		o.to = o.from.Opposite()
	}
	for _, check := range []func(*pflag.FlagSet) error{
		o.checkText, o.checkPickle, o.checkErrors, o.checkInspect, o.checkCompression,
	} {
		if err := check(fs); err != nil {
			return err
		}
	}
	return nil
}

// checkText refuses flags about JSON that have no JSON to act on.
func (o *options) checkText(fs *pflag.FlagSet) error {
	if o.to != nil && o.to != codec.JSON && o.textFlag != "" {
		return o.needsText(o.to)
	}
	if o.from != nil && o.from != codec.JSON && given(fs, "accept") {
		return fmt.Errorf("--accept has no effect, because the input is %v and not JSON; leave it out", o.from)
	}
	if o.accept&acceptCanonical != 0 && o.accept != acceptCanonical {
		return errors.New("--accept canonical cannot be combined with other words")
	}
	if given(fs, "pretty") && o.dump == dumpDebug {
		return errors.New("--pretty has no effect with --type debug; leave it out")
	}
	for _, name := range []string{"dates", "strict-number-long"} {
		if given(fs, name) && o.mode != extjson.Legacy {
			return fmt.Errorf("--%s needs --mode legacy", name)
		}
	}
	if given(fs, "lossy") && o.mode != extjson.Plain && o.dump == dumpNone {
		return errors.New("--lossy needs --mode plain; no other mode loses a value")
	}
	if given(fs, "uuid-spelling") && (o.mode == extjson.Shell || o.mode == extjson.Plain) {
		return errors.New("--uuid-spelling has no effect in modes shell and plain, which have a spelling of their own; leave it out")
	}
	known := o.from != nil && o.to != nil
	hasText := o.from == codec.JSON || o.to == codec.JSON
	for _, name := range []string{"uuid", "exact"} {
		if given(fs, name) && known && !hasText {
			return fmt.Errorf("--%s has no effect, because neither side of %v to %v is JSON; leave it out", name, o.from, o.to)
		}
	}
	if given(fs, "invalid-utf8") && known && !hasText && (o.from == codec.Pickle || o.to == codec.Pickle) {
		return errors.New("--invalid-utf8 has no effect between BSON and pickles; leave it out")
	}
	return nil
}

// needsText says that a flag shapes text which is not written.
func (o *options) needsText(to *codec.Codec) error {
	return fmt.Errorf("%s needs JSON as output, and the output is %v; add --to json", o.textFlag, to)
}

// checkPickle refuses flags about pickles where there are none.
func (o *options) checkPickle(fs *pflag.FlagSet) error {
	for _, name := range []string{"protocol", "python2", "documents", "deprecated"} {
		if given(fs, name) && o.to != codec.Pickle {
			return fmt.Errorf("--%s needs pickles as output; add --to pickle", name)
		}
	}
	for _, name := range []string{"encoding", "long-text"} {
		if given(fs, name) && o.from != codec.Pickle {
			return fmt.Errorf("--%s needs pickles as input; add --from pickle", name)
		}
	}
	if o.to == codec.Pickle && o.reader == pickle.Python2 && o.protocol > pickle.Protocol2 {
		return fmt.Errorf("--python2 allows protocols 0 to 2, not %d; add --protocol 2", o.protocol)
	}
	return nil
}

// checkErrors refuses flags about documents that are not converted, if they
// contradict each other.
func (o *options) checkErrors(fs *pflag.FlagSet) error {
	switch {
	case o.aliases.objcheck && o.dump != dumpNone && (o.rejects != "" || given(fs, "max-errors")):
		return errors.New("--rejects and --max-errors have no effect with --objcheck, which ends the run at the first fault; leave them out")
	case o.onError == quarantineErrors && o.rejects == "":
		return errors.New("--on-error quarantine needs a file for rejected documents; add --rejects FILE")
	case o.onError != quarantineErrors && o.rejects != "":
		return errors.New("--rejects has no effect without --on-error quarantine; add it")
	case file.IsStdout(o.rejects):
		return errors.New("--rejects cannot be standard output, which is for converted documents; name a file")
	case o.onError == stopOnError && given(fs, "mend-lengths"):
		return errors.New("--mend-lengths has no effect if the first fault ends the run; add --on-error skip")
	case given(fs, "mend-lengths") && o.from != nil && o.from != codec.BSON:
		return fmt.Errorf("--mend-lengths has no effect, because the input is %v and not BSON; leave it out", o.from)
	case o.onError == stopOnError && given(fs, "max-errors"):
		return errors.New("--max-errors has no effect if the first fault ends the run; add --on-error skip")
	}
	return nil
}

// prettyIndent is how many spaces --pretty puts before each level.
const prettyIndent = 2

func (o *options) encodeText() extjson.EncodeOptions {
	indent := o.indent
	if indent == 0 && o.pretty {
		indent = prettyIndent
	}
	return extjson.EncodeOptions{
		Mode:               o.mode,
		Indent:             strings.Repeat(" ", indent),
		Spacing:            o.spacing,
		SortKeys:           o.sortKeys,
		ASCII:              o.ascii,
		EscapeHTML:         o.htmlSafe,
		Doubles:            o.doubles,
		Location:           o.zone,
		Dates:              o.dates,
		StrictNumberLong:   o.strictNumberLong,
		UUIDs:              o.uuidSpelling,
		UUIDRepresentation: o.uuid,
		Lossy:              o.lossy,
		AmbiguousKeys:      o.ambiguous,
		RejectLossy:        o.exact,
		InvalidUTF8:        o.invalidUTF8,
		MaxDepth:           o.maxDepth,
		Array:              o.array,
	}
}

// read returns how inputs are read.
func (o *options) read() codec.ReadOptions {
	return codec.ReadOptions{BSON: o.decodeBSON(), Text: o.decodeText(), Pickle: o.decodePickle()}
}

// write returns how documents are written that were in the format from.
func (o *options) write(from *codec.Codec) codec.WriteOptions {
	return codec.WriteOptions{
		Text: o.encodeText(), Pickle: o.encodePickle(), Validate: o.validate(), UTF8: o.invalidUTF8, Checked: from.Checks,
	}
}

func (o *options) decodeText() extjson.DecodeOptions {
	return extjson.DecodeOptions{
		CanonicalOnly:      o.accept&acceptCanonical != 0,
		Legacy:             o.accept&acceptLegacy != 0,
		Shell:              o.accept&acceptShell != 0,
		UUIDRepresentation: o.uuid,
		RejectInexact:      o.exact,
		InvalidUTF8:        o.invalidUTF8,
		MaxDepth:           o.maxDepth,
		MaxDocumentSize:    o.maxDocumentSize,
	}
}

func (o *options) decodeBSON() bson.DecodeOptions {
	return bson.DecodeOptions{MaxDepth: o.maxDepth, MaxDocumentSize: o.maxDocumentSize}
}

func (o *options) decodePickle() pickle.DecodeOptions {
	return pickle.DecodeOptions{Encoding: o.encoding, LongText: o.longText, MaxDepth: o.maxDepth, MaxPickleSize: o.maxDocumentSize}
}

func (o *options) encodePickle() pickle.EncodeOptions {
	return pickle.EncodeOptions{
		Protocol:   o.protocol,
		Reader:     o.reader,
		Documents:  o.documents,
		Deprecated: o.deprecated,
		MaxDepth:   o.maxDepth,
	}
}

// validate is for BSON that is only copied.
func (o *options) validate() bson.ValidateOptions {
	return bson.ValidateOptions{MaxDepth: o.maxDepth}
}
