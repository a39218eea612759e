package query

import "github.com/bsonkit/bsonkit/extjson"

// This file reads text and finds the place in it of a fault.

// reader returns the options for reading text.
func (o *Options) reader() extjson.DecodeOptions {
	reader := o.Text
	reader.Shell = true
	reader.MaxDepth = o.maxDepth()
	return reader
}

// read returns the BSON of text.
func (o *Options) read(text []byte) ([]byte, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	return o.reader().AppendBSON(nil, text)
}

// locate sets the place of fault, which is one in the BSON of text, to that in text.
func (o *Options) locate(fault *Error, text []byte) {
	fault.Offset, fault.Line, fault.Column = o.reader().Locate(text, int(fault.Offset))
}
