package extjson_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file tests the texts in wrappers, and CanonicalOnly.

// TestWrapperTexts has texts that are accepted. format has %s in place of the text.
func TestWrapperTexts(t *testing.T) {
	for _, tc := range []struct {
		name, format, typ string
		texts             map[string]string // the value in hexadecimal
	}{
		{"$oid", `{"$oid":"%s"}`, "07", map[string]string{
			"000000000000000000000000": "000000000000000000000000",
			"ABCDEFabcdef0123456789Aa": "abcdefabcdef0123456789aa",
		}},
		{"$numberInt", `{"$numberInt":"%s"}`, "10", map[string]string{
			"0": "00000000", "-0": "00000000", "7": "07000000", "-1": "ffffffff",
			"2147483647": "ffffff7f", "-2147483648": "00000080",
		}},
		{"$numberLong", `{"$numberLong":"%s"}`, "12", map[string]string{
			"0": "0000000000000000", "-0": "0000000000000000", "-1": "ffffffffffffffff",
			"9223372036854775807": "ffffffffffffff7f", "-9223372036854775808": "0000000000000080",
		}},
		{"$date, number", `{"$date":{"$numberLong":"%s"}}`, "09", map[string]string{
			"-9223372036854775808": "0000000000000080", "9223372036854775807": "ffffffffffffff7f",
		}},
		{"$numberDouble", `{"$numberDouble":"%s"}`, "01", map[string]string{
			"1": "000000000000f03f", "1.0": "000000000000f03f", "-0": "0000000000000080", "-0.0": "0000000000000080",
			"1e0": "000000000000f03f", "10E-1": "000000000000f03f", "1e-400": "0000000000000000",
			"9007199254740993": "0000000000004043", "NaN": "000000000000f87f",
			"Infinity": "000000000000f07f", "-Infinity": "000000000000f0ff",
			"1.7976931348623157E+308":                                                         "ffffffffffffef7f",
			"0.1000000000000000055511151231257827021181583404541015625":                       "9a9999999999b93f",
			"0.10000000000000000555111512312578270211815834045410156250000000000000000000000": "9a9999999999b93f",
		}},
		{"$numberDecimal", `{"$numberDecimal":"%s"}`, "13", map[string]string{
			"1": "01000000000000000000000000004030", "+1": "01000000000000000000000000004030",
			"1.": "01000000000000000000000000004030", ".1": "01000000000000000000000000003e30",
			"-.1": "01000000000000000000000000003eb0", "001": "01000000000000000000000000004030",
			"1e1": "01000000000000000000000000004230", "1E+01": "01000000000000000000000000004230",
			"inf": "00000000000000000000000000000078", "-InFiNiTy": "000000000000000000000000000000f8",
			"+Infinity": "00000000000000000000000000000078", "nan": "0000000000000000000000000000007c",
			"9999999999999999999999999999999999": "ffffffff638e8d37c087adbe09ed4130",
			"1E-6176":                            "01000000000000000000000000000000",
		}},
		{"$date", `{"$date":"%s"}`, "09", map[string]string{
			"1970-01-01T00:00:00Z": "0000000000000000", "1970-01-01T00:00:00.000Z": "0000000000000000",
			"1970-01-01T00:00:00.1Z": "6400000000000000", "1970-01-01T00:00:00.123000000Z": "7b00000000000000",
			"1970-01-01T01:00:00+01:00": "0000000000000000", "1969-12-31T23:30:00.001-00:30": "0100000000000000",
			"1969-12-31T23:59:59.999Z": "ffffffffffffffff", "9999-12-31T23:59:59.999Z": "ffdb1fd277e60000",
			"2024-02-29T00:00:00.256Z": "002929f28d010000",
		}},
		{"base64", `{"$binary":{"base64":"%s","subType":"00"}}`, "05", map[string]string{
			"": "00000000 00", "AA==": "01000000 00 00", "AAA=": "02000000 00 0000", "+/+/": "03000000 00 fbffbf",
			`\/\/\/\/`: "03000000 00 ffffff", `A\u0051==`: "01000000 00 01", `\u0041\u0051\u003D\u003d`: "01000000 00 01",
		}},
		{"subType", `{"$binary":{"base64":"AQ==","subType":"%s"}}`, "05", map[string]string{
			"0": "01000000 00 01", "a": "01000000 0a 01", "A": "01000000 0a 01", "0a": "01000000 0a 01",
			"fF": "01000000 ff 01", "2": "05000000 02 01000000 01", `\u0030\u0032`: "05000000 02 01000000 01",
		}},
		{"$uuid", `{"$uuid":"%s"}`, "05", map[string]string{
			"00000000-0000-0000-0000-000000000000": "10000000 04 00000000000000000000000000000000",
			"ABCDEFab-cdef-0123-4567-89abcdefABCD": "10000000 04 abcdefabcdef0123456789abcdefabcd",
		}},
		{"options", `{"$regularExpression":{"pattern":"","options":"%s"}}`, "0b", map[string]string{
			"xmi": "00 696d7800", "ixi": "00 69697800", "zèé": "00 7ac3a8c3a900", "éèz": "00 7ac3a8c3a900", `\u0078\u0069`: "00 697800",
		}},
		{"t", `{"$timestamp":{"i":0,"t":%s}}`, "11", map[string]string{
			"0": "0000000000000000", "4294967295": "00000000ffffffff",
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for text, value := range tc.texts {
				text = `{"a":` + fmt.Sprintf(tc.format, text) + `}`
				for _, spelling := range []string{text, spaced(text), escaped(text), text + strings.Repeat(" ", 40)} {
					got, err := decode(t, extjson.DecodeOptions{}, spelling)
					if want := document(t, tc.typ+"6100"+value); err != nil || string(got) != string(want) {
						t.Errorf("%s gives %x, %v, want %x", spelling, got, err, want)
					}
				}
			}
		})
	}
}

