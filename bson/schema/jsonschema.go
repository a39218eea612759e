package schema

import (
	"slices"

	"github.com/bsonkit/bsonkit/bson"
)

// This file writes a Schema as a validator of MongoDB. Source: the manual of MongoDB,
// "$jsonSchema", which is JSON Schema draft 4 with bsonType.

// JSONSchemaOptions are options of AppendJSONSchema. The zero value is the default.
type JSONSchemaOptions struct {
	_ struct{} // keyed literals only

	// Strict also rejects a document without a field that all documents have, and a
	// document with a field that none has.
	Strict bool
}

// AppendJSONSchema appends a validator that accepts every document that was added to s:
// {"$jsonSchema":{"bsonType":"object","properties":{…}}}. It is one line of JSON. Each path
// has its types, fields and elements. A Schema without documents accepts every document.
//
// Keys that look like data and have the path "*" become additionalProperties. Where paths
// were not kept, the validator accepts everything, also with Strict.
func (s *Schema) AppendJSONSchema(dst []byte, o JSONSchemaOptions) []byte {
	w := validatorWriter{jsonWriter{dst}, o}
	w.open('{')
	w.key("$jsonSchema")
	w.schema(s.Root())
	w.close('}')
	return w.dst[:len(w.dst)-1]
}

// JSONSchema is AppendJSONSchema to nothing.
func (s *Schema) JSONSchema(o JSONSchemaOptions) []byte { return s.AppendJSONSchema(nil, o) }

type validatorWriter struct {
	jsonWriter
	options JSONSchemaOptions
}

func (w *validatorWriter) schema(p *Path) {
	w.open('{')
	w.types(p)
	if p.count(bson.TypeDocument) > 0 {
		w.fields(p)
	}
	for _, kid := range p.Children {
		if kid.Kind == Element {
			w.key("items")
			w.schema(kid)
		}
	}
	w.close('}')
}

// types writes the types of p, in the order of their names.
func (w *validatorWriter) types(p *Path) {
	if len(p.Types) == 0 {
		return
	}
	names := make([]string, len(p.Types))
	for i, t := range p.Types {
		names[i] = t.Type.String()
	}
	slices.Sort(names)
	if len(names) == 1 {
		w.text("bsonType", names[0])
		return
	}
	w.strings("bsonType", names)
}

func (w *validatorWriter) strings(key string, list []string) {
	w.key(key)
	w.open('[')
	for _, text := range list {
		w.element(text)
	}
	w.close(']')
}

// fields writes the keywords for the documents of p.
func (w *validatorWriter) fields(p *Path) {
	var required []string
	var any *Path
	fields := 0
	for _, kid := range p.Children {
		switch {
		case kid.Kind == AnyKey:
			any = kid
		case kid.Kind == Field:
			fields++
			if kid.Required() {
				required = append(required, kid.Key)
			}
		}
	}
	if w.options.Strict && len(required) > 0 {
		w.strings("required", required)
	}
	if fields > 0 {
		w.key("properties")
		w.open('{')
		for _, kid := range p.Children {
			if kid.Kind == Field {
				w.key(kid.Key)
				w.schema(kid)
			}
		}
		w.close('}')
	}
	switch {
	case p.Lost > 0 || p.Deep: // there may be other fields
	case any != nil:
		w.key("additionalProperties")
		w.schema(any)
	case w.options.Strict:
		w.flag("additionalProperties", false)
	}
}
