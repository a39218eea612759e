package values

//lint:file-ignore SA1019 v1 is deprecated, and this file measures v1

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	driver1 "go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/bsoncodec"
	"go.mongodb.org/mongo-driver/bson/bsonrw"
	"go.mongodb.org/mongo-driver/bson/primitive"
	mongo1 "go.mongodb.org/mongo-driver/mongo"
	driver "go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	mongodriver1 "github.com/bsonkit/bsonkit/bridges/mongodriver/v1"
	alias1 "github.com/bsonkit/bsonkit/bridges/mongodriver/v1/bson"
	mongodriver "github.com/bsonkit/bsonkit/bridges/mongodriver/v2"
	alias "github.com/bsonkit/bsonkit/bridges/mongodriver/v2/bson"
)

// This file measures bridges/mongodriver: the alias packages, and clients with the
// registry. A client does the same with one document with and without a server: it encodes
// it with an Encoder, and decodes it from a cursor.

// A codec writes and reads values. decode returns a function that reads document i.
type codec struct {
	encode func(v any) error
	decode func(tb testing.TB, docs [][]byte) func(i int, v any) error
}

// A bridge is one of the measured ways, with the codec of the driver for the same task.
type bridge struct {
	name         string // as in docs/benchmarks/bridges.md
	types        goTypes
	d, m         reflect.Type
	theirs, ours codec
}

func bridges() []bridge {
	v1Types := goTypes{
		reflect.TypeFor[primitive.ObjectID](), reflect.TypeFor[primitive.Decimal128](),
		reflect.TypeFor[primitive.Binary](), reflect.TypeFor[primitive.DateTime](),
	}
	v2 := bridge{types: driverTypes, d: reflect.TypeFor[driver.D](), m: reflect.TypeFor[driver.M]()}
	v1 := bridge{types: v1Types, d: reflect.TypeFor[primitive.D](), m: reflect.TypeFor[primitive.M]()}
	of := func(b bridge, name string, theirs, ours codec) bridge {
		b.name, b.theirs, b.ours = name, theirs, ours
		return b
	}
	return []bridge{
		of(v2, "alias package, v2", functions(driver.Marshal, driver.Unmarshal), functions(alias.Marshal, alias.Unmarshal)),
		of(v1, "alias package, v1", functions(driver1.Marshal, driver1.Unmarshal), functions(alias1.Marshal, alias1.Unmarshal)),
		of(v2, "client, v2", client(driver.NewRegistry()), client(mongodriver.Registry(mongodriver.Options{}))),
		of(v1, "client, v1", client1(driver1.NewRegistry()), client1(mongodriver1.Registry(mongodriver1.Options{}))),
	}
}

// functions returns the codec of a program that calls these functions.
func functions(marshal func(any) ([]byte, error), unmarshal func([]byte, any) error) codec {
	return codec{
		func(v any) (err error) {
			sink, err = marshal(v)
			return err
		},
		func(_ testing.TB, docs [][]byte) func(int, any) error {
			return func(i int, v any) error { return unmarshal(docs[i], v) }
		},
	}
}

// client returns the codec of a client of driver v2 with the registry r.
func client(r *driver.Registry) codec {
	return codec{
		func(v any) error {
			var buf bytes.Buffer
			e := driver.NewEncoder(driver.NewDocumentWriter(&buf))
			e.SetRegistry(r)
			return e.Encode(v)
		},
		func(tb testing.TB, docs [][]byte) func(int, any) error {
			return cursors(tb, docs, func(doc []byte) (cursor, error) {
				return mongo.NewCursorFromDocuments([]any{driver.Raw(doc)}, nil, r)
			})
		},
	}
}

// client1 returns the codec of a client of driver v1 with the registry r.
func client1(r *bsoncodec.Registry) codec {
	return codec{
		func(v any) error {
			var buf bytes.Buffer
			w, err := bsonrw.NewBSONValueWriter(&buf)
			if err != nil {
				return err
			}
			e, err := driver1.NewEncoder(w)
			if err != nil {
				return err
			}
			if err := e.SetRegistry(r); err != nil {
				return err
			}
			return e.Encode(v)
		},
		func(tb testing.TB, docs [][]byte) func(int, any) error {
			return cursors(tb, docs, func(doc []byte) (cursor, error) {
				return mongo1.NewCursorFromDocuments([]any{driver1.Raw(doc)}, nil, r)
			})
		},
	}
}

