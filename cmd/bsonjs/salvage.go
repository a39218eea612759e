package main

import (
	"github.com/spf13/cobra"

	"github.com/bsonkit/bsonkit/extjson"
)

// salvageCommand returns the command that takes what is whole out of damaged
// files. It is convert with other defaults.
func (a *app) salvageCommand() *cobra.Command {
	o := &options{onError: skipErrors, sameFormat: true}
	cmd := &cobra.Command{
		Use:   "salvage [flags] [FILE...]",
		Short: "take all whole documents out of damaged files",
		Long: "Write all whole documents of damaged files, and say what was skipped.\n\n" +
			"After damage it goes on where two documents in a row are whole, or one that\n" +
			"ends the file; in JSON behind the bracket that closes the damaged document, or\n" +
			"at a line that starts with a brace. The output is in the format of the input\n" +
			"unless --to says otherwise; JSON is then written in mode canonical, which keeps\n" +
			"every type. The exit code says what was wrong, 0 if nothing was.\n",
		Example: "  bsonjs salvage broken.bson -o whole.bson\n" +
			"  bsonjs salvage broken.bson -o whole.bson --rejects rest.bin\n",
		Args: cobra.ArbitraryArgs,
	}
	fs := cmd.Flags()
	o.addFlags(fs)
	for _, name := range []string{"on-error", "version"} {
		fs.Lookup(name).Hidden = true
	}
	// A default that loses types is not for what is to be kept whole.
	fs.Lookup("mode").Annotations[flagNoVariable] = []string{}
	cmd.ValidArgsFunction = completeFiles
	completeFlags(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if given(fs, "rejects") && !given(fs, "on-error") {
			o.onError = quarantineErrors
		}
		if !given(fs, "mode") {
			o.mode = extjson.Canonical
		}
		return a.convert(o, cmd, args)
	}
	return cmd
}
