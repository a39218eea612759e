package bson

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/replace"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file writes the most frequent values of an any, a D, an M or an A, and
// leaves the others to the plans of their types.

// appendAny appends any value.
func (e *encoder) appendAny(dst []byte, v any) ([]byte, Type) {
	if e.Codecs != nil {
		return e.appendPlanned(dst, v)
	}
	switch v := v.(type) {
	case nil:
		return dst, TypeNull
	case string:
		return e.appendText(dst, v, TypeString)
	case int32:
		return binary.LittleEndian.AppendUint32(dst, uint32(v)), TypeInt32
	case float64:
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v)), TypeDouble
	case bool:
		if v {
			return append(dst, 1), TypeBoolean
		}
		return append(dst, 0), TypeBoolean
	case int64:
		return e.appendInt64(dst, v)
	case int:
		return appendInt(dst, v)
	case objectid.ID:
		return append(dst, v[:]...), TypeObjectID
	case D:
		return e.appendD(dst, v, typeD)
	case DateTime:
		return binary.LittleEndian.AppendUint64(dst, uint64(v)), TypeDateTime
	case A:
		return e.appendA(dst, v, typeA)
	case decimal128.Decimal:
		return appendDecimal(dst, v), TypeDecimal128
	case M:
		return e.appendMap(dst, v, typeM)
	case Binary:
		return bsoncore.AppendBinaryValue(dst, v.Subtype, v.Data), TypeBinary
	case time.Time:
		return e.appendTime(dst, v)
	case map[string]any:
		return e.appendMap(dst, v, typeMap)
	case []any:
		return e.appendA(dst, v, typeList)
	}
	return e.appendPlanned(dst, v)
}

// appendPlanned appends a value by the plan of its type. It writes the layouts of the
// driver's most frequent types itself.
func (e *encoder) appendPlanned(dst []byte, v any) ([]byte, Type) {
	if v == nil {
		return dst, TypeNull
	}
	p := e.planOf(reflect.TypeOf(v))
	switch p.op {
	case opCall:
		if p.like != nil && e.Codecs == nil {
			return e.appendAny(dst, retyped(v, p.like))
		}
	case opID:
		return append(dst, as[objectid.ID](placeIn(v))[:]...), TypeObjectID
	case opDateTime:
		return binary.LittleEndian.AppendUint64(dst, *as[uint64](placeIn(v))), TypeDateTime
	case opDecimal:
		return appendDecimal(dst, *as[decimal128.Decimal](placeIn(v))), TypeDecimal128
	case opBinary:
		b := as[Binary](placeIn(v))
		return bsoncore.AppendBinaryValue(dst, b.Subtype, b.Data), TypeBinary
	case opD:
		return e.appendD(dst, *as[D](placeIn(v)), p.typ)
	case opList:
		return e.appendA(dst, *as[[]any](placeIn(v)), p.typ)
	}
	return p.enc(e, dst, reflect.ValueOf(v))
}

// appendD appends a document. typ is the Go type that has the layout of a D, for a fault;
// appendElements, appendA and appendMap have such a type too.
func (e *encoder) appendD(dst []byte, d D, typ reflect.Type) ([]byte, Type) {
	if d == nil {
		return e.nilSlice(dst, typ)
	}
	return e.appendElements(dst, d, typ)
}

func (e *encoder) appendElements(dst []byte, d []E, typ reflect.Type) ([]byte, Type) {
	if !e.enter() {
		return e.fail(dst, typ, ErrDepth)
	}
	dst, mark := bsoncore.Begin(dst)
	for i := range d {
		if len(dst) > e.next {
			dst = e.grow(dst, mark, i, len(d))
		}
		at := len(dst)
		var ok bool
		if dst, ok = e.appendKey(dst, d[i].Key); !ok {
			return e.badKey(dst, d[i].Key)
		}
		var t Type
		if dst, t = e.appendAny(dst, d[i].Value); t == 0 {
			return e.within(dst, d[i].Key)
		}
		dst[at] = byte(t)
	}
	e.depth--
	return bsoncore.End(dst, mark), TypeDocument
}

