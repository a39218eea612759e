package pickle_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/hostile"
	"github.com/bsonkit/bsonkit/pickle"
)

// FuzzRead states the properties of all bytes. A value that is read is valid and
// within the limits. After an error dst has its old length, and the error has a
// place inside the input. The readers for streams and for ObjectIds agree. The
// value comes back from every protocol in which it can be written.
func FuzzRead(f *testing.F) {
	for i, v := range loadVectors(f) {
		if i%5 == 0 && len(v.Hex) < 2000 {
			f.Add(v.data(f))
		}
	}
	for i, v := range loadWild(f) {
		if i%7 == 0 && len(v.Hex) < 2000 {
			f.Add(v.data(f))
		}
	}
	for _, shape := range hostile.Shapes(hostile.Pickle) {
		if data := shape.Make(500); len(data) < 2000 {
			f.Add([]byte(data))
		}
	}
	f.Fuzz(checkRead)
}

// checkRead checks the properties of FuzzRead.
func checkRead(t *testing.T, data []byte) {
	t.Helper()
	value, typ, err := appended(t, data)
	checkDescribed(t, data, value, err)
	if err != nil {
		checkFault(t, err, len(data))
		if _, err := pickle.UnmarshalObjectID(data); err == nil {
			t.Fatal("UnmarshalObjectID accepts a pickle that AppendBSONValue rejects")
		}
		return
	}
	checkValue(t, typ, value)
	if limit := max(1<<20, pickle.DefaultMaxExpansion*len(data)); len(value) > limit {
		t.Fatalf("%d bytes of BSON from a pickle of %d bytes, want %d or less", len(value), len(data), limit)
	}
	if id, err := pickle.UnmarshalObjectID(data); (err == nil) != (typ == bson.TypeObjectID) || err == nil && !bytes.Equal(id[:], value) {
		t.Fatalf("%v %x: UnmarshalObjectID gives %v, %v", typ, value, id, err)
	}
	d := pickle.NewDecoder(iotest.OneByteReader(io.MultiReader(bytes.NewReader(data), bytes.NewReader(data))))
	for range 2 {
		if !d.Next() || d.Type() != typ || !bytes.Equal(d.Value(), value) {
			t.Fatalf("from a stream: %v %x, want %v %x, %v", d.Type(), d.Value(), typ, value, d.Err())
		}
	}
	if d.Next() || d.Err() != nil {
		t.Fatalf("after the last pickle of a stream: %v", d.Err())
	}
	for _, p := range protocols {
		checkWrite(t, pickle.EncodeOptions{Protocol: p, Documents: pickle.DocumentClass(len(data) & 1)}, typ, value)
	}
}

// checkDescribed checks that UnknownDescribe gives the same value if there is one
// without it, and else a valid value or an error with a place.
func checkDescribed(t *testing.T, data, value []byte, err error) {
	t.Helper()
	o := pickle.DecodeOptions{Unknown: pickle.UnknownDescribe}
	described, typ, err2 := o.AppendBSONValue(nil, data)
	switch {
	case err == nil && (err2 != nil || !bytes.Equal(described, value)):
		t.Fatalf("%q: %x, %v with UnknownDescribe, want %x", data, described, err2, value)
	case err2 != nil:
		checkFault(t, err2, len(data))
		return
	}
	checkValue(t, typ, described)
	if limit := max(1<<20, 4*pickle.DefaultMaxExpansion*len(data)); len(described) > limit {
		t.Fatalf("%d bytes of BSON from a pickle of %d bytes, want %d or less", len(described), len(data), limit)
	}
	d := o.NewDecoder(iotest.HalfReader(bytes.NewReader(data)))
	if !d.Next() || d.Type() != typ || !bytes.Equal(d.Value(), described) {
		t.Fatalf("%q from a stream: %v %x, %v, want %x", data, d.Type(), d.Value(), d.Err(), described)
	}
}

// appended reads data, and checks that the result does not depend on dst.
func appended(t *testing.T, data []byte) (value []byte, typ bson.Type, err error) {
	t.Helper()
	value, typ, err = pickle.AppendBSONValue(nil, data)
	if (typ == 0) != (err != nil) {
		t.Fatalf("%v, %v", typ, err)
	}
	if broken := bsontest.CheckAppend(func(dst []byte) ([]byte, error) {
		out, again, err := pickle.AppendBSONValue(dst, data)
		if again != typ {
			t.Fatalf("%q: type %v, then %v", data, typ, again)
		}
		return out, err
	}); broken != nil {
		t.Fatalf("%q: %v", data, broken)
	}
	return value, typ, err
}

