package objectid_test

import (
	"bytes"
	"database/sql"
	"database/sql/driver"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/objectid"
)

var (
	_ encoding.TextMarshaler   = objectid.ID{}
	_ encoding.TextAppender    = objectid.ID{}
	_ encoding.TextUnmarshaler = (*objectid.ID)(nil)
	_ json.Marshaler           = objectid.ID{}
	_ json.Unmarshaler         = (*objectid.ID)(nil)
	_ driver.Valuer            = objectid.ID{}
	_ sql.Scanner              = (*objectid.ID)(nil)
)

// id1 and text1 are the same id.
var id1 = objectid.ID{0x65, 0x0a, 0xff, 0x00, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}

const text1 = "650aff000123456789abcdef"

func TestParse(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       objectid.ID
	}{
		{"lower case", text1, id1},
		{"upper case", strings.ToUpper(text1), id1},
		{"mixed case", "650aFF000123456789AbcDef", id1},
		{"zero", "000000000000000000000000", objectid.ID{}},
		{"all ones", "ffffffffffffffffffffffff", objectid.ID(bytes.Repeat([]byte{0xff}, 12))},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := objectid.Parse(tc.text)
			if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
				t.Errorf("Parse: %v (-want +got):\n%s", err, diff)
			}
			got, err = objectid.Parse([]byte(tc.text))
			if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
				t.Errorf("Parse of bytes: %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       objectid.SyntaxError
	}{
		{"empty", "", objectid.SyntaxError{Offset: 0, Err: objectid.ErrLength}},
		{"one digit short", text1[:23], objectid.SyntaxError{Offset: 23, Err: objectid.ErrLength}},
		{"one digit long", text1 + "0", objectid.SyntaxError{Offset: 24, Err: objectid.ErrLength}},
		{"newline at the end", text1 + "\n", objectid.SyntaxError{Offset: 24, Err: objectid.ErrLength}},
		{"blank at the start", " " + text1[1:], objectid.SyntaxError{Offset: 0, Err: objectid.ErrDigit}},
		{"letter g", "650aff000123456789abcdeg", objectid.SyntaxError{Offset: 23, Err: objectid.ErrDigit}},
		{"letter G", "G50aff000123456789abcdef", objectid.SyntaxError{Offset: 0, Err: objectid.ErrDigit}},
		{"short and wrong", "650x", objectid.SyntaxError{Offset: 3, Err: objectid.ErrDigit}},
		{"hyphen", "650aff00-0123456789abcde", objectid.SyntaxError{Offset: 8, Err: objectid.ErrDigit}},
		{"prefix", "0x650aff000123456789abcd", objectid.SyntaxError{Offset: 1, Err: objectid.ErrDigit}},
		{"Unicode digit", "650aff0001234567\u0660123456", objectid.SyntaxError{Offset: 16, Err: objectid.ErrDigit}},
		{"twelve raw bytes", "\x65\x0a\xff\x00\x01\x23\x45\x67\x89\xab\xcd\xef", objectid.SyntaxError{Offset: 1, Err: objectid.ErrDigit}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			id, err := objectid.Parse(tc.text)
			var got *objectid.SyntaxError
			if !errors.As(err, &got) {
				t.Fatalf("error is %T, want *objectid.SyntaxError", err)
			}
			if diff := cmp.Diff(tc.want, *got, cmpopts.EquateErrors()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !id.IsZero() {
				t.Errorf("id is %v, want zero", id)
			}
		})
	}
}

// TestParseEveryByte puts each byte at each place of an id and compares with
// encoding/hex.
func TestParseEveryByte(t *testing.T) {
	for at := range 2 * objectid.Size {
		for c := range 256 {
			text := []byte(text1)
			text[at] = byte(c)
			want, wantErr := hex.DecodeString(string(text))
			got, err := objectid.Parse(text)
			if (err == nil) != (wantErr == nil) {
				t.Fatalf("Parse(%q): %v, encoding/hex: %v", text, err, wantErr)
			}
			if err == nil && !bytes.Equal(got[:], want) {
				t.Fatalf("Parse(%q) = %v, want %x", text, got, want)
			}
			if fault := (*objectid.SyntaxError)(nil); err != nil && (!errors.As(err, &fault) || fault.Offset != int64(at)) {
				t.Fatalf("Parse(%q): %v, want offset %d", text, err, at)
			}
		}
	}
}

