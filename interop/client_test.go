package interop

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	driver "go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	mongodriver "github.com/bsonkit/bsonkit/bridges/mongodriver/v2"
	alias "github.com/bsonkit/bsonkit/bridges/mongodriver/v2/bson"
	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file compares a client of the driver that has the registry of bridges/mongodriver
// with a client that has none. Both work with FerretDB.
//
//   - storedValues and otherValues together have every type of BSON.
//   - TestClientTypes, TestClientCursors, TestClientAggregate, TestClientTypeChanges and
//     TestClientBulk do the same with both clients, and compare the documents.
//   - TestClientText goes from text to the server and back.
//   - TestClientOtherTypes does without the server: FerretDB does not store these types.
//
// clientv1_test.go has the tests of driver v1.

// sameGo makes cmp compare the types and all bits of Go values.
var sameGo = cmp.Options{
	cmp.Exporter(func(reflect.Type) bool { return true }),
	cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }),
	cmp.Comparer(time.Time.Equal),
}

// storedValues has the types that FerretDB stores.
var storedValues = driver.D{
	{Key: "double", Value: 1.5}, {Key: "string", Value: "å\n"}, {Key: "document", Value: driver.D{{Key: "b", Value: int32(1)}, {Key: "a", Value: driver.D{}}}},
	{Key: "array", Value: driver.A{int32(1), "x", driver.D{{Key: "c", Value: driver.A{}}}, nil}},
	{Key: "binary", Value: driver.Binary{Subtype: 4, Data: []byte("0123456789abcdef")}}, {Key: "generic", Value: driver.Binary{Data: []byte{2}}},
	{Key: "objectId", Value: driver.ObjectID{1, 2}}, {Key: "bool", Value: true}, {Key: "date", Value: driver.DateTime(-1)}, {Key: "null", Value: nil},
	{Key: "regex", Value: driver.Regex{Pattern: "a", Options: "i"}}, {Key: "int", Value: int32(7)}, {Key: "timestamp", Value: driver.Timestamp{T: 1, I: 2}},
	{Key: "long", Value: int64(1 << 40)},
}

// otherValues has the types that FerretDB does not store.
var otherValues = driver.D{
	{Key: "undefined", Value: driver.Undefined{}}, {Key: "dbPointer", Value: driver.DBPointer{DB: "d.c", Pointer: driver.ObjectID{3}}},
	{Key: "javascript", Value: driver.JavaScript("f()")}, {Key: "symbol", Value: driver.Symbol("s")},
	{Key: "scope", Value: driver.CodeWithScope{Code: "g()", Scope: driver.D{{Key: "id", Value: driver.ObjectID{4}}}}},
	{Key: "decimal", Value: driver.NewDecimal128(0x3040000000000000, 12)}, {Key: "minKey", Value: driver.MinKey{}}, {Key: "maxKey", Value: driver.MaxKey{}},
}

// everyValue has both.
var everyValue = slices.Concat(storedValues, otherValues)

// A booking has the types that programs have in structs.
type booking struct {
	ID       driver.ObjectID `bson:"_id"`
	Guest    string          `bson:"guest"`
	Nights   int
	Small    int8
	Price    float64
	Paid     bool
	At       time.Time
	Until    driver.DateTime
	Code     []byte
	Maybe    *string
	Missing  *string `bson:",omitempty"`
	Rooms    []room
	Best     *room
	Labels   map[string]string
	Order    driver.D
	Values   driver.A
	Rest     driver.M
	Any      any
	Raw      driver.RawValue
	Skipped  string `bson:"-"`
	Audit    `bson:",inline"`
	Contact  contact
	Duration time.Duration
}

// Audit is exported, as embedded structs of documents are.
type Audit struct{ Version int64 }

type (
	room struct {
		Name string
		Beds int32 `bson:"beds,omitempty"`
	}
	contact struct{ Mail, Phone string }
)

