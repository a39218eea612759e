package corpus_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/corpus"
	"github.com/bsonkit/bsonkit/internal/hold"
	"github.com/bsonkit/bsonkit/internal/race"
)

// This file tests the packages with the project's own vectors.
//
//   - TestValid, TestRefused, TestBytes and TestTexts check each row.
//   - The Test…Damage functions truncate and change the bytes and texts of the
//     rows, and check the properties that must hold for any input.

var (
	canonical = extjson.EncodeOptions{Mode: extjson.Canonical}
	exact     = extjson.EncodeOptions{Mode: extjson.Canonical, RejectLossy: true}
	relaxed   = extjson.EncodeOptions{}
	asIs      = extjson.EncodeOptions{Mode: extjson.Canonical, AmbiguousKeys: extjson.AsIs}
)

// The lowest number of rows in testdata/vectors. With fewer rows the tests miss
// some.
const (
	minFiles   = 22
	minValid   = 320
	minRefused = 23
	minBytes   = 130
	minTexts   = 490
)

func TestCounts(t *testing.T) {
	files := corpus.Load(t)
	var valid, refused, bad, texts int
	for _, f := range files {
		valid += len(f.Valid)
		refused += len(f.Refused)
		bad += len(f.Bytes)
		texts += len(f.Texts)
	}
	if len(files) < minFiles || valid < minValid || refused < minRefused || bad < minBytes || texts < minTexts {
		t.Errorf("%d files, %d valid, %d refused, %d bytes, %d texts", len(files), valid, refused, bad, texts)
	}
}

// each runs a subtest for every file.
func each(t *testing.T, test func(t *testing.T, f corpus.File)) {
	for _, f := range corpus.Load(t) {
		t.Run(f.Name, func(t *testing.T) { test(t, f) })
	}
}

func TestValid(t *testing.T) {
	each(t, func(t *testing.T, f corpus.File) {
		for _, v := range f.Valid {
			t.Run(v.Name, func(t *testing.T) { checkValid(t, v) })
		}
	})
}

func checkValid(t *testing.T, v corpus.Valid) {
	if err := bson.Validate(v.BSON); err != nil {
		t.Errorf("Validate: %v", err)
	}
	wantText(t, "canonical", canonical, v.BSON, v.Canonical)
	wantText(t, "relaxed", relaxed, v.BSON, v.Relaxed)
	if v.Lossy() {
		got, err := exact.AppendJSON([]byte("dst"), v.BSON)
		if !errors.Is(err, extjson.ErrLossy) || string(got) != "dst" {
			t.Errorf("RejectLossy: %q, %v; want ErrLossy", got, err)
		}
		wantText(t, "canonical of Back", exact, v.Back, v.Canonical)
	} else {
		wantText(t, "RejectLossy", exact, v.BSON, v.Canonical)
	}
	wantBytes(t, extjson.DecodeOptions{}, v.Canonical, v.Back)
	wantBytes(t, extjson.DecodeOptions{CanonicalOnly: true}, v.Canonical, v.Back)
	wantBytes(t, extjson.DecodeOptions{}, v.Relaxed, v.RelaxedBack)
	for _, text := range v.Texts {
		wantBytes(t, extjson.DecodeOptions{}, text, v.Back)
	}
	// Texts with other options have the same meaning.
	for _, o := range []extjson.EncodeOptions{
		{Mode: extjson.Canonical, Indent: "\t"},
		{Mode: extjson.Canonical, ASCII: true},
		{Mode: extjson.Canonical, EscapeHTML: true, Indent: "  "},
		{Mode: extjson.Canonical, ASCII: true, EscapeHTML: true},
	} {
		text, err := o.AppendJSON(nil, v.BSON)
		if err != nil {
			t.Errorf("%+v: %v", o, err)
			continue
		}
		wantBytes(t, extjson.DecodeOptions{}, string(text), v.Back)
		if o.ASCII && bytes.ContainsFunc(text, func(r rune) bool { return r >= 0x80 }) {
			t.Errorf("ASCII: %q", text)
		}
		if o.EscapeHTML && bytes.ContainsAny(text, "<>&\u2028\u2029") {
			t.Errorf("EscapeHTML: %q", text)
		}
		if !json.Valid(text) {
			t.Errorf("%+v: text is not JSON: %q", o, text)
		}
	}
}

func wantText(t *testing.T, what string, o extjson.EncodeOptions, doc []byte, want string) {
	t.Helper()
	got, err := o.AppendJSON([]byte("dst"), doc)
	if diff := cmp.Diff("dst"+want, string(got)); diff != "" || err != nil {
		t.Errorf("%s: AppendJSON: %v (-want +got):\n%s", what, err, diff)
	}
	if !json.Valid(got[len("dst"):]) {
		t.Errorf("%s: text is not JSON: %q", what, got)
	}
}

