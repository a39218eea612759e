package bsontest_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/bsontest"
)

// bsonDocuments reads a stream with package bson.
func bsonDocuments(r io.Reader) (docs []bson.Raw, err error) {
	d := bson.NewDecoder(r)
	for d.Next() {
		docs = append(docs, bytes.Clone(d.Raw()))
	}
	return docs, d.Err()
}

// wantFailure checks that err is nil for want "", or has want in its text.
func wantFailure(t *testing.T, name string, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("%s: %v", name, err)
	case want != "" && err == nil:
		t.Errorf("%s: no error, want one with %q", name, want)
	case want != "" && !strings.HasPrefix(err.Error(), want+": "):
		t.Errorf("%s: %q, want one that starts with %q", name, err, want)
	}
}

var (
	one  = bsoncore.End(bsoncore.AppendInt32([]byte{0, 0, 0, 0}, "a", 7), 0)
	two  = bsoncore.End(bsoncore.AppendString([]byte{0, 0, 0, 0}, "b", "x"), 0)
	errX = errors.New("x")
)

// TestCheckDecode tests decoders that are broken in each way.
func TestCheckDecode(t *testing.T) {
	cut := one[:len(one)-1]
	deep := nested(2000)
	for _, tc := range []struct {
		name   string
		data   []byte
		decode func(data []byte) error
		want   string
	}{
		{"correct", one, bson.Validate, ""},
		{"correct, cut", cut, bson.Validate, ""},
		{"rejects all", one, func([]byte) error { return errX }, "rejected"},
		{"accepts all", cut, func([]byte) error { return nil }, "accepted"},
		{"panics", cut, func(data []byte) error { _ = data[len(data)+1]; return nil }, "panics"},
		{"changes its input", one, func(data []byte) error { data[8]++; return nil }, "input changed"},
		{"changes its input and fails", cut, func(data []byte) error { data[8]++; return errX }, "input changed"},
		{"reads behind its input", cut, func(data []byte) error { return bson.Validate(data[:min(len(one), cap(data))]) }, "accepted"},
		{"deeper than Validate", deep, func([]byte) error { return nil }, ""},
		{"not as deep", deep, func([]byte) error { return errX }, ""},
		{"deep, panics", deep, func([]byte) error { panic("deep") }, "panics"},
	} {
		wantFailure(t, tc.name, bsontest.CheckDecode(tc.data, tc.decode), tc.want)
	}
}

// nested returns a document of n levels.
func nested(n int) []byte {
	dst, mark := bsoncore.Begin(nil)
	marks := []int{mark}
	for range n - 1 {
		dst, mark = bsoncore.BeginDocument(dst, "a")
		marks = append(marks, mark)
	}
	for i := range marks {
		dst = bsoncore.End(dst, marks[len(marks)-1-i])
	}
	return dst
}

