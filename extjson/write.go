package extjson

import (
	"slices"
	"time"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/internal/portion"
	"github.com/bsonkit/bsonkit/internal/scratch"
)

// This file turns BSON into text, straight from the cursor.
//
//   - document and array write containers and call each other through value.
//   - value is the one dispatch on the type of an element. It writes types
//     whose modes differ only in spelling (spelling.go); write_value.go writes the others.
//   - write_members.go has spacing, indentation, order and MaxLen.
//   - quote (write_string.go), appendDate, appendBase64 and package numtext write the
//     scalars.
//
// Faults are recorded in the cursor, which then stops, so that every loop here
// ends.

// AppendJSON appends doc to dst as relaxed Extended JSON and returns the longer
// slice. doc is one whole document, length prefix to final NUL; it is not kept.
// dst may be nil and must not overlap doc; all of its spare capacity may be
// overwritten. The text onto a nil dst is one allocation. It has no spare capacity
// up to 4 MiB: it is made in a buffer and copied. A longer text is made in its own
// memory, whose size is a guess; a wrong guess costs a further allocation.
//
// On failure dst comes back at its old length. The error is a *bson.SyntaxError if
// doc is malformed, and a *bson.ValueError if it is well formed but has no faithful
// text; Offset counts bytes from the start of doc.
// Source: Extended JSON v2, "Conversion table".
func AppendJSON(dst, doc []byte) ([]byte, error) { return EncodeOptions{}.AppendJSON(dst, doc) }

// AppendJSON appends doc to dst with the options o, otherwise like the function
// AppendJSON does.
func (o EncodeOptions) AppendJSON(dst, doc []byte) ([]byte, error) {
	if err := o.check(); err != nil {
		return dst, err
	}
	var e encoder
	e.init(&o)
	return e.appendTo(dst, 0, doc)
}

// AppendJSONValue appends a value that is not in a document to dst as relaxed
// Extended JSON and returns the longer slice. data is the bytes that follow the
// key in an element of type t; it is not kept and must not overlap dst. Errors
// are those of AppendJSON, with offsets from the start of data. A document is
// not at the top level here: it must not have special keys, because
// AppendBSONValue would read it as a wrapper.
func AppendJSONValue(dst []byte, t bson.Type, data []byte) ([]byte, error) {
	return EncodeOptions{}.AppendJSONValue(dst, t, data)
}

// AppendJSONValue appends a value to dst with the options o, otherwise like the
// function AppendJSONValue does.
func (o EncodeOptions) AppendJSONValue(dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if err := o.check(); err != nil {
		return dst, err
	}
	var e encoder
	e.init(&o)
	return e.appendTo(dst, t, data)
}

// An encoder writes one document at a time. Its options are those of
// EncodeOptions, as flags.
type encoder struct {
	c        bsoncore.Cursor
	spelling *spelling // of the mode and spacing

	bareInt32  bool // int32 has no wrapper
	bareInt64  bool // int64 has none
	semi       bool // int64 has none within ±2⁵³
	bareDouble bool // finite doubles have none
	doubles    DoubleSpelling
	mode       Mode
	dates      dateStyle
	uuid       int             // subtype of the binaries that are spelled as UUIDs, or -1
	hyphens    bool            // in UUIDs
	lossy      bool            // plain text may lose what it cannot say
	nonFinite  NonFinitePolicy // of plain text; NonFiniteDefault: all others
	location   *time.Location
	uuids      bson.UUIDRepresentation

	ascii     bool
	html      bool
	lines     bool            // U+2028 and U+2029 are escaped
	controls  bool            // the characters of isControl are escaped
	escaping  bool            // one of these: every string goes through escape
	replace   bool            // bytes that are not UTF-8 become U+FFFD
	exact     bool            // what the text cannot keep is refused
	regexes   bool            // $regex is special where a legacy reader reads a regex
	ambiguous AmbiguityPolicy // about special keys in data
	maxDepth  int
	most      int             // bytes of text, see MaxTextSize; 0: no limit
	portions  *portion.Writer // where text is handed on; nil: it stays in dst

	level        int // members that are open around the current one
	start        int // length of dst at the start of the text
	from         int // offset in data of the value whose text it is
	all          int // bytes of data that the text is about
	memberLayout     // of text that is not compact
}

func (e *encoder) init(o *EncodeOptions) {
	e.initValues(o)
	e.initLayout(o)
	e.ascii = o.ASCII
	e.html = o.EscapeHTML
	e.lines = o.EscapeHTML || o.EscapeLines
	e.controls = o.EscapeControls
	e.escaping = o.ASCII || e.lines || o.EscapeControls
	e.replace = o.InvalidUTF8 == bson.UTF8Replace
	e.ambiguous = o.AmbiguousKeys
	if o.Mode == Plain {
		e.ambiguous = AsIs
	}
	e.regexes = o.Mode == Legacy || e.ambiguous == Escape
	e.exact = o.RejectLossy
	e.maxDepth = o.MaxDepth
	if o.MaxTextSize > 0 && o.MaxTextSize <= maxMaxText && o.MaxLen <= 0 {
		e.most = o.MaxTextSize
	}
}

