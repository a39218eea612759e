package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/race"
)

// This file checks the flags that depend on the order of documents with a model of a run:
// one loop over documents whose nature is known.

// A nature is what a run makes of a document.
type nature uint8

const (
	sound     nature = iota
	unwanted         // --where does not select it
	malformed        // it is rejected before --where
	unwritten        // it is selected, and JSON cannot hold it
	natures
)

// document returns a document of the nature. n is its number.
func (k nature) document(n int32, size int) []byte {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.AppendInt32(doc, "n", n)
	doc = bsoncore.AppendBoolean(doc, "want", k != unwanted)
	text := strings.Repeat("x", size)
	if k == malformed {
		text = "\xff" + text
	}
	doc = bsoncore.AppendString(doc, "text", text)
	if k == unwritten {
		inner, innerMark := bsoncore.Begin(nil)
		doc = bsoncore.AppendValue(doc, "a", bsoncore.TypeDocument, bsoncore.End(bsoncore.AppendString(inner, "$oid", "zz"), innerMark))
	}
	return bsoncore.End(doc, mark)
}

// An orderRun is what comes of a run: the numbers of documents written, those of documents
// with a fault, and the account.
type orderRun struct {
	Written, Faulty []int64
	Account         [3]int64 // read, rejected, filtered
}

// orderModel returns the run over documents of these natures. limit 0 is none.
func orderModel(all []nature, skip, limit int64) (want orderRun) {
	passed := int64(0)
	for i, k := range all {
		if limit > 0 && passed == skip+limit {
			break
		}
		number := int64(i + 1)
		chosen := k == sound || k == unwritten
		if chosen {
			passed++
		}
		want.Account[0]++
		switch {
		case k == malformed, k == unwritten && passed > skip:
			want.Account[1]++
			want.Faulty = append(want.Faulty, number)
		case !chosen, passed <= skip:
			want.Account[2]++
		default:
			want.Written = append(want.Written, number)
		}
	}
	return want
}

// runOrdered runs the command on the bytes of in.
func runOrdered(t *testing.T, in io.Reader, args ...string) (got orderRun) {
	t.Helper()
	c := runCommand(in, append(args, "--exclude", "text,want", "-t", "json", "--where", "{want: true}", "--on-error", "skip", "--errors", "json", "--summary", "json")...)
	for line := range strings.Lines(c.stdout) {
		var doc struct{ N int64 }
		if err := json.Unmarshal([]byte(line), &doc); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		got.Written = append(got.Written, doc.N)
	}
	for line := range strings.Lines(c.stderr) {
		var f faultLine
		var s summaryLine
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		switch {
		case f.Code == "":
			if err := json.Unmarshal([]byte(line), &s); err != nil {
				t.Fatal(err)
			}
			got.Account = [3]int64{s.Read, s.Rejected, s.Filtered}
			if s.Read != s.Written+s.Rejected+s.Filtered || s.Written != int64(len(got.Written)) {
				t.Errorf("summary %+v, %d documents written", s, len(got.Written))
			}
		case f.Code != "note":
			got.Faulty = append(got.Faulty, f.Document)
		}
	}
	if (c.code != 0) != (len(got.Faulty) > 0) {
		t.Errorf("exit code %d with %d faults", c.code, len(got.Faulty))
	}
	return got
}

// TestOrder: a window and a number of workers give what one loop over the documents gives,
// wherever the window lies among pieces, and whatever nature the documents have.
func TestOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	for round, size := range []int{200, 3000, 300, 70000} {
		var data []byte
		var all []nature
		for n := int32(1); len(data) < 5<<20; n++ {
			k := sound
			if r.IntN(1+100*(round%3)) < 2 {
				k = nature(r.IntN(int(natures)))
			}
			all = append(all, k)
			data = append(data, k.document(n, r.IntN(size))...)
		}
		count := int64(len(all))
		for i, w := range [][2]int64{
			{0, 1}, {1, 0}, {r.Int64N(count), 0}, {r.Int64N(count), 1 + r.Int64N(count)}, {0, 1 + r.Int64N(count)},
			{count / 2, 3}, {count, 1}, {count + 1, 0}, {0, count}, {3, count},
		} {
			if race.On && (round+i)%4 != 0 {
				continue // each window is in one of the rounds
			}
			skip, limit := w[0], w[1]
			want := orderModel(all, skip, limit)
			for _, jobs := range []int{1, 3} {
				args := []string{"-j", fmt.Sprint(jobs), "--skip", fmt.Sprint(skip)}
				if limit > 0 {
					args = append(args, "--limit", fmt.Sprint(limit))
				}
				got := runOrdered(t, bytes.NewReader(data), args...)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("round %d, %v of %d documents (-want +got):\n%.2000s", round, args, count, diff)
				}
			}
		}
	}
}

// TestSample: the sample of a share is the same for any number of workers, and one seed
// gives another sample than the next. The share of many documents is about that asked for.
func TestSample(t *testing.T) {
	var data []byte
	const count = 20000
	for n := range int32(count) {
		data = append(data, sound.document(n+1, 100)...)
	}
	seen := map[string]bool{}
	for _, seed := range []string{"0", "1", "2"} {
		args := []string{"--sample", "5%", "--seed", seed}
		chopped := &chopper{data, rand.New(rand.NewPCG(3, 5)), 40000} // gives other pieces
		one, three := runOrdered(t, bytes.NewReader(data), append(args, "-j", "1")...), runOrdered(t, chopped, append(args, "-j", "3")...)
		if diff := cmp.Diff(one, three); diff != "" {
			t.Errorf("%v: one worker and three (-one +three):\n%.2000s", args, diff)
		}
		// The standard deviation is 31 documents.
		if n := len(one.Written); n < 800 || n > 1200 || !slices.IsSorted(one.Written) {
			t.Errorf("%v: %d documents, want about 1000 in order", args, n)
		}
		seen[fmt.Sprint(one.Written)] = true
	}
	if len(seen) != 3 {
		t.Errorf("three seeds gave %d samples", len(seen))
	}
	if all := runOrdered(t, bytes.NewReader(data), "--sample", "100%"); len(all.Written) != count {
		t.Errorf("100%%: %d documents of %d", len(all.Written), count)
	}
}

// TestLimitStops: a run with --limit ends though its input waits, and does not read the
// damage behind the last document.
func TestLimitStops(t *testing.T) {
	docs := append(sound.document(1, 10), sound.document(2, 10)...)
	for _, behind := range []string{"", "\x05\x00\x00\x00", "damage of any kind"} {
		for _, jobs := range []string{"1", "3"} {
			waits, end := io.Pipe()
			go end.Write(append(slices.Clone(docs), behind...))
			late := time.AfterFunc(time.Minute, func() { end.Close() })
			got := runCommand(waits, "--from", "bson", "-t", "json", "-j", jobs, "--limit", "2", "--fields", "n")
			late.Stop()
			waits.Close()
			if got.code != 0 || got.stdout != "{\"n\":1}\n{\"n\":2}\n" || !strings.Contains(got.stderr, "stopped at --limit") {
				t.Errorf("%q behind, %s jobs: %+v", behind, jobs, got)
			}
		}
	}
}
