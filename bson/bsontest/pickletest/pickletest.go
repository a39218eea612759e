// Package pickletest makes pickles of documents for tests of code that reads them, and
// pickles with faults.
//
// Package bsontest makes the documents. Package pickle decides about pickles: the faults,
// and their places, are those that package pickle reports.
package pickletest

import (
	"bytes"
	"errors"
	"iter"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/pickle"
)

// Options select the pickles. The zero value makes pickles of small documents.
type Options struct {
	_ struct{} // keyed literals only

	// Documents select the documents. DuplicateKeys, ArrayKeys and RegexOptions have no
	// effect, because values of Python do not keep them.
	Documents bsontest.Options
}

// forms are the ways to write a document.
var forms = []pickle.EncodeOptions{
	{}, {Protocol: pickle.Protocol0}, {Protocol: pickle.Protocol1}, {Protocol: pickle.Protocol3}, {Protocol: pickle.Protocol4},
	{Protocol: pickle.Protocol5}, {Reader: pickle.Python2}, {Documents: pickle.SON}, {Protocol: pickle.Protocol5, Documents: pickle.SON},
}

// Pickle returns a pickle of the document made from the next choices of s, in the protocol
// and with the class that other choices select, and the document that the pickle gives.
// Types that Python has no class for are converted, so the document may differ from that
// of Options.Documents. A document with a value that cannot be converted is replaced by
// the empty one.
func (o Options) Pickle(s *bsontest.Source) (data []byte, doc bson.Raw) {
	documents := o.Documents
	documents.Odd &^= bsontest.DuplicateKeys | bsontest.ArrayKeys | bsontest.RegexOptions
	doc = documents.Document(s)
	form := forms[s.IntN(len(forms))]
	form.Deprecated = pickle.Convert
	data, err := form.AppendPickle(nil, doc)
	if errors.Is(err, pickle.ErrNoClass) || errors.Is(err, pickle.ErrReader) {
		doc = bsontest.Document(nil) // a value that no class of Python holds
		data, err = form.AppendPickle(nil, doc)
	}
	if err != nil {
		panic("BUG: pickletest: " + err.Error())
	}
	if doc, err = pickle.AppendBSON(nil, data); err != nil {
		panic("BUG: pickletest: " + err.Error())
	}
	return data, doc
}

// A Fault is a pickle with one fault.
type Fault struct {
	// Name is the kind of fault: "truncated" or "a byte changed".
	Name string
	// Data is the pickle with the fault. Package pickle rejects it.
	Data []byte
	// Err is the sentinel of package pickle or bson that matches the error.
	Err error
	// Offset is the offset in the error, in bytes from the start of Data.
	Offset int64
}

// flips are the changes of a byte by Faults.
var flips = []byte{0x01, 0x80, 0xff}

// Faults returns an iterator over copies of data, a pickle, with one fault each: every
// truncation, and bytes that are changed in several ways. A change that leaves a pickle
// that package pickle reads is left out.
func Faults(data []byte) iter.Seq[Fault] {
	return func(yield func(Fault) bool) {
		for n := range len(data) {
			if f, ok := examined("truncated", bytes.Clone(data[:n])); ok && !yield(f) {
				return
			}
		}
		for i := range data {
			for _, flip := range flips {
				bad := bytes.Clone(data)
				bad[i] ^= flip
				if f, ok := examined("a byte changed", bad); ok && !yield(f) {
					return
				}
			}
		}
	}
}

// Damage returns a copy of data, a pickle, with one fault, which the next choices of s
// select.
func Damage(s *bsontest.Source, data []byte) Fault {
	bad := bytes.Clone(data)
	bad[s.IntN(len(bad))] ^= 1 + byte(s.IntN(255))
	if f, ok := examined("a byte changed", bad); ok {
		return f
	}
	f, _ := examined("truncated", bytes.Clone(data[:s.IntN(len(data))]))
	return f
}

// examined returns data as a Fault, or false if package pickle reads it.
func examined(name string, data []byte) (Fault, bool) {
	_, _, err := pickle.AppendBSONValue(nil, data)
	var syntax *pickle.SyntaxError
	var value *pickle.ValueError
	switch {
	case errors.As(err, &syntax):
		return Fault{name, data, syntax.Err, syntax.Offset}, true
	case errors.As(err, &value):
		return Fault{name, data, value.Err, value.Offset}, true
	}
	return Fault{}, false
}
