package outline

import (
	"bytes"
	"fmt"
	"go/format"
	"go/token"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/schema"
)

// This file writes structs of Go. They read every document of the schema.
//
//   - A document is a struct, with a field for each key. Keys that no tag can hold, and
//     keys without a path, are in a map that is inlined.
//   - A field that not all documents have, or that may be null, is a pointer.
//   - Values of several types are in an any; int32 and int64 are in an int64.

// goTypes are the types of Go for types of BSON. Documents and arrays are not in it.
var goTypes = map[bson.Type]string{
	bson.TypeDouble:        "float64",
	bson.TypeString:        "string",
	bson.TypeBinary:        "bson.Binary",
	bson.TypeUndefined:     "bson.Undefined",
	bson.TypeObjectID:      "bson.ObjectID",
	bson.TypeBoolean:       "bool",
	bson.TypeDateTime:      "bson.DateTime",
	bson.TypeRegex:         "bson.Regex",
	bson.TypeDBPointer:     "bson.DBPointer",
	bson.TypeCode:          "bson.Code",
	bson.TypeSymbol:        "bson.Symbol",
	bson.TypeCodeWithScope: "bson.CodeWithScope",
	bson.TypeInt32:         "int32",
	bson.TypeTimestamp:     "bson.Timestamp",
	bson.TypeInt64:         "int64",
	bson.TypeDecimal128:    "bson.Decimal128",
	bson.TypeMinKey:        "bson.MinKey",
	bson.TypeMaxKey:        "bson.MaxKey",
}

// WriteGo writes the source of a package of Go with structs for the documents of s. The
// struct Document is for the documents themselves.
func WriteGo(w io.Writer, s *schema.Schema) error {
	g := &generator{used: map[string]bool{}}
	g.structOf(s.Root(), "Document")
	var b bytes.Buffer
	fmt.Fprintf(&b, "// Package documents has types for %d documents.\npackage documents\n", s.Documents())
	if g.imports {
		b.WriteString("\nimport \"github.com/bsonkit/bsonkit/bson\"\n")
	}
	for _, t := range g.types {
		b.WriteString(t)
	}
	source, err := format.Source(b.Bytes())
	if err != nil {
		panic("BUG: outline: " + err.Error())
	}
	_, err = w.Write(source)
	return err
}

// A generator makes the types.
type generator struct {
	types   []string        // declarations, those of outer documents first
	used    map[string]bool // names of types
	imports bool            // a type of package bson is used
}

// structOf adds the struct for the documents at p and returns its name.
func (g *generator) structOf(p *schema.Path, name string) string {
	name = unused(name, g.used)
	at := len(g.types)
	g.types = append(g.types, "") // its place

	var b strings.Builder
	if path := p.String(); path != "" {
		fmt.Fprintf(&b, "\n// %s is a document at %s.\n", name, comment(path))
	} else {
		fmt.Fprintf(&b, "\n// %s is a document.\n", name)
	}
	fmt.Fprintf(&b, "type %s struct {\n", name)
	rest := p.Lost > 0 || p.Deep
	names := map[string]bool{}
	keys := fieldsOf(p)
	for _, kid := range keys {
		if kid.Kind != schema.Field || !fitsTag(kid.Key) || hasTwin(kid, keys) {
			rest = true
			continue
		}
		field := unused(exported(kid.Key), names)
		t, options := g.typeOf(kid, name+exported(kid.Key)), ""
		if !kid.Required() || has(kid, bson.TypeNull) {
			options = ",omitempty"
			if t != "any" && !strings.HasPrefix(t, "[]") && !strings.HasPrefix(t, "map[") {
				t = "*" + t
			}
		}
		fmt.Fprintf(&b, "%s %s `bson:%s`\n", field, t, strconv.Quote(kid.Key+options))
	}
	if rest {
		fmt.Fprintf(&b, "%s map[string]any `bson:\",inline\"` // other keys\n", unused("Rest", names))
	}
	b.WriteString("}\n")
	g.types[at] = b.String()
	return name
}

