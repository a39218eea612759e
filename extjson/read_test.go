package extjson_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file tests the syntax of JSON: white space, strings, literals, and the order
// of tokens. Numbers and wrappers have files of their own.

func TestAccepts(t *testing.T) {
	for _, tc := range []struct{ name, text, elements string }{
		{"empty", `{}`, ""},
		{"white space inside", "{ \t\r\n}", ""},
		{"white space outside", " \t\r\n{} \t\r\n", ""},
		{"byte order mark", "\ufeff{}", ""},
		{"byte order mark and white space", "\ufeff \n{}\n", ""},
		{"white space everywhere", " { \"a\" : [ true , null ] , \"b\" : { } } ", "04 6100 0c000000 08 3000 01 0a 3100 00 03 6200 05000000 00"},
		{"line feeds everywhere", "\n{\n\"a\"\n:\n[\ntrue\n,\nnull\n]\n,\n\"b\"\n:\n{\n}\n}\n", "04 6100 0c000000 08 3000 01 0a 3100 00 03 6200 05000000 00"},
		{"keys twice", `{"a":1,"a":2}`, "10 6100 01000000 10 6100 02000000"},
		{"empty key", `{"":""}`, "02 00 01000000 00"},
		{"key of seven", `{"abcdefg":null}`, "0a 6162636465666700"},
		{"key of eight", `{"abcdefgh":null}`, "0a 616263646566676800"},
		{"key of nine", `{"abcdefghi":null}`, "0a 61626364656667686900"},
		{"key before white space", `{"a" :null}`, "0a 6100"},
		{"value after white space", `{"a": null}`, "0a 6100"},
		{"simple escapes", `{"a":"\"\\\/\b\f\n\r\t"}`, "02 6100 09000000 225c2f080c0a0d09 00"},
		{"escapes in a key", `{"\"\\\/\b\f\n\r\t":null}`, "0a 225c2f080c0a0d0900"},
		{"unicode escapes", `{"a":"\u0041\u00e9\u20ac\uD83D\uDE42"}`, "02 6100 0b000000 41 c3a9 e282ac f09f9982 00"},
		{"unicode escapes, either case", `{"a":"\u00eF\uAbCd"}`, "02 6100 06000000 c3af eaaf8d 00"},
		{"largest escapes", `{"a":"\udbff\udfff\uffff"}`, "02 6100 08000000 f48fbfbf efbfbf 00"},
		{"next to surrogates", `{"a":"\ud7ff\ue000"}`, "02 6100 07000000 ed9fbf ee8080 00"},
		{"NUL in a string", `{"a":"\u0000"}`, "02 6100 02000000 00 00"},
		{"NUL in a string, then a key", `{"a":"\u0000","b":null}`, "02 6100 02000000 00 00 0a 6200"},
		{"NUL in symbol and code", `{"a":{"$symbol":"\u0000"},"b":{"$code":"\u0000"}}`, "0e 6100 02000000 00 00 0d 6200 02000000 00 00"},
		{"DEL", "{\"a\":\"\x7f\"}", "02 6100 02000000 7f 00"},
		{"UTF-8", `{"é":"日🙂"}`, "02 c3a900 08000000 e697a5 f09f9982 00"},
		{"noncharacters", "{\"a\":\"\uffff\U0010ffff\ufdd0\"}", "02 6100 0b000000 efbfbf f48fbfbf efb790 00"},
		{"line separators", "{\"a\":\"\u2028\u2029\"}", "02 6100 07000000 e280a8 e280a9 00"},
		{"brackets and commas in strings", `{"a,]":"}{[\"]"}`, "02 612c5d00 06000000 7d7b5b225d 00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := decode(t, extjson.DecodeOptions{}, tc.text)
			wantBytes(t, got, err, document(t, tc.elements))
		})
	}
}

