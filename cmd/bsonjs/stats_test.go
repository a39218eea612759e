package main

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/stats"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// A statsLine is what stats --json says about the sizes of documents.
type statsLine struct {
	Documents, Bytes int64
	Smallest         sizedPlace
	Largest          []sizedPlace
}

// A sizedPlace is a document.
type sizedPlace struct {
	Bytes  int
	Input  string
	NS     string
	Number int64
	Offset int64
}

// TestStatsPlaces: stats finds the largest documents and their places, for any number of
// jobs and any sizes of reads, in files, archives and text, around malformed documents, and
// among documents that were held.
func TestStatsPlaces(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 16))
	var docs [][]byte
	for size := 0; size < 1<<20; {
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.AppendInt32(doc, "n", int32(len(docs)))
		doc = bsoncore.AppendString(doc, "text", strings.Repeat("x", r.IntN(3000)))
		doc = bsoncore.End(doc, mark)
		if r.IntN(20) == 0 {
			doc[4] = 0x33 // no type
		}
		docs = append(docs, doc)
		size += len(doc)
	}
	dir := t.TempDir()
	file, packed, text := filepath.Join(dir, "a.bson"), filepath.Join(dir, "a.archive"), filepath.Join(dir, "a.json")
	writeFile(t, file, bytes.Join(docs, nil))
	archived := archiveOf(docs, 70)
	writeFile(t, packed, archived)
	var lines bytes.Buffer
	var inFile, inArchive, inText []sizedPlace
	offset, number := 0, 0
	for i, doc := range docs {
		if doc[4] != 0x33 {
			inFile = append(inFile, sizedPlace{len(doc), file, "", int64(i + 1), int64(offset)})
			space := [2]string{"a.x", "b.y.z"}[i/70%2]
			inArchive = append(inArchive, sizedPlace{len(doc), packed, space, 0, int64(bytes.Index(archived, doc))})
			number++
			inText = append(inText, sizedPlace{len(doc), text, "", int64(number), int64(lines.Len())})
			lines.WriteString(bson.Raw(doc).String() + "\n")
		}
		offset += len(doc)
	}
	writeFile(t, text, lines.Bytes())

	for _, tc := range []struct {
		name   string
		args   []string
		places []sizedPlace
		code   int
	}{
		{"a file", []string{file}, inFile, 4},
		{"an archive", []string{packed}, inArchive, 4},
		{"text", []string{text}, inText, 0},
		{"several", []string{text, file, packed}, slices.Concat(inText, inFile, inArchive), 4},
		{"the last ones", []string{text, file, "--tail", "100"}, inFile[len(inFile)-100:], 4},
	} {
		want := statsLine{Documents: int64(len(tc.places))}
		want.Largest = slices.Clone(tc.places)
		for _, p := range want.Largest {
			want.Bytes += int64(p.Bytes)
		}
		slices.SortStableFunc(want.Largest, func(a, b sizedPlace) int { return b.Bytes - a.Bytes })
		want.Smallest = slices.MinFunc(tc.places, func(a, b sizedPlace) int { return a.Bytes - b.Bytes })
		want.Largest = want.Largest[:10]
		for _, jobs := range []string{"1", "2", "8"} {
			c := runCommand(nil, append([]string{"stats", "--json", "-j", jobs}, tc.args...)...)
			var got statsLine
			if err := json.Unmarshal([]byte(c.stdout), &got); err != nil || c.code != tc.code {
				t.Fatalf("%s: code %d, %v, %s", tc.name, c.code, err, c.stderr)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %s jobs (-want +got):\n%s", tc.name, jobs, diff)
			}
		}
	}
}

// TestStatsSplit: the counts are those of all documents one after the other, for any number
// of jobs and any split into files.
func TestStatsSplit(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 16))
	docs := sample.Documents(sample.Collection, 7, 4000)
	all := stats.New(0)
	for _, doc := range docs {
		if err := all.Add(doc, stats.Place{}); err != nil {
			t.Fatal(err)
		}
	}
	want := withoutPlaces(all.Report(0))
	for _, jobs := range []string{"1", "2", "8"} {
		args := []string{"stats", "--json", "--keys", "0", "-j", jobs}
		dir := t.TempDir()
		for at := 0; at < len(docs); {
			n := min(1+r.IntN(len(docs)), len(docs)-at)
			name := filepath.Join(dir, strconv.Itoa(at)+".bson")
			writeFile(t, name, bytes.Join(docs[at:at+n], nil))
			args = append(args, name)
			at += n
		}
		c := runCommand(nil, args...)
		var got stats.Report
		if err := json.Unmarshal([]byte(c.stdout), &got); err != nil || c.code != 0 {
			t.Fatalf("code %d, %v, %s", c.code, err, c.stderr)
		}
		if diff := cmp.Diff(want, withoutPlaces(&got), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s jobs, %d files (-want +got):\n%s", jobs, len(args)-6, diff)
		}
	}
}

// withoutPlaces returns r without the places of documents, which depend on the files.
func withoutPlaces(r *stats.Report) *stats.Report {
	size := func(p *stats.Place) { *p = stats.Place{Bytes: p.Bytes} }
	size(r.Smallest)
	for i := range r.Largest {
		size(&r.Largest[i])
	}
	for i := range r.Fields {
		size(&r.Fields[i].Place)
	}
	return r
}
