package extjson_test

import (
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
)

// ruleRows has the rules of syntax, in the order of docs/extended-json.md and of the
// specification, with texts that break each rule. The mark is before the byte with
// the fault, which is in the value at pointer.
var ruleRows = []struct {
	rule    string
	o       extjson.DecodeOptions
	pointer string
	err     error
	texts   []string
}{
	{"no comments", extjson.DecodeOptions{}, "/a", extjson.ErrToken, []string{`{"a":¦/**/1}`, "{\"a\":¦//\n1}"}},
	{"no trailing commas", extjson.DecodeOptions{}, "", extjson.ErrToken, []string{`{"a":1,¦}`}},
	{"no trailing commas in arrays", extjson.DecodeOptions{}, "/a/1", extjson.ErrToken, []string{`{"a":[1,¦]}`, `{"a":[1,¦,2]}`}},
	{"no leading commas", extjson.DecodeOptions{}, "", extjson.ErrToken, []string{`{¦,"a":1}`}},
	{"no single quotes", extjson.DecodeOptions{}, "", extjson.ErrToken, []string{`{¦'a':1}`}},
	{"no single quotes in values", extjson.DecodeOptions{}, "/a", extjson.ErrToken, []string{`{"a":¦'x'}`}},
	{"no names as keys", extjson.DecodeOptions{}, "", extjson.ErrToken, []string{`{¦a:1}`, `{¦1:1}`}},
	{"no bare NaN", extjson.DecodeOptions{}, "/a", extjson.ErrToken, []string{`{"a":¦NaN}`, `{"a":¦Infinity}`, `{"a":¦undefined}`, `{"a":n¦an}`}},
	{"no bare -Infinity", extjson.DecodeOptions{}, "/a", extjson.ErrNumber, []string{`{"a":-¦Infinity}`}},
	{"no control characters", extjson.DecodeOptions{}, "/a", extjson.ErrControl, []string{"{\"a\":\"¦\t\"}", "{\"a\":\"x¦\x00\"}", "{\"a\":\"x¦\n\"}"}},
	{"no control characters in keys", extjson.DecodeOptions{}, "", extjson.ErrControl, []string{"{\"¦\x1f\":1}"}},
	{"no lone surrogates", extjson.DecodeOptions{}, "/a", extjson.ErrSurrogate, []string{`{"a":"¦\ud800"}`, `{"a":"¦\udc00\ud800"}`, `{"a":"x¦\ud83dx"}`, `{"a":"¦\ud83d\u0041"}`}},
	{"JSON's escapes only", extjson.DecodeOptions{}, "/a", extjson.ErrEscape, []string{`{"a":"\¦x41"}`, `{"a":"\¦'"}`, `{"a":"\u00¦g0"}`}},
	{"UTF-8", extjson.DecodeOptions{}, "/a", bson.ErrUTF8, []string{"{\"a\":\"¦\xff\"}", "{\"a\":\"é¦\xc0\x80\"}", "{\"a\":\"¦\xed\xa0\x80\"}"}},
	{"one byte order mark", extjson.DecodeOptions{}, "", extjson.ErrToken, []string{"\ufeff¦\ufeff{}", " ¦\ufeff{}"}},
	{"nothing behind the document", extjson.DecodeOptions{}, "", extjson.ErrTrailing, []string{`{}¦{}`, `{} ¦x`, "{}¦\x00", "{}¦\ufeff"}},
	{"a document at the top", extjson.DecodeOptions{}, "", extjson.ErrToken, []string{`¦[]`, `¦1`, `¦"x"`, `¦null`}},
	{"JSON's numbers", extjson.DecodeOptions{}, "/a", extjson.ErrNumber, []string{`{"a":-¦}`, `{"a":1.¦}`, `{"a":1e¦}`, `{"a":1e+¦}`, `{"a":-¦a}`}},
	{"no leading zeros", extjson.DecodeOptions{}, "", extjson.ErrToken, []string{`{"a":0¦1}`, `{"a":-0¦1}`, `{"a":0¦x1}`}},
	{"no sign, no bare point", extjson.DecodeOptions{}, "/a", extjson.ErrToken, []string{`{"a":¦+1}`, `{"a":¦.5}`}},
	{"doubles in range", extjson.DecodeOptions{}, "/a", extjson.ErrRange, []string{`{"a":¦1e400}`, `{"a":¦-1.8e308}`, `{"a":{"$numberDouble":¦"1e400"}}`}},
	{"exact integers, if asked for", extjson.DecodeOptions{RejectInexact: true}, "/a", extjson.ErrInexact, []string{`{"a":¦9223372036854775809}`}},
	{"numbers not too long", extjson.DecodeOptions{MaxNumberLen: 5}, "/a", extjson.ErrNumberLen, []string{`{"a":¦123456}`, `{"a":¦0.0000}`, `{"a":{"$numberLong":¦"123456"}}`, `{"a":{"$numberDecimal":¦"123456"}}`}},
	{"no foreign key behind a special one", extjson.DecodeOptions{}, "/a", extjson.ErrWrapper, []string{`{"a":{"$minKey":1,¦"b":1}}`, `{"a":{"$code":"x",¦"b":1}}`, `{"a":{"$symbol":"x",¦"$oid":"x"}}`}},
	{"no special key behind a foreign one", extjson.DecodeOptions{}, "/a", extjson.ErrWrapper, []string{`{"a":{"b":1,¦"$minKey":1}}`, `{"a":{"$b":1,¦"\u0024date":1}}`, `{"a":{"":1,¦"$scope":{}}}`}},
	{"no key twice", extjson.DecodeOptions{}, "/a", extjson.ErrWrapper, []string{`{"a":{"$minKey":1,¦"$minKey":1}}`, `{"a":{"$timestamp":{"t":1,¦"t":1}}}`, `{"a":{"$binary":{"base64":"",¦"base64":""}}}`}},
	{"no part missing", extjson.DecodeOptions{}, "/a", extjson.ErrWrapper, []string{`{"a":{"$scope":{}¦}}`, `{"a":{"$timestamp":{"t":1¦}}}`, `{"a":{"$regularExpression":{"pattern":""¦}}}`, `{"a":{"$dbPointer":{"$ref":""¦}}}`, `{"a":{"$binary":{¦}}}`}},
	{"the right kind of value", extjson.DecodeOptions{}, "/a", extjson.ErrWrapper, []string{`{"a":{"$oid":¦1}}`, `{"a":{"$numberInt":¦1}}`, `{"a":{"$numberLong":¦5}}`, `{"a":{"$date":¦5}}`, `{"a":{"$minKey":¦true}}`, `{"a":{"$minKey":¦1.0}}`, `{"a":{"$undefined":¦false}}`, `{"a":{"$code":¦1}}`, `{"a":{"$code":"x","$scope":¦[]}}`, `{"a":{"$binary":¦"AQID","$type":"00"}}`, `{"a":{"$date":{¦"$numberInt":"5"}}}`}},
	{"$oid", extjson.DecodeOptions{}, "/a", extjson.ErrWrapperText, []string{`{"a":{"$oid":¦"56e1fc72e0c917e9c471416"}}`, `{"a":{"$oid":¦"56e1fc72e0c917e9c47141611"}}`, `{"a":{"$oid":¦"56e1fc72e0c917e9c471416g"}}`, `{"a":{"$oid":¦" 6e1fc72e0c917e9c4714161"}}`}},
	{"$numberInt and $numberLong", extjson.DecodeOptions{}, "/a", extjson.ErrWrapperText, []string{`{"a":{"$numberInt":¦"01"}}`, `{"a":{"$numberInt":¦"+1"}}`, `{"a":{"$numberInt":¦" 1"}}`, `{"a":{"$numberInt":¦"1 "}}`, `{"a":{"$numberInt":¦""}}`, `{"a":{"$numberInt":¦"1.0"}}`, `{"a":{"$numberInt":¦"1_0"}}`, `{"a":{"$numberLong":¦"1e3"}}`, `{"a":{"$numberLong":¦"0x1"}}`, `{"a":{"$numberLong":¦"１"}}`, `{"a":{"$date":{"$numberLong":¦"-"}}}`}},
	{"integers in range", extjson.DecodeOptions{}, "/a", extjson.ErrRange, []string{`{"a":{"$numberInt":¦"2147483648"}}`, `{"a":{"$numberInt":¦"-2147483649"}}`, `{"a":{"$numberLong":¦"9223372036854775808"}}`, `{"a":{"$timestamp":{"t":¦4294967296,"i":0}}}`}},
	{"$numberDouble", extjson.DecodeOptions{}, "/a", extjson.ErrWrapperText, []string{`{"a":{"$numberDouble":¦"nan"}}`, `{"a":{"$numberDouble":¦"inf"}}`, `{"a":{"$numberDouble":¦"+Infinity"}}`, `{"a":{"$numberDouble":¦"1."}}`, `{"a":{"$numberDouble":¦".5"}}`, `{"a":{"$numberDouble":¦"01"}}`, `{"a":{"$numberDouble":¦"0x1p4"}}`, `{"a":{"$numberDouble":¦""}}`}},
	{"$numberDecimal", extjson.DecodeOptions{}, "/a", extjson.ErrWrapperText, []string{`{"a":{"$numberDecimal":¦""}}`, `{"a":{"$numberDecimal":¦"."}}`, `{"a":{"$numberDecimal":¦" 1"}}`, `{"a":{"$numberDecimal":¦"1_0"}}`, `{"a":{"$numberDecimal":¦"1e"}}`, `{"a":{"$numberDecimal":¦"sNaN"}}`, `{"a":{"$numberDecimal":¦"１"}}`}},
	{"decimals exact and in range", extjson.DecodeOptions{}, "/a", extjson.ErrRange, []string{`{"a":{"$numberDecimal":¦"1E6145"}}`, `{"a":{"$numberDecimal":¦"1E-6177"}}`}},
	{"decimals of 34 digits", extjson.DecodeOptions{}, "/a", extjson.ErrDigits, []string{`{"a":{"$numberDecimal":¦"12345678901234567890123456789012345"}}`}},
	{"base64", extjson.DecodeOptions{}, "/a", extjson.ErrWrapperText, []string{`{"a":{"$binary":{"base64":¦"AA","subType":"00"}}}`, `{"a":{"$binary":{"base64":¦"AA=","subType":"00"}}}`, `{"a":{"$binary":{"base64":¦"AB==","subType":"00"}}}`, `{"a":{"$binary":{"base64":¦"AA==AA==","subType":"00"}}}`, `{"a":{"$binary":{"base64":¦"AA-_","subType":"00"}}}`, `{"a":{"$binary":{"base64":¦"AA== ","subType":"00"}}}`, `{"a":{"$binary":{"base64":¦"A","subType":"00"}}}`}},
	{"subType", extjson.DecodeOptions{}, "/a", extjson.ErrWrapperText, []string{`{"a":{"$binary":{"base64":"","subType":¦""}}}`, `{"a":{"$binary":{"base64":"","subType":¦"000"}}}`, `{"a":{"$binary":{"base64":"","subType":¦"0x"}}}`}},
	{"dates that exist", extjson.DecodeOptions{}, "/a", extjson.ErrWrapperText, []string{`{"a":{"$date":¦"2023-02-29T00:00:00Z"}}`, `{"a":{"$date":¦"2024-02-30T00:00:00Z"}}`, `{"a":{"$date":¦"2024-13-01T00:00:00Z"}}`, `{"a":{"$date":¦"2024-00-01T00:00:00Z"}}`, `{"a":{"$date":¦"2024-02-29T24:00:00Z"}}`, `{"a":{"$date":¦"2024-02-29T23:59:60Z"}}`}},
	{"dates of RFC 3339", extjson.DecodeOptions{}, "/a", extjson.ErrWrapperText, []string{`{"a":{"$date":¦"2024-02-29"}}`, `{"a":{"$date":¦"2024-02-29T12:00Z"}}`, `{"a":{"$date":¦"2024-02-29 12:00:00Z"}}`, `{"a":{"$date":¦"2024-02-29T12:00:00"}}`, `{"a":{"$date":¦"2024-02-29T12:00:00.1234Z"}}`, `{"a":{"$date":¦"2024-02-29T12:00:00.Z"}}`, `{"a":{"$date":¦"2024-02-29T12:00:00+0100"}}`, `{"a":{"$date":¦"+002024-02-29T12:00:00Z"}}`, `{"a":{"$date":¦"２024-02-29T12:00:00Z"}}`}},
	{"$uuid", extjson.DecodeOptions{}, "/a", extjson.ErrWrapperText, []string{`{"a":{"$uuid":¦"00112233445566778899aabbccddeeff"}}`, `{"a":{"$uuid":¦"0011223344556677-8899-aabb-ccddeeff"}}`, `{"a":{"$uuid":¦"{00112233-4455-6677-8899-aabbccddeeff}"}}`}},
	{"no NUL in keys and regexes", extjson.DecodeOptions{}, "/a", bson.ErrKeyNUL, []string{`{"a":{"$regularExpression":{"pattern":"x¦\u0000","options":""}}}`, `{"a":{"$regularExpression":{"pattern":"x","options":"¦\u0000"}}}`}},
	{"canonical only", extjson.DecodeOptions{CanonicalOnly: true}, "/a", extjson.ErrRelaxed, []string{`{"a":¦1}`, `{"a":¦1.5}`, `{"a":{"$date":¦"2024-02-29T12:00:00Z"}}`, `{"a":{"$uuid":¦"00112233-4455-6677-8899-aabbccddeeff"}}`}},
	{"$numberLong is a text in legacy input, too, except in $date", extjson.DecodeOptions{Legacy: true}, "/a", extjson.ErrWrapper, []string{`{"a":{"$numberLong":¦5}}`}},
	{"depth", extjson.DecodeOptions{MaxDepth: 3}, "/a/0/0", bson.ErrDepth, []string{`{"a":[[¦[]]]}`, `{"a":[[¦{}]]}`}},
}

// TestRules: a text that breaks a rule is an error at the right place, as a document,
// as a stream, and after other documents in a stream.
func TestRules(t *testing.T) {
	for _, r := range ruleRows {
		t.Run(r.rule, func(t *testing.T) {
			for _, row := range r.texts {
				text, want := marked(t, row, r.pointer, r.err)
				_, err := decode(t, r.o, text)
				wantFault(t, err, want)
				if r.err == extjson.ErrTrailing || !strings.HasPrefix(text, "{") {
					continue // allowed in a stream
				}
				for _, before := range []string{"", "{}\n ", "[{},"} {
					_, want := marked(t, before+row, r.pointer, r.err)
					d := r.o.NewDecoder(strings.NewReader(before + text))
					for d.Next() {
					}
					wantFault(t, d.Err(), want)
				}
			}
		})
	}
}
