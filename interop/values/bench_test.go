package values

import (
	"bytes"
	"flag"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	driver "go.mongodb.org/mongo-driver/v2/bson"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/interop/clock"
	"github.com/bsonkit/bsonkit/objectid"
)

// valueDocs is the number of different documents in the benchmarks of Go values.
const valueDocs = 500

// A goTypes has the Go types of a library for BSON types without a Go type.
type goTypes struct {
	id, decimal, binary, date reflect.Type
}

var (
	ourTypes = goTypes{
		reflect.TypeFor[objectid.ID](), reflect.TypeFor[decimal128.Decimal](),
		reflect.TypeFor[bson.Binary](), reflect.TypeFor[bson.DateTime](),
	}
	driverTypes = goTypes{
		reflect.TypeFor[driver.ObjectID](), reflect.TypeFor[driver.Decimal128](),
		reflect.TypeFor[driver.Binary](), reflect.TypeFor[driver.DateTime](),
	}
)

// of returns the Go type of a struct field for a value of the BSON type t.
func (g goTypes) of(t bson.Type, data []byte) reflect.Type {
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
		return g.id
	case bson.TypeDecimal128:
		return g.decimal
	case bson.TypeDateTime:
		return g.date
	case bson.TypeBinary:
		return g.binary
	case bson.TypeNull:
		return reflect.TypeFor[*string]()
	case bson.TypeDocument:
		return g.structOf(data)
	case bson.TypeArray:
		return g.sliceOf(data)
	}
	panic("BUG: no Go type for " + t.String())
}

// structOf returns a struct type with a field for each key of doc.
func (g goTypes) structOf(doc []byte) reflect.Type {
	var fields []reflect.StructField
	seen := map[string]bool{}
	c := bson.NewCursor(doc)
	for c.Next() {
		key := string(c.Key())
		if seen[key] {
			continue
		}
		seen[key] = true
		fields = append(fields, reflect.StructField{
			Name: "F" + strings.ToUpper(key[:1]) + strings.Map(letters, key),
			Type: g.of(c.Type(), c.Data()),
			Tag:  reflect.StructTag(`bson:"` + key + `"`),
		})
	}
	return reflect.StructOf(fields)
}

func letters(r rune) rune {
	if r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
		return r
	}
	return -1
}

// sliceOf returns the type of a slice for the array doc. If the elements are
// containers or have several types, it is []any.
func (g goTypes) sliceOf(doc []byte) reflect.Type {
	var elem reflect.Type
	c := bson.NewCursor(doc)
	for c.Next() {
		if c.Type().IsContainer() {
			return reflect.TypeFor[[]any]()
		}
		t := g.of(c.Type(), c.Data())
		if elem != nil && elem != t {
			return reflect.TypeFor[[]any]()
		}
		elem = t
	}
	if elem == nil {
		elem = reflect.TypeFor[any]()
	}
	return reflect.SliceOf(elem)
}

func valueSet() (docs [][]byte, size int64) {
	docs = sample.Documents(sample.Bench, sample.Seed, valueDocs)
	for _, d := range docs {
		size += int64(len(d))
	}
	return docs, size
}

var sink []byte

// A job is one way to do a task. do processes document i.
type job struct {
	name string // task/who; the driver's job is the first of a task
	do   func(i int) error
}

func boxed[T any](vs []T) []any {
	out := make([]any, len(vs))
	for i, v := range vs {
		out[i] = v
	}
	return out
}

// decoded returns the value that each document decodes to.
func decoded[T any](tb testing.TB, docs [][]byte, unmarshal func([]byte, any) error) []any {
	out := make([]T, len(docs))
	for i, doc := range docs {
		if err := unmarshal(doc, &out[i]); err != nil {
			tb.Fatal(err)
		}
	}
	return boxed(out)
}

// structs returns a pointer to a new struct for each document.
func structs(docs [][]byte, g goTypes) []any {
	out := make([]any, len(docs))
	for i, doc := range docs {
		out[i] = reflect.New(g.structOf(doc)).Interface()
	}
	return out
}

func filled(tb testing.TB, docs [][]byte, g goTypes, unmarshal func([]byte, any) error) []any {
	out := structs(docs, g)
	for i, doc := range docs {
		if err := unmarshal(doc, out[i]); err != nil {
			tb.Fatal(err)
		}
	}
	return out
}