// appendA appends an array.
func (e *encoder) appendA(dst []byte, a []any, typ reflect.Type) ([]byte, Type) {
	if a == nil {
		return e.nilArray(dst, typ)
	}
	if !e.enter() {
		return e.fail(dst, typ, ErrDepth)
	}
	dst, mark := bsoncore.Begin(dst)
	for i, v := range a {
		if len(dst) > e.next {
			dst = e.grow(dst, mark, i, len(a))
		}
		at := len(dst)
		dst = bsoncore.AppendIndexKey(append(dst, 0), i)
		var t Type
		if dst, t = e.appendAny(dst, v); t == 0 {
			return e.withinIndex(dst, i)
		}
		dst[at] = byte(t)
	}
	e.depth--
	return bsoncore.End(dst, mark), TypeArray
}

// appendMap appends a map, with sorted keys unless an option turns sorting off.
func (e *encoder) appendMap(dst []byte, m map[string]any, typ reflect.Type) ([]byte, Type) {
	if m == nil {
		return e.nilMap(dst, typ)
	}
	if !e.enter() {
		return e.fail(dst, typ, ErrDepth)
	}
	dst, mark := bsoncore.Begin(dst)
	dst, t := e.appendMapElements(dst, m)
	if t == 0 {
		return dst, 0
	}
	e.depth--
	return bsoncore.End(dst, mark), TypeDocument
}

func (e *encoder) appendMapElements(dst []byte, m map[string]any) ([]byte, Type) {
	mark, done := len(dst), 0
	if !e.sortsMaps() {
		for k, v := range m {
			if len(dst) > e.next {
				dst = e.grow(dst, mark, done, len(m))
			}
			done++
			var t Type
			if dst, t = e.appendElement(dst, k, v); t == 0 {
				return dst, 0
			}
		}
		return dst, TypeDocument
	}
	// Nested maps are sorted above this one in e.elems and e.ranks, which may move.
	base, first := len(e.elems), len(e.ranks)
	e.elems, e.ranks = slices.Grow(e.elems, len(m)), slices.Grow(e.ranks, len(m))
	for k, v := range m {
		k = e.mapKey(k)
		e.ranks = append(e.ranks, rank{keyPrefix(k), len(e.elems)})
		e.elems = append(e.elems, E{k, v})
	}
	end, last := len(e.elems), len(e.ranks)
	sortRanks(e.ranks[first:], func(i int) string { return e.elems[i].Key })
	for i := first; i < last; i++ {
		elem := e.elems[e.ranks[i].index]
		if e.InvalidUTF8 == UTF8Replace && i > first && e.elems[e.ranks[i-1].index].Key == elem.Key {
			dst, _ = e.fail(dst, reflect.TypeOf(m), ErrDuplicateKey)
			return e.within(dst, elem.Key)
		}
		if len(dst) > e.next {
			dst = e.grow(dst, mark, i-first, len(m))
		}
		var t Type
		if dst, t = e.appendElement(dst, elem.Key, elem.Value); t == 0 {
			return dst, 0
		}
	}
	clear(e.elems[base:end])
	e.elems, e.ranks = e.elems[:base], e.ranks[:first]
	return dst, TypeDocument
}

// sortsMaps reports whether the elements of maps must be sorted: also if
// different keys may become the same text.
func (e *encoder) sortsMaps() bool { return !e.UnsortedMaps || e.InvalidUTF8 == UTF8Replace }

// mapKey returns key as it is written.
func (e *encoder) mapKey(key string) string {
	if e.InvalidUTF8 == UTF8Replace && !utf8.ValidString(key) {
		return string(replace.Text(nil, key))
	}
	return key
}

