package timeseries_test

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/timeseries"
	"github.com/bsonkit/bsonkit/extjson"
)

// bsonOf returns the document of text, in which <…> is a packed column in hexadecimal.
func bsonOf(t testing.TB, text string) []byte {
	t.Helper()
	for {
		before, rest, ok := strings.Cut(text, "<")
		if !ok {
			break
		}
		digits, after, _ := strings.Cut(rest, ">")
		data, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		text = fmt.Sprintf(`%s{"$binary":{"base64":%q,"subType":"07"}}%s`, before, base64.StdEncoding.EncodeToString(data), after)
	}
	doc, err := extjson.AppendBSON(nil, []byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return doc
}

// unpack returns the measurements of a bucket as text.
func unpack(o timeseries.Options, bucket []byte) (all []string, err error) {
	for doc, err := range o.Unpack(bucket) {
		if err != nil {
			return all, err
		}
		text, err := extjson.AppendJSON(nil, doc)
		if err != nil {
			return all, err
		}
		all = append(all, string(text))
	}
	return all, nil
}

// In columns: 10 is the type int32, 80 one word of deltas.
const (
	one     = "10 00 01000000"         // the literal 1
	zero    = "80 0e 00000000 000000"  // a word of one value: no delta
	zeros   = "80 0d 00000000 000000"  // a word of two of them
	plusOne = "80 2e 00000000 000000"  // a word of one value: plus 1
	missing = "80 fe ffffffff ffffff"  // a word of one value, which is missing
	date    = "09 00 0000000000000000" // the literal of 1970
)

// TestUnpack unpacks buckets that were made by hand.
func TestUnpack(t *testing.T) {
	meta := timeseries.Options{MetaField: "m"}
	for _, tc := range []struct {
		name, bucket string
		o            timeseries.Options
		want         []string
	}{
		{"version 1", `{"control":{"version":1},"data":{"a":{"0":1,"2":"x"},"t":{"0":{"$date":"1970-01-01T00:00:00Z"},"1":{"$date":"1970-01-01T00:00:01Z"},"2":{"$date":"1970-01-01T00:00:02Z"}},"b":{"1":[1]}}}`,
			timeseries.Options{}, []string{
				`{"t":{"$date":"1970-01-01T00:00:00Z"},"a":1}`,
				`{"t":{"$date":"1970-01-01T00:00:01Z"},"b":[1]}`,
				`{"t":{"$date":"1970-01-01T00:00:02Z"},"a":"x"}`,
			}},
		{"version 2", `{"control":{"version":2,"count":3},"data":{"t":<` + date + zeros + `00>,"a":<` + one + plusOne + missing + `00>}}`,
			timeseries.Options{}, []string{
				`{"t":{"$date":"1970-01-01T00:00:00Z"},"a":1}`,
				`{"t":{"$date":"1970-01-01T00:00:00Z"},"a":2}`,
				`{"t":{"$date":"1970-01-01T00:00:00Z"}}`,
			}},
		{"at the limits", `{"control":{"version":2,"count":2},"data":{"a":<` + one + plusOne + `00>}}`,
			timeseries.Options{MaxMeasurements: 2, MaxSize: 2 * (7 + 8 + 5 + 2)}, []string{`{"a":1}`, `{"a":2}`}},
		{"a count of int64", `{"control":{"version":2,"count":{"$numberLong":"1"}},"data":{"a":<` + one + `00>}}`,
			timeseries.Options{}, []string{`{"a":1}`}},
		{"no count", `{"control":{"version":3},"data":{"a":<` + one + plusOne + `00>}}`,
			timeseries.Options{}, []string{`{"a":1}`, `{"a":2}`}},
		{"meta", `{"control":{"version":1},"meta":{"x":[1]},"data":{"a":{"0":1},"t":{"0":{"$date":"1970-01-01T00:00:00Z"}}}}`,
			meta, []string{`{"t":{"$date":"1970-01-01T00:00:00Z"},"m":{"x":[1]},"a":1}`}},
		{"meta and the time alone", `{"control":{"version":1},"meta":null,"data":{"t":{"0":{"$date":"1970-01-01T00:00:00Z"}}}}`,
			meta, []string{`{"t":{"$date":"1970-01-01T00:00:00Z"},"m":null}`}},
		{"a series with a meta field, a bucket without one", `{"control":{"version":1},"data":{"t":{"0":{"$date":"1970-01-01T00:00:00Z"}}}}`,
			meta, []string{`{"t":{"$date":"1970-01-01T00:00:00Z"}}`}},
		{"the time field by name", `{"control":{"version":1},"data":{"a":{"0":{"$date":"1970-01-01T00:00:00Z"}},"b":{"0":{"$date":"1970-01-01T00:00:00Z"}}}}`,
			timeseries.Options{TimeField: "b"}, []string{`{"b":{"$date":"1970-01-01T00:00:00Z"},"a":{"$date":"1970-01-01T00:00:00Z"}}`}},
		{"the time field by its values", `{"control":{"version":1},"data":{"x":{"0":1,"1":1},"a":{"1":{"$date":"1970-01-01T00:00:00Z"}},"b":{"0":{"$date":"1970-01-01T00:00:00Z"},"1":{"$date":"1970-01-01T00:00:00Z"}}}}`,
			timeseries.Options{}, []string{
				`{"b":{"$date":"1970-01-01T00:00:00Z"},"x":1}`,
				`{"b":{"$date":"1970-01-01T00:00:00Z"},"x":1,"a":{"$date":"1970-01-01T00:00:00Z"}}`,
			}},
		{"no measurements", `{"control":{"version":2,"count":0},"data":{"t":<00>}}`, timeseries.Options{}, nil},
		{"no fields", `{"control":{"version":1},"data":{}}`, timeseries.Options{}, nil},
		{"a value that is missing before the first literal", `{"control":{"version":2,"count":2},"data":{"a":<` + missing + one + `00>,"t":<` + date + zero + `00>}}`,
			timeseries.Options{}, []string{
				`{"t":{"$date":"1970-01-01T00:00:00Z"}}`,
				`{"t":{"$date":"1970-01-01T00:00:00Z"},"a":1}`,
			}},
	} {
		got, err := unpack(tc.o, bsonOf(t, tc.bucket))
		if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", tc.name, err, diff)
		}
	}
}

