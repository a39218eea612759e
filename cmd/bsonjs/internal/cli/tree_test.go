package cli

import (
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// No global variable keeps the commands of a run that has ended. Tests run the
// command thousands of times in one process.
func TestTreesAreFreed(t *testing.T) {
	run := func() {
		a := &app{std: streams{strings.NewReader(`{"a":1}`), io.Discard, io.Discard}}
		if code := a.execute([]string{"--mode", "canonical", "-t", "json"}); code != 0 {
			t.Fatalf("code %d", code)
		}
	}
	inUse := func() int64 {
		runtime.GC()
		runtime.GC() // empties pools
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	run()
	const runs, most = 100, 1 << 20 // bytes; the commands of one run have about 80 kB
	before := inUse()
	for range runs {
		run()
	}
	if more := inUse() - before; more > most {
		t.Errorf("%d runs leave %d bytes, want at most %d", runs, more, most)
	}
}

// An error about a flag that a command does not have says what to type: the flag of
// ours, that of another command, a similar one, or nothing.
func TestUnknownFlags(t *testing.T) {
	for _, tc := range []struct{ args, want string }{
		{"--limt 3", "unknown flag: --limt; did you mean --limit?"},
		{"validate --sort {}", "unknown flag: --sort; it is a flag of convert, salvage, verify"},
		{"dump --query {}", "unknown flag: --query; use " + someText},
		{"list --where {}", "unknown flag: --where; it is a flag of convert, count, diff, inspect, salvage, schema, stats, validate, verify"},
		{"--protocl 2", "unknown flag: --protocl; did you mean --protocol?"},
		{"--canonica", "unknown flag: --canonica; did you mean --mode canonical?"},
		{"--nothing-like-it", "unknown flag: --nothing-like-it"},
		{"oid --out x", "unknown flag: --out; it is a flag of convert, count, diff, dump, inspect, list, man, salvage, schema, stats, verify"},
		{"man --outFile x", "unknown flag: --outFile; use --output"},
		{"man --jsonFormat x", "unknown flag: --jsonFormat; it is a flag of convert, salvage, verify"},
		{"validate --jsonFormat x", "unknown flag: --jsonFormat; it is a flag of convert, salvage, verify"},
		{"dump --array", "unknown flag: --array; use " + oneArray},
		{"dump --jsonArray", "unknown flag: --jsonArray; use " + oneArray},
		{"inspect --array", "unknown flag: --array; it is a flag of convert, salvage"},
		{"inspect --protocol 2", "unknown flag: --protocol; it is a flag of convert, salvage"},
		{"inspect --objcheck", "unknown flag: --objcheck; it is a flag of dump"}, // convert hides it
		{"-Z", "unknown shorthand flag: 'Z' in -Z"},
		{"validate -Z", "unknown shorthand flag: 'Z' in -Z"},
	} {
		var stderr strings.Builder
		a := &app{std: streams{strings.NewReader(""), io.Discard, &stderr}}
		args := strings.Fields(tc.args)
		code := a.execute(args)
		path := "bsonjs"
		if find(a.tree(), args[0]) != nil {
			path += " " + args[0]
		}
		if want := "bsonjs: " + tc.want + " (see " + path + " --help)\n"; stderr.String() != want || code != report.CodeUsage {
			t.Errorf("%s: code %d, %q, want %q", tc.args, code, stderr.String(), want)
		}
	}
}