// How long the text of a wrapper may be is no limit of the texts behind it.
func TestLongTextBehindWrapper(t *testing.T) {
	long := strings.Repeat(`long \u0074ext `, 1000)
	alone, err := decode(t, extjson.DecodeOptions{}, `{"b":"`+long+`"}`)
	if err != nil {
		t.Fatal(err)
	}
	want := bson.Raw(alone).Lookup("b")
	for _, wrapper := range []string{
		`{"$oid":"507f1f77bcf86cd79943901\u0031"}`, `{"$numberInt":"\u0031"}`, `{"$numberLong":"\u0031"}`, `{"$numberDouble":"\u0031"}`,
		`{"$numberDecimal":"\u0031"}`, `{"$date":"1970-01-01T00:00:00\u005a"}`, `{"$uuid":"00000000-0000-0000-0000-00000000000\u0030"}`,
		`{"$binary":{"base64":"\u0041A==","subType":"\u0030"}}`, `{"\u0024oid":"507f1f77bcf86cd799439011"}`, `{"\u0024other":1}`,
	} {
		text := `{"a":` + wrapper + `,"b":"` + long + `"}`
		got, err := decode(t, extjson.DecodeOptions{MaxNumberLen: 40}, text)
		if err != nil {
			t.Errorf("%s: %v", wrapper, err)
			continue
		}
		if b := bson.Raw(got).Lookup("b"); !b.Equal(want) {
			t.Errorf("%s: b is %.50q, want %.50q", wrapper, b.Value, want.Value)
		}
	}
}

