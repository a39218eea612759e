package mongodriver_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	driver "go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	mongodriver "github.com/bsonkit/bsonkit/bridges/mongodriver/v2"
	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// same makes cmp compare the types and all bits of values.
var same = cmp.Options{
	cmp.Exporter(func(reflect.Type) bool { return true }),
	cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }),
	cmp.Comparer(time.Time.Equal),
}

// decoder returns the function with which a client decodes the current document of a
// cursor, which is doc.
func decoder(tb testing.TB, doc []byte, r *driver.Registry) func(any) error {
	tb.Helper()
	cursor, err := mongo.NewCursorFromDocuments([]any{driver.Raw(doc)}, nil, r)
	if err != nil || !cursor.Next(context.Background()) {
		tb.Fatal(err)
	}
	return cursor.Decode
}

type (
	upper     string
	documents struct{ S string }
	pointed   struct{ N int }
)

func (d documents) MarshalBSON() ([]byte, error) {
	return driver.Marshal(driver.D{{Key: "s", Value: d.S}})
}

// values are documents as programs give them to a client.
var values = []struct {
	name string
	v    any
}{
	{"struct", *newOrder()}, {"pointer to a struct", newOrder()}, {"D", driver.D{{Key: "order", Value: newOrder()}, {Key: "a", Value: driver.A{newOrder(), nil}}}},
	{"empty D", driver.D{}}, {"empty struct", struct{}{}}, {"M", driver.M{"order": *newOrder()}}, {"map", map[string]int32{"a": 1}}, {"empty map", driver.M{}},
	{"elements", []driver.E{{Key: "a", Value: newOrder()}}}, {"hook for documents", documents{"s"}}, {"hooks inside", struct {
		U upper
		D documents
		P *documents
	}{"u", documents{"d"}, nil}},
	{"struct in maps and slices", driver.M{"m": map[string][]pointed{"k": {{1}, {2}}}}}, {"Raw", driver.Raw("\x05\x00\x00\x00\x00")},
	{"update", driver.D{{Key: "$set", Value: struct {
		T time.Time
		I [2]driver.ObjectID
	}{time.UnixMilli(5).UTC(), [2]driver.ObjectID{{1}, {2}}}}}},
	{"one long value", driver.D{{Key: "s", Value: string(make([]byte, 100_000))}}},
}

// TestRegistryEncodes: a client with the registry writes the bytes of a client without.
func TestRegistryEncodes(t *testing.T) {
	for _, tc := range values {
		want, wantErr := encoder(nil)(tc.v)
		got, err := encoder(mongodriver.Registry(mongodriver.Options{}))(tc.v)
		if err != nil || wantErr != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v, %v\ngot  %v\nwant %v", tc.name, err, wantErr, driver.Raw(got), driver.Raw(want))
		}
	}
}

// TestRegistryEncodesStreams: an Encoder writes documents one after the other. If the
// writer fails, its error is returned.
func TestRegistryEncodesStreams(t *testing.T) {
	var got, want bytes.Buffer
	theirs, theirErr := newEncoder(nil, &want)
	ours, err := newEncoder(mongodriver.Registry(mongodriver.Options{}), &got)
	if err != nil || theirErr != nil {
		t.Fatal(err, theirErr)
	}
	for _, tc := range values {
		wantErr, err := theirs.Encode(tc.v), ours.Encode(tc.v)
		if err != nil || wantErr != nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Fatalf("%s: %v, %v\ngot  %x\nwant %x", tc.name, err, wantErr, got.Bytes(), want.Bytes())
		}
	}
	failing, writer := io.Pipe()
	if err := failing.CloseWithError(io.ErrShortBuffer); err != nil {
		t.Fatal(err)
	}
	e, err := newEncoder(mongodriver.Registry(mongodriver.Options{}), writer)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range values {
		if err := e.Encode(tc.v); !errors.Is(err, io.ErrShortBuffer) {
			t.Errorf("%s: %v, want %v", tc.name, err, io.ErrShortBuffer)
		}
	}
}

// TestRegistryDecodes: a cursor with the registry gives the values of a cursor without.
func TestRegistryDecodes(t *testing.T) {
	registry := mongodriver.Registry(mongodriver.Options{})
	docs := sample.Documents(sample.Wild, sample.Seed, 300)
	for _, tc := range values {
		doc, err := driver.Marshal(tc.v)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, doc)
	}
	for i, doc := range docs {
		theirs, ours := decoder(t, doc, nil), decoder(t, doc, registry)
		for _, into := range []reflect.Type{
			reflect.TypeFor[driver.D](), reflect.TypeFor[driver.M](), reflect.TypeFor[any](), reflect.TypeFor[map[string]any](),
			reflect.TypeFor[*driver.D](), reflect.TypeFor[driver.Raw](), reflect.TypeFor[struct {
				Order *Order
				A     any
				Rest  driver.M `bson:",inline"`
			}](),
		} {
			got, want := reflect.New(into), reflect.New(into)
			wantErr := theirs(want.Interface())
			if err := ours(got.Interface()); (err != nil) != (wantErr != nil) {
				t.Fatalf("document %d into %v: %v, want %v", i, into, err, wantErr)
			}
			if diff := cmp.Diff(want.Interface(), got.Interface(), same); diff != "" && wantErr == nil {
				t.Fatalf("document %d into %v (-driver +bsonkit):\n%s", i, into, diff)
			}
		}
	}
}

