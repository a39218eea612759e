package interop

import (
	"testing"

	driver "go.mongodb.org/mongo-driver/v2/bson"

	"github.com/bsonkit/bsonkit/bson/bsontest"
)

// driverDeviations has the names of the differences between driver v2 and the
// specification that bsontest.TestCodec finds.
func driverDeviations() map[string]string {
	known := map[string]string{
		"array keys: changed":                              "an A has no keys",
		"regex options: changed":                           "the driver sorts the options as runes",
		"binData: changed":                                 "an empty binary of subtype 2 becomes one of four bytes",
		"a byte changed: invalid UTF-8: accepted":          "the driver does not check UTF-8",
		"regex: options: end inside a character: accepted": "the driver does not check UTF-8",
	}
	for _, text := range []string{"key", "string", "javascript", "javascriptWithScope", "symbol", "dbPointer", "regex"} {
		for _, fault := range []string{"the byte 0xFF", "end inside a character", "overlong form", "surrogate", "code point over U+10FFFF"} {
			known[text+": "+fault+": accepted"] = "the driver does not check UTF-8"
		}
	}
	return known
}

// TestDriverCodec runs the tests of bsontest on driver v2. A new deviation fails, and so
// does a known one that is gone.
func TestDriverCodec(t *testing.T) {
	bsontest.TestCodec(t, bsontest.Codec{
		Decode: func(data []byte) (any, error) {
			var d driver.D
			err := driver.Unmarshal(data, &d)
			return d, err
		},
		Encode:  driver.Marshal,
		Options: bsontest.Options{Odd: bsontest.AllOdd &^ (bsontest.Misfits | bsontest.Deep)},
		Known:   driverDeviations(),
	})
}
