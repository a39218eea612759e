package bson

// A UTF8Policy says what happens to text that is not UTF-8.
type UTF8Policy uint8

const (
	// UTF8Reject makes it an error that matches ErrUTF8. It is the default.
	UTF8Reject UTF8Policy = iota
	// UTF8Replace writes U+FFFD for each byte that is not part of UTF-8.
	UTF8Replace
)

// DefaultMaxDocumentSize is the largest document, in bytes of BSON, that a
// stream accepts unless an option says otherwise: 64 MiB, four times what
// a MongoDB server stores.
const DefaultMaxDocumentSize = 64 << 20

// DecodeOptions says how documents are read. The zero value is the default.
type DecodeOptions struct {
	_ struct{} // keyed literals only

	// MaxDepth is how many containers may be open at once, the document
	// itself included. Zero means DefaultMaxDepth; at most DepthCeiling.
	MaxDepth int
	// MaxDocumentSize is the largest document, in bytes, that a Decoder
	// accepts. Zero means DefaultMaxDocumentSize; no document is larger
	// than 2³¹−1 bytes.
	MaxDocumentSize int
}
