// Package archive reads and writes the archives of mongodump --archive, without a
// server. A Reader returns the documents of all collections, one after the other, and
// the metadata of the collections, and checks the structure and the checksums.
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
//     namespace may have several blocks, with blocks of other namespaces between them.
//     Its last block has no documents, and its header has the checksum of all
//     documents of the namespace.
//
// A block ends with the four bytes ff ff ff ff in place of the length of a document.
// An archive has no index, so a Reader passes over all documents. mongodump --gzip
// writes one gzip stream around the archive; decompress it first.
//
// Without --archive mongodump writes a directory. OpenFolder lists its files.
//
// A Reader does not check the content of documents: see [bsoncore.Validate].
package archive