// TestWrapperTextsRefused has texts that are errors, at their opening quote.
func TestWrapperTextsRefused(t *testing.T) {
	integers := []string{"", "-", "+1", "01", "-01", "1.0", "1e1", "1.", " 1", "1 ", "1_000", "٣", "0x1", "NaN", "1L", `1\u0000`, `\t1`, "--1", "1-"}
	for _, tc := range []struct {
		name, format string
		err          error
		texts        []string
	}{
		{"$oid", `{"$oid":%s}`, extjson.ErrWrapperText, []string{
			"", "56e1fc72e0c917e9c471416", "56e1fc72e0c917e9c47141610", "56e1fc72e0c917e9c471416g",
			"56e1fc72e0c917e9c471416 ", " 56e1fc72e0c917e9c471416", "56e1fc72e0c917e9c47141é", "0x56e1fc72e0c917e9c47141",
			`56e1fc72e0c917e9c471416\u0000`, "٣6e1fc72e0c917e9c471416", "56e1fc72-e0c9-17e9-c471-4161",
		}},
		{"$numberInt", `{"$numberInt":%s}`, extjson.ErrWrapperText, integers},
		{"$numberLong", `{"$numberLong":%s}`, extjson.ErrWrapperText, integers},
		{"date", `{"$date":{"$numberLong":%s}}`, extjson.ErrWrapperText, integers},
		{"$numberInt, range", `{"$numberInt":%s}`, extjson.ErrRange, []string{"2147483648", "-2147483649", "9223372036854775808", "99999999999999999999"}},
		{"$numberLong, range", `{"$numberLong":%s}`, extjson.ErrRange, []string{"9223372036854775808", "-9223372036854775809", "99999999999999999999", "18446744073709551616"}},
		{"$numberDouble", `{"$numberDouble":%s}`, extjson.ErrWrapperText, []string{
			"", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x1p3", "1_0", " 1", "1 ", "nan", "NAN", "-NaN", "+NaN", "NaN ", "inf", "Inf",
			"infinity", "INFINITY", "+Infinity", "--Infinity", "Infinity1", "1f", "٣", `1\u0000`, "1,5", `\uD83D\uDE42`,
		}},
		{"$numberDouble, range", `{"$numberDouble":%s}`, extjson.ErrRange, []string{"1e309", "-1e309", "1e99999999999", overflow}},
		{"$numberDecimal", `{"$numberDecimal":%s}`, extjson.ErrWrapperText, []string{
			"", ".", "-", "+", "1e", "1e+", "e1", "1.e", "1..2", "1.2.3", "1e1.5", "1 ", " 1", "1_0", "0x1", "infinit", "infinityx", "NaN1", "sNaN", "٣", `1\u0000`, "1,5", "--1",
		}},
		{"$numberDecimal, range", `{"$numberDecimal":%s}`, extjson.ErrRange, []string{"1E6145", "-1E6145", "1E-6177", "1E99999999999999999999"}},
		{"$numberDecimal, digits", `{"$numberDecimal":%s}`, extjson.ErrDigits, []string{"10000000000000000000000000000000001", "-1.2345678901234567890123456789012345", "123456789012345678901234567890123456E-50"}},
		{"$date", `{"$date":%s}`, extjson.ErrWrapperText, []string{
			"", "2024", "2024-02-29", "2024-02-29T12:00Z", "2024-02-29T12:00:00", "2023-02-29T12:00:00Z", "2024-02-30T12:00:00Z",
			"2024-13-01T12:00:00Z", "2024-00-01T12:00:00Z", "2024-01-00T12:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T12:60:00Z",
			"2024-01-01T12:00:60Z", "2024-01-01 12:00:00Z", "2024-01-01T12:00:00 Z", "2024-01-01t12:00:00z", "2024-01-01T12:00:00z",
			"2024-01-01T12:00:00.Z", "2024-01-01T12:00:00,5Z", "2024-01-01T12:00:00.1234Z", "2024-01-01T12:00:00.0001Z",
			"2024-01-01T12:00:00+0100", "2024-01-01T12:00:00+01", "2024-01-01T12:00:00+24:00", "2024-01-01T12:00:00+01:60",
			"10000-01-01T00:00:00Z", "-001-01-01T00:00:00Z", "+2024-01-01T00:00:00Z", " 2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z ",
			`2024-01-01T00:00:00Z\u0000`, "0", "1704067200000", "٢024-01-01T00:00:00Z",
		}},
		{"base64", `{"$binary":{"subType":"00","base64":%s}}`, extjson.ErrWrapperText, []string{
			"A", "AQ", "AQI", "AQID=", "AQ=", "=", "====", "A===", "AQ==AQ==", "AQ=I", `AQID\n`, `AQ\nID`, " AQID", "AQID ", "AQ ID", "AR==", "AQJ=",
			"-_-_", "AQI*", `\u0000AAA`, "AQIDAQIDAQID=AAA", `\u0041\u0052==`, "AQé",
		}},
		{"base64, usual order", `{"$binary":{"base64":%s,"subType":"00"}}`, extjson.ErrWrapperText, []string{"A", "AQ=", "AQ==AQ==", "AR==", "-_-_", "AQIDAQIDAQI*"}},
		{"subType", `{"$binary":{"base64":"","subType":%s}}`, extjson.ErrWrapperText, []string{"", "000", "g", "0g", "0x0", "-1", " 0", "0 ", "00 ", "é", `\u0000`, "٣", "ffffff80"}},
		{"$uuid", `{"$uuid":%s}`, extjson.ErrWrapperText, []string{
			"", "00112233445566778899aabbccddeeff", "{00112233-4455-6677-8899-aabbccddeeff}", "00112233-4455-6677-8899-aabbccddeef",
			"00112233-4455-6677-8899-aabbccddeeff0", "00112233-4455-6677-8899aabb-ccddeeff", "00112233-4455-6677-8899-aabbccddeefg",
			"00112233_4455_6677_8899_aabbccddeeff", "0011223-34455-6677-8899-aabbccddeeff", "00112233-4455-6677-8899-aabbccddeef-", "urn:uuid:00112233-4455-6677-8899-aab",
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var nodes []node
			for _, text := range tc.texts {
				nodes = append(nodes, node{text: fmt.Sprintf(tc.format, here+`"`+text+`"`)})
			}
			checkFaults(t, tc.err, nodes)
		})
	}
}

