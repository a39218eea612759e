//go:build !race

package extjson

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/portion"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file tests long texts, with one goroutine. The race detector would take minutes and
// find nothing.

// array returns a document with an array of n elements, each with the type t and the
// value.
func array(t bson.Type, value string, n int) []byte {
	doc, mark := bsoncore.Begin(nil)
	doc, in := bsoncore.BeginArray(doc, "a")
	for range n {
		doc = append(append(doc, byte(t), 0), value...)
	}
	return bsoncore.End(bsoncore.End(doc, in), mark)
}

// nested returns doc inside nested documents, levels of them.
func nested(doc []byte, levels int) []byte {
	for range levels {
		outer, mark := bsoncore.Begin(nil)
		doc = bsoncore.End(bsoncore.AppendDocument(outer, "d", doc), mark)
	}
	return doc
}

// longDocuments returns documents whose text has many portions, with values that
// are difficult at the end of a portion.
func longDocuments() map[string][]byte {
	text := func(key, s string) []byte {
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.AppendString(doc, key, s)
		doc = bsoncore.AppendSymbol(doc, "s", s)
		doc = bsoncore.AppendRegex(doc, "r", s, "i")
		return bsoncore.End(bsoncore.AppendNull(doc, "end"), mark)
	}
	binary, mark := bsoncore.Begin(nil)
	for n := range 6 {
		binary = bsoncore.AppendBinary(binary, "b", 0, bytes.Repeat([]byte("bytes"), 20_000)[n:])
	}
	binary = bsoncore.End(binary, mark)
	shared, mark := bsoncore.Begin(nil)
	for i := range 20_000 {
		shared = bsoncore.AppendInt32(shared, fmt.Sprint(i*7919%10_007), int32(i))
	}
	shared = bsoncore.End(shared, mark)
	docs := map[string][]byte{
		"nulls":            array(bson.TypeNull, "", 20_000),
		"deep nulls":       nested(array(bson.TypeNull, "", 3_000), 70),
		"empty documents":  array(bson.TypeDocument, "\x05\x00\x00\x00\x00", 12_000),
		"empty arrays":     array(bson.TypeArray, "\x05\x00\x00\x00\x00", 12_000),
		"undefined":        array(bson.TypeUndefined, "", 30_000),
		"many keys":        shared,
		"binaries":         binary,
		"plain text":       text("k", strings.Repeat("abcdefgh", 15_000)),
		"escapes":          text("k", strings.Repeat("\x01\"\\</", 15_000)),
		"one byte off":     text("k", "x"+strings.Repeat("é", 25_000)),
		"three bytes":      text("k", "\u2028"+strings.Repeat("水", 25_000)),
		"four bytes":       text("k", "xxx"+strings.Repeat("😀", 40_000)),
		"long key":         text(strings.Repeat("key ", 30_000), "v"),
		"long escaped key": text("$$"+strings.Repeat("é\"", 30_000), "v"),
		"a deep emptiness": nested(array(bson.TypeNull, "", 0), 900),
	}
	var mixed []byte
	mixed, mark = bsoncore.Begin(nil)
	for i, doc := range sample.Documents(sample.Bench, sample.Seed, 200) {
		mixed = bsoncore.AppendDocument(mixed, fmt.Sprint("doc", i), doc)
	}
	docs["mixed"] = bsoncore.End(mixed, mark)
	return docs
}

// textOptions returns options that differ in the text at the ends of containers.
func textOptions() map[string]EncodeOptions {
	return map[string]EncodeOptions{
		"relaxed":         {},
		"canonical":       {Mode: Canonical, ASCII: true},
		"html":            {EscapeHTML: true},
		"libbson":         {Mode: Canonical, Spacing: LibbsonSpacing},
		"python":          {Mode: Legacy, Spacing: PythonSpacing},
		"shell":           {Mode: Shell, Indent: "\t"},
		"plain":           {Mode: Plain, Lossy: true},
		"indented":        {Indent: "  ", SortKeys: true},
		"indented more":   {Indent: strings.Repeat(" ", 16)},
		"indented spaced": {Indent: "  ", Spacing: LibbsonSpacing},
		"sorted":          {SortKeys: true, AmbiguousKeys: AsIs},
		"cut":             {MaxLen: 100_000},
		"escaped":         {AmbiguousKeys: Escape},
		"escaped ASCII":   {AmbiguousKeys: Escape, ASCII: true, Indent: "  "},
	}
}

// A portionWriter keeps all written bytes, and the length of the longest portion.
type portionWriter struct {
	bytes.Buffer
	longest int // in bytes
}

func (w *portionWriter) Write(p []byte) (int, error) {
	w.longest = max(w.longest, len(p))
	return w.Buffer.Write(p)
}

