package extjson_test

import (
	"errors"
	"testing"

	"github.com/bsonkit/bsonkit/extjson"
)

// The text of one value has an end. So a number at this end has the fault that it has in a
// document, and is not called incomplete.
func TestValueFaultAtEnd(t *testing.T) {
	for _, shell := range []bool{false, true} {
		o := extjson.DecodeOptions{Shell: shell, RejectInexact: true}
		for _, tc := range []struct {
			text   string
			offset int64
			want   error
		}{
			{"12345678901234567891", 0, extjson.ErrInexact},
			{" -12345678901234567891", 1, extjson.ErrInexact},
			{"1e400", 0, extjson.ErrRange},
			{`{"$numberInt":"1"`, 17, extjson.ErrTruncated},
			{"[1,", 3, extjson.ErrTruncated},
			{"-", 1, extjson.ErrTruncated},
		} {
			_, _, err := o.AppendBSONValue(nil, []byte(tc.text))
			offset := int64(-1)
			if e, ok := errors.AsType[*extjson.SyntaxError](err); ok {
				offset = e.Offset
			} else if e, ok := errors.AsType[*extjson.ValueError](err); ok {
				offset = e.Offset
			}
			if !errors.Is(err, tc.want) || offset != tc.offset {
				t.Errorf("shell %t, %s: %v at %d, want %v at %d", shell, tc.text, err, offset, tc.want, tc.offset)
			}
		}
	}
}
