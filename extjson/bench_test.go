package extjson_test

import (
	"fmt"
	"testing"

	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

var modes = []struct {
	name string
	mode extjson.Mode
}{{"canonical", extjson.Canonical}, {"relaxed", extjson.Relaxed}}

var sink []byte

func BenchmarkAppendJSON(b *testing.B) {
	for _, s := range sample.Sets() {
		for _, m := range modes {
			o := extjson.EncodeOptions{Mode: m.mode}
			b.Run(m.name+"/"+s.Name, func(b *testing.B) {
				b.SetBytes(s.Size)
				b.ReportAllocs()
				for b.Loop() {
					for _, doc := range s.Docs {
						var err error
						if sink, err = o.AppendJSON(sink[:0], doc); err != nil {
							b.Fatal(err)
						}
					}
				}
			})
		}
	}
}

func BenchmarkAppendBSON(b *testing.B) {
	for _, s := range sample.Sets() {
		for _, m := range modes {
			texts := make([][]byte, len(s.Docs))
			for i, doc := range s.Docs {
				var err error
				if texts[i], err = (extjson.EncodeOptions{Mode: m.mode}).AppendJSON(nil, doc); err != nil {
					b.Fatal(err)
				}
			}
			b.Run(m.name+"/"+s.Name, func(b *testing.B) {
				b.SetBytes(s.Size)
				b.ReportAllocs()
				for b.Loop() {
					for _, text := range texts {
						var err error
						if sink, err = extjson.AppendBSON(sink[:0], text); err != nil {
							b.Fatal(err)
						}
					}
				}
			})
		}
	}
}

// directRoom is the room in bytes that AppendJSON wants beside the text.
const directRoom = 300

// BenchmarkFresh compares a result onto nil with a result onto a dst with room, which is
// then copied to a slice of its length, or not: warm is without an allocation, copied
// with nothing but the necessary one. direct is a result in a new slice that has room for
// it. The sizes are those of the documents in bytes.
func BenchmarkFresh(b *testing.B) {
	for _, size := range []int{100, 1000, 16_000, 200_000, 8_000_000} {
		doc := sample.Sized(1, size)
		text, err := extjson.AppendJSON(nil, doc)
		if err != nil {
			b.Fatal(err)
		}
		room := make([]byte, 0, 2*(len(doc)+len(text))+1024)
		for _, dst := range []struct {
			name  string
			bytes []byte
			made  bool // bytes are a new slice
			copy  bool
		}{{"fresh", nil, false, false}, {"warm", room, false, false}, {"copied", room, false, true}, {"direct", nil, true, false}} {
			for _, call := range []struct {
				name string
				f    func(dst []byte) ([]byte, error)
			}{
				{"AppendJSON", func(dst []byte) ([]byte, error) { return extjson.AppendJSON(dst, doc) }},
				{"AppendBSON", func(dst []byte) ([]byte, error) { return extjson.AppendBSON(dst, text) }},
			} {
				b.Run(fmt.Sprintf("%s/%s/%d", call.name, dst.name, size), func(b *testing.B) {
					b.SetBytes(int64(len(doc)))
					b.ReportAllocs()
					result, err := call.f(nil)
					if err != nil {
						b.Fatal(err)
					}
					for b.Loop() {
						bytes := dst.bytes
						if dst.made {
							bytes = make([]byte, 0, len(result)+directRoom)
						}
						if sink, err = call.f(bytes); err != nil {
							b.Fatal(err)
						}
						if dst.copy {
							out := make([]byte, len(sink))
							copy(out, sink)
							sink = out
						}
					}
				})
			}
		}
	}
}
