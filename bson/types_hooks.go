package bson

import "reflect"

// This file has the hooks by which other libraries store our types: the
// official driver v2 calls MarshalBSONValue and UnmarshalBSONValue; v1 and v2
// call MarshalBSON and UnmarshalBSON for documents. This package does not
// call them: it knows its own types.
//
// v1 does not know MarshalBSONValue and would store our types by their kind:
// a UUID as a binary of subtype 0, a Timestamp as a document. It does know
// MarshalBSON, so types that are no documents have one that returns an error.

// A Marshaler writes itself as a whole document. For a type that is also a
// ValueMarshaler, Marshal calls MarshalBSON for the value that it is given, and
// MarshalBSONValue for values inside a document.
type Marshaler interface {
	MarshalBSON() ([]byte, error)
}

// An Unmarshaler reads itself from a whole document, which it must copy if it
// wants to keep it. For a type that is also a ValueUnmarshaler, Unmarshal calls
// UnmarshalBSON for the value that it is given, and UnmarshalBSONValue for
// values inside a document.
type Unmarshaler interface {
	UnmarshalBSON(doc []byte) error
}

// A ValueMarshaler writes itself as a value: a type byte, and the bytes that
// follow the key in an element of that type.
type ValueMarshaler interface {
	MarshalBSONValue() (typ byte, data []byte, err error)
}

// A ValueUnmarshaler reads itself from a value, whose data it must copy if it
// wants to keep it.
type ValueUnmarshaler interface {
	UnmarshalBSONValue(typ byte, data []byte) error
}

// A Zeroer reports whether a struct field with the tag omitempty or omitzero is
// omitted.
type Zeroer interface {
	IsZero() bool
}

// A KeyMarshaler is a key of a map that makes a document key of itself.
type KeyMarshaler interface {
	MarshalKey() (key string, err error)
}

// A KeyUnmarshaler is a key of a map that reads itself from a document key.
type KeyUnmarshaler interface {
	UnmarshalKey(key string) error
}

func marshalHook(v any) (byte, []byte, error) {
	t, data, err := MarshalValue(v)
	return byte(t), data, err
}

func unmarshalHook(typ byte, data []byte, v any) error {
	return UnmarshalValue(Type(typ), data, v)
}

// MarshalBSON returns d as a document, an empty one if d is nil.
func (d D) MarshalBSON() ([]byte, error) {
	if d == nil {
		d = D{}
	}
	return Marshal(d)
}

// UnmarshalBSON sets d to the elements of a document.
func (d *D) UnmarshalBSON(doc []byte) error { return Unmarshal(doc, d) }

// MarshalBSON returns a copy of r after checking its length and terminator.
func (r Raw) MarshalBSON() ([]byte, error) { return Marshal(r) }

// UnmarshalBSON sets r to a copy of a document.
func (r *Raw) UnmarshalBSON(doc []byte) error { return Unmarshal(doc, r) }

// MarshalBSON returns the reference as a document.
func (r DBRef) MarshalBSON() ([]byte, error) { return Marshal(r) }

// UnmarshalBSON sets r from a document with the keys of a reference.
func (r *DBRef) UnmarshalBSON(doc []byte) error { return Unmarshal(doc, r) }

// MarshalBSON returns a copy of v if it is a document, and an error that
// matches ErrNotDocument if it is not.
func (v RawValue) MarshalBSON() ([]byte, error) {
	if v.Type != TypeDocument {
		return notDocument(v)
	}
	return Marshal(v)
}

// notDocument is MarshalBSON for types that are no documents.
func notDocument(v any) ([]byte, error) {
	return nil, &ConversionError{GoType: reflect.TypeOf(v), Err: adapterError{}}
}

// An adapterError matches ErrNotDocument. Its text names the adapter, because
// usually the driver v1 asked for the document.
type adapterError struct{}

// Error says what to register.
func (adapterError) Error() string {
	return "not a document; register interop/v1adapter to store it with the official driver v1"
}

// Unwrap returns ErrNotDocument.
func (adapterError) Unwrap() error { return ErrNotDocument }

// MarshalBSONValue returns the BSON type and the bytes of d: a document.
func (d D) MarshalBSONValue() (typ byte, data []byte, err error) { return marshalHook(d) }

// UnmarshalBSONValue sets d from a value, as UnmarshalValue does.
func (d *D) UnmarshalBSONValue(typ byte, data []byte) error {
	return unmarshalHook(typ, data, d)
}

