package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// TestRoff writes each part of a manual page.
func TestRoff(t *testing.T) {
	for _, tc := range []struct {
		name  string
		write func(r *roff)
		want  string
	}{
		{"open", func(r *roff) { r.open("bsonjs-oid", "7", "make - or 'read'") },
			".TH \"BSONJS\\-OID\" \"7\" \"\" \"bsonjs " + roffEscape(thisVersion().Version) + "\" \"Manual of bsonjs\"\n.SH \"NAME\"\nbsonjs\\-oid \\- make \\- or \\(aqread\\(aq\n"},
		{"heading", func(r *roff) { r.heading("See also") }, ".SH \"SEE ALSO\"\n"},
		{"item", func(r *roff) { r.item(item{"  -o, --output FILE ", "write to ~/FILE"}) }, ".TP\n.B \\-o, \\-\\-output FILE\nwrite to \\(ti/FILE\n"},
		{"literal", func(r *roff) { r.literal("  a\n    b\n.c\n") }, ".PP\n.nf\na\n  b\n\\&.c\n.fi\n"},
		{"text", func(r *roff) { r.text("\na\nb\n\n\n\n  c\n  d\n\n.e\n") }, ".PP\na\nb\n.PP\n.nf\nc\nd\n.fi\n.PP\n\\&.e\n"},
		{"no text", func(r *roff) { r.text("") }, ""},
		{"special characters", func(r *roff) { r.WriteString(roffEscape("\\ - ' ` ^ ~ \" a.b")) }, `\e \- \(aq \(ga \(ha \(ti \(dq a.b`},
	} {
		var r roff
		tc.write(&r)
		if diff := cmp.Diff(tc.want, r.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

// TestManualIsComplete checks that the page of each command has every line of its help.
func TestManualIsComplete(t *testing.T) {
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		page := commandManual(cmd)
		has := func(what, text string) {
			for line := range strings.Lines(text) {
				if line = roffEscape(strings.TrimSpace(line)); line != "" && !strings.Contains(page, line) {
					t.Errorf("%s: %s %q is not in the page", cmd.CommandPath(), what, line)
				}
			}
		}
		has("the usage", strings.Join(usageLines(cmd), "\n"))
		has("the description", cmd.Long)
		for _, s := range sectionsOf(cmd) {
			if help := helpPage(cmd); strings.HasPrefix(s.text, " ") && !strings.Contains(help, s.text) {
				t.Errorf("%s: the text of %q is not in the help as it is", cmd.CommandPath(), s.title)
			}
			if s.title != "" && !strings.Contains(page, ".SH \""+roffEscape(strings.ToUpper(s.title))+"\"\n") {
				t.Errorf("%s: no section %q", cmd.CommandPath(), s.title)
			}
			has("the text", s.text)
			for _, i := range s.items {
				has("an item", i.head)
				has("its description", i.about)
			}
		}
		for _, c := range cmd.Commands() {
			if !c.Hidden {
				visit(c)
			}
		}
	}
	visit(new(app).tree())
}

// TestSeeAlso: the end of each page has the names of all other pages.
func TestSeeAlso(t *testing.T) {
	pages := manual(new(app).tree())
	for i, p := range pages {
		_, end, ok := strings.Cut(p.text, ".SH \"SEE ALSO\"\n")
		if !ok {
			t.Fatalf("%s has no such section", p.name)
		}
		for j, q := range pages {
			if has := strings.Contains(end, roffEscape(q.name+"("+q.chapter+")")); has != (j != i) {
				t.Errorf("%s: %s is there: %t", p.name, q.name, has)
			}
		}
	}
}

// TestCompletionStreams: what completes a command line is written to the streams of the run.
func TestCompletionStreams(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := Run([]string{"__complete", "validat"}, strings.NewReader(""), &stdout, &stderr); code != 0 {
		t.Errorf("code %d", code)
	}
	if got := stdout.String(); !strings.HasPrefix(got, "validate\t") || !strings.HasSuffix(got, ":4\n") {
		t.Errorf("stdout %q", got)
	}
	if stderr.Len() == 0 {
		t.Error("nothing on stderr")
	}
}

// TestMainPage: the help of bsonjs has all commands and topics.
func TestMainPage(t *testing.T) {
	root := new(app).tree()
	page := helpPage(mainCommand(root))
	names := commandNames(root)
	for _, topic := range topics() {
		names = append(names, topic.name)
	}
	for _, name := range names {
		if !strings.Contains(page, "\n  "+name+" ") {
			t.Errorf("no line about %s", name)
		}
	}
}
