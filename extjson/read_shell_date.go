package extjson

import (
	"encoding/binary"
	"strconv"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/numtext"
)

// This file reads the dates of the shell: ISODate("…"), new Date("…") and
// new Date(0).

// A dateCall is a call that makes a date.
type dateCall uint8

const (
	newDate dateCall = iota // new Date: a time without a zone is local
	isoDate                 // ISODate: a time without a zone is UTC, and separators may be missing
)

// dateCall reads a date as text or as milliseconds since 1970.
func (d *decoder) dateCall(dst []byte, call dateCall, off, mark int) ([]byte, int) {
	if off = d.argument(off); off < 0 {
		return dst, off
	}
	if d.quoteAt(off) {
		out, text, end := d.quoted(dst, keyDate, off)
		if dst = out; end < 0 {
			return dst, end
		}
		s := shellDate{rest: text}
		ms, ok := s.parse()
		if !ok || s.terse && call == newDate {
			return dst, d.fail(off, ErrWrapperText, "a date")
		}
		if s.local && call == newDate {
			return dst, d.fail(off, ErrEvaluate, "a time zone")
		}
		bsoncore.SetType(dst, mark, bsoncore.TypeDateTime)
		return binary.LittleEndian.AppendUint64(dst, uint64(ms)), d.endCall(end)
	}
	ms, end := d.milliseconds(dst, off, mark)
	if end < 0 {
		return dst, end
	}
	if d.next(end) != 0 {
		return dst, d.fail(off, ErrEvaluate, "one argument")
	}
	bsoncore.SetType(dst, mark, bsoncore.TypeDateTime)
	return binary.LittleEndian.AppendUint64(dst, uint64(ms)), d.endCall(end)
}

// milliseconds reads an integer, optionally in NumberLong. dst is scratch.
func (d *decoder) milliseconds(dst []byte, off, mark int) (ms int64, end int) {
	if end = d.identifier(off); end > off {
		switch string(d.src[off:end]) {
		case "NumberLong", "Long", "Int64":
			n := len(dst)
			if dst, end = d.numberCall(dst, keyNumberLong, end, mark); end < 0 {
				return 0, end
			}
			return int64(binary.LittleEndian.Uint64(dst[n:])), end
		}
	}
	n, end, ok := numtext.Scan(d.src, off)
	if !ok || n.Frac {
		return 0, d.fail(off, ErrNumber, "a date as text or milliseconds since 1970")
	}
	if ms, ok = n.Int64(); !ok {
		return 0, d.fail(off, ErrRange, "an int64")
	}
	return ms, end
}

// A shellDate reads a date of RFC 3339. The time, the seconds or the time zone
// may be missing; T may be a blank; the year may have a sign and six digits. It
// spells the date out for parseDate.
type shellDate struct {
	rest  []byte // of the text
	local bool   // there is a time without a zone; ms takes it for UTC
	terse bool   // only ISODate reads it: a separator or the minutes are missing

	spelled [80]byte
	n       int // bytes of it
}

// maxShellDate is the length in bytes of the longest text that is read; the
// spelled-out text is at most 16 bytes longer.
const maxShellDate = 60

func (s *shellDate) parse() (ms int64, ok bool) {
	if ms, ok = parseDate(s.rest); ok {
		return ms, true
	}
	if len(s.rest) > maxShellDate || len(s.rest) == 0 {
		return 0, false
	}
	var cycles int64 // periods of 400 years, after which the calendar repeats
	if s.rest[0] == '+' || s.rest[0] == '-' {
		cycles, ok = s.longYear()
	} else {
		ok = s.digits(4)
	}
	if !ok || !s.separated('-') || !s.separated('-') || !s.time() {
		return 0, false
	}
	ms, ok = parseDate(s.spelled[:s.n])
	return ms + cycles*(146097*msPerDay), ok
}

// longYear reads a sign and six digits, and spells out a year of four digits
// with the same calendar.
func (s *shellDate) longYear() (cycles int64, ok bool) {
	if len(s.rest) < 8 || s.rest[7] != '-' {
		return 0, false
	}
	year, err := strconv.ParseInt(string(s.rest[:7]), 10, 64)
	if err != nil || year == 0 && s.rest[0] == '-' {
		return 0, false
	}
	s.rest = s.rest[7:]
	same := (year%400 + 400) % 400
	s.add('0', byte('0'+same/100), byte('0'+same/10%10), byte('0'+same%10))
	return (year - same) / 400, true
}

// time reads the time after the day.
func (s *shellDate) time() bool {
	if len(s.rest) == 0 {
		s.add([]byte("T00:00:00Z")...)
		return true
	}
	if s.rest[0] != 'T' && s.rest[0] != ' ' {
		return false
	}
	s.rest = s.rest[1:]
	s.add('T')
	switch {
	case !s.digits(2):
		return false
	case s.atZone():
		s.terse = true
		s.add([]byte(":00:00")...)
		return s.zone()
	case !s.separated(':'):
		return false
	case s.atZone():
		s.add([]byte(":00")...)
		return s.zone()
	case !s.separated(':'):
		return false
	}
	for !s.atZone() { // a fraction, or a fault for parseDate
		s.add(s.rest[0])
		s.rest = s.rest[1:]
	}
	return s.zone()
}

// atZone reports whether the time of day has ended.
func (s *shellDate) atZone() bool {
	return len(s.rest) == 0 || s.rest[0] == 'Z' || s.rest[0] == '+' || s.rest[0] == '-'
}

// zone reads the time zone, or nothing.
func (s *shellDate) zone() bool {
	switch zone := s.rest; {
	case len(zone) == 0:
		s.local = true
		s.add('Z')
	case len(zone) == 3:
		s.terse = true
		s.add(zone...)
		s.add([]byte(":00")...)
	case len(zone) == 5:
		s.add(zone[:3]...)
		s.add(':')
		s.add(zone[3:]...)
	default: // parseDate checks it
		s.add(zone...)
	}
	return true
}

// separated reads sep, which may be missing, and two digits.
func (s *shellDate) separated(sep byte) bool {
	if len(s.rest) > 0 && s.rest[0] == sep {
		s.rest = s.rest[1:]
	} else {
		s.terse = true
	}
	s.add(sep)
	return s.digits(2)
}

// digits reads n digits.
func (s *shellDate) digits(n int) bool {
	if len(s.rest) < n {
		return false
	}
	for _, c := range s.rest[:n] {
		if c-'0' > 9 {
			return false
		}
	}
	s.add(s.rest[:n]...)
	s.rest = s.rest[n:]
	return true
}

// add appends to the spelled-out text.
func (s *shellDate) add(b ...byte) { s.n += copy(s.spelled[s.n:], b) }
