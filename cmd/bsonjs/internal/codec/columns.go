package codec

import (
	"bytes"

	"github.com/bsonkit/bsonkit/bson"
)

// Tables of columns, which an extension reads and writes: its documents are BSON, one after
// the other. So these rows read and write BSON, and the run connects them to the extension.
var (
	Parquet = &Codec{
		Name:      "parquet",
		Title:     "Parquet",
		Suffixes:  []string{".parquet"},
		Becomes:   "json",
		Binary:    true,
		Extension: true,
		Sniff:     opensWith("PAR1"),
		Read:      readBSON,
		Write:     writeColumns,
	}
	Arrow = &Codec{
		Name:      "arrow",
		Title:     "Arrow",
		Suffixes:  []string{".arrow", ".feather"},
		Becomes:   "json",
		Binary:    true,
		Extension: true,
		Sniff:     opensWith("ARROW1"),
		Read:      readBSON,
		Write:     writeColumns,
	}
	ArrowStream = &Codec{
		Name:      "arrow-stream",
		Title:     "an Arrow stream",
		Suffixes:  []string{".arrows"},
		Becomes:   "json",
		Binary:    true,
		Extension: true,
		Sniff:     func([]byte) Certainty { return Not }, // it has no magic number: its name decides
		Read:      readBSON,
		Write:     writeColumns,
	}
)

// opensWith returns the Sniff of a format whose files start with magic. Inputs of which
// less has arrived have at least HeadSize bytes of it.
func opensWith(magic string) func(head []byte) Certainty {
	return func(head []byte) Certainty {
		if n := min(len(head), len(magic)); n >= HeadSize && bytes.HasPrefix(head, []byte(magic[:n])) {
			return Surely
		}
		return Not
	}
}

// writeColumns returns the Encoder of documents for the extension. Text in columns is
// UTF-8, so UTF8Keep rejects all other text.
func writeColumns(o WriteOptions) Encoder {
	if o.UTF8 == bson.UTF8Keep {
		o.UTF8 = bson.UTF8Reject
	}
	return BSON.Write(o)
}
