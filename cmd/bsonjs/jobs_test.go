package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/race"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file compares the conversion in pieces with the conversion as a stream:
// for any number of jobs and any sizes of reads, the output, the messages and
// the rejects are the same.

// A chopper returns the bytes of data in reads of random sizes. It shares no
// memory with others, because a run that stops may leave its reader in the
// middle of a read.
type chopper struct {
	data []byte
	r    *rand.Rand
	most int
}

func (c *chopper) Read(p []byte) (int, error) {
	if len(c.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, c.data[:min(len(c.data), 1+c.r.IntN(c.most))])
	c.data = c.data[n:]
	return n, nil
}

// damaged returns versions of data, a stream of documents: complete, truncated,
// and with bytes changed, removed and inserted.
func damaged(data []byte, r *rand.Rand) [][]byte {
	all := [][]byte{data, data[:len(data)-1-r.IntN(len(data)/2)]}
	for range 2 {
		d := bytes.Clone(data)
		for range 1 + r.IntN(5) {
			d[r.IntN(len(d))] ^= byte(1 + r.IntN(255))
		}
		all = append(all, d)
	}
	for range 2 {
		at, n := r.IntN(len(data)), r.IntN(5000)
		hole := append(bytes.Clone(data[:at]), data[min(at+n, len(data)):]...)
		junk := make([]byte, r.IntN(3000))
		for i := range junk {
			junk[i] = byte(r.Uint32() >> 5 & r.Uint32())
		}
		all = append(all, hole, append(append(bytes.Clone(data[:at]), junk...), data[at:]...))
	}
	return all
}

// jobDocuments is the number of documents that TestJobs converts in every way.
func jobDocuments() int {
	switch {
	case testing.Short():
		return 60
	case race.On: // pieces are no larger than the reads, so there are still many
		return 100
	}
	return 400
}

// selected is a filter that selects some of the documents of TestJobs.
const selected = `{$or: [{"0": {$exists: true}}, {"~": {$ne: null}}, {a: {$exists: true}}, {oid: {$not: {$type: "number"}, $exists: true}}]}`

