package main

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// This file is what --help prints: a page is put together from what the
// command says of itself, its flags, and texts in the folder help, which are
// set by hand. man.go makes the manual of the same parts.

var (
	//go:embed help/convert.txt
	convertText string
	//go:embed help/examples.txt
	convertExamples string
	//go:embed help/failures.txt
	failuresText string
	//go:embed help/exit-codes.txt
	exitCodesText string
)

// formatsNote stands below the flags about formats.
const formatsNote = `pickle is Python pickles of PyMongo's values, one after the other. Nothing that a pickle says is ever run; ` +
	`it is not found from its first bytes. hex and base64 are BSON ` +
	`in digits, one document per line, as in logs and tickets.`

// A section is one part of the page of a command: lines under a title.
type section struct {
	title string // "" for flags that stand by themselves
	text  string // whole lines, indented by two; "" if the flags are all
	flags []*pflag.Flag
	note  string // one paragraph below the flags, in one line
}

// sectionsOf returns the parts of the page of cmd after its usage line.
func sectionsOf(cmd *cobra.Command) []section {
	var all []section
	if pathOf(cmd) == cmd.Root().Name() {
		all = append(all, section{title: "Commands", text: commandList(cmd.Root())})
	} else if cmd.HasSubCommands() {
		all = append(all, section{title: "Commands", text: commandList(cmd)})
	}
	all = append(all, flagSections(cmd.Flags())...)
	if cmd.Example != "" {
		all = append(all, section{title: "Examples", text: cmd.Example})
	}
	if pathOf(cmd) == cmd.Root().Name() {
		all = append(all,
			section{title: "Failures", text: failuresText},
			section{title: "Exit codes", text: exitCodesText},
		)
	}
	return all
}

// commandList returns a line for each command below parent.
func commandList(parent *cobra.Command) string {
	var b strings.Builder
	for _, c := range parent.Commands() {
		if !c.Hidden {
			appendItem(&b, "  "+c.Name(), c.Short)
		}
	}
	return b.String()
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
			all = append(all, section{title: title, note: note})
		}
		all[i].flags = append(all[i].flags, f)
	})
	return all
}

// The shape of a page, in columns.
const (
	pageWidth  = 79
	itemColumn = 29 // where what is said of a flag or command begins
)

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
		b.WriteString(s.text)
		for _, f := range s.flags {
			appendItem(&b, "  "+spelling(f), usageOf(f))
		}
		if s.note != "" {
			b.WriteByte('\n')
			wrap(&b, s.note, 2, 0)
		}
	}
	return b.String()
}

// usageLines returns the ways to call cmd.
func usageLines(cmd *cobra.Command) []string {
	if pathOf(cmd) == cmd.Root().Name() {
		name := cmd.Root().Name()
		return []string{name + " [convert] [flags] [FILE...]", name + " COMMAND ..."}
	}
	if cmd.HasSubCommands() {
		return []string{cmd.CommandPath() + " COMMAND ..."}
	}
	return []string{cmd.Parent().CommandPath() + " " + cmd.Use}
}

// spelling returns f as it is typed, with its short form and what it needs.
func spelling(f *pflag.Flag) string {
	s := "    --" + f.Name
	if f.Shorthand != "" {
		s = "-" + f.Shorthand + ", --" + f.Name
	}
	if value, _ := pflag.UnquoteUsage(f); value != "" {
		s += " " + value
	}
	return s
}

// usageOf returns what is said of f, in one line.
func usageOf(f *pflag.Flag) string {
	_, usage := pflag.UnquoteUsage(f)
	return usage
}

// appendItem writes head, which ends in no line, and text in a column beside
// it.
func appendItem(b *strings.Builder, head, text string) {
	b.WriteString(head)
	used := len(head)
	if used+2 > itemColumn {
		b.WriteByte('\n')
		used = 0
	}
	wrap(b, text, itemColumn, used)
}

// wrap writes text in lines of whole words that start at the column indent and
// end before pageWidth. The line at hand has used columns already.
func wrap(b *strings.Builder, text string, indent, used int) {
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
func addHelp(fs *pflag.FlagSet) { fs.BoolP("help", "h", false, "print this and stop") }

// helpCommand returns the command that prints the page of another.
func (a *app) helpCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "help [COMMAND...]",
		Short: "print help about a command",
		Long:  "Print help about a command.",
	}
	group(cmd.Flags(), "", "", addHelp)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		about := cmd.Root()
		for _, word := range args {
			i := slices.IndexFunc(about.Commands(), func(c *cobra.Command) bool { return c.Name() == word })
			if i < 0 {
				return unknownCommand(about, word)
			}
			about = about.Commands()[i]
		}
		if about == cmd.Root() {
			about, _, _ = about.Find([]string{"convert"})
		}
		a.code = a.std.print(helpPage(about))
		return nil
	}
	return cmd
}

// noArgs is for commands that take flags only.
func noArgs(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("there is an argument too many: %q", args[0])
	}
	return nil
}

// unknownCommand says that parent has no command of that name.
func unknownCommand(parent *cobra.Command, word string) error {
	text := fmt.Sprintf("unknown command %q", word)
	if meant := meantCommand(parent, word); meant != "" {
		text += "; did you mean " + meant + "?"
	}
	return errors.New(text)
}
