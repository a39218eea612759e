package decimal128_test

import (
	"testing"

	"github.com/bsonkit/bsonkit/decimal128"
)

var benchTexts = []struct{ name, text string }{
	{"short", "12.34"},
	{"integer", "-1000000"},
	{"19digits", "12345678.9012345678"},
	{"34digits", "123456789012345.6789012345678901234"},
	{"34digitsExponent", "1.234567890123456789012345678901234E-6000"},
	{"exponent", "1E+10"},
}

func BenchmarkParse(b *testing.B) {
	for _, tc := range benchTexts {
		b.Run(tc.name, func(b *testing.B) {
			text := []byte(tc.text)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := decimal128.Parse(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, tc := range benchTexts {
		b.Run(tc.name, func(b *testing.B) {
			d, err := decimal128.Parse(tc.text)
			if err != nil {
				b.Fatal(err)
			}
			var dst []byte
			b.ReportAllocs()
			for b.Loop() {
				dst = d.Append(dst[:0])
			}
		})
	}
}
