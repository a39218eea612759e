// Package cli is the command line of bsonjs-columns.
//
//   - cli.go has the tree of commands; values.go the values of flags.
//   - write.go is BSON to columns, read.go the way back; version.go has version and
//     handshake.
//   - completion.go completes command lines in shells.
//   - input.go reads an input twice; output.go gives a file its name when it is complete.
//   - faults.go turns errors into lines and exit codes.
package cli

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// An app is a run of the command.
type app struct {
	in       io.Reader
	out, err io.Writer
	form     form // of messages
}

// Run is the whole command: args are those after its name, and the result is its exit code.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{in: stdin, out: stdout, err: stderr, form: asText}
	ctx, stop := signals(context.Background())
	defer stop()
	root := a.tree()
	root.SetArgs(append([]string{}, args...)) // in place of nil, cobra takes the arguments of the process
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if cause := context.Cause(ctx); cause != nil && err != nil {
		err = cause // an error after a signal is its consequence
	}
	if err == nil {
		return codeOK
	}
	f, ok := errors.AsType[*fault](err)
	if !ok { // from cobra and pflag
		f = &fault{code: codeUsage, err: err, hint: "see bsonjs-columns --help"}
	}
	f.print(a.err, a.form)
	return f.code
}

// tree returns the tree of commands.
func (a *app) tree() *cobra.Command {
	root := &cobra.Command{
		Use:   "bsonjs-columns",
		Short: "convert BSON to Parquet and Arrow files, and back",
		Long: `Convert BSON to Parquet and Arrow files, and back.

bsonjs runs this program for its formats parquet, arrow and arrow-stream, so that
"bsonjs dump.archive -o users.parquet" works with all inputs and flags of bsonjs. Alone
it reads and writes BSON.`,
		Example: `  bsonjs-columns write users.bson --output users.parquet
  bsonjs-columns read users.parquet >users.bson
  bsonjs users.bson --where '{age: {$gt: 30}}' -o users.parquet`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usage("a command is missing", "type bsonjs-columns write or bsonjs-columns read")
		},
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.AddCommand(a.writeCommand(), a.readCommand(), a.versionCommand(), a.handshakeCommand(), a.completionCommand())
	for _, cmd := range root.Commands() {
		completeWords(cmd)
	}
	return root
}

// addErrors adds the flag for the form of messages.
func (a *app) addErrors(fs *pflag.FlagSet) {
	fs.Var(choose(&a.form, word[form]{"text", asText}, word[form]{"json", asJSON}), "errors", "print messages as lines of text (the default) or JSON")
}

// oneFile returns the only argument, "-" if there is none.
func oneFile(args []string) string {
	if len(args) == 0 {
		return stdName
	}
	return args[0]
}

// stdName is the name of standard input and output on the command line.
const stdName = "-"
