package pickle

import (
	"sort"
	"time"
)

// This file finds the offset from UTC of a time zone: of the objects of
// PyMongo, the standard library, pytz, dateutil and Django.
//
//   - zone is the one dispatch. Most pickles have the offset: offset and
//     offsetAttribute.
//   - Those of tzfile have a table of offsets: tableZone.
//   - Those of zoneinfo, and of zones of pytz with one offset, have a name:
//     namedZone, which finds the table with DecodeOptions.LoadLocation.

// zones are the zones that LoadLocation has returned.
type zones struct {
	load  func(name string) (*time.Location, error)
	known map[string]*time.Location
}

// Limits of zones.
const (
	maxZoneName  = 64      // bytes; the longest name of the database has 32
	maxZones     = 1024    // that are remembered; the database has 600
	maxZoneTime  = 1 << 40 // seconds since 1970 of a time in a table, and before
	maxZoneTable = 1024    // offsets of a zone of dateutil; the longest table has 240
)

// isZone has the classes of time zones.
var isZone = [numClasses]bool{
	clsUTC: true, clsFixedOffset: true, clsTimezone: true, clsZoneKey: true, clsPytzUTC: true, clsPytzZone: true, clsPytzFixed: true,
	clsTzutc: true, clsTzoffset: true, clsTzlocal: true, clsTzfile: true, clsDjangoUTC: true, clsDjangoFixed: true,
}

// hasOtherZone reports whether a datetime has a zone of another class.
func (b *builder) hasOtherZone(n *node) bool {
	list := b.arguments(n)
	if len(list) < 2 || b.isNone(list[1]) || list[1].isClass() {
		return false
	}
	z := b.node(list[1])
	return z == nil || z.kind() != kindObject || !isZone[z.class()]
}

// zone returns the offset from UTC, in microseconds, of a tzinfo. wall is the
// local time, in seconds since 1970, of the datetime owner; fold says that it
// is the second of two such times.
func (b *builder) zone(owner *node, r ref, wall int64, fold bool) (micros int64, ok bool) {
	if r.isClass() && r.class() == clsUTC {
		return 0, true
	}
	n := b.node(r)
	if n == nil || n.kind() != kindObject || !isZone[n.class()] {
		return b.noZone(owner)
	}
	switch list := b.arguments(n); n.class() {
	case clsPytzUTC, clsTzutc, clsDjangoUTC:
		return 0, b.stateless(n)
	case clsTimezone:
		return b.timedelta(owner, list[0])
	case clsFixedOffset, clsDjangoFixed:
		if n.state() != noRef {
			return b.offsetAttribute(owner, n, attrFixedOffset)
		}
		if len(list) == 2 {
			return b.timedelta(owner, list[0])
		}
	case clsTzoffset:
		return b.offsetAttribute(owner, n, attrTzoffset)
	case clsTzlocal:
		return b.localZone(owner, n)
	case clsTzfile:
		return b.tableZone(owner, n, wall, fold)
	case clsPytzFixed:
		return b.offset(n, list[0], 60)
	case clsPytzZone:
		if len(list) == 4 {
			return b.offset(n, list[1], 1)
		}
		if len(list) == 1 {
			return b.namedZone(n, list[0], wall, fold)
		}
	case clsZoneKey:
		return b.namedZone(n, list[0], wall, fold)
	}
	return b.noZone(owner)
}

// noZone records that a datetime has no valid time zone.
func (b *builder) noZone(owner *node) (int64, bool) {
	b.wrong(nil, owner, ErrCall, "has an invalid time zone")
	return 0, false
}

// offset returns the microseconds of an integer of a unit of so many seconds,
// which must be less than a day.
func (b *builder) offset(n *node, r ref, unit int64) (micros int64, ok bool) {
	i, ok := b.integer(r)
	v, ok2 := i.int64()
	if limit := secondsPerDay / unit; !ok || !ok2 || v <= -limit || v >= limit {
		return 0, b.badZone(n)
	}
	return v * unit * microsPerSecond, true
}

// offsetAttribute returns the microseconds of the first of the attributes of a
// zone, a timedelta.
func (b *builder) offsetAttribute(owner, n *node, names []string) (micros int64, ok bool) {
	v, ok := b.attributes(n, n.state(), names, 1)
	if !ok {
		return 0, false
	}
	return b.timedelta(owner, v[0])
}

// timedelta returns the microseconds of a timedelta between -24 and 24 hours.
func (b *builder) timedelta(owner *node, r ref) (micros int64, ok bool) {
	n := b.node(r)
	if n == nil || n.kind() != kindObject || n.class() != clsTimedelta {
		b.wrong(nil, owner, ErrCall, "has a time zone without timedelta")
		return 0, false
	}
	micros, ok = b.micros(n, -1, 0)
	if !ok || micros <= -secondsPerDay*microsPerSecond {
		return 0, b.badZone(n)
	}
	return micros, true
}

func (b *builder) badZone(n *node) bool {
	b.wrong(nil, n, ErrRange, "is a day or more")
	return false
}

// localZone returns the offset of a tzlocal: the zone of the machine that wrote
// it. Its pickle does not tell when daylight saving began and ended.
func (b *builder) localZone(owner, n *node) (micros int64, ok bool) {
	v, ok := b.attributes(n, n.state(), attrTzlocal, 2)
	if !ok {
		return 0, false
	}
	if !b.isFalse(v[1]) {
		b.wrong(nil, n, ErrState, "with daylight saving depends on the machine that wrote it")
		return 0, false
	}
	return b.timedelta(owner, v[0])
}

