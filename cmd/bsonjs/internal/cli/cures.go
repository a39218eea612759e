package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file finds the flag that helps against a fault of a document.
//
//   - cures is the table: an error, and the change of options that may help.
//   - A trial is a copy of the options of a command, which a cure changes.
//   - hint tries the cures on the document (run.Failure), and returns the cure
//     that helps.
//   - fact returns the help that needs no trial.

// A cure is a flag that may help against errors.
type cure struct {
	against []error // the errors, as errors.Is finds them
	// change makes the change of the flag in the options of t and returns what
	// to type. It returns "" if the command does not have the flag, or has the
	// change already.
	change func(t *trial) string
}

// cures are all cures. hint chooses the cure that helps most, the first of several.
var cures = []cure{
	{shellErrors, accepting(acceptShell)},
	{legacyErrors, accepting(acceptLegacy)},
	{append(legacyErrors, shellErrors...), accepting(acceptLegacy | acceptShell)},
	{[]error{extjson.ErrWrapperText, extjson.ErrEvaluate}, func(t *trial) string {
		if t.input == nil || t.input.lenient || t.input.accept&acceptCanonical != 0 {
			return ""
		}
		t.input.lenient = true
		return "use --lenient-dates"
	}},
	{[]error{extjson.ErrPlain}, func(t *trial) string {
		if t.text == nil || t.text.nonFinite != extjson.NonFiniteDefault {
			return ""
		}
		t.text.nonFinite = extjson.NonFiniteNull
		return "use --non-finite null or --non-finite text"
	}},
	{[]error{extjson.ErrPlain}, func(t *trial) string {
		if t.text == nil || t.text.lossy {
			return ""
		}
		t.text.lossy = true
		return "use --lossy"
	}},
	{[]error{tabular.ErrNoColumn}, func(t *trial) string {
		if t.rows == nil || t.typed || t.rows.extra != tabular.ExtraReject || t.rows.arrays == tabular.ArrayExplode {
			return ""
		}
		t.rows.extra = tabular.ExtraColumn
		return "use --extra-fields column or --extra-fields ignore, or a larger --infer"
	}},
	{[]error{extjson.ErrAmbiguous}, func(t *trial) string {
		// JSON would be read in another way with the flag.
		if t.text == nil || t.text.ambiguous != extjson.Reject || t.from == codec.JSON {
			return ""
		}
		t.text.ambiguous = extjson.Escape
		return "use --ambiguous escape to write the text and to read it"
	}},
	{[]error{extjson.ErrAmbiguous}, func(t *trial) string {
		if t.text == nil || t.text.ambiguous == extjson.AsIs {
			return ""
		}
		t.text.ambiguous = extjson.AsIs
		return "use --ambiguous as-is"
	}},
	{[]error{bson.ErrUTF8}, keeping(bson.UTF8Keep, "keep")},
	{[]error{bson.ErrUTF8, extjson.ErrSurrogate}, keeping(bson.UTF8Replace, "replace")},
	{[]error{extjson.ErrAmbiguous, extjson.ErrLossy, bson.ErrUTF8}, func(t *trial) string {
		if t.dumpLossy == nil || *t.dumpLossy {
			return ""
		}
		*t.dumpLossy = true
		return "use --lossy"
	}},
	{[]error{pickle.ErrNoClass}, func(t *trial) string {
		if t.pickle == nil || t.pickle.deprecated == pickle.Convert {
			return ""
		}
		t.pickle.deprecated = pickle.Convert
		return "use --deprecated convert"
	}},
	{pickleErrors, converting(pickle.UnknownConvert, "convert")},
	{pickleErrors, converting(pickle.UnknownDescribe, "describe")},
	{[]error{bson.ErrDepth}, deepening(10 * bson.DefaultMaxDepth)},
	{[]error{bson.ErrDepth}, deepening(bson.DepthCeiling)},
}

// shellErrors and legacyErrors are the errors of strict JSON for text of the
// shell, and for wrappers before version 2.
var (
	shellErrors  = []error{extjson.ErrToken, extjson.ErrNumber, extjson.ErrEscape}
	legacyErrors = []error{extjson.ErrWrapper, extjson.ErrWrapperText}
)

// pickleErrors are the errors for values of Python that BSON has no type for.
var pickleErrors = []error{pickle.ErrNoType, pickle.ErrRange, pickle.ErrName, pickle.ErrCall, pickle.ErrKey, pickle.ErrOpcode}

// converting is the change of --unknown to p, which word names.
func converting(p pickle.UnknownPolicy, word string) func(*trial) string {
	return func(t *trial) string {
		if t.input == nil || t.from != codec.Pickle || t.input.unknown >= p {
			return ""
		}
		t.input.unknown = p
		return "use --unknown " + word
	}
}

