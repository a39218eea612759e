package bson

import (
	"bytes"
	"iter"
	"time"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file looks into documents without decoding them. The Cursor decides
// where everything is; nothing here counts bytes.
//
//   - Raw is a whole document: Lookup, All, Validate, Equal.
//   - RawValue is one value, with a getter for each type.

// Raw is one whole document, length prefix to final NUL. Nothing vouches for
// the bytes: every method stands whatever they are.
type Raw []byte

// RawValue is a value that is not decoded: its type and the bytes that
// follow the key. The zero RawValue stands for no value. Nothing vouches for
// the bytes: every method stands whatever they are.
type RawValue struct {
	Type  Type
	Value []byte
}

// Validate is ValidateOptions{}.Validate: it looks at every byte of r, nested
// containers included.
func (r Raw) Validate() error { return Validate(r) }

// Equal reports whether r and other have the same bytes. Documents that
// differ in the order of their keys, or in the width of a number, are not
// equal; a NaN is equal to a NaN of the same bits.
func (r Raw) Equal(other Raw) bool { return bytes.Equal(r, other) }

// Lookup returns the value that LookupErr finds, or the zero RawValue. It
// does not allocate.
func (r Raw) Lookup(path ...string) RawValue {
	var c Cursor
	c.Reset(r, 0)
	if c.find(path) < len(path) || c.code != codeOK {
		return RawValue{}
	}
	return c.found(path)
}

// LookupErr returns the value at path: a key of r, then a key of what is
// found there, and so on. It goes into documents, arrays, whose keys are "0",
// "1", …, and the scopes of code with scope. Of a key that occurs twice the
// first counts. Without a path it is r itself. The value aliases r.
//
// Where nothing is at path the zero RawValue is returned and a *ValueError
// that matches ErrNotFound: its Pointer is path up to the key that is
// missing, its Offset where the search ended. Bytes that are malformed
// before that give a *SyntaxError; those behind the value are not looked at.
func (r Raw) LookupErr(path ...string) (RawValue, error) {
	var c Cursor
	c.Reset(r, 0)
	n := c.find(path)
	if err := c.Err(); err != nil {
		return RawValue{}, err
	}
	if n < len(path) {
		var pointer []byte
		for _, key := range path[:n+1] {
			pointer = AppendPointer(pointer, []byte(key))
		}
		return RawValue{}, &ValueError{int64(c.off), string(pointer), ErrNotFound}
	}
	return c.found(path), nil
}

// find moves from the start of the document to the element at path and
// returns how many of the keys it met: all of them, if it is there.
func (c *Cursor) find(path []string) int {
	for i, key := range path {
		if i > 0 && !(c.holdsDocument() && c.Enter()) {
			return i
		}
		for {
			if !c.Next() {
				return i
			}
			if string(c.Key()) == key {
				break
			}
		}
	}
	return len(path)
}

// found returns the value that find moved to.
func (c *Cursor) found(path []string) RawValue {
	if len(path) == 0 {
		return RawValue{TypeDocument, c.src}
	}
	return c.rawValue()
}

// holdsDocument reports whether Enter can open the current element.
func (c *Cursor) holdsDocument() bool {
	l := layouts[c.typ]
	return l == asDocument || l == asCodeWithScope
}

// rawValue returns the current value. Its capacity is its length, so that
// appending to it leaves the document alone.
func (c *Cursor) rawValue() RawValue {
	return RawValue{c.typ, c.src[c.val:c.off:c.off]}
}

// All returns an iterator over the keys and values of r in their order; those
// of nested containers are not visited. The values alias r; the keys are
// copies, not checked to be UTF-8.
//
// If r is malformed, one more pair follows the pairs before the fault: "" and the
// zero RawValue, which no element has. A loop over bytes that were not validated
// checks for it:
//
//	for key, v := range r.All() {
//		if v.IsZero() {
//			return r.Validate()
//		}
//		…
//	}
func (r Raw) All() iter.Seq2[string, RawValue] {
	return func(yield func(string, RawValue) bool) {
		var c Cursor
		c.Reset(r, 0)
		for c.Next() {
			if !yield(string(c.Key()), c.rawValue()) {
				return
			}
		}
		if c.code != codeOK {
			yield("", RawValue{})
		}
	}
}

// IsZero reports whether v is no value at all: the zero RawValue, or one of
// type 0, which is none of BSON's.
func (v RawValue) IsZero() bool { return v.Type == 0 }

// Equal reports whether v and other have the same type and bytes.
func (v RawValue) Equal(other RawValue) bool {
	return v.Type == other.Type && bytes.Equal(v.Value, other.Value)
}

// Validate is ValidateOptions{}.ValidateValue.
func (v RawValue) Validate() error {
	return ValidateOptions{}.ValidateValue(v.Type, v.Value)
}

// open makes c stand on v and reports whether v is a well-formed t.
func (v RawValue) open(c *Cursor, t Type) bool {
	return v.Type == t && c.ResetValue(t, v.Value, 0)
}

// DoubleOK returns the value of a double. Like every getter it returns false
// and zero values if v is of another type or malformed.
func (v RawValue) DoubleOK() (float64, bool) {
	var c Cursor
	if !v.open(&c, TypeDouble) {
		return 0, false
	}
	return c.Double(), true
}

// StringValueOK returns a copy of a string; false if it is not UTF-8.
func (v RawValue) StringValueOK() (string, bool) { return v.textOK(TypeString) }

// DocumentOK returns a document, which aliases v. It is checked on the
// outside only.
func (v RawValue) DocumentOK() (Raw, bool) { return v.containerOK(TypeDocument) }

// ArrayOK returns an array as the document that it is, with the keys "0",
// "1", …. It aliases v and is checked on the outside only.
func (v RawValue) ArrayOK() (Raw, bool) { return v.containerOK(TypeArray) }

// BinaryOK returns the subtype and the bytes of a binary, without the inner
// length that subtype 2 has. The bytes alias v.
func (v RawValue) BinaryOK() (subtype byte, data []byte, ok bool) {
	var c Cursor
	if !v.open(&c, TypeBinary) {
		return 0, nil, false
	}
	subtype, data = c.Binary()
	return subtype, data[:len(data):len(data)], true
}

// ObjectIDOK returns the value of an ObjectId.
func (v RawValue) ObjectIDOK() (objectid.ID, bool) {
	var c Cursor
	if !v.open(&c, TypeObjectID) {
		return objectid.ID{}, false
	}
	return c.ObjectID(), true
}

// BooleanOK returns the value of a boolean.
func (v RawValue) BooleanOK() (value, ok bool) {
	var c Cursor
	if !v.open(&c, TypeBoolean) {
		return false, false
	}
	return c.Boolean(), true
}

// DateTimeOK returns the milliseconds since 1970 UTC of a datetime.
func (v RawValue) DateTimeOK() (ms int64, ok bool) {
	var c Cursor
	if !v.open(&c, TypeDateTime) {
		return 0, false
	}
	return c.DateTime(), true
}

// TimeOK returns a datetime as a time in UTC.
func (v RawValue) TimeOK() (time.Time, bool) {
	ms, ok := v.DateTimeOK()
	if !ok {
		return time.Time{}, false
	}
	return time.UnixMilli(ms).UTC(), true
}

// RegexOK returns copies of a regex's pattern and options, as they are
// stored; false if they are not UTF-8.
func (v RawValue) RegexOK() (pattern, options string, ok bool) {
	var c Cursor
	if !v.open(&c, TypeRegex) {
		return "", "", false
	}
	p, o := c.Regex()
	if !utf8.Valid(p) || !utf8.Valid(o) {
		return "", "", false
	}
	return string(p), string(o), true
}

// DBPointerOK returns a copy of a dbPointer's namespace, and its id; false if
// the namespace is not UTF-8.
func (v RawValue) DBPointerOK() (namespace string, id objectid.ID, ok bool) {
	var c Cursor
	if !v.open(&c, TypeDBPointer) {
		return "", objectid.ID{}, false
	}
	ns, id := c.DBPointer()
	if !utf8.Valid(ns) {
		return "", objectid.ID{}, false
	}
	return string(ns), id, true
}

// CodeOK returns a copy of JavaScript code without scope; false if it is not
// UTF-8.
func (v RawValue) CodeOK() (string, bool) { return v.textOK(TypeCode) }

// SymbolOK returns a copy of a symbol; false if it is not UTF-8.
func (v RawValue) SymbolOK() (string, bool) { return v.textOK(TypeSymbol) }

// CodeWithScopeOK returns a copy of the code and the scope, which aliases v
// and is checked on the outside only, of code with scope; false if the code
// is not UTF-8.
func (v RawValue) CodeWithScopeOK() (code string, scope Raw, ok bool) {
	var c Cursor
	if !v.open(&c, TypeCodeWithScope) {
		return "", nil, false
	}
	text, doc := c.CodeWithScope()
	if !utf8.Valid(text) {
		return "", nil, false
	}
	return string(text), doc[:len(doc):len(doc)], true
}

// Int32OK returns the value of an int32.
func (v RawValue) Int32OK() (int32, bool) {
	var c Cursor
	if !v.open(&c, TypeInt32) {
		return 0, false
	}
	return c.Int32(), true
}

// TimestampOK returns the seconds since 1970 and the increment of a
// timestamp.
func (v RawValue) TimestampOK() (t, i uint32, ok bool) {
	var c Cursor
	if !v.open(&c, TypeTimestamp) {
		return 0, 0, false
	}
	t, i = c.Timestamp()
	return t, i, true
}

// Int64OK returns the value of an int64.
func (v RawValue) Int64OK() (int64, bool) {
	var c Cursor
	if !v.open(&c, TypeInt64) {
		return 0, false
	}
	return c.Int64(), true
}

// Decimal128OK returns the value of a decimal128.
func (v RawValue) Decimal128OK() (decimal128.Decimal, bool) {
	var c Cursor
	if !v.open(&c, TypeDecimal128) {
		return decimal128.Decimal{}, false
	}
	return c.Decimal128(), true
}

// IsNull reports whether v is a null.
func (v RawValue) IsNull() bool { return v.empty(TypeNull) }

// IsUndefined reports whether v is an undefined.
func (v RawValue) IsUndefined() bool { return v.empty(TypeUndefined) }

// IsMinKey reports whether v is a min key.
func (v RawValue) IsMinKey() bool { return v.empty(TypeMinKey) }

// IsMaxKey reports whether v is a max key.
func (v RawValue) IsMaxKey() bool { return v.empty(TypeMaxKey) }

func (v RawValue) empty(t Type) bool {
	var c Cursor
	return v.open(&c, t)
}

func (v RawValue) textOK(t Type) (string, bool) {
	var c Cursor
	if !v.open(&c, t) || !utf8.Valid(c.Text()) {
		return "", false
	}
	return string(c.Text()), true
}

func (v RawValue) containerOK(t Type) (Raw, bool) {
	var c Cursor
	if !v.open(&c, t) {
		return nil, false
	}
	return c.rawValue().Value, true
}
