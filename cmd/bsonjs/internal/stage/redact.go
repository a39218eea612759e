package stage

import (
	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/redact"
	"github.com/bsonkit/bsonkit/pickle"
)

// Redact is a stage that redacts values of each document. A stage before it has rejected
// malformed records.
type Redact struct{ Redactor *redact.Redactor }

// Do replaces rec.Data. It keeps all records, and rejects a value that is no document.
func (r Redact) Do(rec *record.Record) (keep bool, err error) {
	if rec.Type != bson.TypeDocument {
		return true, &pickle.ValueError{What: rec.Type.String(), Err: pickle.ErrNotDocument}
	}
	if !rec.Shaped { // else it is in Room already
		rec.Room = append(rec.Room[:0], rec.Data...)
		rec.Data = rec.Room
	}
	return true, r.Redactor.Redact(rec.Data)
}
