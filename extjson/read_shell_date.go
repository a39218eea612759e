package extjson

import (
	"encoding/binary"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/numtext"
)

// This file reads the dates of the shell, ISODate("…"), new Date("…") and
// new Date(0), for shellWord (read_shell_call.go). read_date.go has their text.

// dateCall reads a date as text, which may differ from RFC 3339 in the given
// ways and in those of LenientDates, or as milliseconds since 1970.
func (d *decoder) dateCall(dst []byte, allowed looseness, off, mark int) ([]byte, int) {
	if off = d.argument(off); off < 0 {
		return dst, off
	}
	if d.quoteAt(off) {
		out, text, end := d.quoted(dst, keyDate, off)
		if dst = out; end < 0 {
			return dst, end
		}
		ms, how, ok := parseLooseDate(text)
		how &^= allowed | d.dates&^blankCentury // the century that JavaScript takes is not that of LenientDates
		if ok && how == noZone {
			return dst, d.fail(off, ErrEvaluate, "a time zone")
		}
		if !ok || how != 0 {
			return dst, d.fail(off, ErrWrapperText, "a date")
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
