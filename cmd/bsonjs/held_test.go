package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/race"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file checks the flags that hold documents: --unique, --sort, --tail and --sample N. A run
// without the flags has all documents in order; a model of the flags chooses of them and
// orders them. The flags must give the same, for any number of workers and any memory.

// keyed returns a document with the number n and two fields of all kinds of values, which
// are often equal.
func keyed(r *rand.Rand, n int32) []byte {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.AppendInt32(doc, "n", n)
	small := r.IntN(9)
	value := func(doc []byte, key string) []byte {
		switch r.IntN(9) {
		case 0:
			return doc
		case 1:
			return bsoncore.AppendNull(doc, key)
		case 2:
			return bsoncore.AppendInt64(doc, key, int64(small))
		case 3:
			return bsoncore.AppendDouble(doc, key, float64(small)/2)
		case 4:
			return bsoncore.AppendString(doc, key, strings.Repeat("ab", small))
		case 5:
			inner, innerMark := bsoncore.BeginArray(doc, key)
			for i := range small % 3 {
				inner = bsoncore.AppendInt32(inner, fmt.Sprint(i), int32(r.IntN(5)))
			}
			return bsoncore.End(inner, innerMark)
		case 6:
			inner, innerMark := bsoncore.BeginDocument(doc, key)
			return bsoncore.End(bsoncore.AppendInt32(inner, "c", int32(small)), innerMark)
		case 7:
			return bsoncore.AppendBoolean(doc, key, small%2 == 0)
		}
		return bsoncore.AppendInt32(doc, key, int32(small))
	}
	doc = value(value(doc, "a"), "b")
	if r.IntN(3) == 0 {
		doc = bsoncore.AppendString(doc, "text", strings.Repeat("x", r.IntN(900)))
	}
	return bsoncore.End(doc, mark)
}

// heldInputs writes inputs in several formats and returns the names of those of each run.
func heldInputs(t *testing.T, r *rand.Rand, count int32) map[string][]string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
		return name
	}
	var parts [3][]byte
	var text, packed bytes.Buffer
	for n := range count {
		doc := keyed(r, n)
		part := int(n) * 3 / int(count)
		if part == 1 {
			line, err := extjson.EncodeOptions{Mode: extjson.Canonical}.AppendJSON(nil, doc)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&text, "%s\n", line)
		}
		parts[part] = append(parts[part], doc...)
	}
	z := gzip.NewWriter(&packed)
	z.Write(parts[2])
	z.Close()
	mixed := []string{write("one.bson", parts[0]), write("two.json", text.Bytes()), write("three.bson.gz", packed.Bytes())}
	for i, name := range []string{"a", "b", "c"} {
		write("dump/shop/"+name+".bson", parts[i])
	}
	dump, archive := filepath.Join(dir, "dump"), filepath.Join(dir, "dump.archive")
	if got := runCommand(nil, dump, "-o", archive, "-q"); got.code != 0 {
		t.Fatal(got.stderr)
	}
	return map[string][]string{"files": mixed, "directory": {dump}, "archive": {archive}, "archive and directory": {archive, dump}}
}

// documents returns the documents in data.
func documents(t *testing.T, data string) (all []bson.Raw) {
	t.Helper()
	d := bson.NewDecoder(strings.NewReader(data))
	for d.Next() {
		all = append(all, slices.Clone(d.Raw()))
	}
	if d.Err() != nil {
		t.Fatal(d.Err())
	}
	return all
}

// numbers returns the numbers and namespaces of documents.
func numbers(all []bson.Raw) (list []string) {
	for _, doc := range all {
		n, _ := doc.Lookup("n").Int32OK()
		space, _ := doc.Lookup("ns").StringValueOK()
		list = append(list, fmt.Sprint(n, space))
	}
	return list
}

// A heldModel is what flags do.
type heldModel struct {
	unique            bool // by the field a
	sort              string
	skip, limit, tail int
	perSpace          bool
}

