package tempfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestCreate: a file can be written and read, and its folder stays empty unless the system
// keeps the names of open files.
func TestCreate(t *testing.T) {
	for name, f := range map[string]func(dir, pattern string) (*os.File, bool, error){"Create": Create, "create": create} {
		dir := t.TempDir()
		file, named, err := f(dir, "x-*.tmp")
		if err != nil {
			t.Fatal(err)
		}
		there, err := os.ReadDir(dir)
		if err != nil || named != (len(there) > 0) || named != (runtime.GOOS == "windows") {
			t.Errorf("%s: named is %t, the folder has %d files; error %v", name, named, len(there), err)
		}
		got := make([]byte, 5)
		if _, err := file.WriteAt([]byte("hello"), 3); err != nil {
			t.Error(err)
		}
		if _, err := file.ReadAt(got, 3); err != nil || string(got) != "hello" {
			t.Errorf("%s: %q was read back, error %v", name, got, err)
		}
		file.Close()
	}
}

// A file never has a name, so that no name is left by a process that is killed before it
// could remove it.
func TestUnnamed(t *testing.T) {
	dir := t.TempDir()
	probe, err := Unnamed(dir)
	if err != nil {
		t.Skip("this system, or the file system of the test, has no files without names: ", err)
	}
	probe.Close()
	file, named, err := Create(dir, "x-*.tmp")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if named || file.Name() != dir { // the name with which it was opened
		t.Errorf("the file was opened as %s", file.Name())
	}
}

// TestFolder: an empty folder is that of the system, and a missing one is an error.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP"} {
		t.Setenv(name, dir)
	}
	file, _, err := Create("", "x-*.tmp")
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
	if name := file.Name(); name != dir && filepath.Dir(name) != dir {
		t.Errorf("the file is %s, not in %s", name, dir)
	}
	if _, _, err := Create(filepath.Join(dir, "missing"), "x-*.tmp"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the error is %v, want %v", err, fs.ErrNotExist)
	}
}
