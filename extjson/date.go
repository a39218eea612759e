package extjson

// This file writes and reads dates: milliseconds since 1970 UTC as RFC 3339
// text, in the proleptic Gregorian calendar without leap seconds.
//
//   - appendDate and parseDate take the common shapes, 20 or 24 characters,
//     as three words.
//   - dateTail reads the text after the seconds in all other shapes.

import (
	"encoding/binary"

	"github.com/bsonkit/bsonkit/internal/numtext"
)

const (
	minRelaxedDate = 0               // ms: 1970-01-01T00:00:00Z
	maxRelaxedDate = 253402300799999 // ms: 9999-12-31T23:59:59.999Z
	minTextDate    = -62167219200000 // ms: 0000-01-01T00:00:00Z, the first that text can spell

	msPerDay = 24 * 60 * 60 * 1000

	// epochDay counts the days from 1 March of the year -400 to 1970. Days
	// counted from there are positive for all years that text can say, and
	// years counted from March end with the leap day.
	epochDay = 719468 + 146097

	dateRoom = 24 // bytes of the longest text that appendDate writes
)

// dateInRange reports whether relaxed text spells ms as a date.
//
// NOTE: inlines; TestScalarInline lists it.
func dateInRange(ms int64) bool { return uint64(ms) <= maxRelaxedDate }

// appendDate appends ms, milliseconds since 1970, as "1970-01-01T00:00:00Z",
// with exactly three digits after the second if ms is not a whole one, and
// returns the longer slice. The caller ensures that minTextDate ≤ ms ≤
// maxRelaxedDate.
//
// The calendar is computed as in Cassio Neri and Lorenz Schneider, "Euclidean
// affine functions and their application to calendar algorithms", 2022.
func appendDate(dst []byte, ms int64) []byte {
	n := len(dst)
	if cap(dst)-n < dateRoom {
		dst = growCold(dst, dateRoom)
	}
	t := uint64(ms + epochDay*msPerDay)
	day := uint32(t / msPerDay)
	ms32 := uint32(t - uint64(day)*msPerDay) // of the day

	// The unit is a quarter of a day: a century has 146097 of them and a year
	// 1461. 2939745 is 2^32/1461, rounded up.
	q := 4*day + 3
	century := q / 146097
	p := uint64(q%146097|3) * 2939745
	year := 100*century + uint32(p>>32) - 400
	yearDay := uint32(p) / (4 * 2939745) // from 1 March
	// 2141/2^16 is a month per day.
	x := 2141*yearDay + 197913
	month := x >> 16
	monthDay := x&0xffff/2141 + 1
	if yearDay >= 306 {
		year++
		month -= 12
	}

	second := ms32 / 1000
	milli := ms32 - second*1000
	minute := second / 60
	second -= minute * 60
	hour := minute / 60
	minute -= hour * 60
	centi := milli / 10

	a := pairs4(uint64(year/100) | uint64(year%100)<<16 | uint64(month)<<32 | uint64(monthDay)<<48)
	b := pairs4(uint64(hour) | uint64(minute)<<16 | uint64(second)<<32 | uint64(centi)<<48)
	o := (*[dateRoom]byte)(dst[n : n+dateRoom])
	binary.LittleEndian.PutUint64(o[0:], a&0xffffffff|'-'<<32|a<<8&(0xffff<<40)|'-'<<56)
	binary.LittleEndian.PutUint64(o[8:], a>>48|'T'<<16|b<<24&(0xffff<<24)|':'<<40|b<<32&(0xffff<<48))
	w := ':' | b>>24&(0xffff<<8)
	if milli == 0 {
		binary.LittleEndian.PutUint32(o[16:], uint32(w)|'Z'<<24)
		return dst[:n+20]
	}
	w |= '.'<<24 | b>>16&(0xffff<<32) | uint64('0'+milli-centi*10)<<48 | 'Z'<<56
	binary.LittleEndian.PutUint64(o[16:], w)
	return dst[:n+24]
}

// pairs4 turns each 16-bit lane of v, below 100, into two ASCII digits, the
// first in the low byte.
//
// NOTE: inlines; TestScalarInline lists it.
func pairs4(v uint64) uint64 {
	q := v * 103 >> 10 & 0x000f000f_000f000f // n/10
	return v<<8 - q*(10<<8-1) | numtext.Zeros8
}

