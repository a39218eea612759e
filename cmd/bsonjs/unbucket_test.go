package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/internal/race"
)

// This file reads the buckets of time series with --unbucket.

// A bucketMaker makes buckets of version 1, and counts what has to become of them.
type bucketMaker struct {
	r        *rand.Rand
	lines    []string // of the measurements without a fault
	rejected int      // measurements with a fault, and buckets with one
	broken   []byte   // the buckets with a fault, or with a measurement that has one
	number   int      // measurements so far
}

// bucket returns a bucket. One in 20 has a key that is no number. One measurement in 300
// has a value without faithful JSON, and of those after it in the bucket one in 10. One
// measurement in 1,000 is longer than the output that a stream gathers.
func (m *bucketMaker) bucket(t *testing.T) []byte {
	meta, columnT, columnV := m.number, bson.D{}, bson.D{}
	var lines []string
	bad := 0
	for i := range 1 + m.r.IntN(80) {
		key := fmt.Sprint(i)
		columnT = append(columnT, bson.E{Key: key, Value: bson.DateTime(m.number)})
		line := fmt.Sprintf(`{"t":{"$date":{"$numberLong":"%d"}},"m":{"$numberInt":"%d"}`, m.number, meta)
		m.number++
		kind := m.r.IntN(1000)
		if bad > 0 && kind%10 == 0 {
			kind = 0
		}
		switch kind {
		case 0, 1, 9:
			columnV = append(columnV, bson.E{Key: key, Value: bson.D{{Key: "$oid", Value: "no"}}})
			bad++
			continue
		case 2:
			long := strings.Repeat("x", streamText+streamText/4)
			columnV = append(columnV, bson.E{Key: key, Value: long})
			line += `,"v":"` + long + `"`
		case 3, 4, 5, 6: // missing
		default:
			columnV = append(columnV, bson.E{Key: key, Value: int32(i)})
			line += fmt.Sprintf(`,"v":{"$numberInt":"%d"}`, i)
		}
		lines = append(lines, line+"}")
	}
	if m.r.IntN(20) == 0 {
		columnV, lines, bad = append(columnV, bson.E{Key: "x", Value: 1}), nil, 1
	}
	doc, err := bson.Marshal(bson.D{
		{Key: "control", Value: bson.D{{Key: "version", Value: int32(1)}}},
		{Key: "meta", Value: int32(meta)},
		{Key: "data", Value: bson.D{{Key: "v", Value: columnV}, {Key: "t", Value: columnT}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	m.lines = append(m.lines, lines...)
	if m.rejected += bad; bad > 0 {
		m.broken = append(m.broken, doc...)
	}
	return doc
}

// TestUnbucket: the measurements of buckets are written for any number of jobs, those with
// faults are reported in the same way, all are counted, and rejected buckets are kept
// once.
func TestUnbucket(t *testing.T) {
	m := &bucketMaker{r: rand.New(rand.NewPCG(1, 2))}
	var docs [][]byte
	for range 250 {
		docs = append(docs, m.bucket(t))
	}
	series := namespace{"shop", "system.buckets.temps"}
	a := newArchive(series).block(series, docs[:100]...).block(series, docs[100:]...).end(series)
	dir := t.TempDir()
	rejects := filepath.Join(dir, "rejects")
	for name, data := range map[string][]byte{"buckets.bson": bytes.Join(docs, nil), "an archive": a.data} {
		var messages string
		for _, jobs := range numbersOfJobs {
			var out, err bytes.Buffer
			code := run([]string{
				"--unbucket", "--meta-field", "m", "-m", "canonical", "--on-error", "quarantine", "--rejects", rejects, "--overwrite",
				"--jobs", jobs, "--summary", "json", "-o", "-",
			}, bytes.NewReader(data), &out, &err)
			text, summary, _ := strings.Cut(err.String(), `{"read"`)
			var got struct{ Read, Written, Rejected int }
			if e := json.Unmarshal([]byte(`{"read"`+summary), &got); e != nil {
				t.Fatalf("%s: %v in %s", name, e, err.String())
			}
			if got.Rejected != m.rejected || got.Written != len(m.lines) || got.Read != got.Rejected+got.Written || code != 4 {
				t.Errorf("%s, %s jobs: code %d, %+v, want %d written, %d rejected", name, jobs, code, got, len(m.lines), m.rejected)
			}
			if want := strings.Join(m.lines, "\n") + "\n"; out.String() != want {
				t.Errorf("%s, %s jobs: other output than expected: %d bytes, want %d", name, jobs, out.Len(), len(want))
			}
			if kept, e := os.ReadFile(rejects); !bytes.Equal(kept, m.broken) || e != nil {
				t.Errorf("%s, %s jobs: %d bytes of rejects, want %d; %v", name, jobs, len(kept), len(m.broken), e)
			}
			if messages == "" {
				messages = text
			}
			if diff := cmp.Diff(messages, text); diff != "" {
				t.Errorf("%s, %s jobs: other messages (-want +got):\n%s", name, jobs, diff)
			}
		}
	}
}

// TestUnbucketSeries: the buckets of many time series, which take turns, become the same
// measurements for any number of jobs.
func TestUnbucketSeries(t *testing.T) {
	const series, turns = 500, 8
	names := make([]namespace, series)
	for i := range names {
		names[i] = namespace{"shop", fmt.Sprint("system.buckets.s", i)}
	}
	a := newArchive(names...)
	var want strings.Builder
	for turn := range turns {
		for i, n := range names {
			doc, err := bson.Marshal(bson.D{
				{Key: "control", Value: bson.D{{Key: "version", Value: int32(1)}}},
				{Key: "meta", Value: int32(i)},
				{Key: "data", Value: bson.D{{Key: "t", Value: bson.D{{Key: "0", Value: int32(turn)}, {Key: "1", Value: int32(turn)}}}}},
			})
			if err != nil {
				t.Fatal(err)
			}
			a.block(n, doc)
			for range 2 {
				fmt.Fprintf(&want, "{\"t\":%d,\"m\":%d,\"ns\":\"shop.s%d\"}\n", turn, i, i)
			}
		}
	}
	for _, n := range names {
		a.end(n)
	}
	for _, jobs := range []string{"1", "2", "3", "8"} {
		var out, err bytes.Buffer
		code := run([]string{"--unbucket", "--meta-field", "m", "--ns-field", "ns", "-t", "json", "--jobs", jobs}, bytes.NewReader(a.data), &out, &err)
		if code != 0 || out.String() != want.String() {
			t.Errorf("%s jobs: code %d, %d bytes, want %d: %s", jobs, code, out.Len(), want.Len(), err.String())
		}
	}
}

// TestUnbucketDumps: archives and directories of measurements have plain collections in
// place of time series, with the same bytes for any number of jobs.
func TestUnbucketDumps(t *testing.T) {
	m := &bucketMaker{r: rand.New(rand.NewPCG(3, 4))}
	var buckets []byte
	for range 60 {
		buckets = append(buckets, m.bucket(t)...)
	}
	const (
		series = `{"indexes":[{"v":2,"key":{"m":1,"t":-1},"name":"m_1_t_-1"}],"options":{"timeseries":{"timeField":"t","metaField":"m"},` +
			`"expireAfterSeconds":60,"collation":{"locale":"de"}},"uuid":"","collectionName":"temps","type":"timeseries"}`
		plain = `{"indexes":[{"v":{"$numberInt":"2"},"key":{"m":{"$numberInt":"1"},"t":{"$numberInt":"-1"}},"name":"m_1_t_-1"}],` +
			`"options":{"collation":{"locale":"de"}},"uuid":"","collectionName":"temps","type":"collection"}`
		users = `{"indexes":[],"options":{"validator":{}},"collectionName":"users","type":"collection"}`
	)
	folder := makeFiles(t, map[string]string{
		"shop/system.buckets.temps.bson": string(buckets), "shop/temps.metadata.json": series,
		"shop/quiet.metadata.json": `{"options":{"timeseries":{"timeField":"t"}},"type":"timeseries"}`, "shop/system.buckets.quiet.bson": "",
		"shop/users.bson": numbered(1), "shop/users.metadata.json": users,
		"prelude.json": `{"ServerVersion":"7.0.1","ToolVersion":"100.9.0"}`,
	})
	dir := t.TempDir()
	packed := filepath.Join(dir, "packed.archive")
	must(t, folder, "-o", packed)
	var held []string
	read := func(args ...string) command {
		t.Helper()
		got := runCommand(nil, slices.Concat(args, held, []string{"--unbucket", "--on-error", "skip", "-q"})...)
		if got.code != 4 { // there are broken buckets
			t.Fatalf("%q: code %d, %.300s", args, got.code, got.stderr)
		}
		return got
	}
	wantLines := strings.Join(m.lines, "\n") + "\n"
	var wantArchive string
	var wantFiles map[string]string
	for s, source := range []string{folder, packed} {
		for i, jobs := range slices.Concat(numbersOfJobs, numbersOfJobs) {
			if race.On && (s+i/len(numbersOfJobs))%2 != 0 {
				continue // documents of the archive alone are held
			}
			if held = nil; i >= len(numbersOfJobs) { // measurements that are held are the same
				held = []string{"--tail", "1000000", "--memory", "64KiB"}
			}
			made := read(source, "-t", "archive", "-j", jobs).stdout
			a, err := plainRead([]byte(made))
			if err != nil {
				t.Fatal(err)
			}
			out := filepath.Join(dir, "out")
			read(source, "-o", out+"/", "-j", jobs, "--overwrite")
			files := filesIn(t, out)
			if wantArchive == "" {
				wantArchive, wantFiles = made, files
				want := map[string]string{
					"prelude.json": files["prelude.json"], "shop/temps.bson": a.Documents["shop.temps"], "shop/temps.metadata.json": plain,
					"shop/quiet.bson": "", "shop/quiet.metadata.json": `{"options":{},"type":"collection"}`,
					"shop/users.bson": numbered(1), "shop/users.metadata.json": users,
				}
				if diff := cmp.Diff(want, files); diff != "" {
					t.Errorf("files (-want +got):\n%.2000s", diff)
				}
				wantMetadata := []plainMetadata{
					{"shop.quiet", want["shop/quiet.metadata.json"], "collection"}, {"shop.temps", plain, "collection"}, {"shop.users", users, "collection"},
				}
				slices.SortFunc(a.Metadata, func(a, b plainMetadata) int { return strings.Compare(a.Namespace, b.Namespace) })
				if diff := cmp.Diff(wantMetadata, a.Metadata); diff != "" {
					t.Errorf("metadata (-want +got):\n%s", diff)
				}
				lines := runCommand(nil, filepath.Join(out, "shop", "temps.bson"), "-m", "canonical", "--on-error", "skip", "-q")
				if lines.stdout != wantLines {
					t.Errorf("%d bytes of measurements, want %d", len(lines.stdout), len(wantLines))
				}
			}
			if source == folder && made != wantArchive {
				t.Errorf("%s, %s jobs, %v: another archive", source, jobs, held)
			}
			if diff := cmp.Diff(wantFiles, files); diff != "" {
				t.Errorf("%s, %s jobs, %v: other files", source, jobs, held)
			}
		}
	}
}
