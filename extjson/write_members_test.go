package extjson_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/race"
	"github.com/bsonkit/bsonkit/internal/sample"
)

func TestSortKeys(t *testing.T) {
	doc := document(t, "0a 6200 03 6100 0f000000 0a 7a00 0a 7900 0a c3a900 00 04 4200 0c000000 10 3000 01000000 00 08 6200 01 0a 00")
	want := `{"":null,"B":[1],"a":{"y":null,"z":null,"é":null},"b":null,"b":true}`
	got, err := encode(t, extjson.EncodeOptions{SortKeys: true}, doc)
	wantText(t, got, err, want)
	for _, doc := range sample.Documents(sample.Wild, 3, 300) {
		sorted, err := extjson.EncodeOptions{SortKeys: true, Mode: extjson.Canonical}.AppendJSON(nil, doc)
		if err != nil {
			t.Fatal(err)
		}
		back, err := extjson.AppendBSON(nil, sorted)
		if err != nil || len(back) != len(doc) {
			t.Fatalf("%s comes back as %x, %v", sorted, back, err)
		}
		again, err := extjson.EncodeOptions{Mode: extjson.Canonical}.AppendJSON(nil, back)
		if err != nil || !bytes.Equal(again, sorted) {
			t.Fatalf("the second time %s is sorted as %s, %v", sorted, again, err)
		}
	}
	// A fault has its place in the document.
	_, err = encode(t, extjson.EncodeOptions{SortKeys: true}, document(t, "0a 6200 02 6100 02000000 ff00"))
	wantFault(t, err, fault{Offset: 14, Pointer: "/a", Err: bson.ErrUTF8})
	_, err = encode(t, extjson.EncodeOptions{SortKeys: true}, document(t, "0a 6200 99 6100"))
	wantFault(t, err, fault{Offset: 7, Pointer: "/a", Err: bson.ErrType})
}

func TestMaxLen(t *testing.T) {
	doc := document(t, "10 6100 01000000 04 6200 14000000 10 3000 01000000 03 3100 05000000 00 00 02 6300 06000000 68656c6c6f00")
	for _, tc := range []struct {
		max  int
		want string
	}{
		{1, `{"$truncated":true}`},
		{19, `{"$truncated":true}`},
		{24, `{"$truncated":true}`},
		{25, `{"a":1,"$truncated":true}`},
		{27, `{"a":1,"$truncated":true}`},
		{100, `{"a":1,"b":[1,{}],"c":"hello"}`},
		{30, `{"a":1,"b":[1,{}],"c":"hello"}`},
		{29, `{"a":1,"$truncated":true}`},
	} {
		got, err := encode(t, extjson.EncodeOptions{MaxLen: tc.max}, doc)
		wantText(t, got, err, tc.want)
	}
	got, err := encode(t, extjson.EncodeOptions{MaxLen: 50}, document(t, "04 6100 1a000000 10 3000 01000000 10 3100 01000000 10 3200 01000000 00 02 6200 21000000"+strings.Repeat("78", 32)+"00"))
	wantText(t, got, err, `{"a":[1,1,1],"$truncated":true}`)
	for _, mix := range []sample.Mix{sample.Wild, sample.Collection} {
		for i, doc := range sample.Documents(mix, 11, 200) {
			for _, o := range []extjson.EncodeOptions{
				{}, {Mode: extjson.Canonical, Indent: "  "}, {Spacing: extjson.LibbsonSpacing, SortKeys: true},
				{Mode: extjson.Plain, Lossy: true}, {ASCII: true, Spacing: extjson.PythonSpacing},
			} {
				whole, err := o.AppendJSON(nil, doc)
				if err != nil {
					t.Fatal(err)
				}
				for _, n := range []int{1, 2, 24, 50, 100, 200, len(whole) - 1, len(whole), len(whole) + 1} {
					if n < 24 { // no more than the mark
						o.MaxLen = n
						if got, err := o.AppendJSON(nil, doc); err != nil || len(got) > 24 || len(whole) > 24 && !bytes.Contains(got, []byte(`$truncated`)) {
							t.Fatalf("document %d, %+v: %s, %v, want the mark alone", i, o, got, err)
						}
						continue
					}
					o.MaxLen = n
					got, err := o.AppendJSON(nil, doc)
					switch {
					case err != nil:
						t.Fatal(err)
					case len(got) > n:
						t.Fatalf("document %d, %+v: %d bytes: %s", i, o, len(got), got)
					case !json.Valid(got):
						t.Fatalf("document %d, %+v: %s is not JSON", i, o, got)
					case (string(got) == string(whole)) != (len(whole) <= n):
						t.Fatalf("document %d, %+v: %s\nwant %s", i, o, got, whole)
					case len(whole) > n && bytes.Count(got, []byte(`$truncated`)) != 1:
						t.Fatalf("document %d, %+v: %s has no mark", i, o, got)
					}
				}
				o.MaxLen = 0
			}
		}
	}
}

