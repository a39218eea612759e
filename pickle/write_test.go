package pickle_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/objectid"
	"github.com/bsonkit/bsonkit/pickle"
)

// golden has the pickles of the example by CPython 3.7 to 3.13, by protocol.
var golden = []string{
	"63636f70795f7265670a5f7265636f6e7374727563746f720a70300a286362736f6e2e6f626a65637469640a4f626a65637449640a70310a635f5f6275696c74696e5f5f0a" +
		"6f626a6563740a70320a4e7470330a5270340a635f636f646563730a656e636f64650a70350a2856507f1f77bcf86cd7994390110a70360a566c6174696e310a70370a7470380a5270390a622e",
	"63636f70795f7265670a5f7265636f6e7374727563746f720a7100286362736f6e2e6f626a65637469640a4f626a65637449640a7101635f5f6275696c74696e5f5f0a" +
		"6f626a6563740a71024e747103527104635f636f646563730a656e636f64650a7105285811000000507f1f77c2bcc3b86cc397c29943c29011710658060000006c6174696e317107747108527109622e",
	"80026362736f6e2e6f626a65637469640a4f626a65637449640a710029817101635f636f646563730a656e636f64650a71025811000000507f1f77c2bcc3b86cc397c29943" +
		"c29011710358060000006c6174696e317104867105527106622e",
	"80036362736f6e2e6f626a65637469640a4f626a65637449640a710029817101430c507f1f77bcf86cd7994390117102622e",
	"80049531000000000000008c0d62736f6e2e6f626a6563746964948c084f626a6563744964949394298194430c507f1f77bcf86cd79943901194622e",
	"80059531000000000000008c0d62736f6e2e6f626a6563746964948c084f626a6563744964949394298194430c507f1f77bcf86cd79943901194622e",
}

func TestGoldenObjectID(t *testing.T) {
	for i, p := range protocols {
		got, err := pickle.EncodeOptions{Protocol: p}.MarshalObjectID(example)
		if err != nil || hex.EncodeToString(got) != golden[i] {
			t.Errorf("protocol %d: %v (-want +got):\n%s", i, err, cmp.Diff(golden[i], hex.EncodeToString(got)))
		}
	}
	got, err := pickle.MarshalObjectID(example)
	if err != nil || hex.EncodeToString(got) != golden[2] {
		t.Errorf("default protocol: %x, %v", got, err)
	}
}

// TestObjectIDRoutes checks that the templates give the same bytes as the writer
// for documents, and that the readers agree.
func TestObjectIDRoutes(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 2))
	special := []byte{0, '\n', '\r', 0x1a, '\\', '\'', 0x7f, 0x80, 0xbf, 0xc0, 0xff}
	for i := range 3000 {
		var id objectid.ID
		for j := range id {
			id[j] = byte(r.Uint32())
			if i%3 == 0 {
				id[j] = special[r.IntN(len(special))]
			}
		}
		for _, p := range protocols {
			o := pickle.EncodeOptions{Protocol: p}
			data, err := o.AppendObjectID([]byte("before"), id)
			if err != nil {
				t.Fatal(err)
			}
			value, err := o.AppendPickleValue([]byte("before"), bson.TypeObjectID, id[:])
			if err != nil || string(value) != string(data) {
				t.Fatalf("%v, protocol %d: AppendObjectID %q, AppendPickleValue %q, %v", id, p, data, value, err)
			}
			if back, err := pickle.UnmarshalObjectID(data[6:]); err != nil || back != id {
				t.Fatalf("%v, protocol %d: read as %v, %v", id, p, back, err)
			}
		}
	}
}