func wantBytes(t *testing.T, o extjson.DecodeOptions, text string, want []byte) {
	t.Helper()
	got, err := o.AppendBSON([]byte("dst"), []byte(text))
	if err != nil {
		t.Errorf("AppendBSON: %v\n%s", err, text)
		return
	}
	if !bytes.Equal(got, append([]byte("dst"), want...)) {
		t.Errorf("AppendBSON:\ngot  %x\nwant %x\n%s", got[len("dst"):], want, text)
	}
}

func TestRefused(t *testing.T) {
	each(t, func(t *testing.T, f corpus.File) {
		for _, r := range f.Refused {
			t.Run(r.Name, func(t *testing.T) {
				if err := bson.Validate(r.BSON); err != nil {
					t.Errorf("Validate: %v", err)
				}
				want := bson.ValueError{Offset: r.Offset, Pointer: r.Pointer, Err: extjson.ErrAmbiguous}
				for _, o := range []extjson.EncodeOptions{canonical, relaxed, exact} {
					dst, err := o.AppendJSON([]byte("dst"), r.BSON)
					var got *bson.ValueError
					if !errors.As(err, &got) || string(dst) != "dst" {
						t.Fatalf("AppendJSON: %q, %v; want a *bson.ValueError", dst, err)
					}
					if diff := cmp.Diff(want, *got, cmpopts.EquateErrors()); diff != "" {
						t.Errorf("(-want +got):\n%s", diff)
					}
				}
				wantText(t, "AsIs", asIs, r.BSON, r.AsIs)
			})
		}
	})
}

// bsonSentinels has the sentinels by their names in the vectors.
var bsonSentinels = map[string]error{
	"ErrTruncated": bson.ErrTruncated, "ErrTrailing": bson.ErrTrailing,
	"ErrLength": bson.ErrLength, "ErrTerminator": bson.ErrTerminator,
	"ErrType": bson.ErrType, "ErrBoolean": bson.ErrBoolean, "ErrUTF8": bson.ErrUTF8,
}

func TestBytes(t *testing.T) {
	each(t, func(t *testing.T, f corpus.File) {
		for _, b := range f.Bytes {
			t.Run(b.Name, func(t *testing.T) {
				sentinel := bsonSentinels[b.Error]
				if sentinel == nil {
					t.Fatalf("no sentinel %q", b.Error)
				}
				want := bson.SyntaxError{Offset: b.Offset, Pointer: b.Pointer, Err: sentinel}
				check := func(what string, err error) {
					t.Helper()
					var got *bson.SyntaxError
					if !errors.As(err, &got) {
						t.Errorf("%s: error is %T %v, want *bson.SyntaxError", what, err, err)
						return
					}
					if diff := cmp.Diff(want, *got, cmpopts.EquateErrors()); diff != "" {
						t.Errorf("%s (-want +got):\n%s", what, diff)
					}
				}
				check("Validate", bson.Validate(b.BSON))
				for _, o := range []extjson.EncodeOptions{canonical, relaxed, asIs, {Indent: " "}, {ASCII: true}} {
					dst, err := o.AppendJSON([]byte("dst"), b.BSON)
					check("AppendJSON", err)
					if string(dst) != "dst" {
						t.Errorf("AppendJSON leaves %q", dst)
					}
				}
			})
		}
	})
}

// textSentinels has the sentinels by their names in the vectors, and whether the
// error is a *extjson.ValueError.
var textSentinels = map[string]struct {
	err   error
	value bool
}{
	"ErrTruncated": {extjson.ErrTruncated, false}, "ErrTrailing": {extjson.ErrTrailing, false},
	"ErrToken": {extjson.ErrToken, false}, "ErrControl": {extjson.ErrControl, false},
	"ErrEscape": {extjson.ErrEscape, false}, "ErrSurrogate": {extjson.ErrSurrogate, false},
	"ErrNumber": {extjson.ErrNumber, false}, "ErrRange": {extjson.ErrRange, true}, "ErrDigits": {extjson.ErrDigits, true},
	"ErrWrapper": {extjson.ErrWrapper, false}, "ErrWrapperText": {extjson.ErrWrapperText, false},
	"ErrUTF8": {bson.ErrUTF8, false}, "ErrKeyNUL": {bson.ErrKeyNUL, true},
}