// TestMaxLenEachLength: for every limit and in every mode, the text can be read,
// starts like the text without a limit, and is at most as long as the limit or the
// mark.
func TestMaxLenEachLength(t *testing.T) {
	var docs [][]byte
	for _, doc := range sample.Documents(sample.Wild, 29, 60) {
		if len(doc) < 300 && len(doc) > 5 { // {} cannot be cut
			docs = append(docs, doc)
		}
	}
	for _, o := range []extjson.EncodeOptions{
		{}, {Mode: extjson.Canonical}, {Mode: extjson.SemiRelaxed, SortKeys: true}, {Mode: extjson.Plain, Lossy: true},
		{Mode: extjson.Legacy, StrictNumberLong: true}, {Mode: extjson.Shell},
		{Spacing: extjson.PythonSpacing, ASCII: true}, {Spacing: extjson.LibbsonSpacing, EscapeHTML: true},
		{Indent: "  "}, {Mode: extjson.Shell, Indent: "\t", Spacing: extjson.LibbsonSpacing},
	} {
		in := extjson.DecodeOptions{Legacy: o.Mode == extjson.Legacy, Shell: o.Mode == extjson.Shell}
		mark, err := o.AppendJSON(nil, document(t, "08 247472756e636174656400 01")) // {"$truncated": true}
		if err != nil {
			t.Fatal(err)
		}
		for _, doc := range docs {
			o.MaxLen = 0
			whole, err := o.AppendJSON(nil, doc)
			if err != nil {
				t.Fatal(err)
			}
			for n := 1; n <= len(whole)+1; n += race.Slowdown {
				o.MaxLen = n
				got, err := o.AppendJSON(nil, doc)
				if err != nil {
					t.Fatal(err)
				}
				if len(whole) <= n {
					wantText(t, string(got), nil, string(whole))
					continue
				}
				if len(got) > max(n, len(mark)) {
					t.Errorf("limit %d: %d bytes: %s", n, len(got), got)
				}
				before, _, found := strings.Cut(string(got), `"$truncated"`)
				before = strings.TrimRight(before, "{ \t\n,")
				if !found || !strings.HasPrefix(string(whole), before) {
					t.Errorf("limit %d: %s\nis not the start of %s", n, got, whole)
				}
				if _, err := in.AppendBSON(nil, got); err != nil && o.Mode != extjson.Plain {
					t.Errorf("limit %d: %s: %v", n, got, err)
				}
				if o.Mode != extjson.Shell && !json.Valid(got) {
					t.Errorf("limit %d: %s is not JSON", n, got)
				}
			}
		}
	}
}

