package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"strings"
	"testing"
)

const (
	jsonOne      = "{\"a\":1}\n"
	csvOne       = "a\n1\n"
	canonicalOne = "{\"a\":{\"$numberInt\":\"1\"}}\n"
	memoOne      = "\x80\x02}q\x00X\x01\x00\x00\x00aq\x01K\x01s." // a pickle as bsonjs writes it
)

// The name of the output decides its format, unless a flag does; a
// contradiction is an error or has a note.
func TestNamesOfOutputs(t *testing.T) {
	inputs := map[string]string{
		"bson": one, "json": jsonOne, "hex": hexOne, "base64": base64One, "empty": "",
		"debug": "--- new object ---\n\tsize : 12\n\t\ta\n\t\t\ttype:   16 size: 7\n",
	}
	for _, tc := range []struct {
		args string // IN is the input, in the format before the colon
		want string // content of the output, or part of the error
		note string
		code int
	}{
		// The name decides.
		{"bson: IN -o x.json", jsonOne, "", 0},
		{"bson: IN -o x.jsonl", jsonOne, "", 0},
		{"bson: IN -o x.ndjson", jsonOne, "", 0},
		{"bson: IN -o x.extjson", jsonOne, "", 0},
		{"bson: IN -o x.bson", one, "", 0},
		{"bson: IN -o x.pkl", memoOne, "", 0},
		{"bson: IN -o x.pickle", memoOne, "", 0},
		{"bson: IN -o x.hex", hexOne, "", 0},
		{"bson: IN -o x.b64", base64One, "", 0},
		{"bson: IN -o x.base64", base64One, "", 0},
		{"json: IN -o x.json", jsonOne, "", 0},
		{"json: IN -o x.bson", one, "", 0},
		{"json: IN -o x.pkl --protocol 2 --python2", memoOne, "", 0},
		{"hex: IN -o x.bson", one, "", 0},
		{"hex: IN -f hex -o x.hex", hexOne, "", 0},
		{"base64: IN -o x.hex", hexOne, "", 0},
		{"bson: IN -o X.BSON", one, "", 0},
		{"bson: IN -o .bson", one, "", 0},
		{"bson: IN -o a.json/../x.bson", one, "", 0},
		{"bson: IN --out x.bson", one, "", 0},
		{"bson: IN --outFile x.bson", one, "", 0},
		{"bson: IN IN -o x.json", jsonOne + jsonOne, "", 0},
		{"empty: IN -o x.json --array", "[]\n", "", 0},
		{"bson: IN -o x.json --array", "[{\"a\":1}]\n", "", 0},

		// Suffixes of compressions and of incomplete files do not count.
		{"bson: IN -o x.bson.gz", one, "", 0},
		{"bson: IN -o x.BSON.GZ", one, "", 0},
		{"bson: IN -o .bson.gz", one, "", 0},
		{"bson: IN -o x.csv", csvOne, "", 0},
		{"bson: IN -o x.TSV.gz", csvOne, "", 0},
		{"bson: IN -o x.bson.gz.partial", one, "", 0},
		{"bson: IN -o x.bson.partial", one, "", 0},
		{"bson: IN -o x.bson --compress gzip", one, "", 0},
		{"bson: IN -o x.bson.gz --compress none", one, "", 0},

		// Other names keep the usual format.
		{"bson: IN -o x", jsonOne, "", 0},
		{"bson: IN -o x.txt", jsonOne, "", 0},
		{"bson: IN -o x.bson.txt", jsonOne, "", 0},
		{"bson: IN -o x.gz", jsonOne, "", 0},
		{"bson: IN -o x.", jsonOne, "", 0},
		{"bson: IN -o bson", jsonOne, "", 0},
		{"json: IN -o x.txt", one, "", 0},
		{"hex: IN -o x", jsonOne, "", 0},

		// A flag overrides the name.
		{"bson: IN -o x.bson -t json", jsonOne, "writing JSON to x.bson: --to overrides the suffix", 0},
		{"bson: IN -o x.bson.gz -t json", jsonOne, "writing JSON to x.bson.gz: --to overrides the suffix", 0},
		{"bson: IN -o x.json -t bson", one, "writing BSON to x.json: --to overrides the suffix", 0},
		{"bson: IN -o x.json --type bson", one, "writing BSON to x.json: --to overrides the suffix", 0},
		{"bson: IN -o x.csv -t json", jsonOne, "writing JSON to x.csv: --to overrides the suffix", 0},
		{"bson: IN -o x.bson -t json -q", jsonOne, "", 0},
		{"bson: IN -o x.txt -t hex", hexOne, "", 0},
		{"bson: IN -o x.ndjson -t json", jsonOne, "", 0},
		{"bson: IN -o x.json -t jsonl", jsonOne, "", 0},
		{"bson: IN -o x -t ndjson", jsonOne, "", 0},
		{"bson: IN -o x -t pkl", memoOne, "", 0},
		{"json: IN -f ndjson -o x -t b64", base64One, "", 0},

		// A variable is a default, which the name overrides.
		{"BSONJS_TO=hex bson: IN -o x.bson", one, "", 0},
		{"BSONJS_TO=hex bson: IN -o x.txt", hexOne, "", 0},
		{"BSONJS_TO=json bson: IN -o x.csv", csvOne, "", 0},
		{"BSONJS_TO=json bson: IN -o x.avro", "does not write Avro", "", 2},
		{"BSONJS_MODE=canonical bson: IN -o x.bson", one, "", 0},
		{"BSONJS_MODE=canonical json: IN -o x", one, "", 0},
		{"BSONJS_COMPRESS=gzip bson: IN -o x.bson", one, "", 0},

		// --mode on the command line is about JSON.
		{"json: IN -m canonical -o x", canonicalOne, "", 0},
		{"json: IN -m canonical -o x.json", canonicalOne, "", 0},
		{"json: IN --jsonFormat canonical -o x", canonicalOne, "", 0},
		{"BSONJS_TO=bson json: IN -m canonical -o x", canonicalOne, "", 0},
		{"json: IN -m canonical -o x.bson -t json", canonicalOne, "writing JSON to x.bson: --to overrides the suffix", 0},
		{"json: IN -m canonical -o x.bson", "--mode needs JSON as output, and the output is BSON because of its suffix .bson; use the suffix .json, or add --to json", "", 2},
		{"json: IN -m canonical -o x.hex.gz", "the output is hexadecimal because of its suffix .hex; use", "", 2},
		{"json: IN -m canonical -t bson -o x", "the output is BSON because of --to; use --to json, or leave", "", 2},
		{"json: IN -m canonical -t bson -o x.json", "the output is BSON because of --to; use --to json", "", 2},
		{"json: IN --pretty -o x.bson", "--pretty needs JSON as output, and the output is BSON because of its suffix", "", 2},
		{"json: IN --pretty -o x", "--pretty needs JSON as output, and the output is BSON; add --to json", "", 2},
		{"json: IN --python2 -o x.bson", "--python2 needs pickles as output", "", 2},

		// Formats that are not written.
		{"bson: IN -o x.avro", "x.avro: bsonjs does not write Avro; choose another suffix, or add --to json to write JSON to this file", "", 2},
		{"bson: IN -o x.avro.gz", "does not write Avro", "", 2},
		{"bson: IN -o x.AVRO", "does not write Avro", "", 2},
		{"bson: IN -o x.avro -m plain", "does not write Avro", "", 2},
		{"bson: IN -o x.zip", "does not write zip archives", "", 2},
		{"bson: IN -o x.tar.gz", "does not write tar archives", "", 2},
		{"bson: IN -o x.archive.gz", "IN has no namespace; name it with --as-ns DB.COLLECTION", "", 2},
		{"bson: IN -o x.json.br", "does not write brotli", "", 2},
		{"bson: IN -o x.bson.bz2", "bsonjs reads bzip2 but does not write it", "", 2},
		{"bson: IN -t yaml -o x", "bsonjs has no format for YAML; the value must be bson or json", "", 2},

		// Other commands.
		{"bson: salvage IN -o x.json", canonicalOne, "", 0},
		{"bson: salvage IN -o x.bson", one, "", 0},
		{"bson: salvage IN -o x", one, "", 0},
		{"json: salvage IN -o x.bson.gz", one, "", 0},
		{"bson: salvage IN -m relaxed -o x", jsonOne, "", 0},
		{"bson: salvage IN -m relaxed -o x.bson", "--mode needs JSON as output", "", 2},
		{"bson: salvage IN -o x.csv", csvOne, "", 0},
		{"bson: dump IN -o x.json", canonicalOne, "1 objects found", 0},
		{"bson: dump -q IN -o x.json.gz", canonicalOne, "", 0},
		{"bson: dump IN --outFile x.bson", canonicalOne, "writing JSON to x.bson: bsonjs dump has no other format", 0},
		{"bson: dump IN --outFile x.csv", canonicalOne, "writing JSON to x.csv: bsonjs dump has no other format", 0},
		{"bson: dump -q IN --outFile x.bson", canonicalOne, "", 0},
		{"bson: dump --type debug -q IN -o x.txt", inputs["debug"], "", 0},
		{"bson: dump --type debug IN -o x.json", inputs["debug"], "writing text to x.json: --type debug overrides the suffix", 0},
		{"bson: dump IN -o x.bz2", "bsonjs reads bzip2 but does not write it", "", 2},
		{"bson: inspect IN -o x.jsonl", "{\"file\":", "", 0},
		{"bson: inspect IN -o x.json.gz", "{\"file\":", "", 0},
		{"bson: inspect IN -o x.txt", "IN: document 1 ", "", 0},
		{"bson: inspect IN -o x.txt --json", "{\"file\":", "", 0},
		{"bson: inspect IN -o x.bson --json", "{\"file\":", "writing JSON to x.bson: --json overrides the suffix", 0},
		{"bson: inspect IN -o x.json --json=false", "IN: document 1 ", "writing text to x.json: --json=false overrides the suffix", 0},
		{"bson: inspect IN -o x.bson", "x.bson: bsonjs inspect does not write BSON; choose another suffix, or add --json to write JSON to this file", "", 2},
		{"bson: inspect IN -o x.csv", "bsonjs inspect does not write CSV; choose another suffix, or add --json", "", 2},
		{"bson: inspect IN -o x.json --max-value 3", "--max-value has no effect with JSON", "", 2},
	} {
		t.Run(tc.args, func(t *testing.T) {
			t.Chdir(t.TempDir())
			before, command, _ := strings.Cut(tc.args, ": ")
			words := strings.Fields(before)
			for _, pair := range words[:len(words)-1] {
				name, value, _ := strings.Cut(pair, "=")
				t.Setenv(name, value)
			}
			if err := os.WriteFile("IN", []byte(inputs[words[len(words)-1]]), 0o666); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir("a.json", 0o777); err != nil {
				t.Fatal(err)
			}
			got := runCommand(nil, strings.Fields(command)...)
			if got.code != tc.code || got.stdout != "" {
				t.Fatalf("code %d, want %d: %s%s", got.code, tc.code, got.stdout, got.stderr)
			}
			out, compressed := outputOf(t, command)
			switch {
			case tc.code != 0:
				if !strings.Contains(got.stderr, tc.want) || out != "" {
					t.Errorf("output %q and message %q, want %q", out, got.stderr, tc.want)
				}
				return
			case out != tc.want && !(strings.Contains(command, "inspect") && strings.HasPrefix(out, tc.want)):
				t.Errorf("output %q, want %q", out, tc.want)
			}
			packs := strings.Contains(strings.ToLower(tc.args), "gz") && !strings.Contains(command, "none")
			if compressed != packs {
				t.Errorf("compressed: %v", compressed)
			}
			if first, _, _ := strings.Cut(got.stderr, "\n"); strings.TrimPrefix(first, "bsonjs: ") != tc.note {
				t.Errorf("note %q, want %q", got.stderr, tc.note)
			}
		})
	}
}

// outputOf returns the output that the words of command name, decompressed, or
// "" if there is none, and whether it was compressed.
func outputOf(t *testing.T, command string) (text string, compressed bool) {
	t.Helper()
	words := strings.Fields(command)
	name := ""
	for i, w := range words[:len(words)-1] {
		if w == "-o" || strings.HasPrefix(w, "--out") {
			name = words[i+1]
		}
	}
	data, err := os.ReadFile(name)
	if os.IsNotExist(err) {
		return "", false
	}
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return string(data), false
	}
	data, err = io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(data), true
}
