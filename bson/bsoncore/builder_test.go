package bsoncore_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

func TestBuilderFaults(t *testing.T) {
	bad := "\xff"
	for _, tc := range []struct {
		name  string
		build func(b *bsoncore.Builder) *bsoncore.Builder
		want  fault
	}{
		{"NUL in a key",
			func(b *bsoncore.Builder) *bsoncore.Builder { return b.Int32("a", 1).Int32("b\x00", 2) },
			fault{11, "/b\x00", bsoncore.ErrKeyNUL}},
		{"NUL in a container's key",
			func(b *bsoncore.Builder) *bsoncore.Builder { return b.BeginDocument("\x00").End() },
			fault{4, "/\x00", bsoncore.ErrKeyNUL}},
		{"NUL in a pattern",
			func(b *bsoncore.Builder) *bsoncore.Builder { return b.BeginDocument("a").Regex("b", "\x00", "").End() },
			fault{11, "/a/b", bsoncore.ErrKeyNUL}},
		{"NUL in options",
			func(b *bsoncore.Builder) *bsoncore.Builder { return b.Regex("b", "", "i\x00") },
			fault{4, "/b", bsoncore.ErrKeyNUL}},
		{"key not UTF-8",
			func(b *bsoncore.Builder) *bsoncore.Builder { return b.Null(bad) },
			fault{4, "/\uFFFD", bsoncore.ErrUTF8}},
		{"string not UTF-8",
			func(b *bsoncore.Builder) *bsoncore.Builder { return b.BeginArray("a").Null("").String("", bad).End() },
			fault{14, "/a/1", bsoncore.ErrUTF8}},
		{"code not UTF-8", func(b *bsoncore.Builder) *bsoncore.Builder { return b.Code("a", bad) }, fault{4, "/a", bsoncore.ErrUTF8}},
		{"symbol not UTF-8", func(b *bsoncore.Builder) *bsoncore.Builder { return b.Symbol("a", bad) }, fault{4, "/a", bsoncore.ErrUTF8}},
		{"pattern not UTF-8", func(b *bsoncore.Builder) *bsoncore.Builder { return b.Regex("a", bad, "") }, fault{4, "/a", bsoncore.ErrUTF8}},
		{"options not UTF-8", func(b *bsoncore.Builder) *bsoncore.Builder { return b.Regex("a", "", bad) }, fault{4, "/a", bsoncore.ErrUTF8}},
		{"namespace not UTF-8", func(b *bsoncore.Builder) *bsoncore.Builder { return b.DBPointer("a", bad, testID) }, fault{4, "/a", bsoncore.ErrUTF8}},
		{"scope's code not UTF-8", func(b *bsoncore.Builder) *bsoncore.Builder { return b.BeginCodeWithScope("a", bad).End() }, fault{4, "/a", bsoncore.ErrUTF8}},
		{"document wrong outside",
			func(b *bsoncore.Builder) *bsoncore.Builder { return b.RawDocument("a", unhex("0600000000")) },
			fault{4, "/a", bsoncore.ErrLength}},
		{"array wrong outside",
			func(b *bsoncore.Builder) *bsoncore.Builder { return b.RawArray("a", unhex("0500000000 00")) },
			fault{4, "/a", bsoncore.ErrTrailing}},
		{"no value",
			func(b *bsoncore.Builder) *bsoncore.Builder { return b.Value("a", 0, nil) },
			fault{4, "/a", bsoncore.ErrType}},
		{"boolean 2",
			func(b *bsoncore.Builder) *bsoncore.Builder {
				return b.Value("a", bsoncore.TypeBoolean, []byte{2})
			},
			fault{4, "/a", bsoncore.ErrBoolean}},
		{"not ended",
			func(b *bsoncore.Builder) *bsoncore.Builder { return b.BeginDocument("a").BeginArray("b") },
			fault{18, "/a/b", bsoncore.ErrMisuse}},
		{"ended twice",
			func(b *bsoncore.Builder) *bsoncore.Builder { return b.BeginDocument("a").End().End() },
			fault{12, "", bsoncore.ErrMisuse}},
		{"ended, not begun",
			func(b *bsoncore.Builder) *bsoncore.Builder { return b.End() },
			fault{0, "", bsoncore.ErrMisuse}},
		{"key in an array",
			func(b *bsoncore.Builder) *bsoncore.Builder { return b.BeginArray("a").Null("0").Null("x").End() },
			fault{14, "/a/1", bsoncore.ErrMisuse}},
		{"wrong index in an array",
			func(b *bsoncore.Builder) *bsoncore.Builder { return b.BeginArray("a").Null("1").End() },
			fault{11, "/a/0", bsoncore.ErrMisuse}},
		{"in a scope",
			func(b *bsoncore.Builder) *bsoncore.Builder { return b.BeginCodeWithScope("a", "x").Null("\x00").End() },
			fault{21, "/a/\x00", bsoncore.ErrKeyNUL}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := tc.build(new(bsoncore.Builder))
			doc, err := b.Document()
			wantValue(t, err, tc.want)
			if doc != nil {
				t.Errorf("a document with the error: %x", doc)
			}
			// Later calls do not replace the first fault.
			b.Int32("\x00", 1).BeginDocument("c").End().End().Value("d", 0, nil)
			_, err = b.Document()
			wantValue(t, err, tc.want)
			b.Reset()
			if doc, err := b.Null("a").Document(); err != nil || !bytes.Equal(doc, whole("0a 6100")) {
				t.Errorf("after Reset: %x, %v", doc, err)
			}
		})
	}
}