func newBooking(n int) booking {
	phone := fmt.Sprint("+46 ", n)
	return booking{
		ID: driver.ObjectID{1, byte(n >> 8), byte(n)}, Guest: fmt.Sprint("guest ", n), Nights: n, Small: -8, Price: 9.5, Paid: n%2 == 0,
		At: time.UnixMilli(1_700_000_000_123).UTC(), Until: 5, Code: []byte{0, 1}, Maybe: &phone, Rooms: []room{{"a", 2}, {"b", 0}}, Best: &room{"c", 1},
		Labels: map[string]string{"k": "v"}, Order: driver.D{{Key: "z", Value: int32(1)}, {Key: "a", Value: "x"}}, Values: driver.A{int64(1), true},
		Rest: driver.M{"m": driver.D{{Key: "n", Value: 0.5}}}, Any: driver.D{{Key: "any", Value: driver.A{"x"}}},
		Raw: driver.RawValue{Type: driver.TypeInt32, Value: []byte{1, 0, 0, 0}}, Audit: Audit{3}, Contact: contact{"a@example.org", phone}, Duration: time.Second,
	}
}

// A side is a client with a collection of its own.
type side struct {
	name string
	*mongo.Collection
}

// sides returns the client without and the client with the registry, on one server. Each
// has an empty collection.
func sides(t *testing.T) [2]side {
	t.Helper()
	uri, ours := startServer(t), options.Client().SetRegistry(mongodriver.Registry(mongodriver.Options{}))
	return [2]side{
		{"driver", connect(t, uri, options.Client()).Collection("driver")},
		{"bsonkit", connect(t, uri, ours).Collection("bsonkit")},
	}
}

// compareSides runs run with both clients. The results must be equal. It returns that of
// the client with the registry.
func compareSides[S, T any](t *testing.T, s [2]S, name string, run func(S) (T, error)) T {
	t.Helper()
	want, err := run(s[0])
	if err != nil {
		t.Fatalf("%s: driver: %v", name, err)
	}
	got, err := run(s[1])
	if err != nil {
		t.Fatalf("%s: bsonkit: %v", name, err)
	}
	if diff := cmp.Diff(want, got, sameGo); diff != "" {
		t.Fatalf("%s (-driver +bsonkit):\n%s", name, diff)
	}
	return got
}

// find returns all documents that match filter, in the order of _id.
func find[T any](s side, filter any, batch int32) ([]T, error) {
	cursor, err := s.Find(context.Background(), filter, options.Find().SetSort(driver.D{{Key: "_id", Value: 1}}).SetBatchSize(batch))
	if err != nil {
		return nil, err
	}
	var docs []T
	err = cursor.All(context.Background(), &docs)
	return docs, err
}

// findOne returns a function that returns the document with the given _id.
func findOne[T any](id any) func(side) (T, error) {
	return func(s side) (T, error) {
		var v T
		err := s.FindOne(context.Background(), driver.D{{Key: "_id", Value: id}}).Decode(&v)
		return v, err
	}
}

// insertOne returns a function that inserts v.
func insertOne(v any) func(side) (any, error) {
	return func(s side) (any, error) {
		r, err := s.InsertOne(context.Background(), v)
		if err != nil {
			return nil, err
		}
		return r.InsertedID, nil
	}
}

func withID(id any, d driver.D) driver.D {
	return append(driver.D{{Key: "_id", Value: id}}, d...)
}

