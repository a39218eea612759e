package decimal128_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/bsonkit/bsonkit/decimal128"
)

// must returns the Decimal of a text that fits.
func must(text string) decimal128.Decimal {
	d, err := decimal128.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

func ExampleParse() {
	d, err := decimal128.Parse("12.50")
	fmt.Println(d, err)

	_, err = decimal128.Parse("1.2345678901234567890123456789012345")
	var fault *decimal128.ValueError
	if errors.As(err, &fault) {
		fmt.Println(errors.Is(err, decimal128.ErrInexact), "at", fault.Offset)
	}

	_, err = decimal128.Parse([]byte("12,50"))
	var syntax *decimal128.SyntaxError
	if errors.As(err, &syntax) {
		fmt.Println(errors.Is(err, decimal128.ErrSyntax), "at", syntax.Offset)
	}
	// Output:
	// 12.50 <nil>
	// true at 35
	// true at 2
}

func ExampleParseRounded() {
	d, cond, err := decimal128.ParseRounded("1.2345678901234567890123456789012345", decimal128.ToNearestEven)
	fmt.Println(d, cond, err)
	d, cond, err = decimal128.ParseRounded("1E+7000", decimal128.TowardZero)
	fmt.Println(d, cond, err)
	// Output:
	// 1.234567890123456789012345678901234 rounded|inexact <nil>
	// 9.999999999999999999999999999999999E+6144 rounded|inexact|overflow <nil>
}

func ExampleConditions_Has() {
	_, cond, _ := decimal128.ParseRounded("1E-7000", decimal128.ToNearestEven)
	fmt.Println(cond.Has(decimal128.Underflow), cond.Has(decimal128.Overflow))
	// Output: true false
}

func ExampleConditions_String() {
	fmt.Println(decimal128.Rounded | decimal128.Clamped)
	// Output: rounded|clamped
}

func ExampleFromBits() {
	fmt.Println(decimal128.FromBits(0x303c000000000000, 999))
	// Output: 9.99
}

func ExampleDecimal_Bits() {
	hi, lo := must("9.99").Bits()
	fmt.Printf("%#x %d\n", hi, lo)
	// Output: 0x303c000000000000 999
}

func ExampleFromBytes() {
	data := []byte("\xe7\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x3c\x30")
	fmt.Println(decimal128.FromBytes([16]byte(data)))
	// Output: 9.99
}

func ExampleDecimal_Bytes() {
	fmt.Printf("%x\n", must("9.99").Bytes())
	// Output: e7030000000000000000000000003c30
}

func ExampleDecimal_AppendBytes() {
	fmt.Printf("%x\n", must("9.99").AppendBytes([]byte{0x13}))
	// Output: 13e7030000000000000000000000003c30
}

func ExampleFromCoefficient() {
	d, err := decimal128.FromCoefficient(0, 999, -2)
	fmt.Println(d, err)
	d, err = decimal128.FromCoefficient(0, 5, -3)
	fmt.Println(d.Neg(), err)
	// Output:
	// 9.99 <nil>
	// -0.005 <nil>
}

func ExampleDecimal_Coefficient() {
	hi, lo, exponent := must("-9.990").Coefficient()
	fmt.Println(hi, lo, exponent)
	// Output: 0 9990 -3
}

func ExampleDecimal_SameQuantum() {
	fmt.Println(must("1.23").SameQuantum(must("99.99")), must("1.23").SameQuantum(must("1.230")))
	// Output: true false
}

func ExampleInf() {
	fmt.Println(decimal128.Inf(1), decimal128.Inf(-1))
	// Output: Infinity -Infinity
}

func ExampleNaN() {
	nan := decimal128.NaN()
	fmt.Println(nan, nan == must("NaN"), nan.Equal(nan))
	// Output: NaN true false
}

func ExampleQuietNaN() {
	d, err := decimal128.QuietNaN(0, 42)
	_, payload := d.Payload()
	fmt.Println(d, d.IsSignaling(), payload, err)
	// Output: NaN false 42 <nil>
}

func ExampleSignalingNaN() {
	d, err := decimal128.SignalingNaN(0, 42)
	_, payload := d.Payload()
	fmt.Println(d, d.IsSignaling(), payload, err)
	// Output: NaN true 42 <nil>
}

func ExampleDecimal_Payload() {
	hi, lo := decimal128.FromBits(0x7c00000000000000, 7).Payload()
	fmt.Println(hi, lo)
	// Output: 0 7
}

func ExampleDecimal_Class() {
	for _, text := range []string{"1", "-0.00", "1E-6150", "-inf", "nan"} {
		fmt.Print(must(text).Class(), " ")
	}
	// Output: +Normal -Zero +Subnormal -Infinity NaN
}

func ExampleClass_String() {
	fmt.Println(decimal128.ClassSignalingNaN, decimal128.ClassNegativeSubnormal)
	// Output: sNaN -Subnormal
}

func ExampleDecimal_IsNaN() {
	fmt.Println(must("NaN").IsNaN(), must("1").IsNaN())
	// Output: true false
}

func ExampleDecimal_IsSignaling() {
	fmt.Println(decimal128.FromBits(0x7e00000000000000, 0).IsSignaling(), must("NaN").IsSignaling())
	// Output: true false
}

func ExampleDecimal_IsInf() {
	fmt.Println(must("-Infinity").IsInf(), must("NaN").IsInf())
	// Output: true false
}

func ExampleDecimal_IsFinite() {
	fmt.Println(must("1E+6144").IsFinite(), must("Infinity").IsFinite())
	// Output: true false
}

func ExampleDecimal_IsZero() {
	fmt.Println(must("-0.00").IsZero(), must("1E-6176").IsZero())
	// Output: true false
}

func ExampleDecimal_IsNormal() {
	fmt.Println(must("1E-6143").IsNormal(), must("1E-6144").IsNormal(), must("0").IsNormal())
	// Output: true false false
}

func ExampleDecimal_IsSubnormal() {
	fmt.Println(must("1E-6143").IsSubnormal(), must("1E-6144").IsSubnormal(), must("0").IsSubnormal())
	// Output: false true false
}

func ExampleDecimal_Signbit() {
	fmt.Println(must("-0").Signbit(), must("0").Signbit())
	// Output: true false
}

func ExampleDecimal_Sign() {
	fmt.Println(must("-0.5").Sign(), must("-0").Sign(), must("Infinity").Sign(), must("-NaN").Sign())
	// Output: -1 0 1 0
}

func ExampleDecimal_Neg() {
	fmt.Println(must("0.00").Neg(), must("-9.99").Neg())
	// Output: -0.00 9.99
}

func ExampleDecimal_Abs() {
	fmt.Println(must("-9.99").Abs(), must("-Infinity").Abs())
	// Output: 9.99 Infinity
}

func ExampleDecimal_CopySign() {
	fmt.Println(must("9.99").CopySign(must("-0")))
	// Output: -9.99
}

func ExampleDecimal_IsCanonical() {
	tooLarge := decimal128.FromBits(0x3041ed09bead87c0, 0x378d8e6400000000) // 10^34
	fmt.Println(must("9.99").IsCanonical(), tooLarge.IsCanonical())
	// Output: true false
}

func ExampleDecimal_Canonical() {
	tooLarge := decimal128.FromBits(0x3041ed09bead87c0, 0x378d8e6400000000) // 10^34
	fmt.Println(tooLarge, tooLarge == must("0"), tooLarge.Canonical() == must("0"))
	// Output: 0 false true
}

func ExampleDecimal_Append() {
	fmt.Printf("%s\n", must("1200E-5").Append([]byte("price=")))
	// Output: price=0.01200
}

func ExampleDecimal_String() {
	fmt.Println(must("1200").String(), must("12E2").String(), must("0.0000000012").String())
	// Output: 1200 1.2E+3 1.2E-9
}

func ExampleDecimal_AppendNotation() {
	fmt.Printf("%s\n", must("1.2E-8").AppendNotation(nil, decimal128.Engineering))
	// Output: 12E-9
}

func ExampleDecimal_Text() {
	d := must("12.3E+6")
	fmt.Println(d.Text(decimal128.Scientific), d.Text(decimal128.Engineering), d.Text(decimal128.Plain))
	// Output: 1.23E+7 12.3E+6 12300000
}

func ExampleDecimal_HasExactText() {
	fmt.Println(must("1.20").HasExactText(), must("-NaN").HasExactText())
	// Output: true false
}

func ExampleDecimal_Compare() {
	prices := []decimal128.Decimal{must("10"), must("9.99"), must("NaN"), must("1E+1"), must("-Infinity")}
	slices.SortStableFunc(prices, decimal128.Decimal.Compare)
	fmt.Println(prices)
	// Output: [NaN -Infinity 9.99 10 1E+1]
}

func ExampleDecimal_Equal() {
	a, b := must("1.0"), must("1.00")
	fmt.Println(a.Equal(b), a == b)
	// Output: true false
}

func ExampleDecimal_Less() {
	fmt.Println(must("9.99").Less(must("10")), must("NaN").Less(must("10")))
	// Output: true false
}

func ExampleDecimal_CompareTotal() {
	values := []decimal128.Decimal{must("NaN"), must("1"), must("1.00"), must("-0"), must("0"), must("-NaN")}
	slices.SortFunc(values, decimal128.Decimal.CompareTotal)
	fmt.Println(values)
	// Output: [NaN -0 0 1.00 1 NaN]
}

func ExampleDecimal_Quantize() {
	for _, mode := range []decimal128.Rounding{decimal128.ToNearestEven, decimal128.ToNearestAway} {
		d, cond, err := must("12.345").Quantize(-2, mode)
		fmt.Println(d, cond, err)
	}
	// Output:
	// 12.34 rounded|inexact <nil>
	// 12.35 rounded|inexact <nil>
}

func ExampleDecimal_Reduce() {
	seen := map[decimal128.Decimal]int{}
	for _, text := range []string{"1.50", "1.5", "150E-2"} {
		seen[must(text).Reduce()]++
	}
	fmt.Println(seen)
	// Output: map[1.5:3]
}

func ExampleFromInt64() {
	fmt.Println(decimal128.FromInt64(math.MinInt64))
	// Output: -9223372036854775808
}

func ExampleFromUint64() {
	fmt.Println(decimal128.FromUint64(math.MaxUint64))
	// Output: 18446744073709551615
}

func ExampleFromBigInt() {
	d, err := decimal128.FromBigInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(40), nil))
	fmt.Println(d, err)
	_, err = decimal128.FromBigInt(new(big.Int).Lsh(big.NewInt(1), 200))
	fmt.Println(errors.Is(err, decimal128.ErrInexact))
	// Output:
	// 1.000000000000000000000000000000000E+40 <nil>
	// true
}

