package bsoncore

import (
	"bytes"
	"iter"
	"time"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file reads documents without decoding them. The Cursor finds every
// element; nothing here counts bytes.
//
//   - Document is a whole document: Lookup, All, Validate, Equal.
//   - Value is one value, with a getter for each type.

// Document is one whole document, length prefix to final NUL. The bytes need
// not be valid: every method is safe for any bytes.
type Document []byte

// Value is an encoded value: its type and the bytes that follow the key. The
// zero Value is no value. The bytes need not be valid: every method is safe for
// any bytes.
type Value struct {
	Type Type
	Data []byte // what follows the key
}

// Validate is ValidateOptions{}.Validate: it checks every byte of d, nested
// containers included.
func (d Document) Validate() error { return Validate(d) }

// Equal reports whether d and other have the same bytes. Documents that
// differ in the order of their keys, or in the width of a number, are not
// equal; a NaN is equal to a NaN of the same bits.
func (d Document) Equal(other Document) bool { return bytes.Equal(d, other) }

// Lookup returns the value that LookupErr finds, or the zero Value. It
// does not allocate.
func (d Document) Lookup(path ...string) Value {
	var c Cursor
	c.Reset(d, 0)
	if c.find(path) < len(path) || c.code != codeOK {
		return Value{}
	}
	return c.found(path)
}

// LookupErr returns the value at path: a key of d, then a key of that value,
// and so on. It enters documents, arrays, whose keys are "0", "1", …, and the
// scopes of code with scope. The first of equal keys counts. Without a path it
// returns d itself. The value aliases d.
//
// If there is no element at path, the result is the zero Value and a
// *ValueError that matches ErrNotFound: Pointer is the path up to the missing
// key, Offset the end of the search. Malformed bytes before that give a
// *SyntaxError. Bytes after the value are not read.
func (d Document) LookupErr(path ...string) (Value, error) {
	var c Cursor
	c.Reset(d, 0)
	n := c.find(path)
	if err := c.Err(); err != nil {
		return Value{}, err
	}
	if n < len(path) {
		var pointer []byte
		for _, key := range path[:n+1] {
			pointer = AppendPointer(pointer, []byte(key))
		}
		return Value{}, &ValueError{int64(c.off), string(pointer), ErrNotFound}
	}
	return c.found(path), nil
}

// find moves from the start of the document to the element at path and returns
// the number of keys that it found: all of them, if the element exists.
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
func (c *Cursor) found(path []string) Value {
	if len(path) == 0 {
		return Value{TypeDocument, c.src}
	}
	return c.value()
}

// holdsDocument reports whether Enter can open the current element.
func (c *Cursor) holdsDocument() bool {
	l := layouts[c.typ]
	return l == asDocument || l == asCodeWithScope
}

// value returns the current value. Its capacity is its length, so that
// appending to it does not change the document.
func (c *Cursor) value() Value {
	return Value{c.typ, c.src[c.val:c.off:c.off]}
}

// All returns an iterator over the keys and values of d in their order; those
// of nested containers are not visited. The values alias d; the keys are
// copies, not checked to be UTF-8.
//
// If d is malformed, one more pair follows the pairs before the fault: "" and
// the zero Value, which no element has. A loop over unvalidated bytes must
// check for it:
//
//	for key, v := range d.All() {
//		if v.IsZero() {
//			return d.Validate()
//		}
//		…
//	}
func (d Document) All() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		var c Cursor
		c.Reset(d, 0)
		for c.Next() {
			if !yield(string(c.Key()), c.value()) {
				return
			}
		}
		if c.code != codeOK {
			yield("", Value{})
		}
	}
}

// IsZero reports whether v is no value: the zero Value, or a value of type 0,
// which BSON does not have.
func (v Value) IsZero() bool { return v.Type == 0 }

// Equal reports whether v and other have the same type and bytes.
func (v Value) Equal(other Value) bool {
	return v.Type == other.Type && bytes.Equal(v.Data, other.Data)
}

// Validate is ValidateOptions{}.ValidateValue.
func (v Value) Validate() error {
	return ValidateOptions{}.ValidateValue(v.Type, v.Data)
}

// open sets c to v and reports whether v is a well-formed t.
func (v Value) open(c *Cursor, t Type) bool {
	return v.Type == t && c.ResetValue(t, v.Data, 0)
}

// DoubleOK returns the value of a double. Like every getter it returns false
// and zero values if v is of another type or malformed.
func (v Value) DoubleOK() (float64, bool) {
	var c Cursor
	if !v.open(&c, TypeDouble) {
		return 0, false
	}
	return c.Double(), true
}

