package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file writes archives of mongodump, and reads them back with a reader of its own,
// which knows nothing of package archive.

// A plainArchive is what plainRead finds in an archive.
type plainArchive struct {
	Server, Tool string
	Metadata     []plainMetadata
	Documents    map[string]string // of each namespace, one after the other
	Blocks       []string          // the namespaces of the blocks of documents, in order
	Ended        map[string]bool
}

type plainMetadata struct{ Namespace, Text, Type string }

// takeDocument returns the document at the start of data, decoded, and its bytes. They
// are nil for the end of a block.
func takeDocument(data []byte) (doc bson.M, raw, rest []byte, err error) {
	if len(data) < 4 {
		return nil, nil, nil, errors.New("cut in a length")
	}
	n := binary.LittleEndian.Uint32(data)
	if n == 0xFFFFFFFF {
		return nil, nil, data[4:], nil
	}
	if n < 5 || int64(n) > int64(len(data)) || n > 16<<20+16<<10 {
		return nil, nil, nil, fmt.Errorf("length %d", n)
	}
	err = bson.Unmarshal(data[:n], &doc)
	return doc, data[:n], data[n:], err
}

// plainRead reads an archive block by block. Everything must be as the format says: each
// namespace of the start has an end, with the checksum of all its documents, and no others
// have documents.
func plainRead(data []byte) (a plainArchive, err error) {
	fail := func(format string, args ...any) (plainArchive, error) { return a, fmt.Errorf(format, args...) }
	data, ok := bytes.CutPrefix(data, []byte{0x6d, 0xe2, 0x99, 0x81})
	if !ok {
		return fail("no magic number")
	}
	a.Documents, a.Ended = map[string]string{}, map[string]bool{}
	header, _, data, err := takeDocument(data)
	if err != nil || header["version"] != "0.1" {
		return fail("header %v, %v", header, err)
	}
	a.Server, a.Tool = header["server_version"].(string), header["tool_version"].(string)
	for {
		m, raw, rest, err := takeDocument(data)
		if err != nil {
			return fail("metadata: %v", err)
		}
		if data = rest; raw == nil {
			break
		}
		a.Metadata = append(a.Metadata, plainMetadata{m["db"].(string) + "." + m["collection"].(string), m["metadata"].(string), m["type"].(string)})
	}
	for len(data) > 0 {
		h, raw, rest, err := takeDocument(data)
		if err != nil || raw == nil {
			return fail("header of a block: %v", err)
		}
		data = rest
		name := h["db"].(string) + "." + h["collection"].(string)
		if a.Ended[name] {
			return fail("%s comes after its end", name)
		}
		var docs []byte
		for {
			_, raw, rest, err := takeDocument(data)
			if err != nil {
				return fail("%s: %v", name, err)
			}
			if data = rest; raw == nil {
				break
			}
			docs = append(docs, raw...)
		}
		if h["EOF"] == false {
			a.Blocks = append(a.Blocks, name)
			a.Documents[name] += string(docs)
			continue
		}
		sum := crc64.Checksum([]byte(a.Documents[name]), crc64.MakeTable(crc64.ECMA))
		if len(docs) > 0 || uint64(h["CRC"].(int64)) != sum {
			return fail("%s: checksum %x, want %x; %d bytes after the end", name, h["CRC"], sum, len(docs))
		}
		a.Ended[name] = true
	}
	for name := range a.Documents {
		if !a.Ended[name] {
			return fail("%s has no end", name)
		}
	}
	for _, m := range a.Metadata {
		if db, coll, _ := strings.Cut(m.Namespace, "."); !a.Ended[m.Namespace] && !(m.Type == "timeseries" && a.Ended[db+".system.buckets."+coll]) {
			return fail("%s of the start has no end", m.Namespace)
		}
	}
	return a, nil
}