// appendTo is append for a dst of the caller, which is allocated at most once. With
// MaxTextSize dst grows, because the place of the fault is that at which it cannot.
func (e *encoder) appendTo(dst []byte, t bsoncore.Type, data []byte) ([]byte, error) {
	if e.most == 0 && scratch.Full(dst) {
		return scratch.Append(dst, func(dst []byte) ([]byte, error) { return e.append(dst, t, data) })
	}
	return e.append(dst, t, data)
}

// append appends the text of data, which is a document if t is 0. On error it
// appends nothing.
func (e *encoder) append(dst []byte, t bsoncore.Type, data []byte) ([]byte, error) {
	all := dst
	data = data[:len(data):len(data)] // quote reads past the end of strings, but not what lies behind
	dst = e.once(e.bounded(dst), t, data)
	if e.cut {
		// The text does not fit: write it again, with room for the mark.
		e.marking = true
		dst = e.once(dst[:len(all)], t, data)
		e.marking = false
	}
	return e.end(dst, all)
}

// begin begins a text at the end of dst.
func (e *encoder) begin(dst []byte) []byte {
	e.level, e.start, e.cut = 0, len(dst), false
	e.members = e.members[:0]
	return dst
}

// end ends a text, which begins at the end of all.
func (e *encoder) end(dst, all []byte) ([]byte, error) {
	if e.most == 0 && !e.c.Failed() {
		return dst, nil
	}
	err := e.tooLong(dst)
	if err != nil {
		dst = dst[:min(len(all), len(dst))]
	}
	return unbounded(dst, all), err
}

func (e *encoder) once(dst []byte, t bsoncore.Type, data []byte) []byte {
	dst, e.data = e.begin(dst), data
	e.from, e.all = 0, len(data)
	if t != 0 {
		if e.c.ResetValue(t, data, e.maxDepth) {
			dst = e.alone(dst)
		}
		return dst
	}
	e.c.Reset(data, e.maxDepth)
	return e.document(dst, topDocument)
}

// document writes the members of the document that the cursor has entered. A
// comma follows each, and the last comma becomes the brace. The comma, not the
// length of dst, tells whether there is a member, because earlier text may have
// been handed on.
func (e *encoder) document(dst []byte, where setting) []byte {
	if e.custom {
		dst = append(dst, e.spelling.open...)
	} else {
		dst = append(dst, '{')
	}
	e.level++
	var o order
	if e.sortKeys {
		o = e.sortMembers()
	}
	for {
		if e.sortKeys {
			if !e.goTo(&o) {
				break
			}
		} else if !e.c.Next() {
			break
		}
		from := len(dst)
		if e.custom {
			if e.max > 0 && e.hopeless(dst, len(e.c.Key())) {
				dst = e.cutOff(dst, e.spelling.marker)
				break
			}
			dst = e.newline(dst)
		}
		key := e.c.Key()
		var bad int
		if len(key) > 0 && key[0] == '$' && e.isSpecial(key, where) {
			if e.ambiguous == Reject {
				e.c.Fail(ErrAmbiguous)
				break
			}
			dst, bad = e.escapedKey(dst, key)
		} else {
			dst, bad = e.quote(dst, key)
		}
		if bad >= 0 {
			e.c.Malformed(e.c.Offset()+1+bad, bsoncore.ErrUTF8)
			break
		}
		if e.custom {
			dst = append(dst, e.colon...)
			dst = append(e.value(dst), e.comma...)
			if e.max > 0 {
				if dst = e.fit(dst, from, e.spelling.marker); e.cut {
					break
				}
			}
			continue
		}
		dst = append(dst, ':')
		dst = append(e.value(dst), ',')
	}
	if e.custom {
		e.members = e.members[:o.from]
		return e.closeDocument(dst, where)
	}
	e.level--
	if last := len(dst) - 1; dst[last] == ',' {
		dst[last] = '}'
		return dst
	}
	return append(dst, '}')
}

// isSpecial reports whether key, which begins with $, is special in a document at
// that place: it is rejected or escaped.
func (e *encoder) isSpecial(key []byte, where setting) bool {
	return e.ambiguous != AsIs && (isAmbiguous(key, where) || e.ambiguous == Escape && isEscaped(key))
}

// escapedKey writes key, which begins with $, with a further $ in front.
func (e *encoder) escapedKey(dst, key []byte) ([]byte, int) {
	return e.quoteAfter(append(dst, '"'), '$', key)
}

