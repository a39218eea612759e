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

func BenchmarkParseRounded(b *testing.B) {
	for _, tc := range append(benchTexts, struct{ name, text string }{"40digits", "1234567890.123456789012345678901234567890"}) {
		b.Run(tc.name, func(b *testing.B) {
			text := []byte(tc.text)
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := decimal128.ParseRounded(text, decimal128.ToNearestEven); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompare(b *testing.B) {
	for _, tc := range []struct{ name, d, e string }{
		{"sameExponent", "12.34", "12.35"},
		{"otherExponent", "12.34", "12.3"},
		{"34digits", "1.234567890123456789012345678901234", "1.2345678901234567890123456789"},
		{"sign", "12.34", "-12.34"},
	} {
		b.Run(tc.name, func(b *testing.B) {
			d, e := mustParse(b, tc.d), mustParse(b, tc.e)
			b.ReportAllocs()
			for b.Loop() {
				if d.Compare(e) != 1 && e.Compare(d) != 1 {
					b.Fatal("the first value is not below the second")
				}
			}
		})
	}
}

func BenchmarkFloat64(b *testing.B) {
	d := mustParse(b, "9.99")
	b.Run("FromFloat64", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			decimal128.FromFloat64(9.99)
		}
	})
	b.Run("NearestFloat64", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			d.NearestFloat64()
		}
	})
	b.Run("AppendFloat64Exact", func(b *testing.B) {
		var dst []byte
		b.ReportAllocs()
		for b.Loop() {
			dst = decimal128.AppendFloat64Exact(dst[:0], 9.99)
		}
	})
}

func BenchmarkScaledBigInt(b *testing.B) {
	d := mustParse(b, "9.99")
	v, exponent, err := d.ScaledBigInt()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("To", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := d.ScaledBigInt(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("From", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := decimal128.FromScaledBigInt(v, exponent); err != nil {
				b.Fatal(err)
			}
		}
	})
}