func driverMapUnmarshal(doc []byte, v any) error {
	dec := driver.NewDecoder(driver.NewDocumentReader(strings.NewReader(string(doc))))
	dec.DefaultDocumentM()
	return dec.Decode(v)
}

func fresh(vs []any, marshal func(any) ([]byte, error)) func(int) error {
	return func(i int) (err error) {
		sink, err = marshal(vs[i])
		return err
	}
}

func reuse(vs []any) func(int) error {
	return func(i int) (err error) {
		sink, err = bson.Append(sink[:0], vs[i])
		return err
	}
}

func driverReuse(vs []any) func(int) error {
	var buf bytes.Buffer
	enc := driver.NewEncoder(driver.NewDocumentWriter(&buf))
	return func(i int) error {
		buf.Reset()
		return enc.Encode(vs[i])
	}
}

// shapes is the number of struct types for the documents of shapedSet. A program
// has a few struct types, and many documents of each.
const shapes = 8

// shapedSet returns documents with the keys and types of the shapes documents of
// the mix whose size is nearest to the average. The values are those of other
// documents.
func shapedSet(tb testing.TB) (docs [][]byte, size int64) {
	all := sample.Documents(sample.Bench, sample.Seed, 4000)
	slices.SortStableFunc(all, func(a, b []byte) int { return off(a) - off(b) })
	pool := map[reflect.Type][]any{}
	for _, doc := range all {
		var d bson.D
		if err := bson.Unmarshal(doc, &d); err != nil {
			tb.Fatal(err)
		}
		leaves(d, func(v any) any {
			pool[reflect.TypeOf(v)] = append(pool[reflect.TypeOf(v)], v)
			return v
		})
	}
	for i := range valueDocs {
		var d bson.D
		if err := bson.Unmarshal(all[i%shapes], &d); err != nil {
			tb.Fatal(err)
		}
		leaves(d, func(v any) any {
			p := pool[reflect.TypeOf(v)]
			pool[reflect.TypeOf(v)] = append(p[1:], p[0])
			return p[0]
		})
		doc, err := bson.Marshal(d)
		if err != nil {
			tb.Fatal(err)
		}
		docs = append(docs, doc)
		size += int64(len(doc))
	}
	return docs, size
}

// off returns the distance between the size of doc and the average of the mix,
// 759 bytes.
func off(doc []byte) int { return max(len(doc)-759, 759-len(doc)) }

// leaves replaces every value in v that is not a D or an A by the result of f.
func leaves(v any, f func(any) any) any {
	switch v := v.(type) {
	case bson.D:
		for i := range v {
			v[i].Value = leaves(v[i].Value, f)
		}
		return v
	case bson.A:
		for i := range v {
			v[i] = leaves(v[i], f)
		}
		return v
	}
	return f(v)
}

// encodeJobs returns the jobs that write Go values.
func encodeJobs(tb testing.TB, docs [][]byte) []job {
	ourD, theirD := decoded[bson.D](tb, docs, bson.Unmarshal), decoded[driver.D](tb, docs, driver.Unmarshal)
	ourM := decoded[bson.M](tb, docs, bson.DecodeOptions{DocumentType: bson.DocumentsAsM}.Unmarshal)
	theirM := decoded[driver.M](tb, docs, driverMapUnmarshal)
	shaped, _ := shapedSet(tb)
	ourS, theirS := filled(tb, shaped, ourTypes, bson.Unmarshal), filled(tb, shaped, driverTypes, driver.Unmarshal)
	return []job{
		{"EncodeD/driver", fresh(theirD, driver.Marshal)},
		{"EncodeD/bsonkit", fresh(ourD, bson.Marshal)},
		{"EncodeDReuse/driver", driverReuse(theirD)},
		{"EncodeDReuse/bsonkit", reuse(ourD)},
		{"EncodeMap/driver", fresh(theirM, driver.Marshal)},
		{"EncodeMap/bsonkit", fresh(ourM, bson.Marshal)},
		{"EncodeMap/bsonkit-unsorted", fresh(ourM, bson.EncodeOptions{UnsortedMaps: true}.Marshal)},
		{"EncodeStruct/driver", fresh(theirS, driver.Marshal)},
		{"EncodeStruct/bsonkit", fresh(ourS, bson.Marshal)},
		{"EncodeStructReuse/driver", driverReuse(theirS)},
		{"EncodeStructReuse/bsonkit", reuse(ourS)},
	}
}

