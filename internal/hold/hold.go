// Package hold checks the properties that hold for all inputs. The fuzz targets and
// the tests that damage vectors use it. Each function returns nil, or an error with
// the property that does not hold and the input.
package hold

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
)

var (
	canonical = extjson.EncodeOptions{Mode: extjson.Canonical}
	exact     = extjson.EncodeOptions{Mode: extjson.Canonical, RejectLossy: true}
	asIs      = extjson.EncodeOptions{Mode: extjson.Canonical, AmbiguousKeys: extjson.AsIs}
)

// mark is a byte order mark.
var mark = []byte("\ufeff")

// A fault has the common parts of errors of bson and extjson.
type fault struct {
	offset  int64
	pointer string
	err     error
	value   bool // a *ValueError rather than a *SyntaxError
}

// bsonFault returns the fault in an error of package bson.
func bsonFault(err error) (fault, error) {
	var syntax *bson.SyntaxError
	var value *bson.ValueError
	switch {
	case errors.As(err, &syntax):
		return fault{syntax.Offset, syntax.Pointer, syntax.Err, false}, nil
	case errors.As(err, &value):
		return fault{value.Offset, value.Pointer, value.Err, true}, nil
	}
	return fault{}, fmt.Errorf("error is %T %w", err, err)
}

// Bytes checks the properties of all bytes. Validate and AppendJSON agree whether the
// bytes are a document and, if they are not, on the fault and its place. A walk with a
// Cursor ends. The text of a document is JSON and UTF-8. A document comes back from
// its text unless the text is lossy.
func Bytes(doc []byte) error {
	if err := walk(doc); err != nil {
		return err
	}
	verr := bson.Validate(doc)
	text, jerr := asIs.AppendJSON(nil, doc)
	if (verr == nil) != (jerr == nil) {
		return fmt.Errorf("%x: Validate: %v, AppendJSON: %v", doc, verr, jerr)
	}
	if verr == nil {
		if !json.Valid(text) || !utf8.Valid(text) {
			return fmt.Errorf("%x: text is not JSON: %q", doc, text)
		}
		return RoundTrip(doc)
	}
	v, verr2 := bsonFault(verr)
	j, jerr2 := bsonFault(jerr)
	if verr2 != nil || jerr2 != nil || v != j {
		return fmt.Errorf("%x: Validate: %v, AppendJSON: %v", doc, verr, jerr)
	}
	if v.offset < 0 || v.offset > int64(len(doc)) {
		return fmt.Errorf("%x: offset is outside the document: %w", doc, verr)
	}
	if !utf8.ValidString(v.pointer) {
		return fmt.Errorf("%x: pointer is not UTF-8: %q", doc, v.pointer)
	}
	if len(text) != 0 {
		return fmt.Errorf("%x: AppendJSON returns %q and the error %w", doc, text, jerr)
	}
	return nil
}

// walk walks over doc with a Cursor and checks that its elements follow each other
// without gaps.
func walk(doc []byte) error {
	c := bson.NewCursor(doc)
	end := 4
	var down func() error
	down = func() error {
		for c.Next() {
			if c.Offset() != end {
				return fmt.Errorf("%x: element at %d, but the previous element ends at %d", doc, c.Offset(), end)
			}
			end = c.ValueOffset() + len(c.Data())
			switch c.Type() {
			case bson.TypeDocument, bson.TypeArray, bson.TypeCodeWithScope:
				after := end
				// The document of a code with scope starts after the code.
				end = c.ValueOffset() + 4
				if c.Type() == bson.TypeCodeWithScope {
					_, scope := c.CodeWithScope()
					end = after - len(scope) + 4
				}
				if !c.Enter() {
					return nil
				}
				if err := down(); err != nil {
					return err
				}
				c.Leave()
				end = after
			}
		}
		return nil
	}
	return down()
}

