package mongodriver_test

import (
	"context"
	"fmt"

	driver "go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	mongodriver "github.com/bsonkit/bsonkit/bridges/mongodriver/v2"
	"github.com/bsonkit/bsonkit/bson"
)

// A client with the registry encodes and decodes with bsonkit.
func ExampleRegistry() {
	client, err := mongo.Connect(options.Client().
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
	cursor, err := mongo.NewCursorFromDocuments([]any{order{}, driver.D{{Key: "itmes", Value: "a typing error"}}}, nil, registry)
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
	o := bson.DecodeOptions{Codecs: mongodriver.Codecs(bson.AnyAs[driver.M](bson.TypeDocument))}
	doc, err := bson.Marshal(driver.D{{Key: "_id", Value: driver.ObjectID{}}, {Key: "sub", Value: driver.D{}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var v any
	fmt.Println(o.Unmarshal(doc, &v))
	fmt.Printf("%T %T %T\n", v, v.(driver.M)["_id"], v.(driver.M)["sub"])
	// Output:
	// <nil>
	// bson.M bson.ObjectID bson.M
}
