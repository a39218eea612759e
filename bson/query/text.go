package query

import (
	"errors"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file reads text, finds the place in it of a fault, and writes text.

// parseText reads text and compiles it. The place in an *Error becomes that in text.
func parseText[T any](text []byte, o Options, compile func(doc []byte, o Options) (T, error)) (compiled T, err error) {
	if err := o.check(); err != nil {
		return compiled, err
	}
	reader := o.Text
	reader.Shell = true
	reader.MaxDepth = o.maxDepth()
	doc, err := reader.AppendBSON(nil, text)
	if err != nil {
		return compiled, err
	}
	compiled, err = compile(doc, o)
	var fault *Error
	if errors.As(err, &fault) {
		fault.Offset, fault.Line, fault.Column = reader.Locate(text, int(fault.Offset))
	}
	return compiled, err
}

// canonical returns doc as canonical Extended JSON.
func canonical(doc []byte) string {
	o := extjson.EncodeOptions{Mode: extjson.Canonical, AmbiguousKeys: extjson.AsIs, InvalidUTF8: bson.UTF8Replace, MaxDepth: bsoncore.DepthCeiling}
	text, err := o.AppendJSON(nil, doc)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