func TestJobs(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	var binary, lines, pretty []byte
	docs := sample.Documents(sample.Wild, sample.Seed, jobDocuments())
	for _, doc := range docs {
		o := extjson.EncodeOptions{AmbiguousKeys: extjson.AsIs}
		binary = append(binary, doc...)
		lines, _ = o.AppendJSON(lines, doc)
		lines = append(lines, '\n')
		o.Indent = "\t"
		pretty, _ = o.AppendJSON(pretty, doc)
	}
	var special, escaped []byte
	for i := range int32(20 * jobDocuments()) {
		doc, mark := bsoncore.Begin(nil)
		doc, inner := bsoncore.BeginDocument(doc, "a")
		doc = bsoncore.End(bsoncore.AppendString(bsoncore.AppendInt32(doc, "$$b", i), "$oid", strings.Repeat("z", int(i%500))), inner)
		doc = bsoncore.End(doc, mark)
		special = append(special, doc...)
		escaped, _ = extjson.EncodeOptions{AmbiguousKeys: extjson.Escape}.AppendJSON(escaped, doc)
		escaped = append(escaped, '\n')
	}
	array := append(append([]byte("["), bytes.ReplaceAll(bytes.TrimSpace(lines), []byte("\n"), []byte(",\n"))...), ']')
	shell := append([]byte("// {\n"), bytes.ReplaceAll(lines, []byte("\n"), []byte(" /* }\n{ */\n"))...)
	for _, tc := range []struct {
		name  string
		data  []byte
		flags []string
	}{
		{"bson to json", binary, nil},
		{"bson to bson", binary, []string{"-f", "bson", "-t", "bson"}},
		{"bson selected", binary, []string{"-f", "bson", "-t", "bson", "--where", selected}},
		{"bson selected as json", binary, []string{"-f", "bson", "--where", selected}},
		{"bson fields", binary, []string{"-f", "bson", "-t", "bson", "--exclude", "~,_id,a.b"}},
		{"bson fields as json", binary, []string{"-f", "bson", "--where", selected, "--fields", "a,0,oid,é"}},
		{"lines fields", lines, []string{"-f", "json", "-t", "bson", "--fields", "a,0,oid,é"}},
		{"bson edited", binary, []string{"-f", "bson", "-t", "bson", "--set", "n.m=[1,{}]", "--unset", "~", "--rename", "a=x.a", "--retype", "_id=string", "--add-id", "--seed", "3"}},
		{"lines edited", lines, []string{"-f", "json", "--exclude", "_id", "--set", "a.b=1", "--add-id", "--seed", "3"}},
		{"archive edited", archiveOf(docs, 7), []string{"-f", "archive", "--exclude", "_id", "--add-id", "--seed", "3", "--sample", "70%"}},
		{"archive fields", archiveOf(docs, 7), []string{"-f", "archive", "--exclude", "~,_id"}},
		{"bson redacted", binary, []string{"-f", "bson", "-t", "bson", "--redact", "a,0,oid,é,_id", "--redact-key", "key"}},
		{"lines selected", lines, []string{"-f", "json", "-t", "json", "--where", selected}},
		{"archive selected", archiveOf(docs, 7), []string{"-f", "archive", "--where", selected}},
		{"bson to array", binary, []string{"--array", "--mode", "canonical"}},
		{"bson replaced", binary, []string{"--invalid-utf8", "replace"}},
		{"bson replaced in pickles", binary, []string{"-f", "bson", "-t", "pickle", "--deprecated", "convert", "--invalid-utf8", "replace"}},
		{"bson copied as text", bytes.ReplaceAll(binary, []byte("\n"), []byte("\r\n")), []string{"-f", "bson", "--undo-crlf"}},
		{"wide lines to bson", wide(lines), []string{"-f", "json"}},
		{"bson kept", binary, []string{"-f", "bson", "-t", "bson", "--invalid-utf8", "keep"}},
		{"lines to bson", lines, nil},
		{"lines to json", lines, []string{"-f", "json", "-t", "json"}},
		{"pretty to bson", pretty, []string{"-f", "json"}},
		{"array to bson", array, []string{"-f", "json"}},
		{"archive to json", archiveOf(docs, 7), []string{"-f", "archive"}},
		{"archive to bson", archiveOf(docs, 100), []string{"-f", "archive", "-t", "bson"}},
		{"a namespace", archiveOf(docs, 9), []string{"-f", "archive", "--ns", "b.*", "--ns-field", "ns"}},
		{"special keys to json", special, []string{"-f", "bson", "--ambiguous", "escape", "--summary", "text"}},
		{"escaped keys to bson", escaped, []string{"-f", "json", "--ambiguous", "escape", "--summary", "text"}},
		{"escaped keys to json", escaped, []string{"-f", "json", "-t", "json", "--ambiguous", "escape", "--summary", "text"}},
		{"shell to bson", shell, []string{"-f", "json", "--accept", "shell"}},
	} {
		for i, data := range damaged(tc.data, r) {
			compareJobs(t, tc.name, i, data, tc.flags)
		}
	}
}

// compareJobs converts data with flags, under each policy, and compares the results for
// some numbers of jobs and sizes of reads. It is version i of the data called name. With the
// race detector each version has one policy.
func compareJobs(t *testing.T, name string, i int, data []byte, flags []string) {
	policies := []string{"quarantine", "stop", "quarantine --max-errors 2"}
	switch {
	case testing.Short():
		policies = policies[:1]
	case race.On:
		policies = policies[i%len(policies):][:1]
	}
	for _, policy := range policies {
		t.Run(fmt.Sprint(name, i, policy), func(t *testing.T) {
			var want []string
			for _, jobs := range []int{1, 3} {
				for _, most := range []int{1 << 20, 3000} {
					if race.On && jobs == 1 && most < 1<<20 {
						continue // small reads matter to workers
					}
					rejects := filepath.Join(t.TempDir(), "rejects")
					args := append([]string{"-j", fmt.Sprint(jobs)}, flags...)
					args = append(args, "--on-error")
					args = append(args, strings.Fields(policy)...)
					if policy != "stop" {
						args = append(args, "--rejects", rejects)
					}
					got := runCommand(&chopper{data, rand.New(rand.NewPCG(uint64(most), 7)), most}, args...)
					kept, _ := os.ReadFile(rejects)
					if len(kept) == 0 {
						kept, _ = os.ReadFile(rejects + ".partial")
					}
					messages := strings.ReplaceAll(withoutTime(got.stderr), rejects, "REJECTS")
					result := []string{fmt.Sprint(got.code), got.stdout, messages, string(kept)}
					if want == nil {
						want = result
					} else if diff := cmp.Diff(want, result); diff != "" {
						t.Fatalf("%d jobs, reads of up to %d bytes (-first +this):\n%.2000s", jobs, most, diff)
					}
				}
			}
		})
	}
}

