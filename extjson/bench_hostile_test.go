package extjson_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/hostile"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/internal/textcut"
)

// BenchmarkHostile reads each hostile text in two sizes. Bytes per second must be
// similar, or higher if the fault is near the start.
func BenchmarkHostile(b *testing.B) {
	for _, tc := range hostile.Shapes(hostile.JSON) {
		for _, n := range []int{100_000, 10_000_000} {
			text := []byte(tc.Make(n))
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(tc.Name, " ", "-"), n), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					sink, _ = extjson.AppendBSON(sink[:0], text)
				}
			})
		}
	}
}

// BenchmarkDecoder reads one document of each size, in one piece and byte by byte,
// and the same text as a stream of small documents.
func BenchmarkDecoder(b *testing.B) {
	const element = `{"k":"some text","n":[1,2.5]},`
	for _, size := range []int{64 << 10, 1 << 20, 16 << 20} {
		n := size / len(element)
		large := `{"a":[` + strings.Repeat(element, n) + `1]}`
		small := `[` + strings.Repeat(element, n) + `{}]`
		for _, c := range []struct {
			name string
			d    func() *extjson.Decoder
		}{
			{"large", func() *extjson.Decoder { return extjson.NewDecoder(strings.NewReader(large)) }},
			{"large-byte-by-byte", func() *extjson.Decoder { return extjson.NewDecoder(iotest.OneByteReader(strings.NewReader(large))) }},
			{"small", func() *extjson.Decoder { return extjson.NewDecoder(strings.NewReader(small)) }},
			{"small-byte-by-byte", func() *extjson.Decoder { return extjson.NewDecoder(iotest.OneByteReader(strings.NewReader(small))) }},
		} {
			b.Run(fmt.Sprintf("%s/%dKiB", c.name, size>>10), func(b *testing.B) {
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					d := c.d()
					for d.Next() {
					}
					if d.Err() != nil {
						b.Fatal(d.Err())
					}
				}
			})
		}
	}
}

// BenchmarkSplitter cuts a stream of documents into pieces of 1 MB. For lines the
// Splitter searches from the end; all other text is read from the start.
func BenchmarkSplitter(b *testing.B) {
	var lines []byte
	for _, doc := range sample.Documents(sample.Bench, sample.Seed, 5000) {
		lines, _ = extjson.EncodeOptions{Mode: extjson.Canonical}.AppendJSON(lines, doc)
		lines = append(lines, '\n')
	}
	for _, bc := range []struct {
		name string
		text []byte
	}{
		{"lines", lines},
		{"array", append([]byte{'['}, bytes.ReplaceAll(lines, []byte("\n"), []byte(","))...)},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.SetBytes(int64(len(bc.text)))
			b.ReportAllocs()
			for b.Loop() {
				s := textcut.NewSplitter(textcut.Start, false, textcut.MaxText(0, bson.DefaultMaxDocumentSize))
				for text := bc.text; len(text) > 1<<20; {
					text = text[s.Split(text[:1<<20]):]
				}
			}
		})
	}
}

// BenchmarkResync reads streams of lines, intact and damaged, with the place of each
// line, in two sizes. Bytes per second must be similar.
func BenchmarkResync(b *testing.B) {
	for _, line := range []string{"x", `{"a":x}`, `{"a":1}`, `{"a":`} {
		for _, n := range []int{10_000, 1_000_000} {
			text := strings.Repeat(line+"\n", n/(len(line)+1))
			b.Run(fmt.Sprintf("%s/%d", line, n), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					d := extjson.NewDecoder(strings.NewReader(text))
					for {
						for d.Next() {
							d.Position()
						}
						if d.Err() == nil || !d.Resync(nil) {
							break
						}
					}
				}
			})
		}
	}
}
