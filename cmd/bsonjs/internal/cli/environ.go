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
// BSONJS_MODE=canonical is what --mode canonical is, unless --mode is on the
// command line. Other than a flag it may have nothing to act on: it is a
// default, and the run may be of another kind. A bad value is an error, used
// or not.

// envPrefix starts the names of all variables.
const envPrefix = "BSONJS_"

// maxVariable is how many bytes of the name of a variable a message has.
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

// others returns the variables of the commands of root that cmd has not, with
// the command that has them.
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

// meantForAnother reports whether another command accepts value for the variable
// name, after cmd has refused it: flags of the same name have other values in
// other commands. Only cmd runs, so it is safe to set the flags of others.
func meantForAnother(cmd *cobra.Command, name, value string) bool {
	return slices.ContainsFunc(cmd.Root().Commands(), func(c *cobra.Command) bool {
		f := variables(c.Flags())[name]
		return c != cmd && f != nil && f.Value.Set(value) == nil
	})
}

// environment gives the flags of cmd that are not on the command line the
// values that the environment has for them. An empty variable is none. It
// warns of variables that no flag of any command has.
func (a *app) environment(cmd *cobra.Command) error {
	fs := cmd.Flags()
	flags, others := variables(fs), others(cmd.Root(), cmd)
	var unknown []string
	for _, pair := range a.environ {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, envPrefix) || value == "" {
			continue
		}
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
