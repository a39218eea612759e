package outline

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/schema"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// schemaOf returns the schema of documents in Extended JSON.
func schemaOf(t *testing.T, texts ...string) *schema.Schema {
	t.Helper()
	s := schema.New(schema.Options{})
	for _, text := range texts {
		addJSON(t, s, text)
	}
	return s
}

// addJSON adds a document in Extended JSON to s.
func addJSON(t *testing.T, s *schema.Schema, text string) {
	t.Helper()
	doc, err := extjson.AppendBSON(nil, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Add(doc); err != nil {
		t.Fatal(err)
	}
}

// The table has a line for each path, with what is known of its values.
func TestTable(t *testing.T) {
	for _, tc := range []struct {
		docs []string
		want string
	}{
		{nil, "documents               0\nbytes                   0\n"},
		{[]string{
			`{"_id":1,"n":{"$numberDouble":"2.0"},"s":"a\u001b","mixed":1,"d":{"$date":"2020-01-02T00:00:00Z"},"a":[1,"x"],"same":true}`,
			`{"_id":2,"n":7,"s":"a\u001b","mixed":"1","d":{"$date":"2021-03-04T00:00:00Z"},"a":[],"same":true,"only":{"x":null}}`,
			`{"_id":3,"n":7,"s":"bcd","mixed":null,"same":true,"d":{"$date":{"$numberLong":"9007199254740993"}}}`,
		}, `documents               3
bytes                 229

path    present  types                                  values
_id        100%  int                                    1 … 3, mean 2; unique
n          100%  int 66.7%, double 33.3%                whole, 2.0 … 7, mean 5.33333; 2 different: 7 66.7%, 2.0 33.3%
s          100%  string                                 2 … 3 bytes; 2 different: "a\u001b" 66.7%, "bcd" 33.3%
mixed      100%  ! string 33.3%, null 33.3%, int 33.3%  1 byte; unique
d          100%  date                                   2020-01-02 … 9007199254740993 ms; unique
a         66.7%  array                                  0 … 2 elements
a[]       50.0%  ! string 50.0%, int 50.0%              1 byte; unique
same       100%  bool                                   always true
only      33.3%  object
only.x     100%  null                                   always null
`},
	} {
		var b strings.Builder
		if err := WriteTable(&b, schemaOf(t, tc.docs...)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tc.want, b.String()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// program reads all documents of a file into the type.
const program = `package main

import (
	"fmt"
	"os"

	"github.com/bsonkit/bsonkit/bson"
)

func main() {
	f, err := os.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	n, d := 0, bson.NewDecoder(f)
	for d.Next() {
		var doc Document
		if err := bson.Unmarshal(d.Raw(), &doc); err != nil {
			fmt.Println("document", n+1, err)
			os.Exit(1)
		}
		n++
	}
	fmt.Println(n, d.Err())
}
`

// The structs compile, and they read every document.
func TestGo(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds programs")
	}
	odd := [][]byte{}
	for _, text := range []string{
		`{"a,b":1,"":2,"q\"":3,"-":4,"Name":5,"name":6,"x y":7,"1":8,"type":9,"b\\":1,"é":1,"日本":2,"a:b":1,"` + "`" + `":3,"\u0001":4}`,
		`{"twice":[[1],[{"n":1},null]],"m":{"1":{"x":1},"2":{"x":"2"}},"n":{"$numberLong":"5"},"u":{"$undefined":true},"list":[1,null,{"$numberLong":"7"}]}`,
		`{"n":3,"m":{"3":{"x":null}},"deep":{"deep":{"deep":{"id":1,"ID":2,"i_d":3}}},"list":null,"Document":{"x":{"Document":{}}}}`,
		`{"n":null,"c":{"$code":"f","$scope":{"x":1}},"k":{"$minKey":1},"rest":1,"Rest":{},"e":[],"ee":[[]],"ed":{}}`,
	} {
		doc, err := extjson.AppendBSON(nil, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		odd = append(odd, doc)
	}
	dir := t.TempDir()
	for name, docs := range map[string][][]byte{
		"odd": odd, "wild": sample.Documents(sample.Wild, 1, 200), "bench": sample.Documents(sample.Bench, 1, 200),
		"collection": sample.Documents(sample.Collection, 1, 500),
	} {
		t.Run(name, func(t *testing.T) {
			s := schema.New(schema.Options{})
			for _, doc := range docs {
				if err := s.Add(doc); err != nil {
					t.Fatal(err)
				}
			}
			var source bytes.Buffer
			if err := WriteGo(&source, s); err != nil {
				t.Fatal(err)
			}
			at := filepath.Join(dir, name)
			files := map[string]string{
				"main.go":      program,
				"documents.go": strings.Replace(source.String(), "\npackage documents\n", "\npackage main\n", 1),
				"docs.bson":    string(bytes.Join(docs, nil)),
			}
			if err := os.Mkdir(at, 0o777); err != nil {
				t.Fatal(err)
			}
			for file, text := range files {
				if err := os.WriteFile(filepath.Join(at, file), []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command("go", "run", filepath.Join(at, "main.go"), filepath.Join(at, "documents.go"), filepath.Join(at, "docs.bson"))
			out, err := cmd.CombinedOutput()
			if want := fmt.Sprintf("%d <nil>\n", len(docs)); err != nil || string(out) != want {
				t.Errorf("%v, %s, want %s\n%s", err, out, want, source.String())
			}
		})
	}
}

// Names are exported, and differ from each other.
func TestNames(t *testing.T) {
	for key, want := range map[string]string{
		"name": "Name", "_id": "ID", "id": "ID", "first name": "FirstName", "a.b": "AB", "1st": "X1st", "": "X", "日本": "X日本",
		"é": "É", "$ref": "Ref", "--": "X", "type": "Type",
	} {
		if got := exported(key); got != want {
			t.Errorf("%q: %s, want %s", key, got, want)
		}
	}
}
