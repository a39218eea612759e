package cli

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
)

// This file has hints about the command line: words that are not commands,
// directories in place of files, and flags of other commands.

// openHint returns the function that has hints about inputs of cmd that cannot
// be opened.
func openHint(cmd *cobra.Command) func(name string, err error) string {
	return func(name string, err error) string {
		switch {
		case errors.Is(err, syscall.EISDIR):
			return folderHint(name)
		case errors.Is(err, fs.ErrNotExist) && isMain(cmd) && isWord(name):
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

// inFolder are the patterns of the files that a directory of dumps may have, the
// most likely first.
var inFolder = []string{"*.bson", "*.bson.gz", "*/*.bson", "*/*.bson.gz", "*.json"}

// folderHint returns what to type for the files in the directory of the given
// name.
func folderHint(name string) string {
	folder := os.DirFS(name)
	for _, pattern := range inFolder {
		if found, _ := fs.Glob(folder, pattern); len(found) > 0 {
			return "for the files in the directory, type " + oneline.Escape(path.Join(name, pattern))
		}
	}
	return "type the names of the files in the directory"
}

// isFolder reports whether there is a directory of the given name.
func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// insteadOf has what to type instead of a flag that a command does not have.
var insteadOf = map[string]map[string]string{
	"dump": {"array": oneArray, "jsonArray": oneArray},
}

// oneArray writes the text of bsondump as one array.
const oneArray = "bsonjs --array -m canonical --doubles driver"

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
