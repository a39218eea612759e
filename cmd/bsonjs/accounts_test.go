package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/race"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file damages every byte of small files in every format, and checks the
// accounts of the command:
//
//   - accounts runs the command and checks what holds for every format;
//   - exact, between, lines, blanks and comments check what holds for one format.

func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// structural are the bytes with a meaning in the formats, and one without.
const structural = "[]{}\",:\n0\\ \x00"

var everyDamage = flag.Bool("damages", false, "TestAccountsOfBytes: every damage to every byte, not one in 13")

// damageStep is the number of damages of which one is done. It has no factor in common with
// the number of damages to a byte, so every kind of them is done at some bytes.
func damageStep() int {
	switch {
	case *everyDamage:
		return 1
	case race.On:
		return 47
	}
	return 13
}

// damages yields the versions of data with one byte changed, removed or
// inserted.
func damages(data []byte, all func(what string, data []byte)) {
	n, step := 0, damageStep()
	yield := func(what string, data []byte) {
		if n++; n%step == 0 {
			all(what, data)
		}
	}
	for at := range data {
		with := func(middle ...byte) []byte {
			return append(append(bytes.Clone(data[:at]), middle...), data[at+1:]...)
		}
		for bit := range 8 {
			yield(fmt.Sprintf("bit %d of byte %d", bit, at), with(data[at]^1<<bit))
		}
		yield(fmt.Sprintf("byte %d left out", at), with())
		for i := range len(structural) {
			c := structural[i]
			yield(fmt.Sprintf("%q for byte %d", c, at), with(c))
			yield(fmt.Sprintf("%q before byte %d", c, at), with(c, data[at]))
		}
	}
}

// An account is the result of a run on damaged data.
type account struct {
	summaryLine
	code     int
	out      string
	kept     []byte      // rejects
	messages []faultLine // faults
	skipped  []byte      // skipped bytes of data according to the messages, in order
}

// accounts runs the command on data, and checks what holds for every format.
func accounts(t *testing.T, rejects string, data []byte, args []string) account {
	args = append(args, "--on-error", "quarantine", "--rejects", rejects, "--overwrite", "--summary", "json", "--errors", "json")
	got := runCommand(bytes.NewReader(data), args...)
	a := account{code: got.code, out: got.stdout}
	var err error
	if a.kept, err = os.ReadFile(rejects); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(got.stderr) {
		var r faultLine
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err, line)
		}
		if r.Code == "" {
			if err := json.Unmarshal([]byte(line), &a.summaryLine); err != nil {
				t.Fatal(err, line)
			}
			continue
		}
		if r.Code == "note" {
			continue
		}
		a.messages = append(a.messages, r)
		if r.Skipped > 0 {
			a.skipped = append(a.skipped, data[*r.From:*r.From+r.Skipped]...)
		}
	}
	if a.Read != a.Written+a.Rejected || a.BytesIn != int64(len(data)) || a.BytesOut != int64(len(a.out)) {
		t.Errorf("summary %+v", a.summaryLine)
	}
	if int64(len(a.messages)) != a.Rejected+a.Strays {
		t.Errorf("%d messages, %d rejected and %d between documents", len(a.messages), a.Rejected, a.Strays)
	}
	if (a.code != 0) != (len(a.messages) > 0) {
		t.Errorf("code %d with %d messages", a.code, len(a.messages))
	}
	if !bytes.Equal(bytes.ReplaceAll(a.kept, []byte("\n"), nil), bytes.ReplaceAll(a.skipped, []byte("\n"), nil)) {
		t.Errorf("%q rejected, messages tell of %q", a.kept, a.skipped)
	}
	return a
}