// wide returns text in UTF-16 with a byte order mark.
func wide(text []byte) []byte {
	dst := []byte("\xff\xfe")
	for _, u := range utf16.Encode([]rune(string(text))) {
		dst = binary.LittleEndian.AppendUint16(dst, u)
	}
	return dst
}

// Documents read are documents written and rejected, and the bytes of both are
// the bytes of the input.
func TestAccounts(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 9))
	var binary []byte
	for _, doc := range sample.Documents(sample.Wild, sample.Seed, 500) {
		binary = append(binary, doc...)
	}
	for i, data := range damaged(binary, r) {
		for policy, rules := range map[string]bson.ValidateOptions{"error": {}, "keep": {AllowInvalidUTF8: true}} {
			rejects := filepath.Join(t.TempDir(), "rejects")
			got := runCommand(bytes.NewReader(data), "salvage", "-f", "bson", "--invalid-utf8", policy, "--rejects", rejects, "--summary", "json", "--errors", "json")
			kept, err := os.ReadFile(rejects)
			if err != nil {
				t.Fatal(err)
			}
			if len(kept)+len(got.stdout) != len(data) {
				t.Errorf("version %d, %s: %d bytes written and %d rejected of %d", i, policy, len(got.stdout), len(kept), len(data))
			}
			var docs int64
			for doc, err := range bson.Documents(strings.NewReader(got.stdout)) {
				if err != nil || rules.Validate(doc) != nil {
					t.Fatalf("version %d, %s: document %d of the output is not whole: %v", i, policy, docs, err)
				}
				docs++
			}
			lines := strings.Split(strings.TrimSpace(got.stderr), "\n")
			var s summaryLine
			if err := json.Unmarshal([]byte(lines[len(lines)-1]), &s); err != nil {
				t.Fatal(err, lines)
			}
			if s.Written != docs || s.Read != s.Written+s.Rejected || s.BytesIn != int64(len(data)) || s.BytesOut != int64(len(got.stdout)) {
				t.Errorf("version %d, %s: summary %+v; %d documents, %d bytes in, %d out", i, policy, s, docs, len(data), len(got.stdout))
			}
			// The messages report the skipped bytes.
			var skipped []byte
			for _, line := range lines[:len(lines)-1] {
				var r faultLine
				if err := json.Unmarshal([]byte(line), &r); err != nil {
					t.Fatal(err, line)
				}
				if r.From == nil || *r.Offset < *r.From {
					t.Fatalf("version %d, %s: a fault before what was skipped: %s", i, policy, line)
				}
				skipped = append(skipped, data[*r.From:*r.From+r.Skipped]...)
			}
			if !bytes.Equal(skipped, kept) {
				t.Errorf("version %d, %s: %d bytes rejected, not the %d that messages tell of", i, policy, len(kept), len(skipped))
			}
			if (got.code != 0) != (len(kept) > 0) {
				t.Errorf("version %d, %s: code %d with %d bytes rejected", i, policy, got.code, len(kept))
			}
		}
	}
}

