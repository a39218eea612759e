// Clientv1 is a program with types of package mongo of driver v1: a registry with codecs,
// pipelines, models of writes, cursors, raw results and text. It needs no server. It
// prints the bytes of its documents, and values that it reads.
package main

//lint:file-ignore SA1019 v1 is deprecated, and this is a program for v1

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/bsoncodec"
	"go.mongodb.org/mongo-driver/bson/bsonrw"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.mongodb.org/mongo-driver/mongo"
)

var uuidType = reflect.TypeFor[uuid.UUID]()

// registry returns a registry that stores UUIDs as binaries, and reads documents as M.
func registry() *bsoncodec.Registry {
	b := bson.NewRegistryBuilder()
	b.RegisterTypeEncoder(uuidType, bsoncodec.ValueEncoderFunc(func(_ bsoncodec.EncodeContext, w bsonrw.ValueWriter, v reflect.Value) error {
		id := v.Interface().(uuid.UUID)
		return w.WriteBinaryWithSubtype(id[:], 4)
	}))
	b.RegisterTypeDecoder(uuidType, bsoncodec.ValueDecoderFunc(func(_ bsoncodec.DecodeContext, r bsonrw.ValueReader, v reflect.Value) error {
		data, _, err := r.ReadBinary()
		if err != nil {
			return err
		}
		id, err := uuid.FromBytes(data)
		v.Set(reflect.ValueOf(id))
		return err
	}))
	b.RegisterTypeMapEntry(bson.TypeEmbeddedDocument, reflect.TypeFor[bson.M]())
	return b.Build()
}

// A Visit is a document.
type Visit struct {
	ID     uuid.UUID            `bson:"_id"`
	Pages  []string             `bson:"pages,omitempty"`
	Refs   []primitive.ObjectID `bson:"refs"`
	Detail any                  `bson:"detail"`
}

func visits() []any {
	var docs []any
	for i := range 3 {
		docs = append(docs, Visit{uuid.UUID{15: byte(i)}, []string{"a", "b"}[:i%2], []primitive.ObjectID{{byte(i)}}, bson.D{{Key: "n", Value: int32(i)}}})
	}
	return docs
}

func main() {
	for _, step := range []func() error{pipelines, cursors, maps, texts} {
		if err := step(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func pipelines() error {
	pipeline := mongo.Pipeline{
		{{Key: "$match", Value: bson.D{{Key: "at", Value: bson.M{"$gte": primitive.DateTime(5)}}, {Key: "refs", Value: bson.M{"$in": []primitive.ObjectID{{1}}}}}}},
		bson.D{{Key: "$sort", Value: bson.D{{Key: "at", Value: -1}}}},
	}
	doc, err := bson.Marshal(bson.D{{Key: "aggregate", Value: "visits"}, {Key: "pipeline", Value: pipeline}})
	if err != nil {
		return err
	}
	var back struct{ Pipeline mongo.Pipeline }
	if err := bson.Unmarshal(doc, &back); err != nil {
		return err
	}
	t, data, err := bson.MarshalValue(back.Pipeline)
	fmt.Printf("%x\n%v %x\n", doc, t, data)
	if err != nil {
		return err
	}
	update := mongo.NewUpdateOneModel().SetFilter(bson.M{"_id": primitive.ObjectID{1}}).SetUpdate(bson.D{{Key: "$push", Value: bson.M{"pages": bson.A{"x"}}}})
	for _, part := range []any{update.Filter, update.Update} {
		doc, err := bson.MarshalAppend([]byte{1}, part)
		if err != nil {
			return err
		}
		fmt.Printf("%x\n", doc)
	}
	return nil
}

// cursors encodes and decodes with the registry.
func cursors() error {
	r := registry()
	cursor, err := mongo.NewCursorFromDocuments(visits(), nil, r)
	if err != nil {
		return err
	}
	for cursor.Next(context.Background()) {
		var v Visit
		if err := cursor.Decode(&v); err != nil {
			return err
		}
		doc, err := bson.MarshalWithRegistry(r, v)
		if err != nil {
			return err
		}
		elements, err := cursor.Current.Elements()
		if err != nil {
			return err
		}
		fmt.Printf("%v %T %v %x %v\n", v.ID, v.Detail, cursor.Current.Lookup("refs", "0").ObjectID(), doc, elements[len(elements)-1])
	}
	var wrong struct {
		Pages int `bson:"pages"`
	}
	raw, err := mongo.NewSingleResultFromDocument(visits()[1], nil, r).Raw()
	fmt.Println(bson.Unmarshal(raw, &wrong) != nil, raw.Validate(), errors.Is(mongo.NewSingleResultFromDocument(bson.D{}, mongo.ErrNoDocuments, r).Err(), mongo.ErrNoDocuments))
	return errors.Join(err, cursor.Err())
}

// maps shows the types of documents and arrays in maps.
func maps() error {
	doc, err := bson.Marshal(bson.M{"cursor": bson.D{{Key: "firstBatch", Value: bson.A{bson.D{{Key: "a", Value: bson.D{}}}}}}})
	if err != nil {
		return err
	}
	m, s, d := bson.M{}, map[string]any{}, bson.D{}
	for _, v := range []any{&m, &s, &d} {
		if err := bson.Unmarshal(doc, v); err != nil {
			return err
		}
	}
	first := m["cursor"].(bson.M)["firstBatch"].(primitive.A)[0].(bson.M)
	fmt.Printf("%T %T %T\n", first["a"], s["cursor"].(map[string]any)["firstBatch"], d[0].Value.(bson.D)[0].Value.(bson.A)[0])
	return nil
}

func texts() error {
	var pipeline []bson.D
	if err := bson.UnmarshalExtJSON([]byte(`[{"$match": {"_id": {"$oid": "010203040506070809101112"}, "n": [1, 2.5]}}, {"$limit": {"$numberLong": "5"}}]`), false, &pipeline); err != nil {
		return err
	}
	for _, canonical := range []bool{true, false} {
		text, err := bson.MarshalExtJSONAppend(nil, pipeline[0], canonical, false)
		if err != nil {
			return err
		}
		fmt.Printf("%s\n", text)
	}
	indented, err := bson.MarshalExtJSONIndent(pipeline[1], false, true, "", " ")
	fmt.Printf("%s\n", indented)
	return err
}
