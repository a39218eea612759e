//go:build !race

package pickle_test

import (
	"testing"

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
