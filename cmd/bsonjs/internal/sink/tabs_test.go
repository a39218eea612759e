package sink

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// A tabber writes what json.Indent writes, for portions of any size.
func TestTabbed(t *testing.T) {
	for _, doc := range sample.Documents(sample.Wild, 43, 300) {
		text, err := extjson.EncodeOptions{Mode: extjson.Canonical}.AppendJSON(nil, doc)
		if err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		if err := json.Indent(&want, text, "", "\t"); err != nil {
			t.Fatal(err)
		}
		for _, portion := range []int{1, 7, len(text)} {
			b := tabber{most: 1 << 30}
			for part := range slices.Chunk(text, portion) {
				if _, err := b.Write(part); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(want.String(), string(b.out)); diff != "" {
				t.Fatalf("portions of %d bytes (-want +got):\n%s", portion, diff)
			}
		}
	}
}

// A longWriter keeps what is written, up to room bytes. Then it fails once.
type longWriter struct {
	bytes.Buffer
	room   int
	writes int
	late   int // writes after it has failed
	failed bool
}

var errFullWriter = errors.New("full")

func (w *longWriter) Write(p []byte) (int, error) {
	w.writes++
	if w.failed {
		w.late++
		return len(p), nil
	}
	if n := w.room - w.Len(); len(p) > n {
		w.failed = true
		w.Buffer.Write(p[:n])
		return n, errFullWriter
	}
	return w.Buffer.Write(p)
}

// A long document is written in portions with the same bytes as in one piece. If the
// writer fails, its error is returned, and nothing follows.
func TestLongDumps(t *testing.T) {
	var element bson.D
	for i := range 20_000 {
		element = append(element, bson.E{Key: fmt.Sprint("key ", i), Value: bson.A{int32(i), strings.Repeat("x", i%50)}})
	}
	doc, err := bson.Marshal(element)
	if err != nil {
		t.Fatal(err)
	}
	for name, appender := range map[string]codec.Appender{
		"debug": &Debug{}, "debug for a terminal": &Debug{Terminal: true}, "tabs": &Tabs{Text: codec.JSON.Write(codec.WriteOptions{}).Appender},
		"JSON": codec.JSON.Write(codec.WriteOptions{}).Appender, "colors": &Colored{Text: codec.JSON.Write(codec.WriteOptions{}).Appender},
	} {
		want, err := appender.AppendValue(nil, math.MaxInt, bson.TypeDocument, doc)
		if err != nil {
			t.Fatal(err)
		}
		whole := &longWriter{room: math.MaxInt}
		if err := appender.WriteValue(whole, bson.TypeDocument, doc); err != nil || !bytes.Equal(whole.Bytes(), want) {
			t.Errorf("%s: %d bytes in portions, %v, want %d", name, whole.Len(), err, len(want))
		}
		if whole.writes < 3 {
			t.Errorf("%s: %d writes, want several", name, whole.writes)
		}
		for _, room := range []int{0, 1, len(want) / 2, len(want) - 1} {
			w := &longWriter{room: room}
			if err := appender.WriteValue(w, bson.TypeDocument, doc); err != errFullWriter || !bytes.Equal(w.Bytes(), want[:room]) || w.late > 0 {
				t.Errorf("%s, room for %d bytes: %d bytes, %v, %d writes later", name, room, w.Len(), err, w.late)
			}
		}
	}
}
