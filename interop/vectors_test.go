package interop

import (
	"bytes"
	"fmt"
	"testing"

	driver "go.mongodb.org/mongo-driver/v2/bson"

	"github.com/bsonkit/bsonkit/internal/corpus"
)

// differs lists the vectors on which the driver differs, and its behaviour. A
// row on which the driver agrees fails the test.
var differs = map[string]string{
	"binary.json/subtype 02, empty":                          "reads the second length as data",
	"code-with-scope.json/empty":                             "requires $code before $scope",
	"code-with-scope.json/both":                              "requires $code before $scope",
	"dbpointer.json/NUL in the namespace":                    "writes the NUL unescaped",
	"decimal128.json/zero of the greatest exponent":          "rejects exponents beyond an int",
	"decimal128.json/zero of the least exponent":             "rejects exponents beyond an int",
	"decimal128.json/coefficient of 10^34 counts as zero":    "writes the coefficient",
	"decimal128.json/coefficient of all ones counts as zero": "writes the coefficient",
	"document.json/empty":                                    "rejects a byte order mark",
	"double.json/NaN":                                        "reads NaN as the one with payload 1",
	"double.json/NaN with payload":                           "reads NaN as the one with payload 1",
	"double.json/negative NaN":                               "reads NaN as the one with payload 1",
	"double.json/signalling NaN":                             "reads NaN as the one with payload 1",
	"double.json/NaN of all ones":                            "reads NaN as the one with payload 1",
	"double.json/Go's NaN":                                   "reads NaN as the one with payload 1",
}

// TestVectors checks the project's own vectors with driver v2. The driver shares
// no code with the program that made the vectors, nor with the code that they
// test.
func TestVectors(t *testing.T) {
	left := map[string]bool{}
	for name := range differs {
		left[name] = true
	}
	for _, f := range corpus.Load(t) {
		for _, v := range f.Valid {
			name := f.Name + "/" + v.Name
			faults := driverVector(v)
			reason, known := differs[name]
			delete(left, name)
			switch {
			case known && len(faults) == 0:
				t.Errorf("%s: the driver agrees, but a row says that it %s; delete the row", name, reason)
			case !known:
				for _, fault := range faults {
					t.Errorf("%s: %s", name, fault)
				}
			}
		}
	}
	for name := range left {
		t.Errorf("vector %s has a row but does not exist", name)
	}
}

// driverVector returns the points on which the driver disagrees with v.
func driverVector(v corpus.Valid) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	var d driver.D
	if err := driver.Unmarshal(v.BSON, &d); err != nil {
		fault("Unmarshal: %v", err)
		return faults
	}
	for _, tc := range []struct {
		canonical bool
		want      string
	}{{true, v.Canonical}, {false, v.Relaxed}} {
		text, err := driver.MarshalExtJSON(d, tc.canonical, false)
		if err != nil {
			fault("MarshalExtJSON: %v", err)
			continue
		}
		got, gerr := corpus.Meaning(string(text))
		want, werr := corpus.Meaning(tc.want)
		if gerr != nil || werr != nil || got != want {
			fault("driver %s, vector %s (%v, %v)", text, tc.want, gerr, werr)
		}
	}
	read := func(text string, want []byte) {
		var d driver.D
		if err := driver.UnmarshalExtJSON([]byte(text), false, &d); err != nil {
			fault("UnmarshalExtJSON: %v: %s", err, text)
			return
		}
		got, err := driver.Marshal(d)
		if err != nil || !bytes.Equal(got, want) {
			fault("driver %x, vector %x (%v): %s", got, want, err, text)
		}
	}
	read(v.Canonical, v.Back)
	read(v.Relaxed, v.RelaxedBack)
	for _, text := range v.Texts {
		read(text, v.Back)
	}
	return faults
}
