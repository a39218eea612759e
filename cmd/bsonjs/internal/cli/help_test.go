package cli

import (
	"bytes"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
)

// everyCommand calls f for each command.
func everyCommand(t *testing.T, f func(t *testing.T, cmd *cobra.Command)) {
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		t.Run(cmd.Name(), func(t *testing.T) { f(t, cmd) })
		for _, c := range cmd.Commands() {
			visit(c)
		}
	}
	root := new(app).tree()
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		visit(c)
	}
}

var longFlag = regexp.MustCompile(`--([a-zA-Z0-9-]+)`)

// Help names every flag and command with a text about each, and no other flags.
func TestHelpIsComplete(t *testing.T) {
	known := map[string]bool{}
	everyCommand(t, func(_ *testing.T, cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
	})
	for name := range foreignNames {
		known[name] = true
	}
	everyCommand(t, func(t *testing.T, cmd *cobra.Command) {
		page := helpPage(cmd)
		if cmd.Short == "" || strings.TrimSpace(cmd.Long) == "" {
			t.Error("nothing says what it does")
		}
		if !strings.Contains(page, "\n\nUsage:\n  "+pathOf(cmd)+" ") {
			t.Error("the page does not say how to call it")
		}
		if cmd.Flags().Lookup("help") == nil {
			t.Error("it has no --help")
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Hidden {
				return
			}
			start := "\n      --" + f.Name
			if f.Shorthand != "" {
				start = "\n  -" + f.Shorthand + ", --" + f.Name
			}
			if !strings.Contains(page, start+" ") && !strings.Contains(page, start+"\n") {
				t.Errorf("no line starts with %q", start)
			}
			if f.Usage == "" {
				t.Errorf("nothing says what --%s does", f.Name)
			}
		})
		for _, c := range cmd.Commands() {
			if !c.Hidden && !strings.Contains(page, "\n  "+c.Name()+" ") {
				t.Errorf("the command %s is missing", c.Name())
			}
		}
		for _, m := range longFlag.FindAllStringSubmatch(page, -1) {
			if !known[m[1]] {
				t.Errorf("--%s is no flag", m[1])
			}
		}
		fits(t, page)
	})
}

// screenLines is the number of lines of a small terminal, without the prompt.
const screenLines = 24 - 1

var (
	briefFlag  = regexp.MustCompile(`(?m)(?:^ *| )(?:-(\w), )?--([a-zA-Z0-9-]+)(?: ([a-z0-9|]+)\b)?`)
	briefWords = regexp.MustCompile(`[a-z-]+`)
)

// -h prints one screen about each command. It has no wrong name of a flag, and
// leads to --help, unless it is the page of --help.
func TestBriefHelp(t *testing.T) {
	everyCommand(t, func(t *testing.T, cmd *cobra.Command) {
		page := briefPage(cmd)
		if n := strings.Count(page, "\n"); n > screenLines {
			t.Errorf("-h prints %d lines, more than %d", n, screenLines)
		}
		fits(t, page)
		if page == helpPage(cmd) {
			return
		}
		if !strings.Contains(page, "\n      --help ") {
			t.Error("it does not name --help")
		}
		for _, m := range briefFlag.FindAllStringSubmatch(page, -1) {
			short, name, word := m[1], m[2], m[3]
			if own := foreignNames[name]; own != "" {
				name = own
			}
			f := cmd.Flags().Lookup(name)
			if f == nil || f.Hidden || short != "" && f.Shorthand != short {
				t.Errorf("%q: no such flag", m[0])
				continue
			}
			if words := strings.Split(f.Value.Type(), "|"); len(words) > 1 && word != "" {
				for _, w := range strings.Split(word, "|") {
					if !slices.Contains(words, w) {
						t.Errorf("%q: %q is no value", m[0], w)
					}
				}
			}
		}
	})
	root := new(app).tree()
	root.InitDefaultHelpCmd()
	_, names, _ := strings.Cut(briefConvert, "Commands:")
	for _, word := range helpWords(root, nil) {
		if !slices.Contains(briefWords.FindAllString(names, -1), word) {
			t.Errorf("the page of bsonjs does not name %s", word)
		}
	}
}

// fits requires that no line of page is wider than a terminal.
func fits(t *testing.T, page string) {
	t.Helper()
	for line := range strings.Lines(page) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 || strings.HasSuffix(line, " \n") {
			t.Errorf("a line of %d characters: %q", n, line)
		}
	}
}

