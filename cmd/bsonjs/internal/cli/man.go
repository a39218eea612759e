package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file makes manual pages, in the macros of man(7), from the same parts as
// help.go. They depend on the build only: they have no date.

// manCommand returns the command that writes the manual.
func (a *app) manCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "man [flags] [COMMAND...|TOPIC]",
		Short: "print a manual page, or write all pages to a directory",
		Long: "Print the manual page of bsonjs, or that of a command or topic.\n\n" +
			"With --output, write the pages of all commands and topics to directories for\n" +
			"their sections, man1 and man7, below DIR. bsonjs creates these directories.\n",
		Example: "  bsonjs man | man -l -\n" +
			"  bsonjs man salvage | man -l -\n" +
			"  bsonjs man --output ~/.local/share/man\n",
	}
	var o file.Output
	group(cmd.Flags(), "Flags", "", func(fs *pflag.FlagSet) {
		fs.StringVarP(&o.Name, "output", "o", "", "write all pages below `DIR` instead of printing one")
		fs.BoolVar(&o.Overwrite, "overwrite", false, "replace existing pages")
		onlyMeant(fs, "output", "overwrite")
		addHelp(fs)
	})
	if err := cmd.MarkFlagDirname("output"); err != nil {
		panic("BUG: " + err.Error()) // the flag is there
	}
	cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		return helpWords(cmd.Root(), args), cobra.ShellCompDirectiveNoFileComp
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		pages, fs := manual(cmd.Root()), cmd.Flags()
		switch all := given(fs, "output"); {
		case !all && given(fs, "overwrite"):
			return errors.New("--overwrite has no effect without --output; add --output DIR")
		case !all:
			page, err := pageAbout(pages, args)
			a.code = a.std.print(page)
			return err
		case len(args) > 0:
			return fmt.Errorf("--output writes all pages; leave %q out", args[0])
		case o.Name == "":
			return errors.New("flag --output: the name of a directory cannot be empty")
		}
		a.code = a.writePages(pages, o)
		return nil
	}
	return cmd
}

// pageAbout returns the text of the page about the command or topic that words
// name, that of bsonjs if there are none. A word may also be the name of a page,
// such as bsonjs-oid.
func pageAbout(pages []manPage, words []string) (string, error) {
	name := strings.Join(words, "-")
	switch {
	case name == "" || name == "convert":
		name = pages[0].name
	case name != pages[0].name && !strings.HasPrefix(name, pages[0].name+"-"):
		name = pages[0].name + "-" + name
	}
	var names []string
	for _, p := range pages {
		if p.name == name {
			return p.text, nil
		}
		names = append(names, strings.TrimPrefix(p.name, "bsonjs-"))
	}
	about := strings.Join(words, " ")
	if i := closest(about, names); i >= 0 {
		return "", fmt.Errorf("no manual page about %q; did you mean %s?", about, names[i])
	}
	return "", fmt.Errorf("no manual page about %q; to write all pages to a directory, add --output DIR", about)
}

// writePages writes all pages to the directories of their sections below o.Name.
func (a *app) writePages(pages []manPage, o file.Output) report.Code {
	dir := o.Name
	for _, p := range pages {
		section := filepath.Join(dir, "man"+p.chapter)
		if err := os.MkdirAll(section, 0o777); err != nil {
			return a.std.report(report.WriteFault(section, err))
		}
		o.Name = filepath.Join(section, p.name+"."+p.chapter)
		if err := writeFile(o, p.text); errors.Is(err, fs.ErrExist) {
			return a.std.report(report.UsageFault(o.Name + " exists; add --overwrite to replace it"))
		} else if err != nil {
			return a.std.report(report.WriteFault(o.Name, err))
		}
	}
	return report.CodeOK
}

// writeFile writes text as the whole of the file o.Name.
func writeFile(o file.Output, text string) error {
	f, err := o.Open(context.Background())
	if err != nil {
		return err
	}
	if _, err = io.WriteString(f, text); err == nil {
		err = f.Commit()
	}
	if err != nil {
		return errors.Join(err, f.Discard())
	}
	return nil
}

// A manPage is one page of the manual.
type manPage struct {
	name    string // bsonjs-oid
	chapter string // "1" for a command, "7" for a topic
	text    string
}

