package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/extjson"
)

// writingText is the title of the flags of a textGroup, which shape JSON.
const writingText = "Writing JSON"

// A textGroup has the flags about writing JSON.
type textGroup struct {
	mode             extjson.Mode
	ambiguous        extjson.AmbiguityPolicy
	array            bool // one array over all files
	pretty           prettyPolicy
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
	nonFinite        extjson.NonFinitePolicy
}

// A prettyPolicy decides whether JSON is indented.
type prettyPolicy uint8

const (
	prettyAuto prettyPolicy = iota // on a terminal, unless another flag decides
	prettyAlways
	prettyNever
)

func (g *textGroup) addWriting(fs *pflag.FlagSet) {
	fs.VarP(choose(&g.mode,
		word[extjson.Mode]{"canonical", extjson.Canonical}, word[extjson.Mode]{"relaxed", extjson.Relaxed},
		word[extjson.Mode]{"legacy", extjson.Legacy}, word[extjson.Mode]{"shell", extjson.Shell},
		word[extjson.Mode]{"plain", extjson.Plain}, word[extjson.Mode]{"semi", extjson.SemiRelaxed},
	), "mode", "m", "relaxed (the default, except in salvage) is easy to read; canonical (the default in salvage) keeps "+
		"every type, and with --exact it converts back to the same bytes; legacy is "+
		"Extended JSON before version 2; shell is the syntax of the MongoDB shell; plain has no wrappers and is not meant to be read back; "+
		"semi is relaxed with wrappers for integers beyond 2^53. "+
		"With --mode the output is JSON")
	fs.BoolVar(&g.array, "array", false, "write one array of all documents of all files; without --array every output, also FILE.json, has one document per line")
	pretty := setting[prettyPolicy]{choose(&g.pretty,
		word[prettyPolicy]{"auto", prettyAuto}, word[prettyPolicy]{"always", prettyAlways}, word[prettyPolicy]{"never", prettyNever},
	), "always", "never"}
	pretty.add(fs, "pretty", "indent by 2, one member or element per line; without this flag JSON is indented on a terminal, "+
		"unless --array, --indent or --spacing is given; =never writes one document per line everywhere")
	fs.Var(&amount{&g.indent, 1, 16, nil}, "indent", "indent by `N`, 1 to 16, one member or element per line")
	fs.Var(choose(&g.spacing,
		word[extjson.Spacing]{"compact", extjson.CompactSpacing}, word[extjson.Spacing]{"python", extjson.PythonSpacing},
		word[extjson.Spacing]{"libbson", extjson.LibbsonSpacing},
	), "spacing", `blanks within a line: compact (the default) writes {"a":1}, python {"a": 1}, libbson { "a" : 1 }`)
	fs.BoolVar(&g.sortKeys, "sort-keys", false, "sort members by key")
	fs.BoolVar(&g.ascii, "ascii", false, "escape every character outside ASCII")
	fs.BoolVar(&g.htmlSafe, "html-safe", false, "escape <, >, &, U+2028 and U+2029")
	fs.Var(choose(&g.doubles,
		word[extjson.DoubleSpelling]{"plain", extjson.PlainDoubles}, word[extjson.DoubleSpelling]{"driver", extjson.DriverDoubles},
		word[extjson.DoubleSpelling]{"python", extjson.PythonDoubles},
	), "doubles", "spelling of doubles: plain (the default) writes 1.0E+16, driver 1E+16 as the Go driver does, python 1e+16")
	fs.Var(choose(&g.dates,
		word[extjson.DateSpelling]{"number", extjson.DateNumber}, word[extjson.DateSpelling]{"number-long", extjson.DateNumberLong},
		word[extjson.DateSpelling]{"iso8601", extjson.DateISO8601},
	), "dates", "spelling of dates in mode legacy: number (the default) is milliseconds since 1970, number-long puts them in "+
		"$numberLong, iso8601 is text")
	fs.BoolVar(&g.strictNumberLong, "strict-number-long", false, "in mode legacy, write 64-bit integers as $numberLong")
	fs.Var(choose(&g.uuidSpelling,
		word[extjson.UUIDSpelling]{"binary", extjson.UUIDBinary}, word[extjson.UUIDSpelling]{"text", extjson.UUIDText},
		word[extjson.UUIDSpelling]{"digits", extjson.UUIDDigits},
	), "uuid-spelling", "spelling of UUIDs: binary (the default) is $binary, text is $uuid, digits is $uuid without hyphens, which only "+
		"--accept legacy reads")
	fs.Var(&zone{&g.zone}, "time-zone", "time `ZONE` of dates written as text: a name such as Europe/Paris, Local, "+
		"or an offset such as +02:00; the default is UTC")
	fs.BoolVar(&g.lossy, "lossy", false, "in mode plain, write the nearest plain value for a value that has no plain form")
	fs.Var(choose(&g.nonFinite,
		word[extjson.NonFinitePolicy]{"error", extjson.NonFiniteReject}, word[extjson.NonFinitePolicy]{"null", extjson.NonFiniteNull},
		word[extjson.NonFinitePolicy]{"text", extjson.NonFiniteText},
	), "non-finite", `NaN and the infinities in mode plain: error (the default) rejects the document, null (the default with --lossy) `+
		`writes null, text writes "NaN", "Infinity" and "-Infinity"`)
	fs.Var(choose(&g.ambiguous,
		word[extjson.AmbiguityPolicy]{"error", extjson.Reject}, word[extjson.AmbiguityPolicy]{"escape", extjson.Escape},
		word[extjson.AmbiguityPolicy]{"as-is", extjson.AsIs},
	), "ambiguous", "keys of nested documents, such as $oid, that would be read back as another type: error (the default) rejects "+
		"the document; escape writes $$oid, and removes this $ from JSON that is read, so read the text with escape, too; "+
		"as-is writes $oid")
}