// args returns the flags.
func (m heldModel) args() (args []string) {
	if m.unique {
		args = append(args, "--unique", "a")
	}
	if m.sort != "" {
		args = append(args, "--sort", m.sort)
	}
	for flag, n := range map[string]int{"--skip": m.skip, "--limit": m.limit, "--tail": m.tail} {
		if n > 0 {
			args = append(args, flag, fmt.Sprint(n))
		}
	}
	if m.perSpace {
		args = append(args, "--per-namespace")
	}
	return args
}

// of returns what m makes of all documents.
func (m heldModel) of(t *testing.T, all []bson.Raw) (chosen []bson.Raw) {
	t.Helper()
	all = slices.Clone(all)
	if m.unique {
		seen := map[string]bool{}
		all = slices.DeleteFunc(all, func(doc bson.Raw) bool {
			was := seen[spelled(doc.Lookup("a"))]
			seen[spelled(doc.Lookup("a"))] = true
			return was
		})
	}
	if m.sort != "" {
		s, err := query.ParseSort([]byte(m.sort), query.Options{})
		if err != nil {
			t.Fatal(err)
		}
		slices.SortStableFunc(all, func(a, b bson.Raw) int { return s.Compare(a, b) })
	}
	space := func(doc bson.Raw) string {
		if !m.perSpace {
			return ""
		}
		name, _ := doc.Lookup("ns").StringValueOK()
		return name
	}
	total, at := map[string]int{}, map[string]int{}
	for _, doc := range all {
		total[space(doc)]++
	}
	for _, doc := range all {
		s := space(doc)
		i := at[s]
		at[s]++
		if i >= m.skip && (m.limit == 0 || i < m.skip+m.limit) && (m.tail == 0 || i >= total[s]-m.tail) {
			chosen = append(chosen, doc)
		}
	}
	return chosen
}

// spelled returns a text that is the same for the equal values of keyed.
func spelled(v bson.RawValue) string {
	switch v.Type {
	case 0, bson.TypeNull:
		return "null"
	case bson.TypeInt32:
		n, _ := v.Int32OK()
		return fmt.Sprint(n)
	case bson.TypeInt64:
		n, _ := v.Int64OK()
		return fmt.Sprint(n)
	case bson.TypeDouble:
		n, _ := v.DoubleOK()
		return fmt.Sprint(n)
	case bson.TypeString:
		s, _ := v.StringValueOK()
		return "text " + s
	}
	return fmt.Sprintf("%d %x", v.Type, v.Value)
}

