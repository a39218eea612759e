package schema_test

import (
	"fmt"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/schema"
)

// docs has documents as a program would read them.
func docs(list ...bson.M) (docs []bson.Raw) {
	for _, m := range list {
		doc, err := bson.Marshal(m)
		if err != nil {
			panic(err)
		}
		docs = append(docs, doc)
	}
	return docs
}

func ExampleSchema() {
	s := schema.New(schema.Options{})
	for _, doc := range docs(
		bson.M{"name": "Ada", "born": 1815, "langs": bson.A{"en", "fr"}},
		bson.M{"name": "Grace", "born": "1906"},
		bson.M{"name": "Edsger", "born": 1930, "langs": bson.A{"nl"}},
	) {
		if err := s.Add(doc); err != nil {
			fmt.Println(err)
			return
		}
	}
	for p := range s.Paths() {
		fmt.Println(p, "in", p.Present, "of", p.Parents, p.Types, "mixed:", p.Mixed())
	}
	// Output:
	// born in 3 of 3 [{int 2 1} {string 1 2}] mixed: true
	// langs in 2 of 3 [{array 2 1}] mixed: false
	// langs[] in 2 of 2 [{string 3 1}] mixed: false
	// name in 3 of 3 [{string 3 1}] mixed: false
}

func ExampleSchema_Paths() {
	s := schema.New(schema.Options{})
	for _, doc := range docs(bson.M{"n": 1}, bson.M{"n": 2.5}, bson.M{"n": 1}) {
		if err := s.Add(doc); err != nil {
			fmt.Println(err)
			return
		}
	}
	for p := range s.Paths() {
		n := p.Numbers
		fmt.Println(p, n.Count, n.Min, n.Max, n.Sum.FloatString(1), n.Mean, n.Whole)
		fmt.Println(p.Distinct, p.Exact, p.Unique, p.Values[0].Value, p.Values[0].Count)
	}
	// Output:
	// n 3 1 2.5 4.5 1.5 false
	// 2 true no 1 2
}

func ExampleSchema_Root() {
	s := schema.New(schema.Options{MaxDataKeys: 1})
	for _, doc := range docs(
		bson.M{"byYear": bson.M{"2023": bson.M{"sold": 5}, "2024": bson.M{"sold": 7}}},
	) {
		if err := s.Add(doc); err != nil {
			fmt.Println(err)
			return
		}
	}
	var show func(p *schema.Path)
	show = func(p *schema.Path) {
		fmt.Printf("%*s%s %q\n", 2*p.Level(), "", p.Kind, p)
		for _, kid := range p.Children {
			show(kid)
		}
	}
	show(s.Root())
	// Output:
	// root ""
	//   field "byYear"
	//     anyKey "byYear.*"
	//       field "byYear.*.sold"
}

// The result does not depend on the split of the documents.
func ExampleMerge() {
	list := docs(bson.M{"a": 1}, bson.M{"a": 2, "b": "x"}, bson.M{"a": 3})
	one, two, three := schema.New(schema.Options{}), schema.New(schema.Options{}), schema.New(schema.Options{})
	for i, doc := range list {
		number := int64(i) + 1
		if err := one.AddAt(doc, number); err != nil {
			fmt.Println(err)
			return
		}
		if err := []*schema.Schema{two, three}[i%2].AddAt(doc, number); err != nil {
			fmt.Println(err)
			return
		}
	}
	merged, err := schema.Merge(three, two)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(merged.AppendJSON(nil)) == string(one.AppendJSON(nil)))
	// Output: true
}

func ExampleSchema_JSONSchema() {
	s := schema.New(schema.Options{})
	for _, doc := range docs(bson.M{"name": "Ada", "age": 36}, bson.M{"name": "Grace"}) {
		if err := s.Add(doc); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(string(s.JSONSchema(schema.JSONSchemaOptions{Strict: true})))
	// Output:
	// {"$jsonSchema":{"bsonType":"object","required":["name"],"properties":{"age":{"bsonType":"int"},"name":{"bsonType":"string"}},"additionalProperties":false}}
}

func ExampleSchema_AppendJSON() {
	s := schema.New(schema.Options{})
	for _, doc := range docs(bson.M{"ok": true}) {
		if err := s.Add(doc); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(string(s.AppendJSON(nil)))
	// Output:
	// {"documents":1,"bytes":10,"sizes":{"count":1,"min":10,"max":10,"sum":10,"mean":{"$numberDouble":"10.0"},"powers":[0,0,0,0,1]},"depths":[1],"largest":{"bytes":10,"document":1},"complete":true,"root":{"path":"","kind":"root","count":1,"documents":1,"present":1,"parents":1,"first":1,"types":{"object":1},"mixed":false},"paths":[{"path":"ok","kind":"field","count":1,"documents":1,"present":1,"parents":1,"first":1,"types":{"bool":1},"mixed":false,"scalars":1,"distinct":1,"exact":true,"unique":"yes","values":[{"value":true,"count":1}],"all":true}]}
}