// With a filter the same documents are rejected as without it, and of the others those
// are written that match. Documents read are written, rejected or filtered.
func TestAccountsSelected(t *testing.T) {
	filter, err := query.Parse([]byte(selected), query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var binary []byte
	for _, doc := range sample.Documents(sample.Wild, sample.Seed, jobDocuments()) {
		binary = append(binary, doc...)
	}
	run := func(data []byte, args ...string) (s summaryLine, out, kept string) {
		rejects := filepath.Join(t.TempDir(), "rejects")
		args = append(args, "-f", "bson", "--rejects", rejects, "--summary", "json", "--errors", "json")
		got := runCommand(bytes.NewReader(data), append([]string{"salvage"}, args...)...)
		bytes, err := os.ReadFile(rejects)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(got.stderr), "\n")
		if err := json.Unmarshal([]byte(lines[len(lines)-1]), &s); err != nil {
			t.Fatal(err, lines)
		}
		return s, got.stdout, string(bytes)
	}
	for i, data := range damaged(binary, rand.New(rand.NewPCG(11, 13))) {
		for _, policy := range []string{"error", "keep"} {
			all, out, kept := run(data, "--invalid-utf8", policy)
			some, selected, keptToo := run(data, "--invalid-utf8", policy, "--where", selected)
			var want strings.Builder
			for doc := range bson.Documents(strings.NewReader(out)) {
				if ok, err := filter.Match(doc); ok && err == nil {
					want.Write(doc)
				}
			}
			if selected != want.String() || keptToo != kept {
				t.Errorf("version %d, %s: %d bytes written, want %d; %d rejected, want %d", i, policy, len(selected), want.Len(), len(keptToo), len(kept))
			}
			if some.Filtered == 0 || some.Written == 0 || some.Read != all.Read || some.Rejected != all.Rejected || some.Read != some.Written+some.Rejected+some.Filtered {
				t.Errorf("version %d, %s: summary %+v, without a filter %+v", i, policy, some, all)
			}
		}
	}
}

// timeless matches the summary. The part after the semicolon depends on time,
// and on the bytes that a run which ended early had read.
var timeless = regexp.MustCompile(`(?m)^(bsonjs: [\d,]+ documents? read, [^;\n]*); [^;\n]*$`)

// withoutTime returns messages with only the documents of the summary.
func withoutTime(messages string) string { return timeless.ReplaceAllString(messages, "$1") }

// A piece with more faults than a job holds is reported like any other.
func TestJobsFaulty(t *testing.T) {
	bad := bytes.Repeat(bsoncore.AppendString(nil, "k", "\xff"), maxFaulty/3)
	dst, mark := bsoncore.Begin(nil)
	faulty := bsoncore.End(append(dst, bad...), mark)
	dst, mark = bsoncore.Begin(nil)
	sound := bsoncore.End(bsoncore.AppendNull(dst, "n"), mark)
	data := bytes.Repeat(append(faulty, sound...), 10)
	data = append(data, bytes.Repeat(sound, 2*recovered/len(sound))...)
	data = append(data, faulty...)
	var want command
	for _, jobs := range []string{"1", "3"} {
		for _, most := range []int{1 << 20, 3000} {
			got := runCommand(&chopper{data, rand.New(rand.NewPCG(uint64(most), 7)), most}, "validate", "-f", "bson", "-j", jobs)
			got.stderr = withoutTime(got.stderr)
			if n := strings.Count(got.stderr, "\n"); n < 11*(maxFaulty/3) {
				t.Errorf("%d lines about %d faults", n, 11*(maxFaulty/3))
			}
			if want.stderr == "" {
				want = got
			}
			if got.code != want.code || got.stderr != want.stderr {
				t.Errorf("%s jobs, reads of up to %d bytes: not the same messages", jobs, most)
			}
		}
	}
}

// Hints are the same for any number of jobs and any sizes of reads, and the first
// hundred faults have them.
func TestJobsHints(t *testing.T) {
	const line = "{\"a\":1}\n"
	var data []byte
	for i := range 120 {
		data = append(data, strings.Repeat(line, 1+i*i%500)...)
		data = append(data, "{\"a\":ObjectId(\"573338a5108d3dd59ce57cf7\"),\"b\":[/re/i, {c:'}'}]}\n"...)
	}
	want := ""
	for _, jobs := range []string{"1", "3"} {
		for _, most := range []int{1 << 20, 3000, 5} {
			got := runCommand(&chopper{data, rand.New(rand.NewPCG(uint64(most), 7)), most}, "-f", "json", "-t", "bson", "-j", jobs, "--on-error", "skip", "--summary", "none")
			if want == "" {
				want = got.stderr
			}
			if got.stderr != want {
				t.Errorf("%s jobs, reads of up to %d bytes: not the same messages", jobs, most)
			}
		}
	}
	if lines, hints := strings.Count(want, "\n"), strings.Count(want, "; use --accept shell; "); lines != 120 || hints != 100 {
		t.Errorf("%d lines with %d hints, want 120 with 100:\n%.1000s", lines, hints, want)
	}
}
