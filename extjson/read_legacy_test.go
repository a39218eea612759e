package extjson_test

import (
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
)

// TestLegacyIn has legacy texts with the key a, and the expected element in
// hexadecimal. Without the option they are documents or errors.
func TestLegacyIn(t *testing.T) {
	const filter = `{"a":{"$regex":"x","$options":"i","$gt":1}}`
	for _, tc := range []struct{ text, elements string }{
		{`{"a":{"$binary":"AQID","$type":"00"}}`, "05 6100 03000000 00 010203"},
		{`{"a":{"$type":"00","$binary":"AQID"}}`, "05 6100 03000000 00 010203"},
		{`{"a": { "$type" : "0" , "$binary" : "" } }`, "05 6100 00000000 00"},
		{`{"a":{"$binary":"AQID","$type":"ffffff80"}}`, "05 6100 03000000 80 010203"},
		{`{"a":{"$binary":"AQID","$type":"FFFFFFff"}}`, "05 6100 03000000 ff 010203"},
		{`{"a":{"$binary":"AQID","$type":128}}`, "05 6100 03000000 80 010203"},
		{`{"a":{"$type":5,"$binary":"AQID"}}`, "05 6100 03000000 05 010203"},
		{`{"a":{"$binary":"AQID","$type":"02"}}`, "05 6100 07000000 02 03000000 010203"},
		{`{"a":{"\u0024binary":"\u0041QID","$typ\u0065":"\u0030\u0032"}}`, "05 6100 07000000 02 03000000 010203"},
		{`{"a":{"$binary":{"base64":"AQID","subType":"00"}}}`, "05 6100 03000000 00 010203"},
		{`{"a":{"$regex":"x/","$options":"mi"}}`, "0b 6100 782f00 696d00"},
		{`{"a":{"$options":"mi","$regex":"x"}}`, "0b 6100 7800 696d00"},
		{`{"a":{"$regex":"\u0078"}}`, "0b 6100 7800 00"},
		{`{"a":[{"$regex":""}]}`, "04 6100 0a000000 0b 3000 00 00 00"},
		{`{"a":{"$date":0}}`, "09 6100 0000000000000000"},
		{`{"a":{"$date":-1}}`, "09 6100 ffffffffffffffff"},
		{`{"a":{"$date":9223372036854775807}}`, "09 6100 ffffffffffffff7f"},
		{`{"a":{"$date":{"$numberLong":1479524146179}}}`, "09 6100 03dc827a58010000"},
		{`{"a":{"$date":{"$numberLong": -1 } }}`, "09 6100 ffffffffffffffff"},
		{`{"a":{"$date":{"$numberLong":"-1"}}}`, "09 6100 ffffffffffffffff"},
		{`{"a":{"$timestamp":"7581943490326560768"}}`, "11 6100 00000000 6f793869"},
		{`{"a":{"$timestamp":"18446744073709551615"}}`, "11 6100 ffffffff ffffffff"},
		{`{"a":{ "$timestamp" : "\u0030" }}`, "11 6100 00000000 00000000"},
		{`{"a":{"$timestamp":{"i":2,"t":1}}}`, "11 6100 02000000 01000000"},
		{`{"a":{"$date":"1970-01-01T01:00:00.000+0100"}}`, "09 6100 0000000000000000"},
		{`{"a":{"$date":"1970-01-01T00:00:00-0030"}}`, "09 6100 40771b0000000000"},
		{`{"a":{"$date":"0001-01-01T00:00:00Z"}}`, "09 6100 0028d3ed7cc7ffff"},
		{`{"a":{"$uuid":"000102030405060708090a0b0c0d0e0f"}}`, "05 6100 10000000 04 000102030405060708090a0b0c0d0e0f"},
		// Query operators stay documents.
		{`{"a":{"$type":"string"}}`, "03 6100 17000000 02 247479706500 07000000 737472696e6700 00"},
		{`{"a":{"$type":2,"$gt":null}}`, "03 6100 15000000 10 247479706500 02000000 0a 24677400 00"},
		{`{"a":{"$regex":{"$regularExpression":{"pattern":"x","options":""}}}}`, "03 6100 10000000 0b 24726567657800 7800 00 00"},
		{`{"a":{"$regex":"x","$options":null}}`, "03 6100 1d000000 02 2472656765780002000000 7800 0a 246f7074696f6e7300 00"},
		{`{"a":{"$options":"x"}}`, "03 6100 15000000 02 246f7074696f6e7300 02000000 7800 00"},
		{`{"a":{"$regex":"x","$regex":"x"}}`, "03 6100 21000000 02 2472656765780002000000 7800 02 2472656765780002000000 7800 00"},
		{`{"a":{"$type":"x","$regex":"x"}}`, "03 6100 20000000 02 247479706500 02000000 7800 02 2472656765780002000000 7800 00"},
		{filter, "03 6100 2c000000 02 2472656765780002000000 7800 02 246f7074696f6e7300 02000000 6900 10 2467740001000000 00"},
		{`{"$regex":"x"}`, "02 2472656765780002000000 7800"},
	} {
		t.Run(tc.text, func(t *testing.T) {
			got, err := decode(t, extjson.DecodeOptions{Legacy: true}, tc.text)
			wantBytes(t, got, err, document(t, tc.elements))
			if tc.text == filter {
				for _, o := range []extjson.DecodeOptions{{}, {Shell: true}, {Legacy: true, Shell: true}} {
					got, err := decode(t, o, tc.text)
					wantBytes(t, got, err, document(t, tc.elements))
				}
			}
		})
	}
}