// Topics name existing flags only, and every flag that help does not show is in
// a topic.
func TestTopics(t *testing.T) {
	root := new(app).tree()
	flags := mainCommand(root).Flags()
	all := map[string]bool{}
	for _, c := range root.Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) { all[f.Name] = true })
	}
	named := map[string]bool{}
	for _, topic := range topics() {
		text := topic.text(root)
		fits(t, text)
		if title, rest, _ := strings.Cut(text, "\n\n"); strings.Contains(title, "\n") || rest == "" || topic.short == "" {
			t.Errorf("%s has no title, no text or nothing that says what it is about", topic.name)
		}
		for _, m := range longFlag.FindAllStringSubmatch(text, -1) {
			named[m[1]] = true
			if !all[m[1]] && foreignNames[m[1]] == "" {
				t.Errorf("%s: --%s is no flag", topic.name, m[1])
			}
		}
	}
	for name := range maps.Keys(foreignNames) {
		if !named[name] {
			t.Errorf("no topic names --%s", name)
		}
	}
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden && f.Name != "json" && !named[f.Name] {
			t.Errorf("no topic names --%s", f.Name)
		}
	})
}

// The topic formats names every format and every compression, with the suffixes
// of files.
func TestFormatsAreTold(t *testing.T) {
	has := func(word string) {
		if !regexp.MustCompile(`(^|[^\w.])` + regexp.QuoteMeta(word) + `\b`).MatchString(formatsText) {
			t.Errorf("the topic formats does not name %s", word)
		}
	}
	for _, c := range codec.All() {
		if !strings.Contains(formatsText, "\n  "+c.Name+" ") {
			t.Errorf("no row of the topic formats is about %s", c.Name)
		}
		for _, suffix := range c.Suffixes {
			has(suffix)
		}
	}
	for c := compress.None + 1; c.Known(); c++ {
		has(c.String())
		for _, suffix := range c.Suffixes() {
			if to, foreign := codec.BySuffix(suffix); to != nil || foreign != "" {
				t.Errorf("the suffix %s of %v is also one of %v%s", suffix, c, to, foreign)
			}
		}
	}
	for _, suffix := range writtenSuffixes() {
		has(suffix)
	}
}

// The page of the command names every command.
func TestCommandsAreTold(t *testing.T) {
	page, err := os.ReadFile("../../../../docs/command.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range new(app).tree().Commands() {
		if !isMain(c) && !strings.Contains(string(page), "bsonjs "+c.Name()) {
			t.Errorf("docs/command.md does not name bsonjs %s", c.Name())
		}
	}
}

// A page of the manual has the name of its command, with and without bsonjs.
func TestPageNames(t *testing.T) {
	for args, want := range map[string]string{
		"": "BSONJS", "bsonjs": "BSONJS", "convert": "BSONJS",
		"oid time": `BSONJS\-OID\-TIME`, "bsonjs oid time": `BSONJS\-OID\-TIME`, "bsonjs-oid-time": `BSONJS\-OID\-TIME`,
		"formats": `BSONJS\-FORMATS`, "bsonjs-formats": `BSONJS\-FORMATS`,
	} {
		var out, err bytes.Buffer
		code := Run(append([]string{"man"}, strings.Fields(args)...), strings.NewReader(""), &out, &err)
		if code != 0 || !strings.HasPrefix(out.String(), `.TH "`+want+`" `) {
			t.Errorf("bsonjs man %s: code %d, %s, page starts %.40q, want %s", args, code, &err, &out, want)
		}
	}
}

// The manual has a page for each command and topic, with every flag of the
// help, and no text that is a macro by accident.
func TestManual(t *testing.T) {
	root := new(app).tree()
	root.InitDefaultHelpCmd()
	pages := map[string]string{}
	for _, p := range manual(root) {
		if pages[p.name] != "" {
			t.Errorf("two pages %s", p.name)
		}
		pages[p.name] = p.text
	}
	macros := []string{".TH", ".SH", ".PP", ".TP", ".B", ".nf", ".fi"}
	for name, text := range pages {
		for line := range strings.Lines(text) {
			macro, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			if strings.ContainsAny(line[:1], ".'") && !slices.Contains(macros, macro) {
				t.Errorf("%s: the line %q is a macro", name, line)
			}
		}
		for n, block := range strings.Split(text, "\n.nf\n")[1:] {
			block, _, _ = strings.Cut(block, ".fi\n")
			least := len(block)
			for line := range strings.Lines(block) {
				least = min(least, len(line)-len(strings.TrimLeft(line, " ")))
			}
			if least != 0 || strings.Contains(block, "\n\n") {
				t.Errorf("%s: literal text %d is indented by %d, or has empty lines:\n%s", name, n, least, block)
			}
		}
		for _, section := range []string{".SH \"NAME\"\n", ".SH \"DESCRIPTION\"\n", ".SH \"SEE ALSO\"\n"} {
			if strings.Count(text, section) != 1 {
				t.Errorf("%s: not one %q", name, section)
			}
		}
	}
	everyCommand(t, func(t *testing.T, cmd *cobra.Command) {
		page := pages[manName(cmd)]
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Hidden {
				return
			}
			head := "\n.B " + roffEscape(strings.TrimSpace(spelling(f))) + "\n"
			if !strings.Contains(page, head) {
				t.Errorf("no item %q", head)
			}
		})
	})
	for _, topic := range topics() {
		if pages["bsonjs-"+topic.name] == "" {
			t.Errorf("no page about %s", topic.name)
		}
	}
}

