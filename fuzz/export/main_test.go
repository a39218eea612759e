package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// seedName is the form of the names of seeds.
var seedName = regexp.MustCompile(`^(?:valid|fault)-[a-z0-9-]*[0-9a-f]{12}$`)

// faultAt finds the offset in the name of a seed with a fault.
var faultAt = regexp.MustCompile(`-at-(\d+)-`)

// exported exports a corpus and returns the hash of its names and contents.
func exported(t *testing.T, dir string) string {
	t.Helper()
	n, err := export(dir)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	found := 0
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		found++
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		fmt.Fprintf(h, "%s %x\n", filepath.ToSlash(name), data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n != found {
		t.Errorf("export says %d files, %s has %d", n, dir, found)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// TestExport checks that the corpus is the same in every run, that its valid seeds are
// valid, that the others have their fault at the offset in their name, and that no file is
// overwritten.
func TestExport(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "corpus")
	if one, two := exported(t, dir), exported(t, t.TempDir()); one != two {
		t.Error("two runs give different files")
	}
	if n, err := export(dir); n != 0 || err == nil || !strings.HasSuffix(err.Error(), " is not empty; remove it, or name another directory") {
		t.Errorf("export into a directory with files: %d files, %v", n, err)
	}
	for format, read := range map[string]func(name string, data []byte) error{
		"bson": func(_ string, data []byte) error { return bson.Validate(data) },
		"json": func(name string, data []byte) error {
			o := extjson.DecodeOptions{CanonicalOnly: strings.Contains(name, "-canonical-"), Legacy: strings.Contains(name, "-legacy-"), Shell: strings.Contains(name, "-shell-")}
			_, err := o.AppendBSON(nil, data)
			return err
		},
		"pickle": func(_ string, data []byte) error { _, _, err := pickle.AppendBSONValue(nil, data); return err },
	} {
		files, err := os.ReadDir(filepath.Join(dir, format))
		if err != nil {
			t.Fatal(err)
		}
		valid, faults := 0, 0
		for _, f := range files {
			data, err := os.ReadFile(filepath.Join(dir, format, f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			if !seedName.MatchString(f.Name()) {
				t.Errorf("name %s/%s", format, f.Name())
			}
			err = read(f.Name(), data)
			if strings.HasPrefix(f.Name(), "valid-") {
				valid++
				if err != nil {
					t.Errorf("%s/%s: %v", format, f.Name(), err)
				}
				continue
			}
			faults++
			m := faultAt.FindStringSubmatch(f.Name())
			if m == nil || err == nil {
				t.Errorf("%s/%s: %v", format, f.Name(), err)
				continue
			}
			if want, _ := strconv.Atoi(m[1]); want > len(data) || format == "bson" && !strings.Contains(err.Error(), "offset "+m[1]) {
				t.Errorf("%s/%s: %v", format, f.Name(), err)
			}
		}
		if valid < 100 || faults < 100 {
			t.Errorf("%s has %d valid seeds and %d with faults", format, valid, faults)
		}
		t.Logf("%s: %d valid, %d with faults", format, valid, faults)
	}
}

// token is a line of a dictionary of AFL and libFuzzer.
var token = regexp.MustCompile(`^"(?:[ !#-\[\]-~]|\\\\|\\"|\\x[0-9a-f]{2})+"$`)

// TestDictionaries checks the syntax of the dictionaries, and that no token is there twice.
func TestDictionaries(t *testing.T) {
	dir := t.TempDir()
	c := corpus{dir: dir}
	if err := c.dictionaries(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bson.dict", "json.dict", "pickle.dict"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
		for _, line := range lines {
			if !token.MatchString(line) || seen[line] {
				t.Errorf("%s: line %s", name, line)
			}
			seen[line] = true
		}
		if len(lines) < 30 {
			t.Errorf("%s has %d lines", name, len(lines))
		}
	}
}
