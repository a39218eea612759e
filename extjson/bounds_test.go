package extjson_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// nested returns a document of depth levels. The innermost has n nulls.
func nested(depth, n int) []byte {
	doc, mark := bsoncore.Begin(nil)
	for i := range n {
		doc = bsoncore.AppendNull(doc, string(rune('a'+i%26)))
	}
	doc = bsoncore.End(doc, mark)
	for range depth - 1 {
		var outer []byte
		outer, mark = bsoncore.Begin(nil)
		doc = bsoncore.End(bsoncore.AppendDocument(outer, "d", doc), mark)
	}
	return doc
}

// Indentation stops growing at 64 levels, so that nesting does not multiply the
// text.
func TestIndentDepth(t *testing.T) {
	const levels = 64
	doc := nested(500, 1000)
	text, err := extjson.EncodeOptions{Indent: "\t"}.AppendJSON(nil, doc)
	if err != nil {
		t.Fatal(err)
	}
	deepest := 0
	for line := range bytes.Lines(text) {
		deepest = max(deepest, len(line)-len(bytes.TrimLeft(line, "\t")))
	}
	if deepest != levels {
		t.Errorf("the deepest line has %d indentations, want %d", deepest, levels)
	}
	back, err := extjson.AppendBSON(nil, text)
	if err != nil || !bytes.Equal(back, doc) {
		t.Errorf("indented text does not come back: %v", err)
	}
	again, err := extjson.Indent(nil, text, "\t")
	if err != nil || !bytes.Equal(again, text) {
		t.Errorf("Indent changes a text of EncodeOptions.Indent: %v", err)
	}
}

// A replaced byte does not come back, so RejectLossy rejects it.
func TestReplacedIsLossy(t *testing.T) {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendString(doc, "s", "a\xffb"), mark)
	o := extjson.EncodeOptions{InvalidUTF8: bson.UTF8Replace}
	if _, err := o.AppendJSON(nil, doc); err != nil {
		t.Errorf("UTF8Replace: %v", err)
	}
	o.RejectLossy = true
	if text, err := o.AppendJSON(nil, doc); !errors.Is(err, extjson.ErrLossy) {
		t.Errorf("UTF8Replace with RejectLossy: %s, %v, want ErrLossy", text, err)
	}
}

// A counter is an endless text that counts its bytes.
type counter struct {
	head string
	fill byte
	n    int64
}

func (c *counter) Read(p []byte) (int, error) {
	n := copy(p, c.head)
	c.head = c.head[n:]
	for i := n; i < len(p); i++ {
		p[i] = c.fill
	}
	c.n += int64(len(p))
	return len(p), nil
}

// A text in a wrapper that cannot become valid is an error before its end.
func TestEndlessWrapperText(t *testing.T) {
	for _, tc := range []struct {
		head string
		want error
	}{
		{`{"a":{"$numberLong":"1`, extjson.ErrNumberLen},
		{`{"a":{"$numberDecimal":"1`, extjson.ErrNumberLen},
		{`{"a":{"$numberDouble":"1`, extjson.ErrNumberLen},
		{`{"a":1`, extjson.ErrNumberLen},
		{`{"a":{"$oid":"1`, extjson.ErrWrapperText},
		{`{"a":{"$date":"1`, extjson.ErrWrapperText},
		{`{"a":{"$uuid":"1`, extjson.ErrWrapperText},
		{`{a:.1`, extjson.ErrNumberLen},
		{`{a:+1`, extjson.ErrNumberLen},
		{`{a:0x1`, extjson.ErrNumberLen},
		{`{a:Double(1`, extjson.ErrNumberLen},
		{`{a:LUUID("1`, extjson.ErrWrapperText},
		{`{a:Binary(Buffer.from("","1`, extjson.ErrWrapperText},
		{`{a:Binary(Buffer.from([1`, extjson.ErrNumberLen},
		{`{a:Binary.fromFloat32Array(new Float32Array([1`, extjson.ErrNumberLen},
		{`{a:Binary.fromInt8Array(new Int8Array([1`, extjson.ErrNumberLen},
		{`{a:Binary.fromPackedBits(new Uint8Array([1]),1`, extjson.ErrNumberLen},
	} {
		r := &counter{head: tc.head, fill: '1'}
		d := extjson.DecodeOptions{Shell: true}.NewDecoder(r)
		if d.Next() || !errors.Is(d.Err(), tc.want) {
			t.Errorf("%s…: %v, want %v", tc.head, d.Err(), tc.want)
		}
		if r.n > 1<<20 {
			t.Errorf("%s…: %d bytes were read before the error", tc.head, r.n)
		}
	}
}

// The elements of a vector count for the size of the document before the vector
// ends.
func TestLongVector(t *testing.T) {
	const limit = 1 << 18
	for _, head := range []string{"Binary.fromFloat32Array(new Float32Array([", "Binary.fromInt8Array(new Int8Array([", "Binary(Buffer.from(["} {
		r := strings.NewReader("{a:" + head + strings.Repeat("0,", 2*limit))
		d := extjson.DecodeOptions{Shell: true, MaxDocumentSize: limit}.NewDecoder(r)
		if d.Next() || !errors.Is(d.Err(), bson.ErrTooLarge) {
			t.Errorf("%s: %v, want ErrTooLarge", head, d.Err())
		}
	}
}

// An endless text is read only up to the limit.
func TestEndlessBlanks(t *testing.T) {
	const limit = 8 << 20
	r := &counter{head: `{"a":`, fill: ' '}
	d := extjson.DecodeOptions{MaxTextSize: limit}.NewDecoder(r)
	if d.Next() || !errors.Is(d.Err(), bson.ErrTooLarge) {
		t.Errorf("%v, want ErrTooLarge", d.Err())
	}
	if r.n > limit+1<<20 {
		t.Errorf("%d bytes were read, with a limit of %d", r.n, limit)
	}
}