// TestRefuses: the mark is before the byte with the fault.
func TestRefuses(t *testing.T) {
	for _, tc := range []struct {
		name, text, pointer string
		err                 error
	}{
		{"nothing", "¦", "", extjson.ErrTruncated},
		{"white space", " \n ¦", "", extjson.ErrTruncated},
		{"byte order mark alone", "\ufeff¦", "", extjson.ErrTruncated},
		{"byte order mark behind a blank", " ¦\ufeff{}", "", extjson.ErrToken},
		{"two byte order marks", "\ufeff¦\ufeff{}", "", extjson.ErrToken},
		{"array", "¦[]", "", extjson.ErrToken},
		{"string", `¦"a"`, "", extjson.ErrToken},
		{"number", `¦1`, "", extjson.ErrToken},
		{"null", `¦null`, "", extjson.ErrToken},
		{"closing brace", `¦}`, "", extjson.ErrToken},
		{"second document", "{}\n¦{}", "", extjson.ErrTrailing},
		{"comma behind", "{}¦,", "", extjson.ErrTrailing},
		{"brace behind", "{}¦}", "", extjson.ErrTrailing},
		{"NUL behind", "{}¦\x00", "", extjson.ErrTrailing},
		{"form feed behind", "{}¦\f", "", extjson.ErrTrailing},
		{"no-break space before", "¦\u00a0{}", "", extjson.ErrToken},
		{"vertical tab inside", "{¦\v}", "", extjson.ErrToken},
		{"comment", "{¦/**/}", "", extjson.ErrToken},
		{"line comment", "{}¦// x", "", extjson.ErrTrailing},
		{"hash comment", "{\"a\":1 ¦# x\n}", "", extjson.ErrToken},
		{"single quotes", `{¦'a':1}`, "", extjson.ErrToken},
		{"single quotes, value", `{"a":¦'b'}`, "/a", extjson.ErrToken},
		{"bare key", `{¦a:1}`, "", extjson.ErrToken},
		{"number as key", `{¦1:1}`, "", extjson.ErrToken},
		{"comma alone", `{¦,}`, "", extjson.ErrToken},
		{"leading comma", `{¦,"a":1}`, "", extjson.ErrToken},
		{"trailing comma", `{"a":1,¦}`, "", extjson.ErrToken},
		{"trailing comma and blank", "{\"a\":1,\n ¦}", "", extjson.ErrToken},
		{"two commas", `{"a":1,¦,"b":2}`, "", extjson.ErrToken},
		{"no comma", `{"a":1 ¦"b":2}`, "", extjson.ErrToken},
		{"no colon", `{"a"¦,1}`, "", extjson.ErrToken},
		{"no colon, blank", `{"a" ¦1}`, "", extjson.ErrToken},
		{"two colons", `{"a":¦:1}`, "/a", extjson.ErrToken},
		{"no value", `{"a":¦}`, "/a", extjson.ErrToken},
		{"equals sign", `{"a"¦=1}`, "", extjson.ErrToken},
		{"wrong bracket", `{"a":1¦]`, "", extjson.ErrToken},
		{"array: wrong bracket", `{"a":[1¦}`, "/a", extjson.ErrToken},
		{"array: trailing comma", `{"a":[1,¦]}`, "/a/1", extjson.ErrToken},
		{"array: leading comma", `{"a":[¦,1]}`, "/a/0", extjson.ErrToken},
		{"array: two commas", `{"a":[1,¦,2]}`, "/a/1", extjson.ErrToken},
		{"array: no comma", `{"a":[1 ¦2]}`, "/a", extjson.ErrToken},
		{"array: colon", `{"a":["b"¦:1]}`, "/a", extjson.ErrToken},
		{"NaN", `{"a":¦NaN}`, "/a", extjson.ErrToken},
		{"Infinity", `{"a":¦Infinity}`, "/a", extjson.ErrToken},
		{"-Infinity", `{"a":-¦Infinity}`, "/a", extjson.ErrNumber},
		{"undefined", `{"a":¦undefined}`, "/a", extjson.ErrToken},
		{"True", `{"a":¦True}`, "/a", extjson.ErrToken},
		{"tru", `{"a":tru¦}`, "/a", extjson.ErrToken},
		{"trux", `{"a":tru¦x}`, "/a", extjson.ErrToken},
		{"truee", `{"a":true¦e}`, "", extjson.ErrToken},
		{"fal", `{"a":fal¦,"b":1}`, "/a", extjson.ErrToken},
		{"nul", `{"a":[nul¦]}`, "/a/0", extjson.ErrToken},
		{"nUll", `{"a":n¦Ull}`, "/a", extjson.ErrToken},
		{"NUL for a value", "{\"a\":¦\x00}", "/a", extjson.ErrToken},
		{"high byte for a value", "{\"a\":¦\xff}", "/a", extjson.ErrToken},

		{"line feed in a string", "{\"a\":\"b¦\nc\"}", "/a", extjson.ErrControl},
		{"tab in a string", "{\"a\":\"¦\t\"}", "/a", extjson.ErrControl},
		{"NUL in a string", "{\"a\":\"abcdefgh¦\x00\"}", "/a", extjson.ErrControl},
		{"0x1f in a string", "{\"a\":\"¦\x1f\"}", "/a", extjson.ErrControl},
		{"control character in a key", "{\"ab¦\r\":1}", "", extjson.ErrControl},
		{"unknown escape", `{"a":"\¦x"}`, "/a", extjson.ErrEscape},
		{"capital escape", `{"a":"\¦N"}`, "/a", extjson.ErrEscape},
		{"escaped quote of the other kind", `{"a":"\¦'"}`, "/a", extjson.ErrEscape},
		{"escaped line feed", "{\"a\":\"\\¦\n\"}", "/a", extjson.ErrEscape},
		{"octal escape", `{"a":"\¦0"}`, "/a", extjson.ErrEscape},
		{"short unicode escape", `{"a":"\u12¦"}`, "/a", extjson.ErrEscape},
		{"unicode escape, no digit", `{"a":"\u00¦g0"}`, "/a", extjson.ErrEscape},
		{"unicode escape in braces", `{"a":"\u¦{41}"}`, "/a", extjson.ErrEscape},
		{"capital U", `{"a":"\¦U00000041"}`, "/a", extjson.ErrEscape},
		{"escape in a key", `{"a":1,"\¦z":2}`, "", extjson.ErrEscape},
		{"lone high surrogate", `{"a":"x¦\ud800"}`, "/a", extjson.ErrSurrogate},
		{"lone high surrogate, then text", `{"a":"¦\udbffx"}`, "/a", extjson.ErrSurrogate},
		{"lone high surrogate, then an escape", `{"a":"¦\ud800\n"}`, "/a", extjson.ErrSurrogate},
		{"lone high surrogate, then a letter", `{"a":"¦\ud800\u0041"}`, "/a", extjson.ErrSurrogate},
		{"two high surrogates", `{"a":"¦\ud800\ud800"}`, "/a", extjson.ErrSurrogate},
		{"lone low surrogate", `{"a":"¦\udc00"}`, "/a", extjson.ErrSurrogate},
		{"surrogates exchanged", `{"a":"¦\udc00\ud800"}`, "/a", extjson.ErrSurrogate},
		{"high surrogate, then half an escape", `{"a":"\ud800\u12¦x4"}`, "/a", extjson.ErrEscape},
		{"surrogate in a key", `{"¦\ud800":1}`, "", extjson.ErrSurrogate},
		{"not UTF-8", "{\"a\":\"x¦\xff\"}", "/a", bson.ErrUTF8},
		{"not UTF-8 behind escapes", "{\"a\":\"\\n\\u00e9é¦\xc3\"}", "/a", bson.ErrUTF8},
		{"not UTF-8 before an escape", "{\"a\":\"¦\xc3\\u00a9\"}", "/a", bson.ErrUTF8},
		{"cut by an escape", "{\"a\":\"¦\xe2\x82\\n\xac\"}", "/a", bson.ErrUTF8},
		{"overlong", "{\"a\":\"¦\xc0\xaf\"}", "/a", bson.ErrUTF8},
		{"surrogate as UTF-8", "{\"a\":\"é¦\xed\xa0\x80\"}", "/a", bson.ErrUTF8},
		{"key not UTF-8", "{\"a\":{\"b¦\xff\":1}}", "/a", bson.ErrUTF8},
		{"long key not UTF-8", "{\"abcdefghijklm¦\xffnopqrst\":1}", "", bson.ErrUTF8},

		{"NUL in a key", `{"a¦\u0000":1}`, "", bson.ErrKeyNUL},
		{"NUL in a key, later escape", `{"¦\u0000\n":1}`, "", bson.ErrKeyNUL},
		{"NUL in a key below", `{"a":[{"b":"\u0000","¦\u0000":1}]}`, "/a/0", bson.ErrKeyNUL},
		{"NUL in a first key that may be special", `{"a":{"¦\u0000$oid":1}}`, "/a", bson.ErrKeyNUL},
		{"NUL behind a special key", `{"a":{"$oid¦\u0000":1}}`, "/a", bson.ErrKeyNUL},

		{"place, many lines", "\n\n{\"a\":\n  {\"b\":[1,\n\t\"é\", ¦x]}}", "/a/b/2", extjson.ErrToken},
		{"place, line feed before", "{\n¦x}", "", extjson.ErrToken},
		{"place, line feed at fault", "{\"a¦\n\":1}", "", extjson.ErrControl},
		{"pointer, escapes", `{"a/b":{"~":{"":{"0":¦x}}}}`, "/a~1b/~0//0", extjson.ErrToken},
		{"pointer, escaped key", `{"\u0061\n":¦x}`, "/a\n", extjson.ErrToken},
		{"pointer, key twice", `{"a":1,"a":¦x}`, "/a", extjson.ErrToken},
		{"pointer, long key", `{"` + strings.Repeat("k", 100) + `":[[[` + here + `x]]]}`, "/" + strings.Repeat("k", 100) + "/0/0/0", extjson.ErrToken},
		{"pointer, tenth element", `{"a":[1,1,1,1,1,1,1,1,1,1,` + here + `x]}`, "/a/10", extjson.ErrToken},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text, want := marked(t, tc.text, tc.pointer, tc.err)
			_, err := decode(t, extjson.DecodeOptions{}, text)
			wantFault(t, err, want)
		})
	}
}

