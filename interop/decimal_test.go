package interop

import (
	"math/rand/v2"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/interop/decimals"
)

// TestDecimals compares hard decimals with PyMongo and libbson. Both accept the
// same texts as we do, read them as the same bits, and write the same text of
// canonical decimals. Encodings that are not canonical are not compared: they
// count as zero, but not for these two.
func TestDecimals(t *testing.T) {
	const count = 20_000
	for _, start := range []func(*testing.T) peer{pymongo, libbsonPeer} {
		p := start(t)
		t.Run(p.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, 3))
			taken, written := 0, 0
			for range count {
				text := decimals.Text(r)
				ours, err := decimal128.Parse(text)
				theirs, theirErr := p.call("parse", `{"a":{"$numberDecimal":"`+text+`"}}`)
				// libbson reads a text that it does not accept as NaN. It accepts
				// some wrong texts of more than 34 digits, zeros at the ends
				// included, and not all right ones.
				if p.name == "libbson" && digits(text) > decimal128.Precision {
					continue
				}
				refused := theirErr != nil || theirs == string(decimalDocument(decimal128.NaN()))
				if refused != (err != nil) || err == nil && theirs != string(decimalDocument(ours)) {
					t.Fatalf("%s: ours %v, %v, theirs %x, %v", text, ours, err, theirs, theirErr)
				}
				if err == nil {
					taken++
				}
			}
			for range count {
				d := decimal128.FromBits(decimals.Bits(r))
				if !d.IsCanonical() {
					continue
				}
				written++
				ours, err := p.modes["canonical"].out.AppendJSON(nil, decimalDocument(d))
				theirs, theirErr := p.call("canonical", string(decimalDocument(d)))
				if err != nil || theirErr != nil || theirs != string(ours) {
					t.Fatalf("%s, theirs %s, %v", ours, theirs, theirErr)
				}
			}
			if taken < count/5 || written < count/5 {
				t.Errorf("%d texts accepted, %d decimals written, want %d or more of each", taken, written, count/5)
			}
		})
	}
}

// digits returns the number of digits before the exponent.
func digits(text string) (n int) {
	for _, c := range text {
		if c == 'E' {
			break
		}
		if c >= '0' && c <= '9' {
			n++
		}
	}
	return n
}

func decimalDocument(d decimal128.Decimal) []byte {
	doc, mark := bsoncore.Begin(nil)
	return bsoncore.End(bsoncore.AppendDecimal128(doc, "a", d), mark)
}
