package cli

import (
	"maps"

	"github.com/spf13/pflag"
)

// This file adds groups of flags to a command. A group is a struct that commands
// embed in their options, in one of the files group_*.go:
//
//   - add… defines flags, which write to the fields;
//   - check rejects flags without effect;
//   - plan writes what the flags ask for to a run.
//
// A command embeds only groups whose flags it has.
//
// Help, the manual and the completions use the usage text of a flag and nothing
// else.

// The annotations of a flag that group makes.
const (
	groupTitle = "title"
	groupNote  = "note"
	// flagNoVariable is set if the flag of this command has no variable, though
	// flags of other commands with that name have one.
	flagNoVariable = "no variable"
)

// group adds the flags that the functions define to fs. Help shows them together
// under the title, with note below them. The word between back quotes in a
// usage is the name of the value: see described. Every run makes all flags of all
// commands, so group does only what a run without help needs.
func group(fs *pflag.FlagSet, title, note string, define ...func(fs *pflag.FlagSet)) {
	fs.SortFlags = false
	before := 0 // flags
	fs.VisitAll(func(*pflag.Flag) { before++ })
	for _, add := range define {
		add(fs)
	}
	shared := map[string][]string{groupTitle: {title}, groupNote: {note}}
	fs.VisitAll(func(f *pflag.Flag) {
		switch before--; {
		case before >= 0:
		case f.Annotations == nil:
			f.Annotations = shared
		default:
			maps.Copy(f.Annotations, shared)
		}
	})
}

// described returns the name of the value that must follow f, "" if there is none, and
// the usage of f without back quotes.
func described(f *pflag.Flag) (value, usage string) {
	value, usage = pflag.UnquoteUsage(f)
	if f.NoOptDefVal != "" {
		value = "" // it may follow, after =
	}
	return value, usage
}

// onlyMeant marks the flags of fs as flags without a variable: flags that name
// or replace files, permit something or select a part of a file must be typed
// for each run.
func onlyMeant(fs *pflag.FlagSet, names ...string) {
	for _, name := range names {
		f := fs.Lookup(name)
		own := map[string][]string{flagNoVariable: nil} // not shared with other flags of the group
		maps.Copy(own, f.Annotations)
		f.Annotations = own
	}
}

// addSwitch adds a flag that needs no value.
func addSwitch(fs *pflag.FlagSet, v pflag.Value, name, usage string) {
	fs.VarPF(v, name, "", usage).NoOptDefVal = "true"
}

// given reports whether the flag of that name is on the command line and not
// turned off.
func given(fs *pflag.FlagSet, name string) bool {
	f := fs.Lookup(name)
	return f != nil && f.Changed && !isOff(f.Value)
}

// isOff reports whether v is the value of a flag that is turned off.
func isOff(v pflag.Value) bool {
	if s, ok := v.(interface{ Off() bool }); ok {
		return s.Off()
	}
	return v.Type() == "bool" && v.String() == "false"
}

// checkAll returns the first error of checks.
func checkAll(fs *pflag.FlagSet, checks ...func(fs *pflag.FlagSet) error) error {
	for _, check := range checks {
		if err := check(fs); err != nil {
			return err
		}
	}
	return nil
}
