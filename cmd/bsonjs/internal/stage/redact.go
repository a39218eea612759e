package stage

import (
	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/redact"
)

// Redact is a stage that redacts values of each document. A stage before it has rejected
// malformed records.
type Redact struct{ Redactor *redact.Redactor }

// Do replaces rec.Data. It keeps all records, and rejects a value that is no document.
func (r Redact) Do(rec *record.Record) (keep bool, err error) {
	if rec.Type != bson.TypeDocument {
		return true, notDocument(rec)
	}
	if !rec.Shaped { // else it is in the first room already
		rec.Rooms[0] = append(rec.Rooms[0][:0], rec.Data...)
		rec.Data = rec.Rooms[0]
	}
	return true, r.Redactor.Redact(rec.Data)
}
