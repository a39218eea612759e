package archive_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file lists dump directories: those of a real mongodump, and some in memory.

// TestRealFolders: the documents, the metadata and the versions of a dump directory are
// those that its files have, compressed or not.
func TestRealFolders(t *testing.T) {
	for _, dir := range []string{"folder", "folder-gzip"} {
		documents, metadata := readFolder(t, filepath.Join(dumps, dir))
		f, err := archive.OpenFolder(os.DirFS(filepath.Join(dumps, dir)))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, file := range f.Files {
			n := file.Namespace.String()
			names = append(names, n)
			if file.Text != metadata[n] || file.Type != archive.Collection || file.Shortened {
				t.Errorf("%s: %+v", n, file)
			}
			r, err := f.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			var docs []string
			for doc, err := range bsoncore.Documents(r) {
				if err != nil {
					t.Fatal(err)
				}
				docs = append(docs, string(doc))
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(documents[n], docs); diff != "" {
				t.Errorf("%s (-want +got):\n%s", n, diff)
			}
		}
		if diff := cmp.Diff([]string{"log.odd name+x%é", "shop.empty", "shop.events", "shop.users"}, names); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if f.ServerVersion != "7.0.42" || f.ToolVersion == "" || f.Others != nil {
			t.Errorf("versions %q and %q, others %q", f.ServerVersion, f.ToolVersion, f.Others)
		}
	}
	f, err := archive.FolderOptions{DB: "shop"}.OpenFolder(os.DirFS(filepath.Join(dumps, "folder", "shop")))
	if err != nil || len(f.Files) != 3 || f.Files[2].Namespace != name("shop.users") || f.Files[2].Name != "users.bson" {
		t.Errorf("%+v, %v", f, err)
	}
}

// files returns a directory with the files; each has its text.
func files(texts ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for _, text := range texts {
		name, content, _ := strings.Cut(text, "=")
		m[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return m
}

// list returns the files of f as lines.
func list(f *archive.Folder) (lines []string) {
	for _, file := range f.Files {
		shortened := ""
		if file.Shortened {
			shortened = "..."
		}
		lines = append(lines, fmt.Sprintf("%s%s %s %s %s", file.Namespace, shortened, file.Type, file.Name, file.MetadataName))
	}
	return lines
}

// TestFolders: the namespaces of files, in order, and what is none of a dump.
func TestFolders(t *testing.T) {
	long := strings.Repeat("long ", 60)
	short := archive.FileName(long)
	start, _ := archive.ParseFileName(short)
	for _, tc := range []struct {
		name   string
		opts   archive.FolderOptions
		fsys   fs.FS
		want   []string
		others []string
	}{
		{name: "nothing", fsys: files()},
		{name: "databases", fsys: files("b/x.bson=", "a/y.bson.gz=", "a/x.bson=", `a/y.metadata.json={"type":"timeseries"}`, "oplog.bson="),
			want: []string{"a.x  a/x.bson ", "a.y timeseries a/y.bson.gz a/y.metadata.json", "b.x  b/x.bson ", ".oplog  oplog.bson "}},
		{name: "a view", fsys: files(`a/v.metadata.json={"type":"view"}`), want: []string{"a.v view  a/v.metadata.json"}},
		{name: "escapes", fsys: files("a/x%2Fy+z.bson=", "a/$admin.system.users.bson=", "a/a.b.bson="),
			want: []string{"a.$admin.system.users  a/$admin.system.users.bson ", "a.a.b  a/a.b.bson ", "a.x/y z  a/x%2Fy+z.bson "}},
		{name: "a long name", fsys: files("a/"+short+".bson=", "a/"+short+`.metadata.json={"collectionName":"`+long+`"}`),
			want: []string{"a." + long + "  a/" + short + ".bson a/" + short + ".metadata.json"}},
		{name: "the wrong long name", fsys: files("a/"+short+".bson=", "a/"+short+`.metadata.json={"collectionName":"other"}`),
			want: []string{"a." + start + "...  a/" + short + ".bson a/" + short + ".metadata.json"}},
		{name: "a long name without metadata", fsys: files("a/" + short + ".bson="), want: []string{"a." + start + "...  a/" + short + ".bson "}},
		{name: "a name that metadata do not change", fsys: files("a/x.bson=", `a/x.metadata.json={"collectionName":"../y"}`),
			want: []string{"a.x  a/x.bson a/x.metadata.json"}},
		{name: "files", fsys: files("y.bson=", "x.bson=", "a/x.bson="), want: []string{".  x.bson ", ".  y.bson ", "a.x  a/x.bson "}},
		{name: "a database", opts: archive.FolderOptions{DB: "a"}, fsys: files("y.bson=", "x.bson=", "oplog.bson=", "b/x.bson="),
			want: []string{"a.x  x.bson ", "a.y  y.bson ", ".oplog  oplog.bson "}, others: []string{"b/"}},
		{name: "a collection that is called oplog", opts: archive.FolderOptions{DB: "a"}, fsys: files("oplog.bson=", "oplog.metadata.json={}"),
			want: []string{"a.oplog  oplog.bson oplog.metadata.json"}},
		{name: "other files", fsys: files("a/x.bson=", "a/b/y.bson=", "README=", "a/x.json=", "a/.bson=", "a.b/x.bson=", "prelude.json={}"),
			want: []string{"a.x  a/x.bson "}, others: []string{"README", "a.b/", "a/.bson", "a/b/", "a/x.json"}},
		{name: "other suffixes", opts: archive.FolderOptions{Suffixes: []string{".json"}, Compressions: []string{".zst"}},
			fsys: files("a/x.json.zst=", "a/x.bson=", "a/z.metadata.json={}"),
			want: []string{"a.x  a/x.json.zst ", "a.z   a/z.metadata.json"}, others: []string{"a/x.bson"}},
		{name: "its own database", opts: archive.FolderOptions{DirName: "d"}, fsys: files("y.bson=", "x.bson=", "x.metadata.json={}", "oplog.bson=", "b/x.bson="),
			want: []string{"b.x  b/x.bson ", "d.x  x.bson x.metadata.json", "d.y  y.bson ", ".oplog  oplog.bson "}},
		{name: "no database of its own", opts: archive.FolderOptions{DirName: "d"}, fsys: files("x.bson=", "prelude.json={}", "b/x.bson=", "b/x.metadata.json={}"),
			want: []string{".  x.bson ", "b.x  b/x.bson b/x.metadata.json"}},
		{name: "a name that no database has", opts: archive.FolderOptions{DirName: "d.e"}, fsys: files("x.bson=", "x.metadata.json={}", "oplog.bson=", "oplog.metadata.json={}"),
			want: []string{".  oplog.bson ", ".  x.bson "}, others: []string{"oplog.metadata.json", "x.metadata.json"}},
		{name: "files of one name", opts: archive.FolderOptions{Suffixes: []string{".json", ".bson"}}, fsys: files("x.bson=", "x.json=", "x.json.gz="),
			want: []string{".  x.bson ", ".  x.json ", ".  x.json.gz "}},
		{name: "upper case, compressed twice", fsys: files("a/X.BSON.GZ.gz=", "a/y.bson.gz.gz.gz="), want: []string{"a.X  a/X.BSON.GZ.gz "}, others: []string{"a/y.bson.gz.gz.gz"}},
		{name: "names that are not UTF-8", fsys: files("a/\xff.bson=", "a/\xff.metadata.json={}", "\xff/x.bson=", "a/%ff%00.bson="),
			want: []string{".  a/\xff.bson ", "a.%ff%00  a/%ff%00.bson "}, others: []string{"a/\xff.metadata.json", "\xff/"}},
		{name: "links", fsys: fstest.MapFS{"a/x.bson": {Mode: fs.ModeSymlink, Data: []byte("../../y")}, "b": {Mode: fs.ModeSymlink, Data: []byte("a")}},
			others: []string{"a/x.bson", "b"}},
	} {
		f, err := tc.opts.OpenFolder(tc.fsys)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if diff := cmp.Diff([][]string{tc.want, tc.others}, [][]string{list(f), f.Others}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

// A closedDirectory has directories that cannot be listed.
type closedDirectory struct {
	fstest.MapFS
	closed []string
}

func (d closedDirectory) ReadDir(name string) ([]fs.DirEntry, error) {
	if slices.Contains(d.closed, name) {
		return nil, &fs.PathError{Op: "list", Path: name, Err: fs.ErrPermission}
	}
	return d.MapFS.ReadDir(name)
}

// TestFolderUnlisted: the directory of a database that cannot be listed hides no other.
func TestFolderUnlisted(t *testing.T) {
	fsys := files("a/x.bson=", "b/x.bson=", "c/x.bson=")
	f, err := archive.OpenFolder(closedDirectory{fsys, []string{"b"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a.x  a/x.bson ", "c.x  c/x.bson "}, list(f)); diff != "" || len(f.Unlisted) != 1 || !errors.Is(f.Unlisted[0], fs.ErrPermission) {
		t.Errorf("%v (-want +got):\n%s", f.Unlisted, diff)
	}
	if f, err := archive.OpenFolder(closedDirectory{fsys, []string{"."}}); f != nil || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("the directory itself: %v", err)
	}
}

// A closingReader counts its Closes.
type closingReader struct {
	io.Reader
	closed *int
}

func (r closingReader) Close() error {
	*r.closed++
	return nil
}

// TestFolderLayers: a file that is compressed twice is decompressed twice, and what
// decompresses it is closed.
func TestFolderLayers(t *testing.T) {
	closed := 0
	o := archive.FolderOptions{Compressions: []string{".b", ".a"}, Decompress: func(suffix string, r io.Reader) (io.Reader, error) {
		text, err := io.ReadAll(r)
		return closingReader{strings.NewReader(string(text) + suffix), &closed}, err
	}}
	f, err := o.OpenFolder(files("a/x.bson.a.b=text"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Open(f.Files[0])
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); string(text) != "text.b.a" || err != nil || closed != 2 {
		t.Errorf("%q, %v, %d closed", text, err, closed)
	}
}

// TestFolderDamage: metadata and preludes that cannot be read hide no documents.
func TestFolderDamage(t *testing.T) {
	for _, tc := range []struct{ name, metadata string }{
		{"a/x.metadata.json", "{"}, {"a/x.metadata.json", `{"type":7}`}, {"a/x.metadata.json.gz", gzipped(`{"type":"view"}`)[:20]}, {"a/x.metadata.json.gz", "{}"},
	} {
		f, err := archive.OpenFolder(files("a/x.bson=", tc.name+"="+tc.metadata, "prelude.json=[", `a/prelude.json={"ServerVersion":"8.0.1"}`))
		if err != nil {
			t.Fatal(err)
		}
		file := f.Files[0]
		if file.Namespace != name("a.x") || file.Name != "a/x.bson" || file.Text != "" || file.Type != archive.Unknown || !strings.Contains(fmt.Sprint(file.MetadataErr), tc.name) {
			t.Errorf("%s: %+v", tc.metadata, file)
		}
		if f.ServerVersion != "8.0.1" || !strings.Contains(fmt.Sprint(f.PreludeErr), "read prelude.json: ") {
			t.Errorf("%s: %q, %v", tc.metadata, f.ServerVersion, f.PreludeErr)
		}
	}
}

func gzipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, text)
	z.Close()
	return b.String()
}

// TestFolderErrors: what cannot be a dump, and what is over a limit.
func TestFolderErrors(t *testing.T) {
	zipped := gzipped(`{"type":"view"}`)
	for _, tc := range []struct {
		name string
		opts archive.FolderOptions
		fsys fs.FS
		want error
		says string
	}{
		{"two files", archive.FolderOptions{}, files("a/x.bson=", "a/x.bson.gz="), archive.ErrTwice, "a/x.bson.gz"},
		{"two names", archive.FolderOptions{}, files("a/x.bson=", "a/%78.bson="), archive.ErrTwice, ".bson"},
		{"two metadata", archive.FolderOptions{}, files("a/x.metadata.json={}", "a/x.metadata.json.gz="+zipped), archive.ErrTwice, "a/x.metadata.json.gz"},
		{"many namespaces", archive.FolderOptions{MaxNamespaces: 2}, files("a/x.bson=", "a/y.bson=", "b/z.bson="), archive.ErrTooMany, ""},
		{"long metadata", archive.FolderOptions{MaxMetadata: 8}, files("a/x.metadata.json={    }", "a/y.metadata.json={  }"), archive.ErrTooMany, ""},
	} {
		f, err := tc.opts.OpenFolder(tc.fsys)
		if f != nil || !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
	f, err := archive.OpenFolder(files("a/x.metadata.json.gz="+zipped, "a/y.bson.gz=x"))
	if err != nil || f.Files[0].Type != archive.View {
		t.Fatal(f, err)
	}
	if _, err := f.Open(f.Files[0]); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("documents of a view: %v", err)
	}
	if _, err := f.Open(f.Files[1]); err == nil || !strings.Contains(err.Error(), "a/y.bson.gz") {
		t.Errorf("a file that is not compressed: %v", err)
	}
	defer func() {
		if err, ok := recover().(*bsoncore.OptionError); !ok {
			t.Errorf("a negative option: %v", err)
		}
	}()
	archive.FolderOptions{MaxMetadata: -1}.OpenFolder(files())
}
