package cli

import (
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
)

// This file is the command validate: a conversion to nothing, which reports
// all that is wrong instead of the first.

// validateCommand returns the command that checks files.
func (a *app) validateCommand() *cobra.Command {
	o := &options{onError: reportErrors, rules: new(bson.ValidateOptions)}
	cmd := &cobra.Command{
		Use:   "validate [flags] [FILE...]",
		Short: "check files and report every fault",
		Long: "Check every byte of files and report every fault of each document: malformed\n" +
			"elements, invalid UTF-8, and keys that the rules below reject. Nothing is\n" +
			"written. JSON and pickles are converted to BSON and checked then. The exit code\n" +
			"is 1 if there is a fault.\n",
		Example: "  bsonjs validate users.bson\n" +
			"  bsonjs validate --no-duplicate-keys --array-keys *.bson\n" +
			"  bsonjs validate --errors json users.bson | jq .path\n",
		Args: cobra.ArbitraryArgs,
	}
	fs := cmd.Flags()
	group(fs, "Formats", "", o.addFrom)
	group(fs, "Rules", "", func(fs *pflag.FlagSet) {
		fs.BoolVar(&o.rules.RejectEmptyKeys, "no-empty-keys", false, `reject the key ""`)
		fs.BoolVar(&o.rules.RejectDottedKeys, "no-dotted-keys", false, `reject keys with "."`)
		fs.BoolVar(&o.rules.RejectDollarKeys, "no-dollar-keys", false, `reject keys that start with "$", except the keys of a DBRef`)
		fs.BoolVar(&o.rules.RejectDuplicateKeys, "no-duplicate-keys", false, "reject documents that have a key twice")
		fs.BoolVar(&o.rules.RequireArrayKeys, "array-keys", false, `reject arrays whose keys are not "0", "1" and so on`)
	})
	group(fs, "Reading JSON", "", o.addReading)
	group(fs, "Pickles", "", o.addEncoding)
	group(fs, "Faults", "", o.addMaxErrors)
	group(fs, "Messages", "", o.addMessages)
	group(fs, "Limits", "", o.addLimits)
	group(fs, "", "", addHelp)
	cmd.ValidArgsFunction = completeFiles
	completeFlags(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		a.std.out = io.Discard
		return a.convert(o, cmd, args)
	}
	return cmd
}