// between checks that data consists of the documents written, in order, the
// skipped bytes, and the bytes that may stand between them; and that messages
// have the right numbers of documents. It ignores blanks.
func (a account) between(t *testing.T, whole []byte) {
	var data []byte                    // whole without blanks
	index := make([]int, len(whole)+1) // of each byte in data
	for i, c := range whole {
		index[i] = len(data)
		if !isBlank(c) {
			data = append(data, c)
		}
	}
	index[len(whole)] = len(data)
	at, docs := 0, int64(0)
	pass := func(to int) { // over the bytes between documents
		if rest := strings.Trim(string(data[at:to]), "[],"); rest != "" {
			t.Errorf("%q is neither written nor rejected", rest)
		}
		at = to
	}
	lines := strings.SplitAfter(a.out, "\n")
	lines = lines[:len(lines)-1]
	write := func(before int) {
		for len(lines) > 0 {
			text := strings.Join(strings.Fields(lines[0]), "")
			n := bytes.Index(data[at:], []byte(text))
			if n < 0 {
				t.Errorf("%s is not in the input", text)
				return
			}
			if at+n >= before {
				return
			}
			pass(at + n)
			at += len(text)
			docs++
			lines = lines[1:]
		}
	}
	for _, m := range a.messages {
		from, to := index[*m.Offset], 0
		if m.Skipped > 0 {
			from, to = index[*m.From], index[*m.From+m.Skipped]
		}
		write(from)
		if m.Document != docs+1 {
			t.Errorf("document %d is called %d: %s", docs+1, m.Document, m.Message)
		}
		if m.Skipped > 0 {
			pass(from)
			at = to
		}
		// A single byte is not a document, unless it can only belong to one.
		if m.Skipped > 1 || m.Skipped == 1 && (whole[*m.From] == ':' || strings.TrimSpace(string(whole[*m.From:])) == "{") {
			docs++
		}
	}
	write(len(data))
	pass(len(data))
	if docs != a.Read || len(lines) > 0 {
		t.Errorf("%d documents of %d, %d lines of output left", docs, a.Read, len(lines))
	}
}

// exact checks a format in which the output consists of bytes of the input.
func (a account) exact(t *testing.T, data []byte) {
	if len(a.out)+len(a.kept) != len(data) {
		t.Errorf("%d bytes written and %d rejected of %d", len(a.out), len(a.kept), len(data))
	}
	docs := int64(0)
	for doc, err := range bson.Documents(strings.NewReader(a.out)) {
		if err != nil || bson.Validate(doc) != nil {
			t.Fatalf("%x is not whole: %v", doc, err)
		}
		docs++
	}
	if docs != a.Written {
		t.Errorf("%d documents written, the summary says %d", docs, a.Written)
	}
}

// lines checks a format with a document on each line.
func (a account) lines(t *testing.T, data []byte) {
	n := int64(0)
	for line := range bytes.Lines(data) {
		if len(bytes.TrimSpace(line)) > 0 {
			n++
		}
	}
	if a.Read != n || int64(strings.Count(a.out, "\n")) != a.Written {
		t.Errorf("%d lines, %+v", n, a.summaryLine)
	}
}

// dropBlanks removes white space and commas from text.
func dropBlanks(text string) string {
	return strings.NewReplacer(" ", "", "\n", "", "\t", "", "\r", "", ",", "").Replace(text)
}

// blanks checks text that is written in another spelling.
func (a account) blanks(t *testing.T, data []byte) {
	in := dropBlanks(string(data))
	for line := range strings.Lines(a.out) {
		text := dropBlanks(line)
		n := strings.Index(in, text)
		if n < 0 {
			t.Errorf("%s is not in the input", line)
			return
		}
		in = in[n+len(text):]
	}
	if int64(strings.Count(a.out, "\n")) != a.Written {
		t.Errorf("%d lines, %+v", strings.Count(a.out, "\n"), a.summaryLine)
	}
}

var comment = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)

// comments checks lines with comments: all other bytes, except brackets and
// commas, are written or rejected.
func (a account) comments(t *testing.T, data []byte) {
	var rest []byte
	at := int64(0)
	for _, m := range a.messages {
		if m.Skipped > 0 {
			rest = append(rest, data[at:*m.From]...)
			at = *m.From + m.Skipped
		}
	}
	rest = comment.ReplaceAll(append(rest, data[at:]...), nil)
	brackets := strings.NewReplacer("[", "", "]", "")
	got, want := brackets.Replace(dropBlanks(a.out)), brackets.Replace(dropBlanks(string(rest)))
	if got != want {
		t.Errorf("%s is written, %s is not rejected", got, want)
	}
}

