package cli

import (
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// scripts has the script of each shell that completes command lines.
var scripts = []word[func(root *cobra.Command, w io.Writer) error]{
	{"bash", func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) }},
	{"fish", func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) }},
	{"powershell", (*cobra.Command).GenPowerShellCompletionWithDesc},
	{"zsh", (*cobra.Command).GenZshCompletion},
}

func (a *app) completionCommand() *cobra.Command {
	var shells []string
	for _, s := range scripts {
		shells = append(shells, s.name)
	}
	return &cobra.Command{
		Use:   "completion " + strings.Join(shells, "|"),
		Short: "print a shell completion script",
		Long: `Print a script that lets the shell complete command lines of bsonjs-columns. The script
of bash needs the package bash-completion. In zsh, call compinit first.`,
		Example: `  bash        eval "$(bsonjs-columns completion bash)"
  fish        bsonjs-columns completion fish >~/.config/fish/completions/bsonjs-columns.fish
  powershell  bsonjs-columns completion powershell | Out-String | Invoke-Expression
  zsh         bsonjs-columns completion zsh >"${fpath[1]}/_bsonjs-columns"`,
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, s := range scripts {
				if len(args) != 1 || args[0] != s.name {
					continue
				}
				var script strings.Builder
				if err := s.value(cmd.Root(), &script); err != nil {
					return err
				}
				return a.print(script.String())
			}
			return usage("completion needs one argument", "type the name of a shell: "+strings.Join(shells, ", "))
		},
	}
}

// completeWords makes shells propose the words of the flags of cmd. They complete the names of
// files themselves.
func completeWords(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		words := strings.Split(f.Value.Type(), "|")
		if len(words) < 2 {
			return
		}
		if err := cmd.RegisterFlagCompletionFunc(f.Name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)); err != nil {
			panic("BUG: " + err.Error()) // cmd has the flag
		}
	})
}
