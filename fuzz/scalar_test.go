package fuzz

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/corpus"
)

// bare returns the relaxed text of the value in doc, which is {"": value}.
func bare(t *testing.T, doc []byte) string {
	t.Helper()
	text, err := extjson.AppendJSON(nil, doc)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(strings.TrimPrefix(string(text), `{"":`), "}")
}

// FuzzScalar takes the bits as a double and as a date. The text of a double has
// the digits of strconv and the notation of the specification. The text of a
// date is that of package time. Both texts give the same bits back.
func FuzzScalar(f *testing.F) {
	for _, v := range []float64{
		0, math.Copysign(0, -1), 1, 0.1, 9.99, 1e15, 1e16, 1e-4, 1e-5, 1e22, 1e23, 1e300, 5e-324,
		2.2250738585072014e-308, math.MaxFloat64, 1 << 53, 9007199254740993, 123456789.123,
		8.41e21, 2.0919495182368195e19, 9.5e-3, 4.4501477170144023e-308, 1.8014398509481984e16,
	} {
		f.Add(math.Float64bits(v))
	}
	for _, ms := range []int64{
		0, 1, -1, 999, 1000, 951782400000, 951868799999, 4107542400000, 253402300799999,
		253402300800000, -62135596800000, 1709164800123, math.MaxInt64, math.MinInt64,
	} {
		f.Add(uint64(ms))
	}
	f.Fuzz(func(t *testing.T, bits uint64) {
		checkDouble(t, math.Float64frombits(bits))
		checkDate(t, int64(bits))
		// Most numbers of int64 are no dates of the years 1970 to 9999.
		checkDate(t, int64(bits%(yearTenThousand+1000)))
	})
}

func checkDouble(t *testing.T, v float64) {
	t.Helper()
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendDouble(doc, "", v), mark)
	text := bare(t, doc)
	if want := spelled(v); text != want {
		t.Fatalf("%x: %s, want %s", math.Float64bits(v), text, want)
	}
	for _, form := range []string{`{"":` + text + `}`, `{"":{"$numberDouble":"` + text + `"}}`} {
		back, err := extjson.AppendBSON(nil, []byte(form))
		if err != nil || string(back) != string(doc) {
			t.Fatalf("%s gives %x, %v; want %x", form, back, err, doc)
		}
	}
}

// spelled returns the text that the specification gives a double, with the
// digits of strconv.
func spelled(v float64) string {
	abs := math.Abs(v)
	if v != 0 && (abs < 1e-4 || abs >= 1e16) {
		s := strconv.FormatFloat(v, 'E', -1, 64)
		if digits, exp, _ := strings.Cut(s, "E"); !strings.Contains(digits, ".") {
			return digits + ".0E" + exp
		}
		return s
	}
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// FuzzNumber: AppendBSON accepts a bare number if encoding/json accepts it and
// it is not out of the range of a double. The value is that of strconv: an
// int32 or int64 if the number is an integer that fits, otherwise the nearest
// double.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{
		"0", "-0", "1", "2147483647", "2147483648", "-2147483648", "-2147483649", "9223372036854775807",
		"9223372036854775808", "-9223372036854775808", "-9223372036854775809", "1.5", "1e5", "-1.5E-5", "1e400", "0e400",
		"9007199254740993", "9007199254740993.0", "0.1e-323", "2.4703282292062328e-324", "1.7976931348623159e308",
		"123456789012345678901234567890", "1.00000000000000011102230246251565404236316680908203125",
		"01", "1.", ".5", "+1", "1e", "--1", "1 2", "", "6929495644600919.5", "3.7455744005952583e15",
		"0." + strings.Repeat("0", 400) + "1e390", strings.Repeat("9", 800), "1" + strings.Repeat("0", 400) + "e-400",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		doc, err := extjson.AppendBSON(nil, []byte(`{"":`+s+`}`))
		if strings.Trim(s, "0123456789+-.eE") != "" {
			t.Skip("a character is not one of a number")
		}
		if len(s) > extjson.DefaultMaxNumberLen {
			t.Skip("the number is longer than MaxNumberLen")
		}
		if !json.Valid([]byte(s)) {
			if err == nil {
				t.Fatalf("%s is accepted: %x", s, doc)
			}
			return
		}
		want, mark := bsoncore.Begin(nil)
		v, perr := strconv.ParseFloat(s, 64)
		i, ierr := strconv.ParseInt(s, 10, 64)
		switch {
		case ierr == nil && i == int64(int32(i)):
			want = bsoncore.AppendInt32(want, "", int32(i))
		case ierr == nil:
			want = bsoncore.AppendInt64(want, "", i)
		case errors.Is(perr, strconv.ErrRange) && math.IsInf(v, 0):
			if !errors.Is(err, extjson.ErrRange) {
				t.Fatalf("%s: %x, %v; want ErrRange", s, doc, err)
			}
			return
		default:
			want = bsoncore.AppendDouble(want, "", v)
		}
		want = bsoncore.End(want, mark)
		if err != nil || string(doc) != string(want) {
			t.Fatalf("%s: %x, %v; want %x", s, doc, err, want)
		}
	})
}

