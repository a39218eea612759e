package query

import (
	"cmp"
	"math"
	"strconv"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// Options are the options of compiling filters, sort orders, projections and edits. The
// zero value is the default.
type Options struct {
	_ struct{} // keyed literals only

	// MaxDepth is the largest number of open containers, in the filter, in the
	// documents and in those that an edit makes, and the largest number of keys in a path. Zero means
	// bsoncore.DefaultMaxDepth; at most bsoncore.DepthCeiling.
	MaxDepth int

	// MaxDocumentSize is the largest document, in bytes, that an edit makes: in an array of
	// documents a value that is set is there many times. Zero means
	// bsoncore.DefaultMaxDocumentSize; no document is larger than math.MaxInt32.
	MaxDocumentSize int

	// Text has the options for the text of Parse, ParseSort, ParseProjection and
	// ParseEdit. These functions set Shell, and MaxDepth to the MaxDepth of Options. CanonicalOnly turns
	// the syntax of the shell off. With Legacy a document with only $regex is a regex,
	// which $elemMatch does not accept.
	Text extjson.DecodeOptions
}

// check returns the *bsoncore.OptionError of an option that is out of range.
func (o *Options) check() error {
	switch {
	case o.MaxDepth < 0:
		return &bsoncore.OptionError{Option: "query.Options.MaxDepth", Value: strconv.Itoa(o.MaxDepth)}
	case o.MaxDocumentSize < 0:
		return &bsoncore.OptionError{Option: "query.Options.MaxDocumentSize", Value: strconv.Itoa(o.MaxDocumentSize)}
	}
	return nil
}

// maxDepth returns MaxDepth or its default.
func (o *Options) maxDepth() int {
	if o.MaxDepth == 0 {
		return bsoncore.DefaultMaxDepth
	}
	return min(o.MaxDepth, bsoncore.DepthCeiling)
}

// maxDocumentSize returns MaxDocumentSize or its default.
func (o *Options) maxDocumentSize() int {
	return min(cmp.Or(o.MaxDocumentSize, bsoncore.DefaultMaxDocumentSize), math.MaxInt32)
}