// TestHeld compares the flags with their model.
func TestHeld(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 13))
	const count = 2400
	forms := heldInputs(t, r, count)
	for f, form := range slices.Sorted(maps.Keys(forms)) {
		inputs := forms[form]
		flags := []string{"-t", "bson", "--summary", "json", "--errors", "json"}
		if form != "files" {
			flags = append(flags, "--ns-field", "ns")
		}
		plain := runCommand(nil, slices.Concat(inputs, flags)...)
		all := documents(t, plain.stdout)
		for i, m := range []heldModel{
			{sort: "{a: 1}"}, {sort: `{b: -1, "a.c": 1}`}, {sort: "{n: -1}"}, {sort: "{a: 1, n: -1}", limit: 7},
			{sort: "{a: -1}", skip: 900, limit: 700}, {sort: "{a: 1}", skip: 2390}, {sort: "{missing: 1}", limit: count * 3},
			{unique: true}, {unique: true, sort: "{n: -1}", skip: 3, limit: 9}, {unique: true, skip: 2, tail: 10}, {unique: true, limit: 5},
			{tail: 1}, {tail: 1500}, {skip: 2000, tail: 900}, {tail: count * 3}, {sort: "{b: 1}", skip: 3, tail: 700},
			{sort: "{b: 1}", skip: 10, limit: 20, perSpace: true}, {tail: 9, perSpace: true}, {skip: 700, tail: 300, perSpace: true},
		} {
			if m.perSpace && form == "files" {
				continue
			}
			want := m.of(t, all)
			for j, more := range [][]string{{"-j", "1"}, {"-j", "2", "--memory", "64KiB"}, {"-j", "8", "--memory", "1MiB"}} {
				if race.On && (f+i+j)%3 != 0 {
					continue // one of the three, another for the next form and model
				}
				args := slices.Concat(inputs, flags, m.args(), more)
				got := runCommand(nil, args...)
				docs := documents(t, got.stdout)
				if diff := cmp.Diff(numbers(want), numbers(docs)); diff != "" {
					t.Fatalf("%s, %v (-want +got):\n%.2000s", form, args, diff)
				}
				for n := range want {
					if !bytes.Equal(want[n], docs[n]) {
						t.Fatalf("%s, %v: document %d differs", form, args, n)
					}
				}
				s := summaryOf(t, got.stderr)
				if s.Read != int64(len(all)) || s.Written != int64(len(want)) || s.Filtered != s.Read-s.Written || s.Rejected != 0 || got.code != 0 {
					t.Errorf("%s, %v: code %d, summary %+v", form, args, got.code, s)
				}
				if m.unique != strings.Contains(got.stderr, "--unique left out "+report.Documents(int64(len(all)-len(heldModel{unique: true}.of(t, all))))) {
					t.Errorf("%s, %v: %s", form, args, got.stderr)
				}
				if strings.Contains(got.stderr, "stopped") {
					t.Errorf("%s, %v: %s", form, args, got.stderr)
				}
			}
		}
	}
}

// summaryOf returns the last line of messages.
func summaryOf(t *testing.T, messages string) (s summaryLine) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(messages), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &s); err != nil {
		t.Fatalf("%s: %v", messages, err)
	}
	return s
}

// TestSampleCount: a sample of N has exactly N documents in the order of the input, the same
// for any number of workers, sizes of reads and memory. Another seed gives another one.
func TestSampleCount(t *testing.T) {
	var data []byte
	const count = 3000
	for n := range int32(count) {
		data = append(data, sound.document(n+1, 100)...)
	}
	for _, n := range []int{1, 10, 777, count, count + 5} {
		seen := map[string]bool{}
		for _, seed := range []string{"0", "1"} {
			args := []string{"--sample", fmt.Sprint(n), "--seed", seed}
			want := runOrdered(t, bytes.NewReader(data), append(args, "-j", "1")...)
			if k := int64(min(n, count)); int64(len(want.Written)) != k || want.Account != [3]int64{count, 0, count - k} || !slices.IsSorted(want.Written) {
				t.Errorf("%v: %d documents, account %v", args, len(want.Written), want.Account)
			}
			for _, more := range [][]string{{"-j", "3"}, {"-j", "8", "--memory", "64KiB"}} {
				var in io.Reader = &chopper{data, rand.New(rand.NewPCG(3, uint64(n))), 40000}
				if diff := cmp.Diff(want, runOrdered(t, in, append(args, more...)...)); diff != "" {
					t.Errorf("%v %v (-want +got):\n%.2000s", args, more, diff)
				}
			}
			seen[fmt.Sprint(want.Written)] = true
		}
		if len(seen) != 2 && n < count {
			t.Errorf("%d documents: two seeds gave the same sample", n)
		}
	}
	// Each document is about as likely as any other.
	const seeds = 40 / race.Slowdown
	var sum int64
	for seed := range seeds {
		for _, n := range runOrdered(t, bytes.NewReader(data), "--sample", "25", "--seed", fmt.Sprint(seed)).Written {
			sum += n
		}
	}
	const chosen = 25 * seeds
	deviation := count / math.Sqrt(12*chosen)
	if mean := float64(sum) / chosen; math.Abs(mean-count/2) > 4.4*deviation {
		t.Errorf("the mean of the numbers is %v, with a standard deviation of %v", mean, deviation)
	}
}

