package proof

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// docs returns documents, from texts, each with the namespace in front of it.
func docs(t *testing.T, texts ...string) *Docs {
	t.Helper()
	d := new(Docs)
	at := int64(0)
	for i, text := range texts {
		space, text, _ := strings.Cut(text, " ")
		one := doc(t, text)
		d.Add(&record.Record{Type: one.Type, Data: one.Data, Space: record.Space{Name: space}, Input: 1, Number: int64(i + 1), Place: record.Place{Offset: at}}, 0)
		at += int64(len(one.Data))
	}
	return d
}

// compared returns the Difference of documents that went in and out, in any way of waiting.
func compared(t *testing.T, o Options, in, out *Docs) *Difference {
	t.Helper()
	p := New(o)
	p.Source("in.bson")
	p.Open("", "out.bson")
	if o.Waits {
		done := make(chan struct{})
		go func() {
			defer close(done)
			for i := range in.Len() {
				p.Expect("", "", in, i, i+1)
			}
			p.End()
		}()
		defer func() {
			select {
			case <-done:
			case <-time.After(time.Minute):
				t.Error("Expect waits")
			}
		}()
	} else {
		p.Expect("", "", in, 0, in.Len())
	}
	p.Compare("", out)
	d, _ := errors.AsType[*Difference](p.Done())
	return d
}

// Documents of other namespaces differ, if both sides have namespaces.
func TestSpaces(t *testing.T) {
	got := compared(t, Options{Spaces: true}, docs(t, `x {"a":1}`, `x {"a":2}`), docs(t, `x {"a":1}`, `y {"a":2}`))
	want := &Difference{Place{"in.bson", 0, 12}, Place{"out.bson", 2, 12}, "", `namespace "x"`, `namespace "y"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The lanes of files, of which there may be thousands, keep no bytes of documents.
func TestLaneIsEmpty(t *testing.T) {
	p := New(Options{})
	for i := range 3 {
		d := docs(t, fmt.Sprintf(` {"a":%d}`, i))
		p.Expect("x", "", d, 0, 1)
		if err := p.Compare("x", d); err != nil {
			t.Fatal(err)
		}
		l := p.lane("x")
		if n := cap(l.waiting.buf) + cap(l.current.buf) + cap(l.waiting.heads) + cap(l.current.heads); n != 0 {
			t.Errorf("after %d documents the lane has buffers of %d", i+1, n)
		}
	}
	if err := p.Done(); err != nil {
		t.Error(err)
	}
}

func TestProof(t *testing.T) {
	in := []string{` {"a":1}`, ` {"a":2}`, ` {"a":3}`}
	for _, tc := range []struct {
		name    string
		options Options
		out     []string
		want    *Difference
	}{
		{"equal", Options{}, in, nil},
		{"value", Options{}, []string{in[0], ` {"a":4}`, in[2]}, &Difference{
			Place{"in.bson", 2, 12}, Place{"out.bson", 2, 12}, "/a", `{"$numberInt":"2"}`, `{"$numberInt":"4"}`,
		}},
		{"missing", Options{}, in[:2], &Difference{Place{"in.bson", 3, 24}, Place{"out.bson", 3, -1}, "", `{"a":{"$numberInt":"3"}}`, "nothing"}},
		{"further", Options{}, append(in[:3:3], in[2]), &Difference{Place{}, Place{"out.bson", 4, 36}, "", "nothing", `{"a":{"$numberInt":"3"}}`}},
		{"namespaces on one side", Options{Spaces: true}, []string{in[0], "x" + in[1], "y" + in[2]}, nil},
		{"other namespace", Options{}, []string{in[0], "x" + in[1], "y" + in[2]}, nil},
	} {
		for _, waits := range []bool{false, true} {
			t.Run(fmt.Sprint(tc.name, "/", waits), func(t *testing.T) {
				stops := 0
				tc.options.Waits, tc.options.Stop = waits, func() { stops++ }
				got := compared(t, tc.options, docs(t, in...), docs(t, tc.out...))
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if stopped := stops == 1; stopped != (tc.want != nil) {
					t.Errorf("stopped %d times", stops)
				}
			})
		}
	}
}

// A lane does not wait for another one, and the first Difference stays.
func TestLanes(t *testing.T) {
	p := New(Options{})
	d := docs(t, ` {"a":1}`, ` {"a":2}`, ` {"a":3}`)
	for i := range d.Len() {
		if err := p.Expect([]string{"x", "y"}[i%2], "", d, i, i+1); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Compare("y", docs(t, ` {"a":2}`)); err != nil {
		t.Fatal(err)
	}
	if err := p.Compare("x", docs(t, ` {"a":1}`, ` {"a":4}`)); err == nil {
		t.Fatal("no difference")
	}
	if err := p.Compare("y", docs(t, ` {"a":5}`)); err == nil || !strings.Contains(err.Error(), `"4"`) {
		t.Errorf("another difference: %v", err)
	}
	if err := p.Expect("x", "", d, 0, 1); err == nil {
		t.Error("Expect goes on after a difference")
	}
	if p.Expects("z") || !p.Expects("x") {
		t.Error("Expects is wrong")
	}
}

func TestSums(t *testing.T) {
	one, two, long := docs(t, ` {"a":1}`), docs(t, ` {"a":2}`), docs(t, ` {"a":{"$numberLong":"2"}}`)
	hexOf := func(parts ...any) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(fmt.Sprint(parts...)))) }
	p := New(Options{Rule: Rule{Values: true}})
	p.Expect("", "", one, 0, 1)
	p.Expect("", "", two, 0, 1)
	p.Compare("", one)
	p.Compare("", long)
	want := Sums{2, hexOf(string(one.buf) + string(two.buf)), hexOf(string(one.buf) + string(long.buf))}
	if diff := cmp.Diff(want, p.Sums()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	p = New(Options{})
	for _, name := range []string{"b", "a"} {
		p.Open(name, "dir/"+name)
		p.Expect(name, "db."+name, one, 0, 1)
		p.Compare(name, one)
	}
	sum := hexOf(string(one.buf))
	all := hexOf(sum + "  db.a\n" + sum + "  db.b\n")
	if diff := cmp.Diff(Sums{2, all, all}, p.Sums()); diff != "" {
		t.Errorf("namespaces (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(Sums{0, hexOf(), hexOf()}, New(Options{}).Sums()); diff != "" {
		t.Errorf("no documents (-want +got):\n%s", diff)
	}
}

// The documents of a piece get their places when they are known.
func TestLocate(t *testing.T) {
	d := docs(t, ` {"a":1}`, ` {"a":2}`)
	for i := range d.heads {
		d.heads[i].loose = true
	}
	d.Locate(10, 1000)
	d.Locate(10, 1000) // again, without an effect
	if h := d.heads[1]; h.number != 12 || h.offset != 1012 {
		t.Errorf("number %d, offset %d", h.number, h.offset)
	}
}
