//go:build !race

package bsontest_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsontest"
)

// This file has codecs that are broken. They take long with the race detector, which
// finds nothing in them: they start no goroutine.

// TestBrokenCodecs tests codecs that are broken in one way each. TestCodec must find
// each by the right names, and nothing else.
func TestBrokenCodecs(t *testing.T) {
	at := func(err, target error) bool { return errors.Is(err, target) }
	var sharedBuffer []byte
	var sharedValue bson.Raw
	for _, tc := range []struct {
		name  string
		codec bsontest.Codec
		want  []string // names or beginnings of names that end in "…"
	}{
		{"accepts bytes after the end", accepting(func(_ []byte, err error) bool { return at(err, bson.ErrTrailing) }),
			[]string{"document: a byte too many at the end: accepted", "document: length one too small: accepted"}},
		{"accepts truncated documents", accepting(func(_ []byte, err error) bool { return at(err, bson.ErrTruncated) }),
			[]string{"document: length 2147483647: accepted", "document: length one too large: accepted", "truncated: accepted"}},
		{"accepts invalid UTF-8", accepting(func(_ []byte, err error) bool { return at(err, bson.ErrUTF8) }),
			[]string{"key: end inside a character: accepted", "symbol: surrogate: accepted", "regex: the byte 0xFF: accepted"}},
		{"accepts surrogates", accepting(func(data []byte, err error) bool {
			return at(err, bson.ErrUTF8) && bytes.Contains(data, []byte("\xed\xa0\x80"))
		}), []string{"string: surrogate: accepted", "key: surrogate: accepted"}},
		{"accepts a boolean 2", accepting(func(_ []byte, err error) bool { return at(err, bson.ErrBoolean) }), []string{"bool: 2: accepted"}},
		{"accepts unknown types", accepting(func(_ []byte, err error) bool { return at(err, bson.ErrType) }),
			[]string{"element: unknown type: accepted", "element: type 0: accepted"}},
		{"accepts a missing terminator", accepting(func(_ []byte, err error) bool { return at(err, bson.ErrTerminator) }),
			[]string{"string: no terminator: accepted", "string: length one too small: accepted"}},
		{"accepts negative lengths", accepting(func(data []byte, err error) bool {
			return at(err, bson.ErrLength) && bytes.Contains(data, []byte{255, 255, 255, 255})
		}), []string{"string: length -1: accepted", "binData: length -1: accepted"}},
		{"accepts everything", accepting(func([]byte, error) bool { return true }), []string{"truncated: accepted", "bool: 2: accepted"}},
		{"rejects everything", bsontest.Codec{Decode: func([]byte) (any, error) { return nil, errX }}, []string{"int: rejected", "object: rejected"}},
		{"without decimals", without(bson.TypeDecimal128), []string{"decimal: rejected"}},
		{"without symbols", without(bson.TypeSymbol), []string{"symbol: rejected"}},
		{"without nested scopes", without(bson.TypeCodeWithScope), []string{"javascriptWithScope: rejected"}},
		{"negative integers", changing(func(c *bson.Cursor) {
			if c.Type() == bson.TypeInt32 && c.Int32() < 0 {
				copy(c.Data(), make([]byte, 4))
			}
		}), []string{"int: changed"}},
		{"negative zero", changing(func(c *bson.Cursor) {
			if c.Type() == bson.TypeDouble && c.Double() == 0 {
				copy(c.Data(), make([]byte, 8))
			}
		}), []string{"double: changed"}},
		{"swaps increment and time", changing(func(c *bson.Cursor) {
			if c.Type() == bson.TypeTimestamp {
				t, i := c.Timestamp()
				binary.LittleEndian.PutUint32(c.Data(), t)
				binary.LittleEndian.PutUint32(c.Data()[4:], i)
			}
		}), []string{"timestamp: changed"}},
		{"a subtype", changing(func(c *bson.Cursor) {
			if c.Type() == bson.TypeBinary && c.Data()[4] == 2 {
				c.Data()[4] = 0
			}
		}), []string{"binData: changed"}},
		{"keys with the same first 16 bytes", changing(func(c *bson.Cursor) {
			if key := c.Key(); len(key) > 16 {
				key[16] = 'x'
			}
		}), []string{"…: changed"}},
		{"deep nesting", withOdd(bsontest.Codec{Decode: func(data []byte) (any, error) {
			return bson.Raw(bytes.Clone(data)), bson.ValidateOptions{MaxDepth: 50}.Validate(data)
		}, Encode: raw.Encode}, bsontest.Deep), []string{"deep: rejected"}},
		{"duplicate keys", withOdd(bsontest.Codec{Decode: func(data []byte) (any, error) {
			return bson.Raw(bytes.Clone(data)), bson.ValidateOptions{RejectDuplicateKeys: true}.Validate(data)
		}, Encode: raw.Encode}, bsontest.DuplicateKeys), []string{"duplicate keys: rejected"}},
		{"array keys", withOdd(values, bsontest.ArrayKeys), []string{"array keys: changed"}},
		{"order of options", withOdd(values, bsontest.RegexOptions), []string{"regex options: changed"}},
		{"NaN payloads", withOdd(changing(func(c *bson.Cursor) {
			if c.Type() == bson.TypeDouble && c.Double() != c.Double() {
				binary.LittleEndian.PutUint64(c.Data(), 0x7ff8<<48)
			}
		}), bsontest.NaNPayloads), []string{"NaN payloads: changed"}},
		{"decimal encodings", withOdd(changing(func(c *bson.Cursor) {
			if c.Type() == bson.TypeDecimal128 {
				c.Decimal128().Canonical().AppendBytes(c.Data()[:0])
			}
		}), bsontest.NonCanonicalDecimals), []string{"non-canonical decimals: changed"}},
		{"special keys", withOdd(bsontest.Codec{Decode: func(data []byte) (any, error) {
			return bson.Raw(bytes.Clone(data)), errors.Join(bson.Validate(data), bson.ValidateOptions{RejectDollarKeys: true}.Validate(data))
		}, Encode: raw.Encode}, bsontest.WrapperKeys), []string{"…: rejected"}},
		{"more than 1,000 elements", withOdd(bsontest.Codec{Decode: func(data []byte) (any, error) {
			if bson.Validate(data) == nil && summarize(data).widest > 1000 {
				return nil, errX
			}
			return raw.Decode(data)
		}, Encode: raw.Encode}, bsontest.Wide), []string{"wide: rejected"}},
		{"panics at a fault", bsontest.Codec{Decode: func(data []byte) (any, error) {
			if bson.Validate(data) != nil {
				panic("x")
			}
			return nil, nil
		}}, []string{"truncated: panics", "bool: 2: panics"}},
		{"changes its input", bsontest.Codec{Decode: func(data []byte) (any, error) {
			if len(data) > 0 {
				data[len(data)-1] ^= 1
			}
			return nil, nil
		}}, []string{"int: input changed", "…"}},
		{"encodes into one buffer", bsontest.Codec{Decode: raw.Decode, Encode: func(v any) ([]byte, error) {
			sharedBuffer = append(sharedBuffer[:0], v.(bson.Raw)...)
			return sharedBuffer, nil
		}}, []string{"two documents: encoded bytes change"}},
		{"decodes into one buffer", bsontest.Codec{Decode: func(data []byte) (any, error) {
			sharedValue = append(sharedValue[:0], data...)
			return &sharedValue, bson.Validate(data)
		}, Encode: func(v any) ([]byte, error) { return bytes.Clone(*v.(*bson.Raw)), nil }}, []string{"two documents: decoded value changes"}},
		{"allocates the claimed length", bsontest.Codec{Decode: func(data []byte) (any, error) {
			err := bson.Validate(data)
			if err != nil && len(data) > 4 && binary.LittleEndian.Uint32(data) == 1<<30 {
				return make([]byte, 100<<20), err
			}
			return raw.Decode(data)
		}}, []string{"a length of 1 GiB: memory"}},
		{"a Go map", bsontest.Codec{Decode: func(data []byte) (any, error) { return bson.Decode[bson.M](data) }, Encode: bson.Marshal},
			[]string{"…: changed"}},
		{"malformed output", bsontest.Codec{Decode: raw.Decode, Encode: func(v any) ([]byte, error) { return v.(bson.Raw)[1:], nil }},
			[]string{"int: malformed result", "regex: malformed result"}},
		{"encode fails", bsontest.Codec{Decode: raw.Decode, Encode: func(v any) ([]byte, error) { return nil, errX }}, []string{"int: rejected", "array: rejected"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := names(tc.codec)
			for _, want := range tc.want {
				if !slices.ContainsFunc(got, func(name string) bool {
					before, after, cut := strings.Cut(want, "…")
					return name == want || cut && strings.HasPrefix(name, before) && strings.HasSuffix(name, after)
				}) {
					t.Errorf("TestCodec finds %q, want %q", got, want)
				}
			}
			if len(tc.want) == 1 && len(got) != 1 && !strings.Contains(tc.want[0], "…") {
				t.Errorf("TestCodec finds %q, want %q alone", got, tc.want)
			}
		})
	}
}
