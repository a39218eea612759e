package bson

import (
	"encoding/base64"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/jsontext"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/internal/shelltext"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file writes values for people, in the syntax of MongoDB's shell: the
// String methods, for logs and messages. The text of the values of a document is
// that of extjson's Mode Shell, except that an int32 is its digits; extjson reads
// both back.
//
//   - value counts the depth and known dispatches on the type: containers call
//     value again, leaf spells values without parts, foreign those of types
//     that are not BSON's.
//   - A text ends where values are nested too deeply, so the text of a value
//     that contains itself ends.

// String returns d as {"key": value, …} in the shell's spelling.
func (d D) String() string { return shellText(d) }

// String returns m as {"key": value, …} in the shell's spelling, keys sorted.
func (m M) String() string { return shellText(m) }

// String returns a as [value, …] in the shell's spelling.
func (a A) String() string { return shellText(a) }

// String returns e as "key": value in the shell's spelling.
func (e E) String() string { return shellText(e) }

// String returns BinData(subtype, "base64"), or UUID("…") for 16 bytes of
// subtype 4.
func (b Binary) String() string { return shellText(b) }

// String returns /pattern/options, or RegExp("pattern", "options") if the shell
// has no such literal. Options are sorted.
func (r Regex) String() string { return shellText(r) }

// String returns Timestamp(seconds, increment).
func (t Timestamp) String() string { return shellText(t) }

// String returns ISODate("…"), or new Date(milliseconds) outside the years 0 to
// 9999.
func (d DateTime) String() string { return shellText(d) }

// String returns Code("…"). The code itself is string(c).
func (c Code) String() string { return shellText(c) }

// String returns Code("…", scope).
func (c CodeWithScope) String() string { return shellText(c) }

// String returns BSONSymbol("…"). The text itself is string(s).
func (s Symbol) String() string { return shellText(s) }

// String returns undefined.
func (u Undefined) String() string { return shellText(u) }

// String returns null.
func (n Null) String() string { return shellText(n) }

// String returns DBPointer("namespace", id).
func (p DBPointer) String() string { return shellText(p) }

// String returns DBRef("collection", id, "database"), followed by the extra
// elements as a document if there are any. With these, a database that is
// missing is undefined.
func (r DBRef) String() string { return shellText(r) }

// String returns MinKey().
func (k MinKey) String() string { return shellText(k) }

// String returns MaxKey().
func (k MaxKey) String() string { return shellText(k) }

// String returns BinData(9, "base64"). For the elements, use Int8, Float32 or
// Bits.
func (v Vector) String() string { return shellText(v) }

// String returns r as {"key": value, …} in the shell's spelling, or a note that
// it is malformed.
func (r Raw) String() string {
	var d D
	if err := Unmarshal(r, &d); err != nil {
		return "Raw(" + strconv.Itoa(len(r)) + " bytes, malformed)"
	}
	return d.String()
}

// Format writes the bytes of r for the verbs x and X, and its String for
// others.
func (r Raw) Format(s fmt.State, verb rune) {
	switch verb {
	case 'x', 'X':
		fmt.Fprintf(s, fmt.FormatString(s, verb), []byte(r))
	case 'q':
		fmt.Fprintf(s, fmt.FormatString(s, verb), r.String())
	default:
		fmt.Fprintf(s, fmt.FormatString(s, 's'), r.String())
	}
}

// String returns v in the shell's spelling, or a note that it is malformed.
func (v RawValue) String() string {
	var x any
	if err := v.Unmarshal(&x); err != nil {
		return "RawValue(" + v.Type.String() + ", malformed)"
	}
	return shellText(x)
}

// shell has the fixed parts of calls.
var shell = shelltext.Spelling()

// maxShellDepth is the deepest nesting of containers in a text for people.
const maxShellDepth = 100

// A shellWriter writes one text.
type shellWriter struct {
	dst   []byte
	depth int  // containers around the value
	ended bool // something lay too deep: the text ends there
}

func shellText(v any) string {
	var w shellWriter
	w.value(v)
	return string(w.dst)
}

// value appends any value.
func (w *shellWriter) value(v any) {
	if w.depth > maxShellDepth && !w.ended {
		w.end()
	}
	if w.ended {
		return
	}
	w.depth++
	if !w.known(v) {
		w.foreign(reflect.ValueOf(v))
	}
	w.depth--
}

// known appends a value of one of BSON's types, or reports false.
func (w *shellWriter) known(v any) bool {
	switch v := v.(type) {
	case D:
		w.document(v)
	case M:
		w.document(sortedElements(v))
	case map[string]any:
		w.document(sortedElements(v))
	case A:
		w.array(v)
	case []any:
		w.array(v)
	case E:
		w.element(v)
	case CodeWithScope:
		w.add(shell.Scope[0])
		w.quote(string(v.Code))
		w.add(shell.Scope[1])
		w.value(v.Scope)
		w.add(shell.Scope[2])
	case DBRef:
		w.reference(v)
	case bsoncore.Document:
		w.add(Raw(v).String())
	case bsoncore.Value:
		w.add(rawValueOf(v).String())
	default:
		return w.leaf(v)
	}
	return true
}

// end ends the text.
func (w *shellWriter) end() {
	w.add("…")
	w.ended = true
}

// add appends text, unless the text has ended.
func (w *shellWriter) add(text string) {
	if !w.ended {
		w.dst = append(w.dst, text...)
	}
}

func (w *shellWriter) quote(text string) {
	if !w.ended {
		w.dst = jsontext.AppendQuote(w.dst, text)
	}
}

// call appends text between the two parts of a call.
func (w *shellWriter) call(c [2]string, text string) {
	w.add(c[0])
	w.quote(text)
	w.add(c[1])
}

func (w *shellWriter) element(e E) {
	w.quote(e.Key)
	w.add(": ")
	w.value(e.Value)
}

func (w *shellWriter) document(d D) {
	w.add("{")
	for i, e := range d {
		if i > 0 {
			w.add(", ")
		}
		if w.element(e); w.ended {
			return
		}
	}
	w.add("}")
}

func (w *shellWriter) array(a []any) {
	w.add("[")
	for i, v := range a {
		if i > 0 {
			w.add(", ")
		}
		if w.value(v); w.ended {
			return
		}
	}
	w.add("]")
}

func (w *shellWriter) reference(r DBRef) {
	w.add("DBRef(")
	w.quote(r.Ref)
	w.add(", ")
	w.value(r.ID)
	switch {
	case r.DB != "":
		w.add(", ")
		w.quote(r.DB)
	case len(r.Extra) > 0:
		w.add(", undefined")
	}
	if len(r.Extra) > 0 {
		w.add(", ")
		w.value(r.Extra)
	}
	w.add(")")
}

// leaf appends a value without parts, or reports false if v is none of BSON's.
func (w *shellWriter) leaf(v any) bool {
	dst := w.dst
	switch v := v.(type) {
	case nil, Null:
		dst = append(dst, "null"...)
	case Undefined:
		dst = append(dst, shell.Undefined...)
	case MinKey:
		dst = append(dst, shell.MinKey...)
	case MaxKey:
		dst = append(dst, shell.MaxKey...)
	case string:
		dst = jsontext.AppendQuote(dst, v)
	case float64:
		dst = appendShellDouble(dst, v)
	case int64:
		dst = append(strconv.AppendInt(append(dst, shell.Int64[0]...), v, 10), shell.Int64[1]...)
	case decimal128.Decimal:
		dst = append(v.Append(append(dst, shell.Decimal[0]...)), shell.Decimal[1]...)
	case objectid.ID:
		dst = append(v.Append(append(dst, shell.ObjectID[0]...)), shell.ObjectID[1]...)
	case Binary:
		if v.Subtype == BinaryUUID && len(v.Data) == len(UUID{}) {
			return w.leaf(UUID(v.Data))
		}
		dst = strconv.AppendInt(append(dst, shell.Binary[0]...), int64(v.Subtype), 10)
		dst = append(base64.StdEncoding.AppendEncode(append(dst, shell.Binary[1]...), v.Data), shell.Binary[2]...)
	case []byte:
		return w.leaf(Binary{Data: v})
	case Vector:
		return w.leaf(v.Binary())
	case UUID:
		dst = append(v.Append(append(dst, shell.UUID[0]...)), shell.UUID[1]...)
	case Regex:
		w.regex(v)
		return true
	case Timestamp:
		dst = strconv.AppendUint(append(dst, shell.Timestamp[0]...), uint64(v.T), 10)
		dst = strconv.AppendUint(append(dst, shell.Timestamp[1]...), uint64(v.I), 10)
		dst = append(dst, shell.Timestamp[2]...)
	case DateTime:
		dst = appendShellDate(dst, v)
	case time.Time:
		d, err := DateTimeOf(v)
		return err == nil && w.leaf(d)
	case Code:
		w.call(shell.Code, string(v))
		return true
	case Symbol:
		w.call(shell.Symbol, string(v))
		return true
	case DBPointer:
		w.add(shell.DBPointer[0])
		w.quote(v.DB)
		w.add(shell.DBPointer[1])
		w.leaf(v.Pointer)
		w.add(shell.DBPointer[2])
		return true
	default:
		return false
	}
	w.dst = dst
	return true
}

func appendShellDouble(dst []byte, v float64) []byte {
	switch {
	case math.IsNaN(v):
		return append(dst, shell.NaN...)
	case math.IsInf(v, 1):
		return append(dst, shell.Infinity...)
	case math.IsInf(v, -1):
		return append(dst, shell.NegativeInfinity...)
	}
	return numtext.AppendDouble(dst, v)
}

// appendShellDate appends a datetime as a date, with milliseconds if it has
// any, or as a number outside the years 0 to 9999.
func appendShellDate(dst []byte, v DateTime) []byte {
	t := v.Time()
	if y := t.Year(); y < 0 || y > 9999 {
		return append(strconv.AppendInt(append(dst, shell.Millis[0]...), int64(v), 10), shell.Millis[1]...)
	}
	layout := "2006-01-02T15:04:05.000Z"
	if v%1000 == 0 {
		layout = "2006-01-02T15:04:05Z"
	}
	return append(t.AppendFormat(append(dst, shell.Date[0]...), layout), shell.Date[1]...)
}

// regex appends a literal, or a call if the shell would read the literal as
// something else.
func (w *shellWriter) regex(r Regex) {
	sorted := []byte(r.Options)
	if utf8.Valid(sorted) {
		sortCharacters(sorted)
	}
	options := string(sorted)
	if shelltext.IsLiteralRegex([]byte(r.Pattern), sorted) {
		w.add("/" + r.Pattern + "/" + options)
		return
	}
	w.add(shell.Regex[0])
	w.quote(r.Pattern)
	w.add(shell.Regex[1])
	w.quote(options)
	w.add(shell.Regex[2])
}

// foreign appends a value of another type: the result of its method String,
// which may be declared on the pointer, or else its parts.
func (w *shellWriter) foreign(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		if v.IsNil() {
			w.add("null")
			return
		}
	}
	if v.Kind() != reflect.Pointer {
		v = pointerTo(v)
	} else if w.known(v.Elem().Interface()) {
		return
	}
	if isElements(v.Type().Elem()) {
		w.document(elementsOf(v.Elem()))
		return
	}
	switch v.Interface().(type) {
	case fmt.Stringer, fmt.Formatter, error:
		w.method(v.Interface(), v.Type().Elem())
		return
	}
	switch v = v.Elem(); v.Kind() {
	case reflect.Pointer, reflect.Interface:
		w.value(v.Interface())
	case reflect.String:
		w.quote(v.String())
	case reflect.Float64:
		w.leaf(v.Float())
	case reflect.Struct:
		w.structure(v)
	case reflect.Map:
		d := make(D, 0, v.Len())
		for it := v.MapRange(); it.Next(); {
			var key shellWriter
			key.method(it.Key().Interface(), it.Key().Type())
			if text := string(key.dst); holdsValues(it.Key().Type()) && strings.Contains(text, "…") {
				w.end()
				return
			}
			d = append(d, E{string(key.dst), it.Value().Interface()})
		}
		slices.SortFunc(d, func(a, b E) int { return strings.Compare(a.Key, b.Key) })
		w.document(d)
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			w.leaf(Binary{Data: v.Bytes()})
			return
		}
		a := make(A, v.Len())
		for i := range a {
			a[i] = v.Index(i).Interface()
		}
		w.array(a)
	default:
		w.add(fmt.Sprint(v.Interface()))
	}
}