// TestWrapperFaults has faults that the tables of texts do not have.
func TestWrapperFaults(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		err        error
	}{
		{"t over", `{"$timestamp":{"t":¦4294967296,"i":0}}`, extjson.ErrRange},
		{"i over", `{"$timestamp":{"t":0,"i":¦99999999999999999999999}}`, extjson.ErrRange},
		{"t negative", `{"$timestamp":{"t":¦-1,"i":0}}`, extjson.ErrWrapper},
		{"t -0", `{"$timestamp":{"t":¦-0,"i":0}}`, extjson.ErrWrapper},
		{"t with exponent", `{"$timestamp":{"t":¦1e1,"i":0}}`, extjson.ErrWrapper},
		{"t in a wrapper", `{"$timestamp":{"t":¦{"$numberInt":"1"},"i":0}}`, extjson.ErrWrapper},
		{"t with leading zero", `{"$timestamp":{"t":0¦1,"i":0}}`, extjson.ErrToken},
		{"minKey 1.0", `{"$minKey":¦1.0}`, extjson.ErrWrapper},
		{"minKey 11", `{"$minKey":¦11}`, extjson.ErrWrapper},
		{"maxKey -1", `{"$maxKey":¦-1}`, extjson.ErrWrapper},
		{"undefined cut short", `{"$undefined":tru¦}`, extjson.ErrToken},
		{"trailing comma", `{"$oid":"56e1fc72e0c917e9c4714161",¦}`, extjson.ErrWrapper},
		{"no comma", `{"$oid":"56e1fc72e0c917e9c4714161"¦"b":1}`, extjson.ErrToken},
		{"wrong bracket", `{"$oid":"56e1fc72e0c917e9c4714161"¦]`, extjson.ErrToken},
		{"two colons", `{"$oid":¦:"56e1fc72e0c917e9c4714161"}`, extjson.ErrWrapper},
		{"no colon", `{"$oid"¦,"56e1fc72e0c917e9c4714161"}`, extjson.ErrToken},
		{"inside: trailing comma", `{"$timestamp":{"t":1,"i":2,¦}}`, extjson.ErrToken},
		{"inside: two commas", `{"$timestamp":{"t":1,¦,"i":2}}`, extjson.ErrToken},
		{"inside: no comma", `{"$timestamp":{"t":1 ¦"i":2}}`, extjson.ErrToken},
		{"inside: wrong bracket", `{"$timestamp":{"t":1,"i":2¦]}`, extjson.ErrToken},
		{"inside: no quote", `{"$binary":{¦base64:""}}`, extjson.ErrToken},
		{"code: trailing comma", `{"$code":"",¦}`, extjson.ErrToken},
		{"control character in text", "{\"$numberInt\":\"1¦\n\"}", extjson.ErrControl},
		{"bad escape in text", `{"$numberInt":"1\¦x"}`, extjson.ErrEscape},
		{"lone surrogate in text", `{"$numberInt":"1¦\ud800"}`, extjson.ErrSurrogate},
		{"not UTF-8 in text", "{\"$oid\":\"56e1fc72e0c917e9c471416¦\xff\"}", bson.ErrUTF8},
		{"not UTF-8 in base64", "{\"$binary\":{\"base64\":\"AQI¦\xff\",\"subType\":\"00\"}}", bson.ErrUTF8},
		{"not UTF-8 in a symbol", "{\"$symbol\":\"¦\xff\"}", bson.ErrUTF8},
		{"NUL in a pattern", `{"$regularExpression":{"pattern":"a¦\u0000","options":""}}`, bson.ErrKeyNUL},
		{"NUL in options", `{"$regularExpression":{"pattern":"","options":"¦\u0000i"}}`, bson.ErrKeyNUL},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text, want := marked(t, `{"a":[`+tc.text+`]}`, "/a/0", tc.err)
			_, err := decode(t, extjson.DecodeOptions{}, text)
			wantFault(t, err, want)
		})
	}
}

