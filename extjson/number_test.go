package extjson_test

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/extjson"
)

// This file tests bare numbers and the numbers in wrappers.

const (
	zeros   = "0000000000"
	hundred = zeros + zeros + zeros + zeros + zeros + zeros + zeros + zeros + zeros + zeros
	// 2^1024 - 2^970 is the middle between the largest double and the next number of
	// 53 bits. It is the smallest integer that overflows.
	overflow = "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880177904174497792"
	below    = "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880177904174497791"
)

func TestBareNumbers(t *testing.T) {
	for _, tc := range []struct{ text, element string }{
		{"0", "10 6100 00000000"},
		{"-0", "10 6100 00000000"},
		{"1", "10 6100 01000000"},
		{"-1", "10 6100 ffffffff"},
		{"1234567", "10 6100 87d61200"},
		{"12345678", "10 6100 4e61bc00"},
		{"123456789", "10 6100 15cd5b07"},
		{"2147483647", "10 6100 ffffff7f"},
		{"2147483648", "12 6100 0000008000000000"},
		{"-2147483648", "10 6100 00000080"},
		{"-2147483649", "12 6100 ffffff7fffffffff"},
		{"4294967295", "12 6100 ffffffff00000000"},
		{"4294967296", "12 6100 0000000001000000"},
		{"1234567890123456789", "12 6100 1581e97df4102211"},
		{"9223372036854775807", "12 6100 ffffffffffffff7f"},
		{"-9223372036854775808", "12 6100 0000000000000080"},
		{"9223372036854775808", "01 6100 000000000000e043"},
		{"-9223372036854775809", "01 6100 000000000000e0c3"},
		{"9999999999999999999", "01 6100 003d9160e458e143"},
		{"18446744073709551615", "01 6100 000000000000f043"},
		{"18446744073709551616", "01 6100 000000000000f043"},
		{"10000000000000000000", "01 6100 003d9160e458e143"},
		{"1" + hundred, "01 6100 7dc39425ad49b254"},
		{"0.0", "01 6100 0000000000000000"},
		{"-0.0", "01 6100 0000000000000080"},
		{"-0e1", "01 6100 0000000000000080"},
		{"0e0", "01 6100 0000000000000000"},
		{"0E-99999999999999999999", "01 6100 0000000000000000"},
		{"0e99999999999999999999", "01 6100 0000000000000000"},
		{"1.0", "01 6100 000000000000f03f"},
		{"1e0", "01 6100 000000000000f03f"},
		{"1E+0", "01 6100 000000000000f03f"},
		{"1e-0", "01 6100 000000000000f03f"},
		{"10e-1", "01 6100 000000000000f03f"},
		{"0.1e01", "01 6100 000000000000f03f"},
		{"1.5", "01 6100 000000000000f83f"},
		{"9.99", "01 6100 7b14ae47e1fa2340"},
		{"0.1", "01 6100 9a9999999999b93f"},
		{"-0.1", "01 6100 9a9999999999b9bf"},
		{"2147483648.0", "01 6100 000000000000e041"},
		{"9223372036854775807.0", "01 6100 000000000000e043"},
		{"9007199254740993.0", "01 6100 0000000000004043"},
		{"9007199254740993.00000000000000000001", "01 6100 0100000000004043"},
		{"1" + hundred + "e-100", "01 6100 000000000000f03f"},
		{"1" + hundred + hundred + hundred + hundred + "e-400", "01 6100 000000000000f03f"},
		{"0." + hundred + hundred + hundred + hundred + "1e401", "01 6100 000000000000f03f"},
		{"5e-324", "01 6100 0100000000000000"},
		{"2.4703282292062328e-324", "01 6100 0100000000000000"},
		{"2.4703282292062327e-324", "01 6100 0000000000000000"},
		{"1e-400", "01 6100 0000000000000000"},
		{"-1e-400", "01 6100 0000000000000080"},
		{"1e-99999999999999999999", "01 6100 0000000000000000"},
		{below, "01 6100 ffffffffffffef7f"},
		{"1.7976931348623157e308", "01 6100 ffffffffffffef7f"},
		{"1.7976931348623158e308", "01 6100 ffffffffffffef7f"},
		{"-1.7976931348623158e308", "01 6100 ffffffffffffefff"},
	} {
		name := tc.text
		if len(name) > 40 {
			name = fmt.Sprintf("%s… (%d bytes)", name[:20], len(name))
		}
		t.Run(name, func(t *testing.T) {
			want := document(t, tc.element)
			got, err := decode(t, extjson.DecodeOptions{}, `{"a":`+tc.text+`}`)
			wantBytes(t, got, err, want)
			// The bytes that can follow a number.
			for _, after := range []string{" }", "\n\n}", "\t}       "} {
				got, err := decode(t, extjson.DecodeOptions{}, `{"a":`+tc.text+after)
				wantBytes(t, got, err, want)
			}
			got, err = decode(t, extjson.DecodeOptions{}, `{"b":[`+tc.text+`,`+tc.text+`]}`)
			element := want[7 : len(want)-1]
			array := append(append(append(append([]byte{want[4], '0', 0}, element...), want[4], '1', 0), element...), 0)
			wantBytes(t, got, err, document(t, fmt.Sprintf("04 6200 %02x000000 %x", len(array)+4, array)))
		})
	}
}