// TestReplace: each byte that is not UTF-8 and each lone surrogate becomes U+FFFD.
func TestReplace(t *testing.T) {
	o := extjson.DecodeOptions{InvalidUTF8: bson.UTF8Replace}
	for _, tc := range []struct{ name, text, want string }{
		{"bytes", "\xff\xc0\x80", "\ufffd\ufffd\ufffd"},
		{"cut short", "é\xe2\x82x", "é\ufffd\ufffdx"},
		{"cut by an escape", "\xe2\\n\x82\xac", "\ufffd\n\ufffd\ufffd"},
		{"behind escapes", "\\u00e9\\u0000\xff", "é\x00\ufffd"},
		{"surrogate as UTF-8", "\xed\xa0\x80", "\ufffd\ufffd\ufffd"},
		{"lone high", `x\ud800y`, "x\ufffdy"},
		{"lone low", `\udc00`, "\ufffd"},
		{"two high", `\ud800\ud800`, "\ufffd\ufffd"},
		{"exchanged", `\udc00\ud800`, "\ufffd\ufffd"},
		{"high, then a pair", `\ud800\ud83d\ude42`, "\ufffd🙂"},
		{"high, then a letter", `\ud800\u0041`, "\ufffdA"},
		{"high, then an escape", `\ud800\n`, "\ufffd\n"},
		{"both kinds", "\\ud800\xff\\udc00", "\ufffd\ufffd\ufffd"},
		{"nothing to replace", `\ufffd🙂\n`, "\ufffd🙂\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			key := strings.ReplaceAll(tc.want, "\x00", "")
			doc, mark := bsoncore.Begin(nil)
			doc = bsoncore.AppendString(doc, key, tc.want)
			doc = bsoncore.AppendRegex(doc, "r", key, "")
			doc = bsoncore.End(doc, mark)
			keyText := strings.ReplaceAll(tc.text, `\u0000`, "")
			text := `{"` + keyText + `":"` + tc.text + `","r":{"$regularExpression":{"options":"","pattern":"` + keyText + `"}}}`
			got, err := decode(t, o, text)
			wantBytes(t, got, err, doc)
		})
	}
	got, err := decode(t, extjson.DecodeOptions{Shell: true, InvalidUTF8: bson.UTF8Replace}, `{a:'x\u{d800}\u{DFFF}y'}`)
	doc, mark := bsoncore.Begin(nil)
	wantBytes(t, got, err, bsoncore.End(bsoncore.AppendString(doc, "a", "x\ufffd\ufffdy"), mark))
	// Other faults stay faults.
	for _, tc := range []struct {
		text, pointer string
		err           error
	}{
		{`{"a":"\ud800\u12¦x4"}`, "/a", extjson.ErrEscape},
		{"{\"a\":\"\xff¦\n\"}", "/a", extjson.ErrControl},
		{"{\"\xff¦\\u0000\":1}", "", bson.ErrKeyNUL},
		{"{\"\xff\":¦x}", "/\ufffd", extjson.ErrToken},
		{"{\"a\":{\"$oid\":¦\"\xff56e1fc72e0c917e9c471416\"}}", "/a", extjson.ErrWrapperText},
		{"{\"a\":¦\xff}", "/a", extjson.ErrToken},
	} {
		text, want := marked(t, tc.text, tc.pointer, tc.err)
		_, err := decode(t, o, text)
		wantFault(t, err, want)
	}
}

