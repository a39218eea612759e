package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/pickle"
)

// An inputGroup has the flags about reading inputs.
type inputGroup struct {
	from     *codec.Codec            // nil: found
	accept   dialects                // which text is read
	lenient  bool                    // dates
	uuid     bson.UUIDRepresentation // in text read and written
	encoding pickle.Encoding
	longText pickle.LongText
	unknown  pickle.UnknownPolicy
	tables   tableGroup
	times    string // finer than a millisecond, in Parquet and Arrow; "": not set
}

// Dialects are the forms of text that are read beside relaxed and canonical
// Extended JSON.
type dialects uint8

const (
	acceptLegacy dialects = 1 << iota
	acceptShell
	// acceptCanonical, without the others, allows canonical Extended JSON only.
	acceptCanonical
)

// A format is a flag whose value is a format: its name, or a suffix of its
// files.
type format struct{ *choice[*codec.Codec] }

// chooseFormat returns a flag value that sets *p to one of the formats.
func chooseFormat(p **codec.Codec, formats []*codec.Codec) format {
	var words []word[*codec.Codec]
	for _, c := range formats {
		words = append(words, word[*codec.Codec]{c.Name, c})
		for _, suffix := range c.Suffixes {
			words = append(words, word[*codec.Codec]{strings.TrimPrefix(suffix, "."), c})
		}
	}
	return format{choose(p, words...)}
}

// Set sets the value to the format that s names.
func (f format) Set(s string) error {
	err := f.choice.Set(s)
	if _, title := codec.BySuffix("." + s); err != nil && title != "" {
		return fmt.Errorf("bsonjs has no format for %s; the value %w", title, err)
	}
	return err
}

// An inputFormat is the flag -f, which has the fields of documents in mongoexport.
type inputFormat struct{ format }

// Set sets the value to the format that s names.
func (f inputFormat) Set(s string) error {
	err := f.format.Set(s)
	if err != nil && strings.ContainsAny(s, ",.") {
		return fmt.Errorf("%w; -f is short for --from; for fields type --fields %s", err, s)
	}
	return err
}

func (g *inputGroup) addFrom(fs *pflag.FlagSet) {
	fs.VarP(inputFormat{chooseFormat(&g.from, codec.All())}, "from", "f", "format of the inputs")
}

// dialects returns the value of the flag --accept.
func (g *inputGroup) dialects() *union[dialects] {
	return unite(&g.accept,
		word[dialects]{"v2", 0}, word[dialects]{"canonical", acceptCanonical},
		word[dialects]{"legacy", acceptLegacy}, word[dialects]{"shell", acceptShell},
	)
}

func (g *inputGroup) addReading(fs *pflag.FlagSet) {
	fs.Var(g.dialects(), "accept", "v2 (the default) reads canonical and relaxed Extended JSON; canonical reads canonical only; legacy, "+
		"shell and legacy,shell add their syntax to v2")
	fs.BoolVar(&g.lenient, "lenient-dates", false, "also read dates in JSON that are not RFC 3339: without seconds or time; without a zone, "+
		"which means UTC; with a zone such as +02; with a blank in place of T; with digits below the millisecond, which are dropped")
	fs.Var(choose(&g.uuid,
		word[bson.UUIDRepresentation]{"unspecified", bson.UUIDUnspecified}, word[bson.UUIDRepresentation]{"standard", bson.UUIDStandard},
		word[bson.UUIDRepresentation]{"python-legacy", bson.UUIDPythonLegacy}, word[bson.UUIDRepresentation]{"java-legacy", bson.UUIDJavaLegacy},
		word[bson.UUIDRepresentation]{"csharp-legacy", bson.UUIDCSharpLegacy},
	), "uuid", "the binaries that JSON shows as UUIDs, and the order of their bytes: subtype 4 (unspecified, the default, and "+
		"standard), or subtype 3 in the byte order of an old driver")
}

func (g *inputGroup) addTimes(fs *pflag.FlagSet) {
	fs.Var(chooseText(&g.times, "exact", "floor"), "times", "times of an input that are finer than a millisecond, which BSON does not have: exact (the default) makes them an error; floor rounds them down")
}

