// Package corpus loads test vectors: the project's own, in testdata/vectors,
// and files in the format of the official BSON corpus. Only this package knows
// their location and the comparison of their texts.
package corpus

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// This file loads the project's own vectors, and official.go the official corpus.
// meaning.go compares JSON texts.
//
// Loading is strict: an unknown field, a row without a name or a directory without
// files fails the test, so that every vector is used.

// A File is one file of the project's own vectors.
type File struct {
	Name    string     // name of the file, such as "int64.json"
	Valid   []Valid    // documents and their texts
	Refused []Refused  // documents without a faithful text
	Bytes   []BadBytes // bytes that are not BSON
	Texts   []BadText  // texts that are not Extended JSON
}

// A Valid is a document and its texts.
type Valid struct {
	Name string
	// BSON is the document.
	BSON []byte
	// Canonical and Relaxed are its exact compact texts.
	Canonical, Relaxed string
	// Back is the document to which Canonical converts back. If it differs from
	// BSON, the text is lossy, and RejectLossy rejects the document.
	Back []byte
	// RelaxedBack is the document to which Relaxed converts back.
	RelaxedBack []byte
	// Texts are other texts that convert to Back.
	Texts []string
}

// Lossy reports whether canonical text does not convert back to the document.
func (v *Valid) Lossy() bool { return !bytes.Equal(v.BSON, v.Back) }

// A Refused is a valid document with special keys. A reader of its text would read
// another type.
type Refused struct {
	Name    string
	BSON    []byte
	Offset  int64  // offset of the element with the special key, in bytes
	Pointer string // JSON Pointer of that element
	AsIs    string // the text with AmbiguousKeys: AsIs
}

// A BadBytes is a malformed document.
type BadBytes struct {
	Name    string
	BSON    []byte
	Offset  int64  // offset of the byte with the fault
	Pointer string // JSON Pointer of the element with the fault
	Error   string // name of the sentinel in package bson, such as "ErrLength"
}

// A BadText is a text that is rejected.
type BadText struct {
	Name    string
	Text    string
	Offset  int64  // offset of the fault in Text, in bytes
	Pointer string // JSON Pointer of the value with the fault
	Error   string // name of the sentinel, such as "ErrSyntax"
}

type fileJSON struct {
	About   string        `json:"about"`
	Valid   []validJSON   `json:"valid"`
	Refused []refusedJSON `json:"refused"`
	Bytes   []bytesJSON   `json:"bytes"`
	Texts   []textJSON    `json:"texts"`
}

type validJSON struct {
	Name        string   `json:"name"`
	BSON        string   `json:"bson"`
	Canonical   string   `json:"canonical"`
	Relaxed     *string  `json:"relaxed"`
	Back        *string  `json:"back"`
	RelaxedBack *string  `json:"relaxedBack"`
	Texts       []string `json:"texts"`
}

type refusedJSON struct {
	Name    string `json:"name"`
	BSON    string `json:"bson"`
	Offset  *int64 `json:"offset"`
	Pointer string `json:"pointer"`
	AsIs    string `json:"asIs"`
}

type bytesJSON struct {
	Name    string `json:"name"`
	BSON    string `json:"bson"`
	Offset  *int64 `json:"offset"`
	Pointer string `json:"pointer"`
	Error   string `json:"error"`
}

type textJSON struct {
	Name    string  `json:"name"`
	Text    *string `json:"text"`
	Hex     *string `json:"hex"`
	Offset  *int64  `json:"offset"`
	Pointer string  `json:"pointer"`
	Error   string  `json:"error"`
}

// Load returns the project's own vectors, all files of testdata/vectors.
func Load(tb testing.TB) []File {
	tb.Helper()
	var files []File
	for _, path := range glob(tb, filepath.Join(Root(tb), "testdata", "vectors")) {
		files = append(files, load(tb, path))
	}
	return files
}

