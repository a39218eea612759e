package stage

import (
	"encoding/binary"
	"math/rand/v2"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/objectid"
)

// AddID is a stage that gives each document without an _id a new ObjectId, as its first
// field. It has the rules of Shape.
type AddID struct {
	Seeded bool // the ids depend on Seed and on the places of documents alone
	Seed   uint64
}

// idKey is the key of ids.
const idKey = "_id"

// Do replaces rec.Data if it has no _id.
func (a AddID) Do(rec *record.Record) (keep bool, err error) {
	if rec.Type == bson.TypeDocument {
		c := bsoncore.NewCursor(rec.Data)
		for c.Next() {
			if string(c.Key()) == idKey {
				return true, nil
			}
		}
	}
	id := objectid.ID{}
	if a.Seeded {
		id = seeded(a.Seed, rec.Spot)
	} else {
		id = objectid.New()
	}
	return Shape{(*firstID)(&id)}.Do(rec)
}

// seeded returns the id of the document at a place.
func seeded(seed uint64, spot record.Spot) (id objectid.ID) {
	var r rand.PCG = spot.Random(seed)
	r.Uint64() // the hash decides about samples
	binary.BigEndian.PutUint64(id[:8], r.Uint64())
	binary.BigEndian.PutUint32(id[8:], uint32(r.Uint64()))
	return id
}

// A firstID is the Shaper that puts an id in front of the fields.
type firstID objectid.ID

// Append appends doc with the id.
func (id *firstID) Append(dst, doc []byte) ([]byte, error) {
	dst, mark := bsoncore.Begin(dst)
	dst = bsoncore.AppendObjectID(dst, idKey, objectid.ID(*id))
	return bsoncore.End(append(dst, doc[4:len(doc)-1]...), mark), nil
}