func ExampleFromRat() {
	d, err := decimal128.FromRat(big.NewRat(1, 8))
	fmt.Println(d, err)
	_, err = decimal128.FromRat(big.NewRat(1, 3))
	fmt.Println(errors.Is(err, decimal128.ErrInexact))
	// Output:
	// 0.125 <nil>
	// true
}

// Conversion from the coefficient and the exponent of another package's decimal.
func ExampleFromScaledBigInt() {
	d, err := decimal128.FromScaledBigInt(big.NewInt(999), -2)
	fmt.Println(d, err)
	_, err = decimal128.FromScaledBigInt(big.NewInt(1), math.MaxInt32)
	fmt.Println(errors.Is(err, decimal128.ErrOverflow))
	// Output:
	// 9.99 <nil>
	// true
}

func ExampleDecimal_ScaledBigInt() {
	v, exponent, err := must("-9.990").ScaledBigInt()
	fmt.Println(v, exponent, err)
	// Output: -9990 -3 <nil>
}

func ExampleDecimal_Int64() {
	n, err := must("42.00").Int64()
	fmt.Println(n, err)
	_, err = must("42.5").Int64()
	fmt.Println(errors.Is(err, decimal128.ErrInexact))
	// Output:
	// 42 <nil>
	// true
}

func ExampleDecimal_Uint64() {
	_, err := must("-1").Uint64()
	fmt.Println(errors.Is(err, decimal128.ErrSign))
	// Output: true
}

