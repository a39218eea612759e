package interop

import (
	"errors"
	"math"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
)

// A difference is an outcome that docs/differences.md explains. The first
// that matches counts.
type difference struct {
	id      string // of the row
	matches func(tr *trial) bool
}

// differences lists the rows in the order in which they are tried.
var differences = []difference{
	{"pymongo-id-first", func(*trial) bool { return false }}, // see keys
	{"pymongo-undefined", of("PyMongo", either(writes(bson.TypeUndefined), reads(`"$undefined"`)))},
	{"pymongo-symbol", of("PyMongo", either(writes(bson.TypeSymbol), reads(`"$symbol"`)))},
	{"pymongo-dbpointer", of("PyMongo", either(writes(bson.TypeDBPointer), reads(`"$dbPointer"`)))},
	{"pymongo-dates", of("PyMongo", either(all(writes(bson.TypeDateTime), theyRefuse), all(reads(`"$date"`), theyRefuse)))},
	{"pymongo-uuid-length", of("PyMongo", all(writes(bson.TypeBinary), theyRefuse))},
	{"pymongo-infinity", of("PyMongo", all(writes(bson.TypeDouble), infinite))},
	{"pymongo-regex-options", of("PyMongo", all(reads(`"$reg`), bothAccept))},
	{"pymongo-subtype-255", of("PyMongo", all(reads(`"ff"`), theyRefuse))},
	{"pymongo-big-integers", of("PyMongo", all(theyRefuse, because("8-byte ints")))},
	{"pymongo-range", of("PyMongo", onlyThey(extjson.ErrRange))},
	{"pymongo-texts", of("PyMongo", onlyThey(extjson.ErrWrapperText))},
	{"pymongo-wrappers", of("PyMongo", onlyThey(extjson.ErrWrapper))},

	{"libbson-infinity", of("libbson", all(writes(bson.TypeDouble), infinite))},
	{"libbson-late-dates", of("libbson", writes(bson.TypeDateTime))},
	{"libbson-symbol", of("libbson", writes(bson.TypeSymbol))},
	{"libbson-dbpointer", of("libbson", writes(bson.TypeDBPointer))},
	{"libbson-query-regex", of("libbson", all(reads(`"$regex"`), theyRefuse))},
	{"libbson-code-nul", of("libbson", reads(`"$code"`, `\u0000`))},
	{"libbson-regex-options", of("libbson", all(reads(`"$regularExpression"`), bothAccept))},
	{"libbson-leading-zeros", of("libbson", onlyThey(extjson.ErrToken))},
	{"libbson-range", of("libbson", onlyThey(extjson.ErrRange))},
	{"libbson-texts", of("libbson", onlyThey(extjson.ErrWrapperText))},
	{"libbson-wrappers", of("libbson", onlyThey(extjson.ErrWrapper))},

	{"js-undefined", of("js-bson", either(writes(bson.TypeUndefined), reads(`"$undefined"`)))},
	{"js-dbpointer", of("js-bson", either(writes(bson.TypeDBPointer), reads(`"$dbPointer"`)))},
	{"js-dates", of("js-bson", either(writes(bson.TypeDateTime), all(reads(`"$date"`), bothAccept)))},
	{"js-integers", of("js-bson", all(writes(bson.TypeInt64), inOp("relaxed")))},
	{"js-doubles", of("js-bson", all(either(writes(bson.TypeDouble), writes(bson.TypeObjectID)), inOp("relaxed")))},
	{"js-bare-numbers", of("js-bson", all(inOp("parse"), bothAccept, bareNumber))},
	{"js-dbref", of("js-bson", reads(`"$ref"`))},
	{"js-uuid-length", of("js-bson", all(theyRefuse, because("UUID")))},
	{"js-regex-options", of("js-bson", all(theyRefuse, because("regular expression option")))},
	{"js-range", of("js-bson", onlyThey(extjson.ErrRange))},
	{"js-texts", of("js-bson", onlyThey(extjson.ErrWrapperText))},
	{"js-wrappers", of("js-bson", onlyThey(extjson.ErrWrapper))},

	{"driver-escapes", of("Go driver", onlyThey(extjson.ErrEscape))},
	{"driver-control", of("Go driver", onlyThey(extjson.ErrControl))},
	{"driver-utf8", of("Go driver", onlyThey(bson.ErrUTF8))},
	{"driver-trailing", of("Go driver", onlyThey(extjson.ErrTrailing))},
	{"driver-texts", of("Go driver", onlyThey(extjson.ErrWrapperText))},
	{"driver-wrappers", of("Go driver", onlyThey(extjson.ErrWrapper))},
}

// The parts that matches is made of.

type test = func(tr *trial) bool

func all(tests ...test) test {
	return func(tr *trial) bool {
		for _, t := range tests {
			if !t(tr) {
				return false
			}
		}
		return true
	}
}

func either(tests ...test) test {
	return func(tr *trial) bool {
		for _, t := range tests {
			if t(tr) {
				return true
			}
		}
		return false
	}
}

func of(peer string, t test) test {
	return func(tr *trial) bool { return tr.peer == peer && t(tr) }
}

func inOp(op string) test { return func(tr *trial) bool { return tr.op == op } }

// writes: a value of that type is written; a document of several elements
// has the type of the first.
func writes(t bson.Type) test {
	return func(tr *trial) bool { return tr.op != "parse" && tr.typ == t }
}

// reads: both words are in the text that is read.
func reads(words ...string) test {
	return func(tr *trial) bool {
		for _, w := range words {
			if tr.op != "parse" || !strings.Contains(tr.in, w) {
				return false
			}
		}
		return true
	}
}

func theyRefuse(tr *trial) bool { return tr.ourErr == nil && tr.theirErr != nil }

func bothAccept(tr *trial) bool { return tr.ourErr == nil && tr.theirErr == nil }

// onlyThey: they read what we refuse with that error.
func onlyThey(err error) test {
	return func(tr *trial) bool {
		return tr.op == "parse" && tr.theirErr == nil && errors.Is(tr.ourErr, err)
	}
}

func because(why string) test {
	return func(tr *trial) bool { return tr.theirErr != nil && strings.Contains(tr.theirErr.Error(), why) }
}

func infinite(tr *trial) bool {
	c := bson.NewCursor(tr.doc)
	return c.Next() && c.Type() == bson.TypeDouble && math.IsInf(c.Double(), 0)
}

// bareNumber: a bare double or int64 is read, alone or in a document.
func bareNumber(tr *trial) bool {
	c := bson.NewCursor([]byte(tr.ours))
	return !strings.Contains(tr.in, `"$numberDouble"`) && !strings.Contains(tr.in, `"$numberLong"`) && hasNumber(&c)
}

func hasNumber(c *bson.Cursor) bool {
	for c.Next() {
		switch {
		case c.Type() == bson.TypeDouble || c.Type() == bson.TypeInt64:
			return true
		case c.Type().IsContainer() && c.Enter():
			if hasNumber(c) {
				return true
			}
			c.Leave()
		}
	}
	return false
}
