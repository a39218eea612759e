package columns

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// A dirty allocator returns memory that is not zero, as those of other languages do.
type dirty struct{ memory.GoAllocator }

func (d *dirty) Allocate(size int) []byte { return d.Reallocate(size, nil) }

func (d *dirty) Reallocate(size int, b []byte) []byte {
	out := d.GoAllocator.Allocate(size)
	for i := copy(out, b); i < len(out); i++ {
		out[i] = 0xAA
	}
	return out
}

// cell is a value of a column: nil is a null.
func cell(i int) []byte { return fmt.Appendf(nil, "%d", i*i) }

// TestSinks: columns with nulls at random places have the values and nulls that were
// appended, also in a second batch, and also if rows behind the batch are left out.
func TestSinks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	mem := memory.NewCheckedAllocator(&dirty{})
	defer mem.AssertSize(t, 0)
	for _, typ := range []arrow.DataType{arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int32, arrow.FixedWidthTypes.Boolean} {
		for _, share := range []float64{0, 0.01, 0.5, 0.99, 1} {
			s := part(typ, &plan{mem: mem, most: 1000, whole: 1 << 20})
			for _, rows := range []int{0, 1, 7, 8, 9, 64, 1000, 3} {
				s.begin()
				var want []string
				for i := range rows + 2 {
					if r.Float64() >= share {
						if i < rows {
							want = append(want, "null")
						}
						continue
					}
					s.fill(i)
					text := ""
					switch s.layout {
					case laidBytes:
						s.text(i, cell(i))
						text = string(cell(i))
					case laidFixed:
						s.values.appendInt32(int32(i))
						text = fmt.Sprint(i)
					case laidBits:
						s.boolean(i%3 == 0)
						text = fmt.Sprint(i%3 == 0)
					}
					s.rows++
					if i < rows {
						want = append(want, text)
					}
				}
				data := s.finish(rows)
				a := array.MakeFromData(data)
				data.Release()
				var got []string
				nulls := 0
				for i := range a.Len() {
					text := a.ValueStr(i)
					if a.IsNull(i) {
						text = "null"
						nulls++
						if v, ok := a.(*array.Int32); ok && v.Value(i) != 0 {
							t.Errorf("a null has the value %d", v.Value(i))
						}
					}
					got = append(got, text)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s, %v of %d rows (-want +got):\n%s", typ, share, rows, diff)
				}
				if a.NullN() != nulls {
					t.Errorf("%s, %v of %d rows: %d nulls, want %d", typ, share, rows, a.NullN(), nulls)
				}
				a.Release()
			}
			s.release()
		}
	}
}

// TestPlan: a buffer doubles until the end of the batch can be guessed. A guess is not much
// more than the bytes that the buffer has.
func TestPlan(t *testing.T) {
	for _, tc := range []struct {
		plan       plan
		size, want int
	}{
		{plan{rows: 500, most: 1000, size: 500}, 800, 1600},                  // a stream of unknown length
		{plan{rows: 15, most: 1000, size: 100, whole: 200}, 800, 1600},       // too early
		{plan{rows: 500, most: 1000, size: 100, whole: 1000}, 800, 1800},     // half of the rows
		{plan{rows: 100, most: 1000, size: 500, whole: 1000}, 800, 1800},     // half of the bytes
		{plan{rows: 16, most: 1 << 20, size: 1, whole: 1 << 30}, 800, 12800}, // at the start
		{plan{rows: 1000, most: 1000, size: 9, whole: 10}, 800, 900},         // at the end
		{plan{rows: 16, most: 1000, size: 30, whole: 10}, 800, 900},          // the stream has grown
	} {
		if got := tc.plan.last(tc.size); got != tc.want {
			t.Errorf("%+v: %d bytes become %d, want %d", tc.plan, tc.size, got, tc.want)
		}
	}
}