// WriteJSON writes the bytes of AppendJSON, in portions whose length does not grow
// with the text or with a value in it.
func TestWriteJSON(t *testing.T) {
	for name, doc := range longDocuments() {
		for style, o := range textOptions() {
			t.Run(name+"/"+style, func(t *testing.T) {
				want, err := o.AppendJSON(nil, doc)
				if err != nil {
					t.Fatal(err)
				}
				var got portionWriter
				if err := o.WriteJSON(&got, doc); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got.Bytes(), want) {
					t.Errorf("%d bytes, want %d; the first difference is at byte %d", got.Len(), len(want), differ(got.Bytes(), want))
				}
				if got.longest > 2*portion.Size && o.MaxLen == 0 {
					t.Errorf("a portion of %d bytes", got.longest)
				}
				value, mark := bsoncore.Begin(nil)
				value = bsoncore.End(bsoncore.AppendDocument(value, "v", doc), mark)
				c := bson.NewCursor(value)
				c.Next()
				want, err = o.AppendJSONValue(nil, c.Type(), c.Data())
				got.Reset()
				if e := o.WriteJSONValue(&got, c.Type(), c.Data()); e != nil || err != nil {
					t.Fatal(e, err)
				}
				if !bytes.Equal(got.Bytes(), want) {
					t.Errorf("as a value: %d bytes, want %d", got.Len(), len(want))
				}
			})
		}
	}
}

func differ(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// For a document without a text WriteJSON returns the error of AppendJSON, for a
// fault at any place, before it writes a byte.
// TestWriteJSONOfBytes: strings that are not UTF-8 are written as AppendJSON writes
// them, wherever their parts end, and so is what follows a long value.
func TestWriteJSONOfBytes(t *testing.T) {
	for _, unit := range []string{"\x80", "\xc3", "\xf0\x9f\x98", "x\x80\x80\x80\x80\x80", "é\xff"} {
		doc, mark := bsoncore.Begin(nil)
		for range 3 {
			doc = bsoncore.AppendString(doc, "s", strings.Repeat(unit, 5*partSize/len(unit)/2))
			doc = bsoncore.AppendString(doc, "t", strings.Repeat("y", 100))
		}
		doc = bsoncore.End(doc, mark)
		o := EncodeOptions{InvalidUTF8: bson.UTF8Replace}
		want, err := o.AppendJSON(nil, doc)
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if err := o.WriteJSON(&got, doc); err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%q: %v, %d bytes that differ from the %d of AppendJSON", unit, err, got.Len(), len(want))
		}
	}
}

func TestWriteJSONFault(t *testing.T) {
	spoil := func(doc []byte, at int, b byte) []byte {
		doc = bytes.Clone(doc)
		doc[at] = b
		return doc
	}
	long := longDocuments()
	deep := nested(long["nulls"], 2)
	for name, doc := range map[string][]byte{
		"no document":        {},
		"its last element":   spoil(long["undefined"], len(long["undefined"])-4, 0x77),
		"in the last string": spoil(long["four bytes"], len(long["four bytes"])-20, 0xff),
		"between characters": spoil(long["three bytes"], 100_000, 0xff),
		"a key":              spoil(long["long key"], 100_000, 0xc0),
		"its last byte":      spoil(deep, len(deep)-1, 1),
		"its length":         spoil(deep, 0, deep[0]+1),
	} {
		for style, o := range textOptions() {
			if o.MaxLen > 0 {
				continue // the document is not read after the cut
			}
			_, want := o.AppendJSON(nil, doc)
			var w portionWriter
			got := o.WriteJSON(&w, doc)
			if want == nil || w.Len() > 0 {
				t.Errorf("%s, %s: AppendJSON: %v; WriteJSON writes %d bytes", name, style, want, w.Len())
			}
			if diff := cmp.Diff(fmt.Sprint(want), fmt.Sprint(got)); diff != "" {
				t.Errorf("%s, %s (-AppendJSON +WriteJSON):\n%s", name, style, diff)
			}
		}
	}
}

// A failingWriter accepts a limited number of bytes.
type failingWriter struct {
	left int   // bytes that it still accepts
	err  error // the error after them; nil: a short write without an error
}

func (w *failingWriter) Write(p []byte) (int, error) {
	if len(p) <= w.left {
		w.left -= len(p)
		return len(p), nil
	}
	n := w.left
	w.left = 0
	return n, w.err
}