func TestBadNumbers(t *testing.T) {
	for _, tc := range []struct {
		name, text, pointer string
		err                 error
	}{
		{"minus alone", `{"a":-¦}`, "/a", extjson.ErrNumber},
		{"minus and blank", `{"a":-¦ 1}`, "/a", extjson.ErrNumber},
		{"two minuses", `{"a":-¦-1}`, "/a", extjson.ErrNumber},
		{"plus", `{"a":¦+1}`, "/a", extjson.ErrToken},
		{"leading zero", `{"a":0¦1}`, "", extjson.ErrToken},
		{"leading zero, negative", `{"a":-0¦1}`, "", extjson.ErrToken},
		{"leading zeros", `{"a":0¦0}`, "", extjson.ErrToken},
		{"leading zero, eight digits behind", `{"a":0¦12345678}`, "", extjson.ErrToken},
		{"leading point", `{"a":¦.5}`, "/a", extjson.ErrToken},
		{"leading point, negative", `{"a":-¦.5}`, "/a", extjson.ErrNumber},
		{"trailing point", `{"a":1.¦}`, "/a", extjson.ErrNumber},
		{"trailing point, long", `{"a":12345678901.¦}`, "/a", extjson.ErrNumber},
		{"point and exponent", `{"a":1.¦e1}`, "/a", extjson.ErrNumber},
		{"two points", `{"a":1.2¦.3}`, "", extjson.ErrToken},
		{"exponent alone", `{"a":1e¦}`, "/a", extjson.ErrNumber},
		{"exponent, sign alone", `{"a":1e+¦}`, "/a", extjson.ErrNumber},
		{"exponent, two signs", `{"a":1e+¦-1}`, "/a", extjson.ErrNumber},
		{"exponent with fraction", `{"a":1e1¦.5}`, "", extjson.ErrToken},
		{"exponent, long", `{"a":123456789012.5E¦x}`, "/a", extjson.ErrNumber},
		{"hexadecimal", `{"a":0¦x10}`, "", extjson.ErrToken},
		{"underscore", `{"a":1¦_000}`, "", extjson.ErrToken},
		{"suffix", `{"a":1¦L}`, "", extjson.ErrToken},
		{"suffix of a double", `{"a":1.5¦f}`, "", extjson.ErrToken},
		{"Unicode digit", `{"a":¦٣}`, "/a", extjson.ErrToken},
		{"Unicode digit behind", `{"a":1¦٣}`, "", extjson.ErrToken},
		{"overflow", `{"a":¦1e309}`, "/a", extjson.ErrRange},
		{"overflow, negative", `{"a":{"b":[1,¦-1e309]}}`, "/a/b/1", extjson.ErrRange},
		{"overflow by a hair", `{"a":¦1.7976931348623159e308}`, "/a", extjson.ErrRange},
		{"overflow, huge exponent", `{"a":¦1e99999999999999999999}`, "/a", extjson.ErrRange},
		{"overflow, digits", `{"a":¦` + overflow + `}`, "/a", extjson.ErrRange},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text, want := marked(t, tc.text, tc.pointer, tc.err)
			_, err := decode(t, extjson.DecodeOptions{}, text)
			wantFault(t, err, want)
		})
	}
}

func TestRejectInexact(t *testing.T) {
	exact := extjson.DecodeOptions{RejectInexact: true}
	for _, tc := range []struct {
		text string
		ok   bool
	}{
		{"9223372036854775807", true},
		{"-9223372036854775808", true},
		{"9223372036854775808", true}, // 2^63
		{"9223372036854775809", false},
		{"-9223372036854775809", false},
		{"9223372036854777856", true}, // 2^63 + 2^11, the next double
		{"9223372036854776832", false},
		{"18446744073709551616", true},
		{"10000000000000000000000", true}, // 10^22, the largest power of ten that is exact
		{"100000000000000000000000", false},
		{"1" + hundred, false},
		{"9223372036854775809.0", true}, // a number with a point is a double
		{"0.1", true},
		{"9223372036854775809e0", true},
		{new(big.Int).Lsh(big.NewInt(1), 1023).String(), true},
		{new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 1024), new(big.Int).Lsh(big.NewInt(1), 971)).String(), true}, // the largest
		{new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 1023), big.NewInt(1)).String(), false},
	} {
		text, want := marked(t, `{"a":[1,¦`+tc.text+`]}`, "/a/1", extjson.ErrInexact)
		want0, err := decode(t, extjson.DecodeOptions{}, text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decode(t, exact, text)
		if tc.ok {
			wantBytes(t, got, err, want0)
		} else {
			wantFault(t, err, want)
		}
		// With a sign the shell has the same number.
		if tc.text[0] == '-' {
			continue
		}
		shell := extjson.DecodeOptions{Shell: true, RejectInexact: true}
		text, want = marked(t, `{"a":[1,¦+`+tc.text+`]}`, "/a/1", extjson.ErrInexact)
		got, err = decode(t, shell, text)
		if tc.ok {
			wantBytes(t, got, err, want0)
		} else {
			wantFault(t, err, want)
		}
	}
}

