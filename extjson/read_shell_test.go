package extjson_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

const oidHex = "56e1fc72e0c917e9c4714161"

// shellRows has values in the syntax of the shell, and their canonical text.
var shellRows = []struct{ text, canonical string }{
	{`ObjectId("` + oidHex + `")`, `{"$oid":"` + oidHex + `"}`},
	{`ObjectId('` + oidHex + `')`, `{"$oid":"` + oidHex + `"}`},
	{`new ObjectId( "` + oidHex + `" , )`, `{"$oid":"` + oidHex + `"}`},
	{`ObjectId.createFromHexString("` + oidHex + `")`, `{"$oid":"` + oidHex + `"}`},
	{`ISODate("2024-02-29T12:00:00.5Z")`, `{"$date":{"$numberLong":"1709208000500"}}`},
	{`ISODate("2024-02-29T13:00:00+01:00")`, `{"$date":{"$numberLong":"1709208000000"}}`},
	{`ISODate("2024-02-29T13:00:00+0100")`, `{"$date":{"$numberLong":"1709208000000"}}`},
	{`ISODate("2024-02-29")`, `{"$date":{"$numberLong":"1709164800000"}}`},
	{`ISODate("2024-02-29 12:00")`, `{"$date":{"$numberLong":"1709208000000"}}`},
	{`ISODate("2024-02-29T12:00:00")`, `{"$date":{"$numberLong":"1709208000000"}}`},
	{`ISODate("20240229")`, `{"$date":{"$numberLong":"1709164800000"}}`},
	{`ISODate("20240229T120000.5Z")`, `{"$date":{"$numberLong":"1709208000500"}}`},
	{`ISODate("2024-02-29T13+01")`, `{"$date":{"$numberLong":"1709208000000"}}`},
	{`ISODate("2024-02-29T12")`, `{"$date":{"$numberLong":"1709208000000"}}`},
	{`ISODate("2024-02-29T1300+0100")`, `{"$date":{"$numberLong":"1709208000000"}}`},
	{`ISODate("-001474-06-10T08:46:08.974Z")`, `{"$date":{"$numberLong":"-108668272431026"}}`},
	{`new Date("-271821-04-20T00:00:00Z")`, `{"$date":{"$numberLong":"-8640000000000000"}}`},
	{`new Date("+275760-09-13")`, `{"$date":{"$numberLong":"8640000000000000"}}`},
	{`new Date("+002024-02-29")`, `{"$date":{"$numberLong":"1709164800000"}}`},
	{`new Date(Int64("5"))`, `{"$date":{"$numberLong":"5"}}`},
	{`Int64("5")`, `{"$numberLong":"5"}`},
	{`new Date("2024-02-29")`, `{"$date":{"$numberLong":"1709164800000"}}`},
	{`new Date("2024-02-29T12:00Z")`, `{"$date":{"$numberLong":"1709208000000"}}`},
	{`new Date(0)`, `{"$date":{"$numberLong":"0"}}`},
	{`new Date(-9223372036854775808)`, `{"$date":{"$numberLong":"-9223372036854775808"}}`},
	{`new Date(NumberLong("5"))`, `{"$date":{"$numberLong":"5"}}`},
	{`new ISODate(Long(5))`, `{"$date":{"$numberLong":"5"}}`},
	{`NumberInt(1)`, `{"$numberInt":"1"}`},
	{`NumberInt("-1")`, `{"$numberInt":"-1"}`},
	{`Int32(1)`, `{"$numberInt":"1"}`},
	{`NumberLong(1)`, `{"$numberLong":"1"}`},
	{`NumberLong("9223372036854775807")`, `{"$numberLong":"9223372036854775807"}`},
	{`Long('1')`, `{"$numberLong":"1"}`},
	{`Long.fromString("1")`, `{"$numberLong":"1"}`},
	{`new Long("1")`, `{"$numberLong":"1"}`},
	{`NumberDecimal("1.20")`, `{"$numberDecimal":"1.20"}`},
	{`NumberDecimal(1.20)`, `{"$numberDecimal":"1.20"}`},
	{`Decimal128('NaN')`, `{"$numberDecimal":"NaN"}`},
	{`Decimal128.fromString('1')`, `{"$numberDecimal":"1"}`},
	{`Double(1)`, `{"$numberDouble":"1.0"}`},
	{`Double("1.5")`, `{"$numberDouble":"1.5"}`},
	{`Double(NaN)`, `{"$numberDouble":"NaN"}`},
	{`Double( Infinity )`, `{"$numberDouble":"Infinity"}`},
	{`Double(-Infinity,)`, `{"$numberDouble":"-Infinity"}`},
	{`Code("f",)`, `{"$code":"f"}`},
	{`RegExp("a",)`, `{"$regularExpression":{"pattern":"a","options":""}}`},
	{`new Date(5,)`, `{"$date":{"$numberLong":"5"}}`},
	{`DBRef("c", 1,)`, `{"$ref":"c","$id":{"$numberInt":"1"}}`},
	{`NumberDecimal(NaN)`, `{"$numberDecimal":"NaN"}`},
	{`Decimal128(-Infinity)`, `{"$numberDecimal":"-Infinity"}`},
	{`NaN`, `{"$numberDouble":"NaN"}`},
	{`Infinity`, `{"$numberDouble":"Infinity"}`},
	{`-Infinity`, `{"$numberDouble":"-Infinity"}`},
	{`+Infinity`, `{"$numberDouble":"Infinity"}`},
	{`.5`, `{"$numberDouble":"0.5"}`},
	{`-.5e1`, `{"$numberDouble":"-5.0"}`},
	{`+.25E-1`, `{"$numberDouble":"0.025"}`},
	{`5.`, `{"$numberDouble":"5.0"}`},
	{`0.`, `{"$numberDouble":"0.0"}`},
	{`-5.e1`, `{"$numberDouble":"-50.0"}`},
	{`+5`, `{"$numberInt":"5"}`},
	{`+0`, `{"$numberInt":"0"}`},
	{`+5000000000`, `{"$numberLong":"5000000000"}`},
	{`+10000000000000000000`, `{"$numberDouble":"1.0E+19"}`},
	{`+1.5e3`, `{"$numberDouble":"1500.0"}`},
	{`0x1F`, `{"$numberInt":"31"}`},
	{`-0X1f`, `{"$numberInt":"-31"}`},
	{`+0x7fffffff`, `{"$numberInt":"2147483647"}`},
	{`0x80000000`, `{"$numberLong":"2147483648"}`},
	{`-0x80000000`, `{"$numberInt":"-2147483648"}`},
	{`0x00000000000000000007fffffffffffffff`, `{"$numberLong":"9223372036854775807"}`},
	{`-0x8000000000000000`, `{"$numberLong":"-9223372036854775808"}`},
	{`-0x0`, `{"$numberInt":"0"}`},
	{`.1` + strings.Repeat("0", 100), `{"$numberDouble":"0.1"}`},
	{`1` + strings.Repeat("0", 400) + `.e-400`, `{"$numberDouble":"1.0"}`},
	{`1`, `{"$numberInt":"1"}`},
	{`1.0`, `{"$numberDouble":"1.0"}`},
	{`BinData(0, "AQID")`, `{"$binary":{"base64":"AQID","subType":"00"}}`},
	{`BinData(2,"AQID")`, `{"$binary":{"base64":"AQID","subType":"02"}}`},
	{`HexData(128, "0102fF")`, `{"$binary":{"base64":"AQL/","subType":"80"}}`},
	{`MD5("000102030405060708090a0b0c0d0e0f")`, `{"$binary":{"base64":"AAECAwQFBgcICQoLDA0ODw==","subType":"05"}}`},
	{`Binary.createFromBase64('AQID', 5)`, `{"$binary":{"base64":"AQID","subType":"05"}}`},
	{`Binary.createFromBase64('AQID')`, `{"$binary":{"base64":"AQID","subType":"00"}}`},
	{`Binary.createFromHexString('010203')`, `{"$binary":{"base64":"AQID","subType":"00"}}`},
	{`UUID("00010203-0405-0607-0809-0A0B0C0D0E0F")`, `{"$binary":{"base64":"AAECAwQFBgcICQoLDA0ODw==","subType":"04"}}`},
	{`UUID('000102030405060708090a0b0c0d0e0f')`, `{"$binary":{"base64":"AAECAwQFBgcICQoLDA0ODw==","subType":"04"}}`},
	{`LegacyPythonUUID("00010203-0405-0607-0809-0a0b0c0d0e0f")`, `{"$binary":{"base64":"AAECAwQFBgcICQoLDA0ODw==","subType":"03"}}`},
	{`LegacyJavaUUID("00010203-0405-0607-0809-0a0b0c0d0e0f")`, `{"$binary":{"base64":"BwYFBAMCAQAPDg0MCwoJCA==","subType":"03"}}`},
	{`LegacyCSharpUUID("00010203-0405-0607-0809-0a0b0c0d0e0f")`, `{"$binary":{"base64":"AwIBAAUEBwYICQoLDA0ODw==","subType":"03"}}`},
	{`LUUID("00010203-0405-0607-0809-0a0b0c0d0e0f")`, `{"$binary":{"base64":"AAECAwQFBgcICQoLDA0ODw==","subType":"03"}}`},
	{`new PYUUID("00010203-0405-0607-0809-0a0b0c0d0e0f")`, `{"$binary":{"base64":"AAECAwQFBgcICQoLDA0ODw==","subType":"03"}}`},
	{`JUUID("00010203-0405-0607-0809-0a0b0c0d0e0f")`, `{"$binary":{"base64":"BwYFBAMCAQAPDg0MCwoJCA==","subType":"03"}}`},
	{`NUUID("00010203-0405-0607-0809-0a0b0c0d0e0f")`, `{"$binary":{"base64":"AwIBAAUEBwYICQoLDA0ODw==","subType":"03"}}`},
	{`CSUUID('000102030405060708090A0B0C0D0E0F')`, `{"$binary":{"base64":"AwIBAAUEBwYICQoLDA0ODw==","subType":"03"}}`},
	{`Binary(Buffer.from("AQID", "base64"), 5)`, `{"$binary":{"base64":"AQID","subType":"05"}}`},
	{`new Binary( Buffer.from( 'AQID' , 'BASE64' , ) , )`, `{"$binary":{"base64":"AQID","subType":"00"}}`},
	{`Binary(Buffer.from("\u003010203", "hex"), 2)`, `{"$binary":{"base64":"AQID","subType":"02"}}`},
	{`Binary(Buffer.from("é\0"))`, `{"$binary":{"base64":"w6kA","subType":"00"}}`},
	{`Binary(Buffer.from("é", "utf8"), 128)`, `{"$binary":{"base64":"w6k=","subType":"80"}}`},
	{`Binary(Buffer.from("", "Utf-8"))`, `{"$binary":{"base64":"","subType":"00"}}`},
	{`Binary(Buffer.from("aé\xFF", "latin1"))`, `{"$binary":{"base64":"Yen/","subType":"00"}}`},
	{`Binary(Buffer.from("é", "binary"))`, `{"$binary":{"base64":"6Q==","subType":"00"}}`},
	{`Binary(Buffer.from("é", "ascii"))`, `{"$binary":{"base64":"6Q==","subType":"00"}}`},
	{`Binary(Buffer.from([1, 2 , 255,]), 0)`, `{"$binary":{"base64":"AQL/","subType":"00"}}`},
	{`Binary(Buffer.from([]))`, `{"$binary":{"base64":"","subType":"00"}}`},
	{`Binary.fromInt8Array(new Int8Array([127, 7, -128,-1 ]))`, `{"$binary":{"base64":"AwB/B4D/","subType":"09"}}`},
	{`new Binary.fromInt8Array ( new /**/ Int8Array ( [ 1 , ] , ) , )`, `{"$binary":{"base64":"AwAB","subType":"09"}}`},
	{`Binary.fromInt8Array(new Int8Array())`, `{"$binary":{"base64":"AwA=","subType":"09"}}`},
	{`Binary.fromFloat32Array(new Float32Array([0.1, 1, -0, NaN, Infinity, -Infinity]))`,
		`{"$binary":{"base64":"JwDNzMw9AACAPwAAAIAAAMB/AACAfwAAgP8=","subType":"09"}}`},
	{`Binary.fromFloat32Array(new Float32Array([3.4028235677973362e38, 0.10000000149011612, 1e-50]))`,
		`{"$binary":{"base64":"JwD//39/zczMPQAAAAA=","subType":"09"}}`},
	{`Double(1` + strings.Repeat("0", 320) + `e-320)`, `{"$numberDouble":"1.0"}`},
	{`Binary.fromFloat32Array(new Float32Array([1` + strings.Repeat("0", 320) + `e-320]))`, `{"$binary":{"base64":"JwAAAIA/","subType":"09"}}`},
	{`Binary.fromPackedBits(new Uint8Array([127, 8]), 3)`, `{"$binary":{"base64":"EAN/CA==","subType":"09"}}`},
	{`Binary.fromPackedBits(new Uint8Array([0, 255]))`, `{"$binary":{"base64":"EAAA/w==","subType":"09"}}`},
	{`Binary.fromPackedBits(new Uint8Array([]), 0)`, `{"$binary":{"base64":"EAA=","subType":"09"}}`},
	{`Timestamp(1, 2)`, `{"$timestamp":{"t":1,"i":2}}`},
	{`Timestamp({ t: 1, i: 2 })`, `{"$timestamp":{"t":1,"i":2}}`},
	{`new Timestamp({ "i": 2, 't': 1, })`, `{"$timestamp":{"t":1,"i":2}}`},
	{`Timestamp()`, `{"$timestamp":{"t":0,"i":0}}`},
	{`Timestamp(4294967295, 4294967295)`, `{"$timestamp":{"t":4294967295,"i":4294967295}}`},
	{`DBRef("c", ObjectId("` + oidHex + `"))`, `{"$ref":"c","$id":{"$oid":"` + oidHex + `"}}`},
	{`DBRef("c", 1, undefined)`, `{"$ref":"c","$id":{"$numberInt":"1"}}`},
	{`DBRef("c", 1, undefined, {a: 2, b: {}})`, `{"$ref":"c","$id":{"$numberInt":"1"},"a":{"$numberInt":"2"},"b":{}}`},
	{`DBRef("c", DBRef("d", 2, "e", {}), "f", {x: DBRef("g", 3, undefined, {y: [],}),},)`,
		`{"$ref":"c","$id":{"$ref":"d","$id":{"$numberInt":"2"},"$db":"e"},"$db":"f","x":{"$ref":"g","$id":{"$numberInt":"3"},"y":[]}}`},
	{`DBRef("c", 1, 'd')`, `{"$ref":"c","$id":{"$numberInt":"1"},"$db":"d"}`},
	{`DBPointer("d.c", ObjectId("` + oidHex + `"))`, `{"$dbPointer":{"$ref":"d.c","$id":{"$oid":"` + oidHex + `"}}}`},
	{`Code("x")`, `{"$code":"x"}`},
	{`new Code('x', {a: 1})`, `{"$code":"x","$scope":{"a":{"$numberInt":"1"}}}`},
	{`Symbol("x")`, `{"$symbol":"x"}`},
	{`BSONSymbol('x')`, `{"$symbol":"x"}`},
	{`MinKey`, `{"$minKey":1}`},
	{`MinKey()`, `{"$minKey":1}`},
	{`new MaxKey()`, `{"$maxKey":1}`},
	{`undefined`, `{"$undefined":true}`},
	{`/x/`, `{"$regularExpression":{"pattern":"x","options":""}}`},
	{`/a\/[/\]]\d"'/si`, `{"$regularExpression":{"pattern":"a\\/[/\\]]\\d\"'","options":"is"}}`},
	{`/x/azAZ`, `{"$regularExpression":{"pattern":"x","options":"AZaz"}}`},
	{`/日/i`, `{"$regularExpression":{"pattern":"日","options":"i"}}`},
	{`RegExp("a/b", "ix")`, `{"$regularExpression":{"pattern":"a/b","options":"ix"}}`},
	{`new RegExp('')`, `{"$regularExpression":{"pattern":"","options":""}}`},
	{`BSONRegExp("a", 'xi')`, `{"$regularExpression":{"pattern":"a","options":"ix"}}`},
	{`'x'`, `"x"`},
	{`'it\'s "so"'`, `"it's \"so\""`},
	{`"it\'s"`, `"it's"`},
	{`'a\x41\u0042\u{43}\u{1F642}\v\/\.'`, `"aABC🙂\u000b/."`},
	{`'nul\0'`, `"nul\u0000"`},
	{"'one\\\nline'", `"oneline"`},
	{"'one\\\r\nline'", `"oneline"`},
	{`'日本'`, `"日本"`},
	{`{b: 1, $c: 2, _d: 3, 'e f': 4, 5: 5, été: 6, "g":7,}`, `{"b":{"$numberInt":"1"},"$c":{"$numberInt":"2"},"_d":{"$numberInt":"3"},"e f":{"$numberInt":"4"},"5":{"$numberInt":"5"},"été":{"$numberInt":"6"},"g":{"$numberInt":"7"}}`},
	{`[1, 'x', [], {}, ]`, `[{"$numberInt":"1"},"x",[],{}]`},
	{`{$oid: "` + oidHex + `"}`, `{"$oid":"` + oidHex + `"}`},
	{`{'$oid': '` + oidHex + `', }`, `{"$oid":"` + oidHex + `"}`},
	{`{$date: {$numberLong: '5'}}`, `{"$date":{"$numberLong":"5"}}`},
	{`{$binary: {base64: 'AQID', subType: '00',}}`, `{"$binary":{"base64":"AQID","subType":"00"}}`},
	{`{$regex: /x/, $options: 'i'}`, `{"$regex":{"$regularExpression":{"pattern":"x","options":""}},"$options":"i"}`},
	{`{"$numberLong":"5"}`, `{"$numberLong":"5"}`},
	{"/* c */ 1 // d", `{"$numberInt":"1"}`},
	{"{ // c }\n b /*:*/ : /* ' */ [ /**/ 1 /***/ , // ]\n 2 ] /* } */ }", `{"b":[{"$numberInt":"1"},{"$numberInt":"2"}]}`},
	{"new /* c */ Date /* c */ ( /* c */ 0 /* c */ )", `{"$date":{"$numberLong":"0"}}`},
	{`true`, `true`}, {`false`, `false`}, {`null`, `null`},
}

