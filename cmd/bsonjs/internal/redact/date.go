package redact

import "math"

// A date moves by days to another day of its month: 31 days that begin at a secret day.
// So it moves by at most 30 days, never by 0, and dates that differ stay different.
const monthDays = 31

const (
	dayMillis  = 24 * 60 * 60 * 1000
	daySeconds = 24 * 60 * 60
)

// dateTime returns the milliseconds that take the place of ms, with the same time of the
// day.
func (w *walker) dateTime(ms int64) int64 {
	day := floorDiv(ms, dayMillis)
	time := ms - day*dayMillis
	first, last := floorDiv(math.MinInt64, dayMillis), floorDiv(math.MaxInt64, dayMillis)
	// The first and the last day are not whole.
	if first*dayMillis+time > 0 { // overflow
		first++
	}
	if last*dayMillis+time < 0 {
		last--
	}
	w.begin(labelDate)
	return w.moveDay(day, first, last, uint64(time))*dayMillis + time
}

// timestamp returns the seconds that take the place of t, with the same time of the day.
func (w *walker) timestamp(t uint32) uint32 {
	day, time := int64(t/daySeconds), t%daySeconds
	last := int64(math.MaxUint32 / daySeconds)
	if last*daySeconds+int64(time) > math.MaxUint32 {
		last--
	}
	w.begin(labelTimestamp)
	return uint32(w.moveDay(day, 0, last, uint64(time)))*daySeconds + time
}

// moveDay returns the day that takes the place of day, with the parts of the date that
// stay. In a month that is not whole, days move toward the other months.
func (w *walker) moveDay(day, first, last int64, time uint64) int64 {
	month := floorDiv(day+w.months, monthDays)
	start := month*monthDays - w.months
	w.add(uint64(month), time)
	w.end(nil)
	if start < first {
		return day + 1 + int64(w.draw(monthDays-1))
	}
	if start+monthDays-1 > last {
		return day - 1 - int64(w.draw(monthDays-1))
	}
	return start + int64(w.derange(uint64(day-start), monthDays))
}

// floorDiv returns a/b, rounded down.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
