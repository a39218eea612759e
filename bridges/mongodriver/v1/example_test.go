package mongodriver_test

//lint:file-ignore SA1019 v1 is deprecated, and this file tests v1

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	mongodriver "github.com/bsonkit/bsonkit/bridges/mongodriver/v1"
	"github.com/bsonkit/bsonkit/bson"
)

// A client with the registry encodes and decodes with bsonkit.
func ExampleRegistry() {
	client, err := mongo.Connect(context.Background(), options.Client().
		ApplyURI("mongodb://127.0.0.1").
		SetRegistry(mongodriver.Registry(mongodriver.Options{})))
	if err != nil {
		fmt.Println(err)
		return
	}
	// The client connects at its first operation. This one has none.
	fmt.Println(client.Disconnect(context.Background()))
	// Output: <nil>
}

// The BSONOptions of a client have no effect on the registry. Its own options do.
func ExampleOptions() {
	registry := mongodriver.Registry(mongodriver.Options{
		Encode: bson.EncodeOptions{NilSliceAsEmpty: true},
		Decode: bson.DecodeOptions{RejectUnknownFields: true},
	})
	type order struct{ Items []string }
	cursor, err := mongo.NewCursorFromDocuments([]any{order{}, primitive.D{{Key: "itmes", Value: "a typing error"}}}, nil, registry)
	if err != nil {
		fmt.Println(err)
		return
	}
	for cursor.Next(context.Background()) {
		var o order
		fmt.Println(cursor.Current, cursor.Decode(&o) == nil)
	}
	// Output:
	// {"items": []} true
	// {"itmes": "a typing error"} false
}

// The functions of bsonkit can decode into the driver's types as well.
func ExampleCodecs() {
	o := bson.DecodeOptions{Codecs: mongodriver.Codecs(bson.AnyAs[primitive.M](bson.TypeDocument))}
	doc, err := bson.Marshal(primitive.D{{Key: "_id", Value: primitive.ObjectID{}}, {Key: "sub", Value: primitive.D{}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var v any
	fmt.Println(o.Unmarshal(doc, &v))
	fmt.Printf("%T %T %T\n", v, v.(primitive.M)["_id"], v.(primitive.M)["sub"])
	// Output:
	// <nil>
	// primitive.M primitive.ObjectID primitive.M
}
