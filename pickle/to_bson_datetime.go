package pickle

import (
	"encoding/binary"
	"math"
)

// datetimeSize is how many bytes hold a datetime: the year in two,
// big-endian, month, day, hour, minute and second in one each, the microsecond
// in three, big-endian.
const datetimeSize = 10

const (
	microsPerSecond = 1_000_000
	secondsPerDay   = 24 * 60 * 60
)

// datetime appends the value of a datetime: milliseconds since 1970, rounded
// down. One without a zone counts as UTC, as PyMongo has it.
func (b *builder) datetime(dst []byte, n *node) ([]byte, bool) {
	list := b.arguments(n)
	start := len(dst)
	dst, ok := b.rawText(dst, list[0])
	if !ok {
		return dst, false
	}
	fields := dst[start:]
	if len(fields) != datetimeSize {
		return b.wrong(dst, n, ErrCall, "of "+itoa(len(fields))+" bytes")
	}
	micros, ok := parseDatetime([datetimeSize]byte(fields))
	if !ok {
		return b.wrong(dst, n, ErrRange, "with a field out of range")
	}
	if len(list) == 2 && !b.isNone(list[1]) {
		offset, ok := b.zone(n, list[1], floorDiv(micros, microsPerSecond), fields[2]&foldBit != 0)
		if !ok {
			return dst, false
		}
		micros -= offset
	}
	return binary.LittleEndian.AppendUint64(dst[:start], uint64(floorDiv(micros, 1000))), true
}

// floorDiv returns a / b rounded down, for a positive b.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// foldBit is the top bit of the month: Python's fold, which is set for the
// second of the two hours of a clock change. It has no meaning without a zone.
const foldBit = 0x80

// parseDatetime returns the microseconds from 1970 to the datetime that f
// holds.
func parseDatetime(f [datetimeSize]byte) (micros int64, ok bool) {
	year := int(f[0])<<8 | int(f[1])
	month, day := int(f[2]&^foldBit), int(f[3])
	micro := int(f[7])<<16 | int(f[8])<<8 | int(f[9])
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) ||
		f[4] > 23 || f[5] > 59 || f[6] > 59 || micro >= microsPerSecond {
		return 0, false
	}
	seconds := int64(epochDays(year, month, day))*secondsPerDay + int64(f[4])*3600 + int64(f[5])*60 + int64(f[6])
	return seconds*microsPerSecond + int64(micro), true
}

// epochDays returns the days from 1970 to a date. The year begins in March, so
// that the leap day is its last: five months from there have 153 days.
func epochDays(year, month, day int) int {
	if month -= 3; month < 0 {
		month += 12
		year--
	}
	return 365*year + year/4 - year/100 + year/400 + (153*month+2)/5 + day - 719469
}

// daysIn returns how many days a month has.
func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// dateSize is how many bytes hold a date: the first four of a datetime.
const dateSize = 4

// date appends the value of a date: midnight UTC.
func (b *builder) date(dst []byte, n *node) ([]byte, bool) {
	if b.unknown == UnknownError {
		return b.noType(dst, n)
	}
	start := len(dst)
	dst, ok := b.rawText(dst, b.arguments(n)[0])
	if !ok {
		return dst, false
	}
	var fields [datetimeSize]byte
	if copy(fields[:], dst[start:]) != dateSize || len(dst)-start != dateSize {
		return b.wrong(dst, n, ErrCall, "of "+itoa(len(dst)-start)+" bytes")
	}
	micros, ok := parseDatetime(fields)
	if !ok || fields[2]&foldBit != 0 {
		return b.wrong(dst, n, ErrRange, "with a field out of range")
	}
	return binary.LittleEndian.AppendUint64(dst[:start], uint64(micros/1000)), true
}

const (
	maxDays   = 999_999_999 // of a timedelta
	maxMicros = 1 << 53     // that a double of seconds tells apart
)

// seconds appends the value of a timedelta: a double, as total_seconds returns
// it.
func (b *builder) seconds(dst []byte, n *node) ([]byte, bool) {
	if b.unknown == UnknownError {
		return b.noType(dst, n)
	}
	micros, ok := b.micros(n, -maxDays, maxDays)
	switch {
	case !ok:
		return b.wrong(dst, n, ErrRange, "with a field out of range")
	case micros < -maxMicros || micros > maxMicros:
		return b.wrong(dst, n, ErrRange, "is too long for a double of seconds")
	}
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(float64(micros)/microsPerSecond)), true
}

// micros returns the microseconds of a timedelta with a number of days between
// least and most, at most maxDays, or more than maxMicros.
func (b *builder) micros(n *node, least, most int64) (_ int64, ok bool) {
	list := b.arguments(n)
	days, ok1 := b.integer(list[0])
	day, ok2 := days.int64()
	seconds, ok3 := b.bounded(list[1], secondsPerDay-1)
	micro, ok4 := b.bounded(list[2], microsPerSecond-1)
	if !ok1 || !ok2 || !ok3 || !ok4 || day < least || day > most {
		return 0, false
	}
	const many = 2 * maxMicros / microsPerSecond / secondsPerDay // days
	day = min(max(day, -many), many)
	return (day*secondsPerDay+int64(seconds))*microsPerSecond + int64(micro), true
}

// datetimeMS appends the value of a DatetimeMS.
func (b *builder) datetimeMS(dst []byte, n *node) ([]byte, bool) {
	d, ok := b.slots(n, n.state())
	if !ok {
		return dst, false
	}
	v, ok := b.attributes(n, d, attrDatetimeMS, 1)
	if !ok {
		return dst, false
	}
	i, ok := b.integer(v[0])
	if !ok {
		return b.wrong(dst, n, ErrState, "is not an integer")
	}
	ms, ok := i.int64()
	if !ok {
		return b.wrong(dst, n, ErrRange, "needs more than 64 bits")
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(ms)), true
}