// mustRead is plainRead for an archive that a run has written.
func mustRead(t *testing.T, got command) plainArchive {
	t.Helper()
	if got.code != 0 || got.stderr != "" {
		t.Fatalf("code %d, %.300s", got.code, got.stderr)
	}
	a, err := plainRead([]byte(got.stdout))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestArchivesOfArchives: an archive that is made of a real one has the same documents,
// metadata and versions, namespace by namespace.
func TestArchivesOfArchives(t *testing.T) {
	for _, name := range []string{"all.archive", "shop.archive"} {
		name = filepath.Join(dumps, name)
		got := mustRead(t, runCommand(nil, "-t", "archive", name))
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := plainRead(data)
		if err != nil {
			t.Fatal(err)
		}
		want.Blocks, got.Blocks = nil, nil // empty collections come last
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestArchiveBlocks: blocks of documents are those of the source, so that namespaces stay
// in turns, for any number of workers.
func TestArchiveBlocks(t *testing.T) {
	docs := sample.Documents(sample.Bench, sample.Seed, 300)
	for len(docs) < 9_000 {
		docs = append(docs, docs[:300]...)
	}
	data := archiveOf(docs, 50)
	want, err := plainRead(data)
	if err != nil {
		t.Fatal(err)
	}
	first := runCommand(bytes.NewReader(data), "-t", "archive", "-j", "1")
	got := mustRead(t, first)
	want.Blocks = append(want.Blocks[1:], want.Blocks[0]) // the empty one
	if diff := cmp.Diff(want.Blocks, got.Blocks); diff != "" {
		t.Errorf("blocks (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want.Documents, got.Documents); diff != "" {
		t.Error("the documents are others")
	}
	for _, jobs := range []string{"2", "5"} {
		if other := runCommand(bytes.NewReader(data), "-t", "archive", "-j", jobs); other != first {
			t.Errorf("%s jobs: code %d, %d bytes of %d, %s", jobs, other.code, len(other.stdout), len(first.stdout), other.stderr)
		}
	}
}

// TestArchiveOfManyNamespaces: many namespaces in turns are written.
func TestArchiveOfManyNamespaces(t *testing.T) {
	_, _, data := manyNamespaces()
	want, err := plainRead(data)
	if err != nil {
		t.Fatal(err)
	}
	got := mustRead(t, runCommand(bytes.NewReader(data), "-t", "archive"))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%.2000s", diff)
	}
}

// TestArchiveKinds: views, time series, empty collections and the oplog have the blocks
// that mongodump writes.
func TestArchiveKinds(t *testing.T) {
	_, docs, _ := smallArchive()
	for _, tc := range []struct {
		server string
		want   []string // blocks
	}{
		{"7.0.1", []string{".oplog", "a.system.buckets.ts", "a.plain", "a.view", "a.system.buckets.tempty"}},
		{"8.3.0", []string{".oplog", "a.system.buckets.ts", "a.plain", "a.view", "a.tempty"}},
		{"9.0.0", []string{".oplog", "a.system.buckets.ts", "a.plain", "a.view", "a.tempty"}},
	} {
		a := &madeArchive{data: []byte("\x6d\xe2\x99\x81"), sums: map[namespace]uint64{}}
		doc := func(d bson.D) {
			data, err := bson.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			a.data = append(a.data, data...)
		}
		doc(bson.D{{Key: "concurrent_collections", Value: int32(1)}, {Key: "version", Value: "0.1"}, {Key: "server_version", Value: tc.server}, {Key: "tool_version", Value: ""}})
		for _, m := range [][4]string{{"a", "ts", "{}", "timeseries"}, {"a", "plain", "", ""}, {"a", "view", "{}", "view"}, {"a", "tempty", "{}", "timeseries"}, {"", "oplog", "", ""}} {
			doc(bson.D{{Key: "db", Value: m[0]}, {Key: "collection", Value: m[1]}, {Key: "metadata", Value: m[2]}, {Key: "size", Value: int32(0)}, {Key: "type", Value: m[3]}})
		}
		a.data = binary.LittleEndian.AppendUint32(a.data, 0xFFFFFFFF)
		oplog, buckets, plain, view := namespace{"", "oplog"}, namespace{"a", "system.buckets.ts"}, namespace{"a", "plain"}, namespace{"a", "view"}
		empty := namespace{"a", "system.buckets.tempty"}
		a.block(oplog, docs[0]).end(oplog).block(buckets, docs[1]).end(buckets).block(plain).end(plain).block(view).end(view).block(empty).end(empty)
		got := mustRead(t, runCommand(bytes.NewReader(a.data), "-t", "archive"))
		if diff := cmp.Diff(tc.want, got.Blocks); diff != "" {
			t.Errorf("%s: blocks (-want +got):\n%s", tc.server, diff)
		}
		if len(got.Metadata) != 5 || got.Server != tc.server {
			t.Errorf("%s: %+v", tc.server, got)
		}
	}
}

// TestSalvagedArchive: salvage writes an archive of the rest, each document in its
// namespace, also if the start of the archive is damaged. Documents whose namespace is not
// known get that of --as-ns, or are rejected.
func TestSalvagedArchive(t *testing.T) {
	data, docs, _ := smallArchive()
	whole, err := plainRead(data)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	salvage := func(data []byte, flags ...string) plainArchive {
		t.Helper()
		name := filepath.Join(dir, "broken.archive")
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
		got := runCommand(nil, append([]string{"salvage", "-t", "archive", name}, flags...)...)
		if got.code != 4 {
			t.Fatalf("code %d, %s", got.code, got.stderr)
		}
		a, err := plainRead([]byte(got.stdout))
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	bad := bytes.Clone(data)
	bad[bytes.Index(bad, docs[4])+4] ^= 0x40
	got := salvage(bad)
	want := strings.Replace(whole.Documents["b.y.z"], string(docs[4]), "", 1)
	if got.Documents["b.y.z"] != want || got.Documents["a.x"] != whole.Documents["a.x"] {
		t.Errorf("a document: %d and %d bytes", len(got.Documents["b.y.z"]), len(got.Documents["a.x"]))
	}
	bad = bytes.Clone(data)
	bad[bytes.Index(bad, []byte("metadata"))] ^= 1 // of the first namespace
	if got := salvage(bad); len(got.Metadata) != 3 || got.Documents["a.x"] != whole.Documents["a.x"] {
		t.Errorf("metadata: %+v, %d bytes", got.Metadata, len(got.Documents["a.x"]))
	}
	cut := salvage(data[:bytes.Index(data, docs[7])])
	if len(cut.Documents["a.x"])+len(cut.Documents["b.y.z"]) != len(bytes.Join(docs[:7], nil)) || len(cut.Ended) != 3 {
		t.Errorf("cut: %+v", cut)
	}
}

// TestArchiveDocumentSize: documents that mongorestore does not read are rejected.
func TestArchiveDocumentSize(t *testing.T) {
	const most = 16<<20 + 16<<10
	for size, code := range map[int]int{most: 0, most + 1: 1} {
		doc, err := new(bson.Builder).String("s", strings.Repeat("x", size-13)).Document()
		if err != nil || len(doc) != size {
			t.Fatal(len(doc), err)
		}
		got := runCommand(bytes.NewReader(doc), "-t", "archive", "--as-ns", "a.b", "--on-error", "skip")
		a, err := plainRead([]byte(got.stdout))
		if got.code != code || err != nil || (len(a.Documents["a.b"]) == size) != (code == 0) {
			t.Errorf("%d bytes: code %d, %v, %.200s", size, got.code, err, got.stderr)
		}
		if want := "document 1 at offset 0: larger than the 16793600 bytes that an archive allows"; code != 0 && !strings.Contains(got.stderr, want) {
			t.Errorf("%d bytes: %s, want %s", size, got.stderr, want)
		}
	}
}
