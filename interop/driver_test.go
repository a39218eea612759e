package interop

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	driver "go.mongodb.org/mongo-driver/v2/bson"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/corpus"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file compares generated documents with driver v2.
//
// The compared documents have no NaN doubles. The driver reads "NaN" as Go's
// NaN, whose payload is 1; we read it as the NaN without payload. TestDriverNaN
// and a row of docs/differences.md state this difference.

// driverText returns the driver's Extended JSON of doc.
func driverText(t *testing.T, doc []byte, canonical bool) string {
	t.Helper()
	var d driver.D
	if err := driver.Unmarshal(doc, &d); err != nil {
		t.Fatalf("driver: Unmarshal: %v\n%x", err, doc)
	}
	text, err := driver.MarshalExtJSON(d, canonical, false)
	if err != nil {
		t.Fatalf("driver: MarshalExtJSON: %v\n%x", err, doc)
	}
	return string(text)
}

// driverBytes returns the BSON that the driver makes from Extended JSON.
func driverBytes(t *testing.T, text string) []byte {
	t.Helper()
	var d driver.D
	if err := driver.UnmarshalExtJSON([]byte(text), false, &d); err != nil {
		t.Fatalf("driver: UnmarshalExtJSON: %v\n%s", err, text)
	}
	doc, err := driver.Marshal(d)
	if err != nil {
		t.Fatalf("driver: Marshal: %v\n%s", err, text)
	}
	return doc
}

// meaning returns corpus.Meaning of text, which must be JSON.
func meaning(t *testing.T, text string) string {
	t.Helper()
	m, err := corpus.Meaning(text)
	if err != nil {
		t.Fatalf("text is not JSON: %v\n%s", err, text)
	}
	return m
}

// ourText returns our text of doc.
func ourText(t *testing.T, o extjson.EncodeOptions, doc []byte) string {
	t.Helper()
	text, err := o.AppendJSON(nil, doc)
	if err != nil {
		t.Fatalf("AppendJSON: %v\n%x", err, doc)
	}
	return string(text)
}

// ourBytes returns the BSON that we make from Extended JSON.
func ourBytes(t *testing.T, text string) []byte {
	t.Helper()
	doc, err := extjson.AppendBSON(nil, []byte(text))
	if err != nil {
		t.Fatalf("AppendBSON: %v\n%s", err, text)
	}
	return doc
}

// compare compares doc in both directions and both modes.
func compare(t *testing.T, doc []byte) {
	t.Helper()
	ours, theirs := ourText(t, exact, doc), driverText(t, doc, true)
	if got, want := meaning(t, ours), meaning(t, theirs); got != want {
		t.Fatalf("canonical text\nours   %s\ndriver %s", got, want)
	}
	for _, text := range []string{ours, theirs} {
		if got := ourBytes(t, text); !bytes.Equal(got, doc) {
			t.Fatalf("canonical text to BSON\nours     %x\noriginal %x\n%s", got, doc, text)
		}
	}
	if got := driverBytes(t, ours); !bytes.Equal(got, doc) {
		t.Fatalf("canonical text to BSON\ndriver   %x\noriginal %x\n%s", got, doc, ours)
	}
	ours, theirs = ourText(t, relaxed, doc), driverText(t, doc, false)
	if got, want := meaning(t, ours), meaning(t, theirs); got != want {
		t.Fatalf("relaxed text\nours   %s\ndriver %s", got, want)
	}
	for _, text := range []string{ours, theirs} {
		if got, want := ourBytes(t, text), driverBytes(t, text); !bytes.Equal(got, want) {
			t.Fatalf("relaxed text to BSON\nours   %x\ndriver %x\n%s", got, want, text)
		}
	}
}

func TestDriverAgrees(t *testing.T) {
	for _, tc := range []struct {
		name string
		mix  sample.Mix
		seed uint64
		n    int
	}{
		{"wild", sample.Wild, 1, 4000},
		{"bench", sample.Bench, sample.Seed, 1000},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for i, doc := range sample.Documents(tc.mix, tc.seed, tc.n) {
				t.Run(fmt.Sprint(i), func(t *testing.T) { compare(t, doc) })
			}
		})
	}
}

// TestCollection checks testdata/collection.json with the driver. The text has
// the meaning of the driver's text, and the driver reads it as the bytes of
// testdata/collection.bson.
func TestCollection(t *testing.T) {
	dir := filepath.Join(corpus.Root(t), "testdata")
	stream, err := os.Open(filepath.Join(dir, "collection.bson"))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	text, err := os.ReadFile(filepath.Join(dir, "collection.json"))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
	n := 0
	for doc, err := range bson.Documents(stream) {
		if err != nil {
			t.Fatal(err)
		}
		if n >= len(lines) {
			t.Fatalf("collection.json has %d lines, collection.bson has more documents", n)
		}
		line := string(lines[n])
		if got, want := meaning(t, line), meaning(t, driverText(t, doc, true)); got != want {
			t.Fatalf("document %d\nfile   %s\ndriver %s", n, got, want)
		}
		// The collection has one NaN, which the driver reads as another NaN.
		if !bytes.Contains(lines[n], []byte(`{"$numberDouble":"NaN"}`)) {
			if got := driverBytes(t, line); !bytes.Equal(got, doc) {
				t.Fatalf("document %d\ndriver %x\nfile   %x", n, got, []byte(doc))
			}
		}
		if got := ourBytes(t, line); !bytes.Equal(got, doc) {
			t.Fatalf("document %d\nours %x\nfile %x", n, got, []byte(doc))
		}
		n++
	}
	if n != len(lines) {
		t.Errorf("%d documents, %d lines", n, len(lines))
	}
}