// TestHeldFaults: a document that cannot be read is rejected when it is read, and one that
// cannot be written if it is among those to be written. The faults have the places that
// they have in a run that holds nothing.
func TestHeldFaults(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 3))
	for round, size := range []int{200, 3000, 70000} {
		var data []byte
		var all []nature
		for n := int32(1); len(data) < 1<<20; n++ {
			k := sound
			if r.IntN(1+30*round) < 2 {
				k = nature(r.IntN(int(natures)))
			}
			all = append(all, k)
			data = append(data, k.document(n, r.IntN(size))...)
		}
		for _, skip := range []int64{0, int64(len(all)) / 2} {
			for _, tail := range []int64{1, int64(len(all)) / 3, int64(len(all))} {
				want := tailModel(all, skip, tail)
				for _, more := range [][]string{{"-j", "1"}, {"-j", "3", "--memory", "64KiB"}} {
					args := append(more, "--skip", fmt.Sprint(skip), "--tail", fmt.Sprint(tail))
					got := runOrdered(t, bytes.NewReader(data), args...)
					slices.Sort(got.Faulty)
					if diff := cmp.Diff(want, got); diff != "" {
						t.Fatalf("round %d, %v of %d documents (-want +got):\n%.2000s", round, args, len(all), diff)
					}
				}
			}
		}
	}
}

// tailModel is orderModel for --tail.
func tailModel(all []nature, skip, tail int64) (want orderRun) {
	var passed, chosen int64
	for _, k := range all {
		if k == sound || k == unwritten {
			chosen++
		}
	}
	for i, k := range all {
		number := int64(i + 1)
		wanted := k == sound || k == unwritten
		if wanted {
			passed++
			wanted = passed > skip && passed > chosen-tail
		}
		want.Account[0]++
		switch {
		case k == malformed, wanted && k == unwritten:
			want.Account[1]++
			want.Faulty = append(want.Faulty, number)
		case !wanted:
			want.Account[2]++
		default:
			want.Written = append(want.Written, number)
		}
	}
	return want
}

// TestMerge: inputs that are sorted one by one and merged give the bytes of all of them
// sorted, with the same account. Some documents are written in portions.
func TestMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 19))
	dir := t.TempDir()
	var inputs, merged []string
	for i, form := range []string{"bson", "json", "bson.gz", "archive", "bson"} {
		var data []byte
		for n := range int32(300) {
			if i == 4 {
				break // no document
			}
			doc := keyed(r, int32(i)*300+n)
			if i == 0 && n%100 == 99 {
				doc = bsoncore.End(bsoncore.AppendString(doc[:len(doc)-1], "long", strings.Repeat("x", 2<<20)), 0)
			}
			data = append(data, doc...)
		}
		name, sorted := filepath.Join(dir, fmt.Sprint(i, ".bson")), filepath.Join(dir, fmt.Sprint("sorted", i, ".", form))
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
		args := []string{name, "--sort", "{a: 1, b: -1}", "-o", sorted, "-q"}
		switch form {
		case "json":
			args = append(args, "-m", "canonical")
		case "archive":
			args = append(args, "--as-ns", "shop.a")
		}
		if got := runCommand(nil, args...); got.code != 0 {
			t.Fatal(got.stderr)
		}
		inputs, merged = append(inputs, name), append(merged, sorted)
	}
	for _, flags := range [][]string{nil, {"--limit", "400"}, {"--skip", "300", "--tail", "100"}, {"--where", "{n: {$lt: 700}}", "--skip", "5"}, {"-t", "json"}} {
		args := append([]string{"--sort", "{a: 1, b: -1}", "-t", "bson", "--summary", "json", "--errors", "json"}, flags...)
		want := runCommand(nil, slices.Concat(inputs, args)...)
		for _, jobs := range []string{"1", "3"} {
			got := runCommand(nil, slices.Concat(merged, args, []string{"--merge", "-j", jobs})...)
			if got.code != 0 || got.stdout != want.stdout {
				t.Errorf("%v, %s jobs: code %d, %d bytes, want %d; %s", flags, jobs, got.code, len(got.stdout), len(want.stdout), got.stderr)
			}
			s, w := summaryOf(t, got.stderr), summaryOf(t, want.stderr)
			if s.Written != w.Written || s.Read != s.Written+s.Filtered || slices.Contains(flags, "--limit") == (s.Read == 1200) {
				t.Errorf("%v, %s jobs: %+v, want %+v", flags, jobs, s, w)
			}
		}
	}
}

