package cli

import (
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// This file completes command lines in shells: the scripts, and the proposals
// for values of flags. Shells complete names of files themselves, of any suffix,
// because the bytes of an input decide its format.

// bashScript is the script for bash. The script of cobra needs a package.
//
//go:embed completion.bash
var bashScript string

// A shell is one that bsonjs can be completed in.
type shell struct {
	name   string
	script func(root *cobra.Command, w io.Writer) error
}

func shells() []shell {
	return []shell{
		{"bash", func(_ *cobra.Command, w io.Writer) error { _, err := io.WriteString(w, bashScript); return err }},
		{"fish", func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) }},
		{"powershell", (*cobra.Command).GenPowerShellCompletionWithDesc},
		{"zsh", (*cobra.Command).GenZshCompletion},
	}
}

// completionCommand returns the command that prints the script of a shell.
func (a *app) completionCommand() *cobra.Command {
	var names []string
	for _, s := range shells() {
		names = append(names, s.name)
	}
	cmd := &cobra.Command{
		Use:   "completion " + strings.Join(names, "|"),
		Short: "print a shell completion script",
		Long: "Print a script that lets the shell complete command lines of bsonjs. The script\n" +
			"needs no other package. In zsh, call compinit first.\n",
		ValidArgs: names,
		Example: "  bash        eval \"$(bsonjs completion bash)\"\n" +
			"              in every shell: add this line to ~/.bashrc\n" +
			"  fish        bsonjs completion fish >~/.config/fish/completions/bsonjs.fish\n" +
			"  powershell  bsonjs completion powershell | Out-String | Invoke-Expression\n" +
			"  zsh         bsonjs completion zsh >\"${fpath[1]}/_bsonjs\"\n",
	}
	group(cmd.Flags(), "Flags", "", addHelp)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if len(args) != 1 || !slices.Contains(names, args[0]) {
			return fmt.Errorf("completion needs one argument, the name of a shell: %s", strings.Join(names, ", "))
		}
		for _, s := range shells() {
			if s.name == args[0] {
				var script strings.Builder
				if err := s.script(cmd.Root(), &script); err != nil {
					return err
				}
				a.code = a.std.print(script.String())
			}
		}
		return nil
	}
	return cmd
}

// completes reports whether args are those of a script that completes a command
// line, which follows them.
func completes(args []string) bool {
	return len(args) > 1 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// completeFlags makes shells complete the values of the flags of cmd and of the
// commands below it: words, file names, or nothing. It is only for a run that
// completes a command line, because cobra keeps the flags in a global map.
func completeFlags(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		completeFlags(c)
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		_, f.Usage = described(f) // which shells show
		words := strings.Split(f.Value.Type(), "|")
		switch {
		case len(words) > 1: // behind = if the flag needs no value
		case f.NoOptDefVal != "" || f.Value.Type() == "string": // none, or a file
			return
		default:
			words = nil
		}
		err := cmd.RegisterFlagCompletionFunc(f.Name, completeWords(words))
		if err != nil {
			panic("BUG: " + err.Error()) // the flag is there, and registered once
		}
	})
}

// completeWords completes one of words, also after other words and commas.
func completeWords(words []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		before, last := "", typed
		if i := strings.LastIndexByte(typed, ','); i >= 0 {
			before, last = typed[:i+1], typed[i+1:]
		}
		var all []string
		for _, w := range words {
			if strings.HasPrefix(w, last) {
				all = append(all, before+w)
			}
		}
		return all, cobra.ShellCompDirectiveNoFileComp
	}
}
