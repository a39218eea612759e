package pickle_test

import (
	"fmt"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/objectid"
	"github.com/bsonkit/bsonkit/pickle"
)

var example = objectid.ID{0x50, 0x7f, 0x1f, 0x77, 0xbc, 0xf8, 0x6c, 0xd7, 0x99, 0x43, 0x90, 0x11}

// hundred is a document of 100 fields of the usual types.
var hundred = func() []byte {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.AppendObjectID(doc, "_id", example)
	for i := 1; i < 100; i++ {
		key := fmt.Sprintf("field_%d", i)
		switch i % 6 {
		case 0:
			doc = bsoncore.AppendInt32(doc, key, int32(i*1000))
		case 1:
			doc = bsoncore.AppendString(doc, key, fmt.Sprintf("the value of field %d", i))
		case 2:
			doc = bsoncore.AppendDouble(doc, key, float64(i)/7)
		case 3:
			doc = bsoncore.AppendBoolean(doc, key, i%2 == 0)
		case 4:
			doc = bsoncore.AppendDateTime(doc, key, 1577934245678+int64(i))
		case 5:
			doc = bsoncore.AppendInt64(doc, key, int64(i)<<33)
		}
	}
	return bsoncore.End(doc, mark)
}()

var benchProtocols = []struct {
	name  string
	proto pickle.Protocol
}{{"protocol0", pickle.Protocol0}, {"protocol2", pickle.Protocol2}, {"protocol4", pickle.Protocol4}}

var (
	sink   []byte
	sinkID objectid.ID
)

func BenchmarkAppendObjectID(b *testing.B) {
	for _, p := range benchProtocols {
		b.Run(p.name, func(b *testing.B) {
			o := pickle.EncodeOptions{Protocol: p.proto}
			b.ReportAllocs()
			for b.Loop() {
				sink, _ = o.AppendObjectID(sink[:0], example)
			}
		})
	}
}

func BenchmarkUnmarshalObjectID(b *testing.B) {
	for _, p := range benchProtocols {
		data, err := pickle.EncodeOptions{Protocol: p.proto}.MarshalObjectID(example)
		if err != nil {
			b.Fatal(err)
		}
		benchObjectID(b, p.name, data)
	}
	// Python 2, protocol 2: a form without a template.
	benchObjectID(b, "python2", []byte("\x80\x02cbson.objectid\nObjectId\nq\x01)\x81q\x02U\x0c"+string(example[:])+"q\x03b."))
}

func benchObjectID(b *testing.B, name string, data []byte) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var err error
			if sinkID, err = pickle.UnmarshalObjectID(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkAppendPickle(b *testing.B) {
	for _, p := range benchProtocols {
		b.Run("hundred/"+p.name, func(b *testing.B) {
			o := pickle.EncodeOptions{Protocol: p.proto}
			b.SetBytes(int64(len(hundred)))
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if sink, err = o.AppendPickle(sink[:0], hundred); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppendBSON(b *testing.B) {
	for _, p := range benchProtocols {
		data, err := pickle.EncodeOptions{Protocol: p.proto}.AppendPickle(nil, hundred)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("hundred/"+p.name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if sink, err = pickle.AppendBSON(sink[:0], data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
