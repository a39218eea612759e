package extjson_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// dateRoutes are the ways to read the text of a date, each with a letter.
var dateRoutes = []struct {
	letter string
	form   string
	opts   extjson.DecodeOptions
}{
	{"s", `{"a":{"$date":"%s"}}`, extjson.DecodeOptions{}},
	{"l", `{"a":{"$date":"%s"}}`, extjson.DecodeOptions{Legacy: true}},
	{"L", `{"a":{"$date":"%s"}}`, extjson.DecodeOptions{LenientDates: true}},
	{"i", `{a:ISODate("%s")}`, extjson.DecodeOptions{Shell: true}},
	{"I", `{a:ISODate("%s")}`, extjson.DecodeOptions{Shell: true, LenientDates: true}},
	{"n", `{a:new Date("%s")}`, extjson.DecodeOptions{Shell: true}},
	{"N", `{a:new Date("%s")}`, extjson.DecodeOptions{Shell: true, LenientDates: true}},
}

// TestLooseDates has texts of dates, and the letters of the routes that read
// each as the given time.
func TestLooseDates(t *testing.T) {
	for _, tc := range []struct {
		text   string
		routes string
		want   int64 // milliseconds since 1970
	}{
		{"2024-01-02T03:04:05Z", "slLiInN", 1704164645000},
		{"2024-01-02T03:04:05.12Z", "slLiInN", 1704164645120},
		{"2024-01-02T03:04:05.123000000Z", "slLiInN", 1704164645123},
		{"2024-01-02T03:04:05.123000000+02:00", "slLiInN", 1704157445123},
		// Digits below the millisecond are dropped, before 1970 too.
		{"2024-01-02T03:04:05.1234Z", "LIN", 1704164645123},
		{"2024-01-02T03:04:05.123999999Z", "LIN", 1704164645123},
		{"1960-01-02T03:04:05.123999Z", "LIN", -315521754877},
		{"1960-01-02T03:04:05.0009-01:00", "LIN", -315518155000},
		{"2024-01-02T03:04:05.123456", "LIN", 1704164645123},
		{"2024-01-02T03:04:05.123456+0200", "LIN", 1704157445123},
		{"2024-01-02 03:04:05.123456+02", "LIN", 1704157445123},
		{"2024-01-02T03:04:05." + strings.Repeat("1", 39) + "Z", "LIN", 1704164645111},
		// No seconds.
		{"2024-01-02T03:04Z", "LiInN", 1704164640000},
		{"2024-01-02T03:04+02:00", "LiInN", 1704157440000},
		{"2024-01-02T03:04", "LiIN", 1704164640000},
		// No zone.
		{"2024-01-02T03:04:05", "LiIN", 1704164645000},
		{"2024-01-02T03:04:05.5", "LiIN", 1704164645500},
		{"2024-01-02 03:04:05", "LiIN", 1704164645000},
		// A zone without a colon or minutes.
		{"2024-01-02T03:04:05+02", "LiIN", 1704157445000},
		{"2024-01-02T03:04:05-0130", "lLiInN", 1704170045000},
		// No time.
		{"2024-02-29", "LiInN", 1709164800000},
		// A blank.
		{"2024-01-02 03:04:05Z", "LiInN", 1704164645000},
		// To JavaScript a year below 100 is 19xx or 20xx if a blank follows.
		{"0001-01-02 03:04:05Z", "LiI", -62135499355000},
		{"0001-01-02 03:04:05", "LiI", -62135499355000},
		{"0001-01-02T03:04Z", "LiInN", -62135499360000},
		{"0099-12-31 00:00Z", "LiI", -59011545600000},
		{"0100-01-01 00:00Z", "LiInN", -59011459200000},
		{"+000099-12-31 00:00Z", "iI", -59011545600000},
		{"+000400-01-01 00:00Z", "iInN", -49544438400000},
		{"-000001-01-01 00:00Z", "iInN", -62198755200000},
		// Others are for the shell only.
		{"2024-01-02T03Z", "iI", 1704164400000},
		{"2024-01-02T03", "iI", 1704164400000},
		{"20240102", "iI", 1704153600000},
		{"2024-01-02T030405Z", "iI", 1704164645000},
		{"+002024-01-02T03:04:05Z", "iInN", 1704164645000},
		{"+002024-01-02T03:04:05.123456", "IN", 1704164645123},
		// No dates.
		{"", "", 0},
		{"2024", "", 0},
		{"2024-01", "", 0},
		{"2024-1-2", "", 0},
		{"2024-01-02T", "", 0},
		{"2024-01-02Z", "", 0},
		{"2023-02-29", "", 0},
		{"2024-01-02T24:00Z", "", 0},
		{"2024-01-02T03:04:60", "", 0},
		{"2024-01-02T03:04:05.", "", 0},
		{"2024-01-02T03:04:05.+02", "", 0},
		{"2024-01-02T03:04:05,5", "", 0},
		{"2024-01-02T03:04:05z", "", 0},
		{"2024-01-02t03:04:05", "", 0},
		{"2024-01-02T03:04:05+2", "", 0},
		{"2024-01-02T03:04:05+24", "", 0},
		{"2024-01-02T03:04:05+0260", "", 0},
		{"2024-01-02T03:04:05 Z", "", 0},
		{"2024-01-02T03:04:05x+02", "", 0},
		{"2024-01-02T03:04:05.5x", "", 0},
		{"2024-01-02T03:04:05.5x01", "", 0},
		{"2024-01-02T03:04:05.5x0100", "", 0},
		{" 2024-01-02", "", 0},
		{"2024-01-02 ", "", 0},
		{"Tue, 02 Jan 2024 03:04:05 GMT", "", 0},
		{"2024-01-02T03:04:05." + strings.Repeat("1", 40) + "Z", "", 0},
	} {
		t.Run(tc.text, func(t *testing.T) {
			got := ""
			for _, r := range dateRoutes {
				doc, err := r.opts.AppendBSON(nil, fmt.Appendf(nil, r.form, tc.text))
				if err != nil {
					if !errors.Is(err, extjson.ErrWrapperText) && !errors.Is(err, extjson.ErrEvaluate) {
						t.Errorf("%s: %v", r.letter, err)
					}
					continue
				}
				got += r.letter
				want := bsoncore.AppendDateTime([]byte{16, 0, 0, 0}, "a", tc.want)
				wantBytes(t, doc, err, append(want, 0))
			}
			if diff := cmp.Diff(tc.routes, got); diff != "" {
				t.Errorf("routes (-want +got):\n%s", diff)
			}
		})
	}
	// Text that is not canonical has no dates as text.
	o := extjson.DecodeOptions{LenientDates: true, CanonicalOnly: true}
	if _, err := o.AppendBSON(nil, []byte(`{"a":{"$date":"2024-01-02"}}`)); !errors.Is(err, extjson.ErrRelaxed) {
		t.Errorf("CanonicalOnly: %v, want ErrRelaxed", err)
	}
}