// TestCheckRoundTrip tests codecs that change a document, with and without each loss.
func TestCheckRoundTrip(t *testing.T) {
	doc := func(make func(dst []byte) []byte) []byte {
		dst, mark := bsoncore.Begin(nil)
		return bsoncore.End(make(dst), mark)
	}
	ints := func(keys string, values ...int32) []byte {
		return doc(func(dst []byte) []byte {
			for i, v := range values {
				dst = bsoncore.AppendInt32(dst, keys[i:i+1], v)
			}
			return dst
		})
	}
	array := func(keys string) []byte {
		return doc(func(dst []byte) []byte { return bsoncore.AppendArray(dst, "x", ints(keys, 1, 2)) })
	}
	scope := func(inner []byte) []byte {
		return doc(func(dst []byte) []byte { return bsoncore.AppendCodeWithScope(dst, "x", "code", inner) })
	}
	value := func(t bson.Type, data string) []byte {
		return doc(func(dst []byte) []byte { return bsoncore.AppendValue(dst, "x", t, []byte(data)) })
	}
	for _, tc := range []struct {
		name      string
		doc, back []byte
		loss      bsontest.Loss
	}{
		{"array keys", array("57"), array("01"), bsontest.ArrayKeysLost},
		{"array keys in a scope", scope(array("57")), scope(array("01")), bsontest.ArrayKeysLost},
		{"first of two keys", ints("aba", 1, 2, 3), ints("ab", 1, 2), bsontest.DuplicateKeysLost},
		{"last of two keys", ints("aba", 1, 2, 3), ints("ba", 2, 3), bsontest.DuplicateKeysLost},
		{"last of two keys at the first place", ints("aba", 1, 2, 3), ints("ab", 3, 2), bsontest.DuplicateKeysLost},
		{"other order", ints("abc", 1, 2, 3), ints("bca", 2, 3, 1), bsontest.KeyOrderLost},
		{"other width", ints("a", -1), doc(func(dst []byte) []byte { return bsoncore.AppendInt64(dst, "a", -1) }), bsontest.IntWidthLost},
		{"other order of options", value(bson.TypeRegex, "a\x00xi\x00"), value(bson.TypeRegex, "a\x00ix\x00"), bsontest.RegexOrderLost},
		{"other NaN", value(bson.TypeDouble, "\x01\x00\x00\x00\x00\x00\xf8\x7f"), value(bson.TypeDouble, "\x00\x00\x00\x00\x00\x00\xf8\x7f"), bsontest.NaNPayloadsLost},
		{"other decimal", value(bson.TypeDecimal128, "\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x6c"), value(bson.TypeDecimal128, "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x30"), bsontest.DecimalEncodingLost},
		{"other NaN decimal", value(bson.TypeDecimal128, "\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xfc"), value(bson.TypeDecimal128, "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x7c"), bsontest.DecimalEncodingLost},
	} {
		turn := func([]byte) ([]byte, error) { return tc.back, nil }
		wantFailure(t, tc.name+", allowed", bsontest.CheckRoundTrip(tc.doc, turn, tc.loss), "")
		wantFailure(t, tc.name, bsontest.CheckRoundTrip(tc.doc, turn, 0), "changed")
		wantFailure(t, tc.name+", others allowed", bsontest.CheckRoundTrip(tc.doc, turn, 127&^tc.loss), "changed")
		same := func(doc []byte) ([]byte, error) { return doc, nil }
		wantFailure(t, tc.name+", unchanged", bsontest.CheckRoundTrip(tc.doc, same, 127), "")
	}
	const all = bsontest.Loss(127)
	for _, tc := range []struct {
		name string
		turn func(doc []byte) ([]byte, error)
		want string
	}{
		{"other value", func([]byte) ([]byte, error) { return ints("a", 8), nil }, "changed"},
		{"other key", func([]byte) ([]byte, error) { return ints("b", 7), nil }, "changed"},
		{"element lost", func([]byte) ([]byte, error) { return ints(""), nil }, "changed"},
		{"element new", func([]byte) ([]byte, error) { return ints("ab", 7, 7), nil }, "changed"},
		{"other type", func([]byte) ([]byte, error) { return two, nil }, "changed"},
		{"malformed", func(doc []byte) ([]byte, error) { return doc[:len(doc)-1], nil }, "malformed result"},
		{"nothing", func([]byte) ([]byte, error) { return nil, nil }, "malformed result"},
		{"error", func([]byte) ([]byte, error) { return nil, errX }, "rejected"},
		{"panic", func([]byte) ([]byte, error) { panic(1) }, "panics"},
		{"changes the input", func(doc []byte) ([]byte, error) { doc[7]++; return doc, nil }, "input changed"},
	} {
		wantFailure(t, tc.name, bsontest.CheckRoundTrip(ints("a", 7), tc.turn, all), tc.want)
	}
}

