package interop

import (
	"cmp"
	"errors"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/corpus"
)

// A difference is a row of docs/differences.md, and a test for the trials that
// it explains. Only the first difference that matches a trial counts.
type difference struct {
	id      string // name of the row
	matches func(tr *trial) bool
}

// differences lists the rows in the order in which known tries them.
var differences = []difference{
	{"pymongo-spells-delete", of("PyMongo", spelled("\x7f", `\u007f`))},
	{"pymongo-id-first", of("PyMongo", all(inOp("parse"), asIf(idFirst)))},
	{"pymongo-repeated-keys", of("PyMongo", either(asIf(lastWins), all(inOp("parse"), asIf(lastWins, idFirst))))},
	{"pymongo-top-level", of("PyMongo", all(specialAtTop, theyRefuse))},
	{"pymongo-undefined", of("PyMongo", either(writes(bson.TypeUndefined), reads(`"$undefined"`)))},
	{"pymongo-symbol", of("PyMongo", either(writes(bson.TypeSymbol), reads(`"$symbol"`)))},
	{"pymongo-dbpointer", of("PyMongo", either(writes(bson.TypeDBPointer), reads(`"$dbPointer"`)))},
	{"pymongo-dbref", of("PyMongo", all(reads(`"$ref"`), either(because("KeyError"), asIf(refFirst))))},
	{"pymongo-byte-order-mark", of("PyMongo", all(theyRefuse, marked))},
	{"pymongo-bare-nan", of("PyMongo", all(reads("NaN"), onlyThey(extjson.ErrToken)))},
	{"pymongo-dates", of("PyMongo", either(all(writes(bson.TypeDateTime), theyRefuse), all(reads(`"$date"`), theyRefuse)))},
	{"pymongo-uuid-length", of("PyMongo", all(writes(bson.TypeBinary), theyRefuse))},
	{"pymongo-infinity", of("PyMongo", all(writes(bson.TypeDouble), notFinite))},
	{"pymongo-regex-options", of("PyMongo", all(reads(`"$reg`), bothAccept))},
	{"pymongo-subtype-255", of("PyMongo", all(inText(subtype255), theyRefuse))},
	{"pymongo-big-integers", of("PyMongo", all(theyRefuse, because("8-byte ints")))},
	{"pymongo-surrogates", of("PyMongo", onlyThey(extjson.ErrSurrogate))},
	{"pymongo-range", of("PyMongo", onlyThey(extjson.ErrRange))},
	{"pymongo-coefficients", of("PyMongo", all(writes(bson.TypeDecimal128), theyRefuse))},
	{"pymongo-depth", of("PyMongo", all(inOp("write"), because("RecursionError")))},
	{"pymongo-legacy", of("PyMongo", asLegacy)},
	{"pymongo-zones", of("PyMongo", all(reads(`"$date"`), onlyThey(extjson.ErrWrapperText), inText(halfZone)))},
	{"pymongo-uuid-hyphens", of("PyMongo", all(reads(`"$uuid"`), onlyThey(extjson.ErrWrapperText)))},
	{"pymongo-texts", of("PyMongo", onlyThey(extjson.ErrWrapperText))},
	{"pymongo-wrappers", of("PyMongo", onlyThey(extjson.ErrWrapper))},
	{"pymongo-unread-text", of("PyMongo", readsAs(unread))},
	{"pymongo-last-nul", of("PyMongo", readsAs(lengthened))},
	{"pymongo-beyond", of("PyMongo", all(malformed(bson.ErrLength), cutBinary))},

	{"libbson-spells-doubles", of("libbson", all(inOp("spell"), about(bson.TypeDouble)))},
	{"libbson-infinity", of("libbson", all(writes(bson.TypeDouble), notFinite))},
	{"libbson-late-dates", of("libbson", writes(bson.TypeDateTime))},
	{"libbson-symbol", of("libbson", writes(bson.TypeSymbol))},
	{"libbson-dbpointer", of("libbson", writes(bson.TypeDBPointer))},
	{"libbson-query-regex", of("libbson", all(reads(`"$regex"`), either(theyRefuse, all(bothAccept, noOptions))))},
	{"libbson-options", of("libbson", all(theyRefuse, because(`Missing "$regex"`)))},
	{"libbson-byte-order-mark", of("libbson", all(theyRefuse, marked))},
	{"libbson-code-in-arrays", of("libbson", either(all(inOp("parse"), bothAccept, butArrayKeys), because("Error storing ")))},
	{"libbson-code-in-scopes", of("libbson", all(reads(`"$code"`, `"$scope"`), bothAccept, codeInScope))},
	{"libbson-code-nul", of("libbson", reads(`"$code"`, `\u0000`))},
	{"libbson-regex-options", of("libbson", all(either(reads(`"$regularExpression"`), reads(`"$regex"`, `"$options"`)), bothAccept))},
	{"libbson-top-level-arrays", of("libbson", all(onlyThey(extjson.ErrToken), inText(array)))},
	{"libbson-bare-nan", of("libbson", all(onlyThey(extjson.ErrToken), inText(bareNaN)))},
	{"libbson-bare-numbers", of("libbson", either(onlyThey(extjson.ErrToken), onlyThey(extjson.ErrNumber)))},
	{"libbson-big-integers", of("libbson", either(all(theyRefuse, because("is out of range")), all(inOp("parse"), bothAccept, bigInteger)))},
	{"libbson-trailing", of("libbson", onlyThey(extjson.ErrTrailing))},
	{"libbson-overlong", of("libbson", all(onlyThey(bson.ErrUTF8), reads("\xc0\x80")))},
	{"libbson-zones", of("libbson", all(theyRefuse, because("could not parse timezone")))},
	{"libbson-fractions", of("libbson", all(theyRefuse, because("milliseconds must be an integer")))},
	{"libbson-coefficients", of("libbson", all(writes(bson.TypeDecimal128), bothAccept))},
	{"libbson-decimal-nan", of("libbson", all(bothAccept, negativeNaN))},
	{"libbson-exponents", of("libbson", all(reads(`"$numberDecimal"`), bothAccept, inText(longExponent)))},
	{"libbson-depth", of("libbson", all(inOp("write"), theyWrite("{ ... }")))},
	{"libbson-legacy", of("libbson", asLegacy)},
	{"libbson-many-digits", of("libbson", all(reads(`"$numberDecimal"`), onlyThey(extjson.ErrRange), theyReadDecimalNaN))},
	{"libbson-range", of("libbson", onlyThey(extjson.ErrRange))},
	{"libbson-texts", of("libbson", onlyThey(extjson.ErrWrapperText))},
	{"libbson-wrappers", of("libbson", onlyThey(extjson.ErrWrapper))},
	{"libbson-unread-text", of("libbson", all(malformed(bson.ErrUTF8), readsAs(unread)))},
	{"libbson-type-0", of("libbson", all(malformed(bson.ErrType), readsAs(cut)))},
	{"libbson-code-terminator", of("libbson", readsAs(terminated))},
	{"libbson-terminator", of("libbson", malformed(bson.ErrTerminator))},

	{"js-spells-doubles", of("js-bson", all(inOp("spell"), about(bson.TypeDouble), sameLetters))},
	{"js-repeated-keys", of("js-bson", asIf(lastWins))},
	{"js-key-order", of("js-bson", asIf(lastWins, indexesFirst))},
	{"js-top-level", of("js-bson", all(specialAtTop, theyRefuse))},
	{"js-undefined", of("js-bson", either(writes(bson.TypeUndefined), reads(`"$undefined"`)))},
	{"js-dbpointer", of("js-bson", either(writes(bson.TypeDBPointer), reads(`"$dbPointer"`)))},
	{"js-query-regex", of("js-bson", all(reads(`"$regex"`), bothAccept, noOptions))},
	{"js-byte-order-mark", of("js-bson", all(theyRefuse, marked))},
	{"js-surrogates", of("js-bson", onlyThey(extjson.ErrSurrogate))},
	{"js-dates", of("js-bson", either(writes(bson.TypeDateTime), all(reads(`"$date"`), bothAccept)))},
	{"js-integers", of("js-bson", all(writes(bson.TypeInt64), inMode("relaxed")))},
	{"js-doubles", of("js-bson", all(either(writes(bson.TypeDouble), writes(bson.TypeObjectID)), inMode("relaxed")))},
	{"js-bare-numbers", of("js-bson", all(inOp("parse"), bothAccept, either(bareNumber, reads("-0"))))},
	{"js-dbref", of("js-bson", reads(`"$ref"`))},
	{"js-vector", of("js-bson", all(theyRefuse, because("Invalid Vector")))},
	{"js-uuid-length", of("js-bson", all(theyRefuse, because("UUID")))},
	{"js-regex-options", of("js-bson", all(theyRefuse, because("regular expression option")))},
	{"js-negative-zero", of("js-bson", all(theyRefuse, because("is in an invalid format")))},
	{"js-coefficients", of("js-bson", all(writes(bson.TypeDecimal128), bothAccept))},
	{"js-decimal-nan", of("js-bson", all(bothAccept, negativeNaN))},
	{"js-legacy", of("js-bson", asLegacy)},
	{"js-range", of("js-bson", onlyThey(extjson.ErrRange))},
	{"js-texts", of("js-bson", onlyThey(extjson.ErrWrapperText))},
	{"js-wrappers", of("js-bson", onlyThey(extjson.ErrWrapper))},
	{"js-invalid-utf8", of("js-bson", readsAs(replaced))},

	{"shell-repeated-keys", of("shell-bson-parser", either(asIf(lastWins), because("Redefinition of __proto__")))},
	{"shell-key-order", of("shell-bson-parser", asIf(lastWins, indexesFirst))},
	{"shell-undefined", of("shell-bson-parser", all(about(bson.TypeUndefined), bothAccept))},
	{"shell-symbol", of("shell-bson-parser", about(bson.TypeSymbol))},
	{"shell-dbpointer", of("shell-bson-parser", about(bson.TypeDBPointer))},
	{"shell-dates", of("shell-bson-parser", all(about(bson.TypeDateTime), beyondDate))},
	{"shell-doubles", of("shell-bson-parser", all(about(bson.TypeDouble), bothAccept))},
	{"shell-timestamps", of("shell-bson-parser", all(about(bson.TypeTimestamp), inOp("back")))},
	{"shell-scopes", of("shell-bson-parser", all(scoped, inOp("back")))},
	{"shell-regex", of("shell-bson-parser", about(bson.TypeRegex))},
	{"shell-separators", of("shell-bson-parser", all(theyRefuse, separator))},
	{"shell-commas", of("shell-bson-parser", all(theyRefuse, because("Unexpected token"), commaAtEnd))},
	{"shell-keys", of("shell-bson-parser", all(either(about(bson.TypeMinKey), about(bson.TypeMaxKey)), theyRefuse))},
	{"shell-decimals", of("shell-bson-parser", all(theyRefuse, because("representation.match")))},
	{"shell-vector", of("shell-bson-parser", all(theyRefuse, because("Invalid Vector")))},
	{"shell-coefficients", of("shell-bson-parser", all(about(bson.TypeDecimal128), inOp("back"), because("decimal has more than 34 digits")))},
	{"shell-decimal-nan", of("shell-bson-parser", all(bothAccept, negativeNaN))},
	{"shell-depth", of("shell-bson-parser", all(inOp("back"), bothAccept, deep))},
	{"shell-object-ids", of("shell-bson-parser", all(reads("createFromHexString"), theyRefuse))},
	{"shell-clock", of("shell-bson-parser", onlyThey(extjson.ErrEvaluate))},
	{"shell-range", of("shell-bson-parser", onlyThey(extjson.ErrRange))},
	{"shell-escapes", of("shell-bson-parser", onlyThey(extjson.ErrEscape))},
	{"shell-control", of("shell-bson-parser", onlyThey(extjson.ErrControl))},
	{"shell-texts", of("shell-bson-parser", onlyThey(extjson.ErrWrapperText))},
	{"shell-expressions", of("shell-bson-parser", either(onlyThey(extjson.ErrToken), onlyThey(extjson.ErrNumber), onlyThey(extjson.ErrWrapper)))},

	{"driver-spells-dates", of("Go driver", all(about(bson.TypeDateTime), spelled(`00Z"`, `Z"`, `0Z"`, `Z"`)))},
	{"driver-nan", of("Go driver", all(inOp("parse"), bothAccept, notFinite))},
	{"driver-byte-order-mark", of("Go driver", all(theyRefuse, marked))},
	{"driver-scope-first", of("Go driver", all(theyRefuse, because("$code before $scope")))},
	{"driver-surrogates", of("Go driver", onlyThey(extjson.ErrSurrogate))},
	{"driver-escapes", of("Go driver", onlyThey(extjson.ErrEscape))},
	{"driver-control", of("Go driver", onlyThey(extjson.ErrControl))},
	{"driver-utf8", of("Go driver", onlyThey(bson.ErrUTF8))},
	{"driver-trailing", of("Go driver", onlyThey(extjson.ErrTrailing))},
	{"driver-coefficients", of("Go driver", all(writes(bson.TypeDecimal128), bothAccept))},
	{"driver-decimal-nan", of("Go driver", all(bothAccept, negativeNaN))},
	{"driver-legacy", of("Go driver", asLegacy)},
	{"driver-texts", of("Go driver", onlyThey(extjson.ErrWrapperText))},
	{"driver-wrappers", of("Go driver", onlyThey(extjson.ErrWrapper))},
	{"driver-invalid-utf8", of("Go driver", readsAs(replaced))},
	{"driver-code-terminator", of("Go driver", readsAs(terminated))},
	{"driver-binary-old", of("Go driver", either(readsAs(innerLength), readsLike(noInnerLength, oneSubtype)))},
}

