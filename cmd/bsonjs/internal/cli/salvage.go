package cli

import (
	"github.com/spf13/cobra"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/extjson"
)

// salvaged returns the format of the output for inputs in the format from: the same, that
// of the documents of a container, or BSON for a table, which may not have types.
func salvaged(from *codec.Codec) *codec.Codec {
	switch {
	case from == nil:
		return nil
	case from.Holds != nil:
		return from.Holds
	case from.Rows:
		return codec.BSON
	}
	return from
}

// salvageCommand returns the command that recovers intact documents of damaged
// files. It is convert with other defaults.
func (a *app) salvageCommand() *cobra.Command {
	o := &convertOptions{usual: salvaged, inFolder: salvaged, findArchives: true}
	o.onError, o.invalidUTF8 = skipErrors, bson.UTF8Keep
	cmd := &cobra.Command{
		Use:   "salvage [flags] [FILE...]",
		Short: "recover all intact documents of damaged files",
		Long: "Write all intact documents of damaged files, and report the bytes that were\n" +
			"skipped.\n\n" +
			"In BSON a damaged document has two possible ends: one from its length, and one\n" +
			"from its elements. The run continues at the end that another document follows.\n" +
			"If there is no such end, it continues at the next two intact documents in a row,\n" +
			"or at an intact document that ends the file. In JSON the run continues after the\n" +
			"bracket that closes the damaged document, or at a line that starts with a brace.\n\n" +
			"If an input does not start as a known format, bsonjs searches its first 16 MiB\n" +
			"for the start of a mongodump archive.\n\n" +
			"--undo-crlf undoes a copy in text mode, as FTP and terminals make it: each LF\n" +
			"became CR LF. The lengths of each document decide whether a CR is removed.\n\n" +
			"The suffix of the output decides its format. Without a suffix that bsonjs knows,\n" +
			"the output has the format of the input, and BSON for an archive or a table; --to\n" +
			"overrides both. JSON is written in mode canonical, which keeps every type. The\n" +
			"exit code is 0 if the input had no fault.\n",
		Example: "  bsonjs salvage broken.bson -o whole.bson\n" +
			"  bsonjs salvage broken.bson -o whole.bson --rejects rest.bin\n" +
			"  bsonjs salvage broken.bson -o mended.bson --mend-lengths\n" +
			"  bsonjs salvage copied.bson -o whole.bson --undo-crlf\n" +
			"  bsonjs salvage broken.archive -o whole.archive\n",
		Args:        cobra.ArbitraryArgs,
		Annotations: map[string]string{briefText: briefSalvage},
	}
	fs := cmd.Flags()
	o.addFlags(fs)
	for _, name := range []string{"on-error", "version"} {
		fs.Lookup(name).Hidden = true
	}
	// Salvaged documents keep their types unless a flag on the command line
	// changes them.
	onlyMeant(fs, "mode")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if given(fs, "rejects") && !given(fs, "on-error") {
			o.onError = quarantineErrors
		}
		if !given(fs, "mode") {
			o.mode = extjson.Canonical
		}
		return a.start(o, cmd, args)
	}
	return cmd
}
