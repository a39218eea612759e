package hostile

import (
	"fmt"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file has the shapes of text.

// deep returns a Make for texts that open nested containers.
func deep(open string) func(n int) string { return filled(`{"a":`, open, "") }

var texts = []Shape{
	{Name: "arrays", Format: JSON, Make: deep(`[`), Err: bson.ErrDepth, Off: 5 + 999},
	{Name: "documents", Format: JSON, Make: deep(`{"a":`), Err: bson.ErrDepth, Off: 5 + 999*5},
	{Name: "documents, spaced", Format: JSON, Make: deep(`{ "a" : `), Err: bson.ErrDepth, Off: 5 + 999*8},
	{Name: "documents, escaped keys", Format: JSON, Make: deep(`{"\u0061":`), Err: bson.ErrDepth, Off: 5 + 999*10},
	{Name: "documents with dollar keys", Format: JSON, Make: deep(`{"$a":`), Err: bson.ErrDepth, Off: 5 + 999*6},
	{Name: "both", Format: JSON, Make: deep(`[{"a":`), Err: bson.ErrDepth, Off: 5 + 499*6 + 1},
	{Name: "dates", Format: JSON, Make: deep(`{"$date":`), Err: extjson.ErrWrapper, Off: 5 + 10},
	{Name: "pointers", Format: JSON, Make: deep(`{"$dbPointer":{"$id":`), Err: extjson.ErrWrapper, Off: 5 + 22},
	{Name: "scopes first", Format: JSON, Make: deep(`{"$scope":`), Err: extjson.ErrWrapper, Off: 5 + 11},
	{Name: "scopes", Format: JSON, Make: deep(`{"$code":"","$scope":{"a":`), Err: bson.ErrDepth, Off: 5 + 999*26 + 21},
	{Name: "scopes first, with keys", Format: JSON, Make: deep(`{"$scope":{"a":`), Err: bson.ErrDepth, Off: 5 + 999*15 + 10},
	{Name: "binaries", Format: JSON, Make: deep(`{"$binary":`), Err: extjson.ErrWrapper, Off: 5 + 12},
	{Name: "keys", Format: JSON, Make: func(n int) string {
		b := []byte{'{'}
		for i := 0; len(b) < n; i++ {
			b = fmt.Appendf(b, `"key%d":%d,`, i, i)
		}
		return string(append(b, `"z":1}`...))
	}},
	{Name: "the same key", Format: JSON, Make: filled(`{`, `"a":1,`, `"a":1}`)},
	{Name: "empty keys", Format: JSON, Make: filled(`{`, `"":{},`, `"":{}}`)},
	{Name: "dollar keys", Format: JSON, Make: filled(`{"a":{`, `"$aaaa":{},`, `"":{}}}`)},
	{Name: "long key", Format: JSON, Make: filled(`{"`, `k`, `":1}`)},
	{Name: "long keys in each other", Format: JSON, Make: func(n int) string {
		open := `{"` + strings.Repeat("k", n/900) + `":`
		return strings.Repeat(open, 900) + "x"
	}, Err: extjson.ErrToken, Off: -1},
	{Name: "elements", Format: JSON, Make: filled(`{"a":[`, `0,`, `0]}`)},
	{Name: "nulls", Format: JSON, Make: filled(`{"a":[`, `null,`, `0]}`)},
	{Name: "doubles", Format: JSON, Make: filled(`{"a":[`, `1e0,`, `0]}`)},
	{Name: "doubles of many digits", Format: JSON, Make: filled(`{"a":[`, `179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880.0,`, `0]}`)},
	{Name: "numbers as long as may be", Format: JSON, Make: filled(`{"a":[`, `1.`+strings.Repeat("9", 4094)+",", `0]}`)},
	{Name: "large integers", Format: JSON, Make: filled(`{"a":[`, `99999999999999999999,`, `0]}`)},
	{Name: "decimals", Format: JSON, Make: filled(`{"a":[`, `{"$numberDecimal":"0"},`, `0]}`)},
	{Name: "decimals of many digits", Format: JSON, Make: filled(`{"a":[`, `{"$numberDecimal":"`+strings.Repeat("0", 4000)+`1"},`, `0]}`)},
	{Name: "empty strings", Format: JSON, Make: filled(`{"a":[`, `"",`, `0]}`)},
	{Name: "empty arrays", Format: JSON, Make: filled(`{"a":[`, `[],`, `0]}`)},
	{Name: "empty documents", Format: JSON, Make: filled(`{"a":[`, `{},`, `0]}`)},
	{Name: "arrays to the limit", Format: JSON, Make: filled(`{"a":[`, strings.Repeat(`[`, 998)+strings.Repeat(`]`, 998)+`,`, `0]}`)},
	{Name: "wrappers", Format: JSON, Make: filled(`{"a":[`, `{"$minKey":1},`, `0]}`)},
	{Name: "wrappers, spaced", Format: JSON, Make: filled(`{"a":[`, `{ "$numberInt" : "1" } ,`, `0]}`)},
	{Name: "wrappers, escaped", Format: JSON, Make: filled(`{"a":[`, `{"\u0024oid":"0123456789abcdef01234567"},`, `0]}`)},
	{Name: "codes with scopes", Format: JSON, Make: filled(`{"a":[`, `{"$scope":{},"$code":""},`, `0]}`)},
	{Name: "DBRefs", Format: JSON, Make: filled(`{"a":[`, `{"$ref":"","$id":1},`, `0]}`)},
	{Name: "escapes", Format: JSON, Make: filled(`{"a":"`, `\n`, `"}`)},
	{Name: "unicode escapes", Format: JSON, Make: filled(`{"a":"`, `\ud83d\ude42`, `"}`)},
	{Name: "escapes in a key", Format: JSON, Make: filled(`{"`, `\"`, `":1}`)},
	{Name: "escapes in base64", Format: JSON, Make: filled(`{"a":{"$binary":{"base64":"`, `\u0041\u0041\u0041\u0041`, `","subType":"00"}}}`)},
	{Name: "base64", Format: JSON, Make: filled(`{"a":{"$binary":{"base64":"`, `AQID`, `","subType":"2"}}}`)},
	{Name: "escapes in a number", Format: JSON, Make: filled(`{"a":{"$numberInt":"`, `\u0031`, `"}}`), Err: extjson.ErrNumberLen, Off: 19},
	{Name: "digits", Format: JSON, Make: filled(`{"a":`, `1`, ""), Err: extjson.ErrNumberLen, Off: 5},
	{Name: "blanks", Format: JSON, Make: filled(`{`, " ", `}`)},
	{Name: "endless blanks", Format: JSON, Make: filled(`{`, " ", ``), Err: extjson.ErrTruncated, Off: -1},
	{Name: "line feeds", Format: JSON, Make: filled(`{`, "\n", `x`), Err: extjson.ErrToken, Off: -1},
	{Name: "regex options", Format: JSON, Make: filled(`{"a":{"$regularExpression":{"options":"`, "zyé", `","pattern":""}}}`)},
	{Name: "long string", Format: JSON, Make: filled(`{"a":"`, "x", `"}`)},
	{Name: "long string, unclosed", Format: JSON, Make: filled(`{"a":"`, "x", ``), Err: extjson.ErrTruncated, Off: -1},
	{Name: "long string, bad end", Format: JSON, Make: filled(`{"a":"`, "é", "\xff\"}"), Err: bson.ErrUTF8, Off: -1},
	{Name: "quotes", Format: JSON, Make: filled(`{`, `"`, ``), Err: extjson.ErrToken, Off: 3},
	{Name: "backslashes", Format: JSON, Make: filled(`{"`, `\\`, ``), Err: extjson.ErrTruncated, Off: -1},
	{Name: "braces", Format: JSON, Make: filled(``, `{`, ``), Err: extjson.ErrToken, Off: 1},

	{Name: "regexes", Format: Legacy, Make: filled(`{"a":[`, `{"$regex":""},`, `0]}`)},
	{Name: "options first", Format: Legacy, Make: filled(`{"a":[`, `{"$options":"","$regex":""},`, `0]}`)},
	{Name: "documents of $regex", Format: Legacy, Make: filled(`{`, `"a":{"$regex":{`, ``), Err: bson.ErrDepth},
	{Name: "old binaries", Format: Legacy, Make: filled(`{"a":[`, `{"$binary":"","$type":"00"},`, `0]}`)},
	{Name: "dates", Format: Legacy, Make: filled(`{"a":[`, `{"$date":0},`, `0]}`)},
	{Name: "dates in $numberLong", Format: Legacy, Make: filled(`{"a":[`, `{"$date":{"$numberLong":0}},`, `0]}`)},
	{Name: "timestamps as text", Format: Legacy, Make: filled(`{"a":[`, `{"$timestamp":"0"},`, `0]}`)},

	{Name: "calls", Format: Shell, Make: filled(`{a:[`, `MinKey,`, `0]}`)},
	{Name: "ids", Format: Shell, Make: filled(`{a:[`, `ObjectId("0123456789abcdef01234567"),`, `0]}`)},
	{Name: "regexes", Format: Shell, Make: filled(`{a:[`, `/a/,`, `0]}`)},
	{Name: "long regex", Format: Shell, Make: filled(`{a:/`, `\/`, `/}`)},
	{Name: "comments", Format: Shell, Make: filled(`{`, `/**/`, `a:1}`)},
	{Name: "comment, unclosed", Format: Shell, Make: filled(`{/*`, `x`, ``), Err: extjson.ErrTruncated, Off: -1},
	{Name: "line comments", Format: Shell, Make: filled(`{`, "//\n", `a:1}`)},
	{Name: "single quotes", Format: Shell, Make: filled(`{'a':[`, `'\'',`, `0]}`)},
	{Name: "bare keys", Format: Shell, Make: filled(`{`, `a:1,`, `}`)},
	{Name: "dates in dates", Format: Shell, Make: filled(`{a:`, `new Date(`, ``), Err: extjson.ErrNumber},
	{Name: "timestamps", Format: Shell, Make: filled(`{a:[`, `Timestamp(1,1),`, `]}`)},
	{Name: "doubles without digits", Format: Shell, Make: filled(`{a:[`, `.5,5.,`, `]}`)},
	{Name: "hexadecimal digits", Format: Shell, Make: filled(`{a:0x`, `1`, ``), Err: extjson.ErrNumberLen, Off: 3},
	{Name: "vector", Format: Shell, Make: filled(`{a:Binary.fromFloat32Array(new Float32Array([`, `0,`, `]))}`)},
	{Name: "vector, unclosed", Format: Shell, Make: filled(`{a:Binary.fromInt8Array(new Int8Array([`, `0,`, ``), Err: extjson.ErrTruncated, Off: -1},
	{Name: "vectors", Format: Shell, Make: filled(`{a:[`, `Binary.fromPackedBits(new Uint8Array()),`, `]}`)},
	{Name: "buffer", Format: Shell, Make: filled(`{a:Binary(Buffer.from("`, `\xe9`, `","latin1"))}`)},
	{Name: "buffers", Format: Shell, Make: filled(`{a:[`, `Binary(Buffer.from("","hex")),`, `]}`)},
}

// lines has streams of documents and damage. The tests know the faults.
var lines = []Shape{
	{Name: "lines", Format: Lines, Make: filled("", "{}\n", "")},
	{Name: "no lines", Format: Lines, Make: filled("", "{}", "")},
	{Name: "documents and commas", Format: Lines, Make: filled("", "{},", "{}")},
	{Name: "array", Format: Lines, Make: filled("[", "{},", "{}]")},
	{Name: "array, unclosed", Format: Lines, Make: filled("[", "{},", "")},
	{Name: "arrays and lines", Format: Lines, Make: filled("", "[\n{}\n", "")},
	{Name: "bad lines", Format: Lines, Make: filled("", "{\"a\":x}\n", "")},
	{Name: "cut lines", Format: Lines, Make: filled("", "{\"a\":{\n", "")},
	{Name: "commas", Format: Lines, Make: filled("", ",", "")},
	{Name: "quotes", Format: Lines, Make: filled("", "\"\n", "")},
	{Name: "blanks", Format: Lines, Make: filled("", " ", "")},
	{Name: "backslashes", Format: Lines, Make: filled("", "{\"\\\n", "")},
	{Name: "brackets", Format: Lines, Make: filled("", "[", "")},
	{Name: "braces", Format: Lines, Make: filled("", "{\"\":", "")},
	{Name: "noise", Format: Lines, Make: noise},
}