// TestMergeDisorder: a document out of order ends the run behind those before it, wherever it
// is.
func TestMergeDisorder(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one.bson"), filepath.Join(dir, "two.bson")
	for _, size := range []int{10, 2 << 20} {
		var first, second []byte
		for n := range int32(20) {
			first = append(first, sound.document(2*n, 10)...)
			at := 2*n + 1
			if n == 9 {
				at = 3
			}
			second = append(second, sound.document(at, size)...)
		}
		writeFile(t, one, first)
		writeFile(t, two, second)
		got := runCommand(nil, one, two, "--sort", "{n: 1}", "--merge", "-t", "json", "--fields", "n", "--summary", "json")
		s := summaryOf(t, got.stderr)
		message := fmt.Sprintf("%s: document 10 at offset %d: out of order: ", two, len(second)/20*9)
		if got.code != 1 || !strings.Contains(got.stderr, message) || s.Read != s.Written || s.Written != int64(strings.Count(got.stdout, "\n")) || s.Written < 17 {
			t.Errorf("%d bytes: code %d, %+v, %d lines, %s", size, got.code, s, strings.Count(got.stdout, "\n"), got.stderr)
		}
	}
}

// TestHeldAccounts: a run on damaged data that holds all documents has the output, the
// messages, the account and the rejects of one that holds none, in every format. Only
// the order of messages and rejects may differ.
func TestHeldAccounts(t *testing.T) {
	docs := sample.Documents(sample.Wild, sample.Seed, 80) // so few that each fault may have a hint
	for _, doc := range docs[:len(docs)/2] {
		docs = append(docs, bsoncore.End(bsoncore.AppendRegex(doc[:len(doc)-1:len(doc)-1], "re", "x", ""), 0))
	}
	var binary, text, digits []byte
	for _, doc := range docs {
		binary = append(binary, doc...)
		line, err := extjson.EncodeOptions{Mode: extjson.Canonical, AmbiguousKeys: extjson.AsIs, InvalidUTF8: bson.UTF8Replace}.AppendJSON(nil, doc)
		if err != nil {
			t.Fatal(err)
		}
		text = append(append(text, line...), '\n')
		digits = fmt.Appendf(digits, "%x\n", doc)
	}
	for _, tc := range []struct {
		data []byte
		args []string
	}{
		{binary, []string{"-f", "bson"}}, {text, []string{"-f", "json"}}, {digits, []string{"-f", "hex"}},
		{wide(text), []string{"-f", "json"}}, {archiveOf(docs, 7), []string{"-f", "archive", "--ns-field", "ns"}},
	} {
		for i, data := range damaged(tc.data, rand.New(rand.NewPCG(21, 23))) {
			run := func(args ...string) (c command, kept []byte) {
				rejects := filepath.Join(t.TempDir(), "rejects")
				args = slices.Concat(tc.args, []string{"-t", "json", "-m", "plain", "--where", "{}", "--on-error", "quarantine", "--rejects", rejects, "--summary", "json", "--errors", "json"}, args)
				c = runCommand(&chopper{data, rand.New(rand.NewPCG(1, 2)), 50000}, args...)
				all, err := os.ReadFile(rejects)
				if err != nil {
					t.Fatal(err)
				}
				all = bytes.ReplaceAll(all, []byte("\n"), nil) // which may be between them or not
				slices.Sort(all)
				return c, all
			}
			want, wantKept := run("-j", "1")
			for _, more := range [][]string{{"-j", "1"}, {"-j", "3", "--memory", "64KiB"}} {
				got, kept := run(append(more, "--tail", "1000000")...)
				if got.stdout != want.stdout || got.code != want.code || !bytes.Equal(kept, wantKept) {
					t.Errorf("%v, version %d, %v: code %d, want %d; %d bytes, want %d; %d rejected, want %d",
						tc.args, i, more, got.code, want.code, len(got.stdout), len(want.stdout), len(kept), len(wantKept))
				}
				if diff := cmp.Diff(linesInOrder(withoutSeconds(want.stderr)), linesInOrder(withoutSeconds(got.stderr))); diff != "" {
					t.Errorf("%v, version %d, %v (-want +got):\n%.2000s", tc.args, i, more, diff)
				}
			}
		}
	}
}