// TestBuilderValueFault holds that the error has the fault of a malformed value
// too, with its own offset.
func TestBuilderValueFault(t *testing.T) {
	_, err := new(bsoncore.Builder).RawDocument("a", unhex("0500000001")).Document()
	var inner *bsoncore.SyntaxError
	if !errors.As(err, &inner) {
		t.Fatalf("error is %T", err)
	}
	compare(t, fault(*inner), fault{0, "", bsoncore.ErrTerminator})
}

func TestBuilderDocument(t *testing.T) {
	var b bsoncore.Builder
	doc, err := b.Document()
	if err != nil || !bytes.Equal(doc, whole("")) {
		t.Errorf("no elements: %x, %v", doc, err)
	}
	again, err := b.Document()
	if err != nil || !bytes.Equal(doc, again) {
		t.Errorf("the second time: %x, %v", again, err)
	}
	_ = append(again, 1)
	_, err = b.Null("a").Document()
	wantValue(t, err, fault{5, "/a", bsoncore.ErrMisuse})
	if !bytes.Equal(doc, whole("")) {
		t.Errorf("misuse changed the document to %x", doc)
	}
	b.Reset()
	b.BeginArray("a")
	for range 101 {
		b.Null("")
	}
	doc, err = b.End().Document()
	if err != nil {
		t.Fatal(err)
	}
	if err := (bsoncore.ValidateOptions{RejectWrongArrayKeys: true}).Validate(doc); err != nil {
		t.Error(err)
	}
}

// TestBuilderTooLarge holds that a document may have as many bytes as the
// limit, all final NULs included, and not one more.
func TestBuilderTooLarge(t *testing.T) {
	all := slices.Clone(writers)
	for _, code := range []string{"", "f()"} {
		empty := all[0]
		empty.name = "code with an empty scope"
		empty.build = func(b *bsoncore.Builder) *bsoncore.Builder { return b.BeginCodeWithScope("a", code).End() }
		all = append(all, empty)
	}
	for _, tc := range all {
		build := func(limit int) (bsoncore.Document, error) {
			b := bsoncore.Builder{MaxDocumentSize: limit}
			return tc.build(b.BeginArray("in").BeginDocument("")).End().End().Document()
		}
		doc, err := build(1000)
		if err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		same, err := build(len(doc))
		if err != nil || !bytes.Equal(doc, same) {
			t.Errorf("%s: at the limit: %v", tc.name, err)
		}
		for _, limit := range []int{1, len(doc) - 1} {
			if _, err := build(limit); !errors.Is(err, bsoncore.ErrTooLarge) {
				t.Errorf("%s: over the limit of %d: %v", tc.name, limit, err)
			}
		}
	}
}
