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
			"After damage it goes on where the damaged document ends: by its length, or by\n" +
			"its elements if the next document stands there; else where two documents in a\n" +
			"row are whole, or one that ends the file. In JSON it is behind the bracket that\n" +
			"closes the damaged document, or at a line that starts with a brace. The output\n" +
			"is in the format of the input unless --to says otherwise; JSON is then written\n" +
			"in mode canonical, which keeps every type. The exit code says what was wrong, 0\n" +
			"if nothing was.\n",
		Example: "  bsonjs salvage broken.bson -o whole.bson\n" +
			"  bsonjs salvage broken.bson -o whole.bson --rejects rest.bin\n" +
			"  bsonjs salvage broken.bson -o mended.bson --mend-lengths\n",
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
