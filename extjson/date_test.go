package extjson

// This file compares dates with package time.
//
//   - TestDate and TestParseDate have tables of dates and texts, valid and invalid.
//   - TestDateEveryDay tests the calendar in both directions.
//   - checkDateText has the property that FuzzDate and TestDateMutated test.

import (
	"bytes"
	"math/rand/v2"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/internal/race"
)

func TestDate(t *testing.T) {
	for _, tc := range []struct {
		name string
		ms   int64
		text string
	}{
		{"epoch", 0, "1970-01-01T00:00:00Z"},
		{"millisecond", 1, "1970-01-01T00:00:00.001Z"},
		{"tenth", 100, "1970-01-01T00:00:00.100Z"},
		{"before", -1, "1969-12-31T23:59:59.999Z"},
		{"specification", 1356351330501, "2012-12-24T12:15:30.501Z"},
		{"leap day", 1709208000000, "2024-02-29T12:00:00Z"},
		{"leap century", 951782400000, "2000-02-29T00:00:00Z"},
		{"after a common century's February", -2203891200000, "1900-03-01T00:00:00Z"},
		{"first of text", minTextDate, "0000-01-01T00:00:00Z"},
		{"leap day of year 0", -62162121600000, "0000-02-29T00:00:00Z"},
		{"last", maxRelaxedDate, "9999-12-31T23:59:59.999Z"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.text, string(appendDate(nil, tc.ms))); diff != "" {
				t.Errorf("appendDate (-want +got):\n%s", diff)
			}
			if ms, ok := parseDate([]byte(tc.text)); ms != tc.ms || !ok {
				t.Errorf("parseDate: %d, %v, want %d", ms, ok, tc.ms)
			}
		})
	}
}

func TestDateInRange(t *testing.T) {
	for ms, want := range map[int64]bool{
		minRelaxedDate - 1: false, minRelaxedDate: true, maxRelaxedDate: true, maxRelaxedDate + 1: false,
		-1 << 63: false, 1<<63 - 1: false,
	} {
		if got := dateInRange(ms); got != want {
			t.Errorf("dateInRange(%d) = %v", ms, got)
		}
	}
}

func TestParseDate(t *testing.T) {
	for _, tc := range []struct {
		text string
		ms   int64
	}{
		{"1970-01-01T00:00:00.5Z", 500},
		{"1970-01-01T00:00:00.05Z", 50},
		{"1970-01-01T00:00:00.001000Z", 1},
		{"1970-01-01T00:00:00.12300000000000000000000000000Z", 123},
		{"1970-01-01T00:00:00.0Z", 0},
		{"1970-01-01T01:00:00+01:00", 0},
		{"1969-12-31T22:00:00.250-02:00", 250},
		{"1970-01-01T05:45:00.000+05:45", 0},
		{"1970-01-01T00:00:00-00:00", 0},
		{"1970-01-01T23:59:00+23:59", 0},
		{"0000-01-01T00:00:00+23:59", minTextDate - (24*60-1)*60_000},
		{"9999-12-31T23:59:59.999-23:59", maxRelaxedDate + (24*60-1)*60_000},
	} {
		if ms, ok := parseDate([]byte(tc.text)); ms != tc.ms || !ok {
			t.Errorf("parseDate(%q) = %d, %v, want %d", tc.text, ms, ok, tc.ms)
		}
	}
	for _, text := range []string{
		"", "1970", "1970-01-01", "1970-01-01T00:00Z", "1970-01-01T00:00:00", "1970-01-01T00:00:00.000",
		"1970-01-01t00:00:00Z", "1970-01-01T00:00:00z", "1970-01-01 00:00:00Z", "1970-01-01T00:00:00.000z",
		"1970-00-01T00:00:00Z", "1970-13-01T00:00:00Z", "1970-01-00T00:00:00Z", "1970-01-32T00:00:00Z",
		"1970-04-31T00:00:00Z", "1970-06-31T00:00:00Z", "1970-02-30T00:00:00Z", "1970-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2000-02-30T00:00:00Z",
		"1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01T00:00:60Z", "2016-12-31T23:59:60Z",
		"1970-01-01T00:00:00.Z", "1970-01-01T00:00:00,5Z", "1970-01-01T00:00:00.0001Z", "1970-01-01T00:00:00.123400Z",
		"1970-01-01T00:00:00.1234567890123Z", "1970-01-01T00:00:00.+00:00", "1970-01-01T00:00:00.12aZ",
		"1970-01-01T00:00:00+0100", "1970-01-01T00:00:00+01", "1970-01-01T00:00:00+01:0", "1970-01-01T00:00:00+01:000",
		"1970-01-01T00:00:00+24:00", "1970-01-01T00:00:00+00:60", "1970-01-01T00:00:00+1:000", "1970-01-01T00:00:00Z ",
		"1970-01-01T00:00:00ZZ", "1970-01-01T00:00:00Z+00:00", " 1970-01-01T00:00:00Z", "+1970-01-01T00:00:00Z",
		"-1970-01-01T00:00:00Z", "11970-01-01T00:00:00Z", "970-01-01T00:00:00.00Z", "1970-1-01T00:00:00.00Z",
		"197\xb0-01-01T00:00:00Z", "197:-01-01T00:00:00Z", "1970/01/01T00:00:00Z", "1970-01-01T00-00-00Z",
		"１970-01-01T00:00:00Z",
	} {
		if ms, ok := parseDate([]byte(text)); ok {
			t.Errorf("parseDate(%q) = %d, want an error", text, ms)
		}
	}
}

