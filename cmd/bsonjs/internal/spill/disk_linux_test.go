package spill

import "testing"

// A file never has a name, so that no name is left by a process that is killed before it
// could remove it.
func TestNeverNamed(t *testing.T) {
	dir := t.TempDir()
	probe, err := openUnnamed(dir)
	if err != nil {
		t.Skip("the file system of the test has no files without names: ", err)
	}
	probe.Close()
	file, named, err := systemDisk{}.create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if named || file.Name() != dir { // the name with which it was opened
		t.Errorf("the file was opened as %s", file.Name())
	}
}
