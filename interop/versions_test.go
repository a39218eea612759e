package interop

//lint:file-ignore SA1019 v1 is deprecated, and this file tests v1

import (
	"bytes"
	"testing"

	driver1 "go.mongodb.org/mongo-driver/bson"

	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// TestDriverVersions: driver v1 reads and writes as v2 does, so that the rows about the
// driver in docs/differences.md are about v1 too.
func TestDriverVersions(t *testing.T) {
	s, documents := bsontest.NewRandom(1), sample.New(sample.Wild, 1)
	accepted := map[string]int{}
	for i := range 3000 {
		doc := documents.Append(nil)
		for name, doc := range map[string][]byte{"documents": doc, "damaged documents": bsontest.Damage(s, doc).Data} {
			for _, canonical := range []bool{true, false} {
				text2, err2 := tryDriverText(doc, canonical)
				text1, err1 := writeBy[driver1.D](doc, canonical, driver1.Unmarshal, driver1.MarshalExtJSON)
				if text1 != text2 || (err1 != nil) != (err2 != nil) {
					t.Errorf("%s: %x\nv1 %s %v\nv2 %s %v", name, doc, text1, err1, text2, err2)
				}
				if err2 == nil {
					accepted[name]++
				}
			}
		}
		for _, o := range []extjson.EncodeOptions{{Mode: extjson.Canonical}, {}, {Mode: extjson.Legacy}} {
			text := mutate(ourText(t, o, doc), uint64(i+1))
			doc2, err2 := tryDriver([]byte(text))
			doc1, err1 := readBy[driver1.D]([]byte(text), driver1.UnmarshalExtJSON, driver1.Marshal)
			if !bytes.Equal(doc1, doc2) || (err1 != nil) != (err2 != nil) {
				t.Errorf("%s\nv1 %x %v\nv2 %x %v", text, doc1, err1, doc2, err2)
			}
			if err2 == nil {
				accepted["changed texts"]++
			}
		}
	}
	for _, name := range []string{"documents", "damaged documents", "changed texts"} {
		if accepted[name] == 0 {
			t.Errorf("the driver accepts no %s", name)
		}
	}
}