// FuzzWrite: a document, given as bytes or made from choices, is written in every
// protocol or in none, and comes back.
func FuzzWrite(f *testing.F) {
	f.Add(hundred, false)
	f.Add(bsontest.Seed(hundred), true)
	for i, v := range loadVectors(f) {
		if v.Expected != nil && i%7 == 0 && len(*v.Expected) < 1000 {
			_, doc := v.expected(f)
			f.Add(doc, false)
			f.Add(bsontest.Seed(doc), true)
		}
	}
	f.Fuzz(func(t *testing.T, doc []byte, shaped bool) {
		if shaped {
			doc = bsontest.Options{Odd: bsontest.AllOdd, MaxSize: 72 << 10}.Document(bsontest.NewSource(doc))
		}
		if _, err := (extjson.EncodeOptions{AmbiguousKeys: extjson.AsIs}).AppendJSON(nil, doc); err != nil {
			if _, err := pickle.AppendPickle(nil, doc); err == nil {
				t.Fatalf("%x is written, but Validate: %v", doc, err)
			}
			return
		}
		written := 0
		for _, p := range protocols {
			if checkWrite(t, pickle.EncodeOptions{Protocol: p, Documents: pickle.DocumentClass(len(doc) & 1)}, bson.TypeDocument, doc) {
				written++
			}
		}
		if written != 0 && written != len(protocols) {
			t.Fatalf("%x is written in %d protocols, want all or none", doc, written)
		}
	})
}

// checkFault checks that an error has a place in an input of n bytes.
func checkFault(t *testing.T, err error, n int) {
	t.Helper()
	if f, _ := faultOf(t, err); f.Offset < 0 || f.Offset > int64(n) || f.Err == nil {
		t.Fatalf("fault %+v in a pickle of %d bytes", f, n)
	}
}

// checkValue checks that a value is well formed and UTF-8.
func checkValue(t *testing.T, typ bson.Type, value []byte) {
	t.Helper()
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendValue(doc, "v", typ, value), mark)
	if _, err := (extjson.EncodeOptions{AmbiguousKeys: extjson.AsIs, MaxDepth: 5000}).AppendJSON(nil, doc); err != nil {
		t.Fatalf("%v %x: %v", typ, value, err)
	}
}

// checkWrite writes a value and reads it back. It reports whether the value
// can be written.
func checkWrite(t *testing.T, o pickle.EncodeOptions, typ bson.Type, value []byte) bool {
	t.Helper()
	data, err := o.AppendPickleValue(nil, typ, value)
	if err != nil {
		if !canRefuse(err, typ, value) {
			t.Fatalf("%v %x, protocol %d: %v", typ, value, o.Protocol, err)
		}
		return false
	}
	back, typ2, err := pickle.DecodeOptions{MaxExpansion: 1 << 20}.AppendBSONValue(nil, data)
	if err != nil || typ2 != typ {
		t.Fatalf("%v %x, protocol %d, written as %q: %v", typ, value, o.Protocol, data, err)
	}
	if !bytes.Equal(back, value) && !bytes.Equal(normal(back), normal(value)) {
		t.Fatalf("%v %x, protocol %d, written as %q, comes back as %x", typ, value, o.Protocol, data, back)
	}
	return true
}

// canRefuse reports whether a value has a part for which the writer may return
// err.
func canRefuse(err error, typ bson.Type, value []byte) bool {
	switch {
	case errors.Is(err, bson.ErrDuplicateKey):
		return holds(typ, value, hasDuplicate)
	case errors.Is(err, pickle.ErrNoClass):
		return holds(typ, value, hasNoClass)
	}
	return false
}

// holds reports whether is returns true for a value or for a value inside it.
func holds(typ bson.Type, value []byte, is func(bson.Type, []byte) bool) bool {
	if is(typ, value) {
		return true
	}
	var c bson.Cursor
	if !c.ResetValue(typ, value, 0) {
		return false
	}
	if typ == bson.TypeCodeWithScope {
		_, value = c.CodeWithScope()
		return holds(bson.TypeDocument, value, is)
	}
	if typ != bson.TypeDocument && typ != bson.TypeArray {
		return false
	}
	for c := bson.NewCursor(value); c.Next(); {
		if holds(c.Type(), c.Data(), is) {
			return true
		}
	}
	return false
}

// hasDuplicate reports whether a document, without its inner documents, has a
// duplicate key.
func hasDuplicate(typ bson.Type, value []byte) bool {
	if typ != bson.TypeDocument {
		return false
	}
	seen := map[string]bool{}
	for c := bson.NewCursor(value); c.Next(); {
		if seen[string(c.Key())] {
			return true
		}
		seen[string(c.Key())] = true
	}
	return false
}

// hasNoClass reports whether Python has no class for a value.
func hasNoClass(typ bson.Type, value []byte) bool {
	switch typ {
	case bson.TypeUndefined, bson.TypeSymbol, bson.TypeDBPointer:
		return true
	case bson.TypeRegex:
		_, options, _ := bytes.Cut(value, []byte{0})
		for i, c := range options[:len(options)-1] {
			if !bytes.Contains([]byte("ilmsux"), []byte{c}) || bytes.IndexByte(options[:i], c) >= 0 {
				return true
			}
		}
	}
	return false
}

// normal returns a value without the parts that a pickle does not keep: the keys
// of arrays and the order of regex options. It converts the value to text, which
// does not keep them either.
func normal(value []byte) []byte {
	text, err := extjson.EncodeOptions{Mode: extjson.Canonical, AmbiguousKeys: extjson.AsIs}.AppendJSON(nil, value)
	if err != nil {
		return value
	}
	return text
}