// A test reports whether a property holds for a trial. The matches of a
// difference is a combination of the tests below.
type test = func(tr *trial) bool

// all is true if all of tests are.
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

// either is true if one of tests is.
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

func inMode(mode string) test { return func(tr *trial) bool { return tr.mode == mode } }

// writes: the trial writes a document whose only value has the type.
func writes(t bson.Type) test {
	return func(tr *trial) bool { return tr.op != "parse" && tr.typ == t }
}

// about: the document has a single value, and the value has the type.
func about(t bson.Type) test { return func(tr *trial) bool { return tr.typ == t } }

// reads: the trial reads a text that contains all of words.
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

// theyRefuse: only the peer returns an error.
func theyRefuse(tr *trial) bool { return tr.ourErr == nil && tr.theirErr != nil }

func bothAccept(tr *trial) bool { return tr.ourErr == nil && tr.theirErr == nil }

// onlyThey: the peer accepts a text that is this error here.
func onlyThey(err error) test {
	return func(tr *trial) bool {
		return tr.op == "parse" && tr.theirErr == nil && errors.Is(tr.ourErr, err)
	}
}

// because: the error message of the peer contains why.
func because(why string) test {
	return func(tr *trial) bool { return tr.theirErr != nil && strings.Contains(tr.theirErr.Error(), why) }
}