// fieldsOf returns the paths of the keys of p, without those of its elements.
func fieldsOf(p *schema.Path) []*schema.Path {
	return slices.DeleteFunc(slices.Clone(p.Children), func(kid *schema.Path) bool { return kid.Kind == schema.Element })
}

// hasTwin reports whether another key differs from that of p in case only: a reader that
// finds no equal key takes such a key.
func hasTwin(p *schema.Path, keys []*schema.Path) bool {
	return slices.ContainsFunc(keys, func(o *schema.Path) bool { return o != p && strings.EqualFold(o.Key, p.Key) })
}

// typeOf returns the type for the values at p. name is for a struct.
func (g *generator) typeOf(p *schema.Path, name string) string {
	var types []bson.Type
	for _, t := range p.Types {
		if t.Type != bson.TypeNull {
			types = append(types, t.Type)
		}
	}
	slices.Sort(types)
	switch {
	case slices.Equal(types, []bson.Type{bson.TypeInt32, bson.TypeInt64}):
		return "int64"
	case len(types) != 1 || p.Deep:
		return "any"
	case types[0] == bson.TypeDocument:
		return g.documentType(p, name)
	case types[0] == bson.TypeArray:
		return g.arrayType(p, name)
	}
	t := goTypes[types[0]]
	g.imports = g.imports || strings.HasPrefix(t, "bson.")
	return t
}

// documentType returns the type for the documents at p: a map if its keys are data.
func (g *generator) documentType(p *schema.Path, name string) string {
	for _, kid := range p.Children {
		if kid.Kind != schema.AnyKey {
			continue
		}
		if len(fieldsOf(p)) > 1 || p.Lost > 0 {
			return "map[string]any"
		}
		return "map[string]" + g.nullable(kid, name+"Value")
	}
	return g.structOf(p, name)
}

// arrayType returns the type for the arrays at p.
func (g *generator) arrayType(p *schema.Path, name string) string {
	for _, kid := range p.Children {
		if kid.Kind == schema.Element {
			return "[]" + g.nullable(kid, name+"Item")
		}
	}
	return "[]any"
}

// nullable returns the type for the values at p, some of which may be null.
func (g *generator) nullable(p *schema.Path, name string) string {
	t := g.typeOf(p, name)
	if has(p, bson.TypeNull) && t != "any" {
		t = "*" + t
	}
	return t
}

// has reports whether p has values of type t.
func has(p *schema.Path, t bson.Type) bool {
	return slices.ContainsFunc(p.Types, func(c schema.TypeCount) bool { return c.Type == t })
}

// fitsTag reports whether a tag of a struct can hold key.
func fitsTag(key string) bool {
	return key != "" && key != "-" && utf8.ValidString(key) && !strings.ContainsAny(key, ",\"`\\:") &&
		!strings.ContainsFunc(key, func(r rune) bool { return !unicode.IsPrint(r) })
}

// exported returns an exported name of Go that is like key.
func exported(key string) string {
	var b strings.Builder
	upper := true
	for _, r := range key {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			upper = true
			continue
		}
		if upper {
			r = unicode.ToUpper(r)
		}
		b.WriteRune(r)
		upper = false
	}
	name := b.String()
	if strings.EqualFold(name, "id") {
		name = "ID"
	}
	if !token.IsIdentifier(name) || !token.IsExported(name) {
		name = "X" + name
	}
	if !token.IsIdentifier(name) {
		name = "X"
	}
	return name
}

// unused returns name, with a number if it is in used, and adds it there.
func unused(name string, used map[string]bool) string {
	free := name
	for i := 2; used[free]; i++ {
		free = name + strconv.Itoa(i)
	}
	used[free] = true
	return free
}

// comment returns path for a comment.
func comment(path string) string {
	return strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '�'
	}, path), "�")
}
