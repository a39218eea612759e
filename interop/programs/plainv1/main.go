// Plainv1 is a program for driver v1 without a client, in the style of mappers of objects
// to documents: an embedded model, types with hooks of v1, untyped documents, and text. It
// prints the bytes of its documents, and values that it reads.
package main

//lint:file-ignore SA1019 v1 is deprecated, and this is a program for v1

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/bsontype"
	"go.mongodb.org/mongo-driver/bson/primitive"
)

// A Model is embedded in all models.
type Model struct {
	ID      primitive.ObjectID `bson:"_id,omitempty"`
	Created time.Time          `bson:"created"`
}

// An Order is a model.
type Order struct {
	Model   `bson:",inline"`
	Token   Token               `bson:"token"`
	Total   Money               `bson:"total"`
	Lines   []Line              `bson:"lines"`
	Parent  *primitive.ObjectID `bson:"parent"`
	Paid    primitive.DateTime  `bson:"paid,omitempty"`
	Version primitive.Timestamp `bson:"version"`
	Extra   map[string]any      `bson:",inline"`
}

// A Line is a part of an order.
type Line struct {
	Name  string `bson:"name"`
	Price Money  `bson:"price"`
	Count int    `bson:"count,omitempty"`
}

// Money is stored as a Decimal128.
type Money struct{ decimal.Decimal }

// MarshalBSONValue writes a Decimal128.
func (m Money) MarshalBSONValue() (bsontype.Type, []byte, error) {
	d, err := primitive.ParseDecimal128(m.String())
	if err != nil {
		return 0, nil, err
	}
	t, data, err := bson.MarshalValue(d)
	return bsontype.Type(t), data, err
}

// UnmarshalBSONValue reads a Decimal128.
func (m *Money) UnmarshalBSONValue(t bsontype.Type, data []byte) error {
	if t != bsontype.Decimal128 {
		return fmt.Errorf("money is a decimal, not a %v", t)
	}
	var d primitive.Decimal128
	if err := bson.UnmarshalValue(bson.TypeDecimal128, data, &d); err != nil {
		return err
	}
	return m.UnmarshalText([]byte(d.String()))
}

// A Token is stored as a binary of subtype 4.
type Token uuid.UUID

// MarshalBSONValue writes a binary.
func (t Token) MarshalBSONValue() (bsontype.Type, []byte, error) {
	typ, data, err := bson.MarshalValue(primitive.Binary{Subtype: 4, Data: t[:]})
	return bsontype.Type(typ), data, err
}

// UnmarshalBSONValue reads a binary.
func (t *Token) UnmarshalBSONValue(_ bsontype.Type, data []byte) error {
	var b primitive.Binary
	if err := bson.UnmarshalValue(bson.TypeBinary, data, &b); err != nil {
		return err
	}
	u, err := uuid.FromBytes(b.Data)
	*t = Token(u)
	return err
}

func main() {
	for _, step := range []func() error{orders, untyped, ids} {
		if err := step(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func orders() error {
	parent := primitive.ObjectID{9}
	for _, o := range []Order{
		{Model: Model{Created: time.UnixMilli(1_700_000_000_123).UTC()}},
		{
			Model: Model{ID: primitive.ObjectID{1}}, Token: Token(uuid.MustParse("00112233-4455-6677-8899-aabbccddeeff")), Total: Money{decimal.RequireFromString("12.50")},
			Lines: []Line{{"a", Money{decimal.New(5, 2)}, 1}, {Name: "b"}}, Parent: &parent, Paid: 5, Version: primitive.Timestamp{T: 1, I: 2},
			Extra: map[string]any{"note": primitive.A{int32(1), "x", nil}},
		},
	} {
		doc, err := bson.Marshal(o)
		if err != nil {
			return err
		}
		var back Order
		if err := bson.Unmarshal(doc, &back); err != nil {
			return err
		}
		again, err := bson.Marshal(&back)
		if err != nil {
			return err
		}
		fmt.Printf("%x\n%v %v %v\n", doc, string(again) == string(doc), back.Total, back.ID.Hex())
		total, err := bson.Raw(doc).LookupErr("lines", "0", "price")
		fmt.Println(total.Type == bson.TypeDecimal128, err != nil, bson.Raw(doc).Lookup("version").Type == bson.TypeTimestamp)
		fmt.Println(bson.Unmarshal(doc, &struct{ Token int }{}) != nil)
	}
	return nil
}

// untyped works with documents without a struct.
func untyped() error {
	doc, err := bson.Marshal(bson.D{{Key: "a", Value: bson.D{{Key: "b", Value: bson.A{primitive.Regex{Pattern: "x", Options: "i"}, primitive.Symbol("s")}}}}, {Key: "n", Value: primitive.Null{}}})
	if err != nil {
		return err
	}
	var d bson.D
	if err := bson.Unmarshal(doc, &d); err != nil {
		return err
	}
	again, err := bson.Marshal(d)
	if err != nil {
		return err
	}
	_, isD := d[0].Value.(bson.D)
	fmt.Printf("%x %v %v\n", again, string(again) == string(doc), isD)
	m := bson.M{}
	if err := bson.Unmarshal(doc, &m); err != nil {
		return err
	}
	again, err = bson.Marshal(m["a"])
	fmt.Printf("%x %d\n", again, len(m))
	return err
}

func ids() error {
	id, err := primitive.ObjectIDFromHex("0102030405060708090a0b0c")
	if err != nil {
		return err
	}
	_, err = primitive.ObjectIDFromHex("x")
	fmt.Println(id.Hex(), id.Timestamp().Unix(), err == primitive.ErrInvalidHex, errors.Is(err, primitive.ErrInvalidHex), primitive.IsValidObjectID("x"))
	fmt.Println(primitive.NewDateTimeFromTime(time.UnixMilli(7)).Time().UnixMilli(), primitive.CompareTimestamp(primitive.Timestamp{T: 1}, primitive.Timestamp{T: 2}))
	return nil
}
