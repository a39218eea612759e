package timeseries_test

import (
	"fmt"
	"log"

	"github.com/bsonkit/bsonkit/bson/timeseries"
	"github.com/bsonkit/bsonkit/extjson"
)

// The measurements of a bucket. The metadata of the collection has the names of the
// time field and the meta field.
func ExampleOptions_Unpack() {
	metadata, err := extjson.AppendBSON(nil, []byte(`{"options":{"timeseries":{"timeField":"at","metaField":"sensor"}}}`))
	if err != nil {
		log.Fatal(err)
	}
	bucket, err := extjson.AppendBSON(nil, []byte(`{
		"_id": {"$oid": "65937c00a1b2c3d4e5f60718"},
		"control": {"version": 1, "min": {"celsius": 19.5}, "max": {"celsius": 20.5}},
		"meta": "roof",
		"data": {
			"at":      {"0": {"$date": "2024-01-02T03:00:00Z"}, "1": {"$date": "2024-01-02T03:01:00Z"}},
			"celsius": {"0": 19.5, "1": 20.5}
		}
	}`))
	if err != nil {
		log.Fatal(err)
	}
	for doc, err := range timeseries.OptionsOf(metadata).Unpack(bucket) {
		if err != nil {
			log.Fatal(err)
		}
		text, err := extjson.AppendJSON(nil, doc)
		fmt.Printf("%s %v\n", text, err)
	}
	// Output:
	// {"at":{"$date":"2024-01-02T03:00:00Z"},"sensor":"roof","celsius":19.5} <nil>
	// {"at":{"$date":"2024-01-02T03:01:00Z"},"sensor":"roof","celsius":20.5} <nil>
}
