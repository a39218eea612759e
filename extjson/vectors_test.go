package extjson_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/corpus"
)

// The sentinels of text and of bytes, by their names in the vectors.
var (
	textSentinels = map[string]error{
		"ErrTruncated":   extjson.ErrTruncated,
		"ErrTrailing":    extjson.ErrTrailing,
		"ErrToken":       extjson.ErrToken,
		"ErrControl":     extjson.ErrControl,
		"ErrEscape":      extjson.ErrEscape,
		"ErrSurrogate":   extjson.ErrSurrogate,
		"ErrNumber":      extjson.ErrNumber,
		"ErrRange":       extjson.ErrRange,
		"ErrDigits":      extjson.ErrDigits,
		"ErrInexact":     extjson.ErrInexact,
		"ErrNumberLen":   extjson.ErrNumberLen,
		"ErrWrapper":     extjson.ErrWrapper,
		"ErrWrapperText": extjson.ErrWrapperText,
		"ErrRelaxed":     extjson.ErrRelaxed,
		"ErrAmbiguous":   extjson.ErrAmbiguous,
		"ErrLossy":       extjson.ErrLossy,
		"ErrUTF8":        bson.ErrUTF8, "ErrDepth": bson.ErrDepth, "ErrKeyNUL": bson.ErrKeyNUL,
	}
	byteSentinels = map[string]error{
		"ErrTruncated":  bson.ErrTruncated,
		"ErrTrailing":   bson.ErrTrailing,
		"ErrLength":     bson.ErrLength,
		"ErrTerminator": bson.ErrTerminator,
		"ErrType":       bson.ErrType,
		"ErrBoolean":    bson.ErrBoolean,
		"ErrUTF8":       bson.ErrUTF8,
		"ErrDepth":      bson.ErrDepth,
	}
)

// TestVectors runs the project's own vectors.
func TestVectors(t *testing.T) {
	exact := extjson.EncodeOptions{Mode: extjson.Canonical, RejectLossy: true}
	for _, file := range corpus.Load(t) {
		for _, v := range file.Valid {
			t.Run(file.Name+"/"+v.Name, func(t *testing.T) {
				canonical, err := encode(t, extjson.EncodeOptions{Mode: extjson.Canonical}, v.BSON)
				wantText(t, canonical, err, v.Canonical)
				relaxed, err := encode(t, extjson.EncodeOptions{}, v.BSON)
				wantText(t, relaxed, err, v.Relaxed)
				if _, err := encode(t, exact, v.BSON); errors.Is(err, extjson.ErrLossy) != v.Lossy() {
					t.Errorf("RejectLossy: %v", err)
				}
				for _, text := range append(v.Texts, v.Canonical) {
					for _, spelling := range []string{text, spaced(text)} {
						back, err := decode(t, extjson.DecodeOptions{}, spelling)
						if err != nil || !bytes.Equal(back, v.Back) {
							t.Errorf("%s gives %x, %v, want %x", spelling, back, err, v.Back)
						}
					}
				}
				back, err := decode(t, extjson.DecodeOptions{}, v.Relaxed)
				wantBytes(t, back, err, v.RelaxedBack)
			})
		}
		for _, r := range file.Refused {
			t.Run(file.Name+"/"+r.Name, func(t *testing.T) {
				_, err := encode(t, extjson.EncodeOptions{}, r.BSON)
				wantFault(t, err, fault{Offset: r.Offset, Pointer: r.Pointer, Err: extjson.ErrAmbiguous, Value: true})
				text, err := encode(t, extjson.EncodeOptions{AmbiguousKeys: extjson.AsIs}, r.BSON)
				wantText(t, text, err, r.AsIs)
			})
		}
		for _, b := range file.Bytes {
			t.Run(file.Name+"/"+b.Name, func(t *testing.T) {
				_, err := encode(t, extjson.EncodeOptions{}, b.BSON)
				want := fault{Offset: b.Offset, Pointer: b.Pointer, Err: byteSentinels[b.Error], Value: b.Error == "ErrDepth"}
				wantFault(t, err, want)
			})
		}
		for _, b := range file.Texts {
			t.Run(file.Name+"/"+b.Name, func(t *testing.T) {
				_, err := decode(t, extjson.DecodeOptions{}, b.Text)
				wantFault(t, err, textFault(b.Text, int(b.Offset), b.Pointer, textSentinels[b.Error]))
			})
		}
	}
}
