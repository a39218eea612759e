package query

import (
	"math"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file reads the operands of the operators that test values. Each method reads the
// current element of the parser.

func relationOperator(r relation) operator {
	return func(p *parser, s *conditions, at path) *expr { return p.relation(s, at, r) }
}

// relation reads a value that others are compared with.
func (p *parser) relation(s *conditions, at path, r relation) *expr {
	name := string(p.c.Key())
	switch {
	case p.c.Type() == bsoncore.TypeUndefined:
		p.c.Fail(wrong(`undefined cannot be compared; write {$type: "undefined"}`))
	case p.c.Type() == bsoncore.TypeRegex && (r != eq || name == "$ne"):
		p.c.Fail(wrong("%s does not accept a regex; write {$not: /…/} for the strings that it does not match", name))
	}
	return s.add(at, newComparison(r, p.value()))
}

// in reads a list of values and regexes.
func (p *parser) in(s *conditions, at path) *expr {
	name := string(p.c.Key())
	if !p.enter(bsoncore.TypeArray, "a list of values") {
		return nil
	}
	var values []bsoncore.Value
	var regexes []*regex
	for p.c.Next() {
		switch {
		case p.c.Type() == bsoncore.TypeRegex:
			pattern, options := p.c.Regex()
			regexes = append(regexes, p.newRegex(string(pattern), string(options)))
		case p.c.Type() == bsoncore.TypeUndefined:
			p.c.Fail(wrong(`undefined cannot be compared; write {$type: "undefined"}`))
		case p.hasOperators():
			p.c.Fail(wrong("%s accepts values and regexes only; use $or for operators", name))
		}
		if p.c.Type() != bsoncore.TypeRegex {
			values = append(values, p.value())
		}
	}
	p.c.Leave()
	if p.c.Failed() {
		return nil
	}
	return s.add(at, newMembership(values, regexes))
}

// exists reads whether there must be an element.
func (p *parser) exists(s *conditions, at path) *expr {
	e := s.add(at, presence{})
	if p.truth() {
		return e
	}
	return negated(e)
}

// truth returns the current value as a boolean: false, zero, null and undefined are
// false.
func (p *parser) truth() bool {
	switch p.c.Type() {
	case bsoncore.TypeBoolean:
		return p.c.Boolean()
	case bsoncore.TypeNull, bsoncore.TypeUndefined:
		return false
	case bsoncore.TypeInt32, bsoncore.TypeInt64, bsoncore.TypeDouble, bsoncore.TypeDecimal128:
		n, ok := exactly(p.value())
		return !ok || n != 0
	}
	return true
}

// aliases has the types by their names in $type.
var aliases = func() map[string][]bsoncore.Type {
	names := map[string][]bsoncore.Type{
		"number": {bsoncore.TypeDouble, bsoncore.TypeInt32, bsoncore.TypeInt64, bsoncore.TypeDecimal128},
	}
	for t := range 256 {
		if t := bsoncore.Type(t); t.Valid() {
			names[t.String()] = []bsoncore.Type{t}
		}
	}
	return names
}()

// typeOf reads a type or a list of types.
func (p *parser) typeOf(s *conditions, at path) *expr {
	if p.c.Type() != bsoncore.TypeArray {
		return s.add(at, newTyped(p.types()))
	}
	var types []bsoncore.Type
	if p.c.Enter() {
		for p.c.Next() {
			types = append(types, p.types()...)
		}
		p.c.Leave()
	}
	if len(types) == 0 {
		p.c.Fail(wrong("$type needs at least one type"))
	}
	return s.add(at, newTyped(types))
}

// types returns the types that the current value names.
func (p *parser) types() []bsoncore.Type {
	if p.c.Type() == bsoncore.TypeString {
		types := aliases[string(p.c.Text())]
		if types == nil {
			p.c.Fail(wrong("%s is not the name of a type; the names are those of MongoDB, such as int, string and objectId", shortened(string(p.c.Text()))))
		}
		return types
	}
	n, ok := exactly(p.value())
	switch t := bsoncore.Type(n); {
	case ok && n == -1: // the name of the server for 0xFF
		return []bsoncore.Type{bsoncore.TypeMinKey}
	case ok && n >= 0 && n <= math.MaxInt8 && t.Valid():
		return []bsoncore.Type{t}
	case ok:
		p.c.Fail(wrong("%d is not the number of a type", n))
	default:
		p.c.Fail(wrong("$type needs the name or the number of a type"))
	}
	return nil
}

// regexValue reads a regex.
func (p *parser) regexValue(s *conditions, at path) *expr {
	pattern, options := p.c.Regex()
	return s.add(at, p.newRegex(string(pattern), string(options)))
}

// regex reads $regex, a string or a regex; options is the value of $options.
func (p *parser) regex(s *conditions, at path, options bsoncore.Value) *expr {
	var pattern, own string
	switch p.c.Type() {
	case bsoncore.TypeString:
		pattern = string(p.c.Text())
	case bsoncore.TypeRegex:
		a, b := p.c.Regex()
		pattern, own = string(a), string(b)
	default:
		p.c.Fail(wrong("$regex needs a string or a regex, not %s", typeWords(p.c.Type())))
	}
	if !options.IsZero() {
		text, ok := options.StringValueOK()
		switch {
		case !ok:
			p.c.Fail(wrong("$options needs a string, not %s", typeWords(options.Type)))
		case own != "":
			p.c.Fail(wrong("the regex has options already; remove $options"))
		}
		own = text
	}
	return s.add(at, p.newRegex(pattern, own))
}

// newRegex is the function newRegex; it reports the error.
func (p *parser) newRegex(pattern, options string) *regex {
	r, err := newRegex(pattern, options)
	if err != nil {
		p.c.Fail(err)
		return new(regex)
	}
	return r
}

// mod reads a divisor and a remainder.
func (p *parser) mod(s *conditions, at path) *expr {
	if !p.enter(bsoncore.TypeArray, "[divisor, remainder]") {
		return nil
	}
	var numbers []int64
	for p.c.Next() {
		n, ok := truncated(p.value())
		if !ok {
			p.c.Fail(wrong("$mod needs two numbers within int64"))
		}
		numbers = append(numbers, n)
	}
	p.c.Leave()
	switch {
	case len(numbers) != 2:
		p.c.Fail(wrong("$mod needs [divisor, remainder]"))
		return nil
	case numbers[0] == 0:
		p.c.Fail(wrong("the divisor of $mod is 0"))
		return nil
	}
	return s.add(at, modulo{numbers[0], numbers[1]})
}

// size reads a number of elements.
func (p *parser) size(s *conditions, at path) *expr {
	n, ok := exactly(p.value())
	if !ok || n < 0 {
		p.c.Fail(wrong("$size needs a whole number that is not negative"))
	}
	return s.add(at, sized{n})
}

func bitOperator(kind bitKind) operator {
	return func(p *parser, s *conditions, at path) *expr { return p.bits(s, at, kind) }
}

// bits reads the bits to test: a number or a binary that has them set, or a list of
// their positions.
func (p *parser) bits(s *conditions, at path, kind bitKind) *expr {
	switch p.c.Type() {
	case bsoncore.TypeBinary:
		_, mask := p.c.Binary()
		return s.add(at, &bitTest{kind: kind, mask: mask})
	case bsoncore.TypeArray:
		return s.add(at, newBitTest(kind, p.positions()))
	}
	n, ok := exactly(p.value())
	if !ok || n < 0 {
		p.c.Fail(wrong("%s needs a whole number that is not negative, a binary, or a list of positions", bitKinds[kind].operator))
	}
	var positions []uint32
	for i := range numberBits {
		if n>>i&1 != 0 {
			positions = append(positions, uint32(i))
		}
	}
	return s.add(at, newBitTest(kind, positions))
}

// positions reads a list of positions of bits.
func (p *parser) positions() (list []uint32) {
	if !p.c.Enter() {
		return nil
	}
	for p.c.Next() {
		n, ok := exactly(p.value())
		if !ok || n < 0 || n > math.MaxInt32 {
			p.c.Fail(wrong("the position of a bit is a whole number from 0 to %d", math.MaxInt32))
			break
		}
		list = append(list, uint32(n))
	}
	p.c.Leave()
	return list
}
