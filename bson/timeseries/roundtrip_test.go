package timeseries

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// These tests encode values with encode_test.go and unpack them.

// times returns a column of n datetimes.
func times(r *rand.Rand, n int) (all []field) {
	at := r.Int64N(2e12)
	for range n {
		at += 1000 + r.Int64N(20)*r.Int64N(2)
		all = append(all, field{Type: bsoncore.TypeDateTime, Data: binary.LittleEndian.AppendUint64(nil, uint64(at))})
	}
	return all
}

// elements returns values as elements of a document each, "" for those that are
// missing.
func elements(key string, values []field) (all []string) {
	for _, v := range values {
		if v.Type == 0 {
			all = append(all, "")
		} else {
			all = append(all, string(bsoncore.AppendValue(nil, key, v.Type, v.Data)))
		}
	}
	return all
}

// unpacked returns the elements of bucket of the field key, "" where it is missing.
func unpacked(t *testing.T, bucket []byte, key string) (all []string) {
	t.Helper()
	for doc, err := range Unpack(bucket) {
		if err != nil {
			t.Fatal(err)
		}
		v := doc.Lookup(key)
		all = append(all, "")
		if v.Type != 0 {
			all[len(all)-1] = string(bsoncore.AppendValue(nil, key, v.Type, v.Data))
		}
		if err := doc.Validate(); err != nil {
			t.Fatalf("%x: %v", []byte(doc), err)
		}
	}
	return all
}

func text(s string) []byte {
	return append(append(binary.LittleEndian.AppendUint32(nil, uint32(len(s)+1)), s...), 0)
}

// makers make the next value of a type after a number n that changes a little or a lot.
var makers = []struct {
	name string
	typ  bsoncore.Type
	make func(r *rand.Rand, n int64) []byte
}{
	{"int32", bsoncore.TypeInt32, func(_ *rand.Rand, n int64) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(n)) }},
	{"int64", bsoncore.TypeInt64, func(_ *rand.Rand, n int64) []byte { return binary.LittleEndian.AppendUint64(nil, uint64(n)) }},
	{"datetime", bsoncore.TypeDateTime, func(_ *rand.Rand, n int64) []byte { return binary.LittleEndian.AppendUint64(nil, uint64(n)) }},
	{"timestamp", bsoncore.TypeTimestamp, func(_ *rand.Rand, n int64) []byte { return binary.LittleEndian.AppendUint64(nil, uint64(n)) }},
	{"boolean", bsoncore.TypeBoolean, func(_ *rand.Rand, n int64) []byte { return []byte{byte(n & 1)} }},
	{"double with decimals", bsoncore.TypeDouble, func(_ *rand.Rand, n int64) []byte {
		return binary.LittleEndian.AppendUint64(nil, math.Float64bits(float64(n%1e9)/100))
	}},
	{"double", bsoncore.TypeDouble, func(r *rand.Rand, n int64) []byte {
		special := []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 0, 1e300, -5e-324, float64(n)}
		return binary.LittleEndian.AppendUint64(nil, math.Float64bits(special[r.IntN(len(special))]))
	}},
	{"ObjectId", bsoncore.TypeObjectID, func(r *rand.Rand, n int64) []byte {
		id := append(binary.BigEndian.AppendUint32(nil, uint32(n>>8)), "proce"...)
		if r.IntN(30) == 0 {
			id[8] = 'x'
		}
		return append(id, byte(n>>16), byte(n>>8), byte(n))
	}},
	{"string", bsoncore.TypeString, func(r *rand.Rand, n int64) []byte {
		return text([]string{"", "a", fmt.Sprint(n), fmt.Sprintf("%016x", n), "longer than sixteen bytes", "\x00nul in front", "é", "abcdefghijklmno" + string(rune('a'+n&7))}[r.IntN(8)])
	}},
	{"code", bsoncore.TypeCode, func(_ *rand.Rand, n int64) []byte { return text(fmt.Sprintf("f(%d)", n%100)) }},
	{"binary", bsoncore.TypeBinary, func(r *rand.Rand, n int64) []byte {
		size := []int{0, 1, 8, 9, 16, 17, 40}[r.IntN(7)]
		b := make([]byte, 5+size, 5+size+8)
		b[0], b[4] = byte(size), byte(r.IntN(2)*0x80)
		copy(b[5:], binary.BigEndian.AppendUint64(nil, uint64(n)))
		return b
	}},
	{"decimal128", bsoncore.TypeDecimal128, func(_ *rand.Rand, n int64) []byte {
		return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, uint64(n)), 0x3040000000000000)
	}},
	{"null", bsoncore.TypeNull, func(*rand.Rand, int64) []byte { return nil }},
	{"maxKey", bsoncore.TypeMaxKey, func(*rand.Rand, int64) []byte { return nil }},
	{"minKey", bsoncore.TypeMinKey, func(*rand.Rand, int64) []byte { return nil }},
	{"regex", bsoncore.TypeRegex, func(_ *rand.Rand, n int64) []byte { return []byte{byte('a' + n&1), 0, 'i', 0} }},
	{"document", bsoncore.TypeDocument, func(_ *rand.Rand, n int64) []byte {
		doc, mark := bsoncore.Begin(nil)
		return bsoncore.End(bsoncore.AppendInt64(doc, "n", n&1), mark)
	}},
	{"array", bsoncore.TypeArray, func(_ *rand.Rand, n int64) []byte {
		doc, mark := bsoncore.Begin(nil)
		return bsoncore.End(bsoncore.AppendInt64(doc, "0", n&1), mark)
	}},
}

