package fuzz

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/corpus"
	"github.com/bsonkit/bsonkit/internal/hold"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file has the targets for documents and texts; scalar_test.go has the
// targets for single values.

var (
	canonical = extjson.EncodeOptions{Mode: extjson.Canonical}
	relaxed   = extjson.EncodeOptions{}
	asIs      = extjson.EncodeOptions{Mode: extjson.Canonical, AmbiguousKeys: extjson.AsIs}
)

// maxVectors is the number of vectors of each kind in each file that a fuzzer
// starts from.
const maxVectors = 4

// seeds returns the vectors that are seeds. Without -fuzz these are all
// vectors, because a test runs each of them once. A fuzzer spends up to 10 ms
// on each seed before it tries another input, so it gets at most maxVectors,
// evenly spaced.
func seeds[T any](all []T) (some []T) {
	if flag.Lookup("test.fuzz").Value.String() == "" {
		return all
	}
	step := max(1, (len(all)+maxVectors-1)/maxVectors)
	for i := 0; i < len(all); i += step {
		some = append(some, all[i])
	}
	return some
}

// seedDocuments adds documents to f, valid and invalid, and the choices that
// make the valid documents.
func seedDocuments(f *testing.F) {
	for _, file := range corpus.Load(f) {
		for _, v := range seeds(file.Valid) {
			f.Add(v.BSON, false)
		}
		for _, r := range seeds(file.Refused) {
			f.Add(r.BSON, false)
		}
		for _, b := range seeds(file.Bytes) {
			f.Add(b.BSON, false)
		}
	}
	docs := sample.Documents(sample.Wild, 3, 60)
	for _, doc := range docs {
		f.Add(doc, false)
	}
	seedShapes(docs, func(choices []byte) { f.Add(choices, true) })
}

// seedTexts adds texts, with and without faults.
func seedTexts(f *testing.F, add func(text []byte)) {
	for _, file := range corpus.Load(f) {
		for _, v := range seeds(file.Valid) {
			add([]byte(v.Canonical))
			if len(v.Texts) > 0 {
				add([]byte(v.Texts[len(v.Texts)-1]))
			}
		}
		for _, b := range seeds(file.Texts) {
			add([]byte(b.Text))
		}
	}
	for _, doc := range sample.Documents(sample.Wild, 3, 60) {
		text, err := canonical.AppendJSON(nil, doc)
		if err != nil {
			f.Fatal(err)
		}
		add(text)
	}
}

