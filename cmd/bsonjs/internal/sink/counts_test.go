package sink

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// Documents count in the row of their input and namespace, whatever the parts are. An input
// that is named twice has rows of its own each time.
func TestCounts(t *testing.T) {
	var c Counts
	listing := codec.Listing{Spaces: []codec.Listed{
		{Namespace: archive.Namespace{DB: "a", Collection: "none"}},
		{Namespace: archive.Namespace{DB: "a", Collection: "y"}},
		{Namespace: archive.Namespace{DB: "a", Collection: "x"}},
	}}
	for range 2 {
		c.Begin()
		in := c.In("in")
		for _, piece := range []string{"a.x a.x a.y", "", "a.y", "a.x a.y a.z a.x"} {
			part := in.Part()
			part.Reset(100, 100)
			for _, space := range strings.Fields(piece) {
				rec := &record.Record{Data: make([]byte, 10), Space: record.Space{Name: space}}
				if err := part.Add(rec); err != nil || part.Size() != 0 {
					t.Fatal(err, part.Size())
				}
			}
			if err := in.Take(part); err != nil {
				t.Fatal(err)
			}
			if err := in.Take(part); err != nil { // it is empty now
				t.Fatal(err)
			}
		}
		if err := in.Long(&record.Record{Data: make([]byte, 100), Space: record.Space{Name: "a.y"}}, nil); err != nil {
			t.Fatal(err)
		}
		c.List("in", listing)
	}
	c.Begin()
	c.Add("\x1b", "")

	want := `  documents           bytes
          0               0  in a.none
          4             130  in a.y
          4              40  in a.x
          1              10  in a.z
          0               0  in a.none
          4             130  in a.y
          4              40  in a.x
          1              10  in a.z
          0               0  \x1b
         18             360  in all
`
	var got strings.Builder
	if err := c.WriteTable(&got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
	rows := `{"input":"in","ns":"a.none","documents":0,"bytes":0}
{"input":"in","ns":"a.y","documents":4,"bytes":130}
{"input":"in","ns":"a.x","documents":4,"bytes":40}
{"input":"in","ns":"a.z","documents":1,"bytes":10}
`
	want = rows + rows + `{"input":"\u001b","documents":0,"bytes":0}` + "\n"
	got.Reset()
	if err := c.WriteLines(&got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}