// TestAgain: a batch has room for as much as the batch before, if the stream is long enough.
func TestAgain(t *testing.T) {
	for _, tc := range []struct {
		plan plan
		want int
	}{
		{plan{}, 900},
		{plan{before: 1000}, 900}, // a stream of unknown length
		{plan{before: 1000, whole: 1000}, 900},
		{plan{before: 1000, whole: 5000}, 900},
		{plan{before: 1000, whole: 10}, 9},
		{plan{whole: 10}, 900},
	} {
		if got := tc.plan.again(800); got != tc.want {
			t.Errorf("%+v: room for %d, want %d", tc.plan, got, tc.want)
		}
	}
}

// A counting allocator counts the bytes that it was asked for.
type counting struct {
	memory.GoAllocator
	bytes int
}

func (c *counting) Allocate(size int) []byte {
	c.bytes += size
	return c.GoAllocator.Allocate(size)
}

func (c *counting) Reallocate(size int, b []byte) []byte {
	c.bytes += size
	return c.GoAllocator.Reallocate(size, b)
}

// TestLength: if the length of the stream is known, less memory is made and thrown away. Each
// batch is planned with the rest of the stream.
func TestLength(t *testing.T) {
	docs := orders(1000)
	stream := slices.Concat(docs...)
	s := schemaOf(t, docs, Options{})
	use := func(r io.Reader, o Options) (bytes int, planned []int) {
		mem := &counting{}
		o.Allocator = mem
		reader, err := NewRecordReader(r, s, o)
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Release()
		for reader.Next() {
			planned = append(planned, reader.appender.plan.whole)
		}
		return mem.bytes, planned
	}
	unknown, _ := use(struct{ io.Reader }{bytes.NewReader(stream)}, Options{})
	known, _ := use(bytes.NewReader(stream), Options{})
	if known > unknown*2/3 {
		t.Errorf("%d bytes if the length is known, %d otherwise", known, unknown)
	}
	_, got := use(bytes.NewReader(stream), Options{BatchDocuments: 400})
	rest := func(from int) int { return len(slices.Concat(docs[from:]...)) }
	if want := []int{rest(0), rest(400), rest(800)}; !slices.Equal(want, got) {
		t.Errorf("batches planned for %d bytes, want %d", got, want)
	}
}

// TestLastBatch: a last batch of one document has little memory, although the batch before has
// much.
func TestLastBatch(t *testing.T) {
	docs := orders(2001)
	for _, o := range []Options{{BatchDocuments: 2000}, {BatchDocuments: 2000, Nulls: NullsFold, Order: OrderExact}} {
		r, err := NewRecordReader(bytes.NewReader(slices.Concat(docs...)), schemaOf(t, docs, o), o)
		if err != nil {
			t.Fatal(err)
		}
		var rows, sizes []int64
		for r.Next() {
			rows, sizes = append(rows, r.RecordBatch().NumRows()), append(sizes, capacity(r.RecordBatch()))
		}
		if r.Release(); !slices.Equal(rows, []int64{2000, 1}) || r.Err() != nil {
			t.Fatalf("batches of %d documents, error %v", rows, r.Err())
		}
		if sizes[1] > sizes[0]/20 {
			t.Errorf("1 document has %d bytes, 2000 have %d", sizes[1], sizes[0])
		}
	}
}

// capacity returns the number of bytes that the buffers of a batch have.
func capacity(batch arrow.RecordBatch) (bytes int64) {
	var add func(arrow.ArrayData)
	add = func(data arrow.ArrayData) {
		for _, b := range data.Buffers() {
			if b != nil {
				bytes += int64(b.Cap())
			}
		}
		for _, kid := range data.Children() {
			add(kid)
		}
	}
	for _, c := range batch.Columns() {
		add(c.Data())
	}
	return bytes
}

// TestMarks: once the end of the batch can be guessed, the list of ends grows to its last
// size. The batches after it need no other list.
func TestMarks(t *testing.T) {
	p := &plan{mem: memory.DefaultAllocator, most: 1 << 20, whole: 4000}
	s := part(arrow.BinaryTypes.String, p)
	for batch := range 2 {
		s.begin()
		var sizes []int // of the list, after the first rows
		for p.rows = range p.whole {
			p.size = p.rows
			if s.text(p.rows, []byte("a")); p.rows > plannedRows {
				sizes = append(sizes, cap(s.marks.list))
			}
			s.rows++
		}
		if sizes = slices.Compact(sizes); len(sizes) > 3-2*batch {
			t.Errorf("batch %d: lists of %d values", batch+1, sizes)
		}
		s.finish(p.whole).Release()
	}
	s.release()
}

