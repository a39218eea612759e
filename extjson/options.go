package extjson

import "github.com/bsonkit/bsonkit/bson"

// A Mode is a way of writing Extended JSON.
type Mode uint8

const (
	// Relaxed writes numbers and dates as people write them and keeps every
	// value, though not the width of integers. It is the default.
	Relaxed Mode = iota
	// Canonical keeps every type: the text converts back to the same bytes.
	Canonical
)

// An AmbiguityPolicy says what happens to a stored document that a reader of
// the text would take for something else, because one of its own keys is
// special: {"a": {"$oid": "zz"}} as data.
type AmbiguityPolicy uint8

const (
	// Refuse makes it an error that matches ErrAmbiguous. It is the default.
	Refuse AmbiguityPolicy = iota
	// AsIs writes it as if its keys were not special.
	AsIs
)

// EncodeOptions says how BSON is written as text. The zero value writes
// compact relaxed Extended JSON.
type EncodeOptions struct {
	_ struct{} // keyed literals only

	// Mode is Relaxed or Canonical.
	Mode Mode
	// Indent, if not empty, puts each member on a line of its own, after as
	// many copies of Indent as there are containers around it. Wrappers such
	// as {"$oid":"…"} stay on one line. It must consist of spaces and tabs.
	Indent string
	// ASCII writes every character above 0x7F as \uxxxx.
	ASCII bool
	// EscapeHTML writes <, >, &, U+2028 and U+2029 as \uxxxx.
	EscapeHTML bool
	// AmbiguousKeys is Refuse or AsIs.
	AmbiguousKeys AmbiguityPolicy
	// RejectLossy makes it an error that matches ErrLossy when the canonical
	// text of a value would not convert back to the same bytes: a NaN other
	// than the plain one, a decimal128 whose bits are not the canonical
	// ones, array keys other than "0", "1", …, and unsorted regex options.
	RejectLossy bool
	// InvalidUTF8 is bson.UTF8Reject or bson.UTF8Replace.
	InvalidUTF8 bson.UTF8Policy
	// MaxDepth is how many containers may be open at once, the document
	// itself included. Zero means bson.DefaultMaxDepth.
	MaxDepth int
	// Array makes an Encoder write one JSON array of all its documents
	// instead of one document after the other.
	Array bool
}

// DefaultMaxNumberLen is how many bytes the text of a number may have unless
// an option says otherwise.
const DefaultMaxNumberLen = 4096

// textPerBSON is how many bytes of text a stream accepts for each byte that
// the document may have in BSON, unless an option says otherwise.
const textPerBSON = 16

// DecodeOptions says how text is read. The zero value reads canonical and
// relaxed Extended JSON, mixed as it comes.
type DecodeOptions struct {
	_ struct{} // keyed literals only

	// CanonicalOnly refuses the forms that only relaxed text has: bare
	// numbers, dates as text and $uuid.
	CanonicalOnly bool
	// RejectInexact refuses an integer too large for int64 whose nearest
	// double is another number.
	RejectInexact bool
	// InvalidUTF8 is what happens to bytes that are not UTF-8 and to lone
	// surrogates: bson.UTF8Reject or bson.UTF8Replace.
	InvalidUTF8 bson.UTF8Policy
	// MaxDepth is how many containers may be open at once, the document
	// itself included; the braces of wrappers do not count. Zero means
	// bson.DefaultMaxDepth.
	MaxDepth int
	// MaxNumberLen is how many bytes the text of one number may have. Zero
	// means DefaultMaxNumberLen.
	MaxNumberLen int
	// MaxDocumentSize is the largest document, in bytes of BSON, that a
	// Decoder accepts. Zero means bson.DefaultMaxDocumentSize.
	MaxDocumentSize int
	// MaxTextSize is the longest text of one document, in bytes, that a
	// Decoder accepts. Zero means 16 times MaxDocumentSize.
	MaxTextSize int
}