// parseDate reads a date of RFC 3339, YYYY-MM-DDThh:mm:ss, then a point and one
// or more digits or nothing, then Z or ±hh:mm, and returns the milliseconds
// since 1970. ok is false when text has any other form, such as letters in
// lower case, when there is no such day or time (second 60 included), and when
// a digit below the millisecond is not zero, because it would be lost.
func parseDate(text []byte) (ms int64, ok bool) {
	if len(text) < 20 {
		return 0, false
	}
	// "YYYY-MM-", "DDThh:mm" and, in the first 32 bits, "m:ss" with the m
	// read twice. Where the mask has a digit, a byte must be 0 to 9; adding
	// 0x76 sets the top bit of any other. Elsewhere it must be zero.
	v := binary.LittleEndian.Uint64(text) ^ ('-'<<32 | '-'<<56 | 0x0030300030303030)
	w := binary.LittleEndian.Uint64(text[8:]) ^ ('T'<<16 | ':'<<40 | 0x3030003030003030)
	x := uint64(binary.LittleEndian.Uint32(text[15:])) ^ (':'<<8 | 0x30300030)
	bad := v + 0x7f76767f76767676 | v
	bad |= w + 0x76767f76767f7676 | w
	bad |= x + 0x76767f76 | x
	if bad&0x8080808080808080 != 0 {
		return 0, false
	}
	v = v*10 + v>>8 // two digits in the place of the first
	w = w*10 + w>>8
	x = x*10 + x>>8
	year := int64(v&0xff*100 + v>>16&0xff)
	month := int64(v >> 40 & 0xff)
	day := int64(w & 0xff)
	hour := int64(w >> 24 & 0xff)
	minute := int64(w >> 48 & 0xff)
	second := int64(x >> 16 & 0xff)
	if uint64(month-1) > 11 || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	if uint64(day-1) >= uint64(monthDays[month]) &&
		(day != 29 || month != 2 || year%4 != 0 || year%100 == 0 && year%400 != 0) {
		return 0, false
	}

	// Years from March, so that the leap day comes last. (153·m-457)/5 counts
	// the days before month m, 3 to 14, in such a year.
	if month <= 2 {
		year--
		month += 12
	}
	year += 400
	days := 365*year + year/4 - year/100 + year/400 + (153*month-457)/5 + day - 1 - epochDay
	ms = ((days*24+hour)*60+minute)*60000 + second*1000
	switch {
	case len(text) == 20 && text[19] == 'Z':
		return ms, true
	case len(text) == 24 && text[19] == '.' && text[23] == 'Z':
		a, b, c := text[20]-'0', text[21]-'0', text[22]-'0'
		return ms + int64(a)*100 + int64(b)*10 + int64(c), a < 10 && b < 10 && c < 10
	}
	return dateTail(ms, text[19:])
}

// monthDays counts the days of each month, January being 1, in a common year.
var monthDays = [13]uint8{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// dateTail reads the text after the seconds: a fraction or nothing, then Z or
// an offset. tail is not empty. It returns ms adjusted by both.
func dateTail(ms int64, tail []byte) (int64, bool) {
	if tail[0] == '.' {
		i := 1
		for unit := int64(100); i < len(tail) && tail[i]-'0' < 10; i++ {
			digit := int64(tail[i] - '0')
			if unit == 0 && digit != 0 { // below the millisecond
				return 0, false
			}
			ms += digit * unit
			unit /= 10
		}
		if i == 1 {
			return 0, false
		}
		tail = tail[i:]
	}
	if len(tail) == 1 && tail[0] == 'Z' {
		return ms, true
	}
	if len(tail) != 6 || tail[0] != '+' && tail[0] != '-' || tail[3] != ':' {
		return 0, false
	}
	a, b, c, d := tail[1]-'0', tail[2]-'0', tail[4]-'0', tail[5]-'0'
	if a > 9 || b > 9 || c > 9 || d > 9 {
		return 0, false
	}
	hours, minutes := int64(a)*10+int64(b), int64(c)*10+int64(d)
	if hours > 23 || minutes > 59 {
		return 0, false
	}
	offset := (hours*60 + minutes) * 60000
	if tail[0] == '-' {
		offset = -offset
	}
	return ms - offset, true
}
