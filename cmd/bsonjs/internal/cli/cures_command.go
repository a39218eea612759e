package cli

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// This file has hints about the command line: words that are not commands, and flags
// of other commands.

// openHint returns the function that has hints about inputs of cmd that cannot
// be opened.
func openHint(cmd *cobra.Command) func(name string, err error) string {
	return func(name string, err error) string {
		if given(cmd.Flags(), "quiet") && strings.HasPrefix(name, "{") && cmd.Flags().Lookup("where") != nil {
			return "-q is short for --quiet; for a filter type --where FILTER"
		}
		if errors.Is(err, syscall.EMFILE) && given(cmd.Flags(), "merge") {
			return "--merge opens all inputs at once; merge some of them first"
		}
		if errors.Is(err, fs.ErrNotExist) && isMain(cmd) && isWord(name) {
			return "the commands are " + strings.Join(commandNames(cmd.Root()), ", ")
		}
		return ""
	}
}

// isWord reports whether name could be the name of a command.
func isWord(name string) bool {
	return name != "" && len(name) <= 12 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") == ""
}

// commandNames returns the names of the commands of parent.
func commandNames(parent *cobra.Command) (names []string) {
	for _, c := range parent.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return names
}

// isFolder reports whether there is a directory of the given name.
func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// insteadOf has what to type instead of a flag that a command does not have.
var insteadOf = map[string]map[string]string{
	"dump": {"array": oneArray, "jsonArray": oneArray, "query": someText, "queryFile": someText, "where": someText, "id": someText},
}

// oneArray writes the text of bsondump as one array.
const oneArray = "bsonjs --array -m canonical --doubles driver"

// someText writes the text of bsondump of selected documents.
const someText = "bsonjs --where FILTER -m canonical --doubles driver"

// flagElsewhere returns what to type instead of the flag of the given name, which
// cmd does not have, "" if nothing is known.
func flagElsewhere(cmd *cobra.Command, name string) string {
	if own, ok := foreignNames[name]; ok {
		if cmd.Flags().Lookup(own) != nil {
			return "use --" + own
		}
		name = own
	}
	if text := insteadOf[cmd.Name()][name]; text != "" {
		return "use " + text
	}
	if owners := flagOwners(cmd.Root(), name); len(owners) > 0 && lookup(cmd, name) == nil {
		return "it is a flag of " + strings.Join(owners, ", ")
	}
	return ""
}

// lookup returns the flag of cmd with the given name or letter, nil if there is
// none.
func lookup(cmd *cobra.Command, name string) *pflag.Flag {
	if len(name) == 1 {
		return cmd.Flags().ShorthandLookup(name)
	}
	return cmd.Flags().Lookup(name)
}

// flagOwners returns the names of the commands that have the flag of the given
// name or letter and show it in their help.
func flagOwners(root *cobra.Command, name string) (names []string) {
	for _, c := range root.Commands() {
		if f := lookup(c, name); f != nil && !f.Hidden {
			names = append(names, c.Name())
		}
	}
	return names
}