// maxMethods is how many methods of other types may be under way in a goroutine
// that were called for a text.
const maxMethods = 20

// method appends what fmt prints for v, by a method perhaps, which may print
// values of this package itself if type t can have any in it.
func (w *shellWriter) method(v any, t reflect.Type) {
	around := 0
	if holdsValues(t) || t.Kind() == reflect.Interface {
		around = countCaller(1)
	}
	if around >= maxMethods {
		w.end()
		return
	}
	text := fmt.Sprint(v)
	w.add(text)
	// A text within ended. If this is within one itself, all end, so that a
	// value that contains itself often does not get longer each time.
	w.ended = w.ended || around > 0 && strings.Contains(text, "…")
}

// structure appends a struct as a document of its fields.
func (w *shellWriter) structure(v reflect.Value) {
	var d D
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		if name, _, skip := tagOf(sf, false); sf.IsExported() && !skip {
			d = append(d, E{name, v.Field(i).Interface()})
		}
	}
	w.document(d)
}

// sortedElements returns the elements of m by key.
func sortedElements(m map[string]any) D {
	d := make(D, 0, len(m))
	for k, v := range m {
		d = append(d, E{k, v})
	}
	slices.SortFunc(d, func(a, b E) int { return strings.Compare(a.Key, b.Key) })
	return d
}