// RoundTrip checks that a document comes back from its canonical text, byte for byte,
// unless RejectLossy or special keys make the text an error. If the text is lossy, it
// must come back as a document whose text is the same and not lossy.
func RoundTrip(doc []byte) error {
	text, err := exact.AppendJSON(nil, doc)
	switch {
	case err == nil:
		back, err := extjson.AppendBSON(nil, text)
		if err != nil || !bytes.Equal(back, doc) {
			return fmt.Errorf("%x comes back from %s as %x, %v", doc, text, back, err)
		}
		return nil
	case errors.Is(err, extjson.ErrAmbiguous):
		return nil
	case !errors.Is(err, extjson.ErrLossy):
		return fmt.Errorf("%x: RejectLossy: %w", doc, err)
	}
	text, err = canonical.AppendJSON(nil, doc)
	if errors.Is(err, extjson.ErrAmbiguous) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%x: canonical: %w", doc, err)
	}
	back, err := extjson.AppendBSON(nil, text)
	if err != nil {
		return fmt.Errorf("%x: %s: %w", doc, text, err)
	}
	again, err := exact.AppendJSON(nil, back)
	if err != nil || !bytes.Equal(again, text) {
		return fmt.Errorf("%x: %s gives %x, whose text is %s, %v", doc, text, back, again, err)
	}
	return nil
}

// Text checks the properties of all texts. An accepted text is JSON and gives a
// document with exact canonical text, which converts back to the same document.
// Stricter options accept fewer texts and give the same documents. A fault has a
// place inside the text.
func Text(text []byte) error {
	doc, err := extjson.AppendBSON(nil, text)
	if err != nil {
		if len(doc) != 0 {
			return fmt.Errorf("%q: AppendBSON returns %x and the error %v", text, doc, err)
		}
		return place(text, err)
	}
	if !json.Valid(bytes.TrimPrefix(text, mark)) || !utf8.Valid(text) {
		return fmt.Errorf("AppendBSON accepts a text that is not JSON: %q", text)
	}
	if err := bson.Validate(doc); err != nil {
		return fmt.Errorf("%q gives %x: %w", text, doc, err)
	}
	exactText, err := exact.AppendJSON(nil, doc)
	if errors.Is(err, extjson.ErrLossy) && bytes.Contains(bytes.ToLower(text), []byte("nan")) {
		return RoundTrip(doc) // "-NaN" is a decimal whose sign canonical text loses
	}
	if err != nil {
		return fmt.Errorf("%q gives %x, which has no exact text: %w", text, doc, err)
	}
	for _, o := range []extjson.DecodeOptions{{}, {CanonicalOnly: true}, {InvalidUTF8: bson.UTF8Replace}} {
		back, err := o.AppendBSON(nil, exactText)
		if err != nil || !bytes.Equal(back, doc) {
			return fmt.Errorf("%q gives %x, which comes back from %s as %x, %v", text, doc, exactText, back, err)
		}
	}
	for _, o := range []extjson.DecodeOptions{{CanonicalOnly: true}, {RejectInexact: true}, {MaxNumberLen: 8}, {MaxDepth: 2}} {
		strict, err := o.AppendBSON(nil, text)
		if err == nil && !bytes.Equal(strict, doc) {
			return fmt.Errorf("%q gives %x, but %x with %+v", text, doc, strict, o)
		}
		if err != nil {
			if err := place(text, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// place checks that err is an error of extjson, that its place is inside text, and
// that line and column belong to the offset.
func place(text []byte, err error) error {
	var p extjson.SyntaxError
	var syntax *extjson.SyntaxError
	var value *extjson.ValueError
	switch {
	case errors.As(err, &syntax):
		p = *syntax
	case errors.As(err, &value):
		p = extjson.SyntaxError(*value)
	default:
		return fmt.Errorf("%q: error is %T %w", text, err, err)
	}
	if p.Offset < 0 || p.Offset > int64(len(text)) {
		return fmt.Errorf("%q: offset is outside the text: %w", text, err)
	}
	before := text[:p.Offset]
	if p.Line != 1+int64(bytes.Count(before, []byte("\n"))) ||
		p.Column != p.Offset-int64(bytes.LastIndexByte(before, '\n')) {
		return fmt.Errorf("%q: line and column do not belong to the offset %d: %w", text, p.Offset, err)
	}
	if p.Err == nil || !utf8.ValidString(p.Pointer) {
		return fmt.Errorf("%q: the error has no sentinel, or the pointer %q is not UTF-8", text, p.Pointer)
	}
	return nil
}
