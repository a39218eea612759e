package folder_test

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/folder"
)

// files returns a directory with empty files.
func files(names ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for _, name := range names {
		m[name] = new(fstest.MapFile)
	}
	return m
}

// TestList: the files of documents with their namespaces, in order, and the others.
func TestList(t *testing.T) {
	for _, tc := range []struct {
		name   string
		base   string
		from   *codec.Codec
		fsys   fs.FS
		want   []string
		others []string
	}{
		{name: "a dump", base: "dump", fsys: files("oplog.bson", "b/x.bson.gz", "a/z.json", "a/y.bson", "a.metadata.json.txt"),
			want: []string{"a/y.bson a.y", "a/z.json a.z", "b/x.bson.gz b.x", "oplog.bson .oplog"}, others: []string{"a.metadata.json.txt"}},
		{name: "a database", base: "shop", fsys: fstest.MapFS{"x.bson": {}, "y.bson": {}, "y.metadata.json": {Data: []byte("{}")}, "z/a.bson": {}},
			want: []string{"x.bson shop.x", "y.bson shop.y", "z/a.bson z.a"}},
		{name: "a database with a name that none has", base: "my.shop", fsys: fstest.MapFS{"x.bson": {}, "x.metadata.json": {Data: []byte("{}")}},
			want: []string{"x.bson"}, others: []string{"x.metadata.json"}},
		{name: "plain files", base: "dir", fsys: files("b.json", "b.bson", "a.pkl", "B.JSONL.GZ", "c.hex.zst.xz", "d.b64", "README", "x.xml", "x.csv", ".bson", "x.bson.partial"),
			want: []string{"B.JSONL.GZ", "a.pkl", "b.bson", "b.json", "c.hex.zst.xz", "d.b64", "x.csv"}, others: []string{".bson", "README", "x.bson.partial", "x.xml"}},
		{name: "one format", base: "dir", from: codec.BSON, fsys: files("a/b.json", "a/b.bson", "c.bson.gz", "d.pickle"),
			want: []string{"c.bson.gz", "a/b.bson a.b"}, others: []string{"a/b.json", "d.pickle"}},
		{name: "a format without a suffix", base: "dir", from: codec.Archive, fsys: files("a.bson"), others: []string{"a.bson"}},
		{name: "three levels", base: "dir", fsys: files("a/b/c.bson"), others: []string{"a/b/"}},
		{name: "odd names", base: "dir", fsys: files("a/%ff.bson", "a/x%2fy+z.bson", "a/%.bson"),
			want: []string{"a/%.bson a.%", "a/%ff.bson a.%ff", "a/x%2fy+z.bson a.x/y z"}},
		{name: "no files", base: "dir", fsys: fstest.MapFS{
			"a/x.bson": {Mode: fs.ModeSymlink}, "a/y.bson": {Mode: fs.ModeNamedPipe}, "a/z.bson": {Mode: fs.ModeDevice}, "b": {Mode: fs.ModeSymlink}},
			others: []string{"a/x.bson", "a/y.bson", "a/z.bson", "b"}},
	} {
		f, err := folder.List(tc.fsys, "dir", tc.base, tc.from)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		var got []string
		for _, in := range f.Files {
			text := in.Name
			if in.Namespace.Collection != "" {
				text += " " + in.Namespace.String()
			}
			got = append(got, text)
		}
		if diff := cmp.Diff([][]string{tc.want, tc.others}, [][]string{got, f.Others}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

// TestSuffixes: files with every suffix of a format that is no container and needs no
// extension are read, under every suffix of a compression, and metadata under these, too.
func TestSuffixes(t *testing.T) {
	fsys, n := fstest.MapFS{}, 0
	for _, f := range codec.All() {
		if f.Holds != nil || f.Extension {
			continue
		}
		for _, suffix := range f.Suffixes {
			for _, c := range compress.All() {
				for _, packed := range append(c.Suffixes(), "") {
					fsys[fmt.Sprintf("a/%d%s%s", n, suffix, packed)] = new(fstest.MapFile)
					fsys[fmt.Sprintf("a/%d.metadata.json%s", n, packed)] = new(fstest.MapFile)
					n++
				}
			}
		}
	}
	f, err := folder.List(fsys, "dir", "dir", nil)
	if err != nil || len(f.Files) != n || f.Others != nil {
		t.Fatalf("%d files of %d, others %q, %v", len(f.Files), n, f.Others, err)
	}
	for _, in := range f.Files {
		if in.Name == "" || in.MetadataName == "" || !f.Reads(in.Name) || f.Reads("b/"+in.Name) || f.Reads(in.MetadataName+".txt") {
			t.Errorf("%+v", in)
		}
	}
}

// TestTables: tables in a directory are read only if the format says so, because they are
// often made of the other files.
func TestTables(t *testing.T) {
	fsys := fstest.MapFS{"s/a.bson": {}, "s/a.parquet": {}, "s/b.arrow": {}}
	for _, tc := range []struct {
		from *codec.Codec
		want []string
	}{
		{nil, []string{"s/a.bson"}},
		{codec.Parquet, []string{"s/a.parquet"}},
	} {
		f, err := folder.List(fsys, "dir", "dir", tc.from)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, in := range f.Files {
			got = append(got, in.Name)
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tc.from, diff)
		}
		if reads := f.Reads("s/a.parquet"); reads != (tc.from == codec.Parquet) {
			t.Errorf("%v: Reads is %v", tc.from, reads)
		}
	}
}

// TestPath: names for messages are those that a user would type.
func TestPath(t *testing.T) {
	for dir, want := range map[string]string{".": "a/x.bson", "dump": "dump/a/x.bson", "dump/": "dump/a/x.bson", "./dump//": "./dump/a/x.bson", "/": "/a/x.bson"} {
		if got := (&folder.Folder{Name: dir}).Path("a/x.bson"); got != filepath.FromSlash(want) {
			t.Errorf("%s: %s, want %s", dir, got, want)
		}
	}
}
