package query_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
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

func ExampleParseSort() {
	s, err := query.ParseSort([]byte(`{total: -1, name: 1}`), query.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	var docs []bson.Raw
	for _, doc := range []bson.D{
		{{Key: "name", Value: "b"}, {Key: "total", Value: 5}},
		{{Key: "name", Value: "a"}, {Key: "total", Value: 5.0}},
		{{Key: "name", Value: "c"}, {Key: "total", Value: []int{1, 9}}},
		{{Key: "name", Value: "d"}},
	} {
		raw, err := bson.Marshal(doc)
		if err != nil {
			fmt.Println(err)
			return
		}
		docs = append(docs, raw)
	}
	slices.SortStableFunc(docs, func(a, b bson.Raw) int { return s.Compare(a, b) })
	for _, doc := range docs {
		fmt.Println(doc)
	}
	// Output:
	// {"name": "c", "total": [1, 9]}
	// {"name": "a", "total": 5.0}
	// {"name": "b", "total": 5}
	// {"name": "d"}
}

func ExampleCompileSort() {
	order, err := bson.Marshal(bson.D{{Key: "a.b", Value: 1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := query.CompileSort(order, query.Options{})
	fmt.Println(s, err)
	// Output: {"a.b":{"$numberInt":"1"}} <nil>
}

// The keys of documents can be computed once, compared often, and kept in a file.
func ExampleSort_AppendKey() {
	s, err := query.ParseSort([]byte(`{"items.price": 1, missing: 1}`), query.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	doc, err := bson.Marshal(bson.M{"items": []bson.M{{"price": 7}, {"price": 3}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	key, err := s.AppendKey(nil, doc)
	fmt.Println(bson.Raw(key), err)
	other, err := s.AppendKey(nil, bson.Raw("\x05\x00\x00\x00\x00"))
	fmt.Println(bson.Raw(other), err)
	fmt.Println(s.CompareKeys(key, other))
	// Output:
	// {"": 3, "": null} <nil>
	// {"": null, "": null} <nil>
	// 1
}

func ExampleSort_KeyPrefix() {
	s, err := query.ParseSort([]byte(`{name: 1}`), query.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	type entry struct {
		prefix uint64
		key    []byte
	}
	var entries []entry
	for _, name := range []any{"Lovelace", "Love", 1, nil} {
		doc, err := bson.Marshal(bson.M{"name": name})
		if err != nil {
			fmt.Println(err)
			return
		}
		key, err := s.AppendKey(nil, doc)
		if err != nil {
			fmt.Println(err)
			return
		}
		entries = append(entries, entry{s.KeyPrefix(key), key})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		if a.prefix != b.prefix {
			return cmp.Compare(a.prefix, b.prefix)
		}
		return s.CompareKeys(a.key, b.key)
	})
	for _, e := range entries {
		fmt.Println(bson.Raw(e.key))
	}
	// Output:
	// {"": null}
	// {"": 1}
	// {"": "Love"}
	// {"": "Lovelace"}
}

// Documents are told apart by the values of some fields.
func ExampleSort_AppendValues() {
	s, err := query.ParseSort([]byte(`{email: 1, "items.sku": 1}`), query.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	doc, err := bson.Marshal(bson.D{{Key: "email", Value: "a@b"}, {Key: "items", Value: []bson.M{{"sku": 7}, {"sku": 3}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	key, err := s.AppendValues(nil, doc)
	fmt.Println(bson.Raw(key), err)
	other, err := s.AppendValues(nil, bson.Raw("\x05\x00\x00\x00\x00"))
	fmt.Println(bson.Raw(other), err)
	fmt.Println(s.CompareKeys(key, other) == 0)
	// Output:
	// {"": "a@b", "": [7, 3]} <nil>
	// {"": null, "": null} <nil>
	// false
}

func ExampleParseProjection() {
	p, err := query.ParseProjection([]byte(`{name: 1, "items.sku": 1, _id: 0}`), query.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	doc, err := bson.Marshal(bson.D{
		{Key: "_id", Value: 1},
		{Key: "items", Value: []bson.M{{"sku": "x", "price": 3}, {"sku": "y"}}},
		{Key: "name", Value: "Ada"},
		{Key: "age", Value: 36},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := p.Append(nil, doc)
	fmt.Println(bson.Raw(out), err)
	// Output: {"items": [{"sku": "x"}, {"sku": "y"}], "name": "Ada"} <nil>
}

func ExampleCompileProjection() {
	projection, err := bson.Marshal(bson.M{"secret": false})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := query.CompileProjection(projection, query.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	doc, err := bson.Marshal(bson.D{{Key: "name", Value: "Ada"}, {Key: "secret", Value: "x"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := p.Append(nil, doc)
	fmt.Println(bson.Raw(out), err)
	// Output: {"name": "Ada"} <nil>
}

func ExampleParseEdit() {
	e, err := query.ParseEdit([]byte(`{
		$set: {"meta.seen": true},
		$unset: {"items.price": true},
		$rename: {name: "user.name"},
		$retype: {age: "string"},
	}`), query.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	doc, err := bson.Marshal(bson.D{
		{Key: "items", Value: []bson.D{{{Key: "sku", Value: "x"}, {Key: "price", Value: 3}}}},
		{Key: "name", Value: "Ada"},
		{Key: "age", Value: 36},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := e.Append(nil, doc)
	fmt.Println(bson.Raw(out), err)
	// Output: {"items": [{"sku": "x"}], "age": "36", "meta": {"seen": true}, "user": {"name": "Ada"}} <nil>
}

// A document that cannot be edited is an error with the place.
func ExampleCompileEdit() {
	edit, err := bson.Marshal(bson.M{"$retype": bson.M{"items.price": "int64"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := query.CompileEdit(edit, query.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	doc, err := bson.Marshal(bson.M{"items": []bson.M{{"price": 3.0}, {"price": 2.5}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = e.Append(nil, doc)
	fmt.Println(err, errors.Is(err, query.ErrRetype))
	// Output: bson: offset 45 (/items/1/price): cannot change the type: this double has no exact equal of type int64 true
}

func ExamplePaths_Visit() {
	paths, err := bson.Marshal(bson.M{"items.sku": true})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := query.CompilePaths(paths, query.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	doc, err := bson.Marshal(bson.D{{Key: "items", Value: []bson.M{{"sku": "x"}, {"sku": "y"}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	c := bsoncore.NewCursor(doc)
	p.Visit(&c, func(int) { fmt.Printf("%s ", c.Text()) })
	fmt.Println(c.Err())
	// Output: x y <nil>
}

func ExampleParsePath() {
	for _, path := range []string{"address.city", "/a.b/c"} {
		keys, err := query.ParsePath(path, query.Options{})
		fmt.Printf("%q %v\n", keys, err)
	}
	// Output:
	// ["address" "city"] <nil>
	// ["a.b" "c"] <nil>
}
