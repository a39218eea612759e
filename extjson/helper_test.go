package extjson_test

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
)

// unhex returns the bytes of s, which has hexadecimal digits and blanks.
func unhex(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		tb.Fatalf("literal %q: %v", s, err)
	}
	return b
}

// document returns the document with the elements in s, in hexadecimal.
func document(tb testing.TB, s string) []byte {
	tb.Helper()
	elements := unhex(tb, s)
	doc := binary.LittleEndian.AppendUint32(nil, uint32(len(elements)+5))
	return append(append(doc, elements...), 0)
}

// A fault has the fields of an error of package extjson or bson. Errors of bson have
// no line and no column.
type fault struct {
	Offset, Line, Column int64
	Pointer              string
	Err                  error
	Value                bool // a *ValueError, not a *SyntaxError
}

// faultOf returns the fields of err. It fails the test if err does not have one of
// the types of the packages.
func faultOf(tb testing.TB, err error) fault {
	tb.Helper()
	switch e := err.(type) {
	case *extjson.SyntaxError:
		return fault{e.Offset, e.Line, e.Column, e.Pointer, e.Err, false}
	case *extjson.ValueError:
		return fault{e.Offset, e.Line, e.Column, e.Pointer, e.Err, true}
	case *bson.SyntaxError:
		return fault{Offset: e.Offset, Pointer: e.Pointer, Err: e.Err}
	case *bson.ValueError:
		return fault{Offset: e.Offset, Pointer: e.Pointer, Err: e.Err, Value: true}
	}
	tb.Fatalf("error is %T: %v", err, err)
	return fault{}
}

func wantFault(tb testing.TB, err error, want fault) {
	tb.Helper()
	if err == nil {
		tb.Errorf("no error, want %+v", want)
		return
	}
	if diff := cmp.Diff(want, faultOf(tb, err), cmpopts.EquateErrors()); diff != "" {
		tb.Errorf("error %q (-want +got):\n%s", err, diff)
	}
	if !errors.Is(err, want.Err) {
		tb.Errorf("error %q does not match its sentinel %q", err, want.Err)
	}
}

// valueSentinels has the sentinels for well-formed text.
var valueSentinels = []error{
	extjson.ErrRange, extjson.ErrDigits, extjson.ErrInexact, extjson.ErrNumberLen, extjson.ErrRelaxed,
	bson.ErrDepth, bson.ErrTooLarge, bson.ErrKeyNUL,
}

// textFault returns the fault at offset off of text, with line and column
// counted one byte at a time.
func textFault(text string, off int, pointer string, err error) fault {
	f := fault{Offset: int64(off), Line: 1, Column: 1, Pointer: pointer, Err: err}
	for _, c := range []byte(text[:off]) {
		f.Column++
		if c == '\n' {
			f.Line++
			f.Column = 1
		}
	}
	for _, v := range valueSentinels {
		f.Value = f.Value || err == v
	}
	return f
}

// here is the mark before the byte with the fault, in the texts of tables.
const here = "¦"

// marked returns text without its mark and the fault at the mark.
func marked(tb testing.TB, text, pointer string, err error) (string, fault) {
	tb.Helper()
	before, after, found := strings.Cut(text, here)
	if !found || strings.Contains(after, here) {
		tb.Fatalf("literal %q must have one mark", text)
	}
	return before + after, textFault(before+after, len(before), pointer, err)
}

// decode returns the BSON of text, and checks that the bytes in dst stay.
func decode(tb testing.TB, o extjson.DecodeOptions, text string) ([]byte, error) {
	tb.Helper()
	return afterPrefix(tb, func(dst []byte) ([]byte, error) { return o.AppendBSON(dst, []byte(text)) })
}

// encode returns the text of doc, and checks that the bytes in dst stay.
func encode(tb testing.TB, o extjson.EncodeOptions, doc []byte) (string, error) {
	tb.Helper()
	text, err := afterPrefix(tb, func(dst []byte) ([]byte, error) { return o.AppendJSON(dst, doc) })
	return string(text), err
}

// afterPrefix calls f with a dst that is not empty. It checks that the result starts
// with the bytes in dst, and has no other bytes if f fails.
func afterPrefix(tb testing.TB, f func(dst []byte) ([]byte, error)) ([]byte, error) {
	tb.Helper()
	const prefix = "old contents"
	// The capacity is enough for short results only.
	dst := append(make([]byte, 0, len(prefix)+40), prefix...)
	out, err := f(dst)
	if len(out) < len(prefix) || string(out[:len(prefix)]) != prefix || string(dst) != prefix {
		tb.Fatalf("the bytes in dst have changed: the result is %q, dst is %q", out, dst)
	}
	if err != nil && len(out) != len(prefix) {
		tb.Errorf("dst comes back with %d more bytes after the error %v", len(out)-len(prefix), err)
	}
	return out[len(prefix):], err
}

// wantBytes compares a document.
func wantBytes(tb testing.TB, got []byte, err error, want []byte) {
	tb.Helper()
	if err != nil {
		tb.Errorf("error %v, want %x", err, want)
		return
	}
	if diff := cmp.Diff(hex.EncodeToString(want), hex.EncodeToString(got)); diff != "" {
		tb.Errorf("(-want +got):\n%s", diff)
	}
}

// wantText compares a text.
func wantText(tb testing.TB, got string, err error, want string) {
	tb.Helper()
	if err != nil {
		tb.Errorf("error %v, want %s", err, want)
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		tb.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSentinels checks that sentinels match those of package bson that have
// their names, and no others.
func TestSentinels(t *testing.T) {
	all := map[string]error{"ErrTruncated": bson.ErrTruncated, "ErrTrailing": bson.ErrTrailing, "ErrRange": bson.ErrRange, "ErrInexact": bson.ErrInexact}
	for name, text := range map[string]string{
		"ErrTruncated": "{",
		"ErrTrailing":  "{}{}",
		"ErrRange":     `{"$numberInt":"2147483648"}`,
		"ErrInexact":   "12345678901234567891",
	} {
		_, _, err := extjson.DecodeOptions{RejectInexact: true}.AppendBSONValue(nil, []byte(text))
		for other, want := range all {
			if got := errors.Is(err, want); got != (other == name) {
				t.Errorf("%s: %v matches bson.%s: %v", text, err, other, got)
			}
		}
	}
}