// array writes the elements of the array that the cursor has entered.
func (e *encoder) array(dst []byte) []byte {
	if e.custom {
		dst = append(dst, e.spelling.openArray...)
	} else {
		dst = append(dst, '[')
	}
	e.level++
	for i := 0; e.c.Next(); i++ {
		if !e.c.KeyIsASCII() && !e.replace {
			// Keys of arrays are not written, but they are checked: a converted
			// document is valid.
			if bad := bsoncore.IndexInvalidUTF8(e.c.Key()); bad >= 0 {
				e.c.Malformed(e.c.Offset()+1+bad, bsoncore.ErrUTF8)
				break
			}
		}
		if e.exact && !isIndex(e.c.Key(), i) {
			e.c.Fail(ErrLossy)
			break
		}
		if cap(dst)-len(dst) < 2*valueRoom {
			dst = e.grow(dst, 2*valueRoom, 0)
		}
		if !e.custom {
			dst = append(e.value(dst), ',')
			continue
		}
		from := len(dst)
		if e.max > 0 && e.hopeless(dst, 0) {
			dst = e.cutOff(dst, e.spelling.markerElement)
			break
		}
		dst = append(e.value(e.newline(dst)), e.comma...)
		if e.max > 0 {
			if dst = e.fit(dst, from, e.spelling.markerElement); e.cut {
				break
			}
		}
	}
	if e.custom {
		return e.closeArray(dst)
	}
	e.level--
	if last := len(dst) - 1; dst[last] == ',' {
		dst[last] = ']'
		return dst
	}
	return append(dst, ']')
}

// value writes the current element's value.
func (e *encoder) value(dst []byte) []byte {
	c := &e.c
	switch c.Type() {
	case bsoncore.TypeString:
		return e.text(dst, c.ValueOffset()+4, c.Text())
	case bsoncore.TypeDocument:
		where := innerDocument
		if e.regexes && isLegacyRegex(c.Data()) {
			where = regexDocument
		}
		if c.Enter() {
			dst = e.document(dst, where)
			c.Leave()
		}
		return dst
	case bsoncore.TypeArray:
		if c.Enter() {
			dst = e.array(dst)
			c.Leave()
		}
		return dst
	case bsoncore.TypeInt32:
		if e.bareInt32 {
			return numtext.AppendInt(dst, int64(c.Int32()))
		}
		f := &e.spelling.int32
		return f.tail.put(numtext.AppendInt(f.lead.put(room(dst)), int64(c.Int32())))
	case bsoncore.TypeInt64:
		v := c.Int64()
		if e.bareInt64 || e.semi && uint64(v+maxSafe) <= 2*maxSafe {
			return numtext.AppendInt(dst, v)
		}
		f := &e.spelling.int64
		return f.tail.put(numtext.AppendInt(f.lead.put(room(dst)), v))
	case bsoncore.TypeDouble:
		return e.double(dst, c.Double())
	case bsoncore.TypeDateTime:
		return e.date(dst, c.DateTime())
	case bsoncore.TypeObjectID:
		f := &e.spelling.oid
		return f.tail.put(c.ObjectID().Append(f.lead.put(room(dst))))
	case bsoncore.TypeBoolean:
		if c.Boolean() {
			return append(dst, `true`...)
		}
		return append(dst, `false`...)
	case bsoncore.TypeNull:
		return append(dst, `null`...)
	case bsoncore.TypeDecimal128:
		return e.decimal(dst, c.Decimal128())
	case bsoncore.TypeBinary:
		return e.binary(dst)
	}
	return e.rareValue(dst)
}

// valueRoom is enough, in bytes, for every value of fixed length with its
// blocks. Blocks are stored as whole words, past their end.
const valueRoom = 128

// room returns dst with capacity for valueRoom bytes more.
func room(dst []byte) []byte {
	if cap(dst)-len(dst) < valueRoom {
		return growCold(dst, valueRoom)
	}
	return dst
}

// growCold is slices.Grow for rare cases. It is not inlined, to keep its
// callers small.
//
//go:noinline
func growCold(dst []byte, n int) []byte {
	return slices.Grow(dst, n)
}

// maxSafe is the largest n for which JavaScript represents all integers up to
// n.
const maxSafe = 1 << 53

// text writes s, which stands at offset off of the document, as a string.
func (e *encoder) text(dst []byte, off int, s []byte) []byte {
	dst, bad := e.quote(dst, s)
	if bad >= 0 {
		e.c.Malformed(off+bad, bsoncore.ErrUTF8)
	}
	return dst
}

// isIndex reports whether key is i in decimal.
func isIndex(key []byte, i int) bool {
	if i < 10 {
		return len(key) == 1 && int(key[0]-'0') == i
	}
	var digits [numtext.IntRoom]byte
	return string(numtext.AppendInt(digits[:0], int64(i))) == string(key)
}
