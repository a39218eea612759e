package main

import (
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/format"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file turns the command line into options, and options into those of
// the packages that do the work.

// options are what the command line asks for.
type options struct {
	from, to format.Format // Unknown: found, or the other one

	// How JSON is written.
	mode      extjson.Mode
	ambiguous extjson.AmbiguityPolicy
	array     bool // one array over all files
	pretty    bool
	ascii     bool

	protocol pickle.Protocol // how pickles are written

	canonicalOnly bool // --accept canonical: how JSON is read

	maxDepth        int // containers, 0: the default
	maxDocumentSize int // bytes of BSON, 0: the default

	output    string // "" and "-" are standard output
	overwrite bool
	force     bool // BSON may go to a terminal

	help, version bool

	files []string // inputs in order, at least one
	// textFlag is a flag on the command line that makes sense only where JSON
	// is written, "" if there is none.
	textFlag string
}

// parse reads args, those after the name of the command.
func parse(args []string) (*options, error) {
	o := new(options)
	fs := o.flags()
	if err := fs.Parse(args); err != nil {
		return nil, err
	}
	o.files = fs.Args()
	if len(o.files) == 0 {
		o.files = []string{"-"}
	}
	if o.help || o.version {
		return o, nil
	}
	return o, o.check(fs)
}

// flags returns a set of flags that write to o.
func (o *options) flags() *pflag.FlagSet {
	fs := pflag.NewFlagSet("bsonjs", pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}

	formats := []word[format.Format]{{"bson", format.BSON}, {"json", format.JSON}, {"pickle", format.Pickle}}
	fs.VarP(choose(&o.from, formats...), "from", "f", "format of the inputs")
	fs.VarP(choose(&o.to, formats...), "to", "t", "format of the output")
	fs.VarP(choose(&o.mode,
		word[extjson.Mode]{"relaxed", extjson.Relaxed},
		word[extjson.Mode]{"canonical", extjson.Canonical},
	), "mode", "m", "how Extended JSON is written")
	fs.Var(choose(&o.ambiguous,
		word[extjson.AmbiguityPolicy]{"error", extjson.Refuse},
		word[extjson.AmbiguityPolicy]{"as-is", extjson.AsIs},
	), "ambiguous", "documents whose own keys are special in Extended JSON")
	fs.Var(choose(&o.protocol,
		word[pickle.Protocol]{"0", pickle.Protocol0}, word[pickle.Protocol]{"1", pickle.Protocol1},
		word[pickle.Protocol]{"2", pickle.Protocol2}, word[pickle.Protocol]{"3", pickle.Protocol3},
		word[pickle.Protocol]{"4", pickle.Protocol4}, word[pickle.Protocol]{"5", pickle.Protocol5},
	), "protocol", "version of the pickles that are written")
	fs.BoolVar(&o.array, "array", false, "write one JSON array of all documents")
	fs.BoolVar(&o.pretty, "pretty", false, "write JSON over many lines, indented")
	fs.BoolVar(&o.ascii, "ascii", false, "write JSON in ASCII")
	fs.Var(choose(&o.canonicalOnly,
		word[bool]{"v2", false},
		word[bool]{"canonical", true},
	), "accept", "which Extended JSON is read")
	fs.Var(&amount{&o.maxDepth, 1, bson.DepthCeiling, nil}, "max-depth", "deepest nesting")
	fs.Var(&amount{&o.maxDocumentSize, 5, math.MaxInt32, byteUnits}, "max-document-size",
		"largest document, in bytes of BSON")
	fs.StringVarP(&o.output, "output", "o", "", "file to write")
	fs.BoolVar(&o.overwrite, "overwrite", false, "replace the output if it exists")
	fs.BoolVar(&o.force, "force", false, "write BSON to a terminal")
	fs.BoolVarP(&o.help, "help", "h", false, "help")
	fs.BoolVar(&o.version, "version", false, "version")
	return fs
}

// check refuses combinations that cannot be meant.
func (o *options) check(fs *pflag.FlagSet) error {
	if fs.Changed("output") && o.output == "" {
		return errors.New("flag --output: a file name cannot be empty")
	}
	stdin := 0
	for _, name := range o.files {
		if name == "-" {
			stdin++
		}
	}
	if stdin > 1 {
		return errors.New("standard input (-) can be read only once")
	}
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"mode", fs.Changed("mode")},
		{"ambiguous", fs.Changed("ambiguous")},
		{"array", o.array},
		{"pretty", o.pretty},
		{"ascii", o.ascii},
	} {
		if f.given {
			o.textFlag = "--" + f.name
			break
		}
	}
	if o.to == format.Unknown {
		o.to = o.from.Opposite()
	}
	if o.to != format.Unknown && o.to != format.JSON && o.textFlag != "" {
		return o.needsText(o.to)
	}
	if o.from != format.Unknown && o.from != format.JSON && fs.Changed("accept") {
		return fmt.Errorf("--accept is about reading JSON, and the input is %v", o.from)
	}
	if o.to != format.Pickle && fs.Changed("protocol") {
		return errors.New("--protocol is about writing pickles; --to pickle writes them")
	}
	return nil
}

// needsText says that a flag shapes text which is not written.
func (o *options) needsText(to format.Format) error {
	return fmt.Errorf("%s is about writing JSON, and the output is %v; --to json makes it JSON", o.textFlag, to)
}

// indent is what --pretty puts before each level.
const indent = "  "

func (o *options) encodeText() extjson.EncodeOptions {
	e := extjson.EncodeOptions{
		Mode:          o.mode,
		ASCII:         o.ascii,
		AmbiguousKeys: o.ambiguous,
		MaxDepth:      o.maxDepth,
		Array:         o.array,
	}
	if o.pretty {
		e.Indent = indent
	}
	return e
}

func (o *options) decodeText() extjson.DecodeOptions {
	return extjson.DecodeOptions{
		CanonicalOnly:   o.canonicalOnly,
		MaxDepth:        o.maxDepth,
		MaxDocumentSize: o.maxDocumentSize,
	}
}

func (o *options) decodeBSON() bson.DecodeOptions {
	return bson.DecodeOptions{MaxDepth: o.maxDepth, MaxDocumentSize: o.maxDocumentSize}
}

func (o *options) decodePickle() pickle.DecodeOptions {
	return pickle.DecodeOptions{MaxDepth: o.maxDepth, MaxPickleSize: o.maxDocumentSize}
}

func (o *options) encodePickle() pickle.EncodeOptions {
	return pickle.EncodeOptions{Protocol: o.protocol, MaxDepth: o.maxDepth}
}

// validate is for BSON that is only copied.
func (o *options) validate() bson.ValidateOptions {
	return bson.ValidateOptions{MaxDepth: o.maxDepth}
}