// yearTenThousand is the start of the year 10000, in milliseconds since 1970.
// From there on relaxed text writes $numberLong instead of RFC 3339.
const yearTenThousand = 253402300800000

func checkDate(t *testing.T, ms int64) {
	t.Helper()
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendDateTime(doc, "", ms), mark)
	text := bare(t, doc)
	want := `{"$date":{"$numberLong":"` + strconv.FormatInt(ms, 10) + `"}}`
	if ms >= 0 && ms < yearTenThousand {
		layout := "2006-01-02T15:04:05.000Z"
		if ms%1000 == 0 {
			layout = "2006-01-02T15:04:05Z"
		}
		want = `{"$date":"` + time.UnixMilli(ms).UTC().Format(layout) + `"}`
	}
	if text != want {
		t.Fatalf("%d: %s, want %s", ms, text, want)
	}
	if back, err := extjson.AppendBSON(nil, []byte(`{"":`+text+`}`)); err != nil || string(back) != string(doc) {
		t.Fatalf("%s gives %x, %v; want %x", text, back, err, doc)
	}
}

// FuzzDecimal: Parse and math/big read a text as the same rational number.
// $numberDecimal accepts the same texts as Parse and gives the same bits. The
// text of the decimal gives the same bits again.
func FuzzDecimal(f *testing.F) {
	for _, file := range corpus.Load(f) {
		if file.Name != "decimal128.json" {
			continue
		}
		for _, v := range file.Valid {
			_, text, _ := strings.Cut(strings.TrimSuffix(v.Canonical, `"}}`), `"$numberDecimal":"`)
			f.Add(text)
		}
		for _, b := range file.Texts {
			_, text, _ := strings.Cut(strings.TrimSuffix(b.Text, `"}}`), `"$numberDecimal":"`)
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := decimal128.Parse(s)
		if quoted, jerr := json.Marshal(s); jerr == nil && len(s) <= extjson.DefaultMaxNumberLen {
			doc, derr := extjson.AppendBSON(nil, []byte(`{"":{"$numberDecimal":`+string(quoted)+`}}`))
			if (err == nil) != (derr == nil) {
				t.Fatalf("%q: Parse: %v, AppendBSON: %v", s, err, derr)
			}
			want, mark := bsoncore.Begin(nil)
			want = bsoncore.End(bsoncore.AppendDecimal128(want, "", d), mark)
			if err == nil && string(doc) != string(want) {
				t.Fatalf("%q: Parse gives %x, AppendBSON %x", s, want, doc)
			}
		}
		if err != nil {
			return
		}
		text := d.String()
		if again, err := decimal128.Parse(text); err != nil || again != d && !d.IsNaN() {
			t.Fatalf("%q is %v, whose text gives %v, %v", s, d, again, err)
		}
		// The exponent of a zero may be clamped, and big.Rat would write all
		// digits of a number with a large exponent.
		if !d.IsFinite() || d.IsZero() || len(s) > 100 {
			return
		}
		if _, exp, found := strings.Cut(strings.ToLower(s), "e"); found && len(exp) > 6 {
			return
		}
		in, ok := new(big.Rat).SetString(s)
		out, ok2 := new(big.Rat).SetString(text)
		if !ok || !ok2 || in.Cmp(out) != 0 {
			t.Fatalf("%q is read as %s", s, text)
		}
	})
}