// TestDamaged changes every byte of the texts of the vectors. If both accept a
// changed text, both read it as the same bytes. A text that only one accepts is
// not compared. The driver accepts more texts, but not those that differs lists.
func TestDamaged(t *testing.T) {
	both := 0
	for _, f := range corpus.Load(t) {
		for _, v := range f.Valid {
			for _, text := range append([]string{v.Canonical, v.Relaxed}, v.Texts...) {
				if len(text) < 400 {
					both += damaged(t, text)
				}
			}
		}
	}
	if both < 100_000 {
		t.Errorf("both accept %d texts, want 100000 or more", both)
	}
}

// damaged changes every byte of text and returns the number of changed texts
// that both accept.
func damaged(t *testing.T, text string) (both int) {
	for i := range text {
		for _, b := range []byte("\x00\n \"\\{}[],:0e-x$+\x7f\x80\xff19aZ/=.") {
			changed := []byte(text)
			changed[i] = b
			ours, err := extjson.AppendBSON(nil, changed)
			// The driver reads NaN with a payload, and loses the sign of -NaN.
			if err != nil || bytes.Contains(bytes.ToLower(changed), []byte("nan")) {
				continue
			}
			theirs, err := tryDriver(changed)
			if err != nil {
				continue
			}
			if both++; !bytes.Equal(ours, theirs) {
				t.Errorf("%q\nours   %x\ndriver %x", changed, ours, theirs)
			}
		}
	}
	return both
}

// tryDriver returns the BSON that the driver makes from text.
func tryDriver(text []byte) ([]byte, error) {
	return readBy[driver.D](text, driver.UnmarshalExtJSON, driver.Marshal)
}

// tryDriverText returns the driver's text of doc.
func tryDriverText(doc []byte, canonical bool) (string, error) {
	return writeBy[driver.D](doc, canonical, driver.Unmarshal, driver.MarshalExtJSON)
}

// readBy returns the BSON of text, by the functions of a driver whose D is given. A panic
// of the driver is returned as an error.
func readBy[D any](text []byte, unmarshal func([]byte, bool, any) error, marshal func(any) ([]byte, error)) (doc []byte, err error) {
	defer recovered(&err)
	var d D
	if err := unmarshal(text, false, &d); err != nil {
		return nil, err
	}
	return marshal(d)
}

// writeBy returns the text of doc, as readBy returns its BSON.
func writeBy[D any](doc []byte, canonical bool, unmarshal func([]byte, any) error, marshal func(any, bool, bool) ([]byte, error)) (text string, err error) {
	defer recovered(&err)
	var d D
	if err := unmarshal(doc, &d); err != nil {
		return "", err
	}
	b, err := marshal(d, canonical, false)
	return string(b), err
}

// recovered turns a panic into an error. It must be deferred.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("driver: panic: %v", r)
	}
}

// TestDriverNaN shows why no NaN is compared.
func TestDriverNaN(t *testing.T) {
	const text = `{"a":{"$numberDouble":"NaN"}}`
	ours, theirs := ourBytes(t, text), driverBytes(t, text)
	if got, want := fmt.Sprintf("%x", ours), "10000000016100000000000000f87f00"; got != want {
		t.Errorf("ours %s, want %s", got, want)
	}
	if got, want := fmt.Sprintf("%x", theirs), "10000000016100010000000000f87f00"; got != want {
		t.Errorf("driver %s, want %s; if it agrees now, compare NaN too", got, want)
	}
}

// TestDriverTopLevel: UnmarshalExtJSON of the driver accepts a text that is an
// array or a single value; here Unmarshal accepts an array, and UnmarshalValue both.
func TestDriverTopLevel(t *testing.T) {
	const text = `[{"$match":{"a":{"$numberInt":"1"}}}]`
	var theirs []driver.D
	if err := driver.UnmarshalExtJSON([]byte(text), false, &theirs); err != nil || len(theirs) != 1 {
		t.Fatalf("driver: %v, %v", theirs, err)
	}
	want := []bson.D{{{Key: "$match", Value: bson.D{{Key: "a", Value: int32(1)}}}}}
	for name, unmarshal := range map[string]func([]byte, any) error{"Unmarshal": extjson.Unmarshal, "UnmarshalValue": extjson.UnmarshalValue} {
		var ours []bson.D
		if err := unmarshal([]byte(text), &ours); err != nil || !reflect.DeepEqual(ours, want) {
			t.Errorf("%s: %v, %v, want %v", name, ours, err, want)
		}
	}
	var n int32
	if err := driver.UnmarshalExtJSON([]byte("5"), false, &n); err != nil || n != 5 {
		t.Errorf("driver: %d, %v", n, err)
	}
	if err := extjson.Unmarshal([]byte("6"), &n); !errors.Is(err, extjson.ErrToken) {
		t.Errorf("Unmarshal: %v, want ErrToken", err)
	}
	if err := extjson.UnmarshalValue([]byte("6"), &n); err != nil || n != 6 {
		t.Errorf("UnmarshalValue: %d, %v", n, err)
	}
}
