package extjson

import (
	"math"
	"slices"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file turns BSON into text, straight from the cursor.
//
//   - document and array write containers and call each other through value.
//   - value is the one dispatch on the type of an element; each case writes
//     the whole text of the value.
//   - quote (string.go), appendInteger, appendDouble, appendDate and
//     appendBase64 write the scalars.
//
// Faults are recorded in the cursor, which then moves no more, so that every
// loop here ends by itself.

// AppendJSON appends doc to dst as relaxed Extended JSON and returns the
// longer slice. doc is one whole document, length prefix to final NUL; it is
// not kept. dst may be nil and must not overlap doc; all of its spare capacity
// may be overwritten. On failure dst comes back at its old length, with a
// *bson.SyntaxError where doc is malformed and a *bson.ValueError where it is
// not but has no faithful text; their Offset counts bytes from the start of
// doc. Source: Extended JSON v2, "Conversion table".
func AppendJSON(dst, doc []byte) ([]byte, error) { return EncodeOptions{}.AppendJSON(dst, doc) }

// AppendJSON appends doc to dst as o says, otherwise as the function
// AppendJSON does.
func (o EncodeOptions) AppendJSON(dst, doc []byte) ([]byte, error) {
	var e encoder
	e.init(&o)
	return e.append(dst, doc)
}

// An encoder writes one document at a time. Its options are those of
// EncodeOptions, as flags.
type encoder struct {
	c bson.Cursor

	canonical bool
	ascii     bool
	html      bool
	escaping  bool // ascii or html: every string goes through escape
	replace   bool // bytes that are not UTF-8 become U+FFFD
	asIs      bool // special keys in data are written
	exact     bool // what the text cannot keep is refused
	indent    string
	maxDepth  int
	level     int // members that are open around the current one
}

func (e *encoder) init(o *EncodeOptions) {
	e.canonical = o.Mode == Canonical
	e.ascii = o.ASCII
	e.html = o.EscapeHTML
	e.escaping = o.ASCII || o.EscapeHTML
	e.replace = o.InvalidUTF8 == bson.UTF8Replace
	e.asIs = o.AmbiguousKeys == AsIs
	e.exact = o.RejectLossy
	e.indent = o.Indent
	e.maxDepth = o.MaxDepth
}

// append appends the text of doc, or nothing and returns why.
func (e *encoder) append(dst, doc []byte) ([]byte, error) {
	n := len(dst)
	e.level = 0
	// quote reads past the end of strings, but not what lies behind doc.
	e.c.Reset(doc[:len(doc):len(doc)], e.maxDepth)
	dst = e.document(dst, true)
	if err := e.c.Err(); err != nil {
		return dst[:n], err
	}
	return dst, nil
}

// document writes the members of the document that the cursor has entered.
// Each is followed by a comma, and the last comma becomes the brace. top says
// that special keys have no meaning here.
func (e *encoder) document(dst []byte, top bool) []byte {
	dst = append(dst, '{')
	n := len(dst)
	e.level++
	for e.c.Next() {
		if e.indent != "" {
			dst = e.newline(dst)
		}
		key := e.c.Key()
		if len(key) > 0 && key[0] == '$' && !top && !e.asIs && lookupSpecial(key) != notSpecial {
			e.c.Fail(ErrAmbiguous)
			break
		}
		var bad int
		if dst, bad = e.quote(dst, key); bad >= 0 {
			e.c.Malformed(e.c.Offset()+1+bad, bson.ErrUTF8)
			break
		}
		dst = append(dst, ':')
		if e.indent != "" {
			dst = append(dst, ' ')
		}
		dst = append(e.value(dst), ',')
	}
	return e.closing(dst, n, '}')
}

// array writes the elements of the array that the cursor has entered.
func (e *encoder) array(dst []byte) []byte {
	dst = append(dst, '[')
	n := len(dst)
	e.level++
	for i := 0; e.c.Next(); i++ {
		if e.indent != "" {
			dst = e.newline(dst)
		}
		if !e.c.KeyIsASCII() && !e.replace {
			// Keys of arrays are not written, but what converts is valid.
			if bad := bson.IndexInvalidUTF8(e.c.Key()); bad >= 0 {
				e.c.Malformed(e.c.Offset()+1+bad, bson.ErrUTF8)
				break
			}
		}
		if e.exact && !isIndex(e.c.Key(), i) {
			e.c.Fail(ErrLossy)
			break
		}
		dst = append(e.value(dst), ',')
	}
	return e.closing(dst, n, ']')
}

// closing puts the bracket in place of the comma that follows the last of
// the members written since dst was n bytes long.
func (e *encoder) closing(dst []byte, n int, bracket byte) []byte {
	e.level--
	if len(dst) == n {
		return append(dst, bracket)
	}
	if e.indent != "" {
		return append(e.newline(dst[:len(dst)-1]), bracket)
	}
	dst[len(dst)-1] = bracket
	return dst
}

func (e *encoder) newline(dst []byte) []byte {
	dst = append(dst, '\n')
	for range e.level {
		dst = append(dst, e.indent...)
	}
	return dst
}

// value writes the current element's value.
func (e *encoder) value(dst []byte) []byte {
	c := &e.c
	switch c.Type() {
	case bson.TypeString:
		return e.text(dst, c.ValueOffset()+4, c.Text())
	case bson.TypeDocument:
		if c.Enter() {
			dst = e.document(dst, false)
			c.Leave()
		}
		return dst
	case bson.TypeArray:
		if c.Enter() {
			dst = e.array(dst)
			c.Leave()
		}
		return dst
	case bson.TypeInt32:
		if !e.canonical {
			return appendInteger(dst, int64(c.Int32()))
		}
		dst = append(dst, `{"$numberInt":"`...)
		return append(appendInteger(dst, int64(c.Int32())), `"}`...)
	case bson.TypeInt64:
		if !e.canonical {
			return appendInteger(dst, c.Int64())
		}
		return appendLong(dst, c.Int64())
	case bson.TypeDouble:
		return e.double(dst, c.Double())
	case bson.TypeDateTime:
		if ms := c.DateTime(); !e.canonical && dateInRange(ms) {
			dst = append(dst, `{"$date":"`...)
			return append(appendDate(dst, ms), `"}`...)
		}
		dst = append(dst, `{"$date":`...)
		return append(appendLong(dst, c.DateTime()), '}')
	case bson.TypeObjectID:
		return appendOID(dst, c.ObjectID())
	case bson.TypeBoolean:
		if c.Boolean() {
			return append(dst, `true`...)
		}
		return append(dst, `false`...)
	case bson.TypeNull:
		return append(dst, `null`...)
	case bson.TypeDecimal128:
		return e.decimal(dst, c.Decimal128())
	case bson.TypeBinary:
		return appendBinary(dst, c)
	}
	return e.rareValue(dst)
}

// rareValue is value for the types that few documents have.
func (e *encoder) rareValue(dst []byte) []byte {
	c := &e.c
	switch c.Type() {
	case bson.TypeTimestamp:
		t, i := c.Timestamp()
		dst = append(dst, `{"$timestamp":{"t":`...)
		dst = appendInteger(dst, int64(t))
		dst = append(dst, `,"i":`...)
		return append(appendInteger(dst, int64(i)), `}}`...)
	case bson.TypeRegex:
		return e.regex(dst)
	case bson.TypeCode:
		dst = append(dst, `{"$code":`...)
		return append(e.text(dst, c.ValueOffset()+4, c.Text()), '}')
	case bson.TypeSymbol:
		dst = append(dst, `{"$symbol":`...)
		return append(e.text(dst, c.ValueOffset()+4, c.Text()), '}')
	case bson.TypeCodeWithScope:
		code, _ := c.CodeWithScope()
		dst = append(dst, `{"$code":`...)
		dst = e.text(dst, c.ValueOffset()+8, code)
		dst = append(dst, `,"$scope":`...)
		if c.Enter() {
			dst = e.document(dst, false)
			c.Leave()
		}
		return append(dst, '}')
	case bson.TypeDBPointer:
		namespace, id := c.DBPointer()
		dst = append(dst, `{"$dbPointer":{"$ref":`...)
		dst = e.text(dst, c.ValueOffset()+4, namespace)
		dst = append(dst, `,"$id":`...)
		return append(appendOID(dst, id), `}}`...)
	case bson.TypeUndefined:
		return append(dst, `{"$undefined":true}`...)
	case bson.TypeMinKey:
		return append(dst, `{"$minKey":1}`...)
	case bson.TypeMaxKey:
		return append(dst, `{"$maxKey":1}`...)
	}
	panic("BUG: extjson: value of type " + c.Type().String())
}

// text writes s, which stands at offset off of the document, as a string.
func (e *encoder) text(dst []byte, off int, s []byte) []byte {
	dst, bad := e.quote(dst, s)
	if bad >= 0 {
		e.c.Malformed(off+bad, bson.ErrUTF8)
	}
	return dst
}

// plainNaN is the NaN that the text "NaN" gives back.
const plainNaN = 0x7FF8000000000000

func (e *encoder) double(dst []byte, f float64) []byte {
	u := math.Float64bits(f)
	switch {
	case u&^(1<<63) < 0x7FF<<52: // finite
		if !e.canonical {
			return appendDouble(dst, f)
		}
		dst = append(dst, `{"$numberDouble":"`...)
		return append(appendDouble(dst, f), `"}`...)
	case f > 0:
		return append(dst, `{"$numberDouble":"Infinity"}`...)
	case f < 0:
		return append(dst, `{"$numberDouble":"-Infinity"}`...)
	}
	if e.exact && u != plainNaN {
		e.c.Fail(ErrLossy)
	}
	return append(dst, `{"$numberDouble":"NaN"}`...)
}

func (e *encoder) decimal(dst []byte, d decimal128.Decimal) []byte {
	dst = append(dst, `{"$numberDecimal":"`...)
	if e.exact && !d.HasExactText() {
		e.c.Fail(ErrLossy)
	}
	dst = d.Append(dst)
	return append(dst, `"}`...)
}

// regex writes the options with their letters in order, as the
// specification wants.
func (e *encoder) regex(dst []byte) []byte {
	pattern, options := e.c.Regex()
	dst = append(dst, `{"$regularExpression":{"pattern":`...)
	dst = e.text(dst, e.c.ValueOffset(), pattern)
	dst = append(dst, `,"options":`...)
	off := e.c.ValueOffset() + len(pattern) + 1
	// What is not UTF-8 stays as it is, so that the fault's offset is true.
	if !slices.IsSorted(options) && (e.replace || bson.IndexInvalidUTF8(options) < 0) {
		sorted := sortedOptions(options)
		if e.exact && string(sorted) != string(options) {
			e.c.Fail(ErrLossy)
		}
		options = sorted
	}
	dst = e.text(dst, off, options)
	return append(dst, `}}`...)
}

// sortedOptions returns the characters of regex options in order. Bytes that
// are not UTF-8 become U+FFFD.
func sortedOptions(options []byte) []byte {
	letters := []rune(string(options))
	slices.Sort(letters)
	return []byte(string(letters))
}

func appendLong(dst []byte, v int64) []byte {
	dst = append(dst, `{"$numberLong":"`...)
	return append(appendInteger(dst, v), `"}`...)
}

func appendOID(dst []byte, id objectid.ID) []byte {
	dst = append(dst, `{"$oid":"`...)
	return append(id.Append(dst), `"}`...)
}

func appendBinary(dst []byte, c *bson.Cursor) []byte {
	subtype, data := c.Binary()
	dst = append(dst, `{"$binary":{"base64":"`...)
	dst = appendBase64(dst, data)
	dst = append(dst, `","subType":"`...)
	return append(dst, lowerHex[subtype>>4], lowerHex[subtype&15], '"', '}', '}')
}

// isIndex reports whether key is i in decimal.
func isIndex(key []byte, i int) bool {
	var digits [integerRoom]byte
	return string(appendInteger(digits[:0], int64(i))) == string(key)
}
