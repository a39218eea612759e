// Package archive reads and writes the archives of mongodump --archive, without a
// server: the documents of all collections, one after the other and checked, and the
// metadata of the collections.
//
//	r := archive.NewReader(f)
//	for r.Next() {
//		switch r.Event() {
//		case archive.Begin:
//			create(r.Namespace())
//		case archive.Document:
//			use(r.Namespace(), r.Document())
//		case archive.End:
//			finish(r.Namespace(), r.Totals())
//		}
//	}
//	if err := r.Err(); err != nil { … }
//
// An archive is, in this order:
//
//   - the magic number 6d e2 99 81
//   - a block whose header document is a Header and whose documents are Metadata
//   - blocks of documents. The header document of a block has the namespace. A
//     namespace may have several blocks, with blocks of others between them. Its last
//     block has no documents, and the checksum of all its documents in the header.
//
// A block ends with the four bytes ff ff ff ff in place of the length of a document.
// There is no index, so a reader hops over all documents. What mongodump --gzip writes
// is one gzip stream around an archive; decompress it first.
//
// The documents are not looked into: see [bsoncore.Validate].
package archive