func (g *inputGroup) addEncoding(fs *pflag.FlagSet) {
	fs.Var(choose(&g.encoding,
		word[pickle.Encoding]{"by-content", pickle.ByContent}, word[pickle.Encoding]{"ascii", pickle.ASCII},
		word[pickle.Encoding]{"utf-8", pickle.UTF8}, word[pickle.Encoding]{"latin-1", pickle.Latin1},
		word[pickle.Encoding]{"bytes", pickle.Bytes},
	), "encoding", "type of a str of Python 2: by-content (the default) makes a string of valid UTF-8 and binary of all else; ascii, "+
		"utf-8 and latin-1 make a string in that encoding; bytes makes binary")
	fs.Var(choose(&g.longText,
		word[pickle.LongText]{"int64", pickle.LongInt64}, word[pickle.LongText]{"smallest", pickle.LongSmallest},
	), "long-text", "type of integers spelled L5L, which only protocols 0 and 1 have: int64 (the default) is right for the long of Python 2; "+
		"smallest, int32 if the integer fits, is right for the int of Python 3.6")
	fs.Var(choose(&g.unknown,
		word[pickle.UnknownPolicy]{"error", pickle.UnknownError}, word[pickle.UnknownPolicy]{"convert", pickle.UnknownConvert},
		word[pickle.UnknownPolicy]{"describe", pickle.UnknownDescribe},
	), "unknown", "values of Python that BSON has no type for: error (the default) rejects the document; convert turns sets and deques into arrays, "+
		"dates into datetimes, timedeltas into seconds and integers beyond int64 into text; describe also shows every other object as "+
		`{"$py": "module.Name", "args": [...], "state": ...}, and runs nothing`)
}

func (g *inputGroup) plan(r *run.Run) {
	r.From = g.from
	g.tables.plan(r)
	r.ReadFlags = spelled("times", g.times)
	r.Options.Text.CanonicalOnly = g.accept&acceptCanonical != 0
	r.Options.Text.Legacy = g.accept&acceptLegacy != 0
	r.Options.Text.Shell = g.accept&acceptShell != 0
	r.Options.Text.LenientDates = g.lenient
	r.Options.Text.UUIDRepresentation = g.uuid
	r.Options.Pickle.Encoding, r.Options.Pickle.LongText = g.encoding, g.longText
	r.Options.Pickle.Unknown, r.Options.Pickle.LoadLocation = g.unknown, time.LoadLocation
}

// checkTables rejects flags about tables that have no effect on inputs in the formats, nil if
// unknown, and values that contradict each other.
func (g *inputGroup) checkTables(fs *pflag.FlagSet, formats ...*codec.Codec) error {
	reads := slices.ContainsFunc(formats, func(c *codec.Codec) bool { return c == nil || c.Extension })
	if given(fs, "times") && !reads {
		return noColumns(formats[0])
	}
	if err := g.tables.checkTables(fs, formats...); err != nil {
		return err
	}
	if given(fs, "times") {
		g.tables.given = append(g.tables.given, "times")
	}
	return nil
}

// noColumns is the error for --times, because an input is in the format from.
func noColumns(from *codec.Codec) error {
	return fmt.Errorf("--times has no effect, because the input is %v and not Parquet or Arrow; leave it out", from)
}

// tellUnread says that flags about tables had no effect, because no input of r was one.
func (g *inputGroup) tellUnread(r *run.Run, result *run.Result) {
	if len(result.Formats) == 0 {
		return
	}
	first, told := result.Formats[0], false
	for _, name := range g.tables.given {
		switch {
		case name == "times":
			if !slices.ContainsFunc(result.Formats, func(c *codec.Codec) bool { return c.Extension }) {
				r.Say.Note(noColumns(first).Error())
			}
		case !told && !slices.ContainsFunc(result.Formats, func(c *codec.Codec) bool { return c.Rows }):
			r.Say.Note(noTable(name, first).Error())
			told = true // one flag is enough
		}
	}
}

// checkReading rejects the flags of the given names, which are about JSON, if
// none is read, and words of --accept that cannot be combined.
func (g *inputGroup) checkReading(fs *pflag.FlagSet, names ...string) error {
	for _, name := range names {
		if g.from != nil && g.from != codec.JSON && given(fs, name) {
			return fmt.Errorf("--%s has no effect, because the input is %v and not JSON; leave it out", name, g.from)
		}
	}
	if g.accept&acceptCanonical != 0 && g.accept != acceptCanonical {
		return errors.New("--accept canonical cannot be combined with other words")
	}
	if g.accept == acceptCanonical && given(fs, "lenient-dates") {
		return errors.New("--lenient-dates has no effect with --accept canonical, where dates are not text; leave one of them out")
	}
	return nil
}

// checkEncoding rejects flags about reading pickles if none are read.
func (g *inputGroup) checkEncoding(fs *pflag.FlagSet) error { return checkPickles(fs, g.from) }

// checkPickles rejects flags about reading pickles if no input has their format.
func checkPickles(fs *pflag.FlagSet, formats ...*codec.Codec) error {
	for _, name := range []string{"encoding", "long-text", "unknown"} {
		if given(fs, name) && !slices.Contains(formats, codec.Pickle) {
			return fmt.Errorf("--%s needs pickles as input; add --from pickle", name)
		}
	}
	return nil
}