// appendElement appends a whole element.
func (e *encoder) appendElement(dst []byte, key string, v any) ([]byte, Type) {
	at := len(dst)
	dst, ok := e.appendKey(dst, key)
	if !ok {
		return e.badKey(dst, key)
	}
	dst, t := e.appendAny(dst, v)
	if t == 0 {
		return e.within(dst, key)
	}
	dst[at] = byte(t)
	return dst, t
}

// A rank is what is sorted in place of an element: it is small, and has no pointers that
// the garbage collector must know of.
type rank struct {
	prefix uint64 // of the key
	index  int    // of the element
}

// keyPrefix returns the first 8 bytes of key as a number, in which the first byte is the
// highest. If two keys have different prefixes, these have the order of the keys.
func keyPrefix(key string) (prefix uint64) {
	n := len(key)
	switch {
	case n >= 8:
		return bits.ReverseBytes64(load64(key, 0))
	case n >= 4:
		// The two words overlap.
		a, b := bits.ReverseBytes32(load32(key, 0)), bits.ReverseBytes32(load32(key, n-4))
		return uint64(a)<<32 | uint64(b)<<(64-8*n)
	}
	for i := range n {
		prefix |= uint64(key[i]) << (56 - 8*i)
	}
	return prefix
}

// sortRanks sorts by the bytes of the keys; key returns the key of element i. Insertion is
// the fastest way for few elements, which is the usual case.
func sortRanks(r []rank, key func(i int) string) {
	if len(r) > 32 {
		slices.SortFunc(r, func(a, b rank) int {
			if a.prefix != b.prefix {
				return cmp.Compare(a.prefix, b.prefix)
			}
			return strings.Compare(key(a.index), key(b.index))
		})
		return
	}
	for i := 1; i < len(r); i++ {
		x, j := r[i], i
		for ; j > 0 && (x.prefix < r[j-1].prefix || x.prefix == r[j-1].prefix && key(x.index) < key(r[j-1].index)); j-- {
			r[j] = r[j-1]
		}
		r[j] = x
	}
}

func (e *encoder) appendInt64(dst []byte, v int64) ([]byte, Type) {
	if e.minSize && int64(int32(v)) == v {
		return binary.LittleEndian.AppendUint32(dst, uint32(v)), TypeInt32
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(v)), TypeInt64
}

func appendInt(dst []byte, v int) ([]byte, Type) {
	if int(int32(v)) == v {
		return binary.LittleEndian.AppendUint32(dst, uint32(v)), TypeInt32
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(v)), TypeInt64
}

func (e *encoder) appendTime(dst []byte, v time.Time) ([]byte, Type) {
	d, err := DateTimeOf(v)
	if err != nil {
		return e.fail(dst, reflect.TypeOf(v), ErrRange)
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(d)), TypeDateTime
}

func appendDecimal(dst []byte, v decimal128.Decimal) []byte {
	hi, lo := v.Bits()
	dst = binary.LittleEndian.AppendUint64(dst, lo)
	return binary.LittleEndian.AppendUint64(dst, hi)
}

// The nil values that have an option.

// nilMap appends a nil of the Go type typ, a map.
func (e *encoder) nilMap(dst []byte, typ reflect.Type) ([]byte, Type) {
	if e.NilMapAsEmpty {
		return e.empty(dst, TypeDocument, typ)
	}
	return dst, TypeNull
}

// nilSlice is for slices that become documents.
func (e *encoder) nilSlice(dst []byte, typ reflect.Type) ([]byte, Type) {
	if e.NilSliceAsEmpty {
		return e.empty(dst, TypeDocument, typ)
	}
	return dst, TypeNull
}

func (e *encoder) nilArray(dst []byte, typ reflect.Type) ([]byte, Type) {
	if e.NilSliceAsEmpty {
		return e.empty(dst, TypeArray, typ)
	}
	return dst, TypeNull
}

