package extjson

import "github.com/bsonkit/bsonkit/internal/shelltext"

// This file has the only list of the fixed parts of values: the text before,
// between and after the digits, in each mode.
//
//   - wrapperLiterals, legacyLiterals, shellLiterals and plainLiterals are the
//     four ways, as compact text.
//   - spellings has each of them in each spacing, computed from those once.

// A spelling is one way to write values. In a pair the value is between the two
// texts; in a triple it has two parts. The pairs of frequent types are blocks.
type spelling struct {
	int32, int64, double, decimal, oid  blocks
	date, dateLong, dateNumber, uuid    blocks
	binary, subtype                     block // subtype: up to the digits
	binaryEnd                           block
	nan, infinity, negative             string
	symbol, code                        [2]string
	scope, timestamp, regex, pointer    [3]string
	undefined, minKey, maxKey           string
	open, close, openArray, closeArray  string // brackets with their spaces
	empty, emptyTop, emptyArray         string // containers without members
	colon, comma, marker, markerElement string
}

// A literals is a spelling as compact text.
type literals struct {
	int32, int64, double, decimal, oid [2]string
	date, dateLong, dateNumber, uuid   [2]string
	binary                             [3]string
	nan, infinity, negative            string
	symbol, code                       [2]string
	scope, timestamp, regex, pointer   [3]string
	undefined, minKey, maxKey          string
}

var wrapperLiterals = literals{
	int32:      [2]string{`{"$numberInt":"`, `"}`},
	int64:      [2]string{`{"$numberLong":"`, `"}`},
	double:     [2]string{`{"$numberDouble":"`, `"}`},
	decimal:    [2]string{`{"$numberDecimal":"`, `"}`},
	oid:        [2]string{`{"$oid":"`, `"}`},
	date:       [2]string{`{"$date":"`, `"}`},
	dateLong:   [2]string{`{"$date":{"$numberLong":"`, `"}}`},
	dateNumber: [2]string{`{"$date":`, `}`},
	uuid:       [2]string{`{"$uuid":"`, `"}`},
	binary:     [3]string{`{"$binary":{"base64":"`, `","subType":"`, `"}}`},
	nan:        `{"$numberDouble":"NaN"}`,
	infinity:   `{"$numberDouble":"Infinity"}`,
	negative:   `{"$numberDouble":"-Infinity"}`,
	symbol:     [2]string{`{"$symbol":`, `}`},
	code:       [2]string{`{"$code":`, `}`},
	scope:      [3]string{`{"$code":`, `,"$scope":`, `}`},
	timestamp:  [3]string{`{"$timestamp":{"t":`, `,"i":`, `}}`},
	regex:      [3]string{`{"$regularExpression":{"pattern":`, `,"options":`, `}}`},
	pointer:    [3]string{`{"$dbPointer":{"$ref":`, `,"$id":`, `}}`},
	undefined:  `{"$undefined":true}`,
	minKey:     `{"$minKey":1}`,
	maxKey:     `{"$maxKey":1}`,
}

var legacyLiterals = func() literals {
	l := wrapperLiterals
	l.binary = [3]string{`{"$binary":"`, `","$type":"`, `"}`}
	l.regex = [3]string{`{"$regex":`, `,"$options":`, `}`}
	return l
}()

var shellLiterals = func() literals {
	c := shelltext.Spelling()
	return literals{
		int32: c.Int32, int64: c.Int64, decimal: c.Decimal, oid: c.ObjectID,
		date: c.Date, dateNumber: c.Millis, uuid: c.UUID, binary: c.Binary,
		nan: c.NaN, infinity: c.Infinity, negative: c.NegativeInfinity,
		symbol: c.Symbol, code: c.Code, scope: c.Scope, timestamp: c.Timestamp,
		regex: c.Regex, pointer: c.DBPointer,
		undefined: c.Undefined, minKey: c.MinKey, maxKey: c.MaxKey,
	}
}()

var plainLiterals = literals{
	decimal:   [2]string{`"`, `"`},
	oid:       [2]string{`"`, `"`},
	date:      [2]string{`"`, `"`},
	uuid:      [2]string{`"`, `"`},
	binary:    [3]string{`"`, ``, `"`},
	nan:       `null`,
	infinity:  `null`,
	negative:  `null`,
	timestamp: [3]string{`"`, `:`, `"`},
	pointer:   [3]string{`{"$ref":`, `,"$id":`, `}`},
	undefined: `null`,
	minKey:    `"MinKey"`,
	maxKey:    `"MaxKey"`,
}

// A block is a short text that is copied in fixed size, because this is cheaper
// than a call.
type block struct {
	text [blockSize]byte
	n    uint8 // bytes of text that count
}