func linesInOrder(text string) []string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	slices.Sort(lines)
	return lines
}

// withoutSeconds returns messages without the time in the summary.
func withoutSeconds(messages string) string {
	return regexp.MustCompile(`"seconds":[^,}]*`).ReplaceAllString(messages, "")
}

// TestRejectsOfInputs: the rejects of an input that ends in a line do not continue on that
// line, whether they come from the next input or are held.
func TestRejectsOfInputs(t *testing.T) {
	dir := t.TempDir()
	cut, whole := filepath.Join(dir, "cut.json"), filepath.Join(dir, "whole.json")
	writeFile(t, cut, []byte(`{"n":{"$minKey":1}}`+"\n"+`{"n":`))
	writeFile(t, whole, []byte(`{"n":{"$maxKey":1}}`+"\n"))
	for _, tc := range []struct{ args, want string }{
		{"", `{"n":{"$minKey":1}}` + "\n" + `{"n":` + "\n" + `{"n":{"$maxKey":1}}` + "\n"},
		{"--sort {n:1} --merge", `{"n":{"$minKey":1}}` + "\n" + `{"n":` + "\n" + `{"n":{"$maxKey":1}}` + "\n"},
		{"--unique n --tail 9", `{"n":` + "\n" + `{"n":{"$minKey":1}}` + "\n" + `{"n":{"$maxKey":1}}` + "\n"},
		{"--tail 9", `{"n":` + "\n" + `{"n":{"$minKey":1}}` + "\n" + `{"n":{"$maxKey":1}}` + "\n"},
	} {
		rejects := filepath.Join(t.TempDir(), "rejects")
		got := runCommand(nil, append(strings.Fields(tc.args), cut, whole, "-t", "json", "-m", "plain", "--on-error", "quarantine", "--rejects", rejects)...)
		kept, err := os.ReadFile(rejects)
		if string(kept) != tc.want || err != nil || got.code == 0 {
			t.Errorf("%q: code %d, %q, %v, want %q", tc.args, got.code, kept, err, tc.want)
		}
	}
}