// FuzzBytes: see hold.Bytes. Choices make a document with one fault.
func FuzzBytes(f *testing.F) {
	seedDocuments(f)
	f.Fuzz(func(t *testing.T, data []byte, shaped bool) {
		if err := hold.Bytes(damaged(data, shaped)); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzText: see hold.Text.
func FuzzText(f *testing.F) {
	seedTexts(f, func(text []byte) { f.Add(text) })
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := hold.Text(text); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzCanonicalRoundTrip: a document that RejectLossy accepts comes back from
// its text, and AppendJSON does not change the bytes already in dst.
func FuzzCanonicalRoundTrip(f *testing.F) {
	seedDocuments(f)
	f.Fuzz(func(t *testing.T, data []byte, shaped bool) {
		doc := chosen(shapes, data, shaped)
		if bson.Validate(doc) != nil {
			t.Skip("not a document")
		}
		if err := hold.RoundTrip(doc); err != nil {
			t.Fatal(err)
		}
		if err := bsontest.CheckAppend(func(dst []byte) ([]byte, error) { return canonical.AppendJSON(dst, doc) }); err != nil {
			t.Fatalf("%x: %v", doc, err)
		}
	})
}

// FuzzRelaxedAgrees: relaxed text loses the width of integers, and loses it
// only once. The document that a relaxed text gives has the same relaxed text
// again, and comes back from its canonical text.
func FuzzRelaxedAgrees(f *testing.F) {
	seedDocuments(f)
	f.Fuzz(func(t *testing.T, data []byte, shaped bool) {
		doc := chosen(shapes, data, shaped)
		text, err := relaxed.AppendJSON(nil, doc)
		if err != nil {
			t.Skip("no text")
		}
		back, err := extjson.AppendBSON(nil, text)
		if err != nil {
			t.Fatalf("%x: %s: %v", doc, text, err)
		}
		if again, err := relaxed.AppendJSON(nil, back); err != nil || !bytes.Equal(again, text) {
			t.Fatalf("%x\nfirst  %s\nsecond %s, %v", doc, text, again, err)
		}
		exactText, err := canonical.AppendJSON(nil, back)
		if err != nil {
			t.Fatalf("%x: %v", back, err)
		}
		if again, err := extjson.AppendBSON(nil, exactText); err != nil || !bytes.Equal(again, back) {
			t.Fatalf("%x\ncanonical %s\ngives %x, %v", back, exactText, again, err)
		}
	})
}

// FuzzIndent: indentation and escapes change only the spelling of a text.
func FuzzIndent(f *testing.F) {
	seedDocuments(f)
	options := []extjson.EncodeOptions{
		{Indent: "\t"},
		{Indent: "  ", EscapeHTML: true},
		{ASCII: true},
		{EscapeHTML: true},
		{EscapeLines: true},
		{EscapeControls: true},
		{Indent: " ", ASCII: true, EscapeHTML: true},
	}
	f.Fuzz(func(t *testing.T, data []byte, shaped bool) {
		doc := chosen(shallow, data, shaped)
		for _, mode := range []extjson.Mode{extjson.Canonical, extjson.Relaxed} {
			plain, err := extjson.EncodeOptions{Mode: mode}.AppendJSON(nil, doc)
			if err != nil {
				t.Skip("no text")
			}
			want, err := extjson.AppendBSON(nil, plain)
			if err != nil {
				t.Fatalf("%s: %v", plain, err)
			}
			meaning, err := corpus.Compact(string(plain))
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range options {
				o.Mode = mode
				text, err := o.AppendJSON(nil, doc)
				if err != nil {
					t.Fatalf("%x: %+v: %v", doc, o, err)
				}
				if got, err := extjson.AppendBSON(nil, text); err != nil || !bytes.Equal(got, want) {
					t.Fatalf("%x: %+v\n%s\ngives %x, %v; want %x", doc, o, text, got, err, want)
				}
				if got, err := corpus.Compact(string(text)); err != nil || got != meaning {
					t.Fatalf("%x: %+v\n%s\nmeans %s, %v; want %s", doc, o, text, got, err, meaning)
				}
				if o.ASCII && bytes.ContainsFunc(text, func(r rune) bool { return r >= 0x80 }) {
					t.Fatalf("text is not ASCII: %q", text)
				}
				if o.EscapeHTML && bytes.ContainsAny(text, "<>&\u2028\u2029") {
					t.Fatalf("text is not safe in HTML: %q", text)
				}
				if o.EscapeLines && bytes.ContainsAny(text, "\u2028\u2029") {
					t.Fatalf("text has line separators: %q", text)
				}
				if o.EscapeControls && bytes.ContainsFunc(text, func(r rune) bool {
					return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
				}) {
					t.Fatalf("text has control characters: %q", text)
				}
				if o.Indent == "" && bytes.ContainsRune(text, '\n') {
					t.Fatalf("text has a line feed without Indent: %q", text)
				}
			}
		}
	})
}

// FuzzReplace: with UTF8Replace, invalid UTF-8 is never an error, and the
// result is valid UTF-8. An input without invalid UTF-8 gives the same result
// with and without the option.
func FuzzReplace(f *testing.F) {
	seedDocuments(f)
	seedTexts(f, func(text []byte) { f.Add(text, false) })
	encode := extjson.EncodeOptions{Mode: extjson.Canonical, InvalidUTF8: bson.UTF8Replace}
	decode := extjson.DecodeOptions{InvalidUTF8: bson.UTF8Replace}
	f.Fuzz(func(t *testing.T, data []byte, shaped bool) {
		data = chosen(shapes, data, shaped)
		text, err := encode.AppendJSON(nil, data)
		want, werr := canonical.AppendJSON(nil, data)
		switch {
		case errors.Is(err, bson.ErrUTF8):
			t.Fatalf("%x: %v", data, err)
		case werr == nil && (err != nil || !bytes.Equal(text, want)):
			t.Fatalf("%x: with UTF8Replace %q, %v; without %q", data, text, err, want)
		case err == nil && !utf8.Valid(text):
			t.Fatalf("%x: text is not UTF-8: %q", data, text)
		case err == nil && werr != nil && !errors.Is(werr, bson.ErrUTF8):
			t.Fatalf("%x: with UTF8Replace %q; without %v", data, text, werr)
		case err == nil:
			if _, err := extjson.AppendBSON(nil, text); err != nil {
				t.Fatalf("%x: %q: %v", data, text, err)
			}
		}
		doc, err := decode.AppendBSON(nil, data)
		want, werr = extjson.AppendBSON(nil, data)
		switch {
		case errors.Is(err, bson.ErrUTF8), errors.Is(err, extjson.ErrSurrogate):
			t.Fatalf("%q: %v", data, err)
		case werr == nil && (err != nil || !bytes.Equal(doc, want)):
			t.Fatalf("%q: with UTF8Replace %x, %v; without %x", data, doc, err, want)
		case err == nil && werr != nil && !errors.Is(werr, bson.ErrUTF8) && !errors.Is(werr, extjson.ErrSurrogate):
			t.Fatalf("%q: with UTF8Replace %x; without %v", data, doc, werr)
		case err == nil:
			if err := bson.Validate(doc); err != nil {
				t.Fatalf("%q: %x: %v", data, doc, err)
			}
		}
	})
}

// A choppy reader returns its bytes in pieces. The elements of sizes, in turn,
// are the sizes of the pieces. For a size of 0 Read returns no bytes and no
// error, as io.Reader allows.
type choppy struct {
	data  []byte // bytes still to return
	sizes []byte // in bytes; none: every Read returns 1 byte
	n     int    // calls of Read so far
	eof   bool   // return io.EOF with the last bytes
}

func (c *choppy) Read(p []byte) (int, error) {
	if len(c.data) == 0 {
		return 0, io.EOF
	}
	n := 1
	if len(c.sizes) > 0 {
		n = int(c.sizes[c.n%len(c.sizes)])
		if n == 0 && c.n%2 == 1 {
			n = 1 // every second Read returns a byte, so that the reader ends
		}
	}
	c.n++
	n = copy(p[:min(n, len(p))], c.data)
	c.data = c.data[n:]
	if c.eof && len(c.data) == 0 {
		return n, io.EOF
	}
	return n, nil
}

// A piece is a document of a stream and its offset in the stream, in bytes.
type piece struct {
	Offset int64
	Raw    string
}

// A stream is the common interface of bson.Decoder and extjson.Decoder.
type stream interface {
	Next() bool
	Raw() bson.Raw
	Offset() int64
	Err() error
}

// drain reads d to its end.
func drain(d stream) (pieces []piece, err error) {
	for d.Next() {
		pieces = append(pieces, piece{d.Offset(), string(d.Raw())})
	}
	return pieces, d.Err()
}

// raws reads d to its end.
func raws(d stream) (docs []bson.Raw, err error) {
	for d.Next() {
		docs = append(docs, bytes.Clone(d.Raw()))
	}
	return docs, d.Err()
}

// FuzzStream: a Decoder gives the same documents, the same error and the same
// places, however a stream is cut into pieces, and passes on an error of its
// reader. A text that AppendBSON reads is a stream of one document.
func FuzzStream(f *testing.F) {
	docs := sample.Documents(sample.Wild, 5, 12)
	var binary, lines, array []byte
	for _, doc := range docs {
		binary = append(binary, doc...)
		text, err := relaxed.AppendJSON(nil, doc)
		if err != nil {
			f.Fatal(err)
		}
		lines = append(append(lines, text...), '\n')
		array = append(append(array, ','), text...)
	}
	array[0] = '['
	array = append(array, ']')
	for _, data := range [][]byte{
		binary, lines, array, binary[:len(binary)-3], lines[:len(lines)-3], array[:len(array)-3],
		append([]byte("\ufeff"), lines...), bytes.ReplaceAll(lines, []byte("\n"), nil),
		[]byte("[]"), []byte("[ ] {} [{}, {}]\n"), []byte("{}{}{}"), []byte("[{},]"), []byte("{} x"), []byte("\xef\xbb"), nil,
	} {
		f.Add(data, []byte{1}, uint8(rawForm))
		f.Add(data, []byte{0, 3, 7, 0, 200}, uint8(rawForm))
	}
	seedStreams(f, docs)
	f.Add([]byte(`[{"k":{"$binary":{"base64":"`+string(bytes.Repeat([]byte("AAAA"), 45))+`","subType":"7b"}}}]`), []byte{173}, uint8(rawForm))
	f.Add([]byte(`{"n":{"$numberLong":"1"},"x":{"$binary":{"base64":"AAAAAAAAAAAAAA==","subType":"66"}}}`), []byte{36}, uint8(rawForm))
	for _, file := range corpus.Load(f) {
		for _, b := range seeds(file.Texts) {
			f.Add([]byte("{}\n"+b.Text), []byte{2}, uint8(rawForm))
		}
	}
	f.Fuzz(func(t *testing.T, data, sizes []byte, form uint8) {
		data = streamOf(t, data, form)
		for _, tc := range []struct {
			name string
			open func(io.Reader) stream
		}{
			{"bson", func(r io.Reader) stream { return bson.NewDecoder(r) }},
			{"bson, small limit", func(r io.Reader) stream { return bson.DecodeOptions{MaxDocumentSize: 40}.NewDecoder(r) }},
			{"extjson", func(r io.Reader) stream { return extjson.NewDecoder(r) }},
			{"extjson, small limit", func(r io.Reader) stream { return extjson.DecodeOptions{MaxDocumentSize: 40}.NewDecoder(r) }},
		} {
			want, wantErr := drain(tc.open(bytes.NewReader(data)))
			for _, eof := range []bool{false, true} {
				got, err := drain(tc.open(&choppy{data: data, sizes: sizes, eof: eof}))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("%s: %q in pieces of %v (-whole +pieces):\n%s", tc.name, data, sizes, diff)
				}
				if !sameError(wantErr, err) {
					t.Fatalf("%s: %q in pieces of %v: whole %v, pieces %v", tc.name, data, sizes, wantErr, err)
				}
			}
			end := int64(0)
			for _, p := range want {
				if p.Offset < end || p.Offset >= int64(len(data)) {
					t.Fatalf("%s: %q: document at %d, want %d or later and inside the stream", tc.name, data, p.Offset, end)
				}
				end = p.Offset + 1
			}
		}
		if err := bsontest.CheckStream(data, func(r io.Reader) ([]bson.Raw, error) { return raws(bson.NewDecoder(r)) }); err != nil {
			t.Fatal(err)
		}
		if startsWithDocument(data) {
			return // not a text, so CheckStream wants its documents
		}
		if err := bsontest.CheckStream(data, func(r io.Reader) ([]bson.Raw, error) { return raws(extjson.NewDecoder(r)) }); err != nil {
			t.Fatal(err)
		}
		oneDocument(t, data)
	})
}

// startsWithDocument reports whether data starts with a document, by its length and
// final NUL.
func startsWithDocument(data []byte) bool {
	n, _ := bson.DecodeOptions{}.Split(data)
	return n > 0
}

// oneDocument checks that a text that AppendBSON accepts is a stream of one
// document, with the same bytes.
func oneDocument(t *testing.T, text []byte) {
	doc, err := extjson.AppendBSON(nil, text)
	if err != nil {
		return
	}
	got, err := drain(extjson.NewDecoder(bytes.NewReader(text)))
	if err != nil || len(got) != 1 || got[0].Raw != string(doc) {
		t.Fatalf("%q: AppendBSON gives %x, the stream gives %v, %v", text, doc, got, err)
	}
}

// sameError reports whether two errors have the same type, sentinel and place.
func sameError(a, b error) bool {
	var sa, sb *bson.SyntaxError
	if errors.As(a, &sa) && errors.As(b, &sb) {
		return *sa == *sb
	}
	var va, vb *bson.ValueError
	if errors.As(a, &va) && errors.As(b, &vb) {
		return *va == *vb
	}
	var ta, tb *extjson.SyntaxError
	if errors.As(a, &ta) && errors.As(b, &tb) {
		return *ta == *tb
	}
	var wa, wb *extjson.ValueError
	if errors.As(a, &wa) && errors.As(b, &wb) {
		return *wa == *wb
	}
	return a == nil && b == nil
}
