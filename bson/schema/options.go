package schema

import (
	"strconv"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// Options are the limits of a Schema. They bound its memory, whatever the documents are.
// The zero value has the defaults. Schemas that are merged have equal Options.
type Options struct {
	_ struct{} // keyed literals only

	// MaxPaths is the largest number of paths that are kept. Zero means 1,000. A
	// document with keys that look like data counts as eight times MaxDataKeys more.
	// If there are more paths, they share this number, see docs/schema.md.
	MaxPaths int
	// MaxDataKeys is the largest number of keys that look like data (numbers, dates,
	// ids) for which a document has a path each. With more keys they share one path,
	// "*". Zero means 32.
	MaxDataKeys int
	// MaxValues is the largest number of different values kept for a path. Zero means
	// 32.
	MaxValues int
	// MaxValueSize is the largest size in bytes of a value that is kept. Longer strings
	// and binaries are cut. Zero means 128; at least 32.
	MaxValueSize int
	// MaxHashes is the largest number of hashes of values that are held for all paths
	// together, 8 to 16 bytes each. While the values of a path have their share, their
	// number is exact. Zero means 1<<17.
	MaxHashes int
	// MaxLevels is the largest number of keys and arrays in a path. Deeper elements
	// are not counted. Zero means 100; at most 1,000.
	MaxLevels int
	// MaxDepth is the largest number of open containers in a document. Documents beyond
	// are rejected. Zero means bsoncore.DefaultMaxDepth; at most bsoncore.DepthCeiling.
	MaxDepth int
	// TypesOnly says that only the paths and the forms of their values are wanted, which
	// is several times as fast where there are thousands of paths. Of a Path these fields
	// are zero: Numbers, Dates, Strings, Binaries, Arrays, Distinct, Exact, Unique, Values
	// and All. AppendJSON leaves them out; AppendJSONSchema needs none of them.
	TypesOnly bool
	// SingleOnly leaves out the paths below a path with values of several types; null is not
	// a type here. Such a Path has Leaf set, and Children, Lost and Deep are zero. Paths in
	// which a key looks like data are an exception. If the documents have more than MaxPaths
	// paths, their order decides which paths are kept.
	SingleOnly bool
	// Validated says that the caller has validated every document, with the same
	// MaxDepth, so Add does not validate it again. A malformed document is still an
	// error, but a part of it may be counted. If text is not UTF-8, the result is
	// undefined.
	Validated bool
}

const (
	// maxKey is the largest number of bytes in the key of a path. Longer keys look like
	// data.
	maxKey = 128
	// singlePaths is the number of paths that MaxDataKeys allows for each of its keys.
	singlePaths = 8
)

// resolve replaces zeros by defaults and applies the ceilings. It returns a
// *bsoncore.OptionError for a negative limit.
func (o *Options) resolve() error {
	for _, f := range []struct {
		name                   string
		value                  *int
		usual, lowest, highest int
	}{
		{"MaxPaths", &o.MaxPaths, 1000, 1, 1 << 24},
		{"MaxDataKeys", &o.MaxDataKeys, 32, 1, 1 << 16},
		{"MaxValues", &o.MaxValues, 32, 1, 1 << 16},
		{"MaxValueSize", &o.MaxValueSize, 128, 32, 1 << 24},
		{"MaxHashes", &o.MaxHashes, 1 << 17, 1, 1 << 30},
		{"MaxLevels", &o.MaxLevels, 100, 1, 1000},
		{"MaxDepth", &o.MaxDepth, bsoncore.DefaultMaxDepth, 1, bsoncore.DepthCeiling},
	} {
		switch {
		case *f.value < 0:
			return &bsoncore.OptionError{Option: "schema.Options." + f.name, Value: strconv.Itoa(*f.value)}
		case *f.value == 0:
			*f.value = f.usual
		}
		*f.value = min(max(*f.value, f.lowest), f.highest)
	}
	return nil
}

// charge is the number of paths reserved for the keys of a document that look like data.
func (o *Options) charge() int { return singlePaths * o.MaxDataKeys }