func TestCanonicalOnly(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		relaxed    bool
	}{
		{"int", `¦1`, true},
		{"double", `¦1.5`, true},
		{"long", `¦123456789012`, true},
		{"in an array", `[true,¦1]`, true},
		{"date as text", `{"$date":¦"1970-01-01T00:00:00Z"}`, true},
		{"date as text, spaced", `{ "$date" : ¦"1970-01-01T00:00:00Z" }`, true},
		{"uuid", `{"$uuid":¦"00112233-4455-6677-8899-aabbccddeeff"}`, true},
		{"date", `{"$date":{"$numberLong":"0"}}`, false},
		{"binary", `{"$binary":{"base64":"","subType":"00"}}`, false},
		{"timestamp", `{"$timestamp":{"t":1,"i":2}}`, false},
		{"minKey", `{"$minKey":1}`, false},
		{"others", `["s",true,null,{},{"$numberInt":"1"},{"$code":"","$scope":{}}]`, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := extjson.DecodeOptions{CanonicalOnly: true}
			text := `{"a":` + tc.text + `}`
			if !tc.relaxed {
				want, err := decode(t, extjson.DecodeOptions{}, text)
				if err != nil {
					t.Fatal(err)
				}
				got, err := decode(t, o, text)
				wantBytes(t, got, err, want)
				return
			}
			pointer := "/a"
			if strings.HasPrefix(tc.text, "[") {
				pointer = "/a/1"
			}
			// Also with enough bytes after it for the reader of the compact spelling.
			for _, after := range []string{"", strings.Repeat(" ", 40)} {
				text, want := marked(t, text+after, pointer, extjson.ErrRelaxed)
				if _, err := decode(t, extjson.DecodeOptions{}, text); err != nil {
					t.Error(err)
				}
				_, err := decode(t, o, text)
				wantFault(t, err, want)
			}
		})
	}
}