// walk returns n values of the maker with the given index, or of any for -1.
func walk(r *rand.Rand, maker, n int) (all []field) {
	number, m, last := r.Int64N(1<<40), max(maker, 0), field{}
	for range n {
		switch r.IntN(12) {
		case 0:
			number += r.Int64N(1 << 30)
		case 1:
			number = int64(r.Uint64())
		case 2:
			number ^= 1 << r.IntN(63)
		case 3, 4:
			number -= r.Int64N(50)
		}
		if maker < 0 && r.IntN(40) == 0 {
			m = r.IntN(len(makers))
		}
		v := field{Type: makers[m].typ, Data: makers[m].make(r, number)}
		switch r.IntN(60) {
		case 0, 1, 2:
			v = field{}
		case 3:
			for range r.IntN(400) { // a run
				all = append(all, last)
			}
		case 4:
			for range r.IntN(400) {
				all = append(all, field{})
			}
		}
		if last = v; v.Type == 0 && len(all) > 0 {
			last = all[len(all)-1]
		}
		all = append(all, v)
	}
	return all
}

// TestRoundTrip: encoded values of each type, with runs and missing values, are
// unpacked as they were.
func TestRoundTrip(t *testing.T) {
	for seed := range uint64(3) {
		for m := -1; m < len(makers); m++ {
			name := "all types"
			if m >= 0 {
				name = makers[m].name
			}
			r := rand.New(rand.NewPCG(seed, uint64(m+1)))
			values := walk(r, m, 1+r.IntN(200))
			bucket := bucketOf(2, len(values), "v", encodeColumn(r, values), "t", encodeColumn(r, times(r, len(values))))
			if diff := cmp.Diff(elements("v", values), unpacked(t, bucket, "v")); diff != "" {
				t.Fatalf("%s, seed %d (-want +got):\n%s", name, seed, diff)
			}
		}
	}
}

// A shape is a reference document for a group, with the names of its scalars in order.
type shape struct {
	name    string
	control byte
	build   func(values []field) field // the object of the values; the zero field: it is missing
	scalars int
}

// leaf appends v if it is not missing.
func leaf(dst []byte, key string, v field) []byte {
	if v.Type == 0 {
		return dst
	}
	return bsoncore.AppendValue(dst, key, v.Type, v.Data)
}

// nested appends what add appends as a document or array, unless it is nothing.
func nested(dst []byte, key string, t bsoncore.Type, add func(dst []byte) []byte) []byte {
	inner, mark := bsoncore.Begin(nil)
	if inner = add(inner); len(inner) == 4 {
		return dst
	}
	return bsoncore.AppendValue(dst, key, t, bsoncore.End(inner, mark))
}