// A change returns the changed elements of a document. top says whether it is
// the outermost document.
type change func(elements []element, top bool) []element

// lastWins keeps one element of each key: the last value, in the place of the
// first.
func lastWins(elements []element, _ bool) (out []element) {
	at := make(map[string]int)
	for _, e := range elements {
		if i, ok := at[e.key]; ok {
			out[i] = e
			continue
		}
		at[e.key] = len(out)
		out = append(out, e)
	}
	return out
}

// idFirst moves _id to the front of the outermost document.
func idFirst(elements []element, top bool) []element {
	i := slices.IndexFunc(elements, func(e element) bool { return e.key == "_id" })
	if !top || i < 0 {
		return elements
	}
	return slices.Concat(elements[i:i+1], elements[:i], elements[i+1:])
}

// refFirst moves $ref, $id and $db, in this order, to the front of a document
// with $ref.
func refFirst(elements []element, _ bool) []element {
	if !slices.ContainsFunc(elements, func(e element) bool { return e.key == "$ref" }) {
		return elements
	}
	rank := map[string]int{"$ref": -3, "$id": -2, "$db": -1}
	out := slices.Clone(elements)
	slices.SortStableFunc(out, func(a, b element) int { return cmp.Compare(rank[a.key], rank[b.key]) })
	return out
}

