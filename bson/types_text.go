package bson

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file writes values for people, as MongoDB's shell spells them. It is
// for logs and messages and is not read back; Extended JSON, which is, is in
// package extjson.

// maxShellDepth is how deep containers are nested in a text for people.
const maxShellDepth = 100

// String returns d as {"key": value, …} in the shell's spelling.
func (d D) String() string { return string(appendShell(nil, d, 0)) }

// String returns m as {"key": value, …} in the shell's spelling, keys sorted.
func (m M) String() string { return string(appendShell(nil, m, 0)) }

// String returns a as [value, …] in the shell's spelling.
func (a A) String() string { return string(appendShell(nil, a, 0)) }

// String returns e as "key": value in the shell's spelling.
func (e E) String() string {
	return string(appendShell(append(strconv.AppendQuote(nil, e.Key), ": "...), e.Value, 0))
}

// String returns BinData(subtype, "base64").
func (b Binary) String() string { return string(appendShell(nil, b, 0)) }

// String returns /pattern/options.
func (r Regex) String() string { return string(appendShell(nil, r, 0)) }

// String returns Timestamp(seconds, increment).
func (t Timestamp) String() string { return string(appendShell(nil, t, 0)) }

// String returns ISODate("…"), or Date(milliseconds) outside the years 0 to
// 9999.
func (d DateTime) String() string { return string(appendShell(nil, d, 0)) }

// String returns Code("…"). The code itself is string(c).
func (c Code) String() string { return string(appendShell(nil, c, 0)) }

// String returns Code("…", scope).
func (c CodeWithScope) String() string { return string(appendShell(nil, c, 0)) }

// String returns Symbol("…"). The text itself is string(s).
func (s Symbol) String() string { return string(appendShell(nil, s, 0)) }

// String returns undefined.
func (Undefined) String() string { return "undefined" }

// String returns null.
func (Null) String() string { return "null" }

// String returns DBPointer("namespace", id).
func (p DBPointer) String() string { return string(appendShell(nil, p, 0)) }

// String returns DBRef("collection", id, "database"), followed by the extra
// elements as a document if there are any.
func (r DBRef) String() string { return string(appendShell(nil, r, 0)) }

// String returns MinKey().
func (MinKey) String() string { return "MinKey()" }

// String returns MaxKey().
func (MaxKey) String() string { return "MaxKey()" }

// String returns Vector(type, [elements]).
func (v Vector) String() string { return string(appendShell(nil, v, 0)) }

// String returns r as {"key": value, …} in the shell's spelling, or says that
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

// String returns v in the shell's spelling, or says that it is malformed.
func (v RawValue) String() string {
	var x any
	if err := v.Unmarshal(&x); err != nil {
		return "RawValue(" + v.Type.String() + ", malformed)"
	}
	return string(appendShell(nil, x, 0))
}

// LogValue returns r as a D's LogValue is, for log/slog.
func (r Raw) LogValue() slog.Value {
	var d D
	if err := Unmarshal(r, &d); err != nil {
		return slog.StringValue(r.String())
	}
	return d.LogValue()
}

// appendShell appends v in the shell's spelling. depth counts the containers
// around it.
func appendShell(dst []byte, v any, depth int) []byte {
	if depth > maxShellDepth {
		return append(dst, "…"...)
	}
	switch v := v.(type) {
	case D:
		return appendShellD(dst, v, depth)
	case M:
		return appendShellD(dst, sortedElements(v), depth)
	case map[string]any:
		return appendShellD(dst, sortedElements(v), depth)
	case A:
		return appendShellA(dst, v, depth)
	case []any:
		return appendShellA(dst, v, depth)
	case E:
		dst = append(strconv.AppendQuote(dst, v.Key), ": "...)
		return appendShell(dst, v.Value, depth+1)
	case CodeWithScope:
		dst = append(call(dst, "Code", string(v.Code)), ", "...)
		return append(appendShell(dst, v.Scope, depth+1), ')')
	case DBRef:
		dst = append(call(dst, "DBRef", v.Ref), ", "...)
		dst = appendShell(dst, v.ID, depth+1)
		if v.DB != "" {
			dst = strconv.AppendQuote(append(dst, ", "...), v.DB)
		}
		if len(v.Extra) > 0 {
			dst = appendShellD(append(dst, ", "...), v.Extra, depth+1)
		}
		return append(dst, ')')
	}
	return appendShellLeaf(dst, v)
}

