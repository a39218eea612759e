package bson

import "slices"

// UUID is a universally unique identifier, its sixteen bytes in the order of
// its text (RFC 9562). It converts to and from any other [16]byte type, such
// as that of github.com/google/uuid.
type UUID [16]byte

// A UUIDRepresentation says how a UUID is laid out in a binary. Subtype 3 was
// used by the drivers of several languages, each with its own byte order, so
// that nothing but knowledge of the writer tells them apart.
// Source: "Handling of Native UUID Types", representations.
type UUIDRepresentation uint8

const (
	// UUIDUnspecified leaves binaries what they are when decoding into any;
	// a UUID is written with subtype 4. It is the default.
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

// Subtype returns the binary subtype of r.
func (r UUIDRepresentation) Subtype() byte {
	if r <= UUIDStandard {
		return BinaryUUID
	}
	return BinaryUUIDOld
}

// Swap returns u with its bytes moved between the order of the text and that
// of r. It is its own inverse.
func (r UUIDRepresentation) Swap(u UUID) UUID {
	switch r {
	case UUIDJavaLegacy:
		slices.Reverse(u[:8])
		slices.Reverse(u[8:])
	case UUIDCSharpLegacy:
		slices.Reverse(u[:4])
		slices.Reverse(u[4:6])
		slices.Reverse(u[6:8])
	}
	return u
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
