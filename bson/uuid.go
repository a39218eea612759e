package bson

import (
	"bytes"
	"crypto/rand"
	"log/slog"
	"slices"
	"strconv"
)

// UUID is a universally unique identifier, its sixteen bytes in the order of
// its text (RFC 9562). It converts to and from any other [16]byte type, such
// as that of github.com/google/uuid.
type UUID [16]byte

// A UUIDRepresentation is the subtype and byte order of a UUID in a binary. The
// drivers of several languages used subtype 3, each with its own byte order;
// only the name of the writer tells them apart. Source: "Handling of Native
// UUID Types", representations.
type UUIDRepresentation uint8

const (
	// UUIDUnspecified decodes binaries in an any as Binary; a UUID is written
	// with subtype 4. It is the default.
	UUIDUnspecified UUIDRepresentation = iota
	// UUIDStandard is subtype 4, bytes in the order of the text.
	UUIDStandard
	// UUIDPythonLegacy is subtype 3, bytes in the order of the text.
	UUIDPythonLegacy
	// UUIDJavaLegacy is subtype 3, each half reversed.
	UUIDJavaLegacy
	// UUIDCSharpLegacy is subtype 3, the first three groups reversed.
	UUIDCSharpLegacy
)

// Subtype returns the binary subtype of r. An unknown representation panics.
func (r UUIDRepresentation) Subtype() byte {
	if r > UUIDCSharpLegacy {
		r.unknown()
	}
	return subtypes[r]
}

// subtypes is the binary subtype of each UUIDRepresentation.
var subtypes = [...]byte{
	UUIDUnspecified:  BinaryUUID,
	UUIDStandard:     BinaryUUID,
	UUIDPythonLegacy: BinaryUUIDOld,
	UUIDJavaLegacy:   BinaryUUIDOld,
	UUIDCSharpLegacy: BinaryUUIDOld,
}

// unknown panics.
//
// NOTE: it is not inlined, so that its callers are.
//
//go:noinline
func (r UUIDRepresentation) unknown() {
	panic("bson: unknown UUIDRepresentation " + strconv.Itoa(int(r)))
}

// swap returns u with its bytes moved between the order of the text and that
// of r. It is its own inverse. An unknown representation panics.
func (r UUIDRepresentation) swap(u UUID) UUID {
	switch r {
	case UUIDUnspecified, UUIDStandard, UUIDPythonLegacy:
	case UUIDJavaLegacy:
		slices.Reverse(u[:8])
		slices.Reverse(u[8:])
	case UUIDCSharpLegacy:
		slices.Reverse(u[:4])
		slices.Reverse(u[4:6])
		slices.Reverse(u[6:8])
	default:
		r.unknown()
	}
	return u
}

// NewUUID returns a random UUID: version 4, variant 1. Source: RFC 9562, 5.4.
func NewUUID() UUID {
	var u UUID
	rand.Read(u[:]) // never fails
	u[6] = u[6]&0x0F | 0x40
	u[8] = u[8]&0x3F | 0x80
	return u
}

// ParseUUID returns the UUID in text: 32 hexadecimal digits in either case,
// grouped by hyphens as 8-4-4-4-12, and nothing else. Other texts are a
// *ConversionError that matches ErrUUID.
func ParseUUID[T ~string | ~[]byte](text T) (UUID, error) {
	var u UUID
	if len(text) != 36 {
		return UUID{}, notUUID()
	}
	n := 0
	for i := 0; i < 36; i++ {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if text[i] != '-' {
				return UUID{}, notUUID()
			}
			continue
		}
		d := hexDigit(text[i])
		if d > 15 {
			return UUID{}, notUUID()
		}
		u[n/2] = u[n/2]<<4 | d
		n++
	}
	return u, nil
}

// hexDigit returns the value of a hexadecimal digit, or 255.
func hexDigit(c byte) byte {
	switch {
	case c-'0' < 10:
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 255
}

// Append appends the text of u, 36 characters in lower case, to dst and
// returns the longer slice.
func (u UUID) Append(dst []byte) []byte {
	const digits = "0123456789abcdef"
	for i, b := range u {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	return dst
}

// String returns the text of u: 8-4-4-4-12 digits in lower case.
func (u UUID) String() string { return string(u.Append(make([]byte, 0, 36))) }

// AppendText is Append for encoding.TextAppender; the error is always nil.
func (u UUID) AppendText(dst []byte) ([]byte, error) { return u.Append(dst), nil }

// MarshalText returns the text of u; the error is always nil. encoding/json
// writes it as a string.
func (u UUID) MarshalText() ([]byte, error) { return u.Append(nil), nil }

// UnmarshalText sets u to what ParseUUID makes of text. On failure u keeps
// its value.
func (u *UUID) UnmarshalText(text []byte) error {
	v, err := ParseUUID(text)
	if err == nil {
		*u = v
	}
	return err
}

// LogValue returns the text of u, for log/slog.
func (u UUID) LogValue() slog.Value { return slog.StringValue(u.String()) }

// IsZero reports whether all bytes of u are zero.
func (u UUID) IsZero() bool { return u == UUID{} }

// Compare returns -1, 0 or +1 if u sorts before, with or after v, by bytes and
// so by text.
func (u UUID) Compare(v UUID) int { return bytes.Compare(u[:], v[:]) }

// Binary returns u in the representation r. An unknown representation panics.
//
// NOTE: it inlines, so that what does not outlive its caller is not allocated;
// TestInline lists it. swap has looked at r.
func (u UUID) Binary(r UUIDRepresentation) Binary {
	u = r.swap(u)
	return Binary{Subtype: subtypes[r], Data: u[:]}
}

// UUID returns the UUID of b in the representation r: a binary of its subtype
// with 16 bytes. UUIDUnspecified accepts subtype 4 only. Other binaries are a
// *ConversionError that matches ErrUUID, and an unknown representation is an
// *OptionError.
func (b Binary) UUID(r UUIDRepresentation) (UUID, error) {
	if r > UUIDCSharpLegacy {
		return UUID{}, outOfRange("bson.UUIDRepresentation", r)
	}
	if b.Subtype != r.Subtype() || len(b.Data) != 16 {
		return UUID{}, notUUID()
	}
	return r.swap(UUID(b.Data)), nil
}

// notUUID returns a new error: one that callers share, one of them could
// change for the others.
func notUUID() error { return &ConversionError{GoType: typeUUID, Err: ErrUUID} }