// decodeJobs returns the jobs that read Go values. The last 2,048 values of a job
// stay alive, as in a program that uses them.
func decodeJobs(tb testing.TB, docs [][]byte) []job {
	ring, n := make([]any, 2048), 0
	into := func(docs [][]byte, unmarshal func([]byte, any) error, make func(i int) any) func(int) error {
		return func(i int) error {
			v := make(i)
			ring[n%len(ring)] = v
			n++
			return unmarshal(docs[i], v)
		}
	}
	shaped, _ := shapedSet(tb)
	newOf := func(vs []any) func(int) any {
		return func(i int) any { return reflect.New(reflect.TypeOf(vs[i]).Elem()).Interface() }
	}
	asM := bson.DecodeOptions{DocumentType: bson.DocumentsAsM}.Unmarshal
	return []job{
		{"DecodeD/driver", into(docs, driver.Unmarshal, func(int) any { return new(driver.D) })},
		{"DecodeD/bsonkit", into(docs, bson.Unmarshal, func(int) any { return new(bson.D) })},
		{"DecodeMap/driver", into(docs, driverMapUnmarshal, func(int) any { return new(driver.M) })},
		{"DecodeMap/bsonkit", into(docs, asM, func(int) any { return new(bson.M) })},
		{"DecodeMapOfD/driver", into(docs, driver.Unmarshal, func(int) any { return new(driver.M) })},
		{"DecodeMapOfD/bsonkit", into(docs, bson.Unmarshal, func(int) any { return new(bson.M) })},
		{"DecodeStruct/driver", into(shaped, driver.Unmarshal, newOf(structs(shaped, driverTypes)))},
		{"DecodeStruct/bsonkit", into(shaped, bson.Unmarshal, newOf(structs(shaped, ourTypes)))},
	}
}

// loop does j with one document after the other. size is the number of bytes of all.
func (j job) loop(b *testing.B, size int64) {
	b.SetBytes(size / valueDocs)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if err := j.do(i); err != nil {
			b.Fatal(err)
		}
		if i++; i == valueDocs {
			i = 0
		}
	}
}

func benchmark(b *testing.B, jobs func(testing.TB, [][]byte) []job) {
	docs, size := valueSet()
	for _, j := range jobs(b, docs) {
		b.Run(j.name, func(b *testing.B) { j.loop(b, size) })
	}
}

func BenchmarkEncode(b *testing.B) { benchmark(b, encodeJobs) }
func BenchmarkDecode(b *testing.B) { benchmark(b, decodeJobs) }

var ratios = flag.Int("ratios", 0, "print ratios to the driver: the best of this number of interleaved rounds")

// TestRatios prints how many times as fast as the driver each job is, in
// processor time. Other programs disturb it less than elapsed time.
func TestRatios(t *testing.T) {
	if *ratios == 0 {
		t.Skip("runs only with -ratios=N")
	}
	docs, size := valueSet()
	_, shapedSize := shapedSet(t)
	jobs := append(encodeJobs(t, docs), decodeJobs(t, docs)...)
	best := bestTimes(t, jobs)
	var rival time.Duration
	for k, j := range jobs {
		if strings.HasSuffix(j.name, "/driver") {
			rival = best[k]
		}
		size := size
		if strings.Contains(j.name, "Struct") {
			size = shapedSize
		}
		t.Logf("%-28s %6.0f MB/s %6.2f x", j.name, float64(size)/best[k].Seconds()/1e6, rival.Seconds()/best[k].Seconds())
	}
}

// roundTime is the processor time of a job in a round of bestTimes. The collector runs
// several times, so that its part of the time is the same in each round. In a shorter
// round it would run once or not at all.
const roundTime = 50 * time.Millisecond

// bestTimes returns the best processor time of each job for all documents, in -ratios
// rounds. The jobs of a round run by turns.
func bestTimes(t *testing.T, jobs []job) []time.Duration {
	t.Helper()
	best := make([]time.Duration, len(jobs))
	for range *ratios {
		for k, j := range jobs {
			runtime.GC()
			pass := func() {
				for i := range valueDocs {
					if err := j.do(i); err != nil {
						t.Fatal(j.name, err)
					}
				}
			}
			pass() // warms the caches
			start, passes := clock.Processor(), time.Duration(0)
			for clock.Processor()-start < roundTime {
				pass()
				passes++
			}
			if d := (clock.Processor() - start) / passes; best[k] == 0 || d < best[k] {
				best[k] = d
			}
		}
	}
	return best
}
