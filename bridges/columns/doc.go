// Package columns makes Arrow record batches of BSON documents, and documents of record
// batches. An Arrow schema says how; [Infer] makes one of the description of a collection:
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
// A column has one form for its values, and each BSON type has a form that keeps it. With
// OrderExact, the documents that come back have the same bytes. A value that does not fit
// its column is an error with the path, the offset and the document, unless an option
// accepts the loss. Accepted losses are counted, see [RecordReader.Losses].
// docs/columns.md has the table of all forms.
//
// # Marks
//
// Arrow has fewer types than BSON, so the metadata of a field says more. A BSON type
// without an Arrow type has the name of an extension type (ARROW:extension:name): those of
// PyMongoArrow where it has one, such as "pymongoarrow.objectid", otherwise names that
// start with "bsonkit.". A program that does not know the name sees the storage type.
//
// Arrow has only one null, for a BSON null and for a missing field. The key
// "bsonkit.nulls" says which of the two a null of the column is. Where both occur, a column of
// booleans follows that is true for each BSON null. With OrderExact, a column of lists has
// the order of keys where it is not that of the columns.
package columns
