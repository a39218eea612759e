// Client is a program with types of the driver's package mongo, in the style of services:
// a registry with codecs for UUIDs and decimals, pipelines, models of writes, cursors and
// raw results. It needs no server. It prints the bytes of its documents, and values that
// it reads.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
)

var (
	uuidType    = reflect.TypeFor[uuid.UUID]()
	decimalType = reflect.TypeFor[decimal.Decimal]()
)

// registry returns a registry that stores UUIDs as binaries and decimals as Decimal128.
func registry() *bson.Registry {
	r := bson.NewRegistry()
	r.RegisterTypeEncoder(uuidType, bson.ValueEncoderFunc(func(_ bson.EncodeContext, w bson.ValueWriter, v reflect.Value) error {
		id := v.Interface().(uuid.UUID)
		return w.WriteBinaryWithSubtype(id[:], bson.TypeBinaryUUID)
	}))
	r.RegisterTypeDecoder(uuidType, bson.ValueDecoderFunc(func(_ bson.DecodeContext, r bson.ValueReader, v reflect.Value) error {
		data, _, err := r.ReadBinary()
		if err != nil {
			return err
		}
		id, err := uuid.FromBytes(data)
		v.Set(reflect.ValueOf(id))
		return err
	}))
	r.RegisterTypeEncoder(decimalType, bson.ValueEncoderFunc(func(_ bson.EncodeContext, w bson.ValueWriter, v reflect.Value) error {
		d, err := bson.ParseDecimal128(v.Interface().(decimal.Decimal).String())
		if err != nil {
			return err
		}
		return w.WriteDecimal128(d)
	}))
	r.RegisterTypeDecoder(decimalType, bson.ValueDecoderFunc(func(_ bson.DecodeContext, r bson.ValueReader, v reflect.Value) error {
		d, err := r.ReadDecimal128()
		if err != nil {
			return err
		}
		amount, err := decimal.NewFromString(d.String())
		v.Set(reflect.ValueOf(amount))
		return err
	}))
	r.RegisterTypeMapEntry(bson.TypeEmbeddedDocument, reflect.TypeFor[bson.M]())
	return r
}

// A Key is embedded in documents.
type Key struct {
	ID uuid.UUID `bson:"_id"`
}

// A Payment is a document.
type Payment struct {
	Key    `bson:",inline"`
	Amount decimal.Decimal `bson:"amount"`
	Tags   []string        `bson:"tags,omitempty"`
	Payer  struct {
		Name string          `bson:"name"`
		Refs []bson.ObjectID `bson:"refs"`
	} `bson:"payer"`
	Detail any `bson:"detail"`
}

func payments() []any {
	var docs []any
	for i := range 3 {
		p := Payment{Amount: decimal.New(int64(i)*5, -1), Tags: []string{"a", "b"}[:i%2], Detail: bson.M{"n": int32(i)}}
		p.ID[15], p.Payer.Name, p.Payer.Refs = byte(i), fmt.Sprint("payer ", i), []bson.ObjectID{{byte(i)}}
		docs = append(docs, p)
	}
	return docs
}

// report is a pipeline.
func report(from bson.DateTime, names ...string) mongo.Pipeline {
	return mongo.Pipeline{
		{{Key: "$match", Value: bson.D{{Key: "at", Value: bson.M{"$gte": from}}, {Key: "payer.name", Value: bson.M{"$in": names}}}}},
		bson.D{{Key: "$group", Value: bson.D{{Key: "_id", Value: "$payer.name"}, {Key: "total", Value: bson.D{{Key: "$sum", Value: "$amount"}}}}}},
		{{Key: "$sort", Value: bson.D{{Key: "total", Value: -1}, {Key: "_id", Value: 1}}}}, {{Key: "$limit", Value: int64(10)}},
	}
}

func main() {
	for _, step := range []func() error{pipelines, writes, cursors, results, texts} {
		if err := step(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func pipelines() error {
	command := bson.D{{Key: "aggregate", Value: "payments"}, {Key: "pipeline", Value: report(1_700_000_000_000, "Ann", "Ben")}, {Key: "cursor", Value: bson.D{}}}
	doc, err := bson.Marshal(command)
	if err != nil {
		return err
	}
	var back struct{ Pipeline mongo.Pipeline }
	if err := bson.Unmarshal(doc, &back); err != nil {
		return err
	}
	t, data, err := bson.MarshalValue(back.Pipeline)
	fmt.Printf("%x\n%v %x\n", doc, t, data)
	return err
}

// writes prints the parts of models of writes.
func writes() error {
	id := bson.ObjectID{1}
	update := mongo.NewUpdateOneModel().SetFilter(bson.M{"_id": id}).SetUpdate(bson.D{{Key: "$set", Value: bson.M{"a.b": []bson.Regex{{Pattern: "x", Options: "i"}}}}}).SetUpsert(true)
	for _, part := range []any{update.Filter, update.Update, mongo.IndexModel{Keys: bson.D{{Key: "a", Value: 1}, {Key: "b", Value: "text"}}}.Keys} {
		doc, err := bson.Marshal(part)
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
	for _, p := range payments() {
		var buf bytes.Buffer
		e := bson.NewEncoder(bson.NewDocumentWriter(&buf))
		e.SetRegistry(r)
		if err := e.Encode(p); err != nil {
			return err
		}
		fmt.Printf("%x\n", buf.Bytes())
	}
	cursor, err := mongo.NewCursorFromDocuments(payments(), nil, r)
	if err != nil {
		return err
	}
	for cursor.Next(context.Background()) {
		var p Payment
		if err := cursor.Decode(&p); err != nil {
			return err
		}
		fmt.Printf("%v %T %v %d\n", p.ID, p.Detail, p.Amount, cursor.Current.Lookup("payer", "refs", "0").ObjectID())
		var m bson.M
		if err := bson.Unmarshal(cursor.Current, &m); err != nil {
			return err
		}
		fmt.Printf("%T %T %v\n", m["payer"], m["amount"], map[string]any(m))
	}
	return cursor.Err()
}

// results decodes results of one document.
func results() error {
	r := registry()
	raw, err := mongo.NewSingleResultFromDocument(payments()[1], nil, r).Raw()
	if err != nil {
		return err
	}
	var amount bson.Decimal128
	if err := raw.Lookup("amount").Unmarshal(&amount); err != nil {
		return err
	}
	fmt.Println(amount, raw.Lookup("payer", "name").StringValue(), raw.Validate())
	var wrong struct {
		Payer int `bson:"payer"`
	}
	fmt.Println(bson.Unmarshal(raw, &wrong) != nil)
	err = mongo.NewSingleResultFromDocument(bson.D{}, mongo.ErrNoDocuments, r).Err()
	fmt.Println(errors.Is(err, mongo.ErrNoDocuments))
	return nil
}

func texts() error {
	var filter bson.D
	if err := bson.UnmarshalExtJSON([]byte(`{"_id": {"$oid": "010203040506070809101112"}, "at": {"$gte": {"$date": "2024-02-29T12:00:00Z"}}, "n": [1, 2.5]}`), false, &filter); err != nil {
		return err
	}
	for _, canonical := range []bool{true, false} {
		text, err := bson.MarshalExtJSON(filter, canonical, false)
		if err != nil {
			return err
		}
		fmt.Printf("%s\n", text)
	}
	return nil
}