// TestDifference checks the part of an error that shows the first difference.
func TestDifference(t *testing.T) {
	inside := func(doc []byte) []byte {
		return bsoncore.End(bsoncore.AppendDocument([]byte{0, 0, 0, 0}, "out/er", doc), 0)
	}
	for _, tc := range []struct {
		a, b []byte
		want string
	}{
		{inside(one), inside(two), `key is "b" in "/out~1er", want "a"`},
		{inside(one), inside(inside(one)), `key is "out/er" in "/out~1er", want "a"`},
		{inside(one), inside(bsoncore.End([]byte{0, 0, 0, 0}, 0)), `element "a" is missing in "/out~1er"`},
		{bsoncore.End([]byte{0, 0, 0, 0}, 0), one, `element "a" is new in ""`},
		{one, bsoncore.End(bsoncore.AppendNull([]byte{0, 0, 0, 0}, "a"), 0), `/a is of type null, want int`},
		{one, bsoncore.End(bsoncore.AppendInt32([]byte{0, 0, 0, 0}, "a", 8), 0), `/a is int 08000000, want 07000000`},
	} {
		err := bsontest.CheckRoundTrip(tc.a, func([]byte) ([]byte, error) { return tc.b, nil }, 0)
		if err == nil || !strings.HasSuffix(err.Error(), tc.want) {
			t.Errorf("%v, want the end %q", err, tc.want)
		}
	}
}

// TestCheckAppend tests functions that append in a wrong way.
func TestCheckAppend(t *testing.T) {
	type function = func(dst []byte) ([]byte, error)
	calls := 0
	kept := make([]byte, 3)
	for _, tc := range []struct {
		name string
		f    function
		want string
	}{
		{"correct", func(dst []byte) ([]byte, error) { return append(dst, one...), nil }, ""},
		{"correct, fails", func(dst []byte) ([]byte, error) { return append(dst, 1)[:len(dst)], errX }, ""},
		{"forgets dst", func([]byte) ([]byte, error) { return one, nil }, "another result"},
		{"writes at the start", func(dst []byte) ([]byte, error) { return append(dst[:0], one...), nil }, "dst changed"},
		{"keeps half a result", func(dst []byte) ([]byte, error) { return append(dst, 1), errX }, "result with an error"},
		{"keeps half a result behind others", func(dst []byte) ([]byte, error) {
			if len(dst) > 0 {
				dst = append(dst, 1)
			}
			return dst, errX
		}, "another result"},
		{"nil with an error", func([]byte) ([]byte, error) { return nil, errX }, "another result"},
		{"fails without capacity", func(dst []byte) ([]byte, error) {
			if cap(dst)-len(dst) < 20 && len(dst) > 0 {
				return dst, errX
			}
			return append(dst, one...), nil
		}, "another error"},
		{"other text", func(dst []byte) ([]byte, error) { calls++; return dst, errors.New(strings.Repeat("x", calls)) }, "another error"},
		{"loses dst when it grows", func(dst []byte) ([]byte, error) {
			if cap(dst)-len(dst) < len(one) {
				return append(make([]byte, len(dst)), one...), nil
			}
			return append(dst, one...), nil
		}, "another result"},
		{"aliases a buffer", func(dst []byte) ([]byte, error) { kept[0]++; return append(dst, kept...), nil }, "another result"},
		{"uses capacity", func(dst []byte) ([]byte, error) { return append(dst, dst[:cap(dst)][len(dst):]...), nil }, "another result"},
		{"panics", func(dst []byte) ([]byte, error) { return dst[:len(dst)+1], nil }, "panics"},
	} {
		wantFailure(t, tc.name, bsontest.CheckAppend(tc.f), tc.want)
	}
}

