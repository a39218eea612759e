//go:build !race && !bsonkit_safe

package bson_test

import (
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/fresh"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/objectid"
)

// plainRecord has fields of every type that needs no memory of its own.
type plainRecord struct {
	ID      objectid.ID `bson:"_id"`
	Name    string
	Nested  struct{ A, B int }
	Amount  decimal128.Decimal
	At      time.Time
	Date    bson.DateTime
	Small   int8
	Large   uint64
	Ratio   float32
	Done    bool
	Missing *plainRecord
	Tags    [2]int32
}

// TestValueAllocs holds how often values allocate. The race detector empties
// pools at random, hence the build tag.
func TestValueAllocs(t *testing.T) {
	rec := &plainRecord{Name: "name of a record", At: time.UnixMilli(1700000000000)}
	doc, err := bson.Marshal(rec)
	if err != nil {
		t.Fatal(err)
	}
	var d bson.D
	if err := bson.Unmarshal(sample.Documents(sample.Bench, 1, 1)[0], &d); err != nil {
		t.Fatal(err)
	}
	m := bson.M(d.Map())
	list := bson.D{{"a", []string{"x", "y"}}, {"b", map[string]any{"k": 1}}, {"c", &rec.Nested}}
	var boxed, boxedM, boxedList, value any = d, m, list, *rec
	texts, err := bson.Marshal(bson.M{"short": strings.Repeat("x", 16), "long": strings.Repeat("x", 128), "map": bson.M{"key": "text"}})
	if err != nil {
		t.Fatal(err)
	}
	var buf []byte
	var out plainRecord
	var short struct{ Short string }
	var long struct{ Long string }
	byKey := struct{ Map map[string]string }{map[string]string{}}
	for _, tc := range []struct {
		name string
		f    func() error
		want float64
	}{
		{"Append of a struct pointer", func() (err error) { buf, err = bson.Append(buf[:0], rec); return err }, 0},
		{"Append of a struct value", func() (err error) { buf, err = bson.Append(buf[:0], value); return err }, 0},
		{"Append of a D", func() (err error) { buf, err = bson.Append(buf[:0], boxed); return err }, 0},
		{"Append of an M, sorted", func() (err error) { buf, err = bson.Append(buf[:0], boxedM); return err }, 0},
		{"Append of an M, unsorted", func() (err error) {
			buf, err = bson.EncodeOptions{UnsortedMaps: true}.Append(buf[:0], boxedM)
			return err
		}, 0},
		{"Append of slices and maps in a D", func() (err error) { buf, err = bson.Append(buf[:0], boxedList); return err }, 0},
		{"Marshal: the document", func() (err error) { _, err = bson.Marshal(rec); return err }, 1},
		{"Unmarshal into a struct", func() error { return bson.Unmarshal(doc, &out) }, 0},
		{"Unmarshal of a short string: a part of a chunk", func() error { return bson.Unmarshal(texts, &short) }, 0},
		{"Unmarshal of a long string", func() error { return bson.Unmarshal(texts, &long) }, 1},
		{"Unmarshal of a map: the variable of its elements", func() error { return bson.Unmarshal(texts, &byKey) }, 1},
	} {
		if n := testing.AllocsPerRun(200, func() {
			if err := tc.f(); err != nil {
				t.Fatal(err)
			}
		}); n > tc.want {
			t.Errorf("%s: %v allocations, want %v", tc.name, n, tc.want)
		}
	}
}

// TestAnyAllocs: a D allocates for each container on the wire and for a few
// slabs, not for each value.
func TestAnyAllocs(t *testing.T) {
	docs := sample.Documents(sample.Bench, 1, 200)
	containers, binaries := 0, 0
	for _, doc := range docs {
		c := bson.NewCursor(doc)
		containers += 1 + countTypes(&c, bson.Type.IsContainer)
		c = bson.NewCursor(doc)
		binaries += countTypes(&c, func(t bson.Type) bool { return t == bson.TypeBinary })
	}
	got := testing.AllocsPerRun(20, func() {
		for _, doc := range docs {
			var d bson.D
			if err := bson.Unmarshal(doc, &d); err != nil {
				t.Fatal(err)
			}
		}
	})
	// Besides the containers: the variable, the texts, and one or two slabs for
	// each of strings, documents, arrays and binaries.
	const slabs = 8
	if most := float64(containers + binaries + slabs*len(docs)); got > most {
		t.Errorf("%v allocations, want at most %v: %d containers, %d binaries", got, most, containers, binaries)
	}
}

// TestKeptText: a kept string keeps at most the chunk that it is cut from.
func TestKeptText(t *testing.T) {
	const docs, chunk = 4000, 1 << 10
	for _, tc := range []struct {
		name string
		size int // of the strings that are kept
		most int // bytes that each keeps alive
	}{
		{"no bytes", 0, 0},
		{"part of a chunk", 100, chunk},
		{"memory of its own", 128, 128},
	} {
		record := struct {
			Kept   string
			Others []string
		}{strings.Repeat("x", tc.size), slices.Repeat([]string{strings.Repeat("y", 100)}, 20)}
		doc, err := bson.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		kept := make([]string, docs)
		before := heapSize()
		for i := range kept {
			out := record
			out.Others = nil
			if err := bson.Unmarshal(doc, &out); err != nil {
				t.Fatal(err)
			}
			kept[i] = out.Kept
		}
		after := heapSize()
		if each := (after - before) / docs; each > tc.most+16 {
			t.Errorf("%s: a string of %d bytes keeps %d bytes, want at most %d", tc.name, tc.size, each, tc.most)
		}
		runtime.KeepAlive(kept)
	}
}

