package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
)

// This file has the defaults that the environment gives to flags.
//
// BSONJS_MODE=canonical has the effect of --mode canonical, unless --mode is on
// the command line. A flag without effect is an error; a variable without
// effect is not. An invalid value is an error, even if it has no effect.

// envPrefix starts the names of all variables.
const envPrefix = "BSONJS_"

// maxVariable is the longest name of a variable in a message, in bytes.
const maxVariable = 256

// variable returns the name of the variable that is the default of f, or ""
// if there is none.
func variable(f *pflag.Flag) string {
	if _, meant := f.Annotations[flagNoVariable]; meant || f.Hidden {
		return ""
	}
	return envPrefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
}

// variables returns the flags that have one, by its name.
func variables(fs *pflag.FlagSet) map[string]*pflag.Flag {
	flags := map[string]*pflag.Flag{}
	fs.VisitAll(func(f *pflag.Flag) {
		if v := variable(f); v != "" {
			flags[v] = f
		}
	})
	return flags
}

// others returns the variables of other commands of root that cmd does not
// have, with their command.
func others(root, cmd *cobra.Command) map[string]*cobra.Command {
	own, all := variables(cmd.Flags()), map[string]*cobra.Command{}
	for _, c := range root.Commands() {
		for v := range variables(c.Flags()) {
			if own[v] == nil && all[v] == nil && len(c.Commands()) == 0 {
				all[v] = c
			}
		}
	}
	return all
}

// meantForAnother reports whether another command accepts value for the
// variable name, after cmd has rejected it: flags of the same name have other
// values in other commands. Only cmd runs, so it is safe to set the flags of
// others.
func meantForAnother(cmd *cobra.Command, name, value string) bool {
	return slices.ContainsFunc(cmd.Root().Commands(), func(c *cobra.Command) bool {
		f := variables(c.Flags())[name]
		return c != cmd && f != nil && f.Value.Set(value) == nil
	})
}

// environment sets the flags of cmd that are not on the command line from the
// environment. An empty variable counts as not set. It warns of variables that
// belong to no flag of any command.
func (a *app) environment(cmd *cobra.Command) error {
	fs := cmd.Flags()
	var set []string // pairs of the environment
	for _, pair := range a.environ {
		if name, value, _ := strings.Cut(pair, "="); strings.HasPrefix(name, envPrefix) && value != "" {
			set = append(set, pair)
		}
	}
	if len(set) == 0 {
		return nil
	}
	flags, others := variables(fs), others(cmd.Root(), cmd)
	var unknown []string
	for _, pair := range set {
		name, value, _ := strings.Cut(pair, "=")
		f := flags[name]
		switch {
		case f == nil && others[name] != nil:
		case f == nil:
			unknown = append(unknown, name)
		case !f.Changed:
			// Not fs.Set, which would make it look like a flag on the
			// command line.
			if err := f.Value.Set(value); err != nil && !meantForAnother(cmd, name, value) {
				return fmt.Errorf("invalid value %q of the variable %s: %w", value, name, err)
			}
		}
	}
	if quiet, err := fs.GetBool("quiet"); err == nil && quiet {
		return nil
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		a.reporter(cmd).Note(fmt.Sprintf("ignoring %s: no flag has this variable", oneline.Clean(name, maxVariable)))
	}
	return nil
}

// noColor reports whether the environment asks all programs for messages
// without colours (no-color.org), or says that the terminal has none.
func (a *app) noColor() bool {
	return slices.ContainsFunc(a.environ, func(pair string) bool {
		name, value, _ := strings.Cut(pair, "=")
		return name == "NO_COLOR" && value != "" || name == "TERM" && value == "dumb"
	})
}