// TestClientTypes: documents in each form are stored with the bytes of the driver, and read
// into each form.
func TestClientTypes(t *testing.T) {
	s, doc := sides(t), newBooking(1)
	byID := newBooking(2)
	// The maps have one key beside _id, because the driver writes keys in random order.
	m := driver.M{"_id": "M", "b": driver.M{"c": driver.A{"x", driver.M{"d": nil}}}}
	for _, tc := range []struct {
		id any
		v  any
	}{
		{"D", withID("D", storedValues)}, {"pointer to D", new(withID("pointer to D", storedValues))}, {"M", m}, {doc.ID, doc}, {byID.ID, &byID},
		{"map", map[string]string{"_id": "map", "k": "v"}}, {"empty", withID("empty", nil)},
		{"values", withID("values", driver.D{{Key: "struct", Value: room{"a", 1}}, {Key: "pointer", Value: &doc}, {Key: "slice", Value: []room{{"b", 2}}}})},
	} {
		name := fmt.Sprint(tc.id)
		compareSides(t, s, name+", inserted", insertOne(tc.v))
		stored := compareSides(t, s, name+", as Raw", findOne[driver.Raw](tc.id))
		if want, err := driver.Marshal(tc.v); err != nil || reflect.Indirect(reflect.ValueOf(tc.v)).Kind() != reflect.Map && !bytes.Equal(stored, want) {
			t.Errorf("%s: %v\nstored %v\nwant   %v", name, err, stored, driver.Raw(want))
		}
		compareSides(t, s, name+", as D", findOne[driver.D](tc.id))
		compareSides(t, s, name+", as *D", findOne[*driver.D](tc.id))
		compareSides(t, s, name+", as M", findOne[driver.M](tc.id))
		compareSides(t, s, name+", as map", findOne[map[string]any](tc.id))
		compareSides(t, s, name+", as any", findOne[any](tc.id))
		compareSides(t, s, name+", as fields", findOne[struct {
			ID   any                        `bson:"_id"`
			Rest map[string]driver.RawValue `bson:",inline"`
		}](tc.id))
	}
	if diff := cmp.Diff(withID("D", storedValues), compareSides(t, s, "D", findOne[driver.D]("D")), sameGo); diff != "" {
		t.Errorf("D (-written +read):\n%s", diff)
	}
	if diff := cmp.Diff(doc, compareSides(t, s, "struct", findOne[booking](doc.ID)), sameGo); diff != "" {
		t.Errorf("struct (-written +read):\n%s", diff)
	}
	if diff := cmp.Diff(&byID, compareSides(t, s, "pointer", findOne[*booking](byID.ID)), sameGo); diff != "" {
		t.Errorf("pointer (-written +read):\n%s", diff)
	}
}

// TestClientCursors: a cursor gives all documents of many batches, in order, with
// Decode and with All.
func TestClientCursors(t *testing.T) {
	const n = 250
	s := sides(t)
	want := make([]booking, n)
	for i := range want {
		want[i] = newBooking(i)
	}
	compareSides(t, s, "insert", func(s side) (any, error) { return s.InsertMany(context.Background(), want) })
	for _, batch := range []int32{1, 7, n, n + 1} {
		name := fmt.Sprint("batches of ", batch)
		got := compareSides(t, s, name, func(s side) ([]booking, error) { return find[booking](s, driver.M{}, batch) })
		if diff := cmp.Diff(want, got, sameGo); diff != "" {
			t.Fatalf("%s (-written +read):\n%s", name, diff)
		}
	}
	compareSides(t, s, "one document at a time", func(s side) ([]driver.D, error) {
		cursor, err := s.Find(context.Background(), booked{Paid: true}, options.Find().SetBatchSize(10).SetSort(driver.M{"_id": -1}))
		if err != nil {
			return nil, err
		}
		defer cursor.Close(context.Background())
		var docs []driver.D
		for cursor.Next(context.Background()) {
			var d driver.D
			if err := cursor.Decode(&d); err != nil {
				return nil, err
			}
			docs = append(docs, d)
		}
		if len(docs) != n/2 {
			return nil, fmt.Errorf("%d documents, want %d", len(docs), n/2)
		}
		return docs, cursor.Err()
	})
}

// booked is a filter.
type booked struct{ Paid bool }

