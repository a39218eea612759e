package query_test

import (
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/pairs"
	"github.com/bsonkit/bsonkit/internal/race"
)

// This file compares Match with the second implementation, over random documents and
// filters.

// numPairs is the number of documents and filters that TestPairs compares.
const numPairs = 20_000 / race.Slowdown

func TestPairs(t *testing.T) {
	g := pairs.New(1)
	matches := 0
	for n := range numPairs {
		doc := append(g.Document(3), bson.E{Key: pairs.Pick(g, g.Names), Value: g.Value(2)})
		filter := g.Filter(doc, 2)
		raw, err := bson.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		filterRaw, err := bson.Marshal(filter)
		if err != nil {
			t.Fatal(err)
		}
		f, err := query.Compile(filterRaw, query.Options{})
		if err != nil {
			t.Fatalf("pair %d: %s: %v", n, shell(filterRaw), err)
		}
		got, err := f.Match(raw)
		want := selects(filter, doc)
		if err != nil || got != want {
			t.Errorf("pair %d: %s\n%s\n%v, %v, want %v\n%s", n, shell(filterRaw), shell(raw), got, err, want, f.Explain())
		}
		if got {
			matches++
		}
		again, err := query.Compile(f.Raw(), query.Options{})
		if err != nil {
			t.Fatalf("pair %d: %s became %s: %v", n, shell(filterRaw), f, err)
		}
		if got, err := again.Match(raw); err != nil || got != want {
			t.Errorf("pair %d: %s\nbecame %s\n%s\n%v, %v, want %v", n, shell(filterRaw), f, shell(raw), got, err, want)
		}
	}
	if matches < numPairs/4 || matches > numPairs*3/4 {
		t.Errorf("%d of %d pairs match; the test needs many of both", matches, numPairs)
	}
}

func shell(doc []byte) string {
	text, err := extjson.EncodeOptions{Mode: extjson.Shell, AmbiguousKeys: extjson.AsIs}.AppendJSON(nil, doc)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