// manual returns all pages, that of bsonjs first.
func manual(root *cobra.Command) []manPage {
	var pages []manPage
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		pages = append(pages, manPage{name: manName(cmd), chapter: "1", text: commandManual(cmd)})
		for _, c := range cmd.Commands() {
			visit(c)
		}
	}
	visit(mainCommand(root))
	for _, c := range root.Commands() {
		if c != mainCommand(root) {
			visit(c)
		}
	}
	for _, t := range topics() {
		pages = append(pages, manPage{name: "bsonjs-" + t.name, chapter: "7", text: topicManual(root, t)})
	}
	for i := range pages {
		pages[i].text += seeAlso(pages, i)
	}
	return pages
}

// manName returns the name of the page of cmd.
func manName(cmd *cobra.Command) string { return strings.ReplaceAll(pathOf(cmd), " ", "-") }

// commandManual returns the page of cmd up to the section "See also".
func commandManual(cmd *cobra.Command) string {
	var b roff
	b.open(manName(cmd), "1", cmd.Short)
	b.heading("Synopsis")
	b.literal(strings.Join(usageLines(cmd), "\n"))
	b.heading("Description")
	b.text(cmd.Long)
	for _, s := range sectionsOf(cmd) {
		if s.title != "" {
			b.heading(s.title)
		}
		for _, i := range s.items {
			b.item(i)
		}
		b.text(s.text)
	}
	return b.String()
}

// topicManual returns the page of t up to the section "See also".
func topicManual(root *cobra.Command, t topic) string {
	var b roff
	b.open("bsonjs-"+t.name, "7", t.short)
	b.heading("Description")
	_, text, _ := strings.Cut(t.text(root), "\n")
	b.text(text)
	return b.String()
}

// seeAlso returns the end of the page i: the names of the others.
func seeAlso(pages []manPage, i int) string {
	var names []string
	for j, p := range pages {
		if j != i {
			names = append(names, p.name+"("+p.chapter+")")
		}
	}
	slices.Sort(names)
	var b roff
	b.heading("See also")
	b.text(strings.Join(names, ", "))
	return b.String()
}

// A roff is the source of a manual page.
type roff struct{ strings.Builder }

// open writes the title, the name and the subject of a page.
func (r *roff) open(name, chapter, about string) {
	r.WriteString(`.TH "` + roffEscape(strings.ToUpper(name)) + `" "` + chapter + `" "" "bsonjs ` +
		roffEscape(thisVersion().Version) + `" "Manual of bsonjs"` + "\n")
	r.heading("Name")
	r.WriteString(roffEscape(name) + ` \- ` + roffEscape(about) + "\n")
}

func (r *roff) heading(title string) {
	r.WriteString(`.SH "` + roffEscape(strings.ToUpper(title)) + "\"\n")
}

// item writes i with its description.
func (r *roff) item(i item) {
	r.WriteString(".TP\n.B " + roffEscape(strings.TrimSpace(i.head)) + "\n" + roffEscape(i.about) + "\n")
}

// literal writes lines unchanged, without the two blanks at their start in
// help: the page is indented already.
func (r *roff) literal(lines string) {
	r.WriteString(".PP\n.nf\n")
	for line := range strings.Lines(lines) {
		line = strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "  ")
		r.WriteString(roffEscape(line) + "\n")
	}
	r.WriteString(".fi\n")
}

// text writes paragraphs, with blank lines between them. One that starts with
// a blank is literal.
func (r *roff) text(text string) {
	for part := range strings.SplitSeq(strings.Trim(text, "\n"), "\n\n") {
		part = strings.Trim(part, "\n")
		switch {
		case part == "":
		case part[0] == ' ':
			r.literal(part)
		default:
			r.WriteString(".PP\n")
			for line := range strings.Lines(part) {
				r.WriteString(roffEscape(strings.TrimSuffix(line, "\n")) + "\n")
			}
		}
	}
}

var roffSpecial = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`, `"`, `\(dq`)

// roffEscape returns text with escapes for the middle of a line.
func roffEscape(text string) string {
	text = roffSpecial.Replace(text)
	if strings.HasPrefix(text, ".") {
		text = `\&` + text
	}
	return text
}