func TestShellIn(t *testing.T) {
	o := extjson.DecodeOptions{Shell: true}
	for _, tc := range shellRows {
		t.Run(tc.text, func(t *testing.T) {
			want, typ, err := extjson.AppendBSONValue(nil, []byte(tc.canonical))
			if strings.HasPrefix(tc.canonical, `{"$regex":{`) {
				want, typ, err = o.AppendBSONValue(nil, []byte(tc.canonical))
			}
			if err != nil {
				t.Fatal(err)
			}
			got, gotType, err := o.AppendBSONValue(nil, []byte(tc.text))
			wantBytes(t, got, err, want)
			if gotType != typ {
				t.Errorf("type %v, want %v", gotType, typ)
			}
			if strings.HasSuffix(tc.text, "// d") {
				return
			}
			text := "{a:" + tc.text + "}"
			inDoc, err := decode(t, o, text)
			wantBytes(t, inDoc, err, bsoncore.End(append(append([]byte{0, 0, 0, 0, byte(typ)}, "a\x00"...), want...), 0))
			// In pieces of every size, and truncated at every place.
			for n := range text {
				if _, err := o.AppendBSON(nil, []byte(text[:n])); err == nil {
					t.Errorf("%s is accepted as a document", text[:n])
				} else if f := faultOf(t, err); f.Err != extjson.ErrTruncated && f.Err != extjson.ErrEvaluate {
					t.Errorf("%s: %v, want ErrTruncated", text[:n], err)
				}
			}
			stream := "// first\n" + text + "/* between */ [" + text + ", // more\n" + text + ",]// end"
			for _, r := range []io.Reader{strings.NewReader(stream), iotest.OneByteReader(strings.NewReader(stream))} {
				n := 0
				for doc, err := range o.Documents(r) {
					wantBytes(t, doc, err, inDoc)
					n++
				}
				if n != 3 {
					t.Errorf("%d documents, want 3", n)
				}
			}
		})
	}
}