// dateShape is the grammar. Package time checks that the day exists, but allows more
// ("T1:00:00", a comma, hour 24 in an offset).
var dateShape = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3}0*)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// checkDateText compares parseDate with dateShape and package time.
func checkDateText(t *testing.T, text []byte) {
	ms, ok := parseDate(text)
	want, err := time.Parse(time.RFC3339, string(text))
	wantOK := err == nil && dateShape.Match(text)
	if ok != wantOK || ok && ms != want.UnixMilli() {
		t.Fatalf("parseDate(%q) = %d, %v; package time: %d, %v", text, ms, ok, want.UnixMilli(), err)
	}
}

func checkDate(t *testing.T, ms int64, got, want []byte) ([]byte, []byte) {
	got = appendDate(got[:0], ms)
	layout := "2006-01-02T15:04:05.000Z07:00"
	if ms%1000 == 0 {
		layout = "2006-01-02T15:04:05Z07:00"
	}
	want = time.UnixMilli(ms).UTC().AppendFormat(want[:0], layout)
	if !bytes.Equal(got, want) {
		t.Fatalf("appendDate(%d) = %q, package time: %q", ms, got, want)
	}
	if back, ok := parseDate(got); back != ms || !ok {
		t.Fatalf("parseDate(%q) = %d, %v, want %d", got, back, ok, ms)
	}
	return got, want
}

// TestDateEveryDay tests all days that text can represent, at one time of each day.
func TestDateEveryDay(t *testing.T) {
	step := int64(race.Slowdown)
	if testing.Short() {
		step *= 7
	}
	r := rand.New(rand.NewPCG(4, 4))
	var got, want []byte
	for ms := int64(minTextDate); ms <= maxRelaxedDate; ms += msPerDay * step {
		at := ms + r.Int64N(msPerDay)
		if at&1 == 0 {
			at -= at % 1000
		}
		got, want = checkDate(t, at, got, want)
	}
}

