package interop

//lint:file-ignore SA1019 v1 is deprecated, and this file tests v1

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	driver1 "go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/bsoncodec"
	"go.mongodb.org/mongo-driver/bson/bsonrw"
	"go.mongodb.org/mongo-driver/bson/primitive"
	mongo1 "go.mongodb.org/mongo-driver/mongo"
	options1 "go.mongodb.org/mongo-driver/mongo/options"
	driver "go.mongodb.org/mongo-driver/v2/bson"

	mongodriver1 "github.com/bsonkit/bsonkit/bridges/mongodriver/v1"
	"github.com/bsonkit/bsonkit/bson"
)

// This file compares clients of driver v1, as client_test.go does for v2.
//
//   - TestClientV1 stores documents in FerretDB and reads them.
//   - TestClientV1Maps is about the rule of v1 for documents in a map.
//   - TestClientV1OtherTypes does without the server.

// A sideV1 is a client of driver v1 with a collection of its own.
type sideV1 struct{ *mongo1.Collection }

// sidesV1 returns the client without and the client with the registry, on one server.
func sidesV1(t *testing.T) (s [2]sideV1) {
	t.Helper()
	uri, ctx := startServer(t), context.Background()
	for i, o := range []*options1.ClientOptions{options1.Client(), options1.Client().SetRegistry(mongodriver1.Registry(mongodriver1.Options{}))} {
		client, err := mongo1.Connect(ctx, o.ApplyURI(uri).SetTimeout(time.Minute).SetRetryReads(false))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := client.Disconnect(ctx); err != nil {
				t.Error(err)
			}
		})
		s[i] = sideV1{client.Database("interop").Collection([]string{"driver", "bsonkit"}[i])}
	}
	return s
}