// Root returns the directory of the main module. The test runs in this directory or
// below it.
func Root(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(mod), "module github.com/bsonkit/bsonkit\n") {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			tb.Fatal("corpus: no go.mod of github.com/bsonkit/bsonkit above the test's folder")
		}
		dir = up
	}
}

func glob(tb testing.TB, dir string) []string {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		tb.Fatal(err)
	}
	if len(paths) == 0 {
		tb.Fatalf("corpus: %s has no files", dir)
	}
	return paths
}

func load(tb testing.TB, path string) File {
	tb.Helper()
	var raw fileJSON
	decode(tb, path, &raw)
	out := File{Name: filepath.Base(path)}
	seen := map[string]bool{}
	name := func(kind, name string) string {
		tb.Helper()
		if key := kind + name; name == "" || seen[key] {
			tb.Fatalf("%s: a row has no name, or the name of another row: %q", path, name)
		} else {
			seen[key] = true
		}
		return name
	}
	for _, r := range raw.Valid {
		v := Valid{
			Name:      name("valid", r.Name),
			BSON:      unhex(tb, path, r.BSON),
			Canonical: r.Canonical,
			Relaxed:   r.Canonical,
			Texts:     r.Texts,
		}
		v.Back, v.RelaxedBack = v.BSON, v.BSON
		if r.Back != nil {
			v.Back = unhex(tb, path, *r.Back)
			v.RelaxedBack = v.Back
		}
		if r.Relaxed != nil {
			v.Relaxed = *r.Relaxed
		}
		if r.RelaxedBack != nil {
			v.RelaxedBack = unhex(tb, path, *r.RelaxedBack)
		}
		out.Valid = append(out.Valid, v)
	}
	for _, r := range raw.Refused {
		if r.Offset == nil || r.AsIs == "" {
			tb.Fatalf("%s: %s: offset or text is missing", path, r.Name)
		}
		out.Refused = append(out.Refused, Refused{
			Name: name("refused", r.Name), BSON: unhex(tb, path, r.BSON),
			Offset: *r.Offset, Pointer: r.Pointer, AsIs: r.AsIs,
		})
	}
	for _, r := range raw.Bytes {
		if r.Offset == nil || r.Error == "" {
			tb.Fatalf("%s: %s: offset or error is missing", path, r.Name)
		}
		out.Bytes = append(out.Bytes, BadBytes{
			Name: name("bytes", r.Name), BSON: unhex(tb, path, r.BSON),
			Offset: *r.Offset, Pointer: r.Pointer, Error: r.Error,
		})
	}
	for _, r := range raw.Texts {
		if r.Offset == nil || r.Error == "" || (r.Text == nil) == (r.Hex == nil) {
			tb.Fatalf("%s: %s: text or hex, offset or error is missing", path, r.Name)
		}
		t := BadText{Name: name("texts", r.Name), Offset: *r.Offset, Pointer: r.Pointer, Error: r.Error}
		if r.Text != nil {
			t.Text = *r.Text
		} else {
			t.Text = string(unhex(tb, path, *r.Hex))
		}
		out.Texts = append(out.Texts, t)
	}
	if len(out.Valid)+len(out.Refused)+len(out.Bytes)+len(out.Texts) == 0 {
		tb.Fatalf("%s has no rows", path)
	}
	return out
}

// decode reads the JSON file at path into v and rejects unknown fields.
func decode(tb testing.TB, path string, v any) {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		tb.Fatalf("%s: %v", path, err)
	}
}

// unhex returns the bytes of s, which has hexadecimal digits and blanks. "61*300"
// is 300 bytes 0x61.
func unhex(tb testing.TB, path, s string) []byte {
	tb.Helper()
	var out []byte
	for _, word := range strings.Fields(s) {
		digits, times, repeated := strings.Cut(word, "*")
		b, err := hex.DecodeString(digits)
		n := 1
		if repeated && err == nil {
			_, err = fmt.Sscan(times, &n)
		}
		if err != nil {
			tb.Fatalf("%s: malformed hex %q: %v", path, word, err)
		}
		out = append(out, bytes.Repeat(b, n)...)
	}
	return out
}
