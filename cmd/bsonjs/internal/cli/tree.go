package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file builds the tree of commands, chooses the command, and reports
// errors of the command line. Each command is in a file of its own.

// An app is one run of the program, with the data that all commands share.
type app struct {
	std     streams
	environ []string    // "KEY=value", as os.Environ returns them
	code    report.Code // of the command that ran
}

// tree returns bsonjs with all of its commands.
func (a *app) tree() *cobra.Command {
	root := &cobra.Command{
		Use:           "bsonjs",
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetOut(a.std.out)
	root.SetErr(a.std.err)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { a.code = a.std.print(askedPage(cmd)) })
	root.SetHelpCommand(a.helpCommand())
	root.AddCommand(a.convertCommand(), a.validateCommand(), a.inspectCommand(), a.salvageCommand(),
		a.listCommand(), a.countCommand(), a.statsCommand(), a.schemaCommand(), a.diffCommand(), a.verifyCommand(), a.dumpCommand(), a.oidCommand(), a.whereCommand(), a.completionCommand(), a.manCommand(), a.versionCommand())
	return root
}

// execute runs the command in args, the arguments after the name of the
// program.
func (a *app) execute(args []string) report.Code {
	root := a.tree()
	root.InitDefaultHelpCmd()
	if completes(args) {
		completeFlags(root)
	}
	root.SetArgs(dispatch(root, args))
	cmd, err := root.ExecuteC()
	if err != nil {
		return a.reporter(cmd).Faults(report.CommandFault(pathOf(cmd), err.Error()))
	}
	return a.code
}

// reporter returns the reporter of the flags of cmd, as far as they have been
// parsed.
func (a *app) reporter(cmd *cobra.Command) report.Reporter {
	form := report.Text
	if f := cmd.Flags().Lookup("errors"); f != nil && f.Value.String() == "json" {
		form = report.JSON
	}
	return report.New(a.std.err, form, report.Palette{})
}

// dispatch returns args with the command convert before them unless they start
// with a command. Only the first argument can be a command: a later argument is
// a file, also after flags. After cobra's own commands, which the completions
// of shells call, it is the second.
func dispatch(root *cobra.Command, args []string) []string {
	at := 0
	if completes(args) {
		at = 1
		if len(args) == 2 && beginsCommand(root, args[1]) {
			return args
		}
	}
	if at < len(args) && find(root, args[at]) != nil {
		return args
	}
	return slices.Insert(slices.Clone(args), at, "convert")
}

// beginsCommand reports whether word, which is being typed, can become the
// name of a command.
func beginsCommand(root *cobra.Command, word string) bool {
	return slices.ContainsFunc(root.Commands(), func(c *cobra.Command) bool { return strings.HasPrefix(c.Name(), word) })
}

// pathOf returns the words that call cmd. Those of convert need not be there.
func pathOf(cmd *cobra.Command) string {
	if isMain(cmd) {
		return cmd.Root().Name()
	}
	return cmd.CommandPath()
}

// flagError adds a cure to an error about an unknown flag: another command that has it, or
// a similar flag of cmd.
func flagError(cmd *cobra.Command, err error) error {
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return err
	}
	name := unknown.GetSpecifiedName()
	if short := unknown.GetSpecifiedShortnames(); len(short) > 1 {
		name = short
	}
	if text := flagElsewhere(cmd, name); text != "" {
		return fmt.Errorf("%w; %s", err, text)
	}
	if meant := meantFlag(cmd.Flags(), name); meant != "" {
		return fmt.Errorf("%w; did you mean %s?", err, meant)
	}
	return err
}

// meantFlag returns the flag that is most similar to name, with hyphens, or "".
func meantFlag(fs *pflag.FlagSet, name string) string {
	var names, spelled []string
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		names, spelled = append(names, f.Name), append(spelled, "--"+f.Name)
	})
	// Words that are values of flags come second.
	fs.VisitAll(func(f *pflag.Flag) {
		if words := strings.Split(f.Value.Type(), "|"); len(words) > 1 && !f.Hidden {
			for _, w := range words {
				names, spelled = append(names, w), append(spelled, "--"+f.Name+" "+w)
			}
		}
	})
	if i := closest(name, names); i >= 0 {
		return spelled[i]
	}
	return ""
}

// mistaken returns an error if file, the first on the command line, does not
// exist and seems to be the misspelled name of a command, or a command that
// does not come first.
func mistaken(root *cobra.Command, file string) error {
	if strings.ContainsAny(file, `./\`) || file == "-" {
		return nil
	}
	if _, err := os.Lstat(file); err == nil {
		return nil
	}
	if find(root, file) != nil {
		return fmt.Errorf("the command %s must come before all flags; for a file of that name type ./%s", file, file)
	}
	if meant := meantCommand(root, file); meant != "" {
		return fmt.Errorf("no file or command %q; did you mean %s?", file, meant)
	}
	return nil
}

// meantCommand returns the command of parent that is most similar to word, or
// "".
func meantCommand(parent *cobra.Command, word string) string {
	names := commandNames(parent)
	if i := closest(word, names); i >= 0 {
		return names[i]
	}
	return ""
}

// closest returns the index of the first of names with the fewest edits from
// word, or -1 if every name needs more than two edits, or edits of half of the
// word or more.
func closest(word string, names []string) int {
	best, at := 3, -1
	if len(word) > 40 { // longer than any name; it could be of any length
		return -1
	}
	for i, name := range names {
		if d := distance(word, name); d < best && 2*d < len(word) {
			best, at = d, i
		}
	}
	return at
}

// distance returns the number of bytes to insert, delete or replace, and of
// neighbours to exchange, to change a to b.
func distance(a, b string) int {
	d := make([][]int, len(a)+1) // d[i][j] is the distance of a[:i] and b[:j]
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
			case a[i-1] == b[j-1]:
				d[i][j] = d[i-1][j-1]
			default:
				d[i][j] = 1 + min(d[i-1][j-1], d[i-1][j], d[i][j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], 1+d[i-2][j-2])
			}
		}
	}
	return d[len(a)][len(b)]
}
