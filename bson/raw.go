package bson

import (
	"iter"
	"time"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file has the types that are documents and values of package bsoncore
// with methods for Go values, which are in unmarshal.go and types_*.go. What
// both have is called here.

// Raw is one whole document, length prefix to final NUL. The bytes need not be
// valid: every method is safe for any bytes.
type Raw []byte

// RawValue is an encoded value: its type and the bytes that follow the key. The
// zero RawValue is no value. The bytes need not be valid: every method is safe
// for any bytes.
type RawValue struct {
	Type  Type
	Value []byte
}

func (r Raw) core() bsoncore.Document { return bsoncore.Document(r) }

func (v RawValue) core() bsoncore.Value { return bsoncore.Value{Type: v.Type, Data: v.Value} }

func rawValueOf(v bsoncore.Value) RawValue { return RawValue{v.Type, v.Data} }

// Validate is Validate(r).
func (r Raw) Validate() error { return Validate(r) }

// Equal is bsoncore.Document.Equal: it reports whether r and other have the
// same bytes.
func (r Raw) Equal(other Raw) bool { return r.core().Equal(other.core()) }

// Compare is Compare for two documents. Errors are those of RawValue.Compare.
func (r Raw) Compare(other Raw) (int, error) { return r.core().Compare(other.core()) }

// Lookup returns the value that LookupErr finds, or the zero RawValue. It
// does not allocate.
func (r Raw) Lookup(path ...string) RawValue { return rawValueOf(r.core().Lookup(path...)) }

// LookupErr returns the value at path, which aliases r, as
// bsoncore.Document.LookupErr does: a key of r, then a key of that value, and
// so on. If there is no element at path, the error matches ErrNotFound.
func (r Raw) LookupErr(path ...string) (RawValue, error) {
	v, err := r.core().LookupErr(path...)
	return rawValueOf(v), err
}

// All returns an iterator over the keys and values of r in their order, as
// bsoncore.Document.All does: if r is malformed, one more pair follows the
// pairs before the fault: "" and the zero RawValue.
func (r Raw) All() iter.Seq2[string, RawValue] {
	return func(yield func(string, RawValue) bool) {
		for key, v := range r.core().All() {
			if !yield(key, rawValueOf(v)) {
				return
			}
		}
	}
}

// IsZero reports whether v is no value: the zero RawValue, or a value of type
// 0, which BSON does not have.
func (v RawValue) IsZero() bool { return v.Type == 0 }

// Equal reports whether v and other have the same type and bytes.
func (v RawValue) Equal(other RawValue) bool { return v.core().Equal(other.core()) }

// Validate is ValidateOptions{}.ValidateValue.
func (v RawValue) Validate() error { return v.core().Validate() }

// Compare returns -1, 0 or +1 if MongoDB sorts a before, with or after b. a and
// b are values of any types that Marshal accepts.
//
// Values of different types are ordered by type: MinKey, undefined, null,
// numbers, strings and symbols, documents, arrays, binaries, ObjectIds,
// booleans, datetimes, timestamps, regexes, DBPointers, code, code with scope,
// MaxKey. Numbers of all types are compared by exact value; NaN is equal to NaN
// and below all others. Texts are compared by bytes. Documents are compared
// element by element: by type, then key, then value; arrays by type, then
// value. Binaries are compared by length, then subtype, then bytes. A value
// that cannot be written, or that is malformed, gives 0 and the error. Source:
// MongoDB manual, "Comparison/Sort Order".
func Compare(a, b any) (int, error) {
	ta, da, err := MarshalValue(a)
	if err != nil {
		return 0, err
	}
	tb, db, err := MarshalValue(b)
	if err != nil {
		return 0, err
	}
	return RawValue{ta, da}.Compare(RawValue{tb, db})
}

// Compare is Compare for two encoded values. A malformed value gives 0 and a
// *SyntaxError or *ValueError, unless the order is decided before it.
func (v RawValue) Compare(w RawValue) (int, error) { return v.core().Compare(w.core()) }

// DoubleOK returns the value of a double. Like every getter it returns false
// and zero values if v is of another type or malformed.
func (v RawValue) DoubleOK() (float64, bool) { return v.core().DoubleOK() }

// StringValueOK returns a copy of a string; false if it is not UTF-8.
func (v RawValue) StringValueOK() (string, bool) { return v.core().StringValueOK() }

// DocumentOK returns a document, which aliases v. Only its length and
// terminator are checked.
func (v RawValue) DocumentOK() (Raw, bool) {
	doc, ok := v.core().DocumentOK()
	return Raw(doc), ok
}

// ArrayOK returns an array as a document with the keys "0", "1", …. It aliases
// v; only its length and terminator are checked.
func (v RawValue) ArrayOK() (Raw, bool) {
	doc, ok := v.core().ArrayOK()
	return Raw(doc), ok
}

// BinaryOK returns the subtype and the bytes of a binary, without the inner
// length of subtype 2. The bytes alias v.
func (v RawValue) BinaryOK() (subtype byte, data []byte, ok bool) { return v.core().BinaryOK() }

// ObjectIDOK returns the value of an ObjectId.
func (v RawValue) ObjectIDOK() (objectid.ID, bool) { return v.core().ObjectIDOK() }

// BooleanOK returns the value of a boolean.
func (v RawValue) BooleanOK() (value, ok bool) { return v.core().BooleanOK() }

// DateTimeOK returns the milliseconds since 1970 UTC of a datetime.
func (v RawValue) DateTimeOK() (ms int64, ok bool) { return v.core().DateTimeOK() }

// TimeOK returns a datetime as a time in UTC.
func (v RawValue) TimeOK() (time.Time, bool) { return v.core().TimeOK() }

// RegexOK returns copies of the pattern and the options of a regex; false if
// they are not UTF-8.
func (v RawValue) RegexOK() (pattern, options string, ok bool) { return v.core().RegexOK() }

// DBPointerOK returns a copy of a dbPointer's namespace, and its id; false if
// the namespace is not UTF-8.
func (v RawValue) DBPointerOK() (namespace string, id objectid.ID, ok bool) {
	return v.core().DBPointerOK()
}

// CodeOK returns a copy of JavaScript code without scope; false if it is not
// UTF-8.
func (v RawValue) CodeOK() (string, bool) { return v.core().CodeOK() }

// SymbolOK returns a copy of a symbol; false if it is not UTF-8.
func (v RawValue) SymbolOK() (string, bool) { return v.core().SymbolOK() }

// CodeWithScopeOK returns a copy of the code, and the scope, of code with
// scope; false if the code is not UTF-8. The scope aliases v; only its length
// and terminator are checked.
func (v RawValue) CodeWithScopeOK() (code string, scope Raw, ok bool) {
	code, doc, ok := v.core().CodeWithScopeOK()
	return code, Raw(doc), ok
}

// Int32OK returns the value of an int32.
func (v RawValue) Int32OK() (int32, bool) { return v.core().Int32OK() }

// TimestampOK returns the seconds since 1970 and the increment of a
// timestamp.
func (v RawValue) TimestampOK() (t, i uint32, ok bool) { return v.core().TimestampOK() }

// Int64OK returns the value of an int64.
func (v RawValue) Int64OK() (int64, bool) { return v.core().Int64OK() }

// Decimal128OK returns the value of a decimal128.
func (v RawValue) Decimal128OK() (decimal128.Decimal, bool) { return v.core().Decimal128OK() }

// IsNull reports whether v is a null.
func (v RawValue) IsNull() bool { return v.core().IsNull() }

// IsUndefined reports whether v is an undefined.
func (v RawValue) IsUndefined() bool { return v.core().IsUndefined() }

// IsMinKey reports whether v is a min key.
func (v RawValue) IsMinKey() bool { return v.core().IsMinKey() }

// IsMaxKey reports whether v is a max key.
func (v RawValue) IsMaxKey() bool { return v.core().IsMaxKey() }