// TestRejectsOfHolds: a document that was held several times has, among the rejects and in
// its message, the bytes and the place that it has in the input.
func TestRejectsOfHolds(t *testing.T) {
	text := `{"n":1,"x":{"$numberInt":"1"}}` + "\n" + `{"n":2,"x":{"$maxKey":1}}` + "\n" + `{"n":3,"x":{"$minKey":1}}` + "\n"
	binary := runCommand(strings.NewReader(text), "-t", "bson").stdout
	for _, tc := range []struct {
		name, data string
		wants      []string // the rejected documents
	}{
		{"in.json", text, strings.SplitAfter(text, "\n")[1:3]},
		{"in.bson", binary, []string{binary[19:34], binary[34:]}},
	} {
		in := filepath.Join(t.TempDir(), tc.name)
		writeFile(t, in, []byte(tc.data))
		for flags, wants := range map[string][]string{
			"--tail 9":                                tc.wants,
			"--unique n --tail 9":                     tc.wants,
			"--sort {n:-1} --sample 9":                {tc.wants[1], tc.wants[0]},
			"--unique n --sort {n:-1} --tail 9":       {tc.wants[1], tc.wants[0]},
			"--sort {n:1} --merge --tail 9":           tc.wants,
			"--unique n --sort {n:1} --sample 9 -j 3": tc.wants,
		} {
			rejects := filepath.Join(t.TempDir(), "rejects")
			got := runCommand(nil, append(strings.Fields(flags), in, "-t", "json", "-m", "plain", "--on-error", "quarantine", "--rejects", rejects)...)
			kept, err := os.ReadFile(rejects)
			if want := strings.Join(wants, ""); string(kept) != want || err != nil || got.code == 0 {
				t.Errorf("%s, %s: code %d, %q, %v, want %q", tc.name, flags, got.code, kept, err, want)
			}
			for _, want := range wants {
				size := len(strings.TrimSuffix(want, "\n"))
				message := fmt.Sprintf("skipped %d bytes from offset %d\n", size, strings.Index(tc.data, want))
				if !strings.Contains(got.stderr, message) {
					t.Errorf("%s, %s: %s, want %q", tc.name, flags, got.stderr, message)
				}
			}
		}
	}
}

// TestHeldLong: a held document that is too long for a piece stays whole between others,
// for any number of workers.
func TestHeldLong(t *testing.T) {
	document := func(size int) []byte {
		doc := bsoncore.AppendBinary([]byte{0, 0, 0, 0}, "b", 0, bytes.Repeat([]byte{5}, size)) // like short frames
		return bsoncore.End(doc, 0)
	}
	var data []byte
	for _, size := range []int{10, 18 << 20, 2 << 20, 10} {
		data = append(data, document(size)...)
	}
	for _, flags := range []string{"--tail 9 -j 1", "--sort {x:1} --tail 9 -j 4 --memory 64KiB"} {
		got := runCommand(bytes.NewReader(data), append(strings.Fields(flags), "-t", "bson")...)
		if got.code != 0 || got.stdout != string(data) {
			t.Errorf("%s: code %d, %d bytes, want %d, %s", flags, got.code, len(got.stdout), len(data), got.stderr)
		}
	}
}

// TestMergeFault: an input that is merged is read no further than the output needs. A fault
// in it loses no document in front of it, and the account has those that are written.
func TestMergeFault(t *testing.T) {
	dir := t.TempDir()
	sound, faulty := filepath.Join(dir, "sound.json"), filepath.Join(dir, "faulty.json")
	writeFile(t, sound, []byte("{\"n\":3}\n{\"n\":7}\n"))
	writeFile(t, faulty, []byte("{\"n\":1}\n{\"n\":4}\n{\"n\":"))
	for _, tc := range []struct {
		flags, want string
		code        int
	}{
		{"", "{\"n\":1}\n{\"n\":3}\n{\"n\":4}\n", 4},
		{"--limit 2", "{\"n\":1}\n{\"n\":3}\n", 0},
		{"--limit 3", "{\"n\":1}\n{\"n\":3}\n{\"n\":4}\n", 0},
		{"--on-error skip", "{\"n\":1}\n{\"n\":3}\n{\"n\":4}\n{\"n\":7}\n", 4},
	} {
		got := runCommand(nil, append(strings.Fields(tc.flags), sound, faulty, "--sort", "{n: 1}", "--merge", "-t", "json", "--summary", "json")...)
		if got.code != tc.code || got.stdout != tc.want {
			t.Errorf("%q: code %d, %q, want %d, %q", tc.flags, got.code, got.stdout, tc.code, tc.want)
		}
		if s := summaryOf(t, got.stderr); s.Written != int64(strings.Count(tc.want, "\n")) || s.Read != s.Written+s.Rejected {
			t.Errorf("%q: %+v", tc.flags, s)
		}
	}
}