// isFalse reports whether r is False.
func (b *builder) isFalse(r ref) bool {
	switch b.atom(r) {
	case isFalse:
		return true
	case isTextInt:
		v, ok := b.bool(r)
		return ok && v == 0
	}
	return false
}

// tableZone returns the offset of a tzfile, whose state has the local times at
// which offsets begin, and the _ttinfo of each. It has the rules of dateutil:
// after the last time the _ttinfo is that of standard time.
func (b *builder) tableZone(owner, n *node, wall int64, fold bool) (micros int64, ok bool) {
	v, ok := b.attributes(n, n.state(), attrTzfile, 4)
	if !ok {
		return 0, false
	}
	if b.isNone(v[2]) {
		return 0, true
	}
	t := zoneTable{builder: b, owner: n, times: v[0], infos: v[1], standard: v[2], before: v[3]}
	if t.n = b.tupleLen(t.times); t.n < 0 || t.n > maxZoneTable || t.n != b.tupleLen(t.infos) {
		t.invalid()
		return 0, false
	}
	i := sort.Search(t.n, func(i int) bool { return t.time(i) > wall }) - 1
	if i > 0 && !fold && wall < t.time(i)+t.seconds(i-1)-t.seconds(i) {
		i-- // the first of two such times
	}
	delta := t.info(i)[0]
	if b.err != nil {
		return 0, false
	}
	return b.timedelta(owner, delta)
}

// tupleLen returns the number of items of a tuple, or -1.
func (b *builder) tupleLen(r ref) int {
	if list, ok := b.tuple(r); ok {
		return len(list)
	}
	if b.kind(r) == kindLong {
		return b.count(b.first(r))
	}
	return -1
}

// A zoneTable is the state of a tzfile. A fault of its content is a fault of
// the builder; the results of the methods then have no meaning.
type zoneTable struct {
	*builder
	owner            *node
	n                int // of times and infos
	times, infos     ref // tuples of n items
	standard, before ref // infos after the last time and before the first
}

func (t *zoneTable) invalid() { t.wrong(nil, t.owner, ErrState, "has an invalid table") }

// item returns item i of a tuple.
func (t *zoneTable) item(tuple ref, i int) ref {
	items, s := t.items(tuple)
	for i >= len(items) {
		i -= len(items)
		items, s = t.segment(s)
	}
	return items[i]
}

// time returns time i, in seconds.
func (t *zoneTable) time(i int) int64 { return t.second(t.item(t.times, i)) }

// seconds returns offset i, in seconds.
func (t *zoneTable) seconds(i int) int64 { return t.second(t.info(i)[1]) }

// second returns the value of an integer of seconds.
func (t *zoneTable) second(r ref) int64 {
	v, ok := t.integer(r)
	n, ok2 := v.int64()
	if !ok || !ok2 || n < -maxZoneTime || n > maxZoneTime {
		t.invalid()
		return 0
	}
	return n
}

// info returns the attributes of _ttinfo i: delta and offset first.
func (t *zoneTable) info(i int) [maxAttributes]ref {
	r := t.standard
	switch {
	case i+1 >= t.n:
	case i < 0:
		r = t.before
	default:
		r = t.item(t.infos, i)
	}
	n := t.node(r)
	if n == nil || n.kind() != kindObject || n.class() != clsTTInfo {
		t.invalid()
		return [maxAttributes]ref{noRef, noRef}
	}
	v, _ := t.attributes(n, n.state(), attrTTInfo, 2)
	return v
}

// namedZone returns the offset of the zone that LoadLocation returns for a
// name.
func (b *builder) namedZone(n *node, name ref, wall int64, fold bool) (micros int64, ok bool) {
	var room [2 * maxZoneName]byte
	if b.textLen(name) > maxZoneName {
		b.wrong(nil, n, ErrCall, "argument is not the name of a zone")
		return 0, false
	}
	text, ok := b.text(room[:0], name)
	if !ok {
		return 0, false
	}
	loc := b.zones.get(string(text))
	if loc == nil {
		b.fail(n.off(), ErrZone, quoteName(text))
		return 0, false
	}
	return wallOffset(loc, wall, fold) * microsPerSecond, true
}

// get returns the zone with a name, or nil.
func (z *zones) get(name string) *time.Location {
	if loc, ok := z.known[name]; ok {
		return loc
	}
	if z.load == nil || name == "" || name == "Local" {
		return nil
	}
	loc, err := z.load(name)
	if err != nil {
		return nil
	}
	if z.known == nil || len(z.known) >= maxZones {
		z.known = make(map[string]*time.Location)
	}
	z.known[name] = loc
	return loc
}

// wallOffset returns the offset of a zone, in seconds, at the local time wall,
// in seconds since 1970. Of the two offsets at a local time that occurs twice,
// or that a clock change leaves out, it is the one before the change, or with
// fold the one after it.
func wallOffset(loc *time.Location, wall int64, fold bool) int64 {
	const most = 2 * secondsPerDay // more than any offset
	t := time.Unix(wall-most, 0).In(loc)
	for {
		_, before := t.Zone()
		_, change := t.ZoneBounds()
		if change.IsZero() || change.Unix() > wall+most {
			return int64(before)
		}
		_, after := change.Zone()
		from := max(before, after)
		if fold {
			from = min(before, after)
		}
		if wall < change.Unix()+int64(from) {
			return int64(before)
		}
		t = change
	}
}
