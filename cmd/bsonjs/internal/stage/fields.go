package stage

import (
	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// Fields is a stage that keeps the fields of each document that a projection selects. A
// stage before it has rejected malformed records.
type Fields struct{ Projection *query.Projection }

// Do replaces rec.Data. It keeps all records, and rejects a value that is no document.
func (f Fields) Do(rec *record.Record) (keep bool, err error) {
	if rec.Type != bson.TypeDocument {
		return true, notDocument(rec)
	}
	doc, err := f.Projection.Append(rec.Room[:0], rec.Data)
	if err != nil {
		return true, err
	}
	rec.Data, rec.Room, rec.Shaped = doc, doc, true
	return true, nil
}
