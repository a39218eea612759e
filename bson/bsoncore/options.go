package bsoncore

// DefaultMaxDocumentSize is the largest document, in bytes of BSON, that a
// stream accepts unless an option says otherwise: 64 MiB, four times what
// a MongoDB server stores.
const DefaultMaxDocumentSize = 64 << 20

// DecodeOptions says how a Decoder reads a stream. The zero value is the
// default.
type DecodeOptions struct {
	_ struct{} // keyed literals only

	// MaxDepth is how many containers may be open at once in a document that
	// Resync accepts, the document itself included. Zero means
	// DefaultMaxDepth; at most DepthCeiling.
	MaxDepth int
	// MaxDocumentSize is the largest document, in bytes, that a Decoder
	// accepts. Zero means DefaultMaxDocumentSize; no document is larger
	// than 2³¹−1 bytes.
	MaxDocumentSize int
}