func TestMaxNumberLen(t *testing.T) {
	long := strings.Repeat("1", 4096)
	for _, tc := range []struct {
		name, text, pointer string
		limit               int
		err                 error // nil: the number fits
	}{
		{"at the default", `{"a":` + here + `0.` + long[:4094] + `}`, "", 0, nil},
		{"over the default", `{"a":` + here + `0.` + long[:4095] + `}`, "/a", 0, extjson.ErrNumberLen},
		{"sign counts", `{"a":` + here + `-0.` + long[:4094] + `}`, "/a", 0, extjson.ErrNumberLen},
		{"at a limit", `{"a":¦123456789}`, "", 9, nil},
		{"over a limit", `{"a":¦1234567890}`, "/a", 9, extjson.ErrNumberLen},
		{"one digit", `{"a":¦1}`, "", 1, nil},
		{"two digits", `{"a":¦12}`, "/a", 1, extjson.ErrNumberLen},
		{"$numberInt at", `{"a":{"$numberInt":¦"-2147483648"}}`, "", 11, nil},
		{"$numberInt over", `{"a":{"$numberInt":¦"-2147483648"}}`, "/a", 10, extjson.ErrNumberLen},
		{"$numberLong over", `{"a":{"$numberLong":¦"12345678901"}}`, "/a", 10, extjson.ErrNumberLen},
		{"$numberDouble at", `{"a":{"$numberDouble":¦"1234567890"}}`, "", 10, nil},
		{"$numberDouble over", `{"a":{"$numberDouble":¦"0.000000000"}}`, "/a", 10, extjson.ErrNumberLen},
		{"$numberDecimal at", `{"a":{"$numberDecimal":¦"1234567.80"}}`, "", 10, nil},
		{"$numberDecimal over", `{"a":{"$numberDecimal":¦"00000000001"}}`, "/a", 10, extjson.ErrNumberLen},
		{"date, number", `{"a":{"$date":{"$numberLong":¦"12345678901"}}}`, "/a", 10, extjson.ErrNumberLen},
		{"a raised limit", `{"a":` + here + `0.` + long + `}`, "", 5000, nil},
		{"$numberDecimal over the default", `{"a":{"$numberDecimal":` + here + `"` + long + `0"}}`, "/a", 0, extjson.ErrNumberLen},
		{"a date is no number", `{"a":{"$date":¦"1970-01-01T00:00:00.001Z"}}`, "", 4, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text, want := marked(t, tc.text, tc.pointer, tc.err)
			_, err := decode(t, extjson.DecodeOptions{MaxNumberLen: tc.limit}, text)
			if tc.err == nil {
				if err != nil {
					t.Errorf("error %v", err)
				}
				return
			}
			wantFault(t, err, want)
		})
	}
}

// TestMillionDigits reads numbers of a million digits, with a limit that allows
// them.
func TestMillionDigits(t *testing.T) {
	const million = 1_000_000
	ones := strings.Repeat("1", million)
	o := extjson.DecodeOptions{MaxNumberLen: 2 * million, RejectInexact: true}
	for _, tc := range []struct {
		name, text string
		err        error
		element    string
	}{
		{"fraction", `{"a":` + here + `0.` + ones + `}`, nil, "01 6100 1cc7711cc771bc3f"},
		{"zeros and a digit", `{"a":` + here + `0.` + strings.Repeat("0", million) + `1}`, nil, "01 6100 0000000000000000"},
		{"brought back by an exponent", `{"a":` + here + ones + `e-1000000}`, nil, "01 6100 1cc7711cc771bc3f"},
		{"exponent", `{"a":` + here + `1e-` + ones + `}`, nil, "01 6100 0000000000000000"},
		{"exponent, too large", `{"a":` + here + `1e` + ones + `}`, extjson.ErrRange, ""},
		{"integer", `{"a":` + here + ones + `}`, extjson.ErrRange, ""},
		{"in a wrapper", `{"a":{"$numberDouble":` + here + `"0.` + ones + `"}}`, nil, "01 6100 1cc7711cc771bc3f"},
		{"$numberLong", `{"a":{"$numberLong":` + here + `"` + ones + `"}}`, extjson.ErrRange, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text, want := marked(t, tc.text, "/a", tc.err)
			got, err := decode(t, o, text)
			if tc.err == nil {
				wantBytes(t, got, err, document(t, tc.element))
			} else {
				wantFault(t, err, want)
			}
			want.Err = extjson.ErrNumberLen
			want.Value = true
			_, err = decode(t, extjson.DecodeOptions{}, text)
			wantFault(t, err, want)
		})
	}
}