// TestFaults: a bucket with a fault gives no measurement, and an error with the place.
func TestFaults(t *testing.T) {
	column := func(data string) string {
		return `{"control":{"version":2,"count":2},"data":{"a":<` + data + `>}}`
	}
	for _, tc := range []struct {
		name, bucket string
		o            timeseries.Options
		want         error
		offset       int64
		pointer      string
	}{
		{"no bucket", `{"a":1}`, timeseries.Options{}, timeseries.ErrBucket, 0, ""},
		{"no version", `{"control":{},"data":{}}`, timeseries.Options{}, timeseries.ErrBucket, 0, ""},
		{"no data", `{"control":{"version":1}}`, timeseries.Options{}, timeseries.ErrBucket, 0, ""},
		{"data of another type", `{"control":{"version":1},"data":[]}`, timeseries.Options{}, timeseries.ErrBucket, 0, ""},
		{"version 4", `{"control":{"version":4},"data":{}}`, timeseries.Options{}, timeseries.ErrVersion, 0, "/control/version"},
		{"version of another type", `{"control":{"version":"1"},"data":{}}`, timeseries.Options{}, timeseries.ErrVersion, 0, "/control/version"},
		{"negative count", `{"control":{"count":-1,"version":2},"data":{}}`, timeseries.Options{}, timeseries.ErrCount, 17, "/control/count"},
		{"meta without a name", `{"control":{"version":1},"meta":1,"data":{}}`, timeseries.Options{}, timeseries.ErrMetaField, 31, "/meta"},
		{"column of another type", `{"control":{"version":1},"data":{"a":1}}`, timeseries.Options{}, timeseries.ErrColumn, 41, "/data/a"},
		{"column of another subtype", `{"control":{"version":2},"data":{"a":{"$binary":{"base64":"AA==","subType":"00"}}}}`, timeseries.Options{}, timeseries.ErrColumn, 41, "/data/a"},
		{"keys that are no numbers", `{"control":{"version":1},"data":{"a":{"x":1}}}`, timeseries.Options{}, bsoncore.ErrArrayKey, 48, "/data/a/x"},
		{"keys with a zero", `{"control":{"version":1},"data":{"a":{"0":1,"01":1}}}`, timeseries.Options{}, bsoncore.ErrArrayKey, 55, "/data/a/01"},
		{"keys that fall", `{"control":{"version":1},"data":{"a":{"1":1,"0":1}}}`, timeseries.Options{}, bsoncore.ErrArrayKey, 55, "/data/a/0"},
		{"a key that comes twice", `{"control":{"version":1},"data":{"a":{"0":1,"0":1}}}`, timeseries.Options{}, bsoncore.ErrArrayKey, 55, "/data/a/0"},
		{"no field has all values", `{"control":{"version":1},"data":{"a":{"0":1},"b":{"1":1}}}`, timeseries.Options{}, timeseries.ErrCount, 0, "/data"},
		{"fewer values than the count", column(one + "00"), timeseries.Options{}, timeseries.ErrCount, 56 - 4, "/data/a"},
		{"more values than the count", column(one + zeros + "00"), timeseries.Options{}, timeseries.ErrCount, 56 - 4, "/data/a"},
		{"a measurement more than the limit", column(one + plusOne + "00"), timeseries.Options{MaxMeasurements: 1}, timeseries.ErrTooMany, 0, "/control/count"},
		{"a byte more than the limit", column(one + plusOne + "00"), timeseries.Options{MaxSize: 2*(7+8+5+2) - 1}, bsoncore.ErrTooLarge, 0, ""},
		{"no end", column(one), timeseries.Options{}, bsoncore.ErrTruncated, 65, "/data/a"},
		{"bytes after the end", column("0000"), timeseries.Options{}, bsoncore.ErrTrailing, 61, "/data/a"},
		{"unknown type", column("1400"), timeseries.Options{}, bsoncore.ErrType, 60, "/data/a"},
		{"unknown control", column("2000"), timeseries.Options{}, timeseries.ErrColumn, 60, "/data/a"},
		{"a literal with a key", column("0a6100"), timeseries.Options{}, timeseries.ErrColumn, 60, "/data/a"},
		{"a literal that is cut", column("10000100"), timeseries.Options{}, bsoncore.ErrLength, 62, "/data/a"},
		{"a word that is cut", column(one + "800e0000"), timeseries.Options{}, bsoncore.ErrTruncated, 66, "/data/a"},
		{"selector 0", column(one + "80 0000000000000000 00"), timeseries.Options{}, timeseries.ErrColumn, 67, "/data/a"},
		{"selector 7 with more", column(one + "80 a700000000000000 00"), timeseries.Options{}, timeseries.ErrColumn, 67, "/data/a"},
		{"selector 8 with more", column(one + "80 e800000000000000 00"), timeseries.Options{}, timeseries.ErrColumn, 67, "/data/a"},
		{"a scale for an int32", column(one + "90 0e00000000000000 00"), timeseries.Options{}, timeseries.ErrColumn, 66, "/data/a"},
		{"a scale that the double does not have", column("01 00 9a9999999999b93f 90 0e00000000000000 00"), timeseries.Options{}, timeseries.ErrColumn, 70, "/data/a"},
		{"an int32 out of range", column("10 00 ffffff7f 80 2e00000000000000 00"), timeseries.Options{}, timeseries.ErrColumn, 67, "/data/a"},
		{"a boolean out of range", column("08 00 01 80 2e00000000000000 00"), timeseries.Options{}, timeseries.ErrColumn, 64, "/data/a"},
		{"a change of a null", column("0a 00 80 2e00000000000000 00"), timeseries.Options{}, timeseries.ErrColumn, 63, "/data/a"},
		{"a change of a long binary", column("05 00 11000000 00 0000000000000000000000000000000000 80 2e00000000000000 00"), timeseries.Options{}, timeseries.ErrColumn, 85, "/data/a"},
		{"a change of no value", column("80 2e00000000000000 00"), timeseries.Options{}, timeseries.ErrColumn, 61, "/data/a"},
		{"a reference without values", column("f1 0500000000 0a00 00 00"), timeseries.Options{}, timeseries.ErrColumn, 60, "/data/a"},
		{"a reference without objects", column("f1 0c000000 10 6100 01000000 00 00 00"), timeseries.Options{}, timeseries.ErrColumn, 60, "/data/a"},
		{"a reference that is too long", column("f1 ff000000 00"), timeseries.Options{}, bsoncore.ErrLength, 61, "/data/a"},
		{"a reference in a group", column("f1 0c00000010 6100 01000000 00 f1 0500000000 00 00"), timeseries.Options{}, timeseries.ErrColumn, 73, "/data/a"},
		{"an end between the series of a group", column("f1 0b000000 0a 6100 0a 6200 00 0a00 00 00"), timeseries.Options{}, timeseries.ErrColumn, 74, "/data/a"},
		{"a group without an end", column("f1 0c000000 10 6100 01000000 00 10 00 01000000"), timeseries.Options{}, bsoncore.ErrTruncated, 78, "/data/a"},
	} {
		got, err := unpack(tc.o, bsonOf(t, tc.bucket))
		if !errors.Is(err, tc.want) || got != nil {
			t.Errorf("%s: %v, %v, want %v", tc.name, got, err, tc.want)
			continue
		}
		offset, pointer := placeOf(t, err)
		if offset != tc.offset || pointer != tc.pointer {
			t.Errorf("%s: at %d, %q, want %d, %q", tc.name, offset, pointer, tc.offset, tc.pointer)
		}
	}
}

// placeOf returns the place in err.
func placeOf(t *testing.T, err error) (offset int64, pointer string) {
	t.Helper()
	if e, ok := errors.AsType[*bsoncore.SyntaxError](err); ok {
		return e.Offset, e.Pointer
	}
	e, ok := errors.AsType[*bsoncore.ValueError](err)
	if !ok {
		t.Fatalf("error is %T", err)
	}
	return e.Offset, e.Pointer
}