// indexesFirst moves the keys that are array indexes to the front, in numeric
// order.
func indexesFirst(elements []element, _ bool) []element {
	index := func(e element) uint64 {
		n, err := strconv.ParseUint(e.key, 10, 32)
		if err != nil || n == math.MaxUint32 || strconv.FormatUint(n, 10) != e.key {
			return math.MaxUint32
		}
		return n
	}
	out := slices.Clone(elements)
	slices.SortStableFunc(out, func(a, b element) int { return cmp.Compare(index(a), index(b)) })
	return out
}

// changed returns doc with changes applied to it and to all documents in it.
func changed(doc string, top bool, changes []change) string {
	elements := elementsOf(doc)
	for i, e := range elements {
		inner, wrap := e.contents()
		if len(inner) == 0 {
			continue
		}
		if e.typ == bson.TypeArray {
			// The elements are changed one by one, so their order stays.
			for k, v := range inner {
				inner[k] = elementsOf(changed(documentOf(v), false, changes))[0]
			}
			elements[i] = wrap(inner)
			continue
		}
		elements[i] = wrap(elementsOf(changed(documentOf(inner...), false, changes)))
	}
	for _, c := range changes {
		elements = c(elements, top)
	}
	return documentOf(elements...)
}

// asIf: the results agree if changes are applied to the document.
func asIf(changes ...change) test {
	return func(tr *trial) bool {
		if !bothAccept(tr) {
			return false
		}
		if tr.op == "parse" {
			return changed(tr.ours, true, changes) == tr.theirs
		}
		text, err := tr.dialect.out.AppendJSON(nil, []byte(changed(tr.doc, true, changes)))
		if err != nil {
			return false
		}
		if tr.op == "back" {
			ours, err := read(tr.dialect.in, string(text))
			return err == nil && ours == tr.theirs
		}
		ours, oursErr := corpus.Meaning(string(text))
		theirs, theirsErr := corpus.Meaning(tr.theirs)
		return oursErr == nil && theirsErr == nil && ours == theirs
	}
}

