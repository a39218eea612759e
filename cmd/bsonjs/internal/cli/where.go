package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
)

// whereCommand returns the command that prints a filter.
func (a *app) whereCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "where [--explain] FILTER",
		Short: "print a filter as bsonjs understands it",
		Long: "Print FILTER, a value of --where, on one line of canonical Extended JSON, with\n" +
			"all of its operators. @FILE reads the filter from a file.\n",
		Example: "  bsonjs where --explain '{status: \"x\", total: {$gt: 10}}'\n" +
			"  bsonjs where @filter.json\n",
	}
	explain := false
	group(cmd.Flags(), "Flags", "", func(fs *pflag.FlagSet) {
		fs.BoolVar(&explain, "explain", false, "print an outline instead: a line for each condition, with the types of its values")
		onlyMeant(fs, "explain")
		addHelp(fs)
	})
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return errors.New("where needs one argument, a filter; put it in quotes: '{total: {$gt: 10}}'")
		}
		f, err := readFilter(args[0], filterOptions(new(inputGroup), new(limitGroup)))
		if err != nil {
			return err
		}
		if explain {
			a.code = a.std.print(plainLines(f.Explain()))
		} else {
			a.code = a.std.print(f.String() + "\n")
		}
		return nil
	}
	return cmd
}

// plainLines returns text without characters that a terminal obeys, in the same lines.
func plainLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = oneline.Escape(line)
	}
	return strings.Join(lines, "\n")
}
