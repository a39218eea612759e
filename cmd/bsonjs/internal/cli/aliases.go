package cli

import (
	"errors"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
)

// This file has flags of bsondump, mongoexport and similar programs, so that
// scripts can be ported by changing the name of the program. help/aliases.txt
// documents them; help of the commands does not.

// foreignNames are other names of flags.
var foreignNames = map[string]string{
	"outFile":    "output",
	"out":        "output",
	"jsonFormat": "mode",
	"nsInclude":  "ns",
	"nsFrom":     "ns-from",
	"nsTo":       "ns-to",

	"columns-have-types":  "typed",
	"columnsHaveTypes":    "typed",
	"ignoreBlanks":        "ignore-blanks",
	"noHeaderLine":        "no-header",
	"parseGrace":          "parse-grace",
	"useArrayIndexFields": "array-indexes",
}

// acceptForeignNames makes fs know foreignNames. It must be called before
// flags are added.
func acceptForeignNames(fs *pflag.FlagSet) {
	fs.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if own, ok := foreignNames[name]; ok {
			name = own
		}
		return pflag.NormalizedName(name)
	})
}

// aliases are flags of other programs that are not just other names of our
// flags.
type aliases struct {
	bsonFile string // the input, if it is named by a flag
	objcheck bool   // no effect: documents are always checked
	gzip     bool   // no effect: inputs are always decompressed
	legacy   bool
	// headerLine has no effect: the first row of a table is the header unless --header is
	// given.
	headerLine bool
	// jsonArray is --array if JSON is written. It has no effect otherwise,
	// because arrays are read without a flag.
	jsonArray bool
}

// addAliases adds flags that help does not show.
func (o *convertOptions) addAliases(fs *pflag.FlagSet) {
	hidden := pflag.NewFlagSet("", pflag.ContinueOnError)
	hidden.StringVar(&o.bsonFile, "bsonFile", "", "")
	hidden.BoolVar(&o.objcheck, "objcheck", false, "")
	hidden.BoolVar(&o.gzip, "gzip", false, "")
	hidden.BoolVar(&o.headerLine, "headerline", false, "")
	hidden.BoolVar(&o.legacy, "legacy", false, "")
	hidden.BoolVar(&o.jsonArray, "jsonArray", false, "")
	hidden.Var(&outputType{&o.to}, "type", "")
	hidden.VisitAll(func(f *pflag.Flag) { f.Hidden = true })
	fs.AddFlagSet(hidden)
}

// An outputType is the flag --type of other programs.
type outputType struct{ to **codec.Codec }

// Set sets the format of the output to json, bson or csv.
func (t *outputType) Set(s string) error {
	switch s {
	case "debug":
		return errors.New("only bsonjs dump writes this type")
	case "tsv":
		return errors.New("type --from tsv if the input is TSV, as in mongoimport, or --to tsv to write it")
	}
	return choose(t.to, word[*codec.Codec]{"json", codec.JSON}, word[*codec.Codec]{"bson", codec.BSON}, word[*codec.Codec]{"csv", codec.CSV}).Set(s)
}

// String returns "": there is no default.
func (t *outputType) String() string { return "" }

// Type returns the words that help would show.
func (t *outputType) Type() string { return "json|bson|csv" }