func TestTexts(t *testing.T) {
	each(t, func(t *testing.T, f corpus.File) {
		for _, b := range f.Texts {
			t.Run(b.Name, func(t *testing.T) {
				sentinel, ok := textSentinels[b.Error]
				if !ok {
					t.Fatalf("no sentinel %q", b.Error)
				}
				before := b.Text[:b.Offset]
				want := extjson.SyntaxError{
					Offset:  b.Offset,
					Line:    1 + int64(bytes.Count([]byte(before), []byte("\n"))),
					Column:  b.Offset - int64(bytes.LastIndexByte([]byte(before), '\n')),
					Pointer: b.Pointer,
					Err:     sentinel.err,
				}
				dst, err := extjson.AppendBSON([]byte("dst"), []byte(b.Text))
				if string(dst) != "dst" {
					t.Errorf("AppendBSON leaves %q", dst)
				}
				var got extjson.SyntaxError
				var syntax *extjson.SyntaxError
				var value *extjson.ValueError
				switch {
				case errors.As(err, &syntax) && !sentinel.value:
					got = *syntax
				case errors.As(err, &value) && sentinel.value:
					got = extjson.SyntaxError(*value)
				default:
					t.Fatalf("error is %T %v, want a *ValueError: %v", err, err, sentinel.value)
				}
				diff := cmp.Diff(want, got, cmpopts.EquateErrors(), cmpopts.IgnoreFields(extjson.SyntaxError{}, "Expected", "Excerpt"))
				if diff != "" {
					t.Errorf("%q (-want +got):\n%s", b.Text, diff)
				}
			})
		}
	})
}

// interesting has the bytes that replace others.
var interesting = []byte{0, 1, 2, 4, 5, 0x7F, 0x80, 0xFF}

// TestBytesDamage truncates every document of the vectors at every place, with and
// without a corrected outer length, and replaces every byte.
func TestBytesDamage(t *testing.T) {
	each(t, func(t *testing.T, f corpus.File) {
		for _, doc := range documents(f) {
			good := bson.Validate(doc) == nil
			for n := 0; n < len(doc); n += race.Slowdown {
				holdBytes(t, doc[:n:n])
				if good && bson.Validate(doc[:n:n]) == nil {
					t.Errorf("truncated to %d bytes: %x is accepted", n, doc[:n])
				}
				if n >= 5 {
					cut := bytes.Clone(doc[:n])
					binary.LittleEndian.PutUint32(cut, uint32(n))
					cut[n-1] = 0
					holdBytes(t, cut)
				}
				for _, b := range interesting {
					changed := bytes.Clone(doc)
					changed[n] = b
					holdBytes(t, changed)
				}
			}
		}
	})
}

// documents returns all documents of a file, valid and invalid.
func documents(f corpus.File) [][]byte {
	var docs [][]byte
	for _, v := range f.Valid {
		docs = append(docs, v.BSON)
	}
	for _, r := range f.Refused {
		docs = append(docs, r.BSON)
	}
	for _, b := range f.Bytes {
		docs = append(docs, b.BSON)
	}
	return docs
}

func holdBytes(t *testing.T, doc []byte) {
	t.Helper()
	if err := hold.Bytes(doc); err != nil {
		t.Fatal(err)
	}
}

// TestTextDamage truncates every text of the vectors at every place and replaces
// every byte.
func TestTextDamage(t *testing.T) {
	each(t, func(t *testing.T, f corpus.File) {
		for _, v := range f.Valid {
			for _, text := range append([]string{v.Canonical, v.Relaxed}, v.Texts...) {
				damageText(t, []byte(text))
			}
		}
		for _, b := range f.Texts {
			damageText(t, []byte(b.Text))
		}
	})
}

// mark is a byte order mark.
var mark = []byte("\ufeff")

func damageText(t *testing.T, text []byte) {
	t.Helper()
	_, err := extjson.AppendBSON(nil, text)
	good := err == nil
	for n := 0; n < len(text); n += race.Slowdown {
		holdText(t, text[:n:n])
		if n < len(mark) && bytes.HasPrefix(text, mark) {
			continue // a part of a byte order mark is another error
		}
		if good && len(bytes.TrimRight(text[:n], " \t\r\n")) < len(bytes.TrimRight(text, " \t\r\n")) {
			var syntax *extjson.SyntaxError
			_, err := extjson.AppendBSON(nil, text[:n])
			if !errors.As(err, &syntax) || !errors.Is(err, extjson.ErrTruncated) || syntax.Offset != int64(n) {
				t.Fatalf("truncated to %d bytes: %q: %v, want ErrTruncated at the end", n, text[:n], err)
			}
		}
		for _, b := range []byte("\x00\n \"\\{}[],:0e-x$+\x7f\x80\xff") {
			changed := bytes.Clone(text)
			changed[n] = b
			holdText(t, changed)
		}
	}
}

func holdText(t *testing.T, text []byte) {
	t.Helper()
	if err := hold.Text(text); err != nil {
		t.Fatal(err)
	}
}