// textFlag returns the first flag on the command line that shapes JSON, "" if
// there is none. --ambiguous escape is about JSON that is read, too.
func (g *textGroup) textFlag(fs *pflag.FlagSet) (name string) {
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Name == "ambiguous" && g.ambiguous == extjson.Escape {
			return
		}
		if name == "" && f.Annotations[groupTitle] != nil && f.Annotations[groupTitle][0] == writingText && given(fs, f.Name) {
			name = "--" + f.Name
		}
	})
	return name
}

// plan makes the run read escaped keys if it writes them.
func (g *textGroup) plan(r *run.Run) { r.Options.Text.EscapedKeys = g.ambiguous == extjson.Escape }

// ambiguousKeys returns the policy for JSON in the mode. Plain JSON has no
// ambiguous keys.
func (g *textGroup) ambiguousKeys() extjson.AmbiguityPolicy {
	if g.mode == extjson.Plain {
		return extjson.Reject
	}
	return g.ambiguous
}

// check rejects flags that have no effect in the mode.
func (g *textGroup) check(fs *pflag.FlagSet) error {
	for _, name := range []string{"dates", "strict-number-long"} {
		if given(fs, name) && g.mode != extjson.Legacy {
			return fmt.Errorf("--%s needs --mode legacy", name)
		}
	}
	if given(fs, "lossy") && g.mode != extjson.Plain {
		return errors.New("--lossy needs --mode plain; no other mode loses a value")
	}
	if given(fs, "non-finite") && g.mode != extjson.Plain {
		return errors.New("--non-finite needs --mode plain; all other modes write NaN and the infinities")
	}
	if given(fs, "uuid-spelling") && (g.mode == extjson.Shell || g.mode == extjson.Plain) {
		return errors.New("--uuid-spelling has no effect in modes shell and plain, which have a spelling of their own; leave it out")
	}
	if g.pretty == prettyAuto && given(fs, "spacing") {
		g.pretty = prettyNever
	}
	return nil
}

// prettyIndent is the number of spaces per level of --pretty.
const prettyIndent = 2

// indentation returns the text before each level in the output of in.
func (g *textGroup) indentation(in run.Input) string {
	n := g.indent
	if n == 0 && (g.pretty == prettyAlways || g.pretty == prettyAuto && in.Terminal && !g.array) {
		n = prettyIndent
	}
	return strings.Repeat(" ", n)
}
