package query

import (
	"strconv"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file writes a program: as a filter again, and as an outline for people.

// appendValue appends an element with the value v.
func appendValue(dst []byte, key string, v bsoncore.Value) []byte {
	return bsoncore.AppendValue(dst, key, v.Type, v.Data)
}

// appendElement appends v as the element i of an array.
func appendElement(dst []byte, i int, v bsoncore.Value) []byte {
	return appendValue(dst, strconv.Itoa(i), v)
}

// appendQuery appends the elements of the filter that p is made of.
func (p *program) appendQuery(dst []byte) []byte {
	if p.expr.kind == allOf {
		if len(p.expr.kids) == 0 {
			return dst
		}
		return p.appendClauses(dst, "$and", p.expr.kids)
	}
	return p.appendExpr(dst, p.expr)
}

// appendExpr appends e as one element of a filter.
func (p *program) appendExpr(dst []byte, e *expr) []byte {
	switch e.kind {
	case leaf:
		c := p.conds[e.cond]
		dst, mark := bsoncore.BeginDocument(dst, c.at.String())
		return bsoncore.End(c.test.appendTo(dst), mark)
	case not:
		switch kid := e.kids[0]; kid.kind {
		case leaf:
			c := p.conds[kid.cond]
			dst, field := bsoncore.BeginDocument(dst, c.at.String())
			dst, mark := bsoncore.BeginDocument(dst, "$not")
			return bsoncore.End(bsoncore.End(c.test.appendTo(dst), mark), field)
		case anyOf:
			return p.appendClauses(dst, "$nor", kid.kids)
		}
		return p.appendClauses(dst, "$nor", e.kids)
	case anyOf:
		return p.appendClauses(dst, "$or", e.kids)
	}
	return p.appendClauses(dst, "$and", e.kids)
}

// appendClauses appends an operator with a list of filters. No filters are written as
// one that has the same effect, because the operator needs at least one.
func (p *program) appendClauses(dst []byte, operator string, kids []*expr) []byte {
	dst, array := bsoncore.BeginArray(dst, operator)
	for i, kid := range kids {
		var clause int
		dst, clause = bsoncore.BeginDocument(dst, strconv.Itoa(i))
		dst = bsoncore.End(p.appendExpr(dst, kid), clause)
	}
	if len(kids) == 0 {
		var clause int
		dst, clause = bsoncore.BeginDocument(dst, "0")
		if operator != "$and" { // no filter is true
			dst = p.appendClauses(dst, "$nor", []*expr{{kind: allOf}})
		}
		dst = bsoncore.End(dst, clause)
	}
	return bsoncore.End(dst, array)
}

// appendOperators appends e, whose conditions are about the value itself, as operators.
func (p *program) appendOperators(dst []byte, e *expr) []byte {
	switch e.kind {
	case leaf:
		return p.conds[e.cond].test.appendTo(dst)
	case not:
		dst, mark := bsoncore.BeginDocument(dst, "$not")
		return bsoncore.End(p.appendOperators(dst, e.kids[0]), mark)
	case anyOf: // $all without values
		dst, mark := bsoncore.BeginArray(dst, "$all")
		return bsoncore.End(dst, mark)
	}
	for _, kid := range e.kids {
		dst = p.appendOperators(dst, kid)
	}
	return dst
}

// Explain returns f as an outline: one line for each condition, with the types of its
// values, indented below the line that says how the conditions are combined.
func (f *Filter) Explain() string {
	var out strings.Builder
	f.p.explain(&out, f.p.expr, "")
	return out.String()
}

// combinations has the lines above the kids of an expr.
var combinations = [...]string{allOf: "all of:\n", anyOf: "any of:\n", not: "not:\n"}

func (p *program) explain(out *strings.Builder, e *expr, indent string) {
	switch {
	case e.kind == leaf:
		c := p.conds[e.cond]
		out.WriteString(indent)
		if len(c.at) > 0 {
			out.WriteString(c.at.String() + " ")
		}
		out.WriteString(c.test.describe() + "\n")
		if inner, ok := c.test.(elemMatch); ok {
			inner.explain(out, inner.expr, deeper(indent))
		}
		return
	case e.kind == allOf && len(e.kids) == 0:
		out.WriteString(indent + "anything\n")
		return
	case e.kind == anyOf && len(e.kids) == 0:
		out.WriteString(indent + "nothing\n")
		return
	}
	out.WriteString(indent + combinations[e.kind])
	for _, kid := range e.kids {
		p.explain(out, kid, deeper(indent))
	}
}

// maxIndent is the longest indentation, in bytes, so that deep nesting does not multiply
// the text.
const maxIndent = 64

func deeper(indent string) string {
	if len(indent) == maxIndent {
		return indent
	}
	return indent + "  "
}

// valueWords returns v as text with its type: "10 (int)". The type of a number is not
// told twice.
func valueWords(v bsoncore.Value) string {
	mode := extjson.Shell
	if v.Type == bsoncore.TypeInt32 || v.Type == bsoncore.TypeInt64 {
		mode = extjson.Relaxed
	}
	o := extjson.EncodeOptions{Mode: mode, AmbiguousKeys: extjson.AsIs, InvalidUTF8: bson.UTF8Replace, EscapeControls: true, MaxLen: maxShown}
	text, err := o.AppendJSONValue(nil, v.Type, v.Data)
	if err != nil {
		return typeWords(v.Type)
	}
	return string(text) + " (" + v.Type.String() + ")"
}

// typeWords returns the name of a type with its article.
func typeWords(t bsoncore.Type) string { return withArticle(t.String()) }

// withArticle returns a noun with its article.
func withArticle(noun string) string {
	if strings.IndexByte("aeiou", noun[0]) >= 0 {
		return "an " + noun
	}
	return "a " + noun
}
