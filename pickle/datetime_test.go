package pickle_test

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/pickle"
)

// pythonFields returns the ten bytes in which Python stores the fields of t, in
// the zone of t.
func pythonFields(t time.Time) string {
	b := binary.BigEndian.AppendUint16(nil, uint16(t.Year()))
	b = append(b, byte(t.Month()), byte(t.Day()), byte(t.Hour()), byte(t.Minute()), byte(t.Second()))
	micros := t.Nanosecond() / 1000
	return string(append(b, byte(micros>>16), byte(micros>>8), byte(micros)))
}

// TestDays: a datetime has a day of its month.
func TestDays(t *testing.T) {
	for _, year := range []int{1900, 2000, 2023, 2024, 9999} {
		for month := time.January; month <= time.December; month++ {
			last := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC)
			for day := range 33 {
				fields := []byte(pythonFields(last))
				fields[3] = byte(day)
				value, _, err := pickle.AppendBSONValue(nil, []byte(datetime+"C\x0a"+string(fields)+"\x85R."))
				if day < 1 || day > last.Day() {
					if err == nil {
						t.Errorf("%v, day %d is read", last, day)
					}
					continue
				}
				if want := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).UnixMilli(); err != nil || int64(binary.LittleEndian.Uint64(value)) != want {
					t.Errorf("%v, day %d: %x, %v, want %d", last, day, value, err, want)
				}
			}
		}
	}
}

// TestDatetimes compares datetimes with package time. They have no zone, a zone by
// name, or a zone of a class of Python or PyMongo, and some are before 1970.
func TestDatetimes(t *testing.T) {
	first := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	last := time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC).Unix()
	r := rand.New(rand.NewPCG(11, 3))
	micros := []int64{0, 1, 999, 1000, 1001, 999_000, 999_001, 999_999}
	edges := []int64{first, first + 1, -1, 0, 1, last, time.Date(1900, 2, 28, 23, 59, 59, 0, time.UTC).Unix(), time.Date(2000, 2, 29, 0, 0, 0, 0, time.UTC).Unix()}
	for i := range 4000 {
		seconds := first + r.Int64N(last-first+1)
		if i%4 == 0 {
			seconds = edges[r.IntN(len(edges))]
		}
		fields := time.Unix(seconds, micros[r.IntN(len(micros))]*1000).UTC()
		offset := time.Duration(r.Int64N(2*86400e6-1)-86400e6+1) * time.Microsecond
		if i%3 == 0 {
			offset = time.Duration(r.IntN(47)-23) * time.Hour
		}
		// In a timedelta only the days can be negative.
		days, rest := int32(0), offset
		if offset < 0 {
			days, rest = -1, offset+24*time.Hour
		}
		delta := timedelta(days, int32(rest/time.Second), int32(rest%time.Second/time.Microsecond))
		for _, tc := range []struct {
			zone   string
			offset time.Duration
		}{
			{"\x85R.", 0},
			{"N\x86R.", 0},
			{"cbson.tz_util\nutc\n\x86R.", 0},
			{"cdatetime\ntimezone\n" + delta + "\x85R\x86R.", offset},
			{"cdatetime\ntimezone\n" + delta + "U\x01x\x86R\x86R.", offset},
			{fixedOffset + delta + "U\x01x\x86R\x86R.", offset},
			{"cpymongo.tz_util\nFixedOffset\n)R}U\x14_FixedOffset__offset" + delta + "sb\x86R.", offset},
		} {
			data := datetime + "C\x0a" + pythonFields(fields) + tc.zone
			value, typ, err := pickle.AppendBSONValue(nil, []byte(data))
			want := fields.Add(-tc.offset).UnixMilli()
			if err != nil || typ != bson.TypeDateTime || int64(binary.LittleEndian.Uint64(value)) != want {
				t.Fatalf("%v in a zone of %v, %q: %v %x, %v, want %d", fields, tc.offset, tc.zone, typ, value, err, want)
			}
		}
	}
}
