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
)

// A listTree is a Tree that lists the writes to it.
type listTree struct {
	current string
	writes  []string // label and length
}

func (l *listTree) Enter(label string) error {
	l.current = label[1:]
	return nil
}

func (l *listTree) Write(p []byte) (int, error) {
	l.writes = append(l.writes, fmt.Sprintf("%s:%d", l.current, len(p)))
	return len(p), nil
}

// takeGrouped gives documents with these values, and a text of size bytes, to g in parts of
// several documents. It returns the writes before and after End.
func takeGrouped(t *testing.T, g *Groups, size, perPart int, values ...int32) (before, after []string) {
	t.Helper()
	var out listTree
	s := &Grouped{Encoder: codec.BSON.Write(codec.WriteOptions{}), Groups: g, Out: &out}
	part := s.Part()
	part.Reset(0, 1<<30)
	for i, v := range values {
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.AppendInt32(doc, "v", v)
		doc = bsoncore.End(bsoncore.AppendString(doc, "text", strings.Repeat("x", size)), mark)
		if err := part.Add(&record.Record{Type: bson.TypeDocument, Data: doc, Source: doc}); err != nil {
			t.Fatal(err)
		}
		if (i+1)%perPart == 0 || i+1 == len(values) {
			if err := s.Take(part); err != nil {
				t.Fatal(err)
			}
		}
	}
	before = append(before, out.writes...)
	if err := g.End(); err != nil {
		t.Fatal(err)
	}
	return before, out.writes
}

// Output is gathered up to the limits of a file and of all files, and writes do not depend on
// parts.
func TestGroups(t *testing.T) {
	for _, tc := range []struct {
		about         string
		size          int
		values        []int32
		before, after string
	}{
		{"few bytes", 10, []int32{1, 2, 1}, "", "1:66 2:33"},
		{"much of one value", gatheredFile / 2, []int32{1, 1, 2, 1}, "1:65536", "1:65536 1:32837 2:32791"},
	} {
		for _, perPart := range []int{1, 2, 10} {
			before, after := takeGrouped(t, &Groups{Path: []string{"v"}, Most: 10}, tc.size, perPart, tc.values...)
			if b, a := strings.Join(before, " "), strings.Join(after, " "); b != tc.before || a != tc.after {
				t.Errorf("%s, %d in a part: %s and %s, want %s and %s", tc.about, perPart, b, a, tc.before, tc.after)
			}
		}
	}
	var values []int32
	for i := range int32(3 * gatheredAll / 60_000) {
		values = append(values, i)
	}
	var want []string
	for _, perPart := range []int{1, 7, 100} {
		g := &Groups{Path: []string{"v"}, Most: len(values)}
		before, after := takeGrouped(t, g, 60_000, perPart, values...)
		if want == nil {
			want = after
		}
		if len(before) == 0 || len(before) == len(after) || g.gathered > 0 || len(g.spare) > spareBuffers {
			t.Errorf("%d and %d writes, %d bytes are left", len(before), len(after), g.gathered)
		}
		if diff := cmp.Diff(want, after); diff != "" {
			t.Errorf("%d in a part (-want +got):\n%s", perPart, diff)
		}
	}
}

// If there are more values than files, the output is written at once, so that the Tree can
// refuse it.
func TestGroupsOfTooMany(t *testing.T) {
	if before, _ := takeGrouped(t, &Groups{Path: []string{"v"}, Most: 2}, 10, 10, 1, 2, 1, 2); before != nil {
		t.Errorf("writes %q", before)
	}
	if before, _ := takeGrouped(t, &Groups{Path: []string{"v"}, Most: 2}, 10, 10, 1, 2, 3, 1); len(before) < 3 || before[2] != "3:33" {
		t.Errorf("writes %q", before)
	}
}