// MarshalBSONValue returns the BSON type and the bytes of r: a document.
func (r Raw) MarshalBSONValue() (typ byte, data []byte, err error) { return marshalHook(r) }

// UnmarshalBSONValue sets r from a value, as UnmarshalValue does.
func (r *Raw) UnmarshalBSONValue(typ byte, data []byte) error {
	return unmarshalHook(typ, data, r)
}

// MarshalBSONValue returns the BSON type and the bytes of v.
func (v RawValue) MarshalBSONValue() (typ byte, data []byte, err error) { return marshalHook(v) }

// UnmarshalBSONValue sets v from a value, as UnmarshalValue does.
func (v *RawValue) UnmarshalBSONValue(typ byte, data []byte) error {
	return unmarshalHook(typ, data, v)
}

// MarshalBSON returns an error that matches ErrNotDocument.
func (b Binary) MarshalBSON() ([]byte, error) { return notDocument(b) }

// MarshalBSONValue returns the BSON type and the bytes of b: a binary.
func (b Binary) MarshalBSONValue() (typ byte, data []byte, err error) { return marshalHook(b) }

// UnmarshalBSONValue sets b from a value, as UnmarshalValue does.
func (b *Binary) UnmarshalBSONValue(typ byte, data []byte) error {
	return unmarshalHook(typ, data, b)
}

// MarshalBSON returns an error that matches ErrNotDocument.
func (u UUID) MarshalBSON() ([]byte, error) { return notDocument(u) }

// MarshalBSONValue returns the BSON type and the bytes of u: a binary of subtype 4.
func (u UUID) MarshalBSONValue() (typ byte, data []byte, err error) { return marshalHook(u) }

// UnmarshalBSONValue sets u from a value, as UnmarshalValue does.
func (u *UUID) UnmarshalBSONValue(typ byte, data []byte) error {
	return unmarshalHook(typ, data, u)
}

// MarshalBSON returns an error that matches ErrNotDocument.
func (v Vector) MarshalBSON() ([]byte, error) { return notDocument(v) }

// MarshalBSONValue returns the BSON type and the bytes of v: a binary of subtype 9.
func (v Vector) MarshalBSONValue() (typ byte, data []byte, err error) { return marshalHook(v) }

// UnmarshalBSONValue sets v from a value, as UnmarshalValue does.
func (v *Vector) UnmarshalBSONValue(typ byte, data []byte) error {
	return unmarshalHook(typ, data, v)
}

// MarshalBSON returns an error that matches ErrNotDocument.
func (r Regex) MarshalBSON() ([]byte, error) { return notDocument(r) }

// MarshalBSONValue returns the BSON type and the bytes of r: a regex.
func (r Regex) MarshalBSONValue() (typ byte, data []byte, err error) { return marshalHook(r) }

// UnmarshalBSONValue sets r from a value, as UnmarshalValue does.
func (r *Regex) UnmarshalBSONValue(typ byte, data []byte) error {
	return unmarshalHook(typ, data, r)
}

// MarshalBSON returns an error that matches ErrNotDocument.
func (t Timestamp) MarshalBSON() ([]byte, error) { return notDocument(t) }

// MarshalBSONValue returns the BSON type and the bytes of t: a timestamp.
func (t Timestamp) MarshalBSONValue() (typ byte, data []byte, err error) { return marshalHook(t) }

// UnmarshalBSONValue sets t from a value, as UnmarshalValue does.
func (t *Timestamp) UnmarshalBSONValue(typ byte, data []byte) error {
	return unmarshalHook(typ, data, t)
}

// MarshalBSON returns an error that matches ErrNotDocument.
func (d DateTime) MarshalBSON() ([]byte, error) { return notDocument(d) }

// MarshalBSONValue returns the BSON type and the bytes of d: a datetime.
func (d DateTime) MarshalBSONValue() (typ byte, data []byte, err error) { return marshalHook(d) }

// UnmarshalBSONValue sets d from a value, as UnmarshalValue does.
func (d *DateTime) UnmarshalBSONValue(typ byte, data []byte) error {
	return unmarshalHook(typ, data, d)
}

// MarshalBSON returns an error that matches ErrNotDocument.
func (c Code) MarshalBSON() ([]byte, error) { return notDocument(c) }

// MarshalBSONValue returns the BSON type and the bytes of c: code.
func (c Code) MarshalBSONValue() (typ byte, data []byte, err error) { return marshalHook(c) }