// TestMaxLenFits: a text as long as the limit is not cut, and a text of one more byte
// is cut, also with keys longer than the written text and with indentation that has
// stopped growing.
func TestMaxLenFits(t *testing.T) {
	ints := func(n int) []byte {
		dst, array := bsoncore.BeginArray(nil, "")
		for i := range n {
			dst = bsoncore.AppendInt32(dst, strconv.Itoa(i), 1)
		}
		return bsoncore.End(dst, array)[2:]
	}
	nested := func(levels int) []byte {
		value := []byte("\x05\x00\x00\x00\x00")
		for i := range levels {
			dst, mark := bsoncore.Begin(nil)
			dst = bsoncore.AppendHeader(dst, []bson.Type{bson.TypeDocument, bson.TypeArray}[i%2], "0")
			value = bsoncore.End(append(dst, value...), mark)
		}
		return value
	}
	field := func(t bson.Type, value []byte) []byte {
		dst, mark := bsoncore.Begin(nil)
		return bsoncore.End(append(bsoncore.AppendHeader(dst, t, "a"), value...), mark)
	}
	docs := map[string][]byte{
		"regex":     field(bson.TypeRegex, []byte("x\x00"+strings.Repeat("i", 40)+"\x00")),
		"dbPointer": field(bson.TypeDBPointer, []byte("\x02\x00\x00\x00b\x00abcdefghijkl")),
		"code":      field(bson.TypeCode, []byte("\x02\x00\x00\x00c\x00")),
		"long key": bsoncore.End(func() ([]byte, int) {
			dst, mark := bsoncore.Begin(nil)
			return bsoncore.AppendNull(dst, strings.Repeat("k", 5000)), mark
		}()),
		"no members": {5, 0, 0, 0, 0},
	}
	for _, n := range []int{500, 1000, 1001, 1500, 100_001} {
		docs[fmt.Sprint(n, " elements")] = field(bson.TypeArray, ints(n))
	}
	for _, n := range []int{62, 63, 64, 65, 66, 67, 200, 990} {
		docs[fmt.Sprint(n, " levels")] = nested(n)
	}
	for name, doc := range docs {
		for _, o := range []extjson.EncodeOptions{
			{}, {Mode: extjson.Canonical, Indent: "  "}, {Spacing: extjson.LibbsonSpacing, Indent: "\t"}, {SortKeys: true, Indent: " "},
			{Mode: extjson.Plain, Lossy: true}, {Mode: extjson.Shell},
		} {
			whole, err := o.AppendJSON(nil, doc)
			if err != nil {
				t.Fatal(name, err)
			}
			for _, less := range []int{0, 1, 2, 17, 40, 100, len(whole) / 2} {
				n := len(whole) - less
				if n < 400 && less > 0 {
					continue // even the mark may not fit
				}
				o.MaxLen = n
				got, err := o.AppendJSON(nil, doc)
				switch {
				case err != nil:
					t.Errorf("%s, %+v: %v", name, o, err)
				case (less == 0) != (string(got) == string(whole)):
					t.Errorf("%s, %+v: %d bytes, want %d", name, o, len(got), len(whole))
				case less > 0 && (len(got) > n || !bytes.Contains(got, []byte(`$truncated`))):
					t.Errorf("%s, %+v: %d bytes for a limit of %d, the end is %q", name, o, len(got), n, got[max(len(got)-30, 0):])
				}
			}
			o.MaxLen = 0
		}
	}
}

func TestMaxLenOfValue(t *testing.T) {
	for _, tc := range []struct {
		max  int
		want string
	}{{8, `"hello"`}, {7, `"hello"`}, {6, `{"$truncated":true}`}, {5, `{"$truncated":true}`}, {4, `{"$truncated":true}`}, {1, `{"$truncated":true}`}} {
		for _, indent := range []string{"", " "} {
			got, err := extjson.EncodeOptions{MaxLen: tc.max, Indent: indent}.AppendJSONValue(nil, bson.TypeString, unhex(t, "06000000 68656c6c6f00"))
			wantText(t, string(got), err, tc.want)
		}
	}
}

func TestMaxLenBoundsWork(t *testing.T) {
	big := strings.Repeat("x", 16<<20)
	dst, mark := bsoncore.Begin(nil)
	doc := bsoncore.End(bsoncore.AppendString(bsoncore.AppendInt32(dst, "a", 1), "b", big), mark)
	got, err := extjson.EncodeOptions{MaxLen: 1000}.AppendJSON(nil, doc)
	wantText(t, string(got), err, `{"a":1,"$truncated":true}`)
	if cap(got) > 4096 {
		t.Errorf("%d bytes were allocated", cap(got))
	}
}

// TestIndentWidths: EncodeOptions.Indent writes the same lines as Indent for any
// indentation. Indent copies each indentation separately.
func TestIndentWidths(t *testing.T) {
	text := []byte(strings.Repeat(`{"a":[`, 20) + strings.Repeat(`]}`, 20))
	doc, err := extjson.AppendBSON(nil, text)
	if err != nil {
		t.Fatal(err)
	}
	for width := 1; width <= 40; width++ {
		for _, indent := range []string{strings.Repeat(" ", width), strings.Repeat("\t", width)} {
			want, err := extjson.Indent(nil, text, indent)
			if err != nil {
				t.Fatal(err)
			}
			got, err := extjson.EncodeOptions{Indent: indent}.AppendJSON(nil, doc)
			if err != nil || string(got) != string(want) {
				t.Errorf("%q: %v: got %q, want %q", indent, err, got, want)
			}
		}
	}
}
