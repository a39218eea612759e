package sink

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/extjson"
)

// A textTree is a Tree that keeps the text of files.
type textTree struct {
	labels []string
	texts  []string
}

func (x *textTree) Enter(label string) error {
	x.labels, x.texts = append(x.labels, label), append(x.texts, "")
	return nil
}

func (x *textTree) Write(p []byte) (int, error) {
	x.texts[len(x.texts)-1] += string(p)
	return len(p), nil
}

// A file has as many bytes as the limit, with the text around its documents, whether they come
// in parts or are written by themselves.
func TestSlices(t *testing.T) {
	// The documents have 7 bytes, and the third one 13.
	for _, tc := range []struct {
		about  string
		array  bool
		slices Slices
		want   []string // documents by their numbers
	}{
		{"lines that fit", false, Slices{Size: 16}, []string{"1 2", "3", "4 5"}},
		{"lines, a byte less", false, Slices{Size: 15}, []string{"1", "2", "3", "4", "5"}},
		{"lines, a byte more", false, Slices{Size: 17}, []string{"1 2", "3", "4 5"}},
		{"an array that fits", true, Slices{Size: 19}, []string{"1 2", "3", "4 5"}},
		{"an array, a byte less", true, Slices{Size: 18}, []string{"1", "2", "3", "4", "5"}},
		{"count", false, Slices{Count: 2}, []string{"1 2", "3 4", "5"}},
		{"both", false, Slices{Size: 16, Count: 1}, []string{"1", "2", "3", "4", "5"}},
		{"size first", true, Slices{Size: 19, Count: 3}, []string{"1 2", "3", "4 5"}},
		{"all", true, Slices{Size: 1000, Count: 5}, []string{"1 2 3 4 5"}},
		{"each too large", false, Slices{Size: 1}, []string{"1", "2", "3", "4", "5"}},
	} {
		var want, labels []string
		for i, numbers := range tc.want {
			labels = append(labels, fmt.Sprintf("#%05d", i+1))
			var docs []string
			for number := range strings.FieldsSeq(numbers) {
				docs = append(docs, strings.ReplaceAll(`{"n":N}`, "N", strings.Replace(number, "3", `"three"`, 1)))
			}
			if tc.array {
				want = append(want, "["+strings.Join(docs, ",\n")+"]\n")
			} else {
				want = append(want, strings.Join(docs, "\n")+"\n")
			}
		}
		for _, perPart := range []int{0, 1, 2, 5} { // 0: documents are written by themselves
			var out textTree
			slices := tc.slices
			s := &Sliced{Encoder: codec.JSON.Write(codec.WriteOptions{Text: extjson.EncodeOptions{Array: tc.array}}), Slices: &slices, Out: &out}
			part := s.Part()
			part.Reset(0, 1<<20)
			for n := range 5 {
				doc, mark := bsoncore.Begin(nil)
				if n == 2 {
					doc = bsoncore.AppendString(doc, "n", "three")
				} else {
					doc = bsoncore.AppendInt32(doc, "n", int32(n+1))
				}
				doc = bsoncore.End(doc, mark)
				rec := &record.Record{Type: bson.TypeDocument, Data: doc, Source: doc}
				var err error
				switch {
				case perPart == 0:
					err = s.Long(rec, &out)
				default:
					err = part.Add(rec)
				}
				if err == nil && perPart > 0 && ((n+1)%perPart == 0 || n == 4) {
					err = s.Take(part)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if err := slices.End(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, out.texts) + cmp.Diff(labels, out.labels); diff != "" {
				t.Errorf("%s, %d in a part (-want +got):\n%s", tc.about, perPart, diff)
			}
		}
	}
}

// A document that cannot be written makes no file, and its file is that of the next one.
func TestSlicesFault(t *testing.T) {
	bad, mark := bsoncore.Begin(nil)
	bad = bsoncore.End(bsoncore.AppendString(bad, "n", "\xff"), mark)
	good, mark := bsoncore.Begin(nil)
	good = bsoncore.End(bsoncore.AppendInt32(good, "n", 1), mark)
	for _, slices := range []Slices{{Count: 1}, {Size: 8}, {Count: 2}} {
		var out textTree
		s := &Sliced{Encoder: codec.JSON.Write(codec.WriteOptions{}), Slices: &slices, Out: &out}
		for i, doc := range [][]byte{bad, good, bad, bad, good} {
			rec := &record.Record{Type: bson.TypeDocument, Data: doc, Source: doc}
			if err := s.Long(rec, &out); (err != nil) != (i != 1 && i != 4) {
				t.Errorf("document %d: %v", i, err)
			}
		}
		if err := slices.End(); err != nil {
			t.Fatal(err)
		}
		want := []string{"{\"n\":1}\n", "{\"n\":1}\n"}
		if slices.Count == 2 {
			want = []string{"{\"n\":1}\n{\"n\":1}\n"}
		}
		if diff := cmp.Diff(want, out.texts); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
