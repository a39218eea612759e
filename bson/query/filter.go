package query

import (
	"bytes"
	"errors"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// A Filter is a compiled filter. It is safe for concurrent use.
type Filter struct {
	p *program
}

// Compile compiles a filter, which is one whole document. The filter is not kept. An
// error is an *Error if a part of the filter has no meaning, with Offset in the filter;
// an error of package bsoncore if the filter is not a valid document; or a
// *bsoncore.OptionError.
func Compile(filter []byte, o Options) (*Filter, error) {
	c, err := o.open(filter)
	if err != nil {
		return nil, err
	}
	p := parser{c: c, depth: o.maxDepth()}
	var conds conditions
	e := p.query(&conds)
	if err := p.c.Err(); err != nil {
		return nil, placed(err)
	}
	return &Filter{newProgram(conds, e, p.depth)}, nil
}

// open returns a cursor over a copy of doc, which is a filter or another description.
func (o *Options) open(doc []byte) (c bsoncore.Cursor, err error) {
	if err := o.check(); err != nil {
		return c, err
	}
	if err := (bsoncore.ValidateOptions{MaxDepth: o.maxDepth()}).Validate(doc); err != nil {
		return c, err
	}
	c.Reset(bytes.Clone(doc), o.maxDepth())
	return c, nil
}

// Parse is Compile for a filter in Extended JSON, or in the syntax of the MongoDB
// shell: {status: "x", total: {$gt: 10}}. The place in an *Error is that in text. Errors
// of package extjson are about text that is not Extended JSON.
func Parse(text []byte, o Options) (*Filter, error) { return parseText(text, o, Compile) }

// Match reports whether f selects doc, which is one whole document. It neither changes
// nor keeps doc. It allocates nothing, unless the filter has more than 1,024 conditions or
// a regular expression, 16 paths of it lead into one element, a document is nested more
// than 24 deep, or a decimal128 is compared with a double that is close to it.
//
// Match reads the elements on the paths of f until the result is certain, and checks
// what it reads. If that is malformed, the result is false and the error is that of
// bsoncore.Validate: the first fault of doc. Elements that Match does not read may be
// malformed.
func (f *Filter) Match(doc []byte) (bool, error) {
	match, ok := f.p.matchDocument(doc)
	if ok {
		return match, nil
	}
	return false, faultOf(doc, f.p.depth)
}

// faultOf returns the first fault of doc, which a walk has found to be malformed.
func faultOf(doc []byte, depth int) error {
	err := bsoncore.ValidateOptions{MaxDepth: depth, AllowInvalidUTF8: true}.Validate(doc)
	if err == nil {
		panic("BUG: query: a walk found a fault in a valid document")
	}
	return err
}

// errMalformed ends a walk; the error of Match replaces it.
var errMalformed = errors.New("malformed value")

// Raw returns f as a filter in which every operator is explicit: {a: 1} becomes
// {"$and":[{"a":{"$eq":1}}]}. Compile makes an equal Filter of it.
func (f *Filter) Raw() bson.Raw {
	dst, mark := bsoncore.Begin(nil)
	return bsoncore.End(f.p.appendQuery(dst), mark)
}

// String returns Raw as canonical Extended JSON. Parse makes an equal Filter of it,
// unless a value of f is a document that Extended JSON cannot represent, such as
// {"$oid":"x"} as data.
func (f *Filter) String() string { return canonical(f.Raw()) }
