package schema

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// A validator is the part of JSON Schema that AppendJSONSchema writes.
type validator struct {
	BsonType             any                  `json:"bsonType"`
	Required             []string             `json:"required"`
	Properties           map[string]validator `json:"properties"`
	Items                *validator           `json:"items"`
	AdditionalProperties json.RawMessage      `json:"additionalProperties"`
}

func parseValidator(t *testing.T, text []byte) validator {
	t.Helper()
	var v struct {
		Schema validator `json:"$jsonSchema"`
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v: %.2000s", err, text)
	}
	return v.Schema
}

func (v *validator) accepts(t bson.Type, data []byte) bool {
	switch types := v.BsonType.(type) {
	case string:
		if types != t.String() {
			return false
		}
	case []any:
		if !slices.Contains(types, any(t.String())) {
			return false
		}
	}
	if !t.IsContainer() {
		return true
	}
	seen := map[string]bool{}
	c := bson.NewCursor(data)
	for c.Next() {
		key := string(c.Key())
		seen[key] = true
		kid := v.Items
		if t == bson.TypeDocument {
			if property, ok := v.Properties[key]; ok {
				kid = &property
			} else if string(v.AdditionalProperties) == "false" {
				return false
			} else if kid = nil; len(v.AdditionalProperties) > 0 {
				kid = new(validator)
				if err := json.Unmarshal(v.AdditionalProperties, kid); err != nil {
					panic(err)
				}
			}
		}
		if kid != nil && !kid.accepts(c.Type(), c.Data()) {
			return false
		}
	}
	for _, key := range v.Required {
		if t == bson.TypeDocument && !seen[key] {
			return false
		}
	}
	return true
}

// TestValidatorAccepts: a validator accepts the documents that it was made from, with any
// limits.
func TestValidatorAccepts(t *testing.T) {
	for name, docs := range mixes(3) {
		for i, o := range smallOptions {
			s := New(o)
			for _, doc := range docs {
				if err := s.Add(doc); err != nil {
					t.Fatal(err)
				}
			}
			for _, strict := range []bool{false, true} {
				v := parseValidator(t, s.JSONSchema(JSONSchemaOptions{Strict: strict}))
				for at, doc := range docs {
					if !v.accepts(bson.TypeDocument, doc) {
						t.Fatalf("%s, options %d, strict %v: document %d is not accepted", name, i, strict, at)
					}
				}
			}
		}
	}
}

// TestValidatorRejects: a validator rejects documents with a type that their field does not
// have, and a strict one those with another field or without a required one.
func TestValidatorRejects(t *testing.T) {
	docs := sample.Documents(sample.Collection, 5, 200)[20:]
	s := New(Options{})
	for _, doc := range docs {
		if err := s.Add(doc); err != nil {
			t.Fatal(err)
		}
	}
	loose := parseValidator(t, s.JSONSchema(JSONSchemaOptions{}))
	strict := parseValidator(t, s.JSONSchema(JSONSchemaOptions{Strict: true}))
	r := rand.New(rand.NewPCG(1, 1))
	for _, doc := range docs {
		more := append(slices.Clone(doc[:len(doc)-1]), "\x0ano such field\x00\x00"...)
		bsoncore.SetLength(more, 0)
		if strict.accepts(bson.TypeDocument, more) || !loose.accepts(bson.TypeDocument, more) {
			t.Errorf("a further field: strict and loose accept %v", bson.Raw(more))
		}
		keys := bson.Raw(doc)
		for p := range s.Paths() {
			if p.Level() > 1 || keys.Lookup(p.Key).IsZero() || r.IntN(4) > 0 {
				continue
			}
			without, changed := edited(doc, p.Key)
			if got, want := strict.accepts(bson.TypeDocument, without), !p.Required(); got != want {
				t.Errorf("without %s: strict accepts it: %v, want %v", p, got, want)
			}
			if !loose.accepts(bson.TypeDocument, without) {
				t.Errorf("without %s: not accepted", p)
			}
			if want := p.count(bson.TypeMinKey) > 0; loose.accepts(bson.TypeDocument, changed) != want {
				t.Errorf("minKey in %s: accepted is not %v", p, want)
			}
		}
	}
}

// edited returns doc without the key, and with minKey as its value.
func edited(doc []byte, key string) (without, changed []byte) {
	without, mark := bsoncore.Begin(nil)
	changed, _ = bsoncore.Begin(nil)
	c := bson.NewCursor(doc)
	for c.Next() {
		if string(c.Key()) == key {
			changed = bsoncore.AppendMinKey(changed, key)
			continue
		}
		without = bsoncore.AppendValue(without, string(c.Key()), c.Type(), c.Data())
		changed = bsoncore.AppendValue(changed, string(c.Key()), c.Type(), c.Data())
	}
	return bsoncore.End(without, mark), bsoncore.End(changed, mark)
}