// UnmarshalBSONValue sets c from a value, as UnmarshalValue does.
func (c *Code) UnmarshalBSONValue(typ byte, data []byte) error {
	return unmarshalHook(typ, data, c)
}

// MarshalBSON returns an error that matches ErrNotDocument.
func (c CodeWithScope) MarshalBSON() ([]byte, error) { return notDocument(c) }

// MarshalBSONValue returns the BSON type and the bytes of c: code with scope.
func (c CodeWithScope) MarshalBSONValue() (typ byte, data []byte, err error) { return marshalHook(c) }

// UnmarshalBSONValue sets c from a value, as UnmarshalValue does.
func (c *CodeWithScope) UnmarshalBSONValue(typ byte, data []byte) error {
	return unmarshalHook(typ, data, c)
}

// MarshalBSON returns an error that matches ErrNotDocument.
func (s Symbol) MarshalBSON() ([]byte, error) { return notDocument(s) }

// MarshalBSONValue returns the BSON type and the bytes of s: a symbol.
func (s Symbol) MarshalBSONValue() (typ byte, data []byte, err error) { return marshalHook(s) }

// UnmarshalBSONValue sets s from a value, as UnmarshalValue does.
func (s *Symbol) UnmarshalBSONValue(typ byte, data []byte) error {
	return unmarshalHook(typ, data, s)
}

// MarshalBSON returns an error that matches ErrNotDocument.
func (u Undefined) MarshalBSON() ([]byte, error) { return notDocument(u) }

// MarshalBSONValue returns the BSON type and the bytes of u: undefined.
func (u Undefined) MarshalBSONValue() (typ byte, data []byte, err error) { return marshalHook(u) }

// UnmarshalBSONValue sets u from a value, as UnmarshalValue does.
func (u *Undefined) UnmarshalBSONValue(typ byte, data []byte) error {
	return unmarshalHook(typ, data, u)
}

// MarshalBSON returns an error that matches ErrNotDocument.
func (n Null) MarshalBSON() ([]byte, error) { return notDocument(n) }

// MarshalBSONValue returns the BSON type and the bytes of n: null.
func (n Null) MarshalBSONValue() (typ byte, data []byte, err error) { return marshalHook(n) }

// UnmarshalBSONValue sets n from a value, as UnmarshalValue does.
func (n *Null) UnmarshalBSONValue(typ byte, data []byte) error {
	return unmarshalHook(typ, data, n)
}

// MarshalBSON returns an error that matches ErrNotDocument.
func (p DBPointer) MarshalBSON() ([]byte, error) { return notDocument(p) }

// MarshalBSONValue returns the BSON type and the bytes of p: a dbPointer.
func (p DBPointer) MarshalBSONValue() (typ byte, data []byte, err error) { return marshalHook(p) }

// UnmarshalBSONValue sets p from a value, as UnmarshalValue does.
func (p *DBPointer) UnmarshalBSONValue(typ byte, data []byte) error {
	return unmarshalHook(typ, data, p)
}

// MarshalBSONValue returns the BSON type and the bytes of r: a document.
func (r DBRef) MarshalBSONValue() (typ byte, data []byte, err error) { return marshalHook(r) }

// UnmarshalBSONValue sets r from a value, as UnmarshalValue does.
func (r *DBRef) UnmarshalBSONValue(typ byte, data []byte) error {
	return unmarshalHook(typ, data, r)
}

// MarshalBSON returns an error that matches ErrNotDocument.
func (k MinKey) MarshalBSON() ([]byte, error) { return notDocument(k) }

// MarshalBSONValue returns the BSON type and the bytes of k: min key.
func (k MinKey) MarshalBSONValue() (typ byte, data []byte, err error) { return marshalHook(k) }

// UnmarshalBSONValue sets k from a value, as UnmarshalValue does.
func (k *MinKey) UnmarshalBSONValue(typ byte, data []byte) error {
	return unmarshalHook(typ, data, k)
}

// MarshalBSON returns an error that matches ErrNotDocument.
func (k MaxKey) MarshalBSON() ([]byte, error) { return notDocument(k) }

// MarshalBSONValue returns the BSON type and the bytes of k: max key.
func (k MaxKey) MarshalBSONValue() (typ byte, data []byte, err error) { return marshalHook(k) }

// UnmarshalBSONValue sets k from a value, as UnmarshalValue does.
func (k *MaxKey) UnmarshalBSONValue(typ byte, data []byte) error {
	return unmarshalHook(typ, data, k)
}