// nothing is for formats whose bytes are not compared.
func (account) nothing(*testing.T, []byte) {}

// For every damaged byte and every kind of damage: documents read are written
// or rejected, the messages report it, no documents but the damaged one are
// lost, and one damage is one fault, or few.
func TestAccountsOfBytes(t *testing.T) {
	texts := []string{`{"n":1}`, `{"a":{"b":[2]}}`, `{"s":"x"}`, `{"n":4}`}
	var binary, hexes, base64s, pickles []byte
	for _, text := range texts {
		doc, err := extjson.AppendBSON(nil, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		binary = append(binary, doc...)
		hexes = append(hex.AppendEncode(hexes, doc), '\n')
		base64s = append(base64.StdEncoding.AppendEncode(base64s, doc), '\n')
		if pickles, err = pickle.AppendPickle(pickles, doc); err != nil {
			t.Fatal(err)
		}
	}
	pretty := "[\n  {\n    \"n\": 1\n  },\n  {\n    \"a\": {\n      \"b\": [\n        2\n      ]\n    }\n  },\n  {\n    \"s\": \"x\"\n  },\n  {\n    \"n\": 4\n  }\n]\n"
	for _, tc := range []struct {
		name string
		data string
		args []string
		// lost and errors are the most documents and faults that one damage
		// costs. A missing brace on a line with all documents costs all
		// documents after it.
		lost, errors int
		check        func(account, *testing.T, []byte)
	}{
		{"bson", string(binary), []string{"-f", "bson", "-t", "bson"}, 2, 1, account.exact},
		{"lines", strings.Join(texts, "\n") + "\n", []string{"-f", "json", "-t", "json"}, 1, 2, account.between},
		{"array of lines", "[" + strings.Join(texts, ",\n") + "]\n", []string{"-f", "json", "-t", "json"}, 1, 2, account.between},
		{"array on a line", "[" + strings.Join(texts, ",") + "]", []string{"-f", "json", "-t", "json"}, 4, 3, account.between},
		{"pretty", pretty, []string{"-f", "json", "-t", "json"}, 1, 6, account.blanks},
		{"shell", "/* 1 */\n" + strings.Join(texts, " // {\n") + "\n", []string{"-f", "json", "-t", "json", "--accept", "shell"}, 2, 4, account.comments},
		{"hex", string(hexes), []string{"-f", "hex", "-t", "hex"}, 2, 2, account.lines},
		{"base64", string(base64s), []string{"-f", "base64", "-t", "base64"}, 2, 2, account.lines},
		{"pickle", string(pickles), []string{"-f", "pickle", "-t", "json"}, 4, 2, account.nothing},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rejects := filepath.Join(t.TempDir(), "rejects")
			whole := accounts(t, rejects, []byte(tc.data), tc.args)
			if whole.Written != int64(len(texts)) || whole.Rejected+whole.Strays > 0 {
				t.Fatalf("undamaged: %+v", whole.summaryLine)
			}
			tc.check(whole, t, []byte(tc.data))
			damages([]byte(tc.data), func(what string, data []byte) {
				t.Run(what, func(t *testing.T) {
					a := accounts(t, rejects, data, tc.args)
					tc.check(a, t, data)
					if int(a.Written) < len(texts)-tc.lost || len(a.messages) > tc.errors {
						t.Errorf("%d written, %d errors", a.Written, len(a.messages))
					}
					if t.Failed() {
						t.Logf("%s of %q: wrote %s", what, data, a.out)
						for _, m := range a.messages {
							t.Logf("document %d at %d: %s, %d skipped", m.Document, *m.Offset, m.Message, m.Skipped)
						}
					}
				})
			})
		})
	}
}
