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
	if err := firstFault(&r.Options, rec); err == nil || rec.Type != bson.TypeDocument {
		return true, err
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

// firstFault returns the first fault of rec.
func firstFault(o *bson.ValidateOptions, rec *record.Record) error {
	if rec.Type == bson.TypeDocument { // faster than a bare value
		return o.Validate(rec.Data)
	}
	return o.ValidateValue(rec.Type, rec.Data)
}
