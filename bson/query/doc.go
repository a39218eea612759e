// Package query selects documents with MongoDB's filters, without a server, sorts them,
// selects their fields, and changes them. A [Filter], a [Sort], a [Projection] and an
// [Edit] are compiled once and then applied to the bytes of documents:
//
//	f, err := query.Parse([]byte(`{status: "x", total: {$gt: 10}}`), query.Options{})
//	if err != nil { … }
//	ok, err := f.Match(doc)
//
//	s, err := query.ParseSort([]byte(`{total: -1, _id: 1}`), query.Options{})
//	if err != nil { … }
//	slices.SortStableFunc(docs, s.Compare)
//
//	p, err := query.ParseProjection([]byte(`{"items.sku": 1}`), query.Options{})
//	if err != nil { … }
//	dst, err = p.Append(dst[:0], doc)
//
//	e, err := query.ParseEdit([]byte(`{$set: {seen: true}, $rename: {qty: "count"}}`), query.Options{})
//	if err != nil { … }
//	dst, err = e.Append(dst[:0], doc)
//
// [Paths] find the values at paths, with the rules of an edit.
//
// The semantics are those of MongoDB 8. docs/query.md lists them, one row for each
// rule. A path such as "a.b.0" leads through documents and arrays. A path that begins
// with a slash is a JSON Pointer (RFC 6901), for keys that contain a dot or begin with
// a dollar sign: "/a.b/c" has the keys "a.b" and "c". The first of equal keys counts for
// filters and orders; projections and edits treat all of them alike.
//
// Filters and documents are of type []byte, so a bson.Raw and a bsoncore.Document need no
// conversion. A document may be malformed: a fault in the bytes that decide the result is
// an error. Other bytes are not read; [bsoncore.Validate] checks all.
package query