// TestGoldenVectors checks that we write the bytes of Python 3.13, for the types of
// the values that PyMongo's decoder makes.
func TestGoldenVectors(t *testing.T) {
	same := 0
	for _, v := range loadVectors(t) {
		if v.Expected == nil || !strings.HasPrefix(v.Writer, "py3.13") || !asDecoded(v.Type, v.Protocol) {
			continue
		}
		value, typ, err := pickle.AppendBSONValue(nil, v.data(t))
		if err != nil {
			t.Fatal(err)
		}
		o := pickle.EncodeOptions{Protocol: protocols[v.Protocol]}
		if strings.HasPrefix(v.Type, "SON") && v.Type != "SON:doc" {
			o.Documents = pickle.SON
		}
		got, err := o.AppendPickleValue(nil, typ, value)
		if err != nil {
			t.Errorf("%s: %v", v.Type, err)
			continue
		}
		if diff := cmp.Diff(string(v.data(t)), string(got)); diff != "" {
			t.Errorf("%s, protocol %d (-want +got):\n%s", v.Type, v.Protocol, diff)
		}
		same++
	}
	if same < 500 {
		t.Errorf("%d vectors compared, want 500 or more", same)
	}
}

// asDecoded reports whether a value of a vector has the class to which PyMongo
// decodes BSON, and whether we write it as CPython does. Before protocol 2 we write
// Code in another form, for Python 2.
func asDecoded(name string, protocol int) bool {
	class, detail, _ := strings.Cut(name, ":")
	switch class {
	case "ObjectId":
		return detail != "dict-key" && detail != "list-same-twice" && detail != "tuple"
	case "Binary": // PyMongo decodes subtype 0 to bytes
		return detail != "0" && detail != "300" && detail != "empty"
	case "Code":
		return protocol >= 2
	case "DatetimeMS":
		return detail == "max"
	case "datetime":
		return strings.HasPrefix(detail, "naive")
	case "int": // larger ones are Int64
		return len(strings.TrimPrefix(detail, "-")) < 10
	case "list":
		return detail != "shared"
	case "SON":
		return detail != "doc" // the inner documents are dicts
	case "DBRef", "Decimal128", "Int64", "MaxKey", "MinKey", "MinMaxKey", "None", "Timestamp", "bool", "bytes", "dict", "float", "text", "docs":
		return true
	}
	return false
}