func appendShellD(dst []byte, d D, depth int) []byte {
	dst = append(dst, '{')
	for i, e := range d {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(strconv.AppendQuote(dst, e.Key), ": "...)
		dst = appendShell(dst, e.Value, depth+1)
	}
	return append(dst, '}')
}

func appendShellA(dst []byte, a []any, depth int) []byte {
	dst = append(dst, '[')
	for i, v := range a {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = appendShell(dst, v, depth+1)
	}
	return append(dst, ']')
}

// call appends name("text" without the closing parenthesis.
func call(dst []byte, name, text string) []byte {
	return strconv.AppendQuote(append(append(dst, name...), '('), text)
}

func appendShellLeaf(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil, Null:
		return append(dst, "null"...)
	case string:
		return strconv.AppendQuote(dst, v)
	case float64:
		return appendShellDouble(dst, v)
	case int64:
		return append(strconv.AppendInt(append(dst, `NumberLong("`...), v, 10), `")`...)
	case decimal128.Decimal:
		return append(v.Append(append(dst, `NumberDecimal("`...)), `")`...)
	case objectid.ID:
		return append(v.Append(append(dst, `ObjectId("`...)), `")`...)
	case Binary:
		dst = strconv.AppendInt(append(dst, "BinData("...), int64(v.Subtype), 10)
		return append(base64.StdEncoding.AppendEncode(append(dst, `, "`...), v.Data), `")`...)
	case []byte:
		return appendShellLeaf(dst, Binary{Data: v})
	case UUID:
		return append(v.Append(append(dst, `UUID("`...)), `")`...)
	case Vector:
		return appendShellVector(dst, v)
	case Regex:
		dst = append(append(dst, '/'), strings.ReplaceAll(v.Pattern, "/", `\/`)...)
		return append(append(dst, '/'), v.Options...)
	case Timestamp:
		return fmt.Appendf(dst, "Timestamp(%d, %d)", v.T, v.I)
	case DateTime:
		t := v.Time()
		if y := t.Year(); y < 0 || y > 9999 {
			return fmt.Appendf(dst, "Date(%d)", int64(v))
		}
		return t.AppendFormat(dst, `ISODate("2006-01-02T15:04:05.000Z")`)
	case time.Time:
		if d, err := DateTimeOf(v); err == nil {
			return appendShellLeaf(dst, d)
		}
	case Code:
		return append(call(dst, "Code", string(v)), ')')
	case Symbol:
		return append(call(dst, "Symbol", string(v)), ')')
	case DBPointer:
		dst = append(call(dst, "DBPointer", v.DB), ", "...)
		return append(appendShellLeaf(dst, v.Pointer), ')')
	}
	return fmt.Appendf(dst, "%v", v)
}

func appendShellDouble(dst []byte, v float64) []byte {
	switch {
	case math.IsNaN(v):
		return append(dst, "NaN"...)
	case math.IsInf(v, 0):
		if v < 0 {
			dst = append(dst, '-')
		}
		return append(dst, "Infinity"...)
	}
	return numtext.AppendDouble(dst, v)
}

func appendShellVector(dst []byte, v Vector) []byte {
	var elems any
	name := "none"
	switch v.Type() {
	case VectorInt8:
		name, elems = "int8", v.Int8()
	case VectorFloat32:
		name, elems = "float32", v.Float32()
	case VectorPackedBit:
		name = "packedBit"
		bits := make([]int8, 0, v.Len())
		for _, set := range v.Bits() {
			bits = append(bits, map[bool]int8{true: 1}[set])
		}
		elems = bits
	}
	dst = append(append(append(dst, "Vector("...), name...), ", ["...)
	if elems != nil {
		for i, n := 0, v.Len(); i < n; i++ {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = fmt.Append(dst, reflect.ValueOf(elems).Index(i).Interface())
		}
	}
	return append(dst, "])"...)
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