func TestAppend(t *testing.T) {
	want := "id=" + text1
	if got := string(id1.Append([]byte("id="))); got != want {
		t.Errorf("Append = %q, want %q", got, want)
	}
	if got := id1.String(); got != text1 {
		t.Errorf("String = %q, want %q", got, text1)
	}
	for c := range 256 {
		id := objectid.ID{0: byte(c), 5: byte(c), 11: byte(c)}
		if got, want := id.String(), hex.EncodeToString(id[:]); got != want {
			t.Errorf("String = %q, want %q", got, want)
		}
	}
}

func TestFromBytes(t *testing.T) {
	src := bytes.Clone(id1[:])
	got, err := objectid.FromBytes(src)
	src[0] = 0
	if got != id1 || err != nil {
		t.Errorf("FromBytes = %v, %v, want %v", got, err, id1)
	}
	for _, n := range []int{0, 11, 13} {
		got, err := objectid.FromBytes(make([]byte, n))
		if !got.IsZero() || !errors.Is(err, objectid.ErrLength) {
			t.Errorf("FromBytes of %d bytes = %v, %v", n, got, err)
		}
	}
}

func TestCompare(t *testing.T) {
	ordered := []string{
		"000000000000000000000000",
		"000000000000000000000001",
		"000000ff0000000000000000",
		"00000100ffffffffffffffff",
		"7fffffff0000000000000000",
		"800000000000000000000000",
		"ffffffffffffffffffffffff",
	}
	for i, a := range ordered {
		for j, b := range ordered {
			x, _ := objectid.Parse(a)
			y, _ := objectid.Parse(b)
			want := min(max(i-j, -1), 1)
			if got := x.Compare(y); got != want {
				t.Errorf("%s.Compare(%s) = %d, want %d", a, b, got, want)
			}
		}
	}
}

func TestIsZero(t *testing.T) {
	if !(objectid.ID{}).IsZero() {
		t.Error("IsZero of the zero ID is false")
	}
	for i := range objectid.Size {
		var id objectid.ID
		id[i] = 0x80
		if id.IsZero() {
			t.Errorf("IsZero of %v is true", id)
		}
	}
}

func TestTime(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"00000000ffffffffffffffff", "1970-01-01T00:00:00Z"},
		{"7fffffff0000000000000000", "2038-01-19T03:14:07Z"},
		{"800000000000000000000000", "2038-01-19T03:14:08Z"},
		{"ffffffff0000000000000000", "2106-02-07T06:28:15Z"},
	} {
		id, _ := objectid.Parse(tc.text)
		if got := id.Time().Format(time.RFC3339Nano); got != tc.want {
			t.Errorf("%s.Time() = %s, want %s", tc.text, got, tc.want)
		}
	}
}

func TestFromTime(t *testing.T) {
	for _, tc := range []struct {
		at, lower, upper string
	}{
		{"1970-01-01T00:00:00Z", "000000000000000000000000", "00000000ffffffffffffffff"},
		{"2023-09-20T14:17:36.999999999Z", "650aff000000000000000000", "650aff00ffffffffffffffff"},
		{"2023-09-20T16:17:36+02:00", "650aff000000000000000000", "650aff00ffffffffffffffff"},
		{"2106-02-07T06:28:15.5Z", "ffffffff0000000000000000", "ffffffffffffffffffffffff"},
	} {
		at, err := time.Parse(time.RFC3339Nano, tc.at)
		if err != nil {
			t.Fatal(err)
		}
		lower, err := objectid.FromTime(at)
		if lower.String() != tc.lower || err != nil {
			t.Errorf("FromTime(%s) = %v, %v, want %s", tc.at, lower, err, tc.lower)
		}
		upper, err := objectid.FromTimeMax(at)
		if upper.String() != tc.upper || err != nil {
			t.Errorf("FromTimeMax(%s) = %v, %v, want %s", tc.at, upper, err, tc.upper)
		}
	}
	for _, second := range []int64{-1, 1 << 32, -1 << 40, 1 << 62} {
		for name, f := range map[string]func(time.Time) (objectid.ID, error){
			"FromTime": objectid.FromTime, "FromTimeMax": objectid.FromTimeMax,
		} {
			id, err := f(time.Unix(second, 0))
			var got *objectid.ValueError
			if !errors.As(err, &got) || !errors.Is(err, objectid.ErrRange) || !id.IsZero() {
				t.Errorf("%s of second %d = %v, %v", name, second, id, err)
			}
		}
	}
}

