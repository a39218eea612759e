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
	}
	return "unknown"
}

// Opposite returns the format that f is converted to when nothing else is
// asked for.
func (f Format) Opposite() Format {
	switch f {
	case BSON, Pickle:
		return JSON
	case JSON:
		return BSON
	}
	return Unknown
}
