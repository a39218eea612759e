// Package stage has the stages of package run, through which records go on their
// way to the sink.
package stage

import (
	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// Rules is a stage that rejects records that break rules, and reports all faults
// of each.
type Rules struct{ Options bson.ValidateOptions }

// maxFaults is the number of faults of one record that are listed.
const maxFaults = 1000

// Do checks rec. It keeps all records.
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
