package columns

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/extjson"
)

// choices makes a small collection and options of choices. Collections with few types have
// paths with one type, so all kinds of columns occur.
func choices(s *bsontest.Source) (docs [][]byte, o Options) {
	made := bsontest.Options{MaxDepth: 2 + s.IntN(3), MaxSize: 40 + s.IntN(300), Keys: []string{"a", "b"}}
	if s.IntN(4) > 0 {
		for range 1 + s.IntN(3) {
			made.Types = append(made.Types, allTypes[s.IntN(len(allTypes))])
		}
		made.Types = append(made.Types, bson.TypeDocument)
	}
	if s.IntN(8) == 0 {
		made.Odd = bsontest.DuplicateKeys
	}
	for range 1 + s.IntN(4) {
		docs = append(docs, made.Document(s))
	}
	o = Options{
		Mixed:   Mixed(s.IntN(int(MixedNull) + 1)),
		Decimal: Decimal(s.IntN(int(DecimalBits) + 1)),
		Regex:   Regex(s.IntN(int(RegexText) + 1)),
		Nulls:   Nulls(s.IntN(int(NullsFold) + 1)),
		Order:   Order(s.IntN(int(OrderExact) + 1)),
	}
	o.BatchDocuments = s.IntN(3)
	o.RejectLossy = s.IntN(2) > 0
	return docs, o
}

var allTypes = func() (all []bson.Type) {
	for b := range 256 {
		if t := bson.Type(b); t.Valid() {
			all = append(all, t)
		}
	}
	return all
}()

// sorted returns a document as text, with the keys of all documents in order.
func sorted(t testing.TB, doc []byte) string {
	t.Helper()
	o := extjson.EncodeOptions{Mode: extjson.Canonical, SortKeys: true, AmbiguousKeys: extjson.AsIs}
	text, err := o.AppendJSON(nil, doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// checkRoundTrip checks that documents come back with the same bytes, or that an error or a
// count says why not. It reports whether all came back.
func checkRoundTrip(t *testing.T, docs [][]byte, o Options) bool {
	t.Helper()
	back, losses, err := roundTrip(t, docs, o)
	if err != nil {
		for _, sentinel := range []error{
			ErrMixed, ErrType, ErrValue, ErrNull, ErrField, ErrDuplicateKey, ErrLossy, ErrColumn, ErrLimit,
		} {
			if errors.Is(err, sentinel) {
				return false
			}
		}
		t.Fatalf("%+v: %v", o, err)
	}
	exact := slices.EqualFunc(docs, back, bytes.Equal)
	// A decimal of more digits than BSON has may come back with the exponent that it had.
	counted := slices.ContainsFunc(losses, func(l LossCount) bool { return l.Loss != LossExponent })
	if !exact && len(losses) == 0 || exact && counted {
		t.Fatalf("%+v: losses %v\nwant %q\n got %q", o, losses, text(t, docs), text(t, back))
	}
	onlyOrder := !slices.ContainsFunc(losses, func(l LossCount) bool { return l.Loss != LossOrder && l.Loss != LossArrayKey })
	if onlyOrder {
		for i, doc := range docs {
			if diff := cmp.Diff(sorted(t, doc), sorted(t, back[i])); diff != "" {
				t.Fatalf("%+v: more than the order is lost (-want +got):\n%s", o, diff)
			}
		}
	}
	return exact
}

// TestProperty: random collections come back with the same bytes, or it is said why not.
func TestProperty(t *testing.T) {
	const n = 3000
	exact, options := 0, map[Mixed]int{}
	for seed := range uint64(n) {
		docs, o := choices(bsontest.NewRandom(seed))
		if checkRoundTrip(t, docs, o) {
			exact++
			options[o.Mixed]++
		}
	}
	if exact < n/4 || len(options) <= int(MixedNull) {
		t.Errorf("%d of %d collections came back, %v: the test says little", exact, n, options)
	}
}

// FuzzRoundTrip is TestProperty for the choices of a fuzzer.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{3, 1, 200}, 100))
	f.Fuzz(func(t *testing.T, data []byte) {
		docs, o := choices(bsontest.NewSource(data))
		checkRoundTrip(t, docs, o)
	})
}

// FuzzReader reads any bytes with the schema of other documents. A reader returns the
// documents before the fault, and an error with a place in the input.
func FuzzReader(f *testing.F) {
	seed := slices.Concat(parse(f, `{a: 1, b: {c: ["x", null]}}`, `{a: 2}`)...)
	f.Add([]byte{1, 2, 3}, seed)
	f.Fuzz(func(t *testing.T, choice, stream []byte) {
		docs, o := choices(bsontest.NewSource(choice))
		found, err := describe(docs, o)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Infer(found, o)
		if err != nil {
			return
		}
		r, err := NewRecordReader(bytes.NewReader(stream), s, o)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Release()
		rows := int64(0)
		for r.Next() {
			rows += r.RecordBatch().NumRows()
		}
		if rows != r.Documents() {
			t.Errorf("%d rows of %d documents", rows, r.Documents())
		}
		if err := r.Err(); err != nil {
			if at, ok := offsetOf(err); !ok || at < 0 || at > int64(len(stream)) {
				t.Errorf("offset %d of %d bytes: %v", at, len(stream), err)
			}
		}
	})
}

func offsetOf(err error) (int64, bool) {
	if e, ok := errors.AsType[*ValueError](err); ok {
		return e.Offset, true
	}
	if e, ok := errors.AsType[*bsoncore.SyntaxError](err); ok {
		return e.Offset, true
	}
	if e, ok := errors.AsType[*bsoncore.ValueError](err); ok {
		return e.Offset, true
	}
	return 0, false
}
