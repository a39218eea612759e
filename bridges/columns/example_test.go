package columns_test

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/bsonkit/bsonkit/bridges/columns"
	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/schema"
	"github.com/bsonkit/bsonkit/extjson"
)

// parse reads documents in the syntax of MongoDB's shell.
func parse(text string) (stream []byte) {
	d := extjson.DecodeOptions{Shell: true}.NewDecoder(strings.NewReader(text))
	for d.Next() {
		stream = append(stream, d.Raw()...)
	}
	if err := d.Err(); err != nil {
		log.Fatal(err)
	}
	return stream
}

// infer returns the schema of documents.
func infer(stream []byte, o columns.Options) (*arrow.Schema, error) {
	found := schema.New(o.Schema())
	for doc, err := range bson.Documents(bytes.NewReader(stream)) {
		if err != nil {
			return nil, err
		}
		if err := found.Add(doc); err != nil {
			return nil, err
		}
	}
	return columns.Infer(found, o)
}

func ExampleInfer() {
	stream := parse(`
		{_id: ObjectId("5525c3dad77f76e88f4a1ed7"), name: "Ada", visits: 94, tags: ["wool"]}
		{_id: ObjectId("5580b94c33bb16a6bdd5a98b"), name: "Bo", joined: ISODate("2015-06-17T00:03:24Z"), visits: null}
		{_id: ObjectId("5580b94c33bb16a6bdd5a98c"), name: "Cy", home: {city: "Accra"}}`)
	s, err := infer(stream, columns.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range s.Fields() {
		nulls, _ := f.Metadata.GetValue("bsonkit.nulls")
		fmt.Printf("%s: %v %q\n", f.Name, f.Type, nulls)
	}
	// Output:
	// _id: fixed_size_binary[12] "missing"
	// name: utf8 "missing"
	// visits: int32 "flag"
	// visits.null: bool ""
	// tags: list<item: utf8, nullable> "missing"
	// joined: timestamp[ms, tz=UTC] "missing"
	// home: struct<city: utf8 nullable> "missing"
}

func ExampleMixedTypesError() {
	stream := parse(`{zip: "1000"} {zip: 1000} {zip: "2000"}`)
	_, err := infer(stream, columns.Options{})
	fmt.Println(err)
	if e, ok := errors.AsType[*columns.MixedTypesError](err); ok {
		fmt.Println(e.Paths[0].Path, e.Paths[0].Types[1].First)
	}
	s, err := infer(stream, columns.Options{Mixed: columns.MixedJSON})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Field(0).Type)
	// Output:
	// values of several types at zip: 2 string values (first in document 1), 1 int value (first in document 2)
	// zip 2
	// extension<arrow.json[storage_type=utf8]>
}

func ExampleRecordReader() {
	stream := parse(`{name: "Ada", visits: 94} {name: "Bo"} {visits: 3, name: "Cy"}`)
	o := columns.Options{BatchDocuments: 2}
	s, err := infer(stream, o)
	if err != nil {
		log.Fatal(err)
	}
	r, err := columns.NewRecordReader(bytes.NewReader(stream), s, o)
	if err != nil {
		log.Fatal(err)
	}
	defer r.Release()
	for r.Next() {
		batch := r.RecordBatch()
		visits := batch.Column(1).(*array.Int32)
		names := batch.Column(0).(*array.String)
		for i := range int(batch.NumRows()) {
			fmt.Println(names.Value(i), visits.IsValid(i), visits.Value(i))
		}
	}
	if err := r.Err(); err != nil {
		log.Fatal(err)
	}
	for _, l := range r.Losses() {
		fmt.Printf("lost: %v, %d times, first in document %d\n", l.Loss, l.Count, l.First)
	}
	// Output:
	// Ada true 94
	// Bo false 0
	// Cy true 3
	// lost: order, 1 times, first in document 3
}

func ExampleDocumentWriter() {
	stream := parse(`{_id: ObjectId("5525c3dad77f76e88f4a1ed7"), price: NumberDecimal("91.50")} {price: null}`)
	s, err := infer(stream, columns.Options{})
	if err != nil {
		log.Fatal(err)
	}
	r, err := columns.NewRecordReader(bytes.NewReader(stream), s, columns.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer r.Release()
	var back bytes.Buffer
	w, err := columns.NewDocumentWriter(&back, s, columns.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for r.Next() {
		if err := w.Write(r.RecordBatch()); err != nil {
			log.Fatal(err)
		}
	}
	if err := r.Err(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(bytes.Equal(stream, back.Bytes()))
	out := extjson.NewEncoder(os.Stdout)
	for doc, err := range bson.Documents(&back) {
		if err != nil {
			log.Fatal(err)
		}
		if err := out.Encode(doc); err != nil {
			log.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// true
	// {"_id":{"$oid":"5525c3dad77f76e88f4a1ed7"},"price":{"$numberDecimal":"91.50"}}
	// {"price":null}
}