func doc(t *testing.T, text string) []byte {
	t.Helper()
	doc, err := extjson.AppendBSON(nil, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestWriteRefuses(t *testing.T) {
	duplicate, mark := bsoncore.Begin(nil)
	duplicate = bsoncore.AppendInt32(bsoncore.AppendInt32(duplicate, "a", 1), "a", 2)
	duplicate = bsoncore.End(duplicate, mark)
	nested, mark := bsoncore.Begin(nil)
	nested = bsoncore.AppendDocument(bsoncore.AppendInt32(nested, "a", 1), "b", doc(t, `{"a":1}`))
	nested = bsoncore.End(bsoncore.AppendInt32(nested, "a", 2), mark)
	badKey, mark := bsoncore.Begin(nil)
	badKey = bsoncore.End(bsoncore.AppendInt32(badKey, "\xff", 1), mark)
	badIndex := document(func(dst []byte) []byte {
		return bsoncore.AppendArray(dst, "a", document(func(dst []byte) []byte {
			return bsoncore.AppendInt32(bsoncore.AppendNull(dst, "0"), "1\xff", 1)
		}))
	})
	badText, mark := bsoncore.Begin(nil)
	badText = bsoncore.End(bsoncore.AppendString(badText, "a", "x\xff"), mark)
	regexTwice, mark := bsoncore.Begin(nil)
	regexTwice = bsoncore.End(bsoncore.AppendRegex(regexTwice, "a", "x", "ii"), mark)
	far, mark := bsoncore.Begin(nil)
	far = bsoncore.End(bsoncore.AppendDateTime(far, "a", math.MaxInt64), mark)
	var deep []byte
	for range 1001 {
		inner := deep
		deep, mark = bsoncore.Begin(nil)
		if inner != nil {
			deep = bsoncore.AppendDocument(deep, "a", inner)
		}
		deep = bsoncore.End(deep, mark)
	}
	// ref returns a document with a DBRef, and a field x after it.
	ref := func(collection string, id bson.Type, db string, x bson.Type) []byte {
		return document(func(dst []byte) []byte {
			return bsoncore.AppendDocument(dst, "a", document(func(dst []byte) []byte {
				dst = bsoncore.AppendHeader(bsoncore.AppendString(dst, "$ref", collection), id, "$id")
				return bsoncore.AppendHeader(bsoncore.AppendString(dst, "$db", db), x, "x")
			}))
		})
	}
	var valueError *bson.ValueError
	var syntaxError *bson.SyntaxError
	for _, tc := range []struct {
		name    string
		o       pickle.EncodeOptions
		doc     []byte
		want    error
		offset  int64
		pointer string
	}{
		{"undefined", pickle.EncodeOptions{}, doc(t, `{"x":1,"a":{"$undefined":true}}`), pickle.ErrNoClass, 11, "/a"},
		{"symbol", pickle.EncodeOptions{}, doc(t, `{"a":{"$symbol":"s"}}`), pickle.ErrNoClass, 4, "/a"},
		{"dbPointer", pickle.EncodeOptions{}, doc(t, `{"a":[{"$dbPointer":{"$ref":"c","$id":{"$oid":"507f1f77bcf86cd799439011"}}}]}`), pickle.ErrNoClass, 11, "/a/0"},
		{"regex letter", pickle.EncodeOptions{}, doc(t, `{"a":{"$regularExpression":{"pattern":"x","options":"g"}}}`), pickle.ErrNoClass, 4, "/a"},
		{"regex letter twice", pickle.EncodeOptions{}, regexTwice, pickle.ErrNoClass, 4, "/a"},
		{"duplicate key", pickle.EncodeOptions{}, duplicate, bson.ErrDuplicateKey, 11, "/a"},
		{"duplicate key around another", pickle.EncodeOptions{}, nested, bson.ErrDuplicateKey, 26, "/a"},
		{"far date", pickle.EncodeOptions{Reader: pickle.Python2}, far, pickle.ErrReader, 4, "/a"},
		{"key", pickle.EncodeOptions{}, badKey, bson.ErrUTF8, 5, "/\ufffd"},
		{"text", pickle.EncodeOptions{}, badText, bson.ErrUTF8, 12, "/a"},
		{"pattern", pickle.EncodeOptions{}, document(func(dst []byte) []byte { return bsoncore.AppendRegex(dst, "a", "x\xff", "") }), bson.ErrUTF8, 8, "/a"},
		{"code", pickle.EncodeOptions{}, document(func(dst []byte) []byte { return bsoncore.AppendCode(dst, "a", "\xff") }), bson.ErrUTF8, 11, "/a"},
		{"code with scope", pickle.EncodeOptions{}, document(func(dst []byte) []byte {
			return bsoncore.AppendCodeWithScope(dst, "a", "\xff", doc(t, "{}"))
		}), bson.ErrUTF8, 15, "/a"},
		{"scope", pickle.EncodeOptions{}, doc(t, `{"a":{"$code":"","$scope":{"b":{"$undefined":true}}}}`), pickle.ErrNoClass, 20, "/a/b"},
		{"$ref", pickle.EncodeOptions{}, ref("\xff", bson.TypeNull, "d", bson.TypeNull), bson.ErrUTF8, 21, "/a/$ref"},
		{"$id", pickle.EncodeOptions{}, ref("c", bson.TypeUndefined, "d", bson.TypeNull), pickle.ErrNoClass, 23, "/a/$id"},
		{"$db", pickle.EncodeOptions{}, ref("c", bson.TypeNull, "\xff", bson.TypeNull), bson.ErrUTF8, 37, "/a/$db"},
		{"beside $ref", pickle.EncodeOptions{}, ref("c", bson.TypeNull, "d", bson.TypeUndefined), pickle.ErrNoClass, 39, "/a/x"},
		{"namespace", pickle.EncodeOptions{Deprecated: pickle.Convert}, document(func(dst []byte) []byte {
			return bsoncore.AppendDBPointer(dst, "a", "\xff", example)
		}), bson.ErrUTF8, 11, "/a"},
		{"symbol", pickle.EncodeOptions{Deprecated: pickle.Convert}, document(func(dst []byte) []byte {
			return bsoncore.AppendSymbol(dst, "a", "x\xff")
		}), bson.ErrUTF8, 12, "/a"},
		{"key of an array", pickle.EncodeOptions{}, badIndex, bson.ErrUTF8, 16, "/a/1\ufffd"},
		{"depth", pickle.EncodeOptions{}, deep, bson.ErrDepth, -1, ""},
		{"depth", pickle.EncodeOptions{MaxDepth: 1}, doc(t, `{"a":{}}`), bson.ErrDepth, 4, "/a"},
		{"truncated", pickle.EncodeOptions{}, duplicate[:9], bson.ErrTruncated, 9, ""},
		{"empty", pickle.EncodeOptions{}, nil, bson.ErrTruncated, 0, ""},
	} {
		got, err := tc.o.AppendPickle([]byte("before"), tc.doc)
		if !errors.Is(err, tc.want) || string(got) != "before" {
			t.Errorf("%s: %q, %v, want %v", tc.name, got, err, tc.want)
			continue
		}
		if tc.offset < 0 {
			continue
		}
		offset, pointer := int64(-1), ""
		switch {
		case errors.As(err, &valueError):
			offset, pointer = valueError.Offset, valueError.Pointer
		case errors.As(err, &syntaxError):
			offset, pointer = syntaxError.Offset, syntaxError.Pointer
		}
		if offset != tc.offset || pointer != tc.pointer {
			t.Errorf("%s: offset %d, pointer %q, want %d, %q", tc.name, offset, pointer, tc.offset, tc.pointer)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, tc := range []struct {
		o    pickle.EncodeOptions
		want error
	}{
		{pickle.EncodeOptions{Protocol: 6}, bson.ErrOption},
		{pickle.EncodeOptions{Protocol: -2}, bson.ErrOption},
		{pickle.EncodeOptions{Protocol: pickle.Protocol3, Reader: pickle.Python2}, pickle.ErrReader},
		{pickle.EncodeOptions{Protocol: 4, Reader: pickle.Python2}, pickle.ErrReader},
		{pickle.EncodeOptions{Protocol: 2, Reader: pickle.Python2}, nil},
		{pickle.EncodeOptions{Reader: pickle.Python2}, nil},
		{pickle.EncodeOptions{Protocol: pickle.Protocol0, Reader: pickle.Python2}, nil},
	} {
		_, err := tc.o.AppendPickle(nil, hundred)
		_, err2 := tc.o.MarshalObjectID(example)
		var oe *bson.OptionError
		if !errors.Is(err, tc.want) || !errors.Is(err2, tc.want) || errors.As(err, &oe) != (tc.want != nil) {
			t.Errorf("%+v: %v, %v, want %v", tc.o, err, err2, tc.want)
		}
	}
}

// TestOptionsOutOfRange: an option out of range is an error of every call that uses
// the options.
func TestOptionsOutOfRange(t *testing.T) {
	for want, o := range map[string]pickle.EncodeOptions{
		"pickle.EncodeOptions.Reader":        {Reader: pickle.Python2 + 1},
		"pickle.EncodeOptions.Documents":     {Documents: pickle.SON + 1},
		"pickle.EncodeOptions.Deprecated":    {Deprecated: pickle.Convert + 1},
		"pickle.EncodeOptions.MaxDepth":      {MaxDepth: -1},
		"pickle.EncodeOptions.MaxPickleSize": {MaxPickleSize: -1},
	} {
		_, appended := o.AppendPickle(nil, hundred)
		_, id := o.MarshalObjectID(example)
		_, marshal := o.Marshal(1)
		for call, err := range map[string]error{"AppendPickle": appended, "MarshalObjectID": id, "Marshal": marshal} {
			wantOption(t, call, err, want)
		}
	}
	for want, o := range map[string]pickle.DecodeOptions{
		"pickle.DecodeOptions.Encoding":      {Encoding: pickle.Bytes + 1},
		"pickle.DecodeOptions.LongText":      {LongText: pickle.LongSmallest + 1},
		"pickle.DecodeOptions.Unknown":       {Unknown: pickle.UnknownDescribe + 1},
		"pickle.DecodeOptions.MaxDepth":      {MaxDepth: -1},
		"pickle.DecodeOptions.MaxNodes":      {MaxNodes: -1},
		"pickle.DecodeOptions.MaxMemo":       {MaxMemo: -1},
		"pickle.DecodeOptions.MaxExpansion":  {MaxExpansion: -1},
		"pickle.DecodeOptions.MaxPickleSize": {MaxPickleSize: -1},
	} {
		data := []byte("\x80\x02}.")
		var v any
		_, doc := o.AppendBSON(nil, data)
		_, _, value := o.AppendBSONValue(nil, data)
		_, id := o.UnmarshalObjectID(data)
		d := o.NewDecoder(bytes.NewReader(data))
		if d.Next() {
			t.Errorf("%s: Next is true", want)
		}
		for call, err := range map[string]error{
			"AppendBSON": doc, "AppendBSONValue": value, "UnmarshalObjectID": id, "Unmarshal": o.Unmarshal(data, &v), "Next": d.Err(),
		} {
			wantOption(t, call, err, want)
		}
	}
	for _, o := range []pickle.EncodeOptions{{Protocol: 6}, {Protocol: -2}, {Protocol: 4, Reader: pickle.Python2}} {
		_, err := o.AppendPickle(nil, hundred)
		wantOption(t, "AppendPickle", err, "pickle.EncodeOptions.Protocol")
	}
}

func wantOption(t *testing.T, call string, err error, want string) {
	t.Helper()
	var e *bson.OptionError
	if !errors.As(err, &e) || !errors.Is(err, bson.ErrOption) || e.Option != want {
		t.Errorf("%s: error is %v, want an error for %s", call, err, want)
	}
}

// TestForms writes the values whose form differs from that of CPython.
func TestForms(t *testing.T) {
	convert := pickle.EncodeOptions{Deprecated: pickle.Convert}
	for _, tc := range []struct {
		o    pickle.EncodeOptions
		doc  string
		want string // the value that is read from the pickle; "": doc
	}{
		{convert, `{"a":{"$undefined":true}}`, `{"a":null}`},
		{convert, `{"a":{"$symbol":"s"}}`, `{"a":"s"}`},
		{convert, `{"a":{"$dbPointer":{"$ref":"c","$id":{"$oid":"507f1f77bcf86cd799439011"}}}}`, `{"a":{"$ref":"c","$id":{"$oid":"507f1f77bcf86cd799439011"}}}`},
		// Documents similar to a DBRef, and a DBRef at the top.
		{pickle.EncodeOptions{}, `{"a":{"$ref":"c","$id":{"$numberInt":"1"},"b":{"$numberInt":"2"},"$db":"d"}}`, ""},
		{pickle.EncodeOptions{}, `{"a":{"$ref":"c"}}`, ""},
		{pickle.EncodeOptions{}, `{"a":{"$ref":"c","$db":"d","$id":{"$numberInt":"1"}}}`, ""},
		{pickle.EncodeOptions{}, `{"$ref":"c","$id":{"$numberInt":"1"}}`, ""},
		{pickle.EncodeOptions{}, `{"a":{"$ref":"c","$id":{"$ref":"e","$id":null},"$db":"d","x":{"y":[]}}}`, ""},
		{pickle.EncodeOptions{Reader: pickle.Python2}, `{"a":{"$binary":{"base64":"YWJj","subType":"00"}}}`, ""},
		{pickle.EncodeOptions{}, `{"a":{"$date":{"$numberLong":"-62135596800000"}},"b":{"$date":{"$numberLong":"253402300799999"}}}`, ""},
		{pickle.EncodeOptions{}, `{"a":{"$date":{"$numberLong":"-62135596800001"}},"b":{"$date":{"$numberLong":"253402300800000"}}}`, ""},
		{pickle.EncodeOptions{}, `{"a":{"$numberDouble":"1e+15"},"b":{"$numberDouble":"1e+16"},"c":{"$numberDouble":"0.0001"},"d":{"$numberDouble":"1.5e-7"}}`,
			`{"a":{"$numberDouble":"1000000000000000.0"},"b":{"$numberDouble":"1.0E+16"},"c":{"$numberDouble":"0.0001"},"d":{"$numberDouble":"1.5E-07"}}`},
	} {
		if tc.want == "" {
			tc.want = tc.doc
		}
		for _, p := range protocols {
			if tc.o.Reader == pickle.Python2 && p > 2 {
				continue
			}
			for _, class := range []pickle.DocumentClass{pickle.Dict, pickle.SON} {
				tc.o.Protocol, tc.o.Documents = p, class
				src, err := extjson.AppendBSON(nil, []byte(tc.doc))
				if err != nil {
					t.Fatal(err)
				}
				data, err := tc.o.AppendPickle(nil, src)
				if err != nil {
					t.Errorf("%s, protocol %d: %v", tc.doc, p, err)
					continue
				}
				back, err := pickle.AppendBSON(nil, data)
				if err != nil {
					t.Errorf("%s, protocol %d: %v", tc.doc, p, err)
					continue
				}
				got, err := extjson.EncodeOptions{Mode: extjson.Canonical, AmbiguousKeys: extjson.AsIs}.AppendJSON(nil, back)
				if diff := cmp.Diff(tc.want, string(got)); diff != "" || err != nil {
					t.Errorf("protocol %d: %v (-want +got):\n%s", p, err, diff)
				}
			}
		}
	}
}

// TestNaN checks that every bit of a NaN comes back, in protocol 0 too.
func TestNaN(t *testing.T) {
	for _, u := range []uint64{0x7ff8 << 48, 0xfff8 << 48, 0x7ff8<<48 | 1, 0x7ff0<<48 | 1} {
		src, mark := bsoncore.Begin(nil)
		src = bsoncore.End(bsoncore.AppendDouble(src, "a", math.Float64frombits(u)), mark)
		for _, p := range protocols {
			data, err := pickle.EncodeOptions{Protocol: p}.AppendPickle(nil, src)
			if err != nil {
				t.Fatal(err)
			}
			if back, err := pickle.AppendBSON(nil, data); err != nil || string(back) != string(src) {
				t.Errorf("%x, protocol %d: %x, want %x, %v", u, p, back, src, err)
			}
		}
	}
}

// TestConverted holds that documents of all types are written when deprecated
// types are converted, and read. A dictionary cannot have a key twice.
func TestConverted(t *testing.T) {
	convert := pickle.EncodeOptions{Deprecated: pickle.Convert}
	for i, doc := range sample.Documents(sample.Wild, 3, 200) {
		data, err := convert.AppendPickle(nil, doc)
		if errors.Is(err, bson.ErrDuplicateKey) {
			continue
		} else if err != nil {
			t.Errorf("document %d: %v", i, err)
			continue
		}
		if _, err := pickle.AppendBSON(nil, data); err != nil {
			t.Errorf("document %d comes back: %v", i, err)
		}
	}
}

// TestCodePoints checks texts and keys with the characters at the limits of the
// spellings of protocol 0 and of UTF-8, in every protocol.
func TestCodePoints(t *testing.T) {
	limits := []rune{0, '\n', '\r', 0x1a, '\\', 0x7f, 0x80, 0xfe, 0xff, 0x100, 0x101, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfffe, 0xffff, 0x10000, 0x10001, 0x10ffff}
	for _, p := range protocols {
		for _, r := range limits {
			text := "a" + string(r) + "b"
			src := document(func(dst []byte) []byte {
				if r != 0 {
					dst = bsoncore.AppendNull(dst, text)
				}
				return bsoncore.AppendString(dst, "text", text)
			})
			data, err := pickle.EncodeOptions{Protocol: p}.AppendPickle(nil, src)
			if err != nil {
				t.Errorf("%U, protocol %d: %v", r, p, err)
				continue
			}
			if back, err := pickle.AppendBSON(nil, data); err != nil || string(back) != string(src) {
				t.Errorf("%U, protocol %d: read as %x, %v, want %x", r, p, back, err, src)
			}
		}
	}
}