// object returns what add appends as a value, or no value if it is nothing.
func object(t bsoncore.Type, add func(dst []byte) []byte) field {
	doc, mark := bsoncore.Begin(nil)
	if doc = add(doc); len(doc) == 4 {
		return field{}
	}
	return field{Type: t, Data: bsoncore.End(doc, mark)}
}

var shapes = []shape{
	{"one field", groupControl, func(v []field) field {
		return object(bsoncore.TypeDocument, func(dst []byte) []byte { return leaf(dst, "a", v[0]) })
	}, 1},
	{"nested", groupControl, func(v []field) field {
		return object(bsoncore.TypeDocument, func(dst []byte) []byte {
			dst = leaf(dst, "a", v[0])
			dst = nested(dst, "b", bsoncore.TypeDocument, func(dst []byte) []byte {
				return nested(leaf(dst, "c", v[1]), "d", bsoncore.TypeArray, func(dst []byte) []byte { return leaf(leaf(dst, "0", v[2]), "1", v[3]) })
			})
			return leaf(dst, "e", v[4])
		})
	}, 5},
	{"with an empty document", groupControl, func(v []field) field {
		return object(bsoncore.TypeDocument, func(dst []byte) []byte {
			return leaf(bsoncore.AppendDocument(dst, "a", []byte("\x05\x00\x00\x00\x00")), "b", v[0])
		})
	}, 1},
	{"array", groupArray, func(v []field) field {
		return object(bsoncore.TypeArray, func(dst []byte) []byte {
			return nested(leaf(dst, "0", v[0]), "1", bsoncore.TypeDocument, func(dst []byte) []byte { return leaf(dst, "x", v[1]) })
		})
	}, 2},
	{"arrays as scalars", groupOldControl, func(v []field) field {
		return object(bsoncore.TypeDocument, func(dst []byte) []byte { return leaf(leaf(dst, "a", v[0]), "b", v[1]) })
	}, 2},
}

// TestGroups: encoded objects with a reference document are unpacked as they were, and
// so are values before and after them.
func TestGroups(t *testing.T) {
	for seed := range uint64(10) {
		for _, s := range shapes {
			r := rand.New(rand.NewPCG(seed, 7))
			scalar := func() field { // of any type but document and, unless it is a scalar, array
				for {
					v := walk(r, r.IntN(len(makers)), 1)[0]
					if v.Type != 0 && v.Type != bsoncore.TypeDocument && (v.Type != bsoncore.TypeArray || s.control == groupOldControl) {
						return v
					}
				}
			}
			n, first := 1+r.IntN(300), make([]field, s.scalars)
			rows := make([][]field, n)
			for i := range rows {
				rows[i] = make([]field, s.scalars)
			}
			for j := range first {
				first[j] = scalar()
				v := first[j]
				for i := range rows {
					switch r.IntN(20) {
					case 0:
						v = scalar()
					case 1:
						continue
					}
					rows[i][j] = v
				}
			}
			for range 1 + r.IntN(3) { // objects that are missing
				clear(rows[r.IntN(n)])
			}
			before := walk(r, r.IntN(len(makers)), r.IntN(4))
			values, last := before, field{}
			for _, row := range rows {
				last = s.build(row)
				values = append(values, last)
			}
			column := encodeColumn(r, before)
			column = append(column[:len(column)-1], encodeGroup(r, s.control, s.build(first).Data, first, rows)...)
			after := []field{{}, {}}
			if last.Type != 0 {
				for range r.IntN(300) {
					after = append(after, last)
				}
			}
			for _, run := range newEncoder(r, last).runs(after) {
				column = append(column, run.data...)
			}
			column = append(column, 0)
			values = append(values, after...)
			bucket := bucketOf(3, len(values), "t", encodeColumn(r, times(r, len(values))), "v", column)
			if diff := cmp.Diff(elements("v", values), unpacked(t, bucket, "v")); diff != "" {
				t.Fatalf("%s, seed %d (-want +got):\n%s", s.name, seed, diff)
			}
		}
	}
}