// TestDateMutated changes valid texts.
func TestDateMutated(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	const alphabet = "0123456789012345678901234567890123456789-:T.Z+, tz\x00\xff"
	tails := []string{"", "Z", ".5Z", ".123Z", ".000000Z", ".1230+01:30", "-23:59", "+10:00", ".999999999999Z"}
	for range 100_000 {
		ms := minTextDate + r.Int64N(maxRelaxedDate-minTextDate)
		text := append(appendDate(nil, ms)[:19], tails[r.IntN(len(tails))]...)
		for range r.IntN(3) {
			i := r.IntN(len(text))
			c := alphabet[r.IntN(len(alphabet))]
			switch r.IntN(8) {
			case 0:
				text = append(text[:i], append([]byte{c}, text[i:]...)...)
			case 1:
				text = append(text[:i], text[i+1:]...)
			default:
				text[i] = c
			}
		}
		checkDateText(t, text)
	}
}

func FuzzDate(f *testing.F) {
	f.Add([]byte("2024-02-29T12:00:00.500+01:30"), int64(0))
	f.Add([]byte("1970-01-01T00:00:00Z"), int64(-1))
	f.Add([]byte("2000-02-30T23:59:60.1234Z"), int64(maxRelaxedDate))
	f.Fuzz(func(t *testing.T, text []byte, ms int64) {
		checkDateText(t, text)
		if minTextDate <= ms && ms <= maxRelaxedDate {
			checkDate(t, ms, nil, nil)
		}
	})
}

// benchDates returns dates of recent years. If mixed, every second date is a whole
// second.
func benchDates(mixed bool) (dates []int64, texts [][]byte) {
	r := rand.New(rand.NewPCG(6, 6))
	for range benchCount {
		ms := r.Int64N(2_000_000_000_000)
		if mixed && r.IntN(2) == 0 {
			ms -= ms % 1000
		}
		dates = append(dates, ms)
		texts = append(texts, appendDate(nil, ms))
	}
	return dates, texts
}

func BenchmarkAppendDate(b *testing.B) {
	dates, _ := benchDates(false)
	mixed, _ := benchDates(true)
	b.Run("milliseconds", func(b *testing.B) {
		b.ReportAllocs()
		i := uint(0)
		for b.Loop() {
			sinkBytes = appendDate(sinkBytes[:0], dates[i%benchCount])
			i++
		}
	})
	b.Run("mixed", func(b *testing.B) {
		b.ReportAllocs()
		i := uint(0)
		for b.Loop() {
			sinkBytes = appendDate(sinkBytes[:0], mixed[i%benchCount])
			i++
		}
	})
	b.Run("milliseconds/time", func(b *testing.B) {
		b.ReportAllocs()
		i := uint(0)
		for b.Loop() {
			sinkBytes = time.UnixMilli(dates[i%benchCount]).UTC().AppendFormat(sinkBytes[:0], time.RFC3339Nano)
			i++
		}
	})
}

func BenchmarkParseDate(b *testing.B) {
	_, texts := benchDates(false)
	_, mixed := benchDates(true)
	b.Run("milliseconds", func(b *testing.B) {
		b.ReportAllocs()
		i := uint(0)
		for b.Loop() {
			sinkInt, _ = parseDate(texts[i%benchCount])
			i++
		}
	})
	b.Run("mixed", func(b *testing.B) {
		b.ReportAllocs()
		i := uint(0)
		for b.Loop() {
			sinkInt, _ = parseDate(mixed[i%benchCount])
			i++
		}
	})
	b.Run("offset", func(b *testing.B) {
		text := []byte("2024-02-29T12:00:00.500+01:30")
		b.ReportAllocs()
		for b.Loop() {
			sinkInt, _ = parseDate(text)
		}
	})
	b.Run("milliseconds/time", func(b *testing.B) {
		b.ReportAllocs()
		i := uint(0)
		for b.Loop() {
			when, _ := time.Parse(time.RFC3339, string(texts[i%benchCount]))
			sinkInt = when.UnixMilli()
			i++
		}
	})
}

var (
	sinkBytes []byte
	sinkInt   int64
)

// benchCount is the number of values that a benchmark uses in turn: so many that
// branch predictors do not learn them. It is a power of two, to avoid a division.
const benchCount = 1 << 15
