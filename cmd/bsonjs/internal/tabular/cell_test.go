package tabular_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
	"github.com/bsonkit/bsonkit/extjson"
)

// cells returns the Cells of the column with the given header.
func cells(t *testing.T, header string) *tabular.Cells {
	t.Helper()
	c, err := tabular.ParseColumn(header)
	if err != nil {
		t.Fatalf("%s: %v", header, err)
	}
	cells, err := c.Cells(tabular.Options{})
	if err != nil {
		t.Fatalf("%s: %v", header, err)
	}
	return cells
}

// TestCells compares texts of cells with their values, and the texts that are written for
// these values.
func TestCells(t *testing.T) {
	for _, tc := range []struct {
		header, text string
		value        string // canonical Extended JSON
		again        string // "": text
	}{
		{header: "a.auto()", text: "7", value: `{"$numberInt":"7"}`},
		{header: "a.auto()", text: "-7", value: `{"$numberInt":"-7"}`},
		{header: "a.auto()", text: "0", value: `{"$numberInt":"0"}`},
		{header: "a.auto()", text: "2147483647", value: `{"$numberInt":"2147483647"}`},
		{header: "a.auto()", text: "2147483648", value: `{"$numberLong":"2147483648"}`},
		{header: "a.auto()", text: "-9223372036854775808", value: `{"$numberLong":"-9223372036854775808"}`},
		{header: "a.auto()", text: "9223372036854775808", value: `"9223372036854775808"`},
		{header: "a.auto()", text: "1.5", value: `{"$numberDouble":"1.5"}`},
		{header: "a.auto()", text: "-0.0", value: `{"$numberDouble":"-0.0"}`},
		{header: "a.auto()", text: "1.0E-05", value: `{"$numberDouble":"1.0E-05"}`},
		{header: "a.auto()", text: "007", value: `"007"`},
		{header: "a.auto()", text: "-0", value: `"-0"`},
		{header: "a.auto()", text: "+1", value: `"+1"`},
		{header: "a.auto()", text: "1.10", value: `"1.10"`},
		{header: "a.auto()", text: "1.", value: `"1."`},
		{header: "a.auto()", text: "1e3", value: `"1e3"`},
		{header: "a.auto()", text: "0.1000000000000000055", value: `"0.1000000000000000055"`},
		{header: "a.auto()", text: " 1", value: `" 1"`},
		{header: "a.auto()", text: "NaN", value: `"NaN"`},
		{header: "a.auto()", text: "true", value: `"true"`},
		{header: "a.auto()", text: "", value: `""`},
		{header: "a.binary(base64)", text: "AP8=", value: `{"$binary":{"base64":"AP8=","subType":"00"}}`},
		{header: "a.binary(base32)", text: "AD7Q====", value: `{"$binary":{"base64":"AP8=","subType":"00"}}`},
		{header: "a.binary(hex)", text: "00fF", value: `{"$binary":{"base64":"AP8=","subType":"00"}}`, again: "00ff"},
		{header: "a.boolean()", text: "true", value: `true`},
		{header: "a.boolean()", text: "FALSE", value: `false`, again: "false"},
		{header: "a.boolean()", text: "1", value: `true`, again: "true"},
		{header: "a.date()", text: "2024-02-29T01:02:03Z", value: `{"$date":{"$numberLong":"1709168523000"}}`},
		{header: "a.date()", text: "2024-02-29T01:02:03.050Z", value: `{"$date":{"$numberLong":"1709168523050"}}`},
		{header: "a.date()", text: "2024-02-29T03:02:03+02:00", value: `{"$date":{"$numberLong":"1709168523000"}}`, again: "2024-02-29T01:02:03Z"},
		{header: "a.date()", text: "0000-01-01T00:00:00Z", value: `{"$date":{"$numberLong":"-62167219200000"}}`},
		{header: "a.date(2006-01-02 MST)", text: "2024-02-29 UTC", value: `{"$date":{"$numberLong":"1709164800000"}}`},
		{header: "a.date_go(02.01.2006)", text: "29.02.2024", value: `{"$date":{"$numberLong":"1709164800000"}}`},
		{header: "a.date_ms(dd/MM/yyyy 'T'hh:mm:ss.fff tt)", text: "29/02/2024 T01:02:03.004 PM", value: `{"$date":{"$numberLong":"1709211723004"}}`},
		{header: "a.date_oracle(dd-MON-YYYY HH24:MI:SS)", text: "29-Feb-2024 13:02:03", value: `{"$date":{"$numberLong":"1709211723000"}}`},
		{header: "a.decimal()", text: "1.10", value: `{"$numberDecimal":"1.10"}`},
		{header: "a.decimal()", text: "nan", value: `{"$numberDecimal":"NaN"}`, again: "NaN"},
		{header: "a.double()", text: "1", value: `{"$numberDouble":"1.0"}`, again: "1.0"},
		{header: "a.double()", text: "+007.50", value: `{"$numberDouble":"7.5"}`, again: "7.5"},
		{header: "a.double()", text: "-.5e1", value: `{"$numberDouble":"-5.0"}`, again: "-5.0"},
		{header: "a.double()", text: "5.", value: `{"$numberDouble":"5.0"}`, again: "5.0"},
		{header: "a.double()", text: "000", value: `{"$numberDouble":"0.0"}`, again: "0.0"},
		{header: "a.double()", text: "-Inf", value: `{"$numberDouble":"-Infinity"}`, again: "-Infinity"},
		{header: "a.double()", text: "NaN", value: `{"$numberDouble":"NaN"}`},
		{header: "a.int32()", text: "+007", value: `{"$numberInt":"7"}`, again: "7"},
		{header: "a.int64()", text: "7", value: `{"$numberLong":"7"}`},
		{header: "a.json()", text: `{"b":[null]}`, value: `{"b":[null]}`},
		{header: "a.json()", text: `null`, value: `null`},
		{header: "a.json()", text: ` [ 1 ] `, value: `[{"$numberInt":"1"}]`, again: `[{"$numberInt":"1"}]`},
		{header: "a.objectId()", text: "56E1fc72e0c917e9c4714161", value: `{"$oid":"56e1fc72e0c917e9c4714161"}`, again: "56e1fc72e0c917e9c4714161"},
		{header: "a.string()", text: "7\r\n\"\x00", value: `"7\r\n\"\u0000"`},
		{header: "a.uuid()", text: "00112233-4455-6677-8899-AABBCCDDEEFF", value: `{"$binary":{"base64":"ABEiM0RVZneImaq7zN3u/w==","subType":"04"}}`, again: "00112233-4455-6677-8899-aabbccddeeff"},
	} {
		t.Run(tc.header+" "+tc.text, func(t *testing.T) {
			by := cells(t, tc.header)
			data, typ, err := by.AppendValue(nil, []byte(tc.text))
			if err != nil {
				t.Fatal(err)
			}
			got, err := extjson.EncodeOptions{Mode: extjson.Canonical}.AppendJSONValue(nil, typ, data)
			if diff := cmp.Diff(tc.value, string(got)); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			want := tc.again
			if want == "" {
				want = tc.text
			}
			again, err := by.AppendText([]byte("x"), typ, data)
			if diff := cmp.Diff("x"+want, string(again)); diff != "" || err != nil {
				t.Errorf("written: %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// TestCellFaults compares texts that do not fit their columns with the errors.
func TestCellFaults(t *testing.T) {
	for _, tc := range []struct {
		header string
		texts  []string
		err    error
	}{
		{"a.binary(base64)", []string{"AP8", "AP9=", "AP\n8=", "AP8=\r\n", "*"}, tabular.ErrText},
		{"a.binary(base32)", []string{"AD7R====", "ad7q====", "AD7Q"}, tabular.ErrText},
		{"a.binary(hex)", []string{"0", "0x00", "gg"}, tabular.ErrText},
		{"a.boolean()", []string{"", "yes", "2", "true "}, tabular.ErrText},
		{"a.date()", []string{"", "2024-02-30T00:00:00Z", "2024-02-29", "2024-02-29T24:00:00Z", "1709164800"}, tabular.ErrText},
		{"a.date()", []string{"2024-02-29T01:02:03.0001Z"}, bson.ErrInexact},
		{"a.date(2006-01-02 MST)", []string{"2024-02-29 CEST", "2024-02-29"}, tabular.ErrText},
		{"a.decimal()", []string{"", "1,5", "1 ", "0x1"}, tabular.ErrText},
		{"a.decimal()", []string{"1e9999", "12345678901234567890123456789012345"}, bson.ErrRange},
		{"a.double()", []string{"", ".", "-", "+", "e5", ".e5", "1,5", " 1", "0x1p-2", "1_0", "--1", "1.5.1"}, tabular.ErrText},
		{"a.double()", []string{"1e999", "-1e999"}, bson.ErrRange},
		{"a.int32()", []string{"", "1.0", "1e3", " 1", "1_0", "0x1"}, tabular.ErrText},
		{"a.int32()", []string{"2147483648", "-2147483649"}, bson.ErrRange},
		{"a.int64()", []string{"9223372036854775808"}, bson.ErrRange},
		{"a.json()", []string{"", "{"}, extjson.ErrTruncated},
		{"a.json()", []string{"abc", "{a:1}"}, extjson.ErrToken},
		{"a.objectId()", []string{"", "56e1fc72e0c917e9c471416", "56e1fc72e0c917e9c471416g"}, tabular.ErrText},
		{"a.uuid()", []string{"", "00112233445566778899aabbccddeeff", "{00112233-4455-6677-8899-aabbccddeeff}"}, tabular.ErrText},
		{"a.string()", []string{"a\xff"}, bson.ErrUTF8},
		{"a.auto()", []string{"a\xff"}, bson.ErrUTF8},
	} {
		by := cells(t, tc.header)
		for _, text := range tc.texts {
			dst, _, err := by.AppendValue([]byte("x"), []byte(text))
			if _, ok := errors.AsType[*tabular.CellError](err); !ok || !errors.Is(err, tc.err) || string(dst) != "x" {
				t.Errorf("%s %q: %q and error %v, want %v", tc.header, text, dst, err, tc.err)
			}
		}
	}
}

// TestInvalidUTF8 holds that strings are repaired if the options say so.
func TestInvalidUTF8(t *testing.T) {
	c := tabular.Column{Path: []string{"a"}, Type: tabular.String}
	by, err := c.Cells(tabular.Options{
		Decode: extjson.DecodeOptions{InvalidUTF8: bson.UTF8Replace},
		Encode: extjson.EncodeOptions{InvalidUTF8: bson.UTF8Replace},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := bsoncore.AppendString(nil, "", "a\uFFFDb")[2:]
	got, _, err := by.AppendValue(nil, []byte("a\xffb"))
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("read: %v (-want +got):\n%s", err, diff)
	}
	text, err := by.AppendText(nil, bson.TypeString, bsoncore.AppendString(nil, "", "a\xffb")[2:])
	if string(text) != "a\uFFFDb" || err != nil {
		t.Errorf("written: %q, %v", text, err)
	}
}

// everyColumn has a header of each type.
func everyColumn(t *testing.T) []string {
	args := map[string]string{
		"binary": "base32", "date_go": "Mon Jan 2 15:04:05.000 2006", "date_ms": "yyyy-MM-dd HH:mm:ss.fff", "date_oracle": "YYYY-MM-DD HH24:MI:SS",
	}
	var headers []string
	for _, name := range tabular.TypeNames() {
		headers = append(headers, fmt.Sprintf("a.%s(%s)", name, args[name]))
	}
	return headers
}

// TestCellsComeBack holds that each value of seeded documents that a column writes is
// read back as the same bytes, and that each type of column writes some of them.
func TestCellsComeBack(t *testing.T) {
	written := map[string]int{}
	columns := map[string]*tabular.Cells{}
	for _, header := range everyColumn(t) {
		columns[header] = cells(t, header)
	}
	left := 150 // documents
	for doc := range bsontest.Documents(1) {
		if left--; left < 0 {
			break
		}
		c := bson.NewCursor(doc)
		for c.Next() {
			for header, by := range columns {
				text, err := by.AppendText(nil, c.Type(), c.Data())
				if err != nil {
					if _, ok := errors.AsType[*tabular.CellError](err); !ok {
						t.Fatalf("%s: error is %T, want a *CellError", header, err)
					}
					continue
				}
				written[header]++
				data, typ, err := by.AppendValue(nil, text)
				if diff := cmp.Diff(c.Data(), data); diff != "" || typ != c.Type() || err != nil {
					t.Fatalf("%s: %q is read as %v, want %v; %v (-want +got):\n%s", header, text, typ, c.Type(), err, diff)
				}
			}
		}
	}
	for header := range columns {
		if written[header] == 0 {
			t.Errorf("%s: no value was written", header)
		}
	}
}