// accepting is the change of --accept with the words d.
func accepting(d dialects) func(*trial) string {
	return func(t *trial) string {
		if t.input == nil || t.input.accept&acceptCanonical != 0 || t.input.accept&d != 0 {
			return ""
		}
		t.input.accept |= d
		return fmt.Sprintf("use --accept %v", t.input.dialects())
	}
}

// keeping is the change of --invalid-utf8 to p, which word names.
func keeping(p bson.UTF8Policy, word string) func(*trial) string {
	return func(t *trial) string {
		if t.policy == nil || t.policy.invalidUTF8 == p || p == bson.UTF8Keep && !t.copies {
			return ""
		}
		t.policy.invalidUTF8 = p
		return "use --invalid-utf8 " + word
	}
}

// deepening is the change of --max-depth to n.
func deepening(n int) func(*trial) string {
	return func(t *trial) string {
		if t.limit.maxDepth >= n {
			return ""
		}
		t.limit.maxDepth = n
		return fmt.Sprintf("use --max-depth %d", n)
	}
}

// A trial is a copy of the options of a command, for one cure.
type trial struct {
	from *codec.Codec // format of the input

	// The groups of flags that the command has; the others are nil.
	limit     *limitGroup
	input     *inputGroup
	text      *textGroup
	policy    *policyGroup
	pickle    *pickleGroup
	dumpLossy *bool
	rows      *rowGroup
	typed     bool // a table has types

	copies bool   // input and output can keep invalid UTF-8
	shape  *shape // of the documents that are written; nil: that of those that are read
	// writer returns what writes documents; nil if nothing is written.
	writer func() codec.Encoder
}

// A trier is the target of a command that finds hints.
type trier interface {
	// trial returns a copy of the options for an input in the format from.
	trial(from *codec.Codec) *trial
}

// hints returns the function of package run that finds hints.
func hints(t trier) func(*run.Failure) string {
	return func(f *run.Failure) string { return hint(t, f) }
}

// hint returns what to type against f, "" if nothing is known to help.
func hint(t trier, f *run.Failure) string {
	if say := fact(f); say != "" {
		return say
	}
	best, reached := "", int64(0)
	for _, c := range cures {
		if !c.treats(f.Err) {
			continue
		}
		trial := t.trial(f.From)
		say := c.change(trial)
		if say == "" {
			continue
		}
		if at := f.Retry(trial.reading(), trial.write); at > reached {
			best, reached = say, at
		}
	}
	return best
}

// treats reports whether c can help against err.
func (c *cure) treats(err error) bool {
	for _, e := range c.against {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// reading returns the options of reading.
func (t *trial) reading() codec.ReadOptions {
	var r run.Run
	t.limit.plan(&r)
	if t.input != nil {
		t.input.plan(&r)
	}
	if t.text != nil {
		t.text.plan(&r)
	}
	if t.policy != nil {
		t.policy.plan(&r)
	}
	return r.Options
}

// write writes a value, but nowhere. If the command writes nothing it checks only
// the depth: no flag helps against other faults.
func (t *trial) write(typ bson.Type, data []byte) error {
	if t.shape != nil && typ == bson.TypeDocument {
		shapers, err := t.shape.compile(t.limit)
		for _, by := range shapers {
			if err == nil {
				data, err = by.Append(nil, data)
			}
		}
		if err != nil {
			return err
		}
	}
	if t.writer != nil {
		return t.writer().WriteValue(io.Discard, typ, data)
	}
	err := bson.ValidateOptions{MaxDepth: t.limit.maxDepth, AllowInvalidUTF8: true}.ValidateValue(typ, data)
	if errors.Is(err, bson.ErrDepth) {
		return err
	}
	return nil
}

// fact returns what helps against f, if that needs no trial.
func fact(f *run.Failure) string {
	length, ok := errors.AsType[bson.LengthError](f.Err)
	switch {
	case tableCure(f.Err) != "":
		return tableCure(f.Err)
	case rowCure(f.Err) != "":
		return rowCure(f.Err)
	case f.CRLF:
		return "a copy in text mode put a carriage return before each line feed; use bsonjs salvage --undo-crlf"
	case errors.Is(f.Err, pickle.ErrZone):
		return "set the variable ZONEINFO to a time zone database that has it"
	case f.Wrapped && (ok && length.Err == bson.ErrTruncated || errors.Is(f.Err, bson.ErrTrailing)):
		return "lines are not documents; type " + undigit[f.From] + " FILE | bsonjs"
	case !errors.Is(f.Err, bson.ErrTooLarge):
		return ""
	case !ok:
		return "use a larger --max-document-size"
	case length.Text() == "" && (f.Left < 0 || f.Left >= int64(length.Length)):
		return fmt.Sprintf("use --max-document-size %dMiB", (int64(length.Length)+1<<20-1)>>20)
	}
	return ""
}

// undigit has the programs that make bytes of all digits of a file.
var undigit = map[*codec.Codec]string{codec.Hex: "xxd -r -p", codec.Base64: "base64 -d"}
