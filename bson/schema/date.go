package schema

import "slices"

// dates describes the datetimes of a path. A bucket is a span of months: its name in the
// tally is the number of the span from January of year 0. The width of all spans is the
// first of spanMonths for which there are at most maxSpans spans with dates.
type dates struct {
	count    uint64
	min, max int64 // milliseconds since 1970 UTC
	tally    tally
	level    int // index in spanMonths
}

const maxSpans = 180

// spanMonths has the widths of spans in months: a month, a year, ten years and so on. The
// dates of BSON span 6·10^8 years.
var spanMonths = [...]int64{1, 12, 120, 1200, 12_000, 120_000, 1_200_000, 12_000_000, 120_000_000, 1_200_000_000}

func (d *dates) add(ms int64) {
	if d.count == 0 {
		d.min, d.max = ms, ms
	}
	d.count++
	d.min, d.max = min(d.min, ms), max(d.max, ms)
	month := monthOf(ms)
	if d.level > 0 {
		month = floorDiv(month, spanMonths[d.level])
	}
	d.tally.add(uint64(month), 1)
	d.narrow()
}

// narrow makes the spans wider until there are not too many.
func (d *dates) narrow() {
	for d.tally.size > maxSpans {
		d.widen(d.level + 1)
	}
}

func (d *dates) widen(level int) {
	if level <= d.level {
		return
	}
	by := spanMonths[level] / spanMonths[d.level]
	d.tally.rename(func(name uint64) uint64 { return uint64(floorDiv(int64(name), by)) })
	d.level = level
}

func (d *dates) merge(other *dates) {
	if d.count == 0 {
		d.min, d.max = other.min, other.max
	}
	d.count += other.count
	d.min, d.max = min(d.min, other.min), max(d.max, other.max)
	d.widen(other.level)
	o := dates{tally: other.tally.clone(), level: other.level}
	o.widen(d.level)
	d.tally.merge(&o.tally)
	d.narrow()
}

// months returns the spans in their order.
func (d *dates) months() []Months {
	width := spanMonths[d.level]
	var all []Months
	for _, b := range d.tally.slots {
		if b.count > 0 {
			first := int64(b.name) * width
			year := floorDiv(first, 12)
			all = append(all, Months{year, int(first-12*year) + 1, width, b.count})
		}
	}
	slices.SortFunc(all, func(a, b Months) int {
		return int(max(-1, min(1, (a.Year-b.Year)*12+int64(a.Month-b.Month))))
	})
	return all
}

// floorDiv returns a/b rounded down, for positive b.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// monthOf returns the number of months from January of year 0 to the month of ms, in the
// Gregorian calendar and UTC.
func monthOf(ms int64) int64 {
	const (
		dayMillis = 24 * 60 * 60 * 1000
		cycleDays = 400*365 + 97 // 400 years
		// epoch is the number of days from 1 March of year 0 to 1 January 1970.
		epoch = 719_468
	)
	days := floorDiv(ms, dayMillis) + epoch
	cycle := floorDiv(days, cycleDays)
	day := days - cycle*cycleDays // of the cycle
	year := (day - day/1460 + day/36_524 - day/(cycleDays-1)) / 365
	day -= 365*year + year/4 - year/100 // of the year that starts in March
	month := (5*day + 2) / 153          // since March
	return (400*cycle+year)*12 + month + 2
}
