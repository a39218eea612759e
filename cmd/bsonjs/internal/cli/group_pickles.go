package cli

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/pickle"
)

// A pickleGroup has the flags about writing pickles.
type pickleGroup struct {
	protocol   pickle.Protocol
	reader     pickle.Reader
	documents  pickle.DocumentClass
	deprecated pickle.DeprecatedPolicy
}

func (g *pickleGroup) addWritingPickles(fs *pflag.FlagSet) {
	fs.Var(choose(&g.protocol,
		word[pickle.Protocol]{"0", pickle.Protocol0}, word[pickle.Protocol]{"1", pickle.Protocol1},
		word[pickle.Protocol]{"2", pickle.Protocol2}, word[pickle.Protocol]{"3", pickle.Protocol3},
		word[pickle.Protocol]{"4", pickle.Protocol4}, word[pickle.Protocol]{"5", pickle.Protocol5},
	), "protocol", "protocol to write; the default, 2, is the newest that both Python 2.7 and every Python 3 load")
	addSwitch(fs, &toggle[pickle.Reader]{&g.reader, pickle.Python2}, "python2", "reject documents that Python 2.7 with PyMongo 3 cannot load")
	fs.Var(choose(&g.documents,
		word[pickle.DocumentClass]{"dict", pickle.Dict}, word[pickle.DocumentClass]{"son", pickle.SON},
	), "documents", "class of documents: dict (the default), or son, which keeps the order of keys in every Python")
	fs.Var(choose(&g.deprecated,
		word[pickle.DeprecatedPolicy]{"error", pickle.Reject}, word[pickle.DeprecatedPolicy]{"convert", pickle.Convert},
	), "deprecated", "undefined, symbol and dbPointer, for which PyMongo has no class: error (the default) rejects the document, "+
		"convert writes None, str and DBRef, as PyMongo decodes them")
}

// check rejects flags about writing pickles if to is another format, and a
// protocol that the reader does not know.
func (g *pickleGroup) check(fs *pflag.FlagSet, to *codec.Codec) error {
	for _, name := range []string{"protocol", "python2", "documents", "deprecated"} {
		if given(fs, name) && to != codec.Pickle {
			return fmt.Errorf("--%s needs pickles as output; add --to pickle", name)
		}
	}
	if to == codec.Pickle && g.reader == pickle.Python2 && g.protocol > pickle.Protocol2 {
		return fmt.Errorf("--python2 allows protocols 0 to 2, not %d; add --protocol 2", g.protocol)
	}
	return nil
}