// StringValueOK returns a copy of a string; false if it is not UTF-8.
func (v Value) StringValueOK() (string, bool) { return v.textOK(TypeString) }

// DocumentOK returns a document, which aliases v. Only its length and
// terminator are checked.
func (v Value) DocumentOK() (Document, bool) { return v.containerOK(TypeDocument) }

// ArrayOK returns an array as a document with the keys "0", "1", …. It aliases
// v; only its length and terminator are checked.
func (v Value) ArrayOK() (Document, bool) { return v.containerOK(TypeArray) }

// BinaryOK returns the subtype and the bytes of a binary, without the inner
// length of subtype 2. The bytes alias v.
func (v Value) BinaryOK() (subtype byte, data []byte, ok bool) {
	var c Cursor
	if !v.open(&c, TypeBinary) {
		return 0, nil, false
	}
	subtype, data = c.Binary()
	return subtype, data[:len(data):len(data)], true
}

// ObjectIDOK returns the value of an ObjectId.
func (v Value) ObjectIDOK() (objectid.ID, bool) {
	var c Cursor
	if !v.open(&c, TypeObjectID) {
		return objectid.ID{}, false
	}
	return c.ObjectID(), true
}

// BooleanOK returns the value of a boolean.
func (v Value) BooleanOK() (value, ok bool) {
	var c Cursor
	if !v.open(&c, TypeBoolean) {
		return false, false
	}
	return c.Boolean(), true
}

// DateTimeOK returns the milliseconds since 1970 UTC of a datetime.
func (v Value) DateTimeOK() (ms int64, ok bool) {
	var c Cursor
	if !v.open(&c, TypeDateTime) {
		return 0, false
	}
	return c.DateTime(), true
}

// TimeOK returns a datetime as a time in UTC.
func (v Value) TimeOK() (time.Time, bool) {
	ms, ok := v.DateTimeOK()
	if !ok {
		return time.Time{}, false
	}
	return time.UnixMilli(ms).UTC(), true
}

// RegexOK returns copies of the pattern and the options of a regex; false if
// they are not UTF-8.
func (v Value) RegexOK() (pattern, options string, ok bool) {
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
func (v Value) DBPointerOK() (namespace string, id objectid.ID, ok bool) {
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
func (v Value) CodeOK() (string, bool) { return v.textOK(TypeCode) }

// SymbolOK returns a copy of a symbol; false if it is not UTF-8.
func (v Value) SymbolOK() (string, bool) { return v.textOK(TypeSymbol) }

// CodeWithScopeOK returns a copy of the code, and the scope, of code with
// scope; false if the code is not UTF-8. The scope aliases v; only its length
// and terminator are checked.
func (v Value) CodeWithScopeOK() (code string, scope Document, ok bool) {
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
func (v Value) Int32OK() (int32, bool) {
	var c Cursor
	if !v.open(&c, TypeInt32) {
		return 0, false
	}
	return c.Int32(), true
}

// TimestampOK returns the seconds since 1970 and the increment of a
// timestamp.
func (v Value) TimestampOK() (t, i uint32, ok bool) {
	var c Cursor
	if !v.open(&c, TypeTimestamp) {
		return 0, 0, false
	}
	t, i = c.Timestamp()
	return t, i, true
}

// Int64OK returns the value of an int64.
func (v Value) Int64OK() (int64, bool) {
	var c Cursor
	if !v.open(&c, TypeInt64) {
		return 0, false
	}
	return c.Int64(), true
}

// Decimal128OK returns the value of a decimal128.
func (v Value) Decimal128OK() (decimal128.Decimal, bool) {
	var c Cursor
	if !v.open(&c, TypeDecimal128) {
		return decimal128.Decimal{}, false
	}
	return c.Decimal128(), true
}

// IsNull reports whether v is a null.
func (v Value) IsNull() bool { return v.empty(TypeNull) }

// IsUndefined reports whether v is an undefined.
func (v Value) IsUndefined() bool { return v.empty(TypeUndefined) }

// IsMinKey reports whether v is a min key.
func (v Value) IsMinKey() bool { return v.empty(TypeMinKey) }

// IsMaxKey reports whether v is a max key.
func (v Value) IsMaxKey() bool { return v.empty(TypeMaxKey) }

func (v Value) empty(t Type) bool {
	var c Cursor
	return v.open(&c, t)
}

func (v Value) textOK(t Type) (string, bool) {
	var c Cursor
	if !v.open(&c, t) || !utf8.Valid(c.Text()) {
		return "", false
	}
	return string(c.Text()), true
}

func (v Value) containerOK(t Type) (Document, bool) {
	var c Cursor
	if !v.open(&c, t) {
		return nil, false
	}
	return c.value().Data, true
}
