package archive_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc64"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// slowRead is a simple reader of archives without faults. It reads the documents by
// namespace, and reports whether there is a fault.
func slowRead(data []byte) (documents map[archive.Namespace][]string, ok bool) {
	documents = map[archive.Namespace][]string{}
	sums, ended, listed := map[archive.Namespace]uint64{}, map[archive.Namespace]bool{}, map[archive.Namespace]string{}
	next := func() (doc bsoncore.Document, ok bool) { // nil: a terminator
		if len(data) < 4 {
			return nil, false
		}
		n := int64(int32(binary.LittleEndian.Uint32(data)))
		if n == -1 {
			data = data[4:]
			return nil, true
		}
		if n < 5 || n > int64(len(data)) || data[n-1] != 0 {
			return nil, false
		}
		doc, data = data[:n], data[n:]
		return doc, true
	}
	text := func(doc bsoncore.Document, key string) string {
		s, found := doc.Lookup(key).StringValueOK()
		ok = ok && found
		return s
	}
	if len(data) < 4 || string(data[:4]) != magic {
		return nil, false
	}
	data = data[4:]
	doc, ok := next()
	if !ok || doc == nil || doc.Validate() != nil {
		return nil, false
	}
	text(doc, "version")
	text(doc, "server_version")
	text(doc, "tool_version")
	if _, found := doc.Lookup("concurrent_collections").Int32OK(); !found || !ok {
		return nil, false
	}
	for {
		if doc, ok = next(); !ok {
			return nil, false
		}
		if doc == nil {
			break
		}
		if doc.Validate() != nil {
			return nil, false
		}
		text(doc, "metadata")
		kind, _ := doc.Lookup("type").StringValueOK()
		listed[archive.Namespace{DB: text(doc, "db"), Collection: text(doc, "collection")}] = kind
		if !ok {
			return nil, false
		}
	}
	for len(data) > 0 {
		doc, ok = next()
		if !ok || doc == nil || doc.Validate() != nil {
			return documents, false
		}
		n := archive.Namespace{DB: text(doc, "db"), Collection: text(doc, "collection")}
		ends, isFlag := doc.Lookup("EOF").BooleanOK()
		sum, isSum := doc.Lookup("CRC").Int64OK()
		if !ok || !isFlag || !isSum || ended[n] || ends && uint64(sum) != sums[n] {
			return documents, false
		}
		documents[n] = append(documents[n], nil...)
		for {
			doc, ok = next()
			if !ok || doc != nil && ends {
				return documents, false
			}
			if doc == nil {
				break
			}
			documents[n] = append(documents[n], string(doc))
			sums[n] = crc64.Update(sums[n], crc64.MakeTable(crc64.ECMA), doc)
		}
		ended[n] = ends
	}
	for n := range documents {
		if !ended[n] {
			return documents, false
		}
	}
	for n, kind := range listed {
		if !ended[n] && !(kind == "timeseries" && ended[archive.Namespace{DB: n.DB, Collection: "system.buckets." + n.Collection}]) {
			return documents, false
		}
	}
	return documents, true
}

// FuzzReader: an archive that a simple reader reads without a fault has the same
// documents for a Reader and no fault; one that it does not read has one. With any
// damage, documents are bytes of the archive, in order, and salvaging ends.
func FuzzReader(f *testing.F) {
	s := small()
	f.Add(s.data)
	f.Add(s.data[:700])
	f.Add(slices.Concat([]byte("text"), s.data))
	f.Add(slices.Concat(s.data[:480], []byte(term), s.data[480:]))
	f.Add(newSketch("a.x").block("a.x").end("a.x").data)
	f.Fuzz(func(t *testing.T, data []byte) {
		want, ok := slowRead(data)
		got := salvage(t, archive.NewReader(bytes.NewReader(data)), data)
		if ok != (len(got.Faults) == 0) && !slices.ContainsFunc(got.Faults, names) {
			t.Fatalf("without a fault: %t, the Reader has %q", ok, got.Faults)
		}
		if !ok || len(got.Faults) > 0 {
			return
		}
		read := map[archive.Namespace][]string{}
		for n := range want {
			read[n] = nil
		}
		for _, k := range got.Docs {
			read[k.Name] = append(read[k.Name], k.Doc)
		}
		if diff := cmp.Diff(want, read); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// names reports whether a fault is one of names or contents, which the simple reader
// does not look at.
func names(fault string) bool {
	return bytes.Contains([]byte(fault), []byte(archive.ErrName.Error())) || bytes.Contains([]byte(fault), []byte("bson: "))
}

// FuzzWriter: whatever is written comes back. Each byte of the program writes a document
// to one of four namespaces, begins it or ends it.
func FuzzWriter(f *testing.F) {
	f.Add([]byte("\x00\x01\x02\x03\x10\x20\x30\x81\x40"))
	f.Fuzz(func(t *testing.T, program []byte) {
		want := map[string][]string{}
		ended := map[string]bool{}
		var out bytes.Buffer
		w := archive.NewWriter(&out, archive.Header{}, nil)
		for i, op := range program {
			n := []string{"a.x", "a.y", "b.x", ".oplog"}[op&3]
			var err error
			switch {
			case op >= 0xF0:
				err = w.End(name(n))
			case op >= 0xE0:
				err = w.Begin(name(n))
			default:
				err = w.Write(name(n), document(i))
			}
			if ended[n] != errors.Is(err, archive.ErrEnded) || err != nil && !ended[n] {
				t.Fatalf("operation %d: %v, ended: %t", i, err, ended[n])
			}
			if err != nil {
				continue
			}
			ended[n] = op >= 0xF0
			docs := want[n]
			if op < 0xE0 {
				docs = append(docs, string(document(i)))
			}
			want[n] = docs
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if _, ok := slowRead(out.Bytes()); !ok {
			t.Fatalf("the simple reader has a fault: %x", out.Bytes())
		}
		back := readAll(t, archive.NewReader(&out))
		if diff := cmp.Diff(want, back.Documents); diff != "" || back.Err != nil {
			t.Fatalf("%v (-want +got):\n%s", back.Err, diff)
		}
	})
}