// TestRegistryMapWithoutAddress: a map that is not behind a pointer gets the elements.
func TestRegistryMapWithoutAddress(t *testing.T) {
	doc, err := driver.Marshal(driver.D{{Key: "a", Value: int32(1)}})
	if err != nil {
		t.Fatal(err)
	}
	m := driver.M{"b": true}
	if err := unmarshal(mongodriver.Registry(mongodriver.Options{}), doc, m); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(driver.M{"a": int32(1), "b": true}, m); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRegistryText: the registry writes through the driver's writer of text, and reads
// through its reader, which have no bytes.
func TestRegistryText(t *testing.T) {
	registry := mongodriver.Registry(mongodriver.Options{})
	want, err := driver.MarshalExtJSON(newOrder(), true, false)
	if err != nil {
		t.Fatal(err)
	}
	text, err := marshalText(registry, newOrder())
	if err != nil || !bytes.Equal(text, want) {
		t.Errorf("text: %v\ngot  %s\nwant %s", err, text, want)
	}
	var got Order
	if err := unmarshalText(registry, want, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(*newOrder(), got, same); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

type money int64

// TestRegistryOptions: the options and codecs of a registry have an effect at every
// depth, and those of one registry have none on another.
func TestRegistryOptions(t *testing.T) {
	cents := bson.TypeCodec(
		func(dst []byte, v money) ([]byte, bson.Type, error) {
			t, data, err := bson.MarshalValue(float64(v) / 100)
			return append(dst, data...), t, err
		},
		func(typ bson.Type, data []byte, v *money) error {
			var f float64
			err := bson.UnmarshalValue(typ, data, &f)
			*v = money(math.Round(f * 100))
			return err
		})
	type line struct {
		Price money `json:"p"`
	}
	type doc struct {
		Lines []line `json:"l"`
		Any   any    `json:"a"`
	}
	o := mongodriver.Options{
		Encode: bson.EncodeOptions{JSONTags: true, Codecs: bson.NewCodecs(cents)},
		Decode: bson.DecodeOptions{JSONTags: true, Codecs: mongodriver.Codecs(cents, bson.AnyAs[driver.M](bson.TypeDocument))},
	}
	in := doc{Lines: []line{{199}}, Any: driver.D{{Key: "x", Value: driver.ObjectID{1}}}}
	got, err := encoder(mongodriver.Registry(o))(in)
	if err != nil {
		t.Fatal(err)
	}
	want, err := driver.Marshal(driver.D{{Key: "l", Value: driver.A{driver.D{{Key: "p", Value: 1.99}}}}, {Key: "a", Value: in.Any}})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", driver.Raw(got), driver.Raw(want))
	}
	var out doc
	if err := decoder(t, want, mongodriver.Registry(o))(&out); err != nil {
		t.Fatal(err)
	}
	in.Any = driver.M{"x": driver.ObjectID{1}}
	if diff := cmp.Diff(in, out, same); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	plain, err := encoder(mongodriver.Registry(mongodriver.Options{}))(in)
	if want, _ := driver.Marshal(in); err != nil || !bytes.Equal(plain, want) {
		t.Errorf("without options: %v, %v, want %v", driver.Raw(plain), err, driver.Raw(want))
	}
}

// TestRegistryErrors: faults inside of documents are errors of bsonkit with the path.
func TestRegistryErrors(t *testing.T) {
	registry := mongodriver.Registry(mongodriver.Options{})
	_, err := encoder(registry)(struct{ S []string }{[]string{"a", "\xff"}})
	var v *bson.ValueError
	if !errors.As(err, &v) || v.Pointer != "/s/1" || !errors.Is(err, bson.ErrUTF8) {
		t.Errorf("encode: %v, want ErrUTF8 at /s/1", err)
	}
	doc, err := driver.Marshal(driver.D{{Key: "s", Value: driver.A{"a", true}}})
	if err != nil {
		t.Fatal(err)
	}
	var out struct{ S []string }
	if err := decoder(t, doc, registry)(&out); !errors.As(err, &v) || v.Pointer != "/s/1" || !errors.Is(err, bson.ErrMismatch) {
		t.Errorf("decode: %v, want ErrMismatch at /s/1", err)
	}
	if _, err := encoder(registry)(struct{ C chan int }{}); !errors.Is(err, bson.ErrUnsupported) {
		t.Errorf("encode a channel: %v, want ErrUnsupported", err)
	}
}
