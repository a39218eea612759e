//go:build !race

package pickle_test

import (
	"runtime/debug"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/internal/fresh"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/pickle"
)

func TestNoAllocs(t *testing.T) {
	python2 := []byte("\x80\x02cbson.objectid\nObjectId\nq\x01)\x81q\x02U\x0c" + string(example[:]) + "q\x03b.")
	var buf []byte
	for _, p := range protocols {
		o := pickle.EncodeOptions{Protocol: p}
		id, err := o.MarshalObjectID(example)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := o.AppendPickle(nil, hundred)
		if err != nil {
			t.Fatal(err)
		}
		for _, tc := range []struct {
			name string
			want float64
			run  func() error
		}{
			{"AppendObjectID", 0, func() (err error) { buf, err = o.AppendObjectID(buf[:0], example); return }},
			{"MarshalObjectID", 1, func() (err error) { sink, err = o.MarshalObjectID(example); return }},
			{"UnmarshalObjectID", 0, func() (err error) { sinkID, err = pickle.UnmarshalObjectID(id); return }},
			{"UnmarshalObjectID of Python 2", 0, func() (err error) { sinkID, err = pickle.UnmarshalObjectID(python2); return }},
			{"AppendPickle", 0, func() (err error) { buf, err = o.AppendPickle(buf[:0], hundred); return }},
			{"AppendBSON", 0, func() (err error) { buf, err = pickle.AppendBSON(buf[:0], doc); return }},
		} {
			// A garbage collection may empty the pools between two runs.
			if n := testing.AllocsPerRun(100, func() {
				if err := tc.run(); err != nil {
					t.Error(err)
				}
			}); n > tc.want {
				t.Errorf("%s, protocol %d: %v allocations, want %v", tc.name, p, n, tc.want)
			}
		}
	}
}

// TestFreshAllocs: without a buffer each result is one allocation, of its own length. For larger
// documents the tables of keys and values are allocated as well.
func TestFreshAllocs(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a collection empties the pools
	for _, size := range []int{20, 100, 1000, 50_000} {
		doc := sample.Sized(1, size)
		data, err := pickle.AppendPickle(nil, doc)
		if err != nil {
			t.Fatal(err)
		}
		var v any = bson.Raw(doc)
		for _, tc := range []struct {
			name string
			f    func() ([]byte, error)
		}{
			{"AppendPickle", func() ([]byte, error) { return pickle.AppendPickle(nil, doc) }},
			{"AppendPickleValue", func() ([]byte, error) { return pickle.AppendPickleValue(nil, bson.TypeArray, doc) }},
			{"Marshal", func() ([]byte, error) { return pickle.Marshal(v) }},
			{"AppendBSON", func() ([]byte, error) { return pickle.AppendBSON(nil, data) }},
			{"AppendBSONValue", func() ([]byte, error) { out, _, err := pickle.AppendBSONValue(nil, data); return out, err }},
		} {
			fresh.Check(t, tc.name, size, 1, tc.f)
		}
	}
}
