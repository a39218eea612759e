package stage

import (
	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// Valid is a stage that rejects malformed records, each with its first fault. It comes
// before stages that read only a part of a record.
type Valid struct{ Options bson.ValidateOptions }

// Do checks rec. It keeps all records.
func (v Valid) Do(rec *record.Record) (keep bool, err error) {
	return true, firstFault(&v.Options, rec)
}

// Where is a stage that keeps the records that all Filters select. A stage before it
// has rejected malformed records.
type Where struct{ Filters []*query.Filter }

// noFields stands for a value that is not a document, which has no fields.
var noFields = []byte{5, 0, 0, 0, 0}

// Do matches rec.
func (w Where) Do(rec *record.Record) (keep bool, err error) {
	doc := rec.Data
	if rec.Type != bson.TypeDocument {
		doc = noFields
	}
	for _, f := range w.Filters {
		if ok, err := f.Match(doc); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// WhereOrFaulty is Where for a sink that shows faults: it keeps malformed records, too.
type WhereOrFaulty struct {
	Valid Valid
	Where Where
}

// Do matches rec. It rejects no record.
func (w WhereOrFaulty) Do(rec *record.Record) (keep bool, err error) {
	if _, err := w.Valid.Do(rec); err != nil {
		return true, nil
	}
	keep, err = w.Where.Do(rec)
	return keep || err != nil, nil
}
