package bson

import (
	"bytes"
	"cmp"
	"math"
	"time"

	"github.com/bsonkit/bsonkit/objectid"
)

// This file has the Go types that stand for BSON values.
//
//   - Their text for people is in types_shell.go, their JSON in
//     types_json_write.go and types_json_read.go, their form in log/slog in
//     types_log.go.
//   - UUID and Vector, which are binaries with rules of their own, are in
//     types_binary.go; Raw and RawValue, which are bytes, in raw.go.
//   - The hooks by which other libraries store them are in types_hooks.go.

// D is a document: its elements in order, duplicates included. A document in an
// any becomes a D by default.
type D []E

// E is an element of a D.
type E struct {
	Key   string
	Value any
}

// M is a document whose order does not matter. Its keys are written sorted,
// unless EncodeOptions.UnsortedMaps is set.
type M map[string]any

// A is an array.
type A []any

// Binary is bytes with a subtype. Data omits the inner length of subtype 2.
type Binary struct {
	Subtype byte
	Data    []byte
}

// Regex is a regular expression: two texts without NUL. Options is read in the
// order in which it is stored, and written sorted, as the specification
// requires. Use a RawValue to keep another order.
type Regex struct {
	Pattern string
	Options string
}

// Timestamp is MongoDB's internal replication clock. For points in time use
// DateTime or time.Time.
type Timestamp struct {
	T uint32 // seconds since 1970 UTC
	I uint32 // increment within the second
}

// DateTime is a point in time: milliseconds since 1970 UTC.
type DateTime int64

// Code is JavaScript without a scope.
type Code string

// CodeWithScope is JavaScript with variables. Deprecated by the specification.
type CodeWithScope struct {
	Code  Code
	Scope any // a document: D, M, a struct, Raw…; it decodes as D
}

// Symbol is text with its own BSON type. Deprecated by the specification.
type Symbol string

// Undefined is a value of the type undefined. Deprecated by the
// specification.
type Undefined struct{}

// Null is a value of the type null. A nil interface, pointer, map or slice is
// also written as null.
type Null struct{}

// DBPointer is a reference to a document. Deprecated by the specification.
type DBPointer struct {
	DB      string // namespace: database and collection
	Pointer objectid.ID
}

// DBRef is a reference to a document by convention: a document with the keys
// $ref, $id, optionally $db, and optionally others after them. Source: DBRef
// specification.
type DBRef struct {
	Ref   string // collection
	ID    any    // value of the other document's _id
	DB    string // database; "" means the referring document's own
	Extra D      // further elements, in order
}

// MinKey is below every other value.
type MinKey struct{}

// MaxKey is above every other value.
type MaxKey struct{}

// Equal reports whether b and c have the same subtype and bytes.
func (b Binary) Equal(c Binary) bool {
	return b.Subtype == c.Subtype && bytes.Equal(b.Data, c.Data)
}

// IsZero reports whether b has subtype 0 and no bytes.
func (b Binary) IsZero() bool { return b.Subtype == 0 && len(b.Data) == 0 }

// Equal reports whether r and s are the same pattern and options.
func (r Regex) Equal(s Regex) bool { return r == s }

// IsZero reports whether both parts of r are empty.
func (r Regex) IsZero() bool { return r == Regex{} }

// Compare returns -1, 0 or +1 if t is before, equal to or after u.
func (t Timestamp) Compare(u Timestamp) int {
	return cmp.Or(cmp.Compare(t.T, u.T), cmp.Compare(t.I, u.I))
}

// Before reports whether t is before u.
func (t Timestamp) Before(u Timestamp) bool { return t.Compare(u) < 0 }

// After reports whether t is after u.
func (t Timestamp) After(u Timestamp) bool { return t.Compare(u) > 0 }

// Equal reports whether t and u are the same.
func (t Timestamp) Equal(u Timestamp) bool { return t == u }

// IsZero reports whether both parts of t are 0.
func (t Timestamp) IsZero() bool { return t == Timestamp{} }

// Time returns the second of t, in UTC.
func (t Timestamp) Time() time.Time { return time.Unix(int64(t.T), 0).UTC() }

// Equal reports whether p and q are the same.
func (p DBPointer) Equal(q DBPointer) bool { return p == q }

// IsZero reports whether p has no namespace and a zero id.
func (p DBPointer) IsZero() bool { return p == DBPointer{} }

// Time returns d as a time in UTC. Every DateTime is a time.Time; those
// outside the years 0 to 9999 have no RFC 3339 text.
func (d DateTime) Time() time.Time { return time.UnixMilli(int64(d)).UTC() }

// DateTimeOf returns the millisecond of t, rounded down, also before 1970. A
// time that does not fit is a *ConversionError that matches ErrRange, with the
// nearest DateTime.
func DateTimeOf(t time.Time) (DateTime, error) {
	s, ms := t.Unix(), int64(t.Nanosecond())/1e6
	if s < math.MinInt64/1000 {
		// Some milliseconds of the first second fit.
		if s == math.MinInt64/1000-1 && ms >= 1000+math.MinInt64%1000 {
			return DateTime(math.MinInt64 + ms - (1000 + math.MinInt64%1000)), nil
		}
		return math.MinInt64, timeRange(t)
	}
	if s > math.MaxInt64/1000 || s == math.MaxInt64/1000 && ms > math.MaxInt64%1000 {
		return math.MaxInt64, timeRange(t)
	}
	return DateTime(s*1000 + ms), nil
}

// Map returns d as a map. The last of several elements with the same key
// counts.
func (d D) Map() M {
	m := make(M, len(d))
	for _, e := range d {
		m[e.Key] = e.Value
	}
	return m
}
