package extjsontest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/bson/bsontest/extjsontest"
	"github.com/bsonkit/bsonkit/extjson"
)

var modes = []extjson.Mode{extjson.Relaxed, extjson.Canonical, extjson.Legacy, extjson.Shell, extjson.SemiRelaxed, extjson.Plain}

// reader returns the options that read a mode.
func reader(m extjson.Mode) extjson.DecodeOptions {
	return extjson.DecodeOptions{CanonicalOnly: m == extjson.Canonical, Legacy: m == extjson.Legacy, Shell: m == extjson.Shell}
}

// TestText checks that the text of every dialect gives the document, that it has many
// spellings, and that the same seed gives the same text.
func TestText(t *testing.T) {
	for _, mode := range modes {
		o := extjsontest.Options{Mode: mode, Documents: bsontest.Options{Odd: bsontest.AllOdd &^ (bsontest.Deep | bsontest.Wide)}}
		s, again := bsontest.NewRandom(1), bsontest.NewRandom(1)
		indented, escaped, spaced := 0, 0, 0
		for range 300 {
			text, doc := o.Text(s)
			if second, _ := o.Text(again); !bytes.Equal(text, second) {
				t.Fatalf("the same seed gives %s and %s", text, second)
			}
			if err := bson.Validate(doc); err != nil {
				t.Fatal(err)
			}
			if mode != extjson.Shell && !json.Valid(text) {
				t.Fatalf("not JSON: %s", text)
			}
			if mode != extjson.Plain {
				if got, err := reader(mode).AppendBSON(nil, text); err != nil || !bytes.Equal(got, doc) {
					t.Fatalf("mode %d: %s gives %x, %v; want %x", mode, text, got, err, doc)
				}
			}
			compact, _ := extjson.Compact(nil, text)
			for n, found := range map[*int]bool{
				&indented: bytes.Contains(text, []byte("\n")), &escaped: bytes.Contains(text, []byte(`\u00`)), &spaced: len(compact) < len(text),
			} {
				if found {
					*n++
				}
			}
		}
		if indented < 50 || escaped < 10 || spaced < 50 {
			t.Errorf("mode %d: of 300 texts %d are indented, %d have escapes, %d white space", mode, indented, escaped, spaced)
		}
	}
	if text, _ := (extjsontest.Options{}).Text(bsontest.NewSource(nil)); string(text) != "{}" {
		t.Errorf("no choices give %s", text)
	}
}

// TestFaults checks that each fault of texts of every dialect is one, at its place.
func TestFaults(t *testing.T) {
	for _, mode := range modes {
		if mode == extjson.Plain {
			continue
		}
		o := extjsontest.Options{Mode: mode, Documents: bsontest.Options{MaxSize: 120}}
		s := bsontest.NewRandom(2)
		for range 30 {
			text, _ := o.Text(s)
			before := bytes.Clone(text)
			n := 0
			check := func(f extjsontest.Fault) {
				n++
				_, err := reader(mode).AppendBSON(nil, f.Text)
				var syntax *extjson.SyntaxError
				var value *extjson.ValueError
				off := int64(-1)
				switch {
				case errors.As(err, &syntax):
					off = syntax.Offset
				case errors.As(err, &value):
					off = value.Offset
				}
				if off != f.Offset || !errors.Is(err, f.Err) || off < 0 || off > int64(len(f.Text)) {
					t.Fatalf("%s of %s: %v at %d, want %v", f.Name, f.Text, f.Err, f.Offset, err)
				}
				if f.Name == "truncated" && int(off) > len(f.Text) {
					t.Fatalf("truncated: offset %d of %d", off, len(f.Text))
				}
			}
			for f := range o.Faults(text) {
				check(f)
			}
			check(o.Damage(s, text))
			if !bytes.Equal(text, before) {
				t.Fatal("the text changes")
			}
			if n < len(text)/2 {
				t.Errorf("%s has only %d faults", text, n)
			}
		}
	}
}

