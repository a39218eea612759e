package stage

import (
	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// A Shaper makes a document of another one, as query.Projection and query.Edit do. Several
// goroutines use it.
type Shaper interface {
	// Append appends what doc becomes to dst. It neither changes nor keeps doc. On error
	// it returns dst at its old length.
	Append(dst, doc []byte) ([]byte, error)
}

// Shape is a stage that replaces each document by what a Shaper makes of it. A stage before
// it has rejected malformed records.
type Shape struct{ Shaper Shaper }

// Do replaces rec.Data. It keeps all records, and rejects a value that is no document.
func (s Shape) Do(rec *record.Record) (keep bool, err error) {
	if rec.Type != bson.TypeDocument {
		return true, notDocument(rec)
	}
	doc, err := s.Shaper.Append(rec.Rooms[1][:0], rec.Data)
	if err != nil {
		return true, err
	}
	rec.Rooms[0], rec.Rooms[1] = doc, rec.Rooms[0] // rec.Data may have been in the first
	rec.Data, rec.Shaped = doc, true
	return true, nil
}
