package stage

import (
	"errors"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/internal/replace"
)

// Replace is the stage that replaces invalid UTF-8 in documents, as a writer does.
type Replace struct {
	MaxDepth int // of documents
}

// Do replaces invalid UTF-8 in rec.
func (r Replace) Do(rec *record.Record) (keep bool, err error) {
	rules := bson.ValidateOptions{MaxDepth: r.MaxDepth}
	if rec.Type != bson.TypeDocument || !errors.Is(rules.Validate(rec.Data), bson.ErrUTF8) {
		return true, nil
	}
	if doc, err := replace.Document(nil, rec.Data, r.MaxDepth); err == nil { // else the writer has the fault
		rec.Data = doc
	}
	return true, nil
}