// TestFaultPlaces checks the names and places of faults that follow from the change
// alone.
func TestFaultPlaces(t *testing.T) {
	const text = `{"a":{"$oid":"56e1fc72e0c917e9c4714161"},"b":[1,true]}`
	at := func(part string) int64 { return int64(strings.Index(text, part)) }
	found := map[string]bool{}
	for f := range (extjsontest.Options{}).Faults([]byte(text)) {
		found[fmt.Sprintf("%s: %v at %d", f.Name, f.Err, f.Offset)] = true
	}
	for _, want := range []string{
		fmt.Sprintf("truncated: %v at %d", extjson.ErrTruncated, 0),
		fmt.Sprintf("truncated: %v at %d", extjson.ErrTruncated, len(text)-1),
		fmt.Sprintf("stray character at the start: %v at %d", extjson.ErrToken, 0),
		fmt.Sprintf("second document: %v at %d", extjson.ErrTrailing, len(text)),
		fmt.Sprintf("unclosed: %v at %d", extjson.ErrTruncated, len(text)-1),
		fmt.Sprintf("stray character: %v at %d", extjson.ErrToken, at(`"a"`)),
		fmt.Sprintf("control character: %v at %d", extjson.ErrControl, at(`a"`)),
		fmt.Sprintf("unknown escape: %v at %d", extjson.ErrEscape, at(`a"`)+1),
		fmt.Sprintf("lone surrogate: %v at %d", extjson.ErrSurrogate, at(`a"`)),
		fmt.Sprintf("byte that is not UTF-8: %v at %d", bson.ErrUTF8, at(`a"`)),
		fmt.Sprintf(": missing: %v at %d", extjson.ErrToken, at(`:`)),
		fmt.Sprintf("leading zero: %v at %d", extjson.ErrToken, at(`1,true`)+1),
		fmt.Sprintf("comma before ]: %v at %d", extjson.ErrToken, at(`]`)+1),
	} {
		if !found[want] {
			t.Errorf("no fault %q", want)
		}
	}
	for _, name := range []string{"value of $oid", "word in capitals", "wrong bracket", "number ends too early", "string without quotes"} {
		ok := false
		for f := range found {
			ok = ok || strings.HasPrefix(f, name)
		}
		if !ok {
			t.Errorf("no fault %q", name)
		}
	}
	if t.Failed() {
		for f := range found {
			t.Log(f)
		}
	}
}

// TestCheckDecode tests decoders that are broken in each way.
func TestCheckDecode(t *testing.T) {
	good, bad := []byte(`{"a":1}`), []byte(`{"a":1`)
	for _, tc := range []struct {
		name   string
		text   []byte
		decode func(text []byte) ([]byte, error)
		want   string
	}{
		{"correct", good, func(text []byte) ([]byte, error) { return extjson.AppendBSON(nil, text) }, ""},
		{"correct, fault", bad, func(text []byte) ([]byte, error) { return extjson.AppendBSON(nil, text) }, ""},
		{"rejects all", good, func([]byte) ([]byte, error) { return nil, errors.New("x") }, "rejected"},
		{"accepts all", bad, func([]byte) ([]byte, error) { return nil, nil }, "accepted"},
		{"another document", good, func([]byte) ([]byte, error) { return []byte{5, 0, 0, 0, 0}, nil }, "another document"},
		{"changes the text", good, func(text []byte) ([]byte, error) { text[0] = 0; return nil, nil }, "input changed"},
	} {
		err := (extjsontest.Options{}).CheckDecode(tc.text, tc.decode)
		if (err == nil) != (tc.want == "") || err != nil && !strings.HasPrefix(err.Error(), tc.want+": ") {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
	}
}

func ExampleOptions_Text() {
	o := extjsontest.Options{Mode: extjson.Canonical}
	text, doc := o.Text(bsontest.NewSource([]byte{16, 6<<3 | 6, 'a', 'm', 'o', 'u', 'n', 't', 1, 42}))
	fmt.Printf("%s\n%v\n", text, doc)
	// Output:
	// {"amount":{"$numberInt":"42"}}
	// {"amount": 42}
}
