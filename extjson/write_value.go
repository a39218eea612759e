package extjson

import (
	"bytes"
	"encoding/hex"
	"math"
	"slices"
	"time"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/internal/shelltext"
)

// This file writes values for value (write.go): the types whose modes
// differ in more than spelling, and the rare types.

// A dateStyle says which datetimes are written as text, and how all others are
// written.
type dateStyle uint8

const (
	dateText   dateStyle = iota // 1970 to 9999, else numberLong
	dateLong                    // {"$date":{"$numberLong":"0"}}
	dateNumber                  // {"$date":0}
	dateWide                    // years 0 to 9999, else as a number
)

func (e *encoder) initValues(o *EncodeOptions) {
	e.mode = o.Mode
	kind := wrapperKind
	e.bareInt32, e.bareInt64, e.bareDouble = true, true, true
	switch o.Mode {
	case Canonical:
		e.bareInt32, e.bareInt64, e.bareDouble = false, false, false
		e.dates = dateLong
	case Legacy:
		kind = legacyKind
		e.bareInt64 = !o.StrictNumberLong
		e.dates = [...]dateStyle{DateNumber: dateNumber, DateNumberLong: dateLong, DateISO8601: dateText}[o.Dates]
	case SemiRelaxed:
		e.bareInt64, e.semi = false, true
	case Shell:
		kind = shellKind
		e.bareInt32, e.bareInt64 = false, false
		e.dates = dateWide
	case Plain:
		kind = plainKind
		e.dates = dateWide
		e.lossy = o.Lossy
		e.nonFinite = o.nonFinite()
	}
	e.spelling = &spellings[o.Spacing][kind]
	e.doubles = o.Doubles
	e.location = o.Location
	e.uuids = o.UUIDRepresentation
	e.uuid = -1
	e.hyphens = true
	if kind == shellKind || kind == plainKind || o.UUIDs != UUIDBinary {
		e.uuid = int(o.UUIDRepresentation.Subtype())
		e.hyphens = o.UUIDs != UUIDDigits || kind == shellKind || kind == plainKind
	}
}

// nonFinite returns the policy of Plain text, which is not NonFiniteDefault.
func (o *EncodeOptions) nonFinite() NonFinitePolicy {
	switch {
	case o.NonFinite != NonFiniteDefault:
		return o.NonFinite
	case o.Lossy:
		return NonFiniteNull
	}
	return NonFiniteReject
}

// plainNaN is the NaN that is read from the text "NaN".
const plainNaN = 0x7FF8000000000000

func (e *encoder) double(dst []byte, f float64) []byte {
	u := math.Float64bits(f)
	switch {
	case u&^(1<<63) < 0x7FF<<52: // finite
		if e.doubles != PlainDoubles {
			return e.spelledDouble(dst, f)
		}
		if e.bareDouble {
			return numtext.AppendDouble(dst, f)
		}
		w := &e.spelling.double
		return w.tail.put(room(numtext.AppendDouble(w.lead.put(room(dst)), f)))
	case e.nonFinite == NonFiniteReject:
		e.c.Fail(ErrPlain)
		return dst
	case e.exact && f != f && u != plainNaN:
		e.c.Fail(ErrLossy)
		return dst
	case e.nonFinite == NonFiniteText:
		return append(dst, nonFiniteText(f)...)
	case f > 0:
		return append(dst, e.spelling.infinity...)
	case f < 0:
		return append(dst, e.spelling.negative...)
	}
	return append(dst, e.spelling.nan...)
}

// nonFiniteText returns f, which is not finite, as NonFiniteText spells it.
func nonFiniteText(f float64) string {
	switch {
	case f > 0:
		return `"Infinity"`
	case f < 0:
		return `"-Infinity"`
	}
	return `"NaN"`
}

// spelledDouble writes a finite double in the spelling of another program.
func (e *encoder) spelledDouble(dst []byte, f float64) []byte {
	spell := numtext.AppendDoubleDriver
	if e.doubles == PythonDoubles {
		spell = numtext.AppendDoublePython
	}
	if e.bareDouble {
		return spell(dst, f)
	}
	w := &e.spelling.double
	return w.tail.put(room(spell(w.lead.put(room(dst)), f)))
}