// specialAtTop: the only key of the outermost document would be special in an
// inner document.
func specialAtTop(tr *trial) bool {
	if tr.op != "parse" {
		return false
	}
	elements := elementsOf(tr.ours)
	if len(elements) != 1 {
		return false
	}
	return isSpecial(elements[0].key)
}

func isSpecial(key string) bool {
	return strings.HasPrefix(key, "$") && strings.Contains(specialKeys, key+" ")
}

// specialKeys lists the keys that peers treat as special in every document.
const specialKeys = "$oid $date $regex $regularExpression $minKey $maxKey $binary $code $uuid $undefined $numberLong $timestamp $numberDecimal $dbPointer $numberInt $numberDouble $symbol $scope "

// butArrayKeys: the documents differ only in the keys of arrays.
func butArrayKeys(tr *trial) bool { return changed(tr.theirs, true, nil) == tr.ours }

// codeInScope: a scope contains another code.
func codeInScope(tr *trial) bool {
	var in func(elements []element, scope bool) bool
	in = func(elements []element, scope bool) bool {
		return slices.ContainsFunc(elements, func(e element) bool {
			inner, _ := e.contents()
			return scope && (e.typ == bson.TypeCode || e.typ == bson.TypeCodeWithScope) || in(inner, scope || e.typ == bson.TypeCodeWithScope)
		})
	}
	return in(elementsOf(tr.ours), false)
}

// beyondDate: the first value is a datetime out of the range of JavaScript's
// Date.
func beyondDate(tr *trial) bool {
	c := bson.NewCursor([]byte(tr.ours))
	const limit = 8_640_000_000_000_000 // ms, 100 million days
	return c.Next() && c.Type() == bson.TypeDateTime && (c.DateTime() > limit || c.DateTime() < -limit)
}

// scoped: the only value of the document is a code with scope.
func scoped(tr *trial) bool {
	elements := elementsOf(tr.doc)
	return len(elements) == 1 && elements[0].typ == bson.TypeCodeWithScope
}

// separator: the text contains U+2028 or U+2029.
func separator(tr *trial) bool { return strings.ContainsAny(tr.in, "\u2028\u2029") }

// commaAtEnd: a comma follows the last argument of a call.
func commaAtEnd(tr *trial) bool { return strings.Contains(tr.in, ",)") }

// marked: the text starts with a byte order mark.
func marked(tr *trial) bool { return strings.HasPrefix(tr.in, "\ufeff") }

