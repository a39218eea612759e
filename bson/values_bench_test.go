package bson_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/objectid"
)

// structOf returns a struct type for exactly the document doc, with types of
// their own for its values.
func structOf(doc []byte) reflect.Type {
	var fields []reflect.StructField
	seen := map[string]bool{}
	c := bson.NewCursor(doc)
	for c.Next() {
		key := string(c.Key())
		if seen[key] {
			continue
		}
		seen[key] = true
		name := strings.ReplaceAll(key, "_", "X")
		fields = append(fields, reflect.StructField{
			Name: strings.ToUpper(name[:1]) + name[1:],
			Type: typeOf(c.Type(), c.Data()),
			Tag:  reflect.StructTag(`bson:"` + key + `"`),
		})
	}
	return reflect.StructOf(fields)
}

func typeOf(t bson.Type, data []byte) reflect.Type {
	switch t {
	case bson.TypeDouble:
		return reflect.TypeFor[float64]()
	case bson.TypeString:
		return reflect.TypeFor[string]()
	case bson.TypeInt32:
		return reflect.TypeFor[int32]()
	case bson.TypeInt64:
		return reflect.TypeFor[int64]()
	case bson.TypeBoolean:
		return reflect.TypeFor[bool]()
	case bson.TypeObjectID:
		return reflect.TypeFor[objectid.ID]()
	case bson.TypeDecimal128:
		return reflect.TypeFor[decimal128.Decimal]()
	case bson.TypeDateTime:
		return reflect.TypeFor[bson.DateTime]()
	case bson.TypeBinary:
		return reflect.TypeFor[bson.Binary]()
	case bson.TypeDocument:
		return structOf(data)
	case bson.TypeArray:
		return reflect.TypeFor[[]any]()
	}
	return reflect.TypeFor[any]()
}

// targets are the Go types of the benchmarks. new returns a pointer to a new
// value for a document.
var targets = []struct {
	name string
	new  func(doc []byte) any
}{
	{"struct", func(doc []byte) any { return reflect.New(structOf(doc)).Interface() }},
	{"D", func([]byte) any { return new(bson.D) }},
	{"M", func([]byte) any { return new(bson.M) }},
	{"any", func([]byte) any { return new(any) }},
}

// valueDocs is the number of documents in the benchmarks of values. Each has
// its own struct type, whose plan must stay in the cache.
const valueDocs = 64

func BenchmarkAppend(b *testing.B) {
	docs := sample.Documents(sample.Bench, sample.Seed, valueDocs)
	for _, target := range targets {
		b.Run(target.name, func(b *testing.B) {
			values, size := make([]any, len(docs)), 0
			for i, doc := range docs {
				values[i] = target.new(doc)
				if err := bson.Unmarshal(doc, values[i]); err != nil {
					b.Fatal(err)
				}
				size += len(doc)
			}
			b.SetBytes(int64(size / len(docs)))
			b.ReportAllocs()
			var buf []byte
			for i := 0; b.Loop(); i++ {
				var err error
				if buf, err = bson.Append(buf[:0], values[i%len(values)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkUnmarshal(b *testing.B) {
	docs := sample.Documents(sample.Bench, sample.Seed, valueDocs)
	for _, target := range targets {
		b.Run(target.name, func(b *testing.B) {
			types, size := make([]reflect.Type, len(docs)), 0
			for i, doc := range docs {
				types[i] = reflect.TypeOf(target.new(doc)).Elem()
				size += len(doc)
			}
			b.SetBytes(int64(size / len(docs)))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				v := reflect.New(types[i%len(types)]).Interface()
				if err := bson.Unmarshal(docs[i%len(docs)], v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

var sink []byte

// BenchmarkFresh compares Append onto nil with Append onto a dst with room, which is then
// copied to a slice of its length, or not: warm is without an allocation, copied with
// nothing but the necessary one. direct is a result in a new slice of its length. The sizes are those of the documents in bytes.
func BenchmarkFresh(b *testing.B) {
	for _, size := range []int{100, 1000, 16_000, 200_000, 8_000_000} {
		doc := sample.Sized(1, size)
		var d bson.D
		if err := bson.Unmarshal(doc, &d); err != nil {
			b.Fatal(err)
		}
		var v any = d
		room := make([]byte, 0, len(doc)+1)
		for _, dst := range []struct {
			name  string
			bytes []byte
			made  bool // bytes are a new slice
			copy  bool
		}{{"fresh", nil, false, false}, {"warm", room, false, false}, {"copied", room, false, true}, {"direct", nil, true, false}} {
			b.Run(fmt.Sprintf("%s/%d", dst.name, size), func(b *testing.B) {
				b.SetBytes(int64(len(doc)))
				b.ReportAllocs()
				for b.Loop() {
					bytes := dst.bytes
					if dst.made {
						bytes = make([]byte, 0, len(doc)+1)
					}
					out, err := bson.Append(bytes, v)
					if err != nil {
						b.Fatal(err)
					}
					if dst.copy {
						out = append(make([]byte, 0, len(out)), out...)
					}
					sink = out
				}
			})
		}
	}
}
