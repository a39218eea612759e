package cli

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// This file makes the pages of --help. A page consists of the texts of the
// command, its flags, and texts in the directory help, whose layout is by hand.
// man.go makes the manual from the same parts. -h prints a page that fits one
// screen: that of --help, or a text of its own if that is too long.

var (
	//go:embed help/convert.txt
	convertText string
	//go:embed help/examples.txt
	convertExamples string
	//go:embed help/faults.txt
	faultsText string
	//go:embed help/exit-codes.txt
	exitCodesText string
	//go:embed help/exit-codes-more.txt
	exitCodesMore string
	//go:embed help/formats.txt
	formatsText string
	//go:embed help/environment.txt
	environmentText string
	//go:embed help/aliases.txt
	aliasesText string
	//go:embed help/terminal.txt
	terminalText string

	//go:embed help/brief-convert.txt
	briefConvert string
	//go:embed help/brief-count.txt
	briefCount string
	//go:embed help/brief-diff.txt
	briefDiff string
	//go:embed help/brief-dump.txt
	briefDump string
	//go:embed help/brief-inspect.txt
	briefInspect string
	//go:embed help/brief-salvage.txt
	briefSalvage string
	//go:embed help/brief-schema.txt
	briefSchema string
	//go:embed help/brief-stats.txt
	briefStats string
	//go:embed help/brief-verify.txt
	briefVerify string
	//go:embed help/brief-validate.txt
	briefValidate string
	//go:embed help/brief-list.txt
	briefList string
)

// A topic is a page of help that is not about a command. Only the command help
// knows its name, so a file may have the name.
type topic struct {
	name, short string
	text        func(root *cobra.Command) string // the first line is a title
}

func topics() []topic {
	fixed := func(text string) func(*cobra.Command) string {
		return func(*cobra.Command) string { return text }
	}
	return []topic{
		{"aliases", "flags of bsondump and mongoexport", fixed(aliasesText)},
		{"environment", "variables that set defaults of flags", environmentPage},
		{"exit-codes", "meaning of the exit codes", fixed("Exit codes of bsonjs\n\n" + exitCodesText + exitCodesMore)},
		{"formats", "formats, compressions, and how bsonjs detects them", fixed(formatsText)},
		{"terminal", "colours, layout, progress and signals", fixed(terminalText)},
	}
}

// environmentPage is the topic about the environment, with all variables.
func environmentPage(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString(environmentText)
	list := func(fs *pflag.FlagSet, of string, has func(v string) bool) {
		fs.VisitAll(func(f *pflag.Flag) {
			if v := variable(f); v != "" && has(v) {
				fmt.Fprintf(&b, "  %-*s--%s%s\n", itemColumn-2, v, f.Name, of)
			}
		})
	}
	convert := mainCommand(root)
	list(convert.Flags(), "", func(string) bool { return true })
	others := others(root, convert)
	for _, c := range root.Commands() {
		list(c.Flags(), ", of "+c.Name(), func(v string) bool { return others[v] == c })
	}
	return b.String()
}

// mainCommand returns the default command.
func mainCommand(root *cobra.Command) *cobra.Command {
	return find(root, "convert")
}

// find returns the command of that name below parent, nil if there is none.
func find(parent *cobra.Command, name string) *cobra.Command {
	for _, c := range parent.Commands() {
		if c.Name() == name {
			return c
		}
	}
	return nil
}

// formatsNote is the note below the flags about formats.
const formatsNote = `pickle is a sequence of Python pickles that hold PyMongo's values. bsonjs never runs code from a pickle, ` +
	`and it reads a pickle only with --from pickle. hex and base64 are BSON ` +
	`in digits, one document per line, as in logs and tickets.`

// selectionNote is the note below the flags that select documents.
const selectionNote = `Documents that these flags leave out are counted as filtered. bsonjs where --explain FILTER prints a filter as bsonjs understands it. --unique, --sort, --tail and --sample N hold documents until the last input is read.`

