package extjson

import "strconv"

// This file reads dates whose text is not that of RFC 3339: those of the
// shell, of Extended JSON before version 2, and of LenientDates. parseDate
// (date.go) reads all others.
//
//   - looseDate reads every date that any of them allows, and finds in which
//     ways it differs from RFC 3339.
//   - The callers have the ways that they allow: a looseness.

// A looseness is a set of ways in which the text of a date differs from RFC
// 3339.
type looseness uint16

const (
	extraDigits  looseness = 1 << iota // digits below the millisecond, which are dropped
	noZone                             // a time without a zone, which counts as UTC
	hourZone                           // a zone of hours alone: +02
	plainZone                          // a zone without a colon: +0200
	noTime                             // a day alone, which is its midnight in UTC
	noSeconds                          // a time that ends with its minutes
	noMinutes                          // a time that ends with its hours
	noSeparators                       // 20240229T120000
	blankTime                          // a blank before the time, not T
	longYear                           // a year with a sign and six digits
	blankCentury                       // a blank and a year below 100, which is 19xx or 20xx to JavaScript
)

// The ways in which dates may differ.
const (
	legacyDates  = plainZone
	lenientDates = extraDigits | noZone | hourZone | plainZone | noTime | noSeconds | blankTime | blankCentury
	newDates     = plainZone | noTime | noSeconds | blankTime | longYear                  // new Date("…"), where a time without a zone is local
	isoDates     = newDates | noZone | hourZone | noMinutes | noSeparators | blankCentury // ISODate("…")
)

// maxLooseDate is the length in bytes of the longest text that is read if it
// is not RFC 3339.
const maxLooseDate = 60

// parseLooseDate reads the date in text. how has the ways in which text differs
// from RFC 3339.
func parseLooseDate(text []byte) (ms int64, how looseness, ok bool) {
	if ms, ok = parseDate(text); ok {
		return ms, 0, true
	}
	if len(text) > maxLooseDate || len(text) == 0 {
		return 0, 0, false
	}
	s := looseDate{rest: text}
	ms, ok = s.parse()
	return ms, s.how, ok
}

// A looseDate spells out the text of a date for parseDate.
type looseDate struct {
	rest []byte // of the text
	how  looseness

	spelled [maxLooseDate + 20]byte // no text is longer if spelled out
	n       int                     // bytes of it
}

func (s *looseDate) parse() (ms int64, ok bool) {
	var cycles int64 // periods of 400 years, after which the calendar repeats
	if s.rest[0] == '+' || s.rest[0] == '-' {
		cycles, ok = s.longYear()
	} else {
		ok = s.digits(4)
	}
	if !ok || !s.separated('-') || !s.separated('-') || !s.time() {
		return 0, false
	}
	if s.how&blankTime != 0 && cycles == 0 && string(s.spelled[:2]) == "00" {
		s.how |= blankCentury
	}
	ms, ok = parseDate(s.spelled[:s.n])
	return ms + cycles*(146097*msPerDay), ok
}

// longYear reads a sign and six digits, and spells out a year of four digits
// with the same calendar.
func (s *looseDate) longYear() (cycles int64, ok bool) {
	if len(s.rest) < 8 || s.rest[7] != '-' {
		return 0, false
	}
	year, err := strconv.ParseInt(string(s.rest[:7]), 10, 64)
	if err != nil || year == 0 && s.rest[0] == '-' {
		return 0, false
	}
	s.how |= longYear
	s.rest = s.rest[7:]
	same := (year%400 + 400) % 400
	s.add('0', byte('0'+same/100), byte('0'+same/10%10), byte('0'+same%10))
	return (year - same) / 400, true
}

// time reads the time after the day.
func (s *looseDate) time() bool {
	if len(s.rest) == 0 {
		s.how |= noTime
		s.add([]byte("T00:00:00Z")...)
		return true
	}
	switch s.rest[0] {
	case 'T':
	case ' ':
		s.how |= blankTime
	default:
		return false
	}
	s.rest = s.rest[1:]
	s.add('T')
	switch {
	case !s.digits(2):
		return false
	case s.atZone():
		s.how |= noMinutes
		s.add([]byte(":00:00")...)
		return s.zone()
	case !s.separated(':'):
		return false
	case s.atZone():
		s.how |= noSeconds
		s.add([]byte(":00")...)
		return s.zone()
	}
	return s.separated(':') && s.fraction() && s.zone()
}

// fraction reads a point and digits, or nothing.
func (s *looseDate) fraction() bool {
	if s.atZone() {
		return true
	}
	n := 1
	for n < len(s.rest) && s.rest[n]-'0' < 10 {
		n++
	}
	if s.rest[0] != '.' || n == 1 {
		return false
	}
	kept := min(n, len(".000"))
	for _, c := range s.rest[kept:n] {
		if c != '0' {
			s.how |= extraDigits
		}
	}
	s.add(s.rest[:kept]...)
	s.rest = s.rest[n:]
	return true
}

// atZone reports whether the time of day has ended.
func (s *looseDate) atZone() bool {
	return len(s.rest) == 0 || s.rest[0] == 'Z' || s.rest[0] == '+' || s.rest[0] == '-'
}

// zone reads the time zone, or nothing.
func (s *looseDate) zone() bool {
	switch zone := s.rest; {
	case len(zone) == 0:
		s.how |= noZone
		s.add('Z')
	case len(zone) == len("+01"):
		s.how |= hourZone
		s.add(zone...)
		s.add([]byte(":00")...)
	case len(zone) == len("+0100"):
		s.how |= plainZone
		s.add(zone[:3]...)
		s.add(':')
		s.add(zone[3:]...)
	default: // parseDate checks it
		s.add(zone...)
	}
	return true
}

// separated reads sep, which may be missing, and two digits.
func (s *looseDate) separated(sep byte) bool {
	if len(s.rest) > 0 && s.rest[0] == sep {
		s.rest = s.rest[1:]
	} else {
		s.how |= noSeparators
	}
	s.add(sep)
	return s.digits(2)
}

// digits reads n digits.
func (s *looseDate) digits(n int) bool {
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
func (s *looseDate) add(b ...byte) { s.n += copy(s.spelled[s.n:], b) }
