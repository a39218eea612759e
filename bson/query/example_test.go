package query_test

import (
	"errors"
	"fmt"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/query"
)

func ExampleParse() {
	f, err := query.Parse([]byte(`{status: "open", "items.price": {$gt: 10}}`), query.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, items := range []bson.A{{}, {bson.M{"price": 5}, bson.M{"price": 12.5}}} {
		doc, err := bson.Marshal(bson.M{"status": "open", "items": items})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(f.Match(doc))
	}
	// Output:
	// false <nil>
	// true <nil>
}

// An error has the place of the fault.
func ExampleParse_error() {
	_, err := query.Parse([]byte("{\n  total: {$above: 10}\n}"), query.Options{})
	fmt.Println(err)
	var fault *query.Error
	fmt.Println(errors.As(err, &fault), errors.Is(err, query.ErrOperator))
	fmt.Println(fault.Line, fault.Column, fault.Pointer)
	// Output:
	// query: line 2 column 19 (/total/$above): unknown operator: "$above"; for a field with this name write "/$above"
	// true true
	// 2 19 /total/$above
}

func ExampleCompile() {
	filter, err := bson.Marshal(bson.D{{Key: "age", Value: bson.D{{Key: "$gte", Value: 18}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := query.Compile(filter, query.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	doc, err := bson.Marshal(bson.D{{Key: "name", Value: "Ada"}, {Key: "age", Value: 36.0}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Match(doc))
	// Output: true <nil>
}

// A document that is too damaged to be matched is an error.
func ExampleFilter_Match() {
	f, err := query.Parse([]byte(`{name: "Ada"}`), query.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Match([]byte("\x0c\x00\x00\x00\x10a\x00\x01\x00\x00")))
	// Output: false bson: offset 10: document ends too early: its length is 12
}

func ExampleFilter_Explain() {
	f, err := query.Parse([]byte(`{status: /^open/i, total: {$gt: 10, $lt: NumberDecimal("20.5")}, tags: {$elemMatch: {$ne: null}}}`), query.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(f.Explain())
	// Output:
	// all of:
	//   status matches /^open/i
	//   total > 10 (int)
	//   total < NumberDecimal("20.5") (decimal)
	//   tags has an element with
	//     not:
	//       = null (null)
}

func ExampleFilter_String() {
	f, err := query.Parse([]byte(`{a: 1, b: {$ne: 'x'}}`), query.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f)
	// Output: {"$and":[{"a":{"$eq":{"$numberInt":"1"}}},{"b":{"$not":{"$eq":"x"}}}]}
}

func ExampleFilter_Raw() {
	f, err := query.Parse([]byte(`{a: {$in: [1, 2]}}`), query.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Raw())
	// Output: {"a": {"$in": [1, 2]}}
}