// WriteJSON returns the error of the writer unchanged, and stops writing.
func TestWriteJSONFailure(t *testing.T) {
	disk := errors.New("disk")
	for name, doc := range longDocuments() {
		text, err := AppendJSON(nil, doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, left := range []int{0, 1, len(text) / 2, len(text) - 1} {
			if got := WriteJSON(&failingWriter{left, disk}, doc); got != disk {
				t.Errorf("%s, writer with an error after %d bytes: %v", name, left, got)
			}
			if got := WriteJSON(&failingWriter{left, nil}, doc); got != io.ErrShortWrite {
				t.Errorf("%s, short write after %d bytes: %v, want io.ErrShortWrite", name, left, got)
			}
		}
	}
}

// A text of MaxTextSize bytes is written, and a text of one more byte is not, for all
// endings of the text. The capacity of the result is proportional to MaxTextSize.
func TestMaxTextSize(t *testing.T) {
	for name, doc := range longDocuments() {
		for style, o := range textOptions() {
			text, err := o.AppendJSON(nil, doc)
			if err != nil {
				t.Fatal(err)
			}
			if o.MaxLen > 0 {
				continue // MaxLen cuts the text before MaxTextSize
			}
			longer := bytes.Repeat([]byte("before"), len(text)/4)
			for _, dst := range [][]byte{[]byte("before"), append(make([]byte, 0, 10<<20), "before"...), longer} {
				o.MaxTextSize = len(text)
				got, err := o.AppendJSON(dst, doc)
				if err != nil || !bytes.HasPrefix(got, dst) || !bytes.Equal(got[len(dst):], text) {
					t.Errorf("%s, %s: %d bytes, want %d; %v", name, style, len(got)-len(dst), len(text), err)
				}
				if err := o.WriteJSON(io.Discard, doc); err != nil {
					t.Errorf("%s, %s: WriteJSON: %v", name, style, err)
				}
				for _, less := range []int{1, len(text) / 2, len(text) - 8} {
					o.MaxTextSize = len(text) - less
					got, err := o.AppendJSON(dst, doc)
					if !errors.Is(err, bson.ErrTooLarge) || !bytes.Equal(got, dst) {
						t.Errorf("%s, %s, limit %d bytes less: dst comes back as %.20q, %v", name, style, less, got, err)
					}
					if cap(dst) > 0 && cap(got) < cap(dst) && &got[0] == &dst[0] {
						t.Errorf("%s, %s: capacity of %d bytes became %d", name, style, cap(dst), cap(got))
					}
					if cap(got) > cap(dst) && cap(got) > 2*(len(dst)+o.MaxTextSize)+2*partRoom {
						t.Errorf("%s, %s: MaxTextSize is %d, but the capacity is %d", name, style, o.MaxTextSize, cap(got))
					}
					var w portionWriter
					if err := o.WriteJSON(&w, doc); !errors.Is(err, bson.ErrTooLarge) || w.Len() > 0 {
						t.Errorf("%s, %s: WriteJSON: %d bytes, %v", name, style, w.Len(), err)
					}
				}
			}
		}
	}
}

// Over math.MaxInt/4 and with MaxLen the option has no effect.
func TestMaxTextSizeWithoutEffect(t *testing.T) {
	doc := array(bson.TypeInt32, "\x07\x00\x00\x00", 100_000)
	dst := []byte("before")
	for _, o := range []EncodeOptions{
		{MaxTextSize: math.MaxInt/4 + 1}, {MaxTextSize: math.MaxInt}, {MaxTextSize: 20, MaxLen: 40},
	} {
		none := o
		none.MaxTextSize = 0
		want, err := none.AppendJSON(dst, doc)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := o.AppendJSON(dst, doc); err != nil || !bytes.Equal(got, want) {
			t.Errorf("MaxTextSize %d: %d bytes, %v, want %d bytes", o.MaxTextSize, len(got), err, len(want))
		}
	}
}

// The place of the error for a text that is too long is that of the member that does
// not fit.
func TestMaxTextSizePlace(t *testing.T) {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.AppendNull(doc, "a")
	doc = bsoncore.End(bsoncore.AppendString(doc, "b", strings.Repeat("x", 1000)), mark)
	_, err := EncodeOptions{MaxTextSize: 500}.AppendJSON(nil, doc)
	var got *bson.ValueError
	if !errors.As(err, &got) {
		t.Fatalf("error is %T, want *bson.ValueError", err)
	}
	want := bson.ValueError{Offset: 7, Pointer: "/b", Err: bson.ErrTooLarge}
	if diff := cmp.Diff(want, *got, cmpopts.EquateErrors()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The parts of a string end between characters, if the string is UTF-8. Other
// strings have parts as well.
func TestPartEnd(t *testing.T) {
	for n, want := range map[int]int{0: partSize, 1: partSize - 1, 2: partSize - 2, 3: partSize - 3, 4: partSize, 5: partSize} {
		s := bytes.Repeat([]byte("x"), partSize-n)
		s = append(append(s, bytes.Repeat([]byte{0x80}, n+1)...), 'x')
		if n == 0 {
			s[partSize] = 'x'
		}
		if n > 0 && n < 4 {
			s[partSize-n] = 0xc3
		}
		if got := partEnd(s, 0); got != want {
			t.Errorf("%d bytes of a character at the end: the part has %d bytes, want %d", n, got, want)
		}
	}
	for _, c := range []string{"x", "é", "水", "😀"} {
		for shift := range 4 {
			s := []byte(strings.Repeat("x", shift) + strings.Repeat(c, 2*partSize))
			for from := 0; from < len(s); {
				end := partEnd(s, from)
				if end <= from || !utf8.Valid(s[from:end]) {
					t.Fatalf("%q after %d bytes: a part from %d to %d", c, shift, from, end)
				}
				from = end
			}
		}
	}
}
