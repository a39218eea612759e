package extjson_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// specialElements appends elements whose keys are special in a dialect, or similar
// to special keys, with values that may fit the keys.
func specialElements(r *rand.Rand, dst []byte, levels int) []byte {
	keys := append([]string{"$regex", "$options", "$type", "$ref", "$id", "$db", "$gt", "$", "$$", "$$$", "$$oid", "$$regex", "a", "", "base64", "subType", "t", "i", "pattern", "options"}, specials...)
	for range r.IntN(3) {
		key := keys[r.IntN(len(keys))]
		switch n := r.IntN(9); {
		case n < 3 && levels > 0:
			var mark int
			dst, mark = bsoncore.BeginDocument(dst, key)
			dst = bsoncore.End(specialElements(r, dst, levels-1), mark)
		case n == 3 && levels > 0:
			var value, scope int
			dst, value, scope = bsoncore.BeginCodeWithScope(dst, key, "x")
			dst = bsoncore.End(specialElements(r, dst, levels-1), scope)
			bsoncore.SetLength(dst, value)
		case n == 4 && levels > 0:
			var array, mark int
			dst, array = bsoncore.BeginArray(dst, key)
			dst, mark = bsoncore.BeginDocument(dst, "0")
			dst = bsoncore.End(bsoncore.End(specialElements(r, dst, levels-1), mark), array)
		case n == 5:
			dst = bsoncore.AppendInt32(dst, key, 1)
		case n == 6:
			dst = bsoncore.AppendBoolean(dst, key, true)
		case n == 7:
			dst = bsoncore.AppendInt64(dst, key, 1<<40)
		default:
			texts := []string{"", "1", "00", "AA==", "i", "56e1fc72e0c917e9c4714161", "00112233-4455-6677-8899-aabbccddeeff", "2024-02-29T12:00:00Z"}
			dst = bsoncore.AppendString(dst, key, texts[r.IntN(len(texts))])
		}
	}
	return dst
}

// TestAmbiguousExactly: AppendJSON rejects a document exactly if the reader of the
// dialect would read another document from its text.
func TestAmbiguousExactly(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, mode := range []extjson.Mode{extjson.Relaxed, extjson.Canonical, extjson.SemiRelaxed, extjson.Legacy, extjson.Shell} {
		o := extjson.EncodeOptions{Mode: mode}
		asIs := extjson.EncodeOptions{Mode: mode, AmbiguousKeys: extjson.AsIs}
		in := extjson.DecodeOptions{Legacy: mode == extjson.Legacy, Shell: mode == extjson.Shell}
		refused, written := 0, 0
		for range 20_000 {
			dst, mark := bsoncore.Begin(nil)
			doc := bsoncore.End(specialElements(r, dst, 4), mark)
			text, err := asIs.AppendJSON(nil, doc)
			if err != nil {
				t.Fatal(err)
			}
			back, backErr := in.AppendBSON(nil, text)
			same := backErr == nil && bytes.Equal(back, doc)
			_, err = o.AppendJSON(nil, doc)
			switch {
			case err == nil && same:
				written++
			case errors.Is(err, extjson.ErrAmbiguous) && !same:
				refused++
			default:
				t.Fatalf("mode %d: %x is %s, %v, and comes back as %x, %v", mode, doc, text, err, back, backErr)
			}
		}
		if refused < 1000 || written < 1000 {
			t.Errorf("mode %d: only %d documents rejected, %d written", mode, refused, written)
		}
	}
}

// TestLegacyRegexTwice: the reader of legacy text reads an object with a duplicate
// special key as a document, not as a regex. So such a document is written.
func TestLegacyRegexTwice(t *testing.T) {
	legacy := extjson.EncodeOptions{Mode: extjson.Legacy}
	for elements, want := range map[string]string{
		"02 24726567657800 02000000 7800 02 246f7074696f6e7300 02000000 6900 02 246f7074696f6e7300 02000000 6900": `{"a":{"$regex":"x","$options":"i","$options":"i"}}`,
		"02 24726567657800 02000000 7800 02 24726567657800 02000000 7800":                                         `{"a":{"$regex":"x","$regex":"x"}}`,
		"02 246f7074696f6e7300 02000000 6900":                                                                     `{"a":{"$options":"i"}}`,
	} {
		text, err := encode(t, legacy, document(t, "03 6100 "+hex.EncodeToString(document(t, elements))))
		wantText(t, text, err, want)
	}
	for _, elements := range []string{
		"02 24726567657800 02000000 7800", "02 24726567657800 02000000 7800 02 246f7074696f6e7300 02000000 6900",
	} {
		_, err := encode(t, legacy, document(t, "03 6100 "+hex.EncodeToString(document(t, elements))))
		wantFault(t, err, fault{Offset: 11, Pointer: "/a/$regex", Err: extjson.ErrAmbiguous, Value: true})
	}
}
