package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file writes directories as mongodump does.

// many is the number of namespaces, or of files, in the tests of many of them. It is more
// than any number of files that a run keeps open.
var many = flag.Int("namespaces", 300, "namespaces and files in the tests of many of them")

// manyNamespaces returns an archive of many namespaces, whose documents come in turns.
// Each namespace has the same documents.
func manyNamespaces() (names []namespace, documents string, data []byte) {
	for i := range *many {
		names = append(names, namespace{"db" + strconv.Itoa(i%7), "collection " + strconv.Itoa(i)})
	}
	a := newArchive(names...)
	_, docs, _ := smallArchive()
	for round := range 2 {
		for _, name := range names {
			a.block(name, docs[2*round], docs[2*round+1])
		}
	}
	for _, name := range names {
		a.end(name)
	}
	return names, string(bytes.Join(docs[:4], nil)), a.data
}

// filesIn returns the contents of all files in dir by their paths, with slashes. Those
// whose names end in .gz are decompressed, and have names without it.
func filesIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if stem, ok := strings.CutSuffix(name, ".gz"); ok && err == nil {
			var z *gzip.Reader
			if z, err = gzip.NewReader(bytes.NewReader(data)); err == nil {
				data, err = io.ReadAll(z)
			}
			name = stem
		}
		files[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// must fails the test if the run has a fault or says anything.
func must(t *testing.T, args ...string) {
	t.Helper()
	if got := runCommand(nil, args...); got.code != 0 || got.stderr != "" || got.stdout != "" {
		t.Fatalf("%q: code %d, %.300s", args, got.code, got.stderr)
	}
}

// TestFoldersComeBack: a directory of mongodump that is written as a directory, or as an
// archive and then as a directory, has the same bytes in every file, compressed or not.
func TestFoldersComeBack(t *testing.T) {
	want := filesIn(t, filepath.Join(dumps, "folder"))
	for _, source := range []string{"folder", "folder-gzip"} {
		source = filepath.Join(dumps, source)
		want := filesIn(t, source)
		for _, pack := range []string{"none", "gzip"} {
			dir := t.TempDir()
			out := filepath.Join(dir, "out") + "/"
			must(t, source, "-o", out, "--compress", pack)
			if diff := cmp.Diff(want, filesIn(t, out)); diff != "" {
				t.Errorf("%s, %s: directory (-want +got):\n%.2000s", source, pack, diff)
			}
			made, back := filepath.Join(dir, "made.archive"), filepath.Join(dir, "back")
			must(t, source, "-o", made, "--compress", pack)
			must(t, made, "-o", back+"/", "--compress", pack)
			if diff := cmp.Diff(want, filesIn(t, back)); diff != "" {
				t.Errorf("%s, %s: archive (-want +got):\n%.2000s", source, pack, diff)
			}
			if pack == "gzip" {
				names, _ := filepath.Glob(filepath.Join(back, "*", "*.gz"))
				if len(names)+1 != len(want) {
					t.Errorf("%d compressed files, want %d", len(names)+1, len(want))
				}
			}
		}
	}
	// The prelude of one database stays in its directory.
	dir := t.TempDir()
	source := filepath.Join(dir, "shop")
	if err := os.CopyFS(source, os.DirFS(filepath.Join(dumps, "folder", "shop"))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(source, "prelude.json"), []byte(want["prelude.json"]), 0o666); err != nil {
		t.Fatal(err)
	}
	must(t, source, "--ns-from", "shop.*", "--ns-to", "mall.*", "-o", filepath.Join(dir, "out")+"/")
	got := filesIn(t, filepath.Join(dir, "out"))
	if got["mall/prelude.json"] != want["prelude.json"] || got["mall/users.bson"] != want["shop/users.bson"] || len(got) != 7 {
		t.Errorf("%d files, prelude %q", len(got), got["mall/prelude.json"])
	}
}

// TestFolderFormats: the files of a directory may have any format, and are read back.
func TestFolderFormats(t *testing.T) {
	source := filepath.Join(dumps, "folder")
	want := filesIn(t, source)
	for _, flags := range [][]string{
		{"-t", "json", "-m", "canonical"}, {"-m", "canonical", "--array"}, {"-t", "hex"}, {"-t", "base64", "--compress", "zstd"}, {"-t", "bson", "--compress", "lz4"},
	} {
		dir := t.TempDir()
		made, back := filepath.Join(dir, "made")+"/", filepath.Join(dir, "back")+"/"
		must(t, append([]string{source, "-o", made}, flags...)...)
		must(t, made, "-o", back)
		if diff := cmp.Diff(want, filesIn(t, back)); diff != "" {
			t.Errorf("%q (-want +got):\n%.2000s", flags, diff)
		}
	}
}

// TestFolderJobs: the files have the same bytes for any number of workers, also where
// namespaces come in turns and the files are compressed.
func TestFolderJobs(t *testing.T) {
	docs := sample.Documents(sample.Bench, sample.Seed, 300)
	for len(docs) < 6_000 {
		docs = append(docs, docs[:300]...)
	}
	data := archiveOf(docs, 50)
	for _, flags := range [][]string{nil, {"--compress", "gzip"}, {"-t", "json", "--compress", "zstd"}} {
		var want map[string]string
		for _, jobs := range numbersOfJobs {
			out := filepath.Join(t.TempDir(), "out")
			got := runCommand(bytes.NewReader(data), append([]string{"-j", jobs, "-o", out + "/"}, flags...)...)
			if got.code != 0 {
				t.Fatal(got.stderr)
			}
			files := map[string]string{}
			for _, name := range []string{"a/x", "b/y.z", "a/empty"} {
				found, _ := filepath.Glob(filepath.Join(out, name+".*"))
				for _, name := range found {
					text, err := os.ReadFile(name)
					if err != nil {
						t.Fatal(err)
					}
					files[filepath.Base(name)] = string(text)
				}
			}
			if want == nil {
				want = files
			}
			if diff := cmp.Diff(want, files); diff != "" || len(files) != 6 {
				t.Errorf("%q, %s jobs: %d files differ", flags, jobs, len(files))
			}
		}
	}
}

// TestFolderOfManyNamespaces: many namespaces in turns are written, though few files are
// open at once, and become an archive again.
func TestFolderOfManyNamespaces(t *testing.T) {
	names, documents, data := manyNamespaces()
	for _, pack := range []string{"none", "gzip"} {
		out := filepath.Join(t.TempDir(), "out") + "/"
		got := runCommand(bytes.NewReader(data), "-o", out, "--compress", pack, "--summary", "json")
		if want := fmt.Sprintf(`"namespaces":%d,"files":%d`, len(names), 2*len(names)+1); got.code != 0 || !strings.Contains(got.stderr, want) {
			t.Fatalf("%s: code %d, %.300s, want %s", pack, got.code, got.stderr, want)
		}
		files := filesIn(t, out)
		for _, name := range names {
			if got := files[name.db+"/"+strings.ReplaceAll(name.collection, " ", "+")+".bson"]; got != documents {
				t.Fatalf("%s: %v: %q", pack, name, got)
			}
		}
		whole := mustRead(t, runCommand(nil, "-t", "archive", out))
		if len(whole.Documents) != len(names) || whole.Documents["db3.collection 3"] != documents {
			t.Errorf("%s: %d namespaces", pack, len(whole.Documents))
		}
	}
}

// TestFolderEscapes: no name of a collection leaves the directory, and databases that no
// server has are rejected.
func TestFolderEscapes(t *testing.T) {
	_, docs, _ := smallArchive()
	long := strings.Repeat("é/", 60)
	hostile := []string{"..", ".", "../x", "/etc/passwd", `..\x`, "a/../../b", "con", "NUL.txt", "COM1", long, strings.Repeat("x", 239), "%2e%2e", "+ x", "a\nb"}
	var names []namespace
	for _, name := range hostile {
		names = append(names, namespace{"db", name})
	}
	a := newArchive(names...)
	for i, name := range names {
		a.block(name, docs[i%len(docs)]).end(name)
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "out") + "/"
	for _, pack := range []string{"none", "zstd"} {
		if got := runCommand(bytes.NewReader(a.data), "-o", out, "--overwrite", "--compress", pack); got.code != 0 {
			t.Fatalf("code %d, %s", got.code, got.stderr)
		}
		back := mustRead(t, runCommand(nil, "-t", "archive", out))
		for i, name := range hostile {
			// The metadata of the test name no collection, so a shortened name is lost.
			if len(name) < 80 && back.Documents["db."+name] != string(docs[i%len(docs)]) {
				t.Errorf("%s: %q has %d bytes", pack, name, len(back.Documents["db."+name]))
			}
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
			t.Errorf("%v, %v", entries, err)
		}
		if entries, err := os.ReadDir(filepath.Join(out, "db")); err != nil || len(entries) != 2*len(hostile) {
			t.Errorf("%d files, %v", len(entries), err)
		}
	}
	for _, db := range []string{"..", ".", "a/b", `a\b`, "/", "../../x"} {
		got := runCommand(bytes.NewReader(docs[0]), "-o", out, "--overwrite", "--as-ns", db+".x")
		if got.code != 2 {
			t.Errorf("database %q: code %d, %s", db, got.code, got.stderr)
		}
		bad := newArchive(namespace{db, "x"}).block(namespace{db, "x"}, docs[0]).end(namespace{db, "x"}).data
		if got := runCommand(bytes.NewReader(bad), "-o", out, "--overwrite"); got.code == 0 {
			t.Errorf("an archive with the database %q: code %d, %s", db, got.code, got.stderr)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 2 {
		t.Errorf("%v, %v", entries, err)
	}
}

// TestFolderShortened: a collection whose file has a shortened name gets its whole name
// from its metadata. Without them it has the start of the name, and a note says so; two with
// the same start are an error.
func TestFolderShortened(t *testing.T) {
	long := strings.Repeat("x", 230) + strings.Repeat("y", 20)
	file, other := "shop/"+archive.FileName(long), "shop/"+archive.FileName(long+"z")
	cut := "shop." + strings.Repeat("x", 208)
	metadata := fmt.Sprintf(`{"indexes":[],"collectionName":%q,"type":"collection"}`, long)
	for _, tc := range []struct {
		name  string
		files map[string]string
		flags string
		code  int
		space string // that has document 1
		says  string
	}{
		{"metadata", map[string]string{file + ".bson": numbered(1), file + ".metadata.json": metadata}, "", 0, "shop." + long, ""},
		{"no metadata", map[string]string{file + ".bson": numbered(1), "shop/x.bson": numbered(2)}, "", 0, cut,
			": the name of " + cut + " is cut, because no metadata have the whole name; rename it with --ns-from and --ns-to\n"},
		{"not selected", map[string]string{file + ".bson": numbered(2), "shop/x.bson": numbered(1)}, "--ns shop.x", 0, "shop.x", ""},
		{"two, one with metadata", map[string]string{file + ".bson": numbered(1), file + ".metadata.json": metadata, other + ".bson": numbered(2)}, "", 0, "shop." + long,
			": the name of " + cut + " is cut"},
		{"two", map[string]string{file + ".bson": numbered(1), other + ".bson": numbered(2)}, "", 2, "",
			": several collections have the name " + cut + ", which is cut, and no metadata have their whole names; write each file by itself, with --as-ns"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := makeFiles(t, tc.files)
			out := filepath.Join(t.TempDir(), "out")
			got := runCommand(nil, append(strings.Fields(tc.flags), dir, "-o", out+"/")...)
			if got.code != tc.code || (got.stderr == "") != (tc.says == "") || !strings.Contains(got.stderr, tc.says) {
				t.Errorf("code %d, %s, want %s", got.code, got.stderr, tc.says)
			}
			_, collection, _ := strings.Cut(tc.space, ".")
			if name := filepath.Join(out, "shop", archive.FileName(collection)+".bson"); tc.code == 0 {
				if data, err := os.ReadFile(name); string(data) != numbered(1) || err != nil {
					t.Errorf("%q, %v", data, err)
				}
			}
			if a := runCommand(nil, append(strings.Fields(tc.flags), dir, "-t", "archive")...); a.code != tc.code || !strings.Contains(a.stderr, tc.says) {
				t.Errorf("archive: code %d, %s", a.code, a.stderr)
			}
		})
	}
}

// TestFolderOverwrite: a directory is replaced only if everything in it has the name of a
// dump's file.
func TestFolderOverwrite(t *testing.T) {
	source, err := filepath.Abs(filepath.Join(dumps, "folder"))
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := t.TempDir()
	write := func(names ...string) func(dir string) {
		return func(dir string) {
			for _, name := range names {
				name = filepath.Join(dir, name)
				os.MkdirAll(filepath.Dir(name), 0o777)
				if err := os.WriteFile(name, []byte("old"), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for _, tc := range []struct {
		name  string
		setup func(out string)
		flags []string
		want  string // in the message; "": it is written
	}{
		{"nothing there", func(string) {}, nil, ""},
		{"there", write("a/x.bson"), nil, "out/ exists; add --overwrite to replace it"},
		{"empty", func(out string) { os.Mkdir(out, 0o777) }, []string{"--overwrite"}, ""},
		{"a dump", write("a/x.bson", "a/x.metadata.json", "prelude.json", "oplog.bson", "b/y.bson.gz", "b/y.metadata.json.gz", "b/prelude.json.zst"), []string{"--overwrite"}, ""},
		{"another file", write("a/x.bson", "notes.txt"), []string{"--overwrite"}, "notes.txt is not a file of a dump"},
		{"another file in a database", write("a/x.bson", "b/x.json"), []string{"--overwrite"}, filepath.Join("b", "x.json") + " is not a file of a dump"},
		{"a third level", write("a/b/x.bson"), []string{"--overwrite"}, filepath.Join("a", "b") + " is not a file of a dump"},
		{"a hidden directory", write(".git/config"), []string{"--overwrite"}, filepath.Join(".git", "config") + " is not a file of a dump"},
		{"a link in it", func(out string) {
			os.Mkdir(out, 0o777)
			os.Symlink(source, filepath.Join(out, "x.bson"))
		}, []string{"--overwrite"}, "x.bson is not a file of a dump"},
		{"a link", func(out string) { os.Symlink(elsewhere, out) }, []string{"--overwrite"}, "out/ is a symbolic link; name the directory itself"},
		{"a file", func(out string) { os.WriteFile(out, nil, 0o666) }, []string{"--overwrite"}, "out/ is a file and not a directory; choose another name"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			tc.setup("out")
			before, _ := os.ReadDir("out")
			got := runCommand(nil, append([]string{source, "-o", "out/"}, tc.flags...)...)
			if tc.want == "" {
				if diff := cmp.Diff(filesIn(t, source), filesIn(t, "out")); diff != "" || got.code != 0 {
					t.Errorf("code %d, %s (-want +got):\n%.500s", got.code, got.stderr, diff)
				}
			} else {
				after, _ := os.ReadDir("out")
				if got.code != 2 || !strings.Contains(got.stderr, tc.want) || len(before) != len(after) {
					t.Errorf("code %d, %s, want %s", got.code, got.stderr, tc.want)
				}
			}
			if left, err := os.ReadDir("."); err != nil || len(left) > 1 {
				t.Errorf("left %v, %v", left, err)
			}
		})
	}
	dir := t.TempDir()
	t.Chdir(dir)
	os.Mkdir("in", 0o777)
	t.Chdir("in")
	for _, name := range []string{".", "./", "..", "../in", "../in/", dir, "/"} {
		if got := runCommand(nil, source, "-o", name, "--overwrite"); got.code != 2 {
			t.Errorf("%s: code %d, %s", name, got.code, got.stderr)
		}
	}
	for _, tc := range []struct{ out, rejects string }{{"../new/", "../new/rest.bson"}, {"../new/", "../new.partial/rest.bson"}} {
		os.MkdirAll(filepath.Dir(tc.rejects), 0o777)
		if got := runCommand(nil, source, "-o", tc.out, "--overwrite", "--on-error", "quarantine", "--rejects", tc.rejects); got.code != 2 {
			t.Errorf("%v: code %d, %s", tc, got.code, got.stderr)
		}
	}
}

// TestFolderConflicts: inputs are not replaced, and the output is in none of them.
func TestFolderConflicts(t *testing.T) {
	source, err := filepath.Abs(filepath.Join(dumps, "folder"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.CopyFS("in", os.DirFS(source)); err != nil {
		t.Fatal(err)
	}
	os.Symlink("in", "link")
	for _, args := range [][]string{
		{"in", "-o", "in/"}, {"in/shop/users.bson", "-o", "in"}, {"in", "-o", "in/new/"}, {"link", "-o", "in/"}, {"in", "-o", "link/new/"}, {"in/shop", "-o", "in/"},
	} {
		got := runCommand(nil, append(args, "--overwrite")...)
		if got.code != 2 || !strings.Contains(got.stderr, "is an input") {
			t.Errorf("%q: code %d, %s", args, got.code, got.stderr)
		}
	}
	if n := len(filesIn(t, "in")); n != 9 {
		t.Errorf("%d files are left", n)
	}
}

// TestSalvagedFolder: salvage writes the rest of each namespace to its file.
func TestSalvagedFolder(t *testing.T) {
	data, docs, _ := smallArchive()
	bad := bytes.Clone(data)
	bad[bytes.Index(bad, docs[4])+4] ^= 0x40
	out := filepath.Join(t.TempDir(), "out")
	got := runCommand(bytes.NewReader(bad), "salvage", "-o", out+"/")
	files := filesIn(t, out)
	want := fmt.Sprintf("%s%s", bytes.Join(docs[:3], nil), bytes.Join(docs[6:9], nil))
	rest := fmt.Sprintf("%s%s%s", docs[3], docs[5], bytes.Join(docs[9:], nil))
	if got.code != 4 || files["a/x.bson"] != want || files["b/y.z.bson"] != rest {
		t.Errorf("code %d, %d and %d bytes, %s", got.code, len(files["a/x.bson"]), len(files["b/y.z.bson"]), got.stderr)
	}
}

// TestLongNames: names that a directory shortens come back from it, also without metadata
// that have them.
func TestLongNames(t *testing.T) {
	var names []namespace
	for _, collection := range []string{strings.Repeat("x", 250), strings.Repeat("x", 250) + "%", strings.Repeat("é", 120)} {
		names = append(names, namespace{"shop", collection})
	}
	for what, a := range map[string]*madeArchive{"metadata": newArchive(names...), "no metadata": newArchive()} {
		var want []string
		for i, n := range names {
			a.block(n, []byte(numbered(byte(i)))).end(n)
			want = append(want, fmt.Sprintf(`{"n":%d,"ns":"shop.%s"}`, i, n.collection))
		}
		dir := filepath.Join(t.TempDir(), "dump")
		var out, err bytes.Buffer
		if code := run([]string{"-o", dir + "/"}, bytes.NewReader(a.data), io.Discard, &err); code != 0 {
			t.Fatalf("%s: code %d, %s", what, code, err.String())
		}
		code := run([]string{"-q", "--ns-field", "ns", dir}, nil, &out, &err)
		got := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" || code != 0 {
			t.Errorf("%s: code %d, %s (-want +got):\n%s", what, code, err.String(), diff)
		}
	}
}
