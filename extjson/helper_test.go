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

// unhex returns the bytes that s spells in hexadecimal, blanks aside.
func unhex(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		tb.Fatalf("literal %q: %v", s, err)
	}
	return b
}

// document returns the document whose elements s spells in hexadecimal.
func document(tb testing.TB, s string) []byte {
	tb.Helper()
	elements := unhex(tb, s)
	doc := binary.LittleEndian.AppendUint32(nil, uint32(len(elements)+5))
	return append(append(doc, elements...), 0)
}

// A fault is an error of package extjson or bson, whichever of their types
// it has. Those of bson have neither line nor column.
type fault struct {
	Offset, Line, Column int64
	Pointer              string
	Err                  error
	Value                bool // a *ValueError, not a *SyntaxError
}

// faultOf returns what err says; it fails the test if err is of no type that
// the packages promise.
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

// valueSentinels are the faults of text that is well formed.
var valueSentinels = []error{
	extjson.ErrRange, extjson.ErrInexact, extjson.ErrNumberLen, extjson.ErrRelaxed,
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

// here marks the byte at fault in the texts of tables.
const here = "¦"

// marked returns text without its mark and the fault at the mark.
func marked(tb testing.TB, text, pointer string, err error) (string, fault) {
	tb.Helper()
	before, after, found := strings.Cut(text, here)
	if !found || strings.Contains(after, here) {
		tb.Fatalf("literal %q has no mark, or two", text)
	}
	return before + after, textFault(before+after, len(before), pointer, err)
}

// decode returns the BSON of text. The result follows bytes that must stay.
func decode(tb testing.TB, o extjson.DecodeOptions, text string) ([]byte, error) {
	tb.Helper()
	return afterPrefix(tb, func(dst []byte) ([]byte, error) { return o.AppendBSON(dst, []byte(text)) })
}

// encode returns the text of doc. The result follows bytes that must stay.
func encode(tb testing.TB, o extjson.EncodeOptions, doc []byte) (string, error) {
	tb.Helper()
	text, err := afterPrefix(tb, func(dst []byte) ([]byte, error) { return o.AppendJSON(dst, doc) })
	return string(text), err
}

// afterPrefix calls f with a dst that is not empty and checks that it comes
// back in front of the result, or alone if f fails.
func afterPrefix(tb testing.TB, f func(dst []byte) ([]byte, error)) ([]byte, error) {
	tb.Helper()
	const prefix = "old contents"
	// Room for some results and not for others.
	dst := append(make([]byte, 0, len(prefix)+40), prefix...)
	out, err := f(dst)
	if len(out) < len(prefix) || string(out[:len(prefix)]) != prefix || string(dst) != prefix {
		tb.Fatalf("what stood in dst is now %q in the result, %q in dst", out, dst)
	}
	if err != nil && len(out) != len(prefix) {
		tb.Errorf("dst is %d bytes longer after %v", len(out)-len(prefix), err)
	}
	return out[len(prefix):], err
}

// wantBytes checks a document.
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

// wantText checks a text.
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
