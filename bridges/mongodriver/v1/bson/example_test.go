package bson_test

//lint:file-ignore SA1019 v1 is deprecated, and this file tests v1

import (
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.mongodb.org/mongo-driver/mongo"

	"github.com/bsonkit/bsonkit/bridges/mongodriver/v1/bson"
	bsonkit "github.com/bsonkit/bsonkit/bson"
)

// Only the import of a program changes. Its types still fit the driver.
func Example() {
	var pipeline mongo.Pipeline = []bson.D{{{Key: "$match", Value: bson.M{"open": true}}}}
	doc, err := bson.Marshal(bson.D{{Key: "_id", Value: primitive.NilObjectID}, {Key: "pipeline", Value: pipeline}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var v bson.M
	fmt.Println(bson.Unmarshal(doc, &v))
	fmt.Printf("%T %T\n", v["_id"], v["pipeline"])
	text, err := bson.MarshalExtJSON(v, false, false)
	fmt.Printf("%s %v\n", text, err)
	// Output:
	// <nil>
	// primitive.ObjectID primitive.A
	// {"_id":{"$oid":"000000000000000000000000"},"pipeline":[{"$match":{"open":true}}]} <nil>
}

// Errors have the path of the value.
func ExampleUnmarshal() {
	doc, err := bson.Marshal(bson.M{"items": bson.A{bson.M{"price": "nine"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var order struct{ Items []struct{ Price int } }
	err = bson.Unmarshal(doc, &order)
	var fault *bsonkit.ValueError
	fmt.Println(errors.As(err, &fault) && fault.Pointer == "/items/0/price")
	// Output: true
}