// noOptions: the text does not contain the key $options.
func noOptions(tr *trial) bool { return !strings.Contains(tr.in, `"$options"`) }

// bigInteger: the text has a number of 19 digits or more, and we read a double
// or an int64.
func bigInteger(tr *trial) bool {
	c := bson.NewCursor([]byte(tr.ours))
	return manyDigits.MatchString(tr.in) && hasNumber(&c)
}

var manyDigits = regexp.MustCompile(`[0-9]{19}`)

// asLegacy: the peer accepts a text that we accept only with Legacy, and both
// read the same document.
func asLegacy(tr *trial) bool {
	if tr.op != "parse" || tr.ourErr == nil || tr.theirErr != nil {
		return false
	}
	doc, err := read(extjson.DecodeOptions{Legacy: true}, tr.in)
	return err == nil && doc == tr.theirs
}

// inText: the trial reads a text that part matches.
func inText(part *regexp.Regexp) test {
	return func(tr *trial) bool { return tr.op == "parse" && part.MatchString(tr.in) }
}

var (
	array        = regexp.MustCompile(`^\s*\[`)
	subtype255   = regexp.MustCompile(`(?i)"ff"`)
	bareNaN      = regexp.MustCompile(`(?i)[^"](nan|infinity)\b`)
	halfZone     = regexp.MustCompile(`T[0-9:.]+([+-][0-9]{2})?"`) // no zone, or a zone of hours alone
	longExponent = regexp.MustCompile(`(?i)E[+-]?0*[0-9]{10}`)
)

// negativeNaN: we read a text with a minus sign as a decimal NaN.
func negativeNaN(tr *trial) bool {
	c := bson.NewCursor([]byte(tr.ours))
	return tr.op == "parse" && c.Next() && c.Type() == bson.TypeDecimal128 && c.Decimal128().IsNaN() && strings.Contains(tr.in, `"-`)
}

// theyReadDecimalNaN: the first value that the peer reads is a decimal NaN.
func theyReadDecimalNaN(tr *trial) bool {
	c := bson.NewCursor([]byte(tr.theirs))
	return c.Next() && c.Type() == bson.TypeDecimal128 && c.Decimal128().IsNaN()
}

// deep: the document has more than 101 levels, and the peer writes 101 of them.
func deep(tr *trial) bool { return levels(tr.doc) > 101 && levels(tr.theirs) == 101 }

// levels returns the number of nested containers of doc, following the first
// element of each container.
func levels(doc string) int {
	c := bson.NewCursor([]byte(doc))
	n := 1
	for c.Next() && c.Type().IsContainer() && c.Enter() {
		n++
	}
	return n
}

// theyWrite: the peer's text contains part.
func theyWrite(part string) test {
	return func(tr *trial) bool { return strings.Contains(tr.theirs, part) }
}

// spelled: the peer's text is our text with the replacements oldnew, which are
// pairs of an old and a new spelling.
func spelled(oldnew ...string) test {
	return all(inOp("spell"), bothAccept, func(tr *trial) bool {
		text := tr.ours
		for i := 0; i < len(oldnew); i += 2 {
			text = strings.ReplaceAll(text, oldnew[i], oldnew[i+1])
		}
		return text == tr.theirs
	})
}

// sameLetters: the texts differ only in the case of letters.
func sameLetters(tr *trial) bool { return strings.EqualFold(tr.ours, tr.theirs) }

// notFinite: the first value is a NaN or an infinity.
func notFinite(tr *trial) bool {
	doc := tr.doc
	if tr.op == "parse" {
		doc = tr.ours
	}
	c := bson.NewCursor([]byte(doc))
	return c.Next() && c.Type() == bson.TypeDouble && c.Double()-c.Double() != 0
}

// bareNumber: the text has no wrapper of a double or an int64, and we read a
// double or an int64.
func bareNumber(tr *trial) bool {
	c := bson.NewCursor([]byte(tr.ours))
	return !strings.Contains(tr.in, `"$numberDouble"`) && !strings.Contains(tr.in, `"$numberLong"`) && hasNumber(&c)
}

// hasNumber reports whether the open container of c has a double or an int64, at
// any depth.
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
