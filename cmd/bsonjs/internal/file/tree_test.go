package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
)

// treeText returns the contents of the files in dir by their paths, with slashes.
func treeText(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			var data []byte
			data, err = os.ReadFile(filepath.Join(dir, name))
			files[name] = string(data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// writeTree writes texts to files in turns: each step is a path and a text.
func writeTree(tree *Tree, steps ...string) error {
	for i := 0; i < len(steps); i += 2 {
		if err := tree.Enter(steps[i]); err != nil {
			return err
		}
		if _, err := tree.Write([]byte(steps[i+1])); err != nil {
			return err
		}
	}
	return nil
}

// names returns the names in dir.
func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// A Tree has its name when it is whole. Files that are entered again, also after they
// were closed, go on.
func TestTree(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out")
	tree, err := Output{Name: name + "/"}.OpenTree()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, text := range []string{"one ", "two ", "three"} {
		for i := range openFiles + 10 {
			path := "db" + string(rune('a'+i%5)) + "/" + string(rune('A'+i)) + ".bson"
			if err := writeTree(tree, path, text); err != nil {
				t.Fatal(err)
			}
			want[path] += text
		}
	}
	if err := tree.Enter("empty.bson"); err != nil || len(tree.open) > openFiles {
		t.Fatal(err, len(tree.open))
	}
	want["empty.bson"] = ""
	if _, err := os.Stat(name); err == nil {
		t.Error("it has its name before it is whole")
	}
	if err := errors.Join(tree.Settle(), tree.Commit()); err != nil || tree.Err() != nil || tree.Files() != int64(len(want)) {
		t.Fatal(err, tree.Err(), tree.Files())
	}
	if diff := cmp.Diff(want, treeText(t, name)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if kept, err := tree.Keep(); kept != "" || err != nil || tree.Discard() != nil || len(treeText(t, name)) != len(want) {
		t.Errorf("Keep after Commit: %q, %v", kept, err)
	}
}

// A run that stops leaves a partial directory, which the next one that stops replaces and
// the next whole one removes. Discard leaves nothing.
func TestTreeKept(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out")
	open := func(o Output, steps ...string) *Tree {
		t.Helper()
		o.Name = name
		tree, err := o.OpenTree()
		if err != nil {
			t.Fatal(err)
		}
		if err := writeTree(tree, steps...); err != nil {
			t.Fatal(err)
		}
		return tree
	}
	if err := open(Output{}, "a/x.bson", "gone").Discard(); err != nil || len(names(t, dir)) > 0 {
		t.Errorf("Discard: %v, %q", err, names(t, dir))
	}
	for _, text := range []string{"first", "second"} {
		kept, err := open(Output{}, "a/x.bson", text).Keep()
		if kept != name+".partial" || err != nil || treeText(t, kept)["a/x.bson"] != text {
			t.Errorf("Keep: %q, %v", kept, err)
		}
	}
	tree := open(Output{}, "a/y.bson", "whole")
	if err := tree.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); !cmp.Equal(got, []string{"out"}) || tree.Removed() != name+".partial" {
		t.Errorf("%q are left, removed %q", got, tree.Removed())
	}
	os.Mkdir(name+".partial", 0o777)
	os.WriteFile(filepath.Join(name+".partial", "notes.txt"), nil, 0o666)
	tree = open(Output{Overwrite: true}, "a/z.bson", "new")
	if err := errors.Join(tree.Settle(), tree.Commit()); err != nil || tree.Removed() != "" {
		t.Errorf("%v, removed %q", err, tree.Removed())
	}
	if got := names(t, dir); !cmp.Equal(got, []string{"out", "out.partial"}) || !cmp.Equal(treeText(t, name), map[string]string{"a/z.bson": "new"}) {
		t.Errorf("%q are left", got)
	}
}

// A failingDisk fails at the n-th call of a kind.
type failingDisk struct {
	systemDisk
	kind string
	n    *atomic.Int64
	err  error
}

func (d failingDisk) fails(kind string) error {
	if kind != d.kind {
		return nil
	}
	if d.n.Add(-1) == 0 {
		return d.err
	}
	return nil
}

func (d failingDisk) create(name string, perm fs.FileMode) (diskFile, error) {
	if err := d.fails("create"); err != nil {
		return nil, err
	}
	file, err := d.systemDisk.create(name, perm)
	return fullFile{file, d}, err
}

func (d failingDisk) append(name string) (diskFile, error) {
	if err := d.fails("append"); err != nil {
		return nil, err
	}
	file, err := d.systemDisk.append(name)
	return fullFile{file, d}, err
}

func (d failingDisk) mkdir(name string, perm fs.FileMode) error {
	if err := d.fails("mkdir"); err != nil {
		return err
	}
	return d.systemDisk.mkdir(name, perm)
}

func (d failingDisk) link(from, to string) error {
	if err := d.fails("link"); err != nil {
		return err
	}
	if d.kind == "rename" {
		return errors.ErrUnsupported // a file system without links needs more renames
	}
	return d.systemDisk.link(from, to)
}

func (d failingDisk) rename(from, to string) error {
	if err := d.fails("rename"); err != nil {
		return err
	}
	return d.systemDisk.rename(from, to)
}

type fullFile struct {
	diskFile
	disk failingDisk
}

func (f fullFile) Write(p []byte) (int, error) {
	if err := f.disk.fails("write"); err != nil {
		return 0, err
	}
	return f.diskFile.Write(p)
}

func (f fullFile) Sync() error {
	if err := f.disk.fails("sync"); err != nil {
		return err
	}
	return f.diskFile.Sync()
}

// If any call of the disk fails, the error is returned and the old directory has its
// name, with all its files.
func TestTreeDiskFails(t *testing.T) {
	broken := errors.New("broken")
	for _, codec := range []compress.Codec{compress.None, compress.Gzip} {
		for _, kind := range []string{"mkdir", "create", "append", "write", "sync", "rename"} {
			for n := 1; ; n++ {
				dir := t.TempDir()
				name := filepath.Join(dir, "out")
				os.MkdirAll(filepath.Join(name, "a"), 0o777)
				os.WriteFile(filepath.Join(name, "a", "old.bson"), []byte("old"), 0o666)
				var left atomic.Int64
				left.Store(int64(n))
				o := Output{Name: name, Overwrite: true, Codec: codec, disk: failingDisk{kind: kind, n: &left, err: broken}}
				o.Jobs = 1
				tree, err := o.OpenTree()
				if err == nil {
					err = writeTree(tree, "a/x.bson", "one", "b/y.bson", "two", "a/x.bson", "three")
				}
				if err == nil {
					err = tree.Settle()
				}
				if err == nil {
					err = tree.Commit()
				}
				if left.Load() > 0 {
					if err != nil || n == 1 {
						t.Errorf("%v, %s %d: %v", codec, kind, n, err)
					}
					break
				}
				if tree != nil {
					tree.Discard()
				}
				if !errors.Is(err, broken) || !cmp.Equal(treeText(t, name), map[string]string{"a/old.bson": "old"}) || len(names(t, dir)) != 1 {
					t.Errorf("%v, %s %d: %v, files %v, names %q", codec, kind, n, err, treeText(t, name), names(t, dir))
				}
			}
		}
	}
}

// A foldingDisk takes names that differ only by case for one.
type foldingDisk struct{ systemDisk }

func (d foldingDisk) create(name string, perm fs.FileMode) (diskFile, error) {
	dir, base := filepath.Split(name)
	return d.systemDisk.create(dir+strings.ToLower(base), perm)
}

func (d foldingDisk) mkdir(name string, perm fs.FileMode) error {
	dir, base := filepath.Split(name)
	if !strings.HasSuffix(base, partialSuffix) {
		base = strings.ToLower(base)
	}
	return d.systemDisk.mkdir(dir+base, perm)
}

// Names that a file system takes for one are an error that has both.
func TestTreeSameName(t *testing.T) {
	for _, tc := range []struct{ a, b, want string }{
		{"db/users.bson", "db/Users.bson", "db/users.bson and db/Users.bson have the same name on this file system"},
		{"db/users.bson", "DB/x.bson", "db and DB have the same name on this file system"},
	} {
		tree, err := Output{Name: filepath.Join(t.TempDir(), "out"), disk: foldingDisk{}}.OpenTree()
		if err != nil {
			t.Fatal(err)
		}
		err = writeTree(tree, tc.a, "x", tc.b, "y")
		if same, ok := errors.AsType[*SameName](err); !ok || same.Error() != tc.want || tree.Err() != err {
			t.Errorf("%s and %s: %v", tc.a, tc.b, err)
		}
		tree.Discard()
	}
}

// The old directory is not removed if another program has put a file into it.
func TestTreeForeignLater(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out")
	os.MkdirAll(name, 0o777)
	tree, err := Output{Name: name, Overwrite: true}.OpenTree()
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(name, "notes.txt"), nil, 0o666)
	err = errors.Join(writeTree(tree, "x.bson", "x"), tree.Settle(), tree.Commit())
	if err == nil || !strings.Contains(err.Error(), "the old directory is still there as "+name) || !strings.Contains(err.Error(), "notes.txt is not a file of a dump") {
		t.Errorf("%v", err)
	}
	if got := treeText(t, name); !cmp.Equal(got, map[string]string{"x.bson": "x"}) || len(names(t, dir)) != 2 {
		t.Errorf("%v, %q", got, names(t, dir))
	}
}