// Pages about the command name existing flags only.
func TestPagesNameFlags(t *testing.T) {
	all := map[string]bool{}
	for _, c := range new(app).tree().Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) { all[f.Name] = true })
		for _, c := range c.Commands() {
			c.Flags().VisitAll(func(f *pflag.Flag) { all[f.Name] = true })
		}
	}
	call := regexp.MustCompile("\\bbsonjs [^`|\n]*")
	flag := regexp.MustCompile(`[ ]--([a-zA-Z][a-zA-Z0-9-]*)`)
	named := 0
	for _, page := range []string{"README.md", "docs/recipes.md", "docs/policies.md", "docs/command.md", "docs/selecting.md", "docs/from-pymongo.md", "docs/from-bsondump.md"} {
		text, err := os.ReadFile("../../../../" + page)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range call.FindAllString(string(text), -1) {
			for _, m := range flag.FindAllStringSubmatch(line, -1) {
				if named++; !all[m[1]] && foreignNames[m[1]] == "" {
					t.Errorf("%s: --%s is no flag: %s", page, m[1], line)
				}
			}
		}
	}
	if named < 50 {
		t.Errorf("only %d flags seen; check the pattern of this test", named)
	}
}

// docs/policies.md has a row for each flag with a policy: its values have error
// among them.
func TestPoliciesAreTold(t *testing.T) {
	page, err := os.ReadFile("../../../../docs/policies.md")
	if err != nil {
		t.Fatal(err)
	}
	policies := 0
	mainCommand(new(app).tree()).Flags().VisitAll(func(f *pflag.Flag) {
		words := strings.Split(f.Value.Type(), "|")
		if !slices.Contains(words, "error") {
			return
		}
		policies++
		row := regexp.MustCompile("(?m)^\\| `--" + f.Name + "` \\|.*$").FindString(string(page))
		for _, word := range words {
			if !strings.Contains(row, "`"+word+"`") {
				t.Errorf("docs/policies.md has no row for --%s with the value %s", f.Name, word)
			}
		}
	})
	if policies < 4 {
		t.Errorf("only %d flags with policies", policies)
	}
}

// TestWrap writes text in a column.
func TestWrap(t *testing.T) {
	word := strings.Repeat("é", 10)
	for _, tc := range []struct {
		text         string
		indent, used int
		want         string
	}{
		{"", 4, 2, ""},
		{"one", 4, 2, "  one\n"},
		{" one  two\nthree ", 4, 4, "one two three\n"},
		// A line has at most pageWidth columns, the indent included.
		{strings.Repeat(word+" ", 7), pageWidth - 21, 0, strings.Repeat(strings.Repeat(" ", pageWidth-21)+word+" "+word+"\n", 3) + strings.Repeat(" ", pageWidth-21) + word + "\n"},
		{strings.Repeat(word+" ", 3), pageWidth - 20, 0, strings.Repeat(strings.Repeat(" ", pageWidth-20)+word+"\n", 3)},
		{word + word + word + " a", pageWidth - 21, 5, strings.Repeat(" ", pageWidth-26) + word + word + word + "\n" + strings.Repeat(" ", pageWidth-21) + "a\n"},
	} {
		var b strings.Builder
		wrap(&b, tc.text, tc.indent, tc.used)
		if diff := cmp.Diff(tc.want, b.String()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tc.text, diff)
		}
	}
}

// TestEnvironmentPage lists the variable of each flag, with the command if convert does not
// have the flag.
func TestEnvironmentPage(t *testing.T) {
	root := new(app).tree()
	page := environmentPage(root)
	own := map[string]bool{}
	mainCommand(root).Flags().VisitAll(func(f *pflag.Flag) { own[variable(f)] = true })
	n := 0
	for _, c := range root.Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			v := variable(f)
			if v == "" || c != mainCommand(root) && own[v] {
				return
			}
			n++
			if !regexp.MustCompile(`(?m)^  ` + v + ` +--` + f.Name + `(, of [a-z]+)?$`).MatchString(page) {
				t.Errorf("%s: no line about %s of --%s", c.Name(), v, f.Name)
			}
		})
	}
	if n <= len(own) {
		t.Errorf("%d variables, want more than the %d of convert", n, len(own))
	}
}
