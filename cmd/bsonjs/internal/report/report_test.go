package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
)

// Different names of files are different in JSON, and have no characters that
// control a terminal.
func TestNamesInJSON(t *testing.T) {
	names := map[string]string{} // by line
	for _, name := range []string{
		"bad\xff", `bad\xff`, "bad\ufffd", "bad\xfe", "csi\u009b1m", "turned\u202etxt", "del\x7f", "esc\x1b", "tag\U000e0041", "line\nfeed", "",
	} {
		var line bytes.Buffer
		New(&line, JSON, Palette{}).Faults(NewFault(CodeInput, name, "why"))
		text := strings.TrimSuffix(line.String(), "\n")
		if other, there := names[text]; there {
			t.Errorf("%q and %q are %s", name, other, text)
		}
		names[text] = name
		if got := oneline.Escape(text); got != text {
			t.Errorf("%q: %q", name, text)
		}
		var r record
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			t.Fatal(err)
		}
		got := r.File
		if r.FileBytes != nil {
			got = string(r.FileBytes)
		}
		want := name
		if name == "" {
			want = `""`
		}
		if got != want {
			t.Errorf("%q is %q in %s", want, got, text)
		}
	}
}

// A fault whose code has no name is that of a signal.
func TestCodesInJSON(t *testing.T) {
	for code, want := range map[Code]string{
		CodeRejected: "rejected", CodeUsage: "usage", CodeInput: "input", CodeSyntax: "malformed", CodeOutput: "output",
		CodeSignal: "interrupted", CodeSignal + 15: "interrupted",
	} {
		var line bytes.Buffer
		New(&line, JSON, Palette{}).Faults(&Fault{Code: code, Why: "why", Advice: "then", Hint: "type"})
		var got record
		if err := json.Unmarshal(line.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(record{Code: want, Exit: int(code), Message: "why; then", Hint: "type"}, got); diff != "" {
			t.Errorf("code %d (-want +got):\n%s", code, diff)
		}
	}
}

// The summary of a run without output has no documents written.
func TestSummaries(t *testing.T) {
	for _, tc := range []struct {
		checked bool
		want    map[string]any
	}{
		{false, map[string]any{"read": 3.0, "written": 2.0, "rejected": 1.0, "bytesIn": 9.0, "bytesOut": 0.0}},
		{true, map[string]any{"read": 3.0, "valid": 2.0, "rejected": 1.0, "bytesIn": 9.0}},
	} {
		var line bytes.Buffer
		New(&line, Text, Palette{}).Summarize(Totals{Read: 3, Rejected: 1, In: 9, Checked: tc.checked}, JSON)
		var got map[string]any
		if err := json.Unmarshal(line.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		delete(got, "seconds")
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("checked %t (-want +got):\n%s", tc.checked, diff)
		}
	}
}

// The summary for people has every total.
func TestSummariesForPeople(t *testing.T) {
	for _, tc := range []struct {
		t    Totals
		want string
	}{
		{Totals{}, "0 documents read, 0 written, 0 rejected; 0 B in, 0 B out, 1.5s"},
		{Totals{Read: 1, In: 999, Out: 1}, "1 document read, 1 written, 0 rejected; 999 B in, 1 B out, 1.5s"},
		{Totals{Read: 4321, Rejected: 1234, Mended: 7, Strays: 1, In: 1000, Out: 2500},
			"4,321 documents read, 3,087 written (7 mended), 1,234 rejected, 1 fault between documents; 1.0 kB in, 2.5 kB out, 1.5s"},
		{Totals{Read: 2, EscapedIn: 1, In: 10, Out: 10}, "2 documents read, 2 written, 0 rejected, 1 escaped key read; 10 B in, 10 B out, 1.5s"},
		{Totals{Read: 2, Strays: 1, EscapedIn: 2000, EscapedOut: 3, In: 10, Out: 10},
			"2 documents read, 2 written, 0 rejected, 1 fault between documents, 2,000 escaped keys read, 3 escaped keys written; 10 B in, 10 B out, 1.5s"},
		{Totals{Read: 5, Rejected: 2, Strays: 2, In: 12, Checked: true}, "5 documents read, 3 valid, 2 with faults, 2 faults between documents; 12 B in, 1.5s"},
	} {
		if diff := cmp.Diff(tc.want, tc.t.text(1500*time.Millisecond+300*time.Microsecond)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestShellName: a name in a command is one word of a shell.
func TestShellName(t *testing.T) {
	for _, tc := range []struct{ name, want string }{
		{"a/b-1.json", "a/b-1.json"},
		{"my file.json", "'my file.json'"},
		{"it's", `'it'\''s'`},
		{"$(x)`y`;z&", "'$(x)`y`;z&'"},
		{"-q", "./-q"},
		{"a\tb", `'a\tb'`},
	} {
		if got := ShellName(tc.name); got != tc.want {
			t.Errorf("ShellName(%q) = %s, want %s", tc.name, got, tc.want)
		}
	}
}