// inV1 returns d with the types of driver v1.
func inV1(t *testing.T, d driver.D) (v1 primitive.D) {
	t.Helper()
	doc, err := driver.Marshal(d)
	if err == nil {
		err = driver1.Unmarshal(doc, &v1)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v1
}

// A bookingV1 has the types that programs have in structs.
type bookingV1 struct {
	ID      primitive.ObjectID `bson:"_id"`
	Guest   string             `bson:"guest"`
	Nights  int
	Price   float64
	At      time.Time
	Until   primitive.DateTime
	Code    primitive.Binary
	Missing *string `bson:",omitempty"`
	Rooms   []room
	Best    *room
	Labels  map[string]string
	Order   primitive.D
	Rest    primitive.M
	Any     any
	Raw     driver1.RawValue
	Audit   `bson:",inline"`
}

func newBookingV1(n int) bookingV1 {
	return bookingV1{
		ID: primitive.ObjectID{1, byte(n >> 8), byte(n)}, Guest: fmt.Sprint("guest ", n), Nights: n, Price: 9.5, At: time.UnixMilli(1_700_000_000_123).UTC(),
		Until: 5, Code: primitive.Binary{Subtype: 4, Data: []byte("0123456789abcdef")}, Rooms: []room{{"a", 2}}, Best: &room{"c", 1},
		Labels: map[string]string{"k": "v"}, Order: primitive.D{{Key: "z", Value: int32(1)}, {Key: "a", Value: primitive.A{"x"}}},
		Rest: primitive.M{"m": primitive.M{"n": 0.5}}, Any: primitive.D{{Key: "any", Value: primitive.A{"x"}}},
		Raw: driver1.RawValue{Type: driver1.TypeInt32, Value: []byte{1, 0, 0, 0}}, Audit: Audit{3},
	}
}

// readV1 returns a function that returns all documents of a pipeline, by batches.
func readV1[T any](pipeline any) func(sideV1) ([]T, error) {
	return func(s sideV1) ([]T, error) {
		cursor, err := s.Aggregate(context.Background(), pipeline, options1.Aggregate().SetBatchSize(7))
		if err != nil {
			return nil, err
		}
		var docs []T
		err = cursor.All(context.Background(), &docs)
		return docs, err
	}
}

// TestClientV1: documents in each form are inserted, changed by bulk writes, and read into
// each form through pipelines of D, M and structs.
func TestClientV1(t *testing.T) {
	const n = 100
	s, ctx := sidesV1(t), context.Background()
	docs := []any{
		append(primitive.D{{Key: "_id", Value: "D"}}, inV1(t, storedValues)...),
		primitive.M{"_id": "M", "b": primitive.M{"c": primitive.A{"x", primitive.M{"d": nil}}}}, map[string]string{"_id": "map"},
	}
	for i := range n {
		doc := newBookingV1(i)
		docs = append(docs, doc)
		docs[len(docs)-1] = []any{doc, &doc}[i%2]
	}
	compareSides(t, s, "insert", func(s sideV1) (any, error) { return s.InsertMany(ctx, docs) })
	ordered := []struct {
		Sort primitive.D `bson:"$sort"`
	}{{primitive.D{{Key: "_id", Value: 1}}}}
	for i, stored := range compareSides(t, s, "as Raw", readV1[driver1.Raw](ordered)) {
		want, err := driver1.Marshal(docs[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, isM := docs[i].(primitive.M); !isM && !bytes.Equal(stored, want) { // an M has no order
			t.Errorf("stored %v\nwant   %v", stored, driver1.Raw(want))
		}
	}
	compareSides(t, s, "as D", readV1[primitive.D](ordered))
	compareSides(t, s, "as M", readV1[primitive.M](ordered))
	compareSides(t, s, "as map", readV1[map[string]any](ordered))
	compareSides(t, s, "as any", readV1[any](ordered))
	found := compareSides(t, s, "as structs", readV1[bookingV1]([]primitive.M{{"$match": primitive.M{"nights": primitive.M{"$gte": 5}}}, {"$sort": primitive.M{"_id": 1}}}))
	if len(found) != n-5 {
		t.Errorf("%d documents, want %d", len(found), n-5)
	}
	compareSides(t, s, "bulk write", func(s sideV1) (any, error) {
		return s.BulkWrite(ctx, []mongo1.WriteModel{
			mongo1.NewUpdateOneModel().SetFilter(primitive.M{"_id": "D"}).SetUpdate(primitive.D{{Key: "$set", Value: struct{ Any any }{newBookingV1(1)}}}),
			mongo1.NewReplaceOneModel().SetFilter(primitive.M{"_id": "map"}).SetReplacement(struct{ List []any }{[]any{int32(1), primitive.M{"a": "b"}}}),
			mongo1.NewDeleteManyModel().SetFilter(struct {
				Nights primitive.M `bson:"nights"`
			}{primitive.M{"$lt": 50}}),
		})
	})
	left := compareSides(t, s, "after the bulk write", readV1[primitive.D](mongo1.Pipeline{{{Key: "$sort", Value: primitive.D{{Key: "_id", Value: -1}}}}}))
	if len(left) != n-50+3 {
		t.Errorf("%d documents, want %d", len(left), n-50+3)
	}
}

// TestClientV1Maps: v1 gives a document in a map the type of the map, and a document in a
// D the type D. The registry does so too, unless its options name another rule.
func TestClientV1Maps(t *testing.T) {
	doc := primitive.M{"a": primitive.D{{Key: "b", Value: primitive.A{primitive.D{}}}}}
	type named map[string]any
	for _, tc := range []struct {
		name     string
		o        bson.DecodeOptions
		into     any
		document any // a
		inside   any // the element of b
	}{
		{"M", bson.DecodeOptions{}, new(primitive.M), primitive.M{}, primitive.M{}},
		{"map", bson.DecodeOptions{}, new(map[string]any), map[string]any{}, map[string]any{}},
		{"named map", bson.DecodeOptions{}, new(named), named{}, named{}},
		{"D in a map", bson.DecodeOptions{}, new(map[string]primitive.D), primitive.D{}, primitive.D{}},
		{"M, ancestor", bson.DecodeOptions{DocumentType: bson.DocumentsAsAncestor}, new(primitive.M), primitive.M{}, primitive.M{}},
		{"map, M of bsonkit", bson.DecodeOptions{DocumentType: bson.DocumentsAsM}, new(map[string]any), bson.M{}, bson.M{}},
	} {
		cursor, err := mongo1.NewCursorFromDocuments([]any{doc}, nil, mongodriver1.Registry(mongodriver1.Options{Decode: tc.o}))
		if err != nil || !cursor.Next(context.Background()) {
			t.Fatal(tc.name, err)
		}
		if err := cursor.Decode(tc.into); err != nil {
			t.Fatal(tc.name, err)
		}
		a := reflect.ValueOf(tc.into).Elem().MapIndex(reflect.ValueOf("a"))
		if a.Kind() == reflect.Interface {
			a = a.Elem()
		}
		if want := reflect.TypeOf(tc.document); a.Type() != want {
			t.Errorf("%s: a document is a %v, want %v", tc.name, a.Type(), want)
		}
		var b any
		if a.Kind() == reflect.Map {
			b = a.MapIndex(reflect.ValueOf("b")).Interface()
		} else {
			b = a.Interface().(primitive.D)[0].Value
		}
		if got, want := reflect.TypeOf(b.(primitive.A)[0]), reflect.TypeOf(tc.inside); got != want {
			t.Errorf("%s: a document inside is a %v, want %v", tc.name, got, want)
		}
	}
}

// TestClientV1OtherTypes: values of all types are written and read with the registry
// through the driver's writer and cursor, as without it.
func TestClientV1OtherTypes(t *testing.T) {
	every, ctx := inV1(t, everyValue), context.Background()
	want, err := driver1.Marshal(every)
	if err != nil {
		t.Fatal(err)
	}
	registry := mongodriver1.Registry(mongodriver1.Options{})
	var cursors [2]*mongo1.Cursor
	for i, r := range []*bsoncodec.Registry{nil, registry} {
		if cursors[i], err = mongo1.NewCursorFromDocuments([]any{driver1.Raw(want), every}, nil, r); err != nil {
			t.Fatal(err)
		}
	}
	read := 0
	for ; cursors[0].Next(ctx) && cursors[1].Next(ctx); read++ {
		for _, into := range []reflect.Type{
			reflect.TypeFor[primitive.D](), reflect.TypeFor[primitive.M](), reflect.TypeFor[any](), reflect.TypeFor[map[string]any](),
			reflect.TypeFor[struct {
				Binary  primitive.Binary
				Scope   *primitive.CodeWithScope
				Decimal primitive.Decimal128
				MaxKey  any            `bson:"maxKey"`
				Rest    map[string]any `bson:",inline"`
			}](),
		} {
			theirs, ours := reflect.New(into), reflect.New(into)
			if err := cursors[0].Decode(theirs.Interface()); err != nil {
				t.Fatal(into, err)
			}
			if err := cursors[1].Decode(ours.Interface()); err != nil {
				t.Fatal(into, err)
			}
			if diff := cmp.Diff(theirs.Interface(), ours.Interface(), sameGo); diff != "" {
				t.Errorf("%v (-driver +bsonkit):\n%s", into, diff)
			}
			got, err := encodeV1(registry, ours.Interface())
			if err != nil {
				t.Errorf("%v: %v", into, err)
			}
			if into == reflect.TypeFor[primitive.D]() && !bytes.Equal(got, want) {
				t.Errorf("%v:\nwritten %v\nwant    %v", into, driver1.Raw(got), driver1.Raw(want))
			}
		}
	}
	if read != 2 || cursors[0].Err() != nil || cursors[1].Err() != nil {
		t.Errorf("%d documents, want 2; %v, %v", read, cursors[0].Err(), cursors[1].Err())
	}
}

// encodeV1 encodes v as a client with the registry does.
func encodeV1(r *bsoncodec.Registry, v any) ([]byte, error) {
	var buf bytes.Buffer
	w, err := bsonrw.NewBSONValueWriter(&buf)
	if err != nil {
		return nil, err
	}
	e, err := driver1.NewEncoder(w)
	if err != nil {
		return nil, err
	}
	if err := e.SetRegistry(r); err != nil {
		return nil, err
	}
	err = e.Encode(v)
	return buf.Bytes(), err
}
