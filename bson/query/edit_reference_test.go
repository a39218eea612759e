package query_test

import (
	"encoding/base64"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file is the second implementation of edits. It applies one path after the other to
// a whole document, in memory.

// A fault is the error that ends an edit of the second implementation.
type fault struct{ error }

func noPlace(format string, args ...any) {
	panic(fault{fmt.Errorf("%w: %s", query.ErrPlace, fmt.Sprintf(format, args...))})
}

func exists(key string) { panic(fault{fmt.Errorf("%w: %s", query.ErrExists, key)}) }

// edited returns doc with the changes of edit.
func edited(edit, doc bson.D) (out bson.D, err error) {
	defer func() {
		if f, ok := recover().(fault); ok {
			err = f.error
		}
	}()
	out = clone(doc).(bson.D)
	each := func(operator string, do func(keys []string, v any)) {
		for _, o := range edit {
			if o.Key == operator {
				for _, e := range o.Value.(bson.D) {
					do(keysOf(e.Key), e.Value)
				}
			}
		}
	}
	// What is left out is not looked at: $unset is first, and its paths lead to other fields
	// than those of $set.
	each("$unset", func(keys []string, _ any) {
		out = at(out, keys, func(any) (any, bool) { return nil, false }).(bson.D)
	})
	// A field that has no place may have one when others are set: elements of an array may
	// be added in any order.
	var sets, later []func(bson.D) bson.D
	each("$set", func(keys []string, v any) {
		sets = append(sets, func(d bson.D) bson.D { return setIn(d, keys, v, true) })
	})
	for ; len(sets) > 0; sets, later = later, nil {
		for _, set := range sets {
			if d, err := attempt(set, out); err == nil {
				out = d
			} else if later = append(later, set); len(later) == len(sets) {
				panic(fault{err})
			}
		}
	}
	each("$rename", func(keys []string, v any) {
		to := keysOf(v.(string))
		n := 0
		for n < min(len(keys), len(to))-1 && keys[n] == to[n] {
			n++
		}
		out = renameBelow(out, keys[:n], keys[n:], to[n:]).(bson.D)
	})
	each("$retype", func(keys []string, v any) {
		out = at(out, keys, func(old any) (any, bool) { return retyped(old, v.(string)), true }).(bson.D)
	})
	return out, nil
}

// attempt returns the result of change for d, which stays.
func attempt(change func(bson.D) bson.D, d bson.D) (out bson.D, err error) {
	defer func() {
		if f, ok := recover().(fault); ok {
			err = f.error
		}
	}()
	return change(clone(d).(bson.D)), nil
}

// clone returns a copy of v that shares no container.
func clone(v any) any {
	switch v := v.(type) {
	case bson.D:
		d := bson.D{}
		for _, e := range v {
			d = append(d, bson.E{Key: e.Key, Value: clone(e.Value)})
		}
		return d
	case bson.A:
		a := bson.A{}
		for _, e := range v {
			a = append(a, clone(e))
		}
		return a
	}
	return v
}

// made returns the value of a field that is made for keys.
func made(keys []string, v any) any {
	for _, key := range slices.Backward(keys) {
		v = bson.D{{Key: key, Value: v}}
	}
	return clone(v)
}

func setIn(d bson.D, keys []string, v any, root bool) bson.D {
	found := false
	for i, e := range d {
		if e.Key == keys[0] {
			found = true
			d[i].Value = setValue(e.Value, keys[1:], v)
		}
	}
	if field := (bson.E{Key: keys[0], Value: made(keys[1:], v)}); !found && root && keys[0] == "_id" {
		d = append(bson.D{field}, d...)
	} else if !found {
		d = append(d, field)
	}
	return d
}

// setValue sets the value at keys below old.
func setValue(old any, keys []string, v any) any {
	if len(keys) == 0 {
		return clone(v)
	}
	switch old := old.(type) {
	case bson.D:
		return setIn(old, keys, v, false)
	case bson.A:
		return setElement(old, keys, v)
	}
	noPlace("%T", old)
	return nil
}

func setElement(a bson.A, keys []string, v any) bson.A {
	if isDigits(keys[0]) {
		for i, e := range a {
			if strconv.Itoa(i) == keys[0] {
				a[i] = setValue(e, keys[1:], v)
				return a
			}
		}
		if strconv.Itoa(len(a)) != keys[0] {
			noPlace("index %s", keys[0])
		}
		return append(a, made(keys[1:], v))
	}
	for i, e := range a {
		switch e := e.(type) {
		case bson.D:
			a[i] = setIn(e, keys, v, false)
		case bson.A:
			a[i] = setElement(e, keys, v)
		}
	}
	return a
}

func isDigits(key string) bool {
	for _, c := range key {
		if c < '0' || c > '9' {
			return false
		}
	}
	return key != ""
}

// at replaces each value at keys below v, or leaves it out.
func at(v any, keys []string, replace func(any) (any, bool)) any {
	switch v := v.(type) {
	case bson.D:
		out := bson.D{}
		for _, e := range v {
			keep := true
			if e.Key == keys[0] && len(keys) == 1 {
				e.Value, keep = replace(e.Value)
			} else if e.Key == keys[0] {
				e.Value = at(e.Value, keys[1:], replace)
			}
			if keep {
				out = append(out, e)
			}
		}
		return out
	case bson.A:
		for i, e := range v {
			switch {
			case !isDigits(keys[0]):
				v[i] = at(e, keys, replace)
			case strconv.Itoa(i) == keys[0] && len(keys) == 1:
				v[i], _ = replace(e)
			case strconv.Itoa(i) == keys[0]:
				v[i] = at(e, keys[1:], replace)
			}
		}
	}
	return v
}

// renameBelow moves from to to in each document at keys below v.
func renameBelow(v any, keys, from, to []string) any {
	switch v := v.(type) {
	case bson.D:
		if len(keys) == 0 {
			return renameIn(v, from, to)
		}
		for i, e := range v {
			if e.Key == keys[0] {
				v[i].Value = renameBelow(e.Value, keys[1:], from, to)
			}
		}
	case bson.A:
		if len(keys) == 0 && (isDigits(from[0]) || isDigits(to[0])) {
			noPlace("a renaming with an index")
		}
		for i, e := range v {
			switch {
			case len(keys) == 0 || !isDigits(keys[0]):
				v[i] = renameBelow(e, keys, from, to)
			case strconv.Itoa(i) == keys[0]:
				v[i] = renameBelow(e, keys[1:], from, to)
			}
		}
	}
	return v
}

// first returns the place of the first field with the key, -1 if there is none.
func first(d bson.D, key string) int {
	return slices.IndexFunc(d, func(e bson.E) bool { return e.Key == key })
}

func renameIn(d bson.D, from, to []string) bson.D {
	v, found := fieldAt(d, from)
	if !found {
		return d
	}
	if len(from) == 1 && len(to) == 1 {
		if first(d, to[0]) >= 0 {
			exists(to[0])
		}
		d[first(d, from[0])].Key = to[0]
		return d
	}
	d = withField(d, to, v)
	return withoutField(d, from)
}

// fieldAt returns the value at keys, none of which must be there twice.
func fieldAt(d bson.D, keys []string) (v any, found bool) {
	i := first(d, keys[0])
	if i < 0 {
		return nil, false
	}
	if first(d[i+1:], keys[0]) >= 0 {
		exists(keys[0])
	}
	if len(keys) == 1 {
		return d[i].Value, true
	}
	switch v := d[i].Value.(type) {
	case bson.D:
		return fieldAt(v, keys[1:])
	case bson.A:
		noPlace("an array at %s", keys[0])
	}
	return nil, false
}

func withField(d bson.D, keys []string, v any) bson.D {
	i := first(d, keys[0])
	if i < 0 {
		return append(d, bson.E{Key: keys[0], Value: made(keys[1:], v)})
	}
	if len(keys) == 1 {
		exists(keys[0])
	}
	inner, ok := d[i].Value.(bson.D)
	if !ok {
		noPlace("no document at %s", keys[0])
	}
	d[i].Value = withField(inner, keys[1:], v)
	return d
}

func withoutField(d bson.D, keys []string) bson.D {
	i := first(d, keys[0])
	if len(keys) == 1 {
		return slices.Delete(d, i, i+1)
	}
	d[i].Value = withoutField(d[i].Value.(bson.D), keys[1:])
	return d
}

// retyped returns the equal of v of a type.
func retyped(v any, to string) any {
	if a, ok := v.(bson.A); ok {
		for i, e := range a {
			a[i] = retyped(e, to)
		}
		return a
	}
	if v == nil {
		return nil
	}
	if out := map[string]func(any) any{
		"int32": func(v any) any {
			if n, ok := integer(v).(int64); ok && n >= math.MinInt32 && n <= math.MaxInt32 {
				return int32(n)
			}
			return nil
		},
		"int64": integer, "double": double, "decimal": decimalFrom, "string": text, "date": date, "objectId": id, "bool": boolean,
	}[to](v); out != nil {
		return out
	}
	panic(fault{fmt.Errorf("%w: %v to %s", query.ErrRetype, v, to)})
}

func integer(v any) any {
	switch v := v.(type) {
	case int32:
		return int64(v)
	case int64:
		return v
	case bool:
		if v {
			return int64(1)
		}
		return int64(0)
	case bson.DateTime:
		return int64(v)
	case float64:
		if v == math.Floor(v) && v >= -(1<<63) && v < 1<<63 {
			return int64(v)
		}
	case string:
		if d, err := decimal128.Parse(v); err == nil {
			return integer(d)
		}
	case decimal128.Decimal:
		if n, err := v.BigInt(); err == nil && n.IsInt64() {
			return n.Int64()
		}
	}
	return nil
}

func double(v any) any {
	switch v := v.(type) {
	case float64:
		return v
	case string:
		if d, err := decimal128.Parse(v); err == nil {
			return double(d)
		}
	case decimal128.Decimal:
		if v.IsNaN() {
			return math.Float64frombits(0x7ff8 << 48) // that of Go has other bits
		}
		f, err := strconv.ParseFloat(v.String(), 64)
		if err != nil {
			return nil
		}
		shortest, _ := decimal128.Parse(strconv.FormatFloat(f, 'g', -1, 64))
		exact, err := decimal128.FromFloat64Exact(f)
		if shortest.Compare(v) == 0 || err == nil && exact.Compare(v) == 0 {
			return f
		}
	default:
		if n, ok := integer(v).(int64); ok && integer(float64(n)) == n {
			return float64(n)
		}
	}
	return nil
}

func decimalFrom(v any) any {
	switch v := v.(type) {
	case decimal128.Decimal:
		return v
	case float64:
		return decimal128.FromFloat64(v)
	case string:
		if d, err := decimal128.Parse(v); err == nil {
			return d
		}
	default:
		if n, ok := integer(v).(int64); ok {
			return decimal128.FromInt64(n)
		}
	}
	return nil
}

func date(v any) any {
	switch v := v.(type) {
	case string:
		t, err := time.Parse(time.RFC3339, v)
		if err != nil {
			t, err = time.Parse(time.DateOnly, v)
		}
		if err == nil && t.Nanosecond()%1e6 == 0 {
			return bson.DateTime(t.UnixMilli())
		}
	case bson.Timestamp:
		if v.I == 0 {
			return bson.DateTime(int64(v.T) * 1000)
		}
	case bool:
	default:
		if n, ok := integer(v).(int64); ok {
			return bson.DateTime(n)
		}
	}
	return nil
}

func id(v any) any {
	switch v := v.(type) {
	case objectid.ID:
		return v
	case string:
		if id, err := objectid.Parse(v); err == nil {
			return id
		}
	}
	return nil
}

func boolean(v any) any {
	switch v := v.(type) {
	case bool:
		return v
	case string:
		if b, err := strconv.ParseBool(v); err == nil && (v == "true" || v == "false") {
			return b
		}
	case int32, int64, float64, decimal128.Decimal:
		if n := integer(v); n == int64(0) || n == int64(1) {
			return n == int64(1)
		}
	}
	return nil
}

func text(v any) any {
	switch v := v.(type) {
	case string:
		return v
	case bson.Symbol:
		return string(v)
	case bson.Code:
		return string(v)
	case int32, int64, bool, decimal128.Decimal, objectid.ID:
		return fmt.Sprint(v)
	case float64:
		switch {
		case math.IsInf(v, 1):
			return "Infinity"
		case math.IsInf(v, -1):
			return "-Infinity"
		case math.IsNaN(v):
			return "NaN"
		}
		format := byte('f')
		if a := math.Abs(v); a != 0 && (a < 1e-4 || a >= 1e16) {
			format = 'E'
		}
		s := strconv.FormatFloat(v, format, -1, 64)
		if !slices.Contains([]byte(s), '.') { // a double has a point
			digits := 0
			for digits < len(s) && (s[digits] >= '0' && s[digits] <= '9' || s[digits] == '-') {
				digits++
			}
			s = s[:digits] + ".0" + s[digits:]
		}
		return s
	case bson.DateTime:
		if v%1000 == 0 {
			return v.Time().UTC().Format(time.RFC3339)
		}
		return v.Time().UTC().Format("2006-01-02T15:04:05.000Z07:00")
	case bson.Timestamp:
		return fmt.Sprintf("%d:%d", v.T, v.I)
	case bson.Binary:
		if v.Subtype == 0 {
			return base64.StdEncoding.EncodeToString(v.Data)
		}
	}
	return nil
}