func TestJSON(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       objectid.ID
	}{
		{"string", `"` + text1 + `"`, id1},
		{"upper case", `"` + strings.ToUpper(text1) + `"`, id1},
		{"escapes", `"6\u0035\u0030aff000123456789abcdef"`, id1},
		{"object", `{"$oid":"` + text1 + `"}`, id1},
		{"null", `null`, objectid.ID{0: 9}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := objectid.ID{0: 9}
			err := json.Unmarshal([]byte(tc.text), &got)
			if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
				t.Errorf("Unmarshal: %v (-want +got):\n%s", err, diff)
			}
		})
	}
	for _, tc := range []struct {
		name, text string
		want       error
	}{
		{"number", `1`, objectid.ErrType},
		{"object with another key", `{"oid":"650aff000123456789abcdef"}`, objectid.ErrType},
		{"object with two keys", `{"$oid":"650aff000123456789abcdef","x":""}`, objectid.ErrType},
		{"object with a number", `{"$oid":1}`, objectid.ErrType},
		{"object with a short text", `{"$oid":"650aff"}`, objectid.ErrInvalidHex},
		{"empty object", `{}`, objectid.ErrType},
		{"array", `[]`, objectid.ErrType},
		{"boolean", `true`, objectid.ErrType},
		{"empty string", `""`, objectid.ErrInvalidHex},
		{"not hexadecimal", `"650aff000123456789abcdez"`, objectid.ErrInvalidHex},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := id1
			err := json.Unmarshal([]byte(tc.text), &got)
			if !errors.Is(err, tc.want) || got != id1 {
				t.Errorf("Unmarshal = %v, %v, want %v", got, err, tc.want)
			}
		})
	}
	got, err := json.Marshal(map[objectid.ID]objectid.ID{id1: id1})
	if want := `{"` + text1 + `":"` + text1 + `"}`; string(got) != want || err != nil {
		t.Errorf("Marshal = %s, %v, want %s", got, err, want)
	}
	// Without encoding/json, which would check the syntax first.
	for _, text := range []string{``, `"`, `x` + text1 + `"`, `"` + text1 + `x`} {
		id := id1
		if err := id.UnmarshalJSON([]byte(text)); !errors.Is(err, objectid.ErrType) || id != id1 {
			t.Errorf("UnmarshalJSON(%q) = %v, %v", text, id, err)
		}
	}
}

func TestText(t *testing.T) {
	text, err := id1.MarshalText()
	if string(text) != text1 || err != nil {
		t.Errorf("MarshalText = %q, %v", text, err)
	}
	text, err = id1.AppendText([]byte("x"))
	if string(text) != "x"+text1 || err != nil {
		t.Errorf("AppendText = %q, %v", text, err)
	}
	var id objectid.ID
	if err := id.UnmarshalText([]byte(text1)); id != id1 || err != nil {
		t.Errorf("UnmarshalText = %v, %v", id, err)
	}
	if err := id.UnmarshalText([]byte("zz")); id != id1 || err != objectid.ErrInvalidHex {
		t.Errorf("UnmarshalText of a malformed text: %v, id %v", err, id)
	}
}

