package pickle

import "encoding/binary"

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
		offset, ok := b.zone(n, list[1])
		if !ok {
			return dst, false
		}
		micros -= offset
	}
	ms := micros / 1000
	if micros%1000 < 0 {
		ms--
	}
	return binary.LittleEndian.AppendUint64(dst[:start], uint64(ms)), true
}

// parseDatetime returns the microseconds from 1970 to the datetime that f
// holds. The top bit of the month is Python's fold, which distinguishes the two
// hours of a clock change and has no meaning without the zone.
func parseDatetime(f [datetimeSize]byte) (micros int64, ok bool) {
	year := int(f[0])<<8 | int(f[1])
	month, day := int(f[2]&0x7f), int(f[3])
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

// zone returns the offset from UTC, in microseconds, of a tzinfo.
func (b *builder) zone(owner *node, r ref) (micros int64, ok bool) {
	if r.isClass() && r.class() == clsUTC {
		return 0, true
	}
	n := b.node(r)
	if n == nil || n.kind() != kindObject {
		b.wrong(nil, owner, ErrCall, "has an invalid time zone")
		return 0, false
	}
	var delta ref
	switch list := b.arguments(n); {
	case n.class() == clsTimezone:
		delta = list[0]
	case n.class() == clsFixedOffset && n.state() != noRef:
		v, ok := b.attributes(n, n.state(), attrFixedOffset, 1)
		if !ok {
			return 0, false
		}
		delta = v[0]
	case n.class() == clsFixedOffset && len(list) == 2:
		delta = list[0]
	default:
		b.wrong(nil, owner, ErrCall, "has an invalid time zone")
		return 0, false
	}
	return b.timedelta(owner, delta)
}

// timedelta returns the microseconds of a timedelta between -24 and 24 hours.
func (b *builder) timedelta(owner *node, r ref) (micros int64, ok bool) {
	n := b.node(r)
	if n == nil || n.kind() != kindObject || n.class() != clsTimedelta {
		b.wrong(nil, owner, ErrCall, "has a time zone without timedelta")
		return 0, false
	}
	list := b.arguments(n)
	days, ok1 := b.integer(list[0])
	day, ok2 := days.int64()
	seconds, ok3 := b.bounded(list[1], secondsPerDay-1)
	micro, ok4 := b.bounded(list[2], microsPerSecond-1)
	if !ok1 || !ok2 || !ok3 || !ok4 || day < -1 || day > 0 {
		b.wrong(nil, n, ErrRange, "is a day or more")
		return 0, false
	}
	micros = (day*secondsPerDay+int64(seconds))*microsPerSecond + int64(micro)
	return micros, micros > -secondsPerDay*microsPerSecond || b.badZone(n)
}

func (b *builder) badZone(n *node) bool {
	b.wrong(nil, n, ErrRange, "is a day or more")
	return false
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