// TestLenientLayouts writes times in the layouts of LenientDates with package
// time, and reads them back in each portion and in each spelling of the wrapper.
func TestLenientLayouts(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	o := extjson.DecodeOptions{LenientDates: true}
	zone := time.FixedZone("", -7*3600)
	for _, layout := range []string{
		"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.000000Z0700", "2006-01-02T15:04:05.0000Z07", "2006-01-02 15:04:05.999999-07:00",
		"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04-07", "2006-01-02T15:04", "2006-01-02",
	} {
		for range 50 {
			written := time.Unix(r.Int64N(300e9)-60e9, r.Int64N(1e9)).In(zone).Format(layout)
			read, err := time.Parse(layout, written)
			if err != nil {
				t.Fatal(err)
			}
			want := fmt.Sprintf(`{"a":{"$date":{"$numberLong":"%d"}}}`, read.UnixMilli())
			for _, form := range []string{`{"a":{"$date":"%s"}}`, `{"a": {"$date": "%s"}}`, `{ "a" : { "\u0024date":"\u00%x%s" } }`} {
				text := fmt.Sprintf(form, written)
				if strings.Contains(form, "%x") {
					text = fmt.Sprintf(form, written[0], written[1:])
				}
				for _, in := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text))} {
					d := o.NewDecoder(in)
					if !d.Next() {
						t.Fatalf("%s: %v", text, d.Err())
					}
					got, err := extjson.EncodeOptions{Mode: extjson.Canonical}.AppendJSON(nil, d.Raw())
					wantText(t, string(got), err, want)
				}
			}
		}
	}
}