func TestLegacyRefused(t *testing.T) {
	for _, tc := range []struct {
		text string
		err  error
	}{
		{`{"a":{"$binary":"AQID"¦}}`, extjson.ErrWrapper},
		{`{"a":{"$binary":"AQID",¦"b":1}}`, extjson.ErrWrapper},
		{`{"a":{"$binary":¦1,"$type":"00"}}`, extjson.ErrWrapper},
		{`{"a":{"$binary":¦"AQI","$type":"00"}}`, extjson.ErrWrapperText},
		{`{"a":{"$binary":¦"AQ I","$type":"00"}}`, extjson.ErrWrapperText},
		{`{"a":{"$binary":"AQID","$type":¦"000"}}`, extjson.ErrWrapperText},
		{`{"a":{"$binary":"AQID","$type":¦"ffffff7f"}}`, extjson.ErrWrapperText},
		{`{"a":{"$binary":"AQID","$type":¦"fffffe80"}}`, extjson.ErrWrapperText},
		{`{"a":{"$binary":"AQID","$type":¦""}}`, extjson.ErrWrapperText},
		{`{"a":{"$binary":"AQID","$type":¦256}}`, extjson.ErrWrapperText},
		{`{"a":{"$binary":"AQID","$type":¦-1}}`, extjson.ErrWrapperText},
		{`{"a":{"$binary":"AQID","$type":¦1.0}}`, extjson.ErrWrapperText},
		{`{"a":{"$binary":"AQID","$type":¦null}}`, extjson.ErrWrapper},
		{`{"a":{"$binary":"AQID","$type":"00",¦"b":1}}`, extjson.ErrWrapper},
		{`{"a":{"$binary":"AQID","$type":"00",¦"$binary":""}}`, extjson.ErrWrapper},
		{`{"a":{"$type":"00","$binary":"AQID",¦"b":1}}`, extjson.ErrWrapper},
		{`{"a":{"$type":"00","$binary":¦{"base64":"AQID","subType":"00"}}}`, extjson.ErrWrapper},
		{`{"a":{"$type":¦"zz","$binary":"AQID"}}`, extjson.ErrWrapperText},
		{`{"a":{"$regex":"¦\u0000"}}`, bson.ErrKeyNUL},
		{`{"a":{"$regex":"x","$options":"¦\u0000"}}`, bson.ErrKeyNUL},
		{`{"a":{"$date":¦1.0}}`, extjson.ErrWrapper},
		{`{"a":{"$date":¦9223372036854775808}}`, extjson.ErrRange},
		{`{"a":{"$date":¦true}}`, extjson.ErrWrapper},
		{`{"a":{"$date":¦"1970-01-01T00:00:00+01"}}`, extjson.ErrWrapperText},
		{`{"a":{"$date":¦"1970-01-01T00:00:00"}}`, extjson.ErrWrapperText},
		{`{"a":{"$date":¦"1970-02-30T00:00:00+0100"}}`, extjson.ErrWrapperText},
		{`{"a":{"$date":¦"1970-01-01T00:00:00+01000"}}`, extjson.ErrWrapperText},
		{`{"a":{"$numberLong":¦1}}`, extjson.ErrWrapper},
		{`{"a":{"$date":{"$numberLong":¦1.5}}}`, extjson.ErrWrapper},
		{`{"a":{"$date":{"$numberLong":¦null}}}`, extjson.ErrWrapper},
		{`{"a":{"$date":{"$numberLong":¦9223372036854775808}}}`, extjson.ErrRange},
		{`{"a":{"$date":{"$numberLong":1,¦"b":1}}}`, extjson.ErrWrapper},
		{`{"a":{"$timestamp":¦5}}`, extjson.ErrWrapper},
		{`{"a":{"$timestamp":¦""}}`, extjson.ErrWrapperText},
		{`{"a":{"$timestamp":¦"-1"}}`, extjson.ErrWrapperText},
		{`{"a":{"$timestamp":¦"01"}}`, extjson.ErrWrapperText},
		{`{"a":{"$timestamp":¦"1.0"}}`, extjson.ErrWrapperText},
		{`{"a":{"$timestamp":¦"1 "}}`, extjson.ErrWrapperText},
		{`{"a":{"$timestamp":¦"18446744073709551616"}}`, extjson.ErrRange},
		{`{"a":{"$uuid":¦"0001020304050607-08090a0b0c0d0e0f"}}`, extjson.ErrWrapperText},
		{`{"a":{"$uuid":¦"000102030405060708090a0b0c0d0e0g"}}`, extjson.ErrWrapperText},
	} {
		t.Run(tc.text, func(t *testing.T) {
			pointer := "/a"
			text, want := marked(t, tc.text, pointer, tc.err)
			_, err := decode(t, extjson.DecodeOptions{Legacy: true}, text)
			wantFault(t, err, want)
		})
	}
	// A text that ends in what may yet be a wrapper is at fault there.
	for _, whole := range []string{`{"a":{"$regex":"x", "$options" : "i" }}`, `{"a":{"$type": 12 ,"$binary":"AQID"}}`, `{"a":{"$type":"00","$binary":"AQID"}}`,
		`{"a":{"$date":{"$numberLong": 1479524146179 } }}`, `{"a":{"$timestamp": "7581943490326560768" }}`} {
		for n := len(`{"a":{"$type":`); n < len(whole)-1; n++ {
			text, want := marked(t, whole[:n]+here, "/a", extjson.ErrTruncated)
			_, err := decode(t, extjson.DecodeOptions{Legacy: true}, text)
			wantFault(t, err, want)
		}
	}
	// A fault that is found while reading ahead has its own place.
	text, want := marked(t, `{"a":{"$regex":"x","$options":"\¦x"}}`, "/a/$options", extjson.ErrEscape)
	_, err := decode(t, extjson.DecodeOptions{Legacy: true}, text)
	wantFault(t, err, want)
	// A NUL that is found while reading ahead is no fault.
	got, err := decode(t, extjson.DecodeOptions{Legacy: true}, `{"a":{"$regex":"x","$options":"\u0000","b":1}}`)
	if err != nil {
		t.Errorf("%x, %v", got, err)
	}
	// With CanonicalOnly legacy text is an error.
	text, want = marked(t, `{"a":{"$binary":¦"AQID","$type":"00"}}`, "/a", extjson.ErrWrapper)
	_, err = decode(t, extjson.DecodeOptions{Legacy: true, CanonicalOnly: true}, text)
	wantFault(t, err, want)
}