// TestTextInPlace: the text of a short value is written to its column, a text that has no
// room there is copied to it. Both are what AppendJSONValue writes.
func TestTextInPlace(t *testing.T) {
	var docs [][]byte
	for i := range 400 {
		dst, doc := bsoncore.Begin(nil)
		dst = bsoncore.AppendInt32(dst, "n", int32(i))
		if n := i % 40; i%2 == 0 {
			dst = bsoncore.AppendString(dst, "v", strings.Repeat("\x01", n*n)) // the text is six times as long
		} else {
			dst = bsoncore.AppendDouble(dst, "v", float64(i)/3)
		}
		docs = append(docs, bsoncore.End(dst, doc))
	}
	o := Options{Mixed: MixedJSON, BatchDocuments: 200}
	s := schemaOf(t, docs, o)
	r, err := NewRecordReader(bytes.NewReader(slices.Concat(docs...)), s, o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	at := 0
	for r.Next() {
		texts := r.RecordBatch().Column(1).(array.ExtensionArray).Storage().(*array.String)
		for i := range texts.Len() {
			v := bson.Raw(docs[at]).Lookup("v")
			want, err := extjson.EncodeOptions{Mode: extjson.Canonical}.AppendJSONValue(nil, v.Type, v.Value)
			if err != nil {
				t.Fatal(err)
			}
			if got := texts.Value(i); got != string(want) {
				t.Errorf("document %d is %q, want %q", at+1, got, want)
			}
			at++
		}
	}
	if err := r.Err(); err != nil || at != len(docs) {
		t.Errorf("%d documents, error %v", at, err)
	}
}

// TestShortTexts: once a column has memory, short texts need no other.
func TestShortTexts(t *testing.T) {
	docs := parse(t, "{a: 1.5}", "{a: 'x'}", "{a: [1, 2]}")
	o := Options{Mixed: MixedJSON}
	stream := slices.Concat(slices.Repeat(docs, 100)...)
	r, err := NewRecordReader(bytes.NewReader(stream), schemaOf(t, docs, o), o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	a := &r.appender
	a.root.begin()
	a.root.kids[0].values.reserve(1 << 20)
	add := func() {
		for _, doc := range docs {
			if err := a.add(doc, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 1000 {
		add()
	}
	if n := testing.AllocsPerRun(20, add); n > 0 {
		t.Errorf("%v allocations", n)
	}
	if cap(a.text) > 0 {
		t.Errorf("%d bytes for texts beside their column", cap(a.text))
	}
}

// TestNames: each key finds its field, also if keys share their place, and other keys find
// none.
func TestNames(t *testing.T) {
	var n names
	texts := []string{"", "a", "b", "aaaaaaa", "aaaaaaaa", "aaaaaaaaa", "aaaaaaaab", "aaaaaaaaxaaaaaaaa", "aaaaaaaayaaaaaaaa", "aaaaaaaazaaaaaaaa"}
	for i := range 500 {
		texts = append(texts, fmt.Sprintf("field %d of many", i), fmt.Sprint(i))
	}
	n.init(len(texts))
	for _, text := range texts {
		n.all[text] = &sink{key: keyOf([]byte(text))}
	}
	for range 3 { // the first time nothing is in found
		for _, text := range texts {
			for _, behind := range []string{"", "\x00\x01\x02\x03\x04\x05\x06\x07\x08"} {
				key := []byte(text + behind)[:len(text)]
				if kid := n.find(keyOf(key)); kid != n.all[text] {
					t.Errorf("%q finds another field", text)
				}
			}
			if kid := n.find(keyOf([]byte(text + "\xff"))); kid != nil {
				t.Errorf("%q finds %q", text+"\xff", kid.key.text)
			}
		}
	}
}