func ExampleDecimal_BigInt() {
	n, err := must("1.5E+21").BigInt()
	fmt.Println(n, err)
	// Output: 1500000000000000000000 <nil>
}

func ExampleDecimal_Rat() {
	r, err := must("-0.75").Rat()
	fmt.Println(r, err)
	// Output: -3/4 <nil>
}

func ExampleFromFloat64() {
	fmt.Println(decimal128.FromFloat64(9.99), decimal128.FromFloat64(1e300))
	// Output: 9.99 1E+300
}

func ExampleFromFloat64Exact() {
	d, err := decimal128.FromFloat64Exact(0.375)
	fmt.Println(d, err)
	_, err = decimal128.FromFloat64Exact(9.99)
	fmt.Println(errors.Is(err, decimal128.ErrInexact))
	// Output:
	// 0.375 <nil>
	// true
}

// The exact value of the double 9.99.
func ExampleAppendFloat64Exact() {
	fmt.Printf("%s\n", decimal128.AppendFloat64Exact(nil, 9.99))
	// Output: 9.9900000000000002131628207280300557613372802734375
}

func ExampleDecimal_Float64() {
	f, err := must("0.5").Float64()
	fmt.Println(f, err)
	f, err = must("9.99").Float64()
	fmt.Println(f, errors.Is(err, decimal128.ErrInexact))
	// Output:
	// 0.5 <nil>
	// 9.99 true
}

