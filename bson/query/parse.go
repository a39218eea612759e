package query

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file reads filters. operand.go reads the operands of operators.
//
//   - query reads a filter or a clause of one: names of fields, and the operators of
//     clauses.
//   - field reads the value of a name, operators reads a document of operators.
//   - A fault is reported to the cursor, which ends all loops; see Compile. After a
//     fault the results mean nothing.

// A parser reads one filter.
type parser struct {
	c     bsoncore.Cursor // over a copy of the filter, whose values the conditions keep
	depth int             // MaxDepth
}

// conditions are the conditions of a program that is being made.
type conditions []condition

// add adds a condition and returns the expr that is true if it holds.
func (s *conditions) add(at path, p predicate) *expr {
	*s = append(*s, condition{at, p})
	return &expr{kind: leaf, cond: len(*s) - 1}
}

// An operator reads the current element, whose key is its name, as a test of the value
// at a path.
type operator func(p *parser, s *conditions, at path) *expr

// operators has the operators of values, clauses those of whole documents.
var (
	operators map[string]operator
	clauses   map[string]func(p *parser, s *conditions) *expr
)

func init() {
	operators = map[string]operator{
		"$eq":  relationOperator(eq),
		"$gt":  relationOperator(gt),
		"$gte": relationOperator(gte),
		"$lt":  relationOperator(lt),
		"$lte": relationOperator(lte),
		"$ne": func(p *parser, s *conditions, at path) *expr {
			return negated(p.relation(s, at, eq))
		},
		"$in": (*parser).in,
		"$nin": func(p *parser, s *conditions, at path) *expr {
			return negated(p.in(s, at))
		},
		"$not":          (*parser).not,
		"$exists":       (*parser).exists,
		"$type":         (*parser).typeOf,
		"$regex":        nil, // read with $options; see fieldOperators
		"$options":      nil,
		"$mod":          (*parser).mod,
		"$all":          (*parser).allOf,
		"$elemMatch":    (*parser).elemMatch,
		"$size":         (*parser).size,
		"$bitsAllSet":   bitOperator(allSet),
		"$bitsAnySet":   bitOperator(anySet),
		"$bitsAllClear": bitOperator(allClear),
		"$bitsAnyClear": bitOperator(anyClear),
	}
	clauses = map[string]func(p *parser, s *conditions) *expr{
		"$and": func(p *parser, s *conditions) *expr { return all(p.clauses(s)) },
		"$or":  func(p *parser, s *conditions) *expr { return &expr{kind: anyOf, kids: p.clauses(s)} },
		"$nor": func(p *parser, s *conditions) *expr {
			return negated(&expr{kind: anyOf, kids: p.clauses(s)})
		},
		"$comment": func(p *parser, s *conditions) *expr { return all(nil) },
	}
}

// unsupported has the operators that need a server, and the advice about each.
var unsupported = map[string]string{
	"$expr":          "compare two fields in a program with package bson",
	"$where":         "JavaScript is not run; use the operators of values, or a program with package bson",
	"$text":          "use $regex",
	"$jsonSchema":    "use $type, $exists and the comparisons",
	"$sampleRate":    "take a sample of the documents that are selected",
	"$geoWithin":     "compare coordinates with $gte and $lte",
	"$geoIntersects": "compare coordinates with $gte and $lte",
	"$near":          "compare coordinates with $gte and $lte",
	"$nearSphere":    "compare coordinates with $gte and $lte",
	"$alwaysTrue":    "use {}",
	"$alwaysFalse":   "use {$nor: [{}]}",
}

// refuse reports that the current key is not an operator at its place.
func (p *parser) refuse() {
	name := string(p.c.Key())
	use, known := unsupported[name]
	_, ofValues := operators[name]
	_, ofClauses := clauses[name]
	switch {
	case known:
		p.c.Fail(fmt.Errorf("%w: %s; %s", ErrUnsupported, name, use))
	case ofValues:
		p.c.Fail(fmt.Errorf("%w: %s belongs to a field; write {field: {%s: …}}", ErrOperator, name, name))
	case ofClauses:
		p.c.Fail(fmt.Errorf("%w: %s does not belong to a field; write {%s: …} around the fields", ErrOperator, name, name))
	case strings.HasPrefix(name, "$"):
		p.c.Fail(fmt.Errorf("%w: %s; for a field with this name write %q", ErrOperator, shortened(name), "/"+name))
	default:
		p.c.Fail(fmt.Errorf("%w: %s is among operators; begin it with $, or use $eq for a document", ErrOperator, shortened(name)))
	}
}

// query reads the open document as a filter.
func (p *parser) query(s *conditions) *expr {
	var kids []*expr
	for p.c.Next() {
		key := string(p.c.Key())
		if clause := clauses[key]; clause != nil {
			kids = append(kids, clause(p, s))
			continue
		}
		if strings.HasPrefix(key, "$") {
			p.refuse()
			break
		}
		at, err := parsePath(key, p.depth)
		if err != nil {
			p.c.Fail(err)
			break
		}
		kids = append(kids, p.field(s, at))
	}
	return all(kids)
}