// TestCheckStream tests readers that are broken in each way.
func TestCheckStream(t *testing.T) {
	stream := bytes.Repeat(append(bytes.Clone(one), two...), 3)
	inner := bytes.Clone(stream)
	inner[4] = 0x14 // an unknown type in the first document
	all := func(r io.Reader) []byte { data, _ := io.ReadAll(r); return data }
	type read = func(r io.Reader) ([]bson.Raw, error)
	for _, tc := range []struct {
		name string
		data []byte
		read read
		want string
	}{
		{"correct", stream, bsonDocuments, ""},
		{"correct, empty", nil, bsonDocuments, ""},
		{"correct, cut", stream[:len(stream)-2], bsonDocuments, ""},
		{"correct, cut in a length", stream[:len(one)+2], bsonDocuments, ""},
		{"correct, other bytes", append(bytes.Clone(one), "other bytes"...), bsonDocuments, ""},
		{"not validated", inner, bsonDocuments, ""},
		{"validated", inner, func(r io.Reader) ([]bson.Raw, error) {
			docs, err := bsonDocuments(r)
			if err == nil || len(docs) > 0 {
				return nil, errors.Join(errX, err)
			}
			return docs, err
		}, ""},
		{"rejects all", stream, func(io.Reader) ([]bson.Raw, error) { return nil, errX }, "rejected"},
		{"loses a document", stream, func(r io.Reader) ([]bson.Raw, error) {
			docs, err := bsonDocuments(r)
			return docs[:max(len(docs)-1, 0)], err
		}, "other documents"},
		{"a document twice", stream, func(r io.Reader) ([]bson.Raw, error) {
			docs, err := bsonDocuments(r)
			return append(docs, docs[:min(len(docs), 1)]...), err
		}, "other documents"},
		{"its memory used again", stream, func(r io.Reader) (docs []bson.Raw, err error) {
			d := bson.NewDecoder(r)
			for d.Next() {
				docs = append(docs, d.Raw())
			}
			return docs, d.Err()
		}, "other documents in pieces"},
		{"end in a document", stream[:len(stream)-2], func(r io.Reader) ([]bson.Raw, error) {
			docs, err := bsonDocuments(r)
			if errors.Is(err, io.ErrUnexpectedEOF) {
				err = nil
			}
			return docs, err
		}, "accepted"},
		{"one Read for all", stream, func(r io.Reader) ([]bson.Raw, error) {
			buf := make([]byte, 1000)
			n, _ := r.Read(buf)
			return bsonDocuments(bytes.NewReader(buf[:n]))
		}, "another error in pieces"},
		{"an empty read is the end", stream, func(r io.Reader) ([]bson.Raw, error) {
			return bsonDocuments(readerFunc(func(b []byte) (int, error) {
				n, err := r.Read(b)
				if n == 0 && err == nil {
					err = io.EOF
				}
				return n, err
			}))
		}, "other documents in pieces"},
		{"bytes with io.EOF ignored", stream, func(r io.Reader) ([]bson.Raw, error) {
			return bsonDocuments(readerFunc(func(b []byte) (int, error) {
				n, err := r.Read(b)
				if err != nil {
					n = 0
				}
				return n, err
			}))
		}, "other documents in pieces"},
		{"error is the end", stream, func(r io.Reader) ([]bson.Raw, error) { return bsonDocuments(bytes.NewReader(all(r))) }, "error of the reader lost"},
		{"another error", stream, func(r io.Reader) ([]bson.Raw, error) {
			docs, err := bsonDocuments(r)
			if err != nil {
				err = errX
			}
			return docs, err
		}, "error of the reader lost"},
		{"documents after the error", stream, func(r io.Reader) ([]bson.Raw, error) {
			docs, err := bsonDocuments(r)
			if err != nil {
				docs = append(docs, two)
			}
			return docs, err
		}, "other documents before an error"},
		{"panics", stream, func(io.Reader) ([]bson.Raw, error) { panic("x") }, "panics"},
		{"panics at an error", stream, func(r io.Reader) ([]bson.Raw, error) {
			docs, err := bsonDocuments(r)
			if err != nil {
				panic(err)
			}
			return docs, nil
		}, "panics"},
	} {
		wantFailure(t, tc.name, bsontest.CheckStream(tc.data, tc.read), tc.want)
	}
}

// A readerFunc is a function as a reader.
type readerFunc func(b []byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }
