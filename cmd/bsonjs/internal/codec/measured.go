package codec

import (
	"fmt"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file makes the metadata of a plain collection of those of a time series, whose
// measurements become the documents of the collection.

// MeasuredSpace returns the namespace of the measurements, if n has buckets. Other
// namespaces stay as they are.
func MeasuredSpace(n archive.Namespace) archive.Namespace {
	if series, ok := n.Measurements(); ok {
		return series
	}
	return n
}

// MeasuredMetadata returns m for the measurements of m, which is a time series or has the
// buckets of one: those of a plain collection. Indexes stay, because those of a time series
// are on fields of its measurements. Metadata of a namespace of buckets are about buckets,
// so that their text is left out. Metadata of other namespaces stay as they are.
func MeasuredMetadata(m archive.Metadata) (archive.Metadata, error) {
	if series, ok := m.Namespace.Measurements(); ok {
		return archive.Metadata{Namespace: series}, nil
	}
	if m.Type != archive.TimeSeries {
		return m, nil
	}
	m.Type = archive.Collection
	if m.Text == "" {
		return m, nil
	}
	doc, err := extjson.AppendBSON(nil, []byte(m.Text))
	if err == nil {
		doc, err = edit(plainMetadata).document(nil, doc)
	}
	if err != nil {
		return m, fmt.Errorf("the metadata of %q cannot be read: %w", m.Namespace, err)
	}
	text, err := extjson.EncodeOptions{Mode: extjson.Canonical}.AppendJSON(nil, doc)
	m.Text = string(text)
	return m, err
}

// plainMetadata edits the metadata of a time series.
func plainMetadata(dst []byte, c *bson.Cursor) ([]byte, bool, error) {
	switch {
	case c.Type() == bson.TypeString && string(c.Key()) == "type":
		return bsoncore.AppendString(dst, "type", string(archive.Collection)), true, nil
	case c.Type() == bson.TypeDocument && string(c.Key()) == "options":
		return edit(plainOptions).inside(dst, c)
	}
	return dst, false, nil
}

// seriesOptions are the options of time series, and of their buckets and views, that plain
// collections do not have.
var seriesOptions = map[string]bool{
	"timeseries": true, "expireAfterSeconds": true, "clusteredIndex": true, "validator": true, "viewOn": true, "pipeline": true,
}

// plainOptions edits the options of a time series.
func plainOptions(dst []byte, c *bson.Cursor) ([]byte, bool, error) {
	return dst, seriesOptions[string(c.Key())], nil
}
