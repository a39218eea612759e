package archive_test

import (
	"bytes"
	"fmt"
	"log"
	"os"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// The collections of an archive, with their documents and whether all of them are there.
func Example() {
	f, err := os.Open("../../testdata/dumps/all.archive")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	r := archive.NewReader(f)
	for r.Next() {
		if r.Event() == archive.End {
			totals := r.Totals()
			fmt.Println(r.Namespace(), totals.Documents, totals.Bytes, totals.Checksum == archive.Matches)
		}
	}
	if err := r.Err(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// shop.empty 0 0 true
	// log.odd name+x%é 3 242 true
	// shop.users 400 98971 true
	// shop.events 1500 120594 true
}

// A copy of an archive with one collection, under another name.
func ExampleWriter() {
	f, err := os.Open("../../testdata/dumps/all.archive")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	from, to := archive.Namespace{DB: "shop", Collection: "users"}, archive.Namespace{DB: "copy", Collection: "people"}
	r := archive.NewReader(f)
	var metadata []archive.Metadata
	for _, m := range r.Metadata() {
		if m.Namespace == from {
			m.Namespace = to
			metadata = append(metadata, m)
		}
	}
	var out bytes.Buffer
	w := archive.NewWriter(&out, r.Header(), metadata)
	for n, doc := range r.Documents() {
		if n != from {
			continue
		}
		if err := w.Write(to, doc); err != nil {
			log.Fatal(err)
		}
	}
	if err := r.Err(); err != nil {
		log.Fatal(err)
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.Len())
	// Output: 99581
}

// The intact documents of an archive that was cut. Malformed documents are skipped.
func ExampleReader_Resync() {
	data, err := os.ReadFile("../../testdata/dumps/all.archive")
	if err != nil {
		log.Fatal(err)
	}
	r := archive.NewReader(bytes.NewReader(data[:150_000]))
	for {
		for r.Next() {
			if r.Event() == archive.Document && bsoncore.Validate(r.Document()) != nil {
				r.Resync(nil)
			}
		}
		if r.Err() == nil {
			break
		}
		fmt.Println(r.Err())
		if !r.Resync(nil) {
			break
		}
	}
	for n, totals := range r.Namespaces() {
		fmt.Println(n, totals.Documents)
	}
	// Output:
	// archive: offset 150000 (shop.events): document ends too early
	// archive: offset 150000 (shop.events): namespace has no end
	// shop.empty 0
	// log.odd name+x%é 3
	// shop.users 400
	// shop.events 608
}