func ExampleDecimal_NearestFloat64() {
	fmt.Println(must("9.99").NearestFloat64(), must("1E+400").NearestFloat64())
	// Output: 9.99 +Inf
}

func ExampleDecimal_AppendText() {
	text, err := must("9.990").AppendText(nil)
	fmt.Printf("%s %v\n", text, err)
	// Output: 9.990 <nil>
}

func ExampleDecimal_MarshalText() {
	text, err := must("9.990").MarshalText()
	fmt.Printf("%s %v\n", text, err)
	// Output: 9.990 <nil>
}

func ExampleDecimal_UnmarshalText() {
	var d decimal128.Decimal
	err := d.UnmarshalText([]byte("9.990"))
	fmt.Println(d, err)
	// Output: 9.990 <nil>
}

func ExampleDecimal_MarshalJSON() {
	text, err := json.Marshal(must("9.990"))
	fmt.Printf("%s %v\n", text, err)
	// Output: "9.990" <nil>
}

func ExampleDecimal_UnmarshalJSON() {
	var prices []decimal128.Decimal
	err := json.Unmarshal([]byte(`["9.990", 9.990]`), &prices)
	fmt.Println(prices, err)
	// Output: [9.990 9.990] <nil>
}

func ExampleDecimal_MarshalBSONValue() {
	typ, data, err := must("9.99").MarshalBSONValue()
	fmt.Printf("%#x %x %v\n", typ, data, err)
	// Output: 0x13 e7030000000000000000000000003c30 <nil>
}

func ExampleDecimal_UnmarshalBSONValue() {
	var d decimal128.Decimal
	err := d.UnmarshalBSONValue(0x13, must("9.99").AppendBytes(nil))
	fmt.Println(d, err)
	// Output: 9.99 <nil>
}

func ExampleDecimal_Value() {
	v, err := must("9.990").Value()
	fmt.Printf("%T %v %v\n", v, v, err)
	// Output: string 9.990 <nil>
}

func ExampleDecimal_Scan() {
	var d decimal128.Decimal
	err := d.Scan([]byte("9.990"))
	fmt.Println(d, err)
	fmt.Println(errors.Is(d.Scan(nil), decimal128.ErrType))
	// Output:
	// 9.990 <nil>
	// true
}