// A cursor is one of either version.
type cursor interface {
	Next(context.Context) bool
	Decode(any) error
}

// cursors returns a function that decodes document i from a cursor of its own.
func cursors(tb testing.TB, docs [][]byte, open func(doc []byte) (cursor, error)) func(int, any) error {
	all := make([]cursor, len(docs))
	for i, doc := range docs {
		c, err := open(doc)
		if err != nil || !c.Next(context.Background()) {
			tb.Fatalf("document %d: no cursor: %v", i, err)
		}
		all[i] = c
	}
	return func(i int, v any) error { return all[i].Decode(v) }
}

// bridgeTasks are the tasks of each bridge, as in docs/benchmarks/bridges.md.
var bridgeTasks = []string{"struct → BSON", "`D` → BSON", "map → BSON", "BSON → struct", "BSON → `D`", "BSON → map"}

// jobs returns for each of bridgeTasks the job of the driver and ours.
func (b bridge) jobs(tb testing.TB, docs, shaped [][]byte) (jobs []job) {
	values := func(t reflect.Type) []any {
		out, decode := make([]any, len(docs)), b.theirs.decode(tb, docs)
		for i := range docs {
			v := reflect.New(t)
			if err := decode(i, v.Interface()); err != nil {
				tb.Fatal(err)
			}
			out[i] = v.Elem().Interface()
		}
		return out
	}
	empty := structs(shaped, b.types)
	full := structs(shaped, b.types)
	fill := b.theirs.decode(tb, shaped)
	for i, v := range full {
		if err := fill(i, v); err != nil {
			tb.Fatal(err)
		}
	}
	for _, vs := range [][]any{full, values(b.d), values(b.m)} {
		for who, c := range b.codecs() {
			jobs = append(jobs, job{b.name + "/" + who, func(i int) error { return c.encode(vs[i]) }})
		}
	}
	for _, into := range []struct {
		docs [][]byte
		of   func(i int) reflect.Type
	}{
		{shaped, func(i int) reflect.Type { return reflect.TypeOf(empty[i]).Elem() }},
		{docs, func(int) reflect.Type { return b.d }}, {docs, func(int) reflect.Type { return b.m }},
	} {
		for who, c := range b.codecs() {
			decode := c.decode(tb, into.docs)
			jobs = append(jobs, job{b.name + "/" + who, func(i int) error { return decode(i, reflect.New(into.of(i)).Interface()) }})
		}
	}
	return jobs
}

// codecs returns an iterator over the codec of the driver and ours.
func (b bridge) codecs() func(yield func(string, codec) bool) {
	return func(yield func(string, codec) bool) {
		_ = yield("driver", b.theirs) && yield("bsonkit", b.ours)
	}
}

// TestBridgeRatios prints the table of docs/benchmarks/bridges.md.
func TestBridgeRatios(t *testing.T) {
	if *ratios == 0 {
		t.Skip("runs only with -ratios=N")
	}
	docs, size := valueSet()
	shaped, shapedSize := shapedSet(t)
	fmt.Println("| bridge | task | driver, MB/s | bsonkit, MB/s | bsonkit is |\n|---|---|--:|--:|--:|")
	for _, b := range bridges() {
		name, best := b.name, bestTimes(t, b.jobs(t, docs, shaped))
		for k, task := range bridgeTasks {
			size := size
			if k%3 == 0 {
				size = shapedSize
			}
			theirs, ours := float64(size)/best[2*k].Seconds()/1e6, float64(size)/best[2*k+1].Seconds()/1e6
			fmt.Printf("| %s | %s | %.0f | %.0f | %.1f × |\n", name, task, theirs, ours, ours/theirs)
			name = ""
		}
	}
}

// BenchmarkBridges runs the jobs of the table one by one, for a profile.
func BenchmarkBridges(b *testing.B) {
	docs, size := valueSet()
	shaped, _ := shapedSet(b)
	for _, bridge := range bridges() {
		for k, j := range bridge.jobs(b, docs, shaped) {
			b.Run(strings.Replace(j.name, "/", "/"+bridgeTasks[k/2]+"/", 1), func(b *testing.B) {
				j.loop(b, size)
			})
		}
	}
}
