package bench

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	driver "go.mongodb.org/mongo-driver/v2/bson"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// benchDocs is the number of documents of the bench mix: so many that branch
// predictors do not learn them, and so few that the garbage collector has little
// work.
const benchDocs = 3000

// A Set is a set of documents for measurements, in three forms.
type Set struct {
	Name      string
	BSON      [][]byte
	Canonical [][]byte // canonical text of each document, by this toolkit
	Relaxed   [][]byte // relaxed text of each document, by this toolkit
	Bytes     int      // total size of BSON in bytes
}

// SetNames are the names of the sets: documents of the bench mix, the collection
// of testdata, and the three documents of the driver's own benchmarks.
var SetNames = []string{"bench", "collection", "flat", "deep", "full"}

// Load returns the set with the given name.
func Load(name string) (*Set, error) {
	switch name {
	case "bench":
		return NewSet(name, sample.Documents(sample.Bench, sample.Seed, benchDocs))
	case "collection":
		return NewSet(name, sample.Documents(sample.Collection, sample.Seed, sample.CollectionSize))
	default:
		dir, err := driverData()
		if err != nil {
			return nil, err
		}
		doc, err := driverDocument(filepath.Join(dir, name+"_bson.json.gz"))
		if err != nil {
			return nil, err
		}
		return NewSet(name, [][]byte{doc})
	}
}

// NewSet returns a set of the documents docs.
func NewSet(name string, docs [][]byte) (*Set, error) {
	s := &Set{Name: name, BSON: docs}
	return s, s.texts()
}

func (s *Set) texts() error {
	for _, doc := range s.BSON {
		canonical, err := extjson.EncodeOptions{Mode: extjson.Canonical}.AppendJSON(nil, doc)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		relaxed, err := extjson.AppendJSON(nil, doc)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		s.Canonical = append(s.Canonical, canonical)
		s.Relaxed = append(s.Relaxed, relaxed)
		s.Bytes += len(doc)
	}
	return nil
}

// driverData returns the directory of the driver's benchmark documents. They are
// in the module of driver v1.
func driverData() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "go.mongodb.org/mongo-driver").Output()
	if err != nil {
		return "", fmt.Errorf("go list: %w", err)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "testdata", "extended_bson")
	_, err = os.Stat(dir)
	return dir, err
}

// driverDocument reads a benchmark document of the driver. The file is legacy
// Extended JSON, so the driver reads it.
func driverDocument(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	var d driver.D
	if err := driver.UnmarshalExtJSON(text, false, &d); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	doc, err := driver.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return doc, bson.Validate(doc)
}
