// Package text reads and writes Extended JSON as the functions of the driver do. The
// alias packages for both versions of the driver use it.
package text

import (
	"bytes"
	"encoding/json"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
)

// Options returns the options for text in the driver's spelling. Like the driver,
// they write a document whose keys are special ones.
func Options(values bson.EncodeOptions, canonical, escapeHTML bool) extjson.EncodeOptions {
	o := extjson.EncodeOptions{
		Doubles: extjson.DriverDoubles, EscapeLines: true, EscapeHTML: escapeHTML,
		AmbiguousKeys: extjson.AsIs, Values: values,
	}
	if canonical {
		o.Mode = extjson.Canonical
	}
	return o
}

// Unmarshal reads Extended JSON, and its older forms unless it must be canonical.
// Text that is not an object is a single value.
func Unmarshal(values bson.DecodeOptions, text []byte, canonical bool, v any) error {
	o := extjson.DecodeOptions{CanonicalOnly: canonical, Legacy: !canonical, Values: values}
	if first := bytes.TrimLeft(text, " \t\r\n"); len(first) > 0 && first[0] != '{' {
		return o.UnmarshalValue(text, v)
	}
	return o.Unmarshal(text, v)
}

// Indent returns the text of v with each member on a line of its own, those of
// wrappers too, as json.Indent and the driver do.
func Indent(o extjson.EncodeOptions, v any, prefix, indent string) ([]byte, error) {
	text, err := o.Marshal(v)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if err := json.Indent(&buf, text, prefix, indent); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