// TestShellKeys: keys need no quotation marks if they are names or numbers without
// leading zeros.
func TestShellKeys(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "1": "1", "10": "10", "123456789012345678901": "123456789012345678901", "a": "a", "_": "_", "$a": "$a", "a0": "a0", "é1": "é1",
		`"0"`: "0", `'01'`: "01", `"a b"`: "a b",
	} {
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.End(bsoncore.AppendNull(bsoncore.AppendNull(doc, want), "b"), mark)
		for _, spaced := range []string{"{%s:null,b:null}", "{ %s : null , b : null }", "{/**/%s/**/:null,\nb//\n:null}"} {
			got, err := decode(t, extjson.DecodeOptions{Shell: true}, fmt.Sprintf(spaced, text))
			wantBytes(t, got, err, doc)
		}
	}
}

// TestShellEscapes: each byte after a backslash in a string of the shell.
func TestShellEscapes(t *testing.T) {
	short := map[byte]string{'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v", '0': "\x00", '\n': "", '\r': ""}
	o := extjson.DecodeOptions{Shell: true}
	for c := range 256 {
		c := byte(c)
		if c == 'x' || c == 'u' {
			continue // the rows below
		}
		for _, quote := range []string{`'`, `"`} {
			text := "{a:" + quote + `é\` + string([]byte{c}) + "~" + quote + "}"
			want, known := short[c]
			if letter := c == '$' || c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'; !known && !letter && c > ' ' && c < 0x80 {
				want, known = string([]byte{c}), true
			}
			got, err := decode(t, o, text)
			if !known {
				wantFault(t, err, textFault(text, strings.IndexByte(text, '\\')+1, "/a", extjson.ErrEscape))
				continue
			}
			doc, mark := bsoncore.Begin(nil)
			wantBytes(t, got, err, bsoncore.End(bsoncore.AppendString(doc, "a", "é"+want+"~"), mark))
		}
	}
	for _, tc := range []struct {
		text string
		want string
		err  error // at the mark
	}{
		{`\x41`, "A", nil}, {`\xfF`, "ÿ", nil}, {`\x00`, "\x00", nil}, {`\x7f\x80`, "\x7f\u0080", nil},
		{`\x4¦g`, "", extjson.ErrEscape}, {`\x¦g4`, "", extjson.ErrEscape}, {`\x¦`, "", extjson.ErrEscape},
		{`\u{0}`, "\x00", nil}, {`\u{10FFFF}`, "\U0010FFFF", nil}, {`\u{000041}`, "A", nil}, {`\u{d7ff}\u{E000}`, "\uD7FF\uE000", nil},
		{`\u{¦}`, "", extjson.ErrEscape}, {`\u{110000¦}`, "", extjson.ErrEscape}, {`\u{41¦g}`, "", extjson.ErrEscape},
		{`¦\u{d800}`, "", extjson.ErrSurrogate}, {`¦\u{DFFF}`, "", extjson.ErrSurrogate},
		{"\\\r\nb", "b", nil}, {"\\\rb", "b", nil}, {`\0a`, "\x00a", nil}, {`\¦01`, "", extjson.ErrEscape}, {`\¦09`, "", extjson.ErrEscape}, {`\0/`, "\x00/", nil}, {`\0:`, "\x00:", nil},
	} {
		if tc.err != nil {
			text, want := marked(t, "{a:'"+tc.text+"'}", "/a", tc.err)
			_, err := decode(t, o, text)
			wantFault(t, err, want)
			continue
		}
		got, err := decode(t, o, "{a:'"+tc.text+"'}")
		doc, mark := bsoncore.Begin(nil)
		wantBytes(t, got, err, bsoncore.End(bsoncore.AppendString(doc, "a", tc.want), mark))
	}
	// A NUL of any spelling may not be in a key.
	for _, escape := range []string{`\0`, `\x00`, `\u0000`, `\u{0}`, `\u{000000}`} {
		text, want := marked(t, "{b:1,'k¦"+escape+"':1}", "", bson.ErrKeyNUL)
		_, err := decode(t, o, text)
		if got := faultOf(t, err); got.Offset != want.Offset || got.Err != bson.ErrKeyNUL {
			t.Errorf("%s: %v, want ErrKeyNUL at %d", text, err, want.Offset)
		}
		// The fault does not outlive its key.
		if _, err := decode(t, o, "{b:'"+escape+"','k':1}"); err != nil {
			t.Errorf("%s in a value: %v", escape, err)
		}
	}
}

// TestShellIdentifiers: letters, marks, digits and connectors of all scripts are parts
// of names; a name starts with no ASCII digit.
func TestShellIdentifiers(t *testing.T) {
	o := extjson.DecodeOptions{Shell: true}
	for _, name := range []string{"a", "$", "_", "Z9", "été", "e\u0301", "a\u0903", "a٣", "a‿b", "日本", "a\U00010400"} {
		doc, mark := bsoncore.Begin(nil)
		got, err := decode(t, o, "{"+name+":null}")
		wantBytes(t, got, err, bsoncore.End(bsoncore.AppendNull(doc, name), mark))
	}
	for _, tc := range []string{"{a¦·:1}", "{a¦€:1}", "{a¦-b:1}", "{a¦@:1}", "{a¦[:1}", "{a¦`:1}", "{a¦{:1}", "{a¦\x7f:1}", "{¦€:1}", "{¦-:1}", "{a¦\x80:1}", "{a¦\xff:1}", "{1¦a:1}", "{0¦1:1}", "{a¦", "{¦"} {
		sentinel := extjson.ErrToken
		if strings.HasSuffix(tc, here) {
			sentinel = extjson.ErrTruncated
		}
		text, want := marked(t, tc, "", sentinel)
		_, err := decode(t, o, text)
		if got := faultOf(t, err); got.Offset != want.Offset || got.Err != sentinel {
			t.Errorf("%q: %v, want %v at %d", text, err, sentinel, want.Offset)
		}
	}
}

// TestShellPaths: a fault inside the arguments of a call has the path of its value.
func TestShellPaths(t *testing.T) {
	for _, tc := range []struct{ text, pointer string }{
		{`{a:[DBRef("c",[1,{b:¦x}])]}`, "/a/0/$id/1/b"},
		{`{a:DBRef("c",1,"d",{b:[1,¦x]})}`, "/a/b/1"},
		{`{a:DBRef("c",1,undefined,{b:1,c:{d:¦x}})}`, "/a/c/d"},
		{`{a:Code("f",{b:[¦x]})}`, "/a/b/0"},
		{`{a:{b:1,},c:[{d:1,},¦x]}`, "/c/1"},
	} {
		text, want := marked(t, tc.text, tc.pointer, extjson.ErrToken)
		_, err := decode(t, extjson.DecodeOptions{Shell: true}, text)
		wantFault(t, err, want)
	}
}

// TestDepthOfClosed: what has been closed does not count as depth any more, in
// whatever way it was closed.
func TestDepthOfClosed(t *testing.T) {
	for _, item := range []string{
		`{}`, `{ }`, `{a:1}`, `{"a":1}`, `{a:1,}`, `{"a":1 , }`, `{a:1}`, `[]`, `[ ]`, `[1]`, `[1,]`, `[1 , ]`, `{a:1,/**/}`,
		`Code("f")`, `Code("f",{})`, `Code("f",{a:1,},)`, `{"$code":"f","$scope":{}}`, `{"$scope":{"a":1},"$code":"f"}`, `{$code:"f",$scope:{a:1,},}`,
		`DBRef("c",1)`, `DBRef("c",1,"d",{})`, `DBRef("c",1,undefined,{a:1,},)`, `{"$ref":"c","$id":1}`,
		`{$oid:"` + oidHex + `",}`, `{"$oid":"` + oidHex + `"}`, `{"$timestamp":{"t":1,"i":2}}`, `Timestamp({t:1,i:2,})`, `{"$date":{"$numberLong":"1"}}`,
		`{"$binary":{"base64":"","subType":"00"}}`, `Binary(Buffer.from([1,]))`, `Binary.fromInt8Array(new Int8Array([1]))`, `{"$regularExpression":{"pattern":"","options":""}}`,
		`{"$dbPointer":{"$ref":"c","$id":{"$oid":"` + oidHex + `"}}}`, `{"$regex":"a"}`, `{"$regex":"a","$options":"i"}`, `{"$type":1}`, `{"$minKey":1}`, `{"$undefined":true}`, `{$x:1}`,
	} {
		o := extjson.DecodeOptions{Shell: true, MaxDepth: 3}
		if _, err := decode(t, o, "{a:["+item+"]}"); err != nil {
			t.Fatalf("one %s: %v", item, err)
		}
		if _, err := decode(t, o, "{a:["+strings.Repeat(item+",", 10)+"{}]}"); err != nil {
			t.Errorf("many %s: %v", item, err)
		}
		if _, err := decode(t, o, "{b:"+item+",c:"+item+",d:"+item+",a:[[]]}"); err != nil {
			t.Errorf("members %s: %v", item, err)
		}
		text := "{a:[" + item + ",[{}]]}"
		if _, err := decode(t, o, text); !errors.Is(err, bson.ErrDepth) || faultOf(t, err).Offset != int64(strings.LastIndex(text, "{")) {
			t.Errorf("%s: %v, want ErrDepth", text, err)
		}
	}
}

// TestShellNumberLen: a number in any place of the shell's syntax may be as long as
// the limit, and no longer.
func TestShellNumberLen(t *testing.T) {
	for _, number := range []string{ // with a mark on either side
		`¦.125¦`, `¦+125¦`, `¦+.125¦`, `¦125.¦`, `¦0x1FF¦`, `¦-0x1FF¦`, `¦1.5e1¦`, `¦-.5e-10¦`, `¦125¦`,
		`NumberInt(¦125¦)`, `NumberInt(¦"125"¦)`, `NumberLong(¦125¦)`, `NumberLong(¦"125"¦)`, `Long.fromString(¦"125"¦)`,
		`NumberDecimal(¦1.25¦)`, `NumberDecimal(¦"1.25"¦)`, `Double(¦1.25¦)`, `Double(¦"1.25"¦)`,
		`new Date(NumberLong(¦125¦))`, `new Date(NumberLong(¦"125"¦))`,
		`Binary(Buffer.from([¦125¦]))`, `Binary.fromInt8Array(new Int8Array([¦125¦]))`, `Binary.fromInt8Array(new Int8Array([¦-12¦]))`,
		`Binary.fromFloat32Array(new Float32Array([¦125.5¦]))`, `Binary.fromPackedBits(new Uint8Array([¦128¦]))`,
	} {
		parts := strings.Split("{a:"+number+"}", here)
		text := strings.Join(parts, "")
		n := len(strings.Trim(parts[1], `"`))
		for _, limit := range []int{n - 1, n, n + 1} {
			_, err := decode(t, extjson.DecodeOptions{Shell: true, MaxNumberLen: limit}, text)
			if limit >= n {
				if err != nil {
					t.Errorf("%s, limit %d: %v", text, limit, err)
				}
				continue
			}
			if err == nil {
				t.Errorf("%s, limit %d: no error", text, limit)
				continue
			}
			wantFault(t, err, textFault(text, len(parts[0]), "/a", extjson.ErrNumberLen))
		}
	}
}

// TestShellNotAsked: without the option Shell, the texts are errors.
func TestShellNotAsked(t *testing.T) {
	for _, tc := range shellRows {
		_, _, err := extjson.AppendBSONValue(nil, []byte(tc.text))
		if got, _, e := extjson.AppendBSONValue(nil, []byte(tc.canonical)); err == nil && e == nil {
			if same, _, _ := extjson.AppendBSONValue(nil, []byte(tc.text)); string(same) == string(got) {
				continue // the text is JSON
			}
		}
		if err == nil {
			t.Errorf("%s is accepted without Shell", tc.text)
		}
		if _, _, err := (extjson.DecodeOptions{Shell: true, CanonicalOnly: true}).AppendBSONValue(nil, []byte(tc.text)); err == nil && !strings.HasPrefix(tc.text, "{") && !strings.ContainsAny(tc.text[:1], `tfn"`) {
			t.Errorf("%s is accepted with CanonicalOnly", tc.text)
		}
	}
}

func TestShellRefused(t *testing.T) {
	for _, tc := range []struct {
		text string
		err  error
	}{
		{`{a:new Date¦()}`, extjson.ErrEvaluate},
		{`{a:BinData(0,"AQID", ¦5)}`, extjson.ErrToken},
		{`{a:HexData(0,"01", ¦5)}`, extjson.ErrToken},
		{`{a:MD5("000102030405060708090a0b0c0d0e0f", ¦5)}`, extjson.ErrToken},
		{`{a:Binary.createFromBase64("AQID", 5, ¦5)}`, extjson.ErrToken},
		{`{a:/x/¦1}`, extjson.ErrToken},
		{`{a:/x/i¦_}`, extjson.ErrToken},
		{`{a:/x/i¦$}`, extjson.ErrToken},
		{`{a:/x/i¦é}`, extjson.ErrToken},
		{`{a:/x/i¦@}`, extjson.ErrToken},
		{`{a:/x/i¦[}`, extjson.ErrToken},
		{"{a:/x/i¦`}", extjson.ErrToken},
		{`{a:/x/i¦{}`, extjson.ErrToken},
		{`{a:ISODate¦()}`, extjson.ErrEvaluate},
		{`{a:ObjectId¦()}`, extjson.ErrEvaluate},
		{`{a:UUID¦()}`, extjson.ErrEvaluate},
		{`{a:¦Date("2024-02-29")}`, extjson.ErrEvaluate},
		{`{a:¦Date()}`, extjson.ErrEvaluate},
		{`{a:new Date(¦"2024-02-29T12:00:00")}`, extjson.ErrEvaluate},
		{`{a:new Date(¦2024, 1, 29)}`, extjson.ErrEvaluate},
		{`{a:new Date(¦"29 Feb 2024")}`, extjson.ErrWrapperText},
		{`{a:new Date(¦1.5)}`, extjson.ErrNumber},
		{`{a:new Date(¦new Date(0))}`, extjson.ErrNumber},
		{`{a:new Date(¦9223372036854775808)}`, extjson.ErrRange},
		{`{a:ISODate(¦"2024-02-30")}`, extjson.ErrWrapperText},
		{`{a:ISODate(¦"2024-02-29T24:00")}`, extjson.ErrWrapperText},
		{`{a:ISODate(¦"2024-02-29T")}`, extjson.ErrWrapperText},
		{`{a:ISODate(¦"2024-02-29Z")}`, extjson.ErrWrapperText},
		{`{a:ISODate(¦"2024-02")}`, extjson.ErrWrapperText},
		{`{a:ISODate(¦"")}`, extjson.ErrWrapperText},
		{`{a:ISODate(¦"-000000-01-01")}`, extjson.ErrWrapperText},
		{`{a:ISODate(¦"+02024-02-29")}`, extjson.ErrWrapperText},
		{`{a:ISODate(¦"+0020240229")}`, extjson.ErrWrapperText},
		{`{a:ISODate(¦"+002023-02-29")}`, extjson.ErrWrapperText},
		{`{a:ISODate(¦"2024-02-29T12:00:00.0001Z")}`, extjson.ErrWrapperText},
		{`{a:ISODate(¦"2024-02-29T12:00:00+1")}`, extjson.ErrWrapperText},
		{`{a:ISODate(¦"2024-02-29T12:00:00.Z")}`, extjson.ErrWrapperText},
		{`{a:new Date(¦"20240229")}`, extjson.ErrWrapperText},
		{`{a:new Date(¦"2024-02-29T12Z")}`, extjson.ErrWrapperText},
		{`{a:new Date(¦"2024-02-29T12:00+01")}`, extjson.ErrWrapperText},
		{`{a:ISODate("2024-02-29"¦]}`, extjson.ErrToken},
		{`{a:¦x}`, extjson.ErrToken},
		{`{a:¦foo("x")}`, extjson.ErrToken},
		{`{a:¦Boolean(1)}`, extjson.ErrToken},
		{"{a:¦`x`}", extjson.ErrToken},
		{`{a:JUUID¦()}`, extjson.ErrEvaluate},
		{`{a:LUUID(¦"{00112233-4455-6677-8899-aabbccddeeff}")}`, extjson.ErrWrapperText},
		{`{a:¦GUUID("00112233-4455-6677-8899-aabbccddeeff")}`, extjson.ErrToken},
		{`{a:Binary(¦"AQID")}`, extjson.ErrToken},
		{`{a:Binary(¦)}`, extjson.ErrToken},
		{`{a:Binary(Buffer.from¦)}`, extjson.ErrToken},
		{`{a:Binary(Buffer.¦alloc(5))}`, extjson.ErrToken},
		{`{a:Binary(Buffer.from(¦5))}`, extjson.ErrWrapper},
		{`{a:Binary(Buffer.from(¦"AQI", "base64"))}`, extjson.ErrWrapperText},
		{`{a:Binary(Buffer.from(¦"AQIDA", "hex"))}`, extjson.ErrWrapperText},
		{`{a:Binary(Buffer.from(¦"0g", "hex"))}`, extjson.ErrWrapperText},
		{`{a:Binary(Buffer.from(¦"aĀ", "latin1"))}`, extjson.ErrWrapperText},
		{`{a:Binary(Buffer.from("¦` + "\xff" + `"))}`, bson.ErrUTF8},
		{`{a:Binary(Buffer.from("", ¦"utf16le"))}`, extjson.ErrWrapperText},
		{`{a:Binary(Buffer.from("", ¦1))}`, extjson.ErrToken},
		{`{a:Binary(Buffer.from("", "hex", ¦1))}`, extjson.ErrToken},
		{`{a:Binary(Buffer.from(""), ¦256)}`, extjson.ErrRange},
		{`{a:Binary(Buffer.from(""), 0, ¦0)}`, extjson.ErrToken},
		{`{a:Binary(Buffer.from([¦256]))}`, extjson.ErrRange},
		{`{a:Binary(Buffer.from([1]¦5))}`, extjson.ErrToken},
		{`{a:¦Buffer.from([1])}`, extjson.ErrToken},
		{`{a:¦new Int8Array([1])}`, extjson.ErrToken},
		{`{a:Binary.fromInt8Array(¦)}`, extjson.ErrToken},
		{`{a:Binary.fromInt8Array(¦[1])}`, extjson.ErrToken},
		{`{a:Binary.fromInt8Array(¦Int8Array([1]))}`, extjson.ErrToken},
		{`{a:Binary.fromInt8Array(new ¦Uint8Array([1]))}`, extjson.ErrToken},
		{`{a:Binary.fromInt8Array(new Int8Array¦s([1]))}`, extjson.ErrToken},
		{`{a:Binary.fromInt8Array(new Int8Array(¦5))}`, extjson.ErrToken},
		{`{a:Binary.fromInt8Array(new Int8Array([¦128]))}`, extjson.ErrRange},
		{`{a:Binary.fromInt8Array(new Int8Array([¦-129]))}`, extjson.ErrRange},
		{`{a:Binary.fromInt8Array(new Int8Array([¦9223372036854775808]))}`, extjson.ErrRange},
		{`{a:Binary.fromInt8Array(new Int8Array([¦1.5]))}`, extjson.ErrNumber},
		{`{a:Binary.fromInt8Array(new Int8Array([¦"1"]))}`, extjson.ErrNumber},
		{`{a:Binary.fromInt8Array(new Int8Array([1,¦,2]))}`, extjson.ErrNumber},
		{`{a:Binary.fromInt8Array(new Int8Array([1 ¦2]))}`, extjson.ErrToken},
		{`{a:Binary.fromInt8Array(new Int8Array([1]), ¦0)}`, extjson.ErrToken},
		{`{a:Binary.fromFloat32Array(new Float32Array([¦1e39]))}`, extjson.ErrRange},
		{`{a:Binary.fromFloat32Array(new Float32Array([¦3.4028235677973367e38]))}`, extjson.ErrRange},
		{`{a:Binary.fromFloat32Array(new Float32Array([¦1e999]))}`, extjson.ErrRange},
		{`{a:Binary.fromFloat32Array(new Float32Array([¦nan]))}`, extjson.ErrNumber},
		{`{a:Binary.fromFloat32Array(new Float32Array([¦1` + strings.Repeat("0", 4096) + `]))}`, extjson.ErrNumberLen},
		{`{a:Binary.fromPackedBits(new Uint8Array([¦-1]))}`, extjson.ErrRange},
		{`{a:Binary.fromPackedBits(new Uint8Array([1]), ¦8)}`, extjson.ErrRange},
		{`{a:Binary.fromPackedBits(new Uint8Array([1]), ¦-1)}`, extjson.ErrRange},
		{`{a:Binary.fromPackedBits(new Uint8Array([]), ¦1)}`, extjson.ErrRange},
		{`{a:Binary.fromPackedBits(new Uint8Array([1]), 1, ¦1)}`, extjson.ErrToken},
		{`{a:¦Binary.fromBits([1])}`, extjson.ErrToken},
		{`{a:¦ObjectId.createFromTime(1)}`, extjson.ErrToken},
		{`{a:¦ObjectId.createFromBase64("AAAAAAAAAAAAAAAA")}`, extjson.ErrToken},
		{`{a:¦function(){}}`, extjson.ErrToken},
		{`{a:¦new Foo()}`, extjson.ErrToken},
		{`{a:new ¦undefined}`, extjson.ErrToken},
		{`{a:new ¦"x"}`, extjson.ErrToken},
		{`{a:¦NaNa}`, extjson.ErrToken},
		{`{a:true¦x}`, extjson.ErrToken},
		{`{a:ObjectId¦}`, extjson.ErrToken},
		{`{a:ObjectId(¦1)}`, extjson.ErrWrapper},
		{`{a:ObjectId(¦"x")}`, extjson.ErrWrapperText},
		{`{a:ObjectId("` + oidHex + `" ¦"x")}`, extjson.ErrToken},
		{`{a:NumberInt(¦2147483648)}`, extjson.ErrRange},
		{`{a:NumberInt(¦1.5)}`, extjson.ErrWrapperText},
		{`{a:NumberInt(¦)}`, extjson.ErrNumber},
		{`{a:NumberInt(1¦+1)}`, extjson.ErrToken},
		{`{a:NumberInt(¦"x")}`, extjson.ErrWrapperText},
		{`{a:NumberLong(¦9223372036854775808)}`, extjson.ErrRange},
		{`{a:NumberDecimal(¦"x")}`, extjson.ErrWrapperText},
		{`{a:NumberDecimal("1",¦"2")}`, extjson.ErrToken},
		{`{a:Double(¦1e999)}`, extjson.ErrRange},
		{`{a:Double(¦NaNs)}`, extjson.ErrNumber},
		{`{a:Double(-¦NaN)}`, extjson.ErrNumber},
		{`{a:Double(-¦)}`, extjson.ErrNumber},
		{`{a:NumberInt(¦NaN)}`, extjson.ErrNumber},
		{`{a:NumberLong(-¦Infinity)}`, extjson.ErrNumber},
		{`{a:new ¦5()}`, extjson.ErrToken},
		{`{a:+¦x}`, extjson.ErrNumber},
		{`{a:+¦+1}`, extjson.ErrNumber},
		{`{a:-¦-1}`, extjson.ErrNumber},
		{`{a:.¦}`, extjson.ErrNumber},
		{`{a:-.¦x}`, extjson.ErrNumber},
		{`{a:.¦e5}`, extjson.ErrNumber},
		{`{a:.5¦.5}`, extjson.ErrToken},
		{`{a:1.5¦.}`, extjson.ErrToken},
		{`{a:.5e¦}`, extjson.ErrNumber},
		{`{a:5.e+¦}`, extjson.ErrNumber},
		{`{a:+0¦1}`, extjson.ErrNumber},
		{`{a:-0¦1.}`, extjson.ErrToken},
		{`{a:¦.1e999}`, extjson.ErrRange},
		{`{a:¦.` + strings.Repeat("1", 4096) + `}`, extjson.ErrNumberLen},
		{`{a:0x¦}`, extjson.ErrNumber},
		{`{a:0x1¦g}`, extjson.ErrToken},
		{`{a:0x1¦.5}`, extjson.ErrToken},
		{`{a:0x1F¦n}`, extjson.ErrToken},
		{`{a:0¦b11}`, extjson.ErrToken},
		{`{a:1¦_000}`, extjson.ErrToken},
		{`{a:¦0x8000000000000000}`, extjson.ErrRange},
		{`{a:¦-0x8000000000000001}`, extjson.ErrRange},
		{`{a:¦0x10000000000000000}`, extjson.ErrRange},
		{`{a:¦0x` + strings.Repeat("1", 4096) + `}`, extjson.ErrNumberLen},
		{`{a:1 ¦+ 1}`, extjson.ErrToken},
		{`{a:-¦x}`, extjson.ErrNumber},
		{`{a:-Infinity¦x}`, extjson.ErrToken},
		{`{a:BinData(¦256,"")}`, extjson.ErrRange},
		{`{a:BinData(¦"0","")}`, extjson.ErrNumber},
		{`{a:BinData(0¦)}`, extjson.ErrToken},
		{`{a:BinData(0,¦"A")}`, extjson.ErrWrapperText},
		{`{a:HexData(0,¦"012")}`, extjson.ErrWrapperText},
		{`{a:HexData(0,¦"0g")}`, extjson.ErrWrapperText},
		{`{a:MD5(¦"00")}`, extjson.ErrWrapperText},
		{`{a:UUID(¦"0001020304050607-08090a0b0c0d0e0f")}`, extjson.ErrWrapperText},
		{`{a:Timestamp(¦-1, 1)}`, extjson.ErrNumber},
		{`{a:Timestamp(1, ¦4294967296)}`, extjson.ErrRange},
		{`{a:Timestamp(1¦)}`, extjson.ErrToken},
		{`{a:Timestamp({t:1¦})}`, extjson.ErrWrapper},
		{`{a:Timestamp({t:1,i:2,¦x:3})}`, extjson.ErrWrapper},
		{`{a:DBRef(¦1, 2)}`, extjson.ErrToken},
		{`{a:DBRef("x"¦)}`, extjson.ErrToken},
		{`{a:DBRef("x", 1, ¦null)}`, extjson.ErrToken},
		{`{a:DBRef("x", 1, "d", ¦[])}`, extjson.ErrToken},
		{`{a:DBRef("x", 1, "d", {¦$oid: 1})}`, extjson.ErrWrapper},
		{`{a:DBRef("x", 1, "d", {}, ¦2)}`, extjson.ErrToken},
		{`{a:DBPointer("x",¦"y")}`, extjson.ErrWrapper},
		{`{a:Code(¦1)}`, extjson.ErrWrapper},
		{`{a:Code("x",¦1)}`, extjson.ErrWrapper},
		{`{a:RegExp(¦1)}`, extjson.ErrToken},
		{`{a:RegExp("¦\0")}`, bson.ErrKeyNUL},
		{`{a:/x¦` + "\n" + `/}`, extjson.ErrToken},
		{`{a:/¦` + "\n", extjson.ErrToken},
		{`{a:/x¦\` + "\n" + `/}`, extjson.ErrToken},
		{`{a:/x¦\` + "\u2028" + `/}`, extjson.ErrToken},
		{`{a:/x/i¦2}`, extjson.ErrToken},
		{`{a:/¦` + "\xff" + `/}`, bson.ErrUTF8},
		{`{a:'¦` + "\n" + `'}`, extjson.ErrControl},
		{`{a:'¦` + "\xff" + `'}`, bson.ErrUTF8},
		{`{a:'\¦d'}`, extjson.ErrEscape},
		{`{a:'\x4¦g'}`, extjson.ErrEscape},
		{`{a:'\u{¦}'}`, extjson.ErrEscape},
		{`{a:'\u{110000¦}'}`, extjson.ErrEscape},
		{`{a:'\u{10FFFF0¦}'}`, extjson.ErrEscape},
		{`{a:'¦\u{d800}'}`, extjson.ErrSurrogate},
		{`{a:'\¦01'}`, extjson.ErrEscape},
		{`{a:[1,¦,2]}`, extjson.ErrToken},
		{`{a:[¦,]}`, extjson.ErrToken},
		{`{a:¦/* `, extjson.ErrTruncated},
		{`{a:/**/¦`, extjson.ErrTruncated},
		{`{a: /**/ ¦`, extjson.ErrTruncated},
		{`{a:[1,/**/¦`, extjson.ErrTruncated},
		{`{a:1} ¦/* `, extjson.ErrTruncated},
		{`{a ¦/* :1}`, extjson.ErrTruncated},
		{`{¦/*/`, extjson.ErrTruncated},
		{`{a:1,¦/* }`, extjson.ErrTruncated},
		{`{a:[1 ¦/* ]}`, extjson.ErrTruncated},
		{`{a:1¦/* }`, extjson.ErrTruncated},
		{`{a:NumberInt(¦/* 1)}`, extjson.ErrTruncated},
		{`{a:NumberInt(1 ¦/*)}`, extjson.ErrTruncated},
		{`{a:BinData(¦/*0, '')}`, extjson.ErrTruncated},
		{`{a:Timestamp(1, ¦/*2)}`, extjson.ErrTruncated},
		{`{a:new Date(¦/*1)}`, extjson.ErrTruncated},
		{`{a:ObjectId ¦/*()}`, extjson.ErrTruncated},
		{`{a:{$oid:¦/*''}}`, extjson.ErrTruncated},
		{`{a:{$numberInt:¦'/*'}}`, extjson.ErrWrapperText},
		{`{a:1} ¦/ 2`, extjson.ErrTrailing},
		{`{a:{$oid:"` + oidHex + `",¦b:1}}`, extjson.ErrWrapper},
		{`{¦-:1}`, extjson.ErrToken},
		{`{0¦1:1}`, extjson.ErrToken},
		{`{¦,}`, extjson.ErrToken},
		{`{'a¦\0':1}`, bson.ErrKeyNUL},
		{`{a ¦1}`, extjson.ErrToken},
	} {
		t.Run(tc.text, func(t *testing.T) {
			before, after, _ := strings.Cut(tc.text, here)
			want := textFault(before+after, len(before), "", tc.err)
			want.Value = want.Value || tc.err == extjson.ErrEvaluate
			_, err := decode(t, extjson.DecodeOptions{Shell: true}, before+after)
			if err == nil {
				t.Fatal("no error")
			}
			got := faultOf(t, err)
			got.Pointer = ""
			if got != want {
				t.Errorf("%v: %+v, want %+v", err, got, want)
			}
		})
	}
	// Nested calls count as levels.
	deep := strings.Repeat(`DBRef("x",`, 2000) + "1" + strings.Repeat(")", 2000)
	_, _, err := extjson.DecodeOptions{Shell: true}.AppendBSONValue(nil, []byte(deep))
	if f := faultOf(t, err); f.Err != bson.ErrDepth {
		t.Errorf("%v, want ErrDepth", err)
	}
}
