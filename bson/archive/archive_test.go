package archive_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file reads the dumps in testdata, which a real mongodump wrote.

const dumps = "../../testdata/dumps"

// A read is everything that a Reader tells of an archive.
type read struct {
	Header    archive.Header
	Metadata  []archive.Metadata
	Documents map[string][]string // by namespace, in order
	Totals    map[string]archive.Totals
	Err       error
}

// readAll reads an archive that has no faults, and checks the events.
func readAll(t *testing.T, r *archive.Reader) read {
	t.Helper()
	got := read{Documents: map[string][]string{}, Totals: map[string]archive.Totals{}}
	begun := map[archive.Namespace]bool{}
	for r.Next() {
		n := r.Namespace()
		switch r.Event() {
		case archive.Begin:
			got.Documents[n.String()] = nil
			begun[n] = true
		case archive.Document:
			got.Documents[n.String()] = append(got.Documents[n.String()], string(r.Document()))
		case archive.End:
			got.Totals[n.String()] = r.Totals()
		}
		if !begun[n] || (r.Document() != nil) != (r.Event() == archive.Document) {
			t.Errorf("event %d of %s, begun: %t, document: %x", r.Event(), n, begun[n], r.Document())
		}
	}
	got.Header, got.Metadata, got.Err = r.Header(), r.Metadata(), r.Err()
	return got
}

// readFolder returns the documents and the metadata of the files in a dump directory,
// by namespace.
func readFolder(t *testing.T, dir string) (documents map[string][]string, metadata map[string]string) {
	t.Helper()
	documents, metadata = map[string][]string{}, map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := os.Open(path.Join(dir, name))
		if err != nil {
			return err
		}
		defer f.Close()
		var r io.Reader = f
		if strings.HasSuffix(name, ".gz") {
			if r, err = gzip.NewReader(f); err != nil {
				return err
			}
		}
		db, file := path.Split(strings.TrimSuffix(name, ".gz"))
		if base, ok := strings.CutSuffix(file, ".metadata.json"); ok {
			collection, whole := archive.ParseFileName(base)
			text, err := io.ReadAll(r)
			metadata[strings.TrimSuffix(db, "/")+"."+collection] = string(text)
			if !whole {
				t.Errorf("%s is shortened", name)
			}
			return err
		}
		base, ok := strings.CutSuffix(file, ".bson")
		if !ok {
			return nil
		}
		collection, _ := archive.ParseFileName(base)
		n := strings.TrimSuffix(db, "/") + "." + collection
		documents[n] = nil
		for doc, err := range bsoncore.Documents(r) {
			if err != nil {
				return err
			}
			documents[n] = append(documents[n], string(doc))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return documents, metadata
}

// sorted sorts the documents of each namespace: each dump was a run of mongodump.
func sorted(documents map[string][]string) map[string][]string {
	for _, docs := range documents {
		slices.Sort(docs)
	}
	return documents
}

// TestRealDumps: all spellings of a dump have the same documents, and each archive the
// right counts, checksums and metadata.
func TestRealDumps(t *testing.T) {
	folder, texts := readFolder(t, dumps+"/folder")
	if counts := []int{len(folder["shop.users"]), len(folder["shop.events"]), len(folder["shop.empty"]), len(folder["log.odd name+x%é"])}; !slices.Equal(counts, []int{400, 1500, 0, 3}) {
		t.Fatalf("the folder has %d documents", counts)
	}
	again, textsAgain := readFolder(t, dumps+"/folder-gzip")
	if diff := cmp.Diff(sorted(folder), sorted(again)); diff != "" {
		t.Errorf("compressed folder (-want +got):\n%s", diff)
	}
	if len(texts) != 4 || len(textsAgain) != 4 {
		t.Errorf("%d and %d metadata files", len(texts), len(textsAgain))
	}
	for _, name := range []string{"all.archive", "all.archive.gz", "shop.archive"} {
		data, err := os.ReadFile(path.Join(dumps, name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".gz") {
			z, err := gzip.NewReader(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if data, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		}
		for kind, wrap := range map[string]func(io.Reader) io.Reader{"whole": func(r io.Reader) io.Reader { return r }, "byte by byte": iotest.OneByteReader} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				got := readAll(t, archive.NewReader(wrap(bytes.NewReader(data))))
				want := map[string][]string{}
				for n, docs := range folder {
					if name != "shop.archive" || strings.HasPrefix(n, "shop.") {
						want[n] = docs
					}
				}
				if diff := cmp.Diff(want, sorted(got.Documents)); diff != "" || got.Err != nil {
					t.Errorf("%v (-want +got):\n%s", got.Err, diff)
				}
				for space, totals := range got.Totals {
					want := archive.Totals{Documents: int64(len(folder[space])), Checksum: archive.Matches}
					for _, doc := range folder[space] {
						want.Bytes += int64(len(doc))
						want.Largest = max(want.Largest, len(doc))
					}
					at := totals.LargestOffset // the folder has another order
					if n := int64(totals.Largest); n > 0 && (!slices.Contains(folder[space], string(data[at:at+n])) || totals.LargestNumber < 1 || totals.LargestNumber > totals.Documents) {
						t.Errorf("%s: document %d at offset %d is not the largest", space, totals.LargestNumber, at)
					}
					want.LargestNumber, want.LargestOffset = totals.LargestNumber, at
					if diff := cmp.Diff(want, totals); diff != "" {
						t.Errorf("%s (-want +got):\n%s", space, diff)
					}
				}
				if h := (archive.Header{Version: "0.1", ServerVersion: "7.0.42", ToolVersion: "built-without-version-string", Collections: 4}); got.Header != h || len(got.Totals) != len(want) {
					t.Errorf("header %+v, %d ends", got.Header, len(got.Totals))
				}
				for _, m := range got.Metadata {
					if _, ok := want[m.Namespace.String()]; !ok || m.Type != archive.Collection || !strings.Contains(m.Text, `"indexes":[`) {
						t.Errorf("metadata %+v", m)
					}
				}
				if len(got.Metadata) != len(want) {
					t.Errorf("metadata of %d namespaces", len(got.Metadata))
				}
			})
		}
	}
}