func TestUUIDRepresentation(t *testing.T) {
	const text = `{"a":{"$uuid":"00010203-0405-0607-0809-0a0b0c0d0e0f"}}`
	for r, want := range []string{
		bson.UUIDUnspecified:  "04 000102030405060708090a0b0c0d0e0f",
		bson.UUIDStandard:     "04 000102030405060708090a0b0c0d0e0f",
		bson.UUIDPythonLegacy: "03 000102030405060708090a0b0c0d0e0f",
		bson.UUIDJavaLegacy:   "03 07060504030201000f0e0d0c0b0a0908",
		bson.UUIDCSharpLegacy: "03 03020100050407060809 0a0b0c0d0e0f",
	} {
		rep := bson.UUIDRepresentation(r)
		doc := document(t, "05 6100 10000000"+want)
		for _, in := range []string{text, strings.NewReplacer(`{"$uuid":`, `UUID(`, `"}}`, `")}`).Replace(text)} {
			got, err := decode(t, extjson.DecodeOptions{UUIDRepresentation: rep, Shell: true}, in)
			wantBytes(t, got, err, doc)
		}
		got, err := encode(t, extjson.EncodeOptions{UUIDs: extjson.UUIDText, UUIDRepresentation: rep}, doc)
		wantText(t, got, err, text)
		got, err = encode(t, extjson.EncodeOptions{Mode: extjson.Plain, UUIDRepresentation: rep}, doc)
		wantText(t, got, err, `{"a":"00010203-0405-0607-0809-0a0b0c0d0e0f"}`)
		// The UUID of another representation stays a binary.
		other := bson.UUIDStandard
		if rep <= bson.UUIDStandard {
			other = bson.UUIDJavaLegacy
		}
		got, err = encode(t, extjson.EncodeOptions{UUIDs: extjson.UUIDText, UUIDRepresentation: other}, doc)
		if err != nil || !strings.Contains(got, "$binary") {
			t.Errorf("%v as %v: %s, %v", rep, other, got, err)
		}
		back, err := decode(t, extjson.DecodeOptions{UUIDRepresentation: other}, got)
		wantBytes(t, back, err, doc)
	}
}
