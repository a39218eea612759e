package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
)

// A nameGroup has the flags about the names of namespaces in the output.
type nameGroup struct {
	asNS    string   // namespace of inputs that have none, "" if there is no such flag
	old     []string // patterns
	renamed []string // the new names for old
}

func (g *nameGroup) addNames(fs *pflag.FlagSet) {
	fs.StringVar(&g.asNS, "as-ns", "", "use the namespace `DB.COLLECTION` for inputs without one; needs an archive or a directory as output")
	fs.StringArrayVar(&g.old, "ns-from", nil, "rename namespaces that match `PATTERN`; * and $NAME$ match any characters; needs --ns-to, and an archive "+
		"or a directory as output; may be repeated: the first PATTERN that matches counts")
	fs.StringArrayVar(&g.renamed, "ns-to", nil, "new name for --ns-from: `PATTERN` with the same * and $NAME$, which stand for the characters that they matched")
	onlyMeant(fs, "as-ns", "ns-from", "ns-to")
}

// needsSpaces rejects the flags where the output does not keep namespaces apart.
func (g *nameGroup) needsSpaces(fs *pflag.FlagSet) error {
	for _, name := range []string{"as-ns", "ns-from", "ns-to"} {
		if given(fs, name) {
			return fmt.Errorf("--%s needs an archive or a directory as output; add --to archive, or name a directory with --output DIR/", name)
		}
	}
	return nil
}

// check rejects names and patterns that have no meaning.
func (g *nameGroup) check(fs *pflag.FlagSet) error {
	if given(fs, "as-ns") {
		if _, err := codec.ParseNamespace(g.asNS); err != nil {
			return fmt.Errorf("--as-ns: %w", err)
		}
	}
	if len(g.old) != len(g.renamed) {
		return errors.New("--ns-from and --ns-to come in pairs; type --ns-from OLD --ns-to NEW for each")
	}
	_, err := g.renames()
	return err
}

// renames returns the pairs of patterns.
func (g *nameGroup) renames() (r codec.Renames, err error) {
	for i, old := range g.old {
		if err := r.Add(old, g.renamed[i]); err != nil {
			return r, fmt.Errorf("--ns-from and --ns-to: %w", err)
		}
	}
	return r, nil
}
