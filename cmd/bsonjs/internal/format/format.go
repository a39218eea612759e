// Package format names the formats that bsonjs converts between and finds out
// which one an input is in.
package format

// A Format is a way of writing documents in a file.
type Format uint8

const (
	// Unknown is a format that is not given, or not yet found.
	Unknown Format = iota
	// BSON is documents one after the other, as mongodump writes them.
	BSON
	// JSON is Extended JSON: one document per line, one after the other, or
	// in an array.
	JSON
	// Pickle is Python pickles, one after the other.
	Pickle
	// Hex is BSON as hexadecimal digits, one document per line.
	Hex
	// Base64 is BSON in base64, one document per line.
	Base64
)

// String returns the name of f as people write it.
func (f Format) String() string {
	switch f {
	case BSON:
		return "BSON"
	case JSON:
		return "JSON"
	case Pickle:
		return "a Python pickle"
	case Hex:
		return "hexadecimal"
	case Base64:
		return "base64"
	}
	return "unknown"
}

// Opposite returns the format that f is converted to when nothing else is
// asked for.
func (f Format) Opposite() Format {
	switch f {
	case BSON, Pickle, Hex, Base64:
		return JSON
	case JSON:
		return BSON
	}
	return Unknown
}

// Binary reports whether files in f are anything but text.
func (f Format) Binary() bool { return f == BSON || f == Pickle }

// Lines reports whether documents in f stand on lines.
func (f Format) Lines() bool { return f == JSON || f == Hex || f == Base64 }