// blockSize is enough for {"$date":{"$numberLong":" in the widest spacing.
const blockSize = 32

// blocks are the texts before and after a value.
type blocks struct{ lead, tail block }

func newBlock(s string) block {
	b := block{n: uint8(len(s))}
	if copy(b.text[:], s) != len(s) {
		panic("BUG: extjson: block of " + s)
	}
	return b
}

// put appends b to dst, which has room for blockSize bytes.
//
// NOTE: inlines; TestScalarInline lists it.
func (b *block) put(dst []byte) []byte {
	n := len(dst)
	*(*[blockSize]byte)(dst[n : n+blockSize]) = b.text
	return dst[:n+int(b.n)]
}

// The spellings, by spacing and kind of mode.
const (
	wrapperKind = iota
	legacyKind
	shellKind
	plainKind
	kinds
)

var spellings = func() (t [LibbsonSpacing + 1][kinds]spelling) {
	for s := range t {
		space := Spacing(s)
		t[s] = [kinds]spelling{
			wrapperKind: newSpelling(&wrapperLiterals, space),
			legacyKind:  newSpelling(&legacyLiterals, space),
			shellKind:   newSpelling(&shellLiterals, space),
			plainKind:   newSpelling(&plainLiterals, space),
		}
		// The shell's calls have their own spaces.
		f := &t[s][shellKind]
		f.binary, f.subtype, f.binaryEnd = newBlock(shellLiterals.binary[0]), newBlock(shellLiterals.binary[1]), newBlock(shellLiterals.binary[2])
		f.scope, f.timestamp, f.regex, f.pointer = shellLiterals.scope, shellLiterals.timestamp, shellLiterals.regex, shellLiterals.pointer
		f = &t[s][plainKind]
		f.timestamp = plainLiterals.timestamp
	}
	return t
}()

// newSpelling returns l in a spacing.
func newSpelling(l *literals, s Spacing) spelling {
	one := func(text string) string { return string(appendSpaced(nil, text, s)) }
	pair := func(p [2]string) blocks {
		return blocks{newBlock(one(p[0])), newBlock(one(p[1]))}
	}
	three := func(p [3]string) [3]string { return [3]string{one(p[0]), one(p[1]), one(p[2])} }
	f := spelling{
		int32: pair(l.int32), int64: pair(l.int64), double: pair(l.double),
		decimal: pair(l.decimal), oid: pair(l.oid), date: pair(l.date),
		dateLong: pair(l.dateLong), dateNumber: pair(l.dateNumber), uuid: pair(l.uuid),
		binary:    newBlock(one(l.binary[0])),
		subtype:   newBlock(one(l.binary[1])),
		binaryEnd: newBlock(one(l.binary[2])),
		nan:       one(l.nan),
		infinity:  one(l.infinity),
		negative:  one(l.negative),
		symbol:    [2]string{one(l.symbol[0]), one(l.symbol[1])},
		code:      [2]string{one(l.code[0]), one(l.code[1])},
		scope:     three(l.scope), timestamp: three(l.timestamp),
		regex: three(l.regex), pointer: three(l.pointer),
		undefined: one(l.undefined), minKey: one(l.minKey), maxKey: one(l.maxKey),
		open: one(`{`), close: one(`}`), openArray: one(`[`), closeArray: one(`]`),
		empty: one(`{`) + one(`}`), emptyTop: `{}`, emptyArray: one(`[`) + one(`]`),
		colon: one(`:`), comma: one(`,`),
		marker: one(`"$truncated":true`), markerElement: one(`{"$truncated":true}`),
	}
	if s == LibbsonSpacing {
		f.emptyTop = `{ }`
	}
	return f
}

// appendSpaced appends compact text, which may be a part of a value, in spacing
// s. A quote at its start ends a string if a bracket, colon or comma follows.
func appendSpaced(dst []byte, text string, s Spacing) []byte {
	inString := len(text) > 1 && text[0] == '"' && (text[1] == '}' || text[1] == ',')
	for _, c := range []byte(text) {
		if c == '"' {
			inString = !inString
		}
		if inString || s == CompactSpacing {
			dst = append(dst, c)
			continue
		}
		switch {
		case c == ':' && s == LibbsonSpacing:
			dst = append(dst, " : "...)
		case c == ':' || c == ',':
			dst = append(dst, c, ' ')
		case (c == '{' || c == '[') && s == LibbsonSpacing:
			dst = append(dst, c, ' ')
		case (c == '}' || c == ']') && s == LibbsonSpacing:
			dst = append(dst, ' ', c)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
