package values

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	v2 "go.mongodb.org/mongo-driver/v2/bson"

	"github.com/bsonkit/bsonkit/bson"
)

// This file compares us with the driver on random structs. Their fields have all
// kinds and tags, are nested and inlined, and sometimes share a key. Structs with
// a deliberate difference (see TestDifferences) are not made.

// randomTags are the tags of random fields: equal names, flags, flags as names,
// and tags without a key.
var randomTags = append(slices.Clone(tags),
	``, ``, `bson:"x"`, `bson:"y"`, `bson:"x,omitempty"`, `bson:",inline"`, `bson:",inline"`, `bson:"z,inline"`, `bson:"inline"`, `bson:"minsize"`,
	`bson:"truncate"`, `bson:"a.b"`, `bson:"$x"`, `bson:" "`, `bson:""`, `bson:","`, `bson:"-,"`, `bson:"é"`, `bson:"a,,omitempty"`,
	`x`, `-`, `,omitempty`)

// A maker makes random types and values.
type maker struct {
	*rand.Rand
	leaves []reflect.Type
}

func newMaker(seed uint64) maker {
	m := maker{Rand: rand.New(rand.NewPCG(7, seed)), leaves: []reflect.Type{reflect.TypeFor[any]()}}
	for _, k := range kinds {
		m.leaves = append(m.leaves, reflect.TypeOf(k.v))
	}
	return m
}

// typ returns a type with at most depth types nested around its leaves.
func (m maker) typ(depth int) reflect.Type {
	if depth > 0 {
		switch m.IntN(8) {
		case 0, 1, 2:
			return m.structure(depth - 1)
		case 3:
			return reflect.PointerTo(m.typ(depth - 1))
		case 4:
			return reflect.SliceOf(m.typ(depth - 1))
		case 5:
			return reflect.MapOf(reflect.TypeFor[string](), m.typ(depth-1))
		case 6:
			return reflect.ArrayOf(m.IntN(3), m.typ(depth-1))
		}
	}
	return m.leaves[m.IntN(len(m.leaves))]
}

// structure returns a struct type with up to four fields. The types of the
// fields have at most depth types nested around their leaves.
func (m maker) structure(depth int) reflect.Type {
	var fields []reflect.StructField
	for i := range m.IntN(5) {
		typ, tag := m.typ(depth), randomTags[m.IntN(len(randomTags))]
		if typ.Kind() == reflect.Map && strings.Contains(tag, "inline") {
			tag = "" // the driver drops inlined maps inside inlined structs
		}
		name := string(rune('A'+m.IntN(3)+i)) + strconv.Itoa(i)
		fields = append(fields, reflect.StructField{Name: name, Type: typ, Tag: reflect.StructTag(tag)})
	}
	return reflect.StructOf(fields)
}

// fill sets v to a random value. If v is a destination for decoding, fill skips
// slices, arrays and interfaces: the driver replaces elements that exist.
func (m maker) fill(v reflect.Value, forDecoding bool) {
	if m.IntN(4) == 0 {
		return
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array, reflect.Interface:
		if forDecoding {
			return
		}
	}
	for _, k := range kinds {
		if reflect.TypeOf(k.v) == v.Type() && v.Kind() != reflect.Map && m.IntN(2) == 0 {
			v.Set(reflect.ValueOf(k.v))
			return
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				m.fill(v.Field(i), forDecoding)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		m.fill(v.Elem(), forDecoding)
	case reflect.Slice:
		n := m.IntN(3)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			m.fill(v.Index(i), forDecoding)
		}
	case reflect.Map: // with one element, because the driver does not sort keys
		v.Set(reflect.MakeMap(v.Type()))
		if v.Type().Key().Kind() == reflect.String && m.IntN(2) == 0 {
			k, x := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			k.SetString("k")
			m.fill(x, forDecoding)
			v.SetMapIndex(k, x)
		}
	case reflect.Interface:
		if k := kinds[m.IntN(len(kinds))]; k.name != "pointer nil to hook" {
			v.Set(reflect.ValueOf(k.v))
		}
	}
}

// safely calls f and returns a panic as an error. The driver panics for some
// values.
func safely(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}

// TestRandomStructs: both write the same bytes, or both return an error. Both
// read the bytes as the same value, also into a destination with values.
func TestRandomStructs(t *testing.T) {
	const count = 10_000
	wrote, refused, read := 0, 0, 0
	for i := range uint64(count) {
		m := newMaker(i)
		in := reflect.New(m.structure(3))
		m.fill(in.Elem(), false)
		var want []byte
		theirs := safely(func() (err error) { want, err = v2.Marshal(in.Interface()); return err })
		got, ours := bson.Marshal(in.Interface())
		switch {
		case theirs != nil && (strings.HasPrefix(theirs.Error(), "panic") || strings.Contains(theirs.Error(), "duplicated key")):
			continue // a defect of the driver, or a row of TestDifferences
		case (theirs != nil) != (ours != nil) || theirs == nil && !bytes.Equal(want, got):
			t.Fatalf("%d: %v\ndriver %s, %v\nours   %s, %v", i, in.Type(), v2.Raw(want), theirs, bson.Raw(got), ours)
		case theirs != nil:
			refused++
			continue
		}
		wrote++
		a, b := reflect.New(in.Elem().Type()), reflect.New(in.Elem().Type())
		for _, v := range []reflect.Value{a, b} {
			maker{rand.New(rand.NewPCG(8, i)), m.leaves}.fill(v.Elem(), true)
		}
		theirs = safely(func() error { return v2.Unmarshal(want, a.Interface()) })
		ours = bson.Unmarshal(want, b.Interface())
		if theirs != nil && strings.HasPrefix(theirs.Error(), "panic") {
			continue
		}
		if (theirs != nil) != (ours != nil) {
			t.Fatalf("%d: %s into %v: driver %v, ours %v", i, bson.Raw(want), in.Type(), theirs, ours)
		}
		x, _ := bson.Marshal(a.Interface()) // a map may have values without a representation
		y, _ := bson.Marshal(b.Interface())
		if theirs == nil && !bytes.Equal(x, y) {
			t.Fatalf("%d: %s into %v: got %s, want %s", i, bson.Raw(want), in.Type(), bson.Raw(y), bson.Raw(x))
		}
		read++
	}
	if wrote < count/4 || refused < count/50 || read < count/4 {
		t.Errorf("%d structs written, %d rejected by both, %d read; want %d, %d and %d or more",
			wrote, refused, read, count/4, count/50, count/4)
	}
	t.Logf("%d structs written and %d rejected by both, %d read", wrote, refused, read)
}
