package extjson_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/textcut"
)

// TestOptionRange: an option out of range is an error of every call that uses it. The
// call does nothing else. The error of a stream is sticky.
func TestOptionRange(t *testing.T) {
	doc := document(t, "09 6100 0000000000000000")
	for _, tc := range []struct {
		o             extjson.EncodeOptions
		option, value string
	}{
		{extjson.EncodeOptions{Mode: 9}, "Mode", "9"},
		{extjson.EncodeOptions{Mode: extjson.Plain + 1}, "Mode", "6"},
		{extjson.EncodeOptions{Spacing: 3}, "Spacing", "3"},
		{extjson.EncodeOptions{Doubles: 3}, "Doubles", "3"},
		{extjson.EncodeOptions{Mode: extjson.Legacy, Dates: 3}, "Dates", "3"},
		{extjson.EncodeOptions{UUIDs: 3}, "UUIDs", "3"},
		{extjson.EncodeOptions{UUIDRepresentation: 5}, "UUIDRepresentation", "5"},
		{extjson.EncodeOptions{AmbiguousKeys: 3}, "AmbiguousKeys", "3"},
		{extjson.EncodeOptions{Mode: extjson.Plain, AmbiguousKeys: extjson.Escape}, "AmbiguousKeys", "Escape with Mode Plain"},
		{extjson.EncodeOptions{NonFinite: 4}, "NonFinite", "4"},
		{extjson.EncodeOptions{InvalidUTF8: bson.UTF8Keep}, "InvalidUTF8", "2"},
		{extjson.EncodeOptions{MaxLen: -1}, "MaxLen", "-1"},
		{extjson.EncodeOptions{MaxTextSize: -1}, "MaxTextSize", "-1"},
		{extjson.EncodeOptions{MaxDepth: -1}, "MaxDepth", "-1"},
		{extjson.EncodeOptions{Indent: "x"}, "Indent", `"x"`},
		{extjson.EncodeOptions{Indent: " \n"}, "Indent", `" \n"`},
		{extjson.EncodeOptions{Indent: " ", Location: time.FixedZone("", 24*3600)}, "Location", "+24:00:00"},
		{extjson.EncodeOptions{Location: time.FixedZone("", 24*3600-30)}, "Location", "+23:59:30"},
		{extjson.EncodeOptions{Location: time.FixedZone("", -100*3600)}, "Location", "-100:00:00"},
	} {
		var out bytes.Buffer
		e := tc.o.NewEncoder(&out)
		value := func(f func() ([]byte, error)) error { _, err := f(); return err }
		for name, err := range map[string]error{
			"AppendJSON": value(func() ([]byte, error) {
				return afterPrefix(t, func(dst []byte) ([]byte, error) { return tc.o.AppendJSON(dst, doc) })
			}),
			"AppendJSONValue": value(func() ([]byte, error) { return tc.o.AppendJSONValue(nil, bson.TypeDocument, doc) }),
			"NewAppender":     func() error { _, err := tc.o.NewAppender(); return err }(),
			"WriteJSON":       tc.o.WriteJSON(&out, doc),
			"WriteJSONValue":  tc.o.WriteJSONValue(&out, bson.TypeDocument, doc),
			"Marshal":         value(func() ([]byte, error) { return tc.o.Marshal(bson.D{}) }),
			"MarshalValue":    value(func() ([]byte, error) { return tc.o.MarshalValue(1) }),
			"EncodeRaw":       e.EncodeRaw(doc),
			"EncodeValue":     e.EncodeValue(bson.TypeDocument, doc),
			"Encode":          e.Encode(bson.D{}),
			"Flush":           e.Flush(),
			"Close":           e.Close(),
		} {
			wantOption(t, name, err, "extjson.EncodeOptions."+tc.option, tc.value)
		}
		if out.Len() > 0 {
			t.Errorf("%s: WriteJSON writes %q", tc.option, out.String())
		}
	}
	for _, tc := range []struct {
		o             extjson.DecodeOptions
		option, value string
	}{
		{extjson.DecodeOptions{UUIDRepresentation: 5}, "UUIDRepresentation", "5"},
		{extjson.DecodeOptions{InvalidUTF8: 2}, "InvalidUTF8", "2"},
		{extjson.DecodeOptions{MaxDepth: -1}, "MaxDepth", "-1"},
		{extjson.DecodeOptions{MaxNumberLen: -1}, "MaxNumberLen", "-1"},
		{extjson.DecodeOptions{MaxDocumentSize: -1}, "MaxDocumentSize", "-1"},
		{extjson.DecodeOptions{MaxTextSize: -1}, "MaxTextSize", "-1"},
	} {
		const text = `{"a":1}`
		_, appended := tc.o.AppendBSON(nil, []byte(text))
		_, _, appendedValue := tc.o.AppendBSONValue(nil, []byte(text))
		d := tc.o.NewDecoder(strings.NewReader(text))
		if d.More() || d.Next() || d.Resync(io.Discard) {
			t.Error("a Decoder continues after the error")
		}
		var v bson.D
		stream, decoded := d.Err(), d.Decode(&v)
		d.Reset(strings.NewReader(text))
		again := d.Err()
		d.Reset(&textcut.Piece{Text: []byte(text)})
		for name, err := range map[string]error{
			"AppendBSON": appended, "AppendBSONValue": appendedValue, "Err": stream, "Decode": decoded, "Reset": again, "ResetPiece": d.Err(),
			"Unmarshal": tc.o.Unmarshal([]byte(text), &v), "UnmarshalValue": tc.o.UnmarshalValue([]byte(text), &v),
		} {
			wantOption(t, name, err, "extjson.DecodeOptions."+tc.option, tc.value)
		}
	}
	_, err := extjson.Indent(nil, []byte("{}"), "-")
	wantOption(t, "Indent", err, "the indent of extjson.Indent", `"-"`)
	// The last value of each option is in range.
	last := extjson.EncodeOptions{
		Mode: extjson.Plain, Spacing: extjson.LibbsonSpacing, Doubles: extjson.PythonDoubles, Dates: extjson.DateISO8601, UUIDs: extjson.UUIDDigits,
		UUIDRepresentation: bson.UUIDCSharpLegacy, NonFinite: extjson.NonFiniteText, AmbiguousKeys: extjson.AsIs, InvalidUTF8: bson.UTF8Replace, Indent: "\t ",
		Location: time.FixedZone("", 24*3600-60),
	}
	text, err := encode(t, last, doc)
	wantText(t, text, err, "{ \n\t \"a\" : \"1970-01-01T23:59:00+23:59\"\n}")
}

func wantOption(t *testing.T, name string, err error, option, value string) {
	t.Helper()
	var got *bson.OptionError
	if !errors.As(err, &got) || !errors.Is(err, bson.ErrOption) {
		t.Errorf("%s: error %v, want an OptionError", name, err)
		return
	}
	if diff := cmp.Diff(bson.OptionError{Option: option, Value: value}, *got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