// fieldsNote is the note below the flags that select and change fields.
const fieldsNote = `A path leads through documents and arrays. A path that starts with / is a JSON Pointer, for keys with a dot. For keys with a comma use @FILE. The flags of Selection act first, then these flags in the order of this list.`

// A section is one part of a page: its items, then its text, under a title.
type section struct {
	title string // "" for flags that stand by themselves
	items []item
	text  string // paragraphs with blank lines between them; one that starts with a blank keeps its layout
}

// An item is a flag, command or topic, with its description.
type item struct{ head, about string }

// isMain reports whether cmd is the default command. Its page is that of
// bsonjs.
func isMain(cmd *cobra.Command) bool { return cmd == mainCommand(cmd.Root()) }

// sectionsOf returns the parts of the page of cmd after its description and its
// usage.
func sectionsOf(cmd *cobra.Command) []section {
	var all []section
	switch {
	case isMain(cmd):
		all = append(all, commandSection(cmd.Root()), topicSection())
	case cmd.HasSubCommands():
		all = append(all, commandSection(cmd))
	}
	all = append(all, flagSections(cmd.Flags())...)
	if cmd.Example != "" {
		all = append(all, section{title: "Examples", text: cmd.Example})
	}
	if isMain(cmd) {
		all = append(all,
			section{title: "Messages about faults", text: faultsText},
			section{title: "Exit codes", text: exitCodesText},
		)
	}
	return all
}

// commandSection lists the commands below parent.
func commandSection(parent *cobra.Command) section {
	s := section{title: "Commands"}
	for _, c := range parent.Commands() {
		if !c.Hidden {
			s.items = append(s.items, item{c.Name(), c.Short})
		}
	}
	return s
}

// topicSection lists the topics.
func topicSection() section {
	s := section{title: "Help topics"}
	for _, t := range topics() {
		s.items = append(s.items, item{t.name, t.short})
	}
	return s
}

// flagSections returns the groups of flags in fs in the order in which they
// were made.
func flagSections(fs *pflag.FlagSet) []section {
	var all []section
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		title, note := f.Annotations[groupTitle][0], f.Annotations[groupNote][0]
		i := slices.IndexFunc(all, func(s section) bool { return s.title == title })
		if i < 0 {
			i = len(all)
			all = append(all, section{title: title, text: note})
		}
		_, usage := described(f)
		all[i].items = append(all[i].items, item{spelling(f), usage})
	})
	return all
}

// The shape of a page, in columns.
const (
	pageWidth  = 79
	itemColumn = 29 // start of the description of a flag or command
)

// briefText is the annotation of a command with the text of -h.
const briefText = "brief"

// briefPage returns what cmd -h prints.
func briefPage(cmd *cobra.Command) string {
	if text := cmd.Annotations[briefText]; text != "" {
		return text
	}
	return helpPage(cmd)
}

// askedPage returns the page that a flag of cmd asks for. There is no flag -h:
// package pflag then takes it for a request of help.
func askedPage(cmd *cobra.Command) string {
	if given(cmd.Flags(), "help") {
		return helpPage(cmd)
	}
	return briefPage(cmd)
}

