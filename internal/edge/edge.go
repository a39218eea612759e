// Package edge has the values at the limits of the BSON types. The generators of test
// documents use them as often as common values. Package sample makes its documents
// from these tables, so their order and contents must not change: the same seed must
// give the same bytes.
package edge

import (
	"math"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
)

// Types has the 21 types of BSON.
var Types = []bson.Type{
	bson.TypeDouble, bson.TypeString, bson.TypeDocument, bson.TypeArray,
	bson.TypeBinary, bson.TypeUndefined, bson.TypeObjectID, bson.TypeBoolean,
	bson.TypeDateTime, bson.TypeNull, bson.TypeRegex, bson.TypeDBPointer,
	bson.TypeCode, bson.TypeSymbol, bson.TypeCodeWithScope, bson.TypeInt32,
	bson.TypeTimestamp, bson.TypeInt64, bson.TypeDecimal128, bson.TypeMaxKey,
	bson.TypeMinKey,
}

// Values at the limits of ranges.
var (
	Doubles = []float64{
		0, math.Copysign(0, -1), 1, -1, 0.1, 9.99, 1e-5, 1e-4, 1e15, 1e16, 1e17,
		123456789012345680, 1e21, 1e22, 1e23, 1e300, -1e300, 5e-324,
		2.2250738585072014e-308, 2.225073858507201e-308, math.MaxFloat64,
		1 << 53, 1<<53 + 2, 0.3, 1.0 / 3, 2147483647, 9223372036854775808,
		math.Inf(1), math.Inf(-1), 1e100, 4.35, 8.5, 1e-7,
	}
	Ints = []int64{
		0, 1, -1, 9, 10, 99, 100, math.MaxInt32, math.MinInt32,
		math.MaxInt32 + 1, math.MinInt32 - 1, 1 << 53, 1<<53 + 1, -1 << 53,
		math.MaxInt64, math.MinInt64,
	}
	// Dates are in milliseconds since 1970: near 1970, 2000, 9999-12-31 and year 0,
	// leap days, the limits of int64, and the second from which Go's package time
	// counts.
	Dates = []int64{
		0, 1, -1, 999, 1000, -1000, 951782400000, 951868799999, 4107542400000,
		253402300799999, 253402300800000, -62167219200000, -62135596800000,
		-62135596800001, 1709164800123, math.MaxInt64, math.MinInt64,
	}
	Decimals = []decimal128.Decimal{
		Decimal(false, 0, 0, 0), Decimal(true, 0, 0, 0), Decimal(false, 0, 1, 0),
		Decimal(false, 0, 0, -6176), Decimal(true, 0, 0, 6111),
		Decimal(false, 0, 1, -6176), Decimal(true, 0, 1, 6111),
		Decimal(false, 0, 1200, -3), Decimal(false, 0, 1, -6), Decimal(false, 0, 1, -7),
		// 10³⁴-1, the largest coefficient.
		Decimal(false, 0x1ED09BEAD87C0, 0x378D8E63FFFFFFFF, 6111),
		Decimal(true, 0x1ED09BEAD87C0, 0x378D8E63FFFFFFFF, -6176),
		decimal128.FromBits(0x7800000000000000, 0), // Infinity
		decimal128.FromBits(0xF800000000000000, 0), // -Infinity
		decimal128.FromBits(0x7C00000000000000, 0), // NaN
	}
	Subtypes = []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0x7F, 0x80, 0xFF}
	// Keys are keys that no reader reads as a wrapper, at any depth.
	Keys = []string{
		"", "a", "_id", "a.b", ".", "$", "$gt", "$set", "$$", "$oid.", " ", "\"", "\\", "/", "~",
		"\t", "\u007f", "é", "日本", "🙂", "key with spaces", "0", "1", "00", "-0",
		"\u2028", "<b>", "constructor", "__proto__", "oid", "numberLong",
	}
)

// Foreign has words of other scripts, and emoji of one and of several code points (a
// flag, a family, a skin tone).
var Foreign = []string{
	"café", "naïve", "Straße", "smörgås", "žluťoučký", "İstanbul", "ångström",
	"Ελληνικά", "θάλασσα", "привет", "осень", "щука", "შემოდგომა", "ձմեռ",
	"שלום", "تفاح", "چای", "नमस्ते", "বাংলা", "தமிழ்", "ไทย", "ភាសា",
	"日本語", "東京都", "简体字", "繁體字", "한국어", "서울", "かな", "カタカナ",
	"🙂", "🎉", "🚲", "👩‍👩‍👧", "🇮🇸", "👍🏽", "𝔘𝔫𝔦", "𐍈𐌰", "½ ≤ ∞",
}

// Awkward has texts with characters that must be escaped, or that are similar to
// them.
var Awkward = []string{
	`"quoted"`, `back\slash`, "tab\there", "two\nlines", "cr\r\n", "form\ffeed",
	"bell\a", "nul\x00in the middle", "esc\x1b[0m", "del\x7f", "</script>",
	"a&b<c>d", "line\u2028sep", "para\u2029sep", `\u0041`, `{"$oid":"x"}`,
	"\ufeffbom", "\ufffd", "\U0010FFFF", "e\u0301", "",
}

// Decimal returns coef·10^exp, with coef = hi·2⁶⁴+lo < 10³⁴, in the BID encoding of
// IEEE 754: sign, 14 bits of exponent with a bias of 6176, 113 bits of coefficient.
func Decimal(negative bool, hi, lo uint64, exp int) decimal128.Decimal {
	hi |= uint64(exp+6176) << 49
	if negative {
		hi |= 1 << 63
	}
	return decimal128.FromBits(hi, lo)
}
