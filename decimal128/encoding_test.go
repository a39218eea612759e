package decimal128_test

import (
	"bytes"
	"database/sql"
	"database/sql/driver"
	"encoding"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/decimal128"
)

var (
	_ encoding.TextMarshaler   = decimal128.Decimal{}
	_ encoding.TextAppender    = decimal128.Decimal{}
	_ encoding.TextUnmarshaler = (*decimal128.Decimal)(nil)
	_ json.Marshaler           = decimal128.Decimal{}
	_ json.Unmarshaler         = (*decimal128.Decimal)(nil)
	_ driver.Valuer            = decimal128.Decimal{}
	_ sql.Scanner              = (*decimal128.Decimal)(nil)
)

func TestText(t *testing.T) {
	d := mustParse(t, "-12.50")
	text, err := d.MarshalText()
	if string(text) != "-12.50" || err != nil {
		t.Errorf("MarshalText = %q, %v", text, err)
	}
	text, err = d.AppendText([]byte("x"))
	if string(text) != "x-12.50" || err != nil {
		t.Errorf("AppendText = %q, %v", text, err)
	}
	var got decimal128.Decimal
	if err := got.UnmarshalText([]byte("-12.50")); got != d || err != nil {
		t.Errorf("UnmarshalText = %v, %v", got, err)
	}
	if err := got.UnmarshalText([]byte("1E9999")); got != d || !errors.Is(err, decimal128.ErrOverflow) {
		t.Errorf("UnmarshalText of a malformed text: %v, value %v", err, got)
	}
}

func TestJSON(t *testing.T) {
	before := decimal128.FromInt64(5)
	for _, tc := range []struct{ name, text, want string }{
		{"string", `"9.990"`, "9.990"},
		{"number", `9.990`, "9.990"},
		{"negative number", `-9.990e3`, "-9990"},
		{"long number", `1234567890.123456789012345678901234`, "1234567890.123456789012345678901234"},
		{"infinity", `"-Infinity"`, "-Infinity"},
		{"escapes", `"\u0039.9\u0039"`, "9.99"},
		{"object", `{"$numberDecimal":"9.990"}`, "9.990"},
		{"null", `null`, "5"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := before
			err := json.Unmarshal([]byte(tc.text), &got)
			if diff := cmp.Diff(mustParse(t, tc.want), got, sameBits); diff != "" || err != nil {
				t.Errorf("Unmarshal: %v (-want +got):\n%s", err, diff)
			}
		})
	}
	for _, tc := range []struct {
		name, text string
		want       error
	}{
		{"object with another key", `{"numberDecimal":"1"}`, decimal128.ErrType},
		{"object with two keys", `{"$numberDecimal":"1","x":"2"}`, decimal128.ErrType},
		{"object with a number", `{"$numberDecimal":1}`, decimal128.ErrType},
		{"object with a bad text", `{"$numberDecimal":"1_0"}`, decimal128.ErrSyntax},
		{"empty object", `{}`, decimal128.ErrType},
		{"array", `[1]`, decimal128.ErrType},
		{"boolean", `false`, decimal128.ErrType},
		{"empty string", `""`, decimal128.ErrSyntax},
		{"blank", `" 1"`, decimal128.ErrSyntax},
		{"too many digits", `12345678901234567890123456789012345`, decimal128.ErrInexact},
		{"too large", `1e7000`, decimal128.ErrOverflow},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := before
			err := json.Unmarshal([]byte(tc.text), &got)
			if !errors.Is(err, tc.want) || got != before {
				t.Errorf("Unmarshal = %v, %v, want %v", got, err, tc.want)
			}
		})
	}
	got, err := json.Marshal([]decimal128.Decimal{mustParse(t, "9.990"), decimal128.Inf(-1), decimal128.NaN()})
	if want := `["9.990","-Infinity","NaN"]`; string(got) != want || err != nil {
		t.Errorf("Marshal = %s, %v, want %s", got, err, want)
	}
	// Without encoding/json, which would check the syntax first.
	for _, text := range []string{``, `"`, `x1"`, `"1x`} {
		d := before
		if err := d.UnmarshalJSON([]byte(text)); !errors.Is(err, decimal128.ErrType) || d != before {
			t.Errorf("UnmarshalJSON(%q) = %v, %v", text, d, err)
		}
	}
}

func TestBSON(t *testing.T) {
	// The encoding is not canonical, so the test sees whether every bit is kept.
	d := decimal128.FromBits(0xec10000000000001, 0x0102030405060708)
	want := []byte{8, 7, 6, 5, 4, 3, 2, 1, 1, 0, 0, 0, 0, 0, 0x10, 0xec}
	if doc, err := d.MarshalBSON(); doc != nil || !errors.Is(err, decimal128.ErrNotDocument) {
		t.Errorf("MarshalBSON = %x, %v", doc, err)
	}
	typ, data, err := d.MarshalBSONValue()
	if typ != 0x13 || !bytes.Equal(data, want) || err != nil {
		t.Errorf("MarshalBSONValue = %#x, %x, %v", typ, data, err)
	}
	var got decimal128.Decimal
	if err := got.UnmarshalBSONValue(typ, data); got != d || err != nil {
		t.Errorf("UnmarshalBSONValue = %v, %v", got, err)
	}
	for _, tc := range []struct {
		typ  byte
		data []byte
		want error
	}{
		{0x01, data, decimal128.ErrType},
		{0x0a, nil, decimal128.ErrType},
		{0x13, data[:15], decimal128.ErrLength},
		{0x13, append(data, 0), decimal128.ErrLength},
	} {
		err := got.UnmarshalBSONValue(tc.typ, tc.data)
		wantConversionError(t, err, tc.want)
		if got != d {
			t.Errorf("UnmarshalBSONValue(%#x, %x) changed the value", tc.typ, tc.data)
		}
	}
}

func TestSQL(t *testing.T) {
	v, err := mustParse(t, "-12.50").Value()
	if v != "-12.50" || err != nil || !driver.IsValue(v) {
		t.Errorf("Value = %v, %v", v, err)
	}
	for _, tc := range []struct {
		src  any
		want string
	}{
		{"-12.50", "-12.50"},
		{[]byte("-12.50"), "-12.50"},
		{int64(-12), "-12"},
		{float64(9.99), "9.99"},
	} {
		var got decimal128.Decimal
		err := got.Scan(tc.src)
		if diff := cmp.Diff(mustParse(t, tc.want), got, sameBits); diff != "" || err != nil {
			t.Errorf("Scan(%v): %v (-want +got):\n%s", tc.src, err, diff)
		}
	}
	for _, tc := range []struct {
		src  any
		want error
	}{
		{nil, decimal128.ErrType},
		{true, decimal128.ErrType},
		{"one", decimal128.ErrSyntax},
		{[]byte("1E7000"), decimal128.ErrOverflow},
	} {
		got := decimal128.FromInt64(5)
		if err := got.Scan(tc.src); !errors.Is(err, tc.want) || got != decimal128.FromInt64(5) {
			t.Errorf("Scan(%v) = %v, %v, want %v", tc.src, got, err, tc.want)
		}
	}
	var null sql.Null[decimal128.Decimal]
	if err := null.Scan(nil); null.Valid || err != nil {
		t.Errorf("sql.Null.Scan(nil) = %v, %v", null, err)
	}
}