func TestBSON(t *testing.T) {
	if doc, err := id1.MarshalBSON(); doc != nil || !errors.Is(err, objectid.ErrNotDocument) {
		t.Errorf("MarshalBSON = %x, %v", doc, err)
	}
	if id1.Hex() != id1.String() || !id1.Timestamp().Equal(id1.Time()) {
		t.Errorf("Hex = %s, Timestamp = %v", id1.Hex(), id1.Timestamp())
	}
	typ, data, err := id1.MarshalBSONValue()
	if typ != 0x07 || !bytes.Equal(data, id1[:]) || err != nil {
		t.Errorf("MarshalBSONValue = %#x, %x, %v", typ, data, err)
	}
	var id objectid.ID
	if err := id.UnmarshalBSONValue(typ, data); id != id1 || err != nil {
		t.Errorf("UnmarshalBSONValue = %v, %v", id, err)
	}
	for _, tc := range []struct {
		typ  byte
		data []byte
		want error
	}{
		{0x02, data, objectid.ErrType},
		{0x0a, nil, objectid.ErrType},
		{0x07, data[:11], objectid.ErrLength},
		{0x07, append(data, 0), objectid.ErrLength},
	} {
		if err := id.UnmarshalBSONValue(tc.typ, tc.data); !errors.Is(err, tc.want) || id != id1 {
			t.Errorf("UnmarshalBSONValue(%#x, %x): %v, want %v", tc.typ, tc.data, err, tc.want)
		}
	}
}

func TestSQL(t *testing.T) {
	v, err := id1.Value()
	if v != text1 || err != nil || !driver.IsValue(v) {
		t.Errorf("Value = %v, %v", v, err)
	}
	for _, src := range []any{text1, []byte(text1), id1[:]} {
		var id objectid.ID
		if err := id.Scan(src); id != id1 || err != nil {
			t.Errorf("Scan(%v) = %v, %v", src, id, err)
		}
	}
	for _, tc := range []struct {
		src  any
		want error
	}{
		{nil, objectid.ErrType},
		{int64(7), objectid.ErrType},
		{"650a", objectid.ErrLength},
		{"twelve bytes", objectid.ErrDigit}, // a string is digits, never the bytes of an id
		{make([]byte, 13), objectid.ErrDigit},
	} {
		id := id1
		if err := id.Scan(tc.src); !errors.Is(err, tc.want) || id != id1 {
			t.Errorf("Scan(%v): %v, want %v", tc.src, err, tc.want)
		}
	}
	var null sql.Null[objectid.ID]
	if err := null.Scan(nil); null.Valid || err != nil {
		t.Errorf("sql.Null.Scan(nil) = %v, %v", null, err)
	}
	if err := null.Scan(text1); !null.Valid || null.V != id1 || err != nil {
		t.Errorf("sql.Null.Scan = %v, %v", null, err)
	}
}

func TestLog(t *testing.T) {
	var b strings.Builder
	o := &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == "id" {
				return a
			}
			return slog.Attr{}
		},
	}
	slog.New(slog.NewTextHandler(&b, o)).Info("x", "id", id1)
	slog.New(slog.NewJSONHandler(&b, o)).Info("x", "id", id1)
	if diff := cmp.Diff("id="+text1+"\n{\"id\":\""+text1+"\"}\n", b.String()); diff != "" {
		t.Errorf("log output (-want +got):\n%s", diff)
	}
}

// TestErrorText checks only that a message contains the package, the reason and
// the place, because the wording may change.
func TestErrorText(t *testing.T) {
	_, err := objectid.Parse("650x")
	for _, want := range []string{"objectid", objectid.ErrDigit.Error(), "3"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not contain %q", err, want)
		}
	}
	_, err = objectid.FromBytes(nil)
	for _, want := range []string{"objectid", objectid.ErrLength.Error()} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not contain %q", err, want)
		}
	}
}

// FuzzParse: Parse accepts the texts of 24 digits that encoding/hex accepts, and
// gives the same bytes. The text of the id gives the same id. A fault lies in the
// text.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", text1, strings.ToUpper(text1), text1[:23], text1 + "0", "650aff00-0123456789abcde"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := objectid.Parse(text)
		want, wantErr := hex.DecodeString(text)
		if ok := wantErr == nil && len(want) == objectid.Size; ok != (err == nil) {
			t.Fatalf("Parse(%q): %v", text, err)
		}
		if err != nil {
			var fault *objectid.SyntaxError
			if !errors.As(err, &fault) || fault.Offset < 0 || fault.Offset > int64(len(text)) {
				t.Fatalf("Parse(%q): error %#v", text, err)
			}
			return
		}
		if !bytes.Equal(id[:], want) || id.String() != strings.ToLower(text) {
			t.Fatalf("Parse(%q) = %v", text, id)
		}
	})
}