// empty appends an empty container for a nil of the Go type typ.
func (e *encoder) empty(dst []byte, t Type, typ reflect.Type) ([]byte, Type) {
	if e.depth >= e.limit {
		return e.fail(dst, typ, ErrDepth)
	}
	return append(dst, 5, 0, 0, 0, 0), t
}

// appendKey appends room for the type byte, key and its NUL. It reports false, and
// appends what badKey removes, if key cannot be one. Like copyText it copies and checks a
// word at a time.
func (e *encoder) appendKey(dst []byte, key string) ([]byte, bool) {
	at, n := len(dst)+1, len(key)
	if cap(dst)-at <= n {
		dst = slices.Grow(dst, n+2)
	}
	dst = dst[:at+n+1]
	to := dst[at:]
	to[n] = 0
	var plain bool // ASCII without NUL
	switch {
	case n > 16:
		copy(to, key)
		plain = plainKey(to[:n])
	case n >= 8:
		a, b := load64(key, 0), load64(key, n-8)
		binary.LittleEndian.PutUint64(to, a)
		binary.LittleEndian.PutUint64(to[n-8:], b)
		// A high bit remains of a byte that is 0 or has one.
		plain = (a|b|(a-ones)|(b-ones))&highs == 0
	case n >= 4:
		a, b := load32(key, 0), load32(key, n-4)
		binary.LittleEndian.PutUint32(to, a)
		binary.LittleEndian.PutUint32(to[n-4:], b)
		plain = (a|b|(a-ones>>32)|(b-ones>>32))&(highs>>32) == 0
	case n > 0:
		a, b, c := key[0], key[n>>1], key[n-1]
		to[0], to[n>>1], to[n-1] = a, b, c
		plain = (a | b | c | (a - 1) | (b - 1) | (c - 1)) < utf8.RuneSelf
	default:
		plain = true
	}
	if plain {
		return dst, true
	}
	return e.oddKey(dst, at)
}

// oddKey finishes a key with bytes that are NUL or not ASCII.
func (e *encoder) oddKey(dst []byte, at int) ([]byte, bool) {
	key := dst[at : len(dst)-1]
	for _, c := range key {
		if c == 0 {
			e.fail(dst, nil, ErrKeyNUL)
			return dst, false
		}
	}
	if utf8.Valid(key) {
		return dst, true
	}
	switch e.InvalidUTF8 {
	case UTF8Keep:
		return dst, true
	case UTF8Replace:
		return append(replace.Text(dst[:at], string(key)), 0), true
	}
	e.fail(dst, nil, ErrUTF8)
	return dst, false
}

// badKey is within for a fault in the key itself.
func (e *encoder) badKey(dst []byte, key string) ([]byte, Type) {
	if e.typ == nil {
		e.typ = typeString
	}
	return e.within(dst, key)
}

// appendText appends the value of a string, symbol or code.
func (e *encoder) appendText(dst []byte, s string, t Type) ([]byte, Type) {
	at := len(dst) + 4
	if cap(dst)-at <= len(s) {
		dst = slices.Grow(dst, len(s)+5)
	}
	dst = dst[:at+len(s)+1]
	binary.LittleEndian.PutUint32(dst[at-4:], uint32(len(s)+1))
	dst[at+len(s)] = 0
	if copyText(dst[at:at+len(s)], s) || utf8.Valid(dst[at:at+len(s)]) {
		return dst, t
	}
	return e.invalidText(dst, at, s, t)
}

// invalidText applies the options to s, which is not UTF-8 and stands at the
// offset at of dst.
func (e *encoder) invalidText(dst []byte, at int, s string, t Type) ([]byte, Type) {
	switch e.InvalidUTF8 {
	case UTF8Keep:
		return dst, t
	case UTF8Replace:
		dst = append(replace.Text(dst[:at], s), 0)
		bsoncore.SetStringLength(dst, at-4)
		return dst, t
	}
	return e.fail(dst[:at-4], typeString, ErrUTF8)
}