// TestClientAggregate: pipelines of structs, D and M give the same documents.
func TestClientAggregate(t *testing.T) {
	s := sides(t)
	compareSides(t, s, "insert", func(s side) (any, error) {
		var docs []booking
		for i := range 20 {
			docs = append(docs, newBooking(i))
		}
		return s.InsertMany(context.Background(), docs)
	})
	type stage struct {
		Match *booked  `bson:"$match,omitempty"`
		Sort  driver.D `bson:"$sort,omitempty"`
		Limit int      `bson:"$limit,omitempty"`
	}
	type total struct {
		ID     bool `bson:"_id"`
		Nights int64
	}
	group := driver.D{{Key: "$group", Value: driver.D{{Key: "_id", Value: "$paid"}, {Key: "nights", Value: driver.M{"$sum": "$nights"}}}}}
	got := compareSides(t, s, "group", aggregate[total](mongo.Pipeline{group, {{Key: "$sort", Value: driver.D{{Key: "_id", Value: 1}}}}}))
	if diff := cmp.Diff([]total{{false, 100}, {true, 90}}, got); diff != "" {
		t.Errorf("group (-want +got):\n%s", diff)
	}
	found := compareSides(t, s, "structs", aggregate[booking]([]stage{{Match: &booked{true}}, {Sort: driver.D{{Key: "nights", Value: -1}}}, {Limit: 3}}))
	if diff := cmp.Diff([]booking{newBooking(18), newBooking(16), newBooking(14)}, found, sameGo); diff != "" {
		t.Errorf("structs (-want +got):\n%s", diff)
	}
	if n := len(compareSides(t, s, "unwind", aggregate[driver.M]([]driver.M{{"$match": driver.M{"nights": driver.M{"$lt": 5}}}, {"$unwind": "$rooms"}, {"$sort": driver.M{"_id": 1}}}))); n != 10 {
		t.Errorf("%d rooms, want 10", n)
	}
}

func aggregate[T any](pipeline any) func(side) ([]T, error) {
	return func(s side) ([]T, error) {
		cursor, err := s.Aggregate(context.Background(), pipeline)
		if err != nil {
			return nil, err
		}
		var docs []T
		err = cursor.All(context.Background(), &docs)
		return docs, err
	}
}

// TestClientTypeChanges: a field gets each type of value after each other type, and is
// read into an any and a RawValue.
func TestClientTypeChanges(t *testing.T) {
	s := sides(t)
	compareSides(t, s, "insert", insertOne(driver.M{"_id": 1}))
	type field struct {
		A any `bson:"a"`
	}
	type update struct {
		Set field `bson:"$set"`
	}
	for _, from := range storedValues {
		for _, to := range storedValues {
			for _, e := range []driver.E{from, to} {
				name := from.Key + " to " + to.Key
				compareSides(t, s, name, func(s side) (*mongo.UpdateResult, error) {
					return s.UpdateOne(context.Background(), driver.M{"_id": 1}, update{field{e.Value}})
				})
				if diff := cmp.Diff(field{e.Value}, compareSides(t, s, name, findOne[field](1)), sameGo); diff != "" {
					t.Fatalf("%s (-written +read):\n%s", name, diff)
				}
			}
		}
	}
}

// A pageView is a small document, because a server takes long for 10,000 large ones.
type pageView struct {
	ID      int32 `bson:"_id,omitempty"`
	Page    string
	Seconds float64
}

func newPageView(n int) pageView { return pageView{int32(n), fmt.Sprint("/", n), 0.5} }

// TestClientBulk: 10,000 documents are inserted by bulk writes; some are then updated,
// replaced and deleted.
func TestClientBulk(t *testing.T) {
	const n, changed = 10_000, 9
	s := sides(t)
	bulk := func(models []mongo.WriteModel) func(side) (any, error) {
		return func(s side) (any, error) { return s.BulkWrite(context.Background(), models) }
	}
	inserts := make([]mongo.WriteModel, n)
	for i := range inserts {
		inserts[i] = mongo.NewInsertOneModel().SetDocument(newPageView(i + 1))
	}
	compareSides(t, s, "insert", bulk(inserts))
	var changes []mongo.WriteModel
	for i := range changed {
		filter := driver.D{{Key: "_id", Value: int32(i + 1)}}
		changes = append(changes, []mongo.WriteModel{
			mongo.NewUpdateOneModel().SetFilter(filter).SetUpdate(driver.M{"$set": driver.M{"page": int32(i)}, "$inc": driver.M{"seconds": 1}}),
			mongo.NewReplaceOneModel().SetFilter(filter).SetReplacement(pageView{Page: "replaced"}),
			mongo.NewDeleteOneModel().SetFilter(filter),
		}[i%3])
	}
	compareSides(t, s, "change", bulk(changes))
	docs := compareSides(t, s, "documents", func(s side) ([]driver.D, error) { return find[driver.D](s, driver.D{}, n) })
	if len(docs) != n-changed/3 {
		t.Errorf("%d documents, want %d", len(docs), n-changed/3)
	}
}