func (e *encoder) decimal(dst []byte, d decimal128.Decimal) []byte {
	w := &e.spelling.decimal
	if e.exact && !d.HasExactText() {
		e.c.Fail(ErrLossy)
	}
	return w.tail.put(room(d.Append(w.lead.put(room(dst)))))
}

// date writes ms as text, as a wrapped int64 or as a number.
func (e *encoder) date(dst []byte, ms int64) []byte {
	f := e.spelling
	dst = room(dst)
	switch e.dates {
	case dateText:
		if dateInRange(ms) {
			break
		}
		fallthrough
	case dateLong:
		return f.dateLong.tail.put(numtext.AppendInt(f.dateLong.lead.put(dst), ms))
	case dateWide:
		if ms >= minTextDate && ms <= maxRelaxedDate {
			break
		}
		if e.mode == Plain && !e.lossy {
			e.c.Fail(ErrPlain)
			return dst
		}
		fallthrough
	case dateNumber:
		return f.dateNumber.tail.put(numtext.AppendInt(f.dateNumber.lead.put(dst), ms))
	}
	dst = f.date.lead.put(dst)
	if e.location != nil {
		dst = e.zonedDate(dst, ms)
	} else {
		dst = appendDate(dst, ms)
	}
	return f.date.tail.put(room(dst))
}

// zonedDate writes ms as text in the time zone e.location, or in UTC if the
// year does not have four digits in that zone.
func (e *encoder) zonedDate(dst []byte, ms int64) []byte {
	_, offset := time.UnixMilli(ms).In(e.location).Zone()
	minutes := int64(math.Floor(float64(offset)/60 + 0.5))
	local := ms + minutes*60_000
	if minutes == 0 || local < minTextDate || local > maxRelaxedDate {
		return appendDate(dst, ms)
	}
	dst = appendDate(dst, local)
	sign := byte('+')
	if minutes < 0 {
		sign, minutes = '-', -minutes
	}
	h, m := minutes/60, minutes%60
	dst = append(dst[:len(dst)-1], sign, byte('0'+h/10), byte('0'+h%10))
	if e.mode != Legacy {
		dst = append(dst, ':')
	}
	return append(dst, byte('0'+m/10), byte('0'+m%10))
}

func (e *encoder) binary(dst []byte) []byte {
	subtype, data := e.c.Binary()
	f := e.spelling
	dst = room(dst)
	if int(subtype) == e.uuid && len(data) == 16 {
		u, _ := bson.Binary{Subtype: subtype, Data: data}.UUID(e.uuids) // it is one
		dst = f.uuid.lead.put(dst)
		if e.hyphens {
			dst = u.Append(dst)
		} else {
			dst = hex.AppendEncode(dst, u[:])
		}
		return f.uuid.tail.put(dst)
	}
	dst = f.binary.put(dst)
	switch e.mode {
	case Shell:
		dst = f.subtype.put(numtext.AppendInt(dst, int64(subtype)))
		dst = e.base64(dst, data)
	case Plain:
		dst = e.base64(dst, data)
	default:
		dst = f.subtype.put(room(e.base64(dst, data)))
		dst = append(dst, lowerHex[subtype>>4], lowerHex[subtype&15])
	}
	return f.binaryEnd.put(room(dst))
}

