// Package stage has what can be done to a record between its reading and its
// sink.
package stage

import (
	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// Rules is a stage that refuses records that break rules, and says all that is
// wrong with one.
type Rules struct{ Options bson.ValidateOptions }

// maxFaults is how many faults of one record are listed.
const maxFaults = 1000

// Do checks rec.
func (r Rules) Do(rec *record.Record) (keep bool, err error) {
	if rec.Type != bson.TypeDocument {
		return true, r.Options.ValidateValue(rec.Type, rec.Data)
	}
	if r.Options.Validate(rec.Data) == nil {
		return true, nil
	}
	var all record.Faults
	for err := range r.Options.Faults(rec.Data) {
		if len(all.List) < maxFaults {
			all.List = append(all.List, err)
		} else {
			all.More++
		}
	}
	return true, all
}