// TestClientText: canonical Extended JSON becomes BSON, a D, a stored document, a D, BSON
// and the same text again.
func TestClientText(t *testing.T) {
	s, g, canonical := sides(t)[1], storableGenerator(), extjson.EncodeOptions{Mode: extjson.Canonical}
	var texts []string
	var docs []driver.D
	for i := range serverDocuments {
		d := withoutRepeated(storable(append(g.Document(3), bson.E{Key: "a", Value: g.Value(2)})).(bson.D))
		text, err := canonical.Marshal(append(bson.D{{Key: "_id", Value: int32(i)}}, d...))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := extjson.AppendBSON(nil, text)
		if err != nil {
			t.Fatal(err)
		}
		var v driver.D
		if err := alias.Unmarshal(doc, &v); err != nil {
			t.Fatal(err)
		}
		texts, docs = append(texts, string(text)), append(docs, v)
	}
	if _, err := s.InsertMany(context.Background(), docs); err != nil {
		t.Fatal(err)
	}
	docs, err := find[driver.D](s, driver.D{}, 50)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range docs {
		doc, err := alias.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		text, err := canonical.AppendJSON(nil, doc)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(text))
	}
	if diff := cmp.Diff(texts, got); diff != "" {
		t.Errorf("(-inserted +read):\n%s", diff)
	}
}

// TestClientOtherTypes: the values that FerretDB does not store are written and read with
// the registry through the driver's writer and cursor, as without it.
func TestClientOtherTypes(t *testing.T) {
	types := map[driver.Type]bool{}
	for _, e := range everyValue {
		typ := driver.TypeNull // MarshalValue of the driver has no nil
		if e.Value != nil {
			var err error
			if typ, _, err = driver.MarshalValue(e.Value); err != nil {
				t.Fatal(err)
			}
		}
		types[typ] = true
	}
	if len(types) != 21 {
		t.Errorf("the values have %d types, want 21: %v", len(types), types)
	}
	registry := mongodriver.Registry(mongodriver.Options{})
	type fields struct {
		Undefined  driver.Undefined
		DBPointer  driver.DBPointer `bson:"dbPointer"`
		JavaScript driver.JavaScript
		Symbol     driver.Symbol
		Scope      *driver.CodeWithScope
		Decimal    driver.Decimal128
		MinKey     driver.MinKey `bson:"minKey"`
		MaxKey     any           `bson:"maxKey"`
	}
	want, err := driver.Marshal(otherValues)
	if err != nil {
		t.Fatal(err)
	}
	cursor, err := mongo.NewCursorFromDocuments([]any{driver.Raw(want), otherValues}, nil, registry)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := mongo.NewCursorFromDocuments([]any{driver.Raw(want), otherValues}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for ; cursor.Next(context.Background()) && plain.Next(context.Background()); read++ {
		for _, into := range []reflect.Type{reflect.TypeFor[driver.D](), reflect.TypeFor[driver.M](), reflect.TypeFor[any](), reflect.TypeFor[fields](), reflect.TypeFor[*fields]()} {
			theirs, ours := reflect.New(into), reflect.New(into)
			if err := plain.Decode(theirs.Interface()); err != nil {
				t.Fatal(into, err)
			}
			if err := cursor.Decode(ours.Interface()); err != nil {
				t.Fatal(into, err)
			}
			if diff := cmp.Diff(theirs.Interface(), ours.Interface(), sameGo); diff != "" {
				t.Errorf("%v (-driver +bsonkit):\n%s", into, diff)
			}
			var buf bytes.Buffer
			e := driver.NewEncoder(driver.NewDocumentWriter(&buf))
			e.SetRegistry(registry)
			if err := e.Encode(ours.Interface()); err != nil {
				t.Errorf("%v: %v", into, err)
			}
			if into != reflect.TypeFor[driver.M]() && !bytes.Equal(buf.Bytes(), want) {
				t.Errorf("%v:\nwritten %v\nwant    %v", into, driver.Raw(buf.Bytes()), driver.Raw(want))
			}
		}
	}
	if read != 2 || cursor.Err() != nil || plain.Err() != nil {
		t.Errorf("%d documents, want 2; %v, %v", read, cursor.Err(), plain.Err())
	}
}
