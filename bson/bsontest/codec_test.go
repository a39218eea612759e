package bsontest_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/internal/edge"
)

// A recorder records the errors that a test reports.
type recorder struct {
	testing.TB
	errors []string
	logs   []string
}

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}
func (r *recorder) Logf(format string, args ...any) {
	r.logs = append(r.logs, fmt.Sprintf(format, args...))
}

// names returns the names of the deviations of c.
func names(c bsontest.Codec) []string {
	var r recorder
	bsontest.TestCodec(&r, c)
	for i, text := range r.errors {
		before, _, _ := strings.Cut(text, " inputs; ")
		r.errors[i] = before[:strings.LastIndex(before, ": ")]
	}
	return r.errors
}

// raw is a codec that keeps the bytes.
var raw = bsontest.Codec{
	Decode: func(data []byte) (any, error) { return bson.Raw(bytes.Clone(data)), bson.Validate(data) },
	Encode: func(v any) ([]byte, error) { return v.(bson.Raw), nil },
}

// values is package bson with its type D.
var values = bsontest.Codec{
	Decode: func(data []byte) (any, error) { return bson.Decode[bson.D](data) },
	Encode: bson.Marshal,
}

// TestCorrectCodecs checks that correct codecs pass.
func TestCorrectCodecs(t *testing.T) {
	all := raw
	all.Options.Odd = bsontest.AllOdd &^ bsontest.Misfits
	bsontest.TestCodec(t, all)
	bsontest.TestCodec(t, values)
	odd := values
	odd.Options.Odd = bsontest.AllOdd &^ bsontest.Misfits
	odd.Allow = bsontest.ArrayKeysLost | bsontest.RegexOrderLost
	bsontest.TestCodec(t, odd)
	bsontest.TestCodec(t, bsontest.Codec{Decode: raw.Decode})
	// A struct has no destination for unknown keys, so Decode does not check their text.
	bsontest.TestCodec(t, bsontest.Codec{
		Decode: func(data []byte) (any, error) {
			v, err := bson.Decode[order](data)
			return v, errors.Join(err, bson.Validate(data))
		},
		Encode:  bson.Marshal,
		Options: bsontest.Options{Shape: reflect.TypeFor[order]()},
	})
}

// each calls f for the elements of doc at every depth.
func each(doc []byte, f func(c *bson.Cursor)) {
	c := bson.NewCursor(doc)
	var walk func()
	walk = func() {
		for c.Next() {
			f(&c)
			if (c.Type().IsContainer() || c.Type() == bson.TypeCodeWithScope) && c.Enter() {
				walk()
				c.Leave()
			}
		}
	}
	walk()
}

// accepting returns raw, but its decoder also accepts malformed bytes for which ok
// returns true.
func accepting(ok func(data []byte, err error) bool) bsontest.Codec {
	c := raw
	c.Decode = func(data []byte) (any, error) {
		err := bson.Validate(data)
		if err != nil && ok(data, err) {
			err = nil
		}
		return bson.Raw(bytes.Clone(data)), err
	}
	return c
}

// changing returns raw, but its encoder changes the elements of a document.
func changing(f func(c *bson.Cursor)) bsontest.Codec {
	c := raw
	c.Encode = func(v any) ([]byte, error) {
		doc := bytes.Clone(v.(bson.Raw))
		each(doc, f)
		return doc, nil
	}
	return c
}

// without returns raw, but its decoder rejects elements of type t.
func without(t bson.Type) bsontest.Codec {
	c := raw
	c.Decode = func(data []byte) (v any, err error) {
		v, err = raw.Decode(data)
		each(data, func(c *bson.Cursor) {
			if c.Type() == t && err == nil {
				err = errX
			}
		})
		return v, err
	}
	return c
}

// withOdd returns c with documents with odd parts.
func withOdd(c bsontest.Codec, odd bsontest.Odd) bsontest.Codec {
	c.Options.Odd = odd
	return c
}

// TestAllow checks that Allow applies to all documents.
func TestAllow(t *testing.T) {
	c := bsontest.Codec{
		Decode: func(data []byte) (any, error) {
			var m bson.M
			err := bson.DecodeOptions{DocumentType: bson.DocumentsAsM}.Unmarshal(data, &m)
			return m, err
		},
		Encode: bson.Marshal,
		Allow:  bsontest.KeyOrderLost | bsontest.DuplicateKeysLost,
	}
	c.Options.Odd = bsontest.DuplicateKeys
	for _, typ := range edge.Types {
		if typ != bson.TypeCodeWithScope { // its scope is never an M
			c.Options.Types = append(c.Options.Types, typ)
		}
	}
	bsontest.TestCodec(t, c)
}

// TestKnown checks that known deviations are logged, that others fail, and that one that
// does not occur fails.
func TestKnown(t *testing.T) {
	c := accepting(func(_ []byte, err error) bool {
		return errors.Is(err, bson.ErrTrailing) || errors.Is(err, bson.ErrBoolean)
	})
	c.Known = map[string]string{
		"element: a byte too many at the end: accepted": "bytes after the end are another document",
		"bool: 2: rejected":                             "it is not",
	}
	var r recorder
	bsontest.TestCodec(&r, c)
	var got []string
	for _, text := range r.errors {
		got = append(got, text[:min(len(text), 42)])
	}
	want := []string{
		"bool: 2: accepted: 4 inputs; the smallest:",
		"document: a byte too many at the end: acce",
		"document: length one too small: accepted: ",
		`known deviation "bool: 2: rejected" did no`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(r.logs) != 1 || !strings.Contains(r.logs[0], "bytes after the end are another document") {
		t.Errorf("logs: %q", r.logs)
	}
}

// TestCodecRepeats checks that every run finds the same deviations with the same inputs.
func TestCodecRepeats(t *testing.T) {
	run := func() map[string]bool {
		var r recorder
		bsontest.TestCodec(&r, accepting(func(data []byte, _ error) bool { return len(data)%3 == 0 }))
		return maps.Collect(func(yield func(string, bool) bool) {
			for _, e := range r.errors {
				if !yield(e, true) {
					return
				}
			}
		})
	}
	if diff := cmp.Diff(run(), run()); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
}