// clauses reads the current element, an array of filters.
func (p *parser) clauses(s *conditions) (kids []*expr) {
	name := string(p.c.Key())
	if !p.enter(bsoncore.TypeArray, "a list of filters") {
		return nil
	}
	for p.c.Next() {
		if p.enter(bsoncore.TypeDocument, "a filter") {
			kids = append(kids, p.query(s))
			p.c.Leave()
		}
	}
	p.c.Leave()
	if len(kids) == 0 {
		p.c.Fail(wrong("%s needs at least one filter", name))
	}
	return kids
}

// enter opens the current element, which must be of type t.
func (p *parser) enter(t bsoncore.Type, what string) bool {
	if p.c.Type() != t {
		p.c.Fail(wrong("this is %s; write %s", typeWords(p.c.Type()), what))
		return false
	}
	return p.c.Enter()
}

// value returns the current value.
func (p *parser) value() bsoncore.Value {
	return bsoncore.Value{Type: p.c.Type(), Data: p.c.Data()}
}

// field reads the current element, the value of the field at.
func (p *parser) field(s *conditions, at path) *expr {
	switch {
	case p.c.Type() == bsoncore.TypeRegex:
		return p.regexValue(s, at)
	case p.hasOperators():
		return p.fieldOperators(s, at)
	}
	return p.relation(s, at, eq)
}

// reference has the keys of a DBRef, which are data.
var reference = []string{"$ref", "$id", "$db"}

// hasOperators reports whether the current value is a document of operators.
func (p *parser) hasOperators() bool {
	if p.c.Type() != bsoncore.TypeDocument {
		return false
	}
	first := bsoncore.NewCursor(p.c.Data())
	return first.Next() && strings.HasPrefix(string(first.Key()), "$") && !slices.Contains(reference, string(first.Key()))
}

// fieldOperators reads the current value, a document of operators.
func (p *parser) fieldOperators(s *conditions, at path) *expr {
	doc := bsoncore.Document(p.c.Data())
	pattern, options := doc.Lookup("$regex"), doc.Lookup("$options")
	var kids []*expr
	if !p.c.Enter() {
		return nil
	}
	for p.c.Next() {
		op := operators[string(p.c.Key())]
		switch key := p.c.Key(); {
		case op != nil:
			kids = append(kids, op(p, s, at))
		case string(key) == "$regex":
			kids = append(kids, p.regex(s, at, options))
		case string(key) == "$options" && !pattern.IsZero():
		case string(key) == "$options":
			p.c.Fail(wrong("$options needs $regex"))
		default:
			p.refuse()
		}
	}
	p.c.Leave()
	return all(kids)
}

// not reads a document of operators, or a regex, and negates it.
func (p *parser) not(s *conditions, at path) *expr {
	switch {
	case p.c.Type() == bsoncore.TypeRegex:
		return negated(p.regexValue(s, at))
	case !p.hasOperators():
		p.c.Fail(wrong("$not needs operators or a regex; for a value use $ne"))
		return nil
	}
	return negated(p.fieldOperators(s, at))
}

// allOf reads $all: each value of a list must be found.
func (p *parser) allOf(s *conditions, at path) *expr {
	if !p.enter(bsoncore.TypeArray, "a list of values") {
		return nil
	}
	var kids []*expr
	elemMatches := false
	for p.c.Next() {
		if isElemMatch := p.isElemMatch(); len(kids) == 0 {
			elemMatches = isElemMatch
		} else if elemMatches != isElemMatch {
			p.c.Fail(wrong("$all accepts values or $elemMatch, not both"))
			break
		}
		switch {
		case p.c.Type() == bsoncore.TypeRegex:
			kids = append(kids, p.regexValue(s, at))
		case elemMatches:
			kids = append(kids, p.fieldOperators(s, at))
		case p.hasOperators():
			p.c.Fail(wrong("$all accepts values and $elemMatch only"))
		default:
			kids = append(kids, p.relation(s, at, eq))
		}
	}
	p.c.Leave()
	if len(kids) == 0 {
		return &expr{kind: anyOf}
	}
	return all(kids)
}

// isElemMatch reports whether the current value is a document that starts with
// $elemMatch.
func (p *parser) isElemMatch() bool {
	if p.c.Type() != bsoncore.TypeDocument {
		return false
	}
	first := bsoncore.NewCursor(p.c.Data())
	return first.Next() && string(first.Key()) == "$elemMatch"
}

// elemMatch reads operators of elements, or a filter of the fields of elements.
func (p *parser) elemMatch(s *conditions, at path) *expr {
	var inner conditions
	var e *expr
	ofValues := p.hasOperators() && !p.hasClauses()
	switch {
	case ofValues:
		e = p.fieldOperators(&inner, nil)
	case p.enter(bsoncore.TypeDocument, "operators or a filter of the elements"):
		e = p.query(&inner)
		p.c.Leave()
	}
	if p.c.Failed() {
		return nil
	}
	return s.add(at, elemMatch{newProgram(inner, e, p.depth), ofValues})
}

// hasClauses reports whether the current value, a document, starts with an operator of
// whole documents.
func (p *parser) hasClauses() bool {
	first := bsoncore.NewCursor(p.c.Data())
	first.Next()
	_, known := unsupported[string(first.Key())]
	return known || clauses[string(first.Key())] != nil
}