// helpPage returns what cmd --help prints.
func helpPage(cmd *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\nUsage:\n", strings.TrimSpace(cmd.Long))
	for _, line := range usageLines(cmd) {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	for _, s := range sectionsOf(cmd) {
		b.WriteByte('\n')
		if s.title != "" {
			fmt.Fprintf(&b, "%s:\n", s.title)
		}
		for _, i := range s.items {
			appendItem(&b, i)
		}
		if len(s.items) > 0 && s.text != "" {
			b.WriteByte('\n')
		}
		if strings.HasPrefix(s.text, " ") {
			b.WriteString(s.text)
		} else {
			wrap(&b, s.text, 2, 0)
		}
	}
	return b.String()
}

// usageLines returns the ways to call cmd.
func usageLines(cmd *cobra.Command) []string {
	if isMain(cmd) {
		name := cmd.Root().Name()
		return []string{name + " [convert] [flags] [FILE...]", name + " COMMAND ..."}
	}
	if cmd.HasSubCommands() {
		return []string{cmd.CommandPath() + " COMMAND ..."}
	}
	return []string{cmd.Parent().CommandPath() + " " + cmd.Use}
}

// spelling returns f as it is typed, with its short form and its value.
func spelling(f *pflag.Flag) string {
	s := "    --" + f.Name
	if f.Shorthand != "" {
		s = "-" + f.Shorthand + ", --" + f.Name
	}
	if value, _ := described(f); value != "" {
		s += " " + value
	}
	return s
}

// appendItem writes the description of i in a column beside it, or below it if
// there is no room.
func appendItem(b *strings.Builder, i item) {
	head := "  " + i.head
	b.WriteString(breakValue(head))
	used := len(head)
	if used+2 > itemColumn {
		b.WriteByte('\n')
		used = 0
	}
	wrap(b, i.about, itemColumn, used)
}

// breakValue breaks head, a flag with its value, between two words of the value if it is wider
// than a page.
func breakValue(head string) string {
	if len(head) <= pageWidth {
		return head
	}
	end := strings.LastIndexByte(head[:pageWidth], '|') + 1
	indent := strings.LastIndexByte(head[:end], ' ') + 1
	return head[:end] + "\n" + strings.Repeat(" ", indent) + head[end:]
}

// wrap writes text in lines of whole words that start at the column indent and
// end before pageWidth. The current line has used columns already. An empty
// text is no line.
func wrap(b *strings.Builder, text string, indent, used int) {
	if text == "" {
		return
	}
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			b.WriteString(strings.Repeat(" ", indent-used))
			used = indent
		case used+1+len([]rune(word)) > pageWidth:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			used = indent
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += len([]rune(word))
	}
	b.WriteByte('\n')
}

// addHelp adds the flag that prints the page of a command.
func addHelp(fs *pflag.FlagSet) {
	fs.Bool("help", false, "print this help and exit; -h prints a short one")
	onlyMeant(fs, "help")
}

// helpCommand returns the command that prints the page of another, or a
// topic.
func (a *app) helpCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "help [COMMAND...|TOPIC]",
		Short: "print help about a command or topic",
		Long:  "Print help about a command or topic.",
	}
	group(cmd.Flags(), "Flags", "", addHelp)
	cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		return helpWords(cmd.Root(), args), cobra.ShellCompDirectiveNoFileComp
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		page, err := findPage(cmd.Root(), args)
		if err == nil {
			a.code = a.std.print(page)
		}
		return err
	}
	return cmd
}

// findPage returns the help about words.
func findPage(root *cobra.Command, words []string) (string, error) {
	if len(words) == 0 {
		return helpPage(mainCommand(root)), nil
	}
	if len(words) == 1 {
		for _, t := range topics() {
			if t.name == words[0] {
				return t.text(root), nil
			}
		}
	}
	cmd := root
	for i, word := range words {
		c := find(cmd, word)
		if c == nil {
			text := fmt.Sprintf("no help topic or command %q", word)
			known := helpWords(root, words[:i])
			if near := closest(word, known); near >= 0 {
				text += "; did you mean " + known[near] + "?"
			}
			return "", errors.New(text)
		}
		cmd = c
	}
	return helpPage(cmd), nil
}

// helpWords returns what can follow the words after help.
func helpWords(root *cobra.Command, words []string) []string {
	cmd := root
	for _, word := range words {
		if cmd = find(cmd, word); cmd == nil {
			return nil
		}
	}
	var names []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	if cmd == root {
		for _, t := range topics() {
			names = append(names, t.name)
		}
	}
	return names
}

// noArgs is for commands that take flags only.
func noArgs(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("unexpected argument %q", args[0])
	}
	return nil
}

// unknownCommand is the error for a word that is not a command of parent.
func unknownCommand(parent *cobra.Command, word string) error {
	text := fmt.Sprintf("unknown command %q", word)
	if meant := meantCommand(parent, word); meant != "" {
		text += "; did you mean " + meant + "?"
	}
	return errors.New(text)
}