// rareValue is value for the types that few documents have.
func (e *encoder) rareValue(dst []byte) []byte {
	c, f := &e.c, e.spelling
	if e.mode == Plain && !e.lossy {
		switch c.Type() {
		case bsoncore.TypeRegex, bsoncore.TypeCode, bsoncore.TypeCodeWithScope, bsoncore.TypeMinKey, bsoncore.TypeMaxKey:
			c.Fail(ErrPlain)
			return dst
		}
	}
	switch c.Type() {
	case bsoncore.TypeTimestamp:
		t, i := c.Timestamp()
		dst = append(dst, f.timestamp[0]...)
		dst = numtext.AppendInt(dst, int64(t))
		dst = append(dst, f.timestamp[1]...)
		return append(numtext.AppendInt(dst, int64(i)), f.timestamp[2]...)
	case bsoncore.TypeRegex:
		return e.regex(dst)
	case bsoncore.TypeCode:
		dst = append(dst, f.code[0]...)
		return append(e.text(dst, c.ValueOffset()+4, c.Text()), f.code[1]...)
	case bsoncore.TypeSymbol:
		dst = append(dst, f.symbol[0]...)
		return append(e.text(dst, c.ValueOffset()+4, c.Text()), f.symbol[1]...)
	case bsoncore.TypeCodeWithScope:
		return e.codeWithScope(dst)
	case bsoncore.TypeDBPointer:
		namespace, id := c.DBPointer()
		dst = append(dst, f.pointer[0]...)
		dst = e.text(dst, c.ValueOffset()+4, namespace)
		dst = append(dst, f.pointer[1]...)
		dst = f.oid.tail.put(id.Append(f.oid.lead.put(room(dst))))
		return append(dst, f.pointer[2]...)
	case bsoncore.TypeUndefined:
		return append(dst, f.undefined...)
	case bsoncore.TypeMinKey:
		return append(dst, f.minKey...)
	case bsoncore.TypeMaxKey:
		return append(dst, f.maxKey...)
	}
	panic("BUG: extjson: value of type " + c.Type().String())
}

func (e *encoder) codeWithScope(dst []byte) []byte {
	code, _ := e.c.CodeWithScope()
	off := e.c.ValueOffset() + 8
	if e.mode == Plain {
		return e.text(dst, off, code)
	}
	dst = append(dst, e.spelling.scope[0]...)
	dst = e.text(dst, off, code)
	dst = append(dst, e.spelling.scope[1]...)
	if e.c.Enter() {
		dst = e.document(dst, scopeDocument)
		e.c.Leave()
	}
	return append(dst, e.spelling.scope[2]...)
}

// regex writes the letters of the options in order, as the specification
// requires.
func (e *encoder) regex(dst []byte) []byte {
	pattern, options := e.c.Regex()
	at := e.c.ValueOffset()
	off := at + len(pattern) + 1
	// Invalid UTF-8 stays unchanged, so that the offset of the fault is right.
	if !slices.IsSorted(options) && (e.replace || bsoncore.IndexInvalidUTF8(options) < 0) {
		sorted := sortedOptions(options)
		if e.exact && string(sorted) != string(options) {
			e.c.Fail(ErrLossy)
		}
		options = sorted
	}
	switch {
	case e.mode == Plain:
		return e.plainRegex(dst, at, pattern, options)
	case e.mode == Shell && e.isLiteral(pattern, options):
		dst = append(e.raw(append(dst, '/'), pattern), '/')
		return append(dst, options...)
	}
	f := &e.spelling.regex
	dst = e.text(append(dst, f[0]...), at, pattern)
	dst = e.text(append(dst, f[1]...), off, options)
	return append(dst, f[2]...)
}

// isLiteral reports whether a regex is written as /pattern/options, which has no
// escapes.
func (e *encoder) isLiteral(pattern, options []byte) bool {
	if e.ascii || e.html || e.controls && bytes.ContainsFunc(pattern, isControl) {
		return false
	}
	return shelltext.IsLiteralRegex(pattern, options)
}

// plainRegex writes /pattern/options as a string.
func (e *encoder) plainRegex(dst []byte, at int, pattern, options []byte) []byte {
	source := make([]byte, 0, len(pattern)+len(options)+2)
	source = append(append(append(source, '/'), pattern...), '/')
	source = append(source, options...)
	dst, bad := e.quote(dst, source)
	if bad >= 0 {
		e.c.Malformed(at+bad-1, bsoncore.ErrUTF8)
	}
	return dst
}

// sortedOptions returns the characters of regex options in order. Bytes that
// are not UTF-8 become U+FFFD.
func sortedOptions(options []byte) []byte {
	letters := []rune(string(options))
	slices.Sort(letters)
	return []byte(string(letters))
}
