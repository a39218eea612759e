// Package columns converts BSON documents to Arrow record batches, and record batches to
// documents. An Arrow schema names the columns. [Infer] makes one from the description of
// all documents, which package bson/schema collects:
//
//	found := schema.New(columns.Options{}.Schema())
//	for d.Next() {
//		if err := found.Add(d.Document()); err != nil { … }
//	}
//	s, err := columns.Infer(found, columns.Options{})
//	r, err := columns.NewRecordReader(file, s, columns.Options{})
//	defer r.Release()
//	for r.Next() {
//		use(r.RecordBatch())
//	}
//	if err := r.Err(); err != nil { … }
//
// [NewDocumentWriter] converts record batches to documents. A column has one form for its
// values, and each BSON type has a form that keeps it. With OrderExact, the documents that
// come back have the same bytes, except for keys of arrays other than 0, 1, 2 and so on. A
// value that does not fit its column is an error with the path, the offset and the number of
// the document, unless an option accepts the loss. Accepted losses are counted, see
// [RecordReader.Losses]. docs/columns.md has the table of all forms.
//
// # Marks
//
// Arrow has fewer types than BSON, so the metadata of a field says more. A column of a BSON
// type that Arrow does not have gets the name of an extension type (ARROW:extension:name):
// the name of PyMongoArrow where it has one, such as "pymongoarrow.objectid", otherwise a
// name that starts with "bsonkit.". A program that does not know the name sees the storage
// type. Columns of Extended JSON have the key "bsonkit.json".
//
// Arrow has only one null, for a BSON null and for a missing field. The key
// "bsonkit.nulls" says which of the two a null of the column is. If both occur, a column
// of booleans follows, which is true for each BSON null. With OrderExact, a column of lists
// has the order of the keys of documents that do not have the order of the columns.
package columns