// TestKeptDocument: an embedded document that is kept as a D does not keep the documents
// beside it.
func TestKeptDocument(t *testing.T) {
	const docs = 1000
	text := strings.Repeat("x", 1000)
	doc, err := bson.Marshal(bson.D{
		{"before", bson.D{{"text", text}}}, {"kept", bson.D{{"n", int32(1)}}}, {"list", bson.A{text}}, {"after", bson.D{{"text", text}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	kept := make([]bson.D, docs)
	before := heapSize()
	for i := range kept {
		var d bson.D
		if err := bson.Unmarshal(doc, &d); err != nil {
			t.Fatal(err)
		}
		kept[i] = d[1].Value.(bson.D)
	}
	if each, most := (heapSize()-before)/docs, 200; each > most {
		t.Errorf("a document of one element keeps %d bytes, want at most %d", each, most)
	}
	runtime.KeepAlive(kept)
}

// heapSize returns the number of bytes in use after a collection.
func heapSize() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // empties the pools too
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

func countTypes(c *bson.Cursor, is func(bson.Type) bool) (n int) {
	for c.Next() {
		if is(c.Type()) {
			n++
		}
		if c.Type().IsContainer() && c.Enter() {
			n += countTypes(c, is)
			c.Leave()
		}
	}
	return n
}

// TestFreshAllocs: without a buffer each result is one allocation, of its own length.
// Results over 4 MiB may have a quarter of their length as spare capacity.
func TestFreshAllocs(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a collection empties the pools
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))  // each processor has its pools
	for _, size := range []int{20, 100, 1000, 50_000, 200_000, 6_000_000} {
		doc := sample.Sized(1, size)
		var d bson.D
		if err := bson.Unmarshal(doc, &d); err != nil {
			t.Fatal(err)
		}
		var v any = d
		var record any = &struct {
			plainRecord
			Text []string
		}{Text: slices.Repeat([]string{"text"}, size/20)}
		for _, tc := range []struct {
			name string
			f    func() ([]byte, error)
		}{
			{"Marshal", func() ([]byte, error) { return bson.Marshal(v) }},
			{"Marshal of a struct", func() ([]byte, error) { return bson.Marshal(record) }},
			{"Append", func() ([]byte, error) { return bson.Append(nil, v) }},
			{"Append to a dst without room", func() ([]byte, error) { return bson.Append(doc[:4:4], v) }},
			{"AppendValue", func() ([]byte, error) { out, _, err := bson.EncodeOptions{}.AppendValue(nil, v); return out, err }},
			{"MarshalValue", func() ([]byte, error) { _, out, err := bson.MarshalValue(v); return out, err }},
		} {
			want := 1.0
			if tc.name == "Append to a dst without room" && size > 4<<20 {
				want = 2 // the document is made, then copied behind the bytes of dst
			}
			fresh.Check(t, tc.name, size, want, tc.f)
		}
	}
}

// TestFreshLarge: a document over 4 MiB takes little more memory than its length, for each
// kind of container.
func TestFreshLarge(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a collection empties the pools
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	text := strings.Repeat("t", 2000)
	m, d, texts := bson.M{}, bson.D{}, slices.Repeat([]string{text}, 4000)
	list, record := bson.A{}, map[string]string{}
	for i, s := range texts {
		key := strconv.Itoa(i)
		m[key], record[key] = s, s
		d, list = append(d, bson.E{Key: key, Value: s}), append(list, s)
	}
	// Where maps are sorted, the elements of wide and wideRecord stand before those of m
	// and record.
	wide, wideRecord := bson.M{"m": m}, map[string]map[string]string{"m": record}
	for i := range 3000 {
		wide["a"+strconv.Itoa(i)] = true
		wideRecord["a"+strconv.Itoa(i)] = nil
	}
	for name, v := range map[string]any{
		"D": d, "M": m, "M in a wide M": wide, "map in a wide map": wideRecord, "A": bson.D{{Key: "a", Value: list}}, "slice": bson.D{{Key: "a", Value: texts}},
		"map": record, "M in a map": map[string]bson.M{"a": m},
	} {
		var before, after runtime.MemStats
		var doc []byte
		for range 3 { // the last with all buffers
			runtime.ReadMemStats(&before)
			var err error
			if doc, err = bson.Marshal(v); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
		}
		made := after.TotalAlloc - before.TotalAlloc
		if most := uint64(len(doc) + len(doc)/8); made > most {
			t.Errorf("%s: %d bytes are allocated for %d, want at most %d", name, made, len(doc), most)
		}
	}
}