// expected returns what the fault err says was expected.
func expected(err error) string {
	if s, ok := errors.AsType[*extjson.SyntaxError](err); ok {
		return s.Expected
	}
	if v, ok := errors.AsType[*extjson.ValueError](err); ok {
		return v.Expected
	}
	return ""
}

// TestExpected checks the expected text of faults.
func TestExpected(t *testing.T) {
	json, canonical, shell := extjson.DecodeOptions{}, extjson.DecodeOptions{CanonicalOnly: true}, extjson.DecodeOptions{Shell: true}
	for _, tc := range []struct {
		o          extjson.DecodeOptions
		text, want string
	}{
		{json, `x`, "a document"},
		{json, `{1}`, "a key"},
		{json, `{"a" 1}`, "a colon"},
		{json, `{"a":x}`, "a value"},
		{json, `{"a":tru}`, "true"},
		{json, `{"a":-}`, "a digit"},
		{json, `{"a":1 "b":2}`, "comma or }"},
		{json, `{"a":[1 2]}`, "comma or ]"},
		{json, `{"a":"\u12g4"}`, "four hexadecimal digits"},
		{json, `{"a":"\ud800x"}`, "a surrogate pair"},
		{json, `{"a":1e999}`, "a number within the range of double"},
		{canonical, `{"a":1}`, "a number in a wrapper"},

		{json, `{"a":{"$oid":"x"}}`, "24 hexadecimal digits"},
		{json, `{"a":{"$oid":"507f1f77bcf86cd799439011","b":1}}`, "no other key"},
		{json, `{"a":{"$oid":"507f1f77bcf86cd799439011" "b"}}`, "}"},
		{json, `{"a":{"$symbol":1}}`, "a string"},
		{json, `{"a":{"$numberInt":1}}`, "an int32 as text"},
		{json, `{"a":{"$numberLong":1}}`, "an int64 as text"},
		{json, `{"a":{"$numberDouble":1}}`, "a double as text"},
		{json, `{"a":{"$numberDecimal":1}}`, "a decimal128 as text"},
		{json, `{"a":{"$binary":1}}`, `{"base64": text, "subType": hexadecimal text}`},
		{json, `{"a":{"$binary":{"base64":"" "b":1}}}`, "comma or }"},
		{json, `{"a":{"$uuid":1}}`, "a UUID as text, 8-4-4-4-12 hexadecimal digits"},
		{json, `{"a":{"$code":1}}`, "a string"},
		{json, `{"a":{"$code":"","$scope":1}}`, "a document beside $code"},
		{json, `{"a":{"$scope":{}}}`, "$code"},
		{json, `{"a":{"$timestamp":1}}`, `{"t": uint32, "i": uint32}`},
		{json, `{"a":{"$regularExpression":1}}`, `{"pattern": text, "options": text}`},
		{json, `{"a":{"$dbPointer":1}}`, `{"$ref": text, "$id": ObjectId}`},
		{json, `{"a":{"$date":true}}`, `an RFC 3339 date to the millisecond, or {"$numberLong": text}`},
		{json, `{"a":{"$minKey":2}}`, "1"},
		{json, `{"a":{"$maxKey":2}}`, "1"},
		{json, `{"a":{"$undefined":false}}`, "true"},

		{shell, `{a 1}`, "a colon"},
		{shell, `{a:b}`, "a value"},
		{shell, `{a:-Infinit}`, "-Infinity"},
		{shell, "{a:/x\n/}", "/ at the end of the regex"},
		{shell, `{a:/x/1}`, "letters"},
		{shell, `{a:'\xg0'}`, "two hexadecimal digits"},
		{shell, `{a:'\u{}'}`, "a code point in braces"},
		{shell, `{a:'\u{d800}'}`, "a code point that is not a surrogate"},
		{shell, `{a:Timestamp(-1,0)}`, "a uint32"},
		{shell, `{a:Timestamp(4294967296,0)}`, "a uint32"},
		{shell, `{a:Timestamp(1)}`, "a second argument"},
		{shell, `{a:BinData(-1,"")}`, "a subtype"},
		{shell, `{a:BinData(256,"")}`, "a subtype up to 255"},
		{shell, `{a:BinData(0,"A")}`, "the bytes as text"},
		{shell, `{a:RegExp(1)}`, "a string"},
		{shell, `{a:new 5}`, "the name of a type"},
		{shell, `{a:ISODate}`, "("},
		{shell, `{a:ISODate()}`, "an argument"},
		{shell, `{a:ISODate("2020-01-01", 1)}`, ")"},
		{shell, `{a:ISODate("x")}`, "a date"},
		{shell, `{a:Date()}`, "new Date(…) or ISODate(…)"},
		{shell, `{a:new Date("2020-01-01T00:00:00")}`, "a time zone"},
		{shell, `{a:new Date(1.5)}`, "a date as text or milliseconds since 1970"},
		{shell, `{a:new Date(9223372036854775808)}`, "an int64"},
		{shell, `{a:new Date(2020,1)}`, "one argument"},
		{shell, `{a:1 /* }`, "*/ at the end of the comment"},
		{shell, `{a:/*` + strings.Repeat("x", 16<<20), "the end of the comment within 16 MiB"},
	} {
		_, err := tc.o.AppendBSON(nil, []byte(tc.text))
		if got := expected(err); got != tc.want {
			t.Errorf("%.100s: %v, expected %q, want %q", tc.text, err, got, tc.want)
		}
	}
	// Between the documents of a stream.
	for text, want := range map[string][]string{
		`1`:       {"a document or an array of documents"},
		`{} 1`:    {"a document or an array of documents"},
		`[}`:      {"a document"},
		`[{} {}]`: {"comma or ]"},
		`[{},]`:   {"a document"},
		`}{} }`:   {"a document or an array of documents", "comma, a document or ]"},
	} {
		var got []string
		d := extjson.NewDecoder(strings.NewReader(text))
		for more := true; more; more = d.Resync(nil) {
			for d.Next() {
			}
			if d.Err() == nil {
				break
			}
			got = append(got, expected(d.Err()))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}
