// Package schema tells what is in a set of documents: for each path its types, how often
// it is present, numbers, dates, sizes and values. A [Schema] takes one document after
// another, in bounded memory:
//
//	s := schema.New(schema.Options{})
//	for d.Next() {
//		if err := s.Add(d.Document()); err != nil { … }
//	}
//	for p := range s.Paths() {
//		fmt.Println(p, p.Count, p.Types)
//	}
//
// Several Schemas of parts of the documents are merged into one. The result depends
// neither on the order of documents nor on their split nor on the order of merges. Counts,
// sums and ends are exact; docs/schema.md says what is an estimate, with which error, and
// what is left out when there is too much.
//
// [Schema.AppendJSON] writes all of it as JSON, [Schema.AppendJSONSchema] a validator for
// MongoDB.
package schema
