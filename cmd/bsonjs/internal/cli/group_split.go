package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/sink"
)

// A splitGroup has the flags that split the output into several files.
type splitGroup struct {
	splitSize  int64  // bytes of a file before compression, 0: no limit
	splitCount int64  // documents of a file, 0: no limit
	splitBy    string // path of the field whose values have a file each
}

// A division is how the output is split.
type division struct {
	splitGroup
	path []string // of the field whose values have a file each, nil: there is none; set by checkSplit
}

func (g *splitGroup) addSplit(fs *pflag.FlagSet) {
	fs.Var(&byteCount{&g.splitSize}, "split-size", "write files of at most `SIZE` bytes before compression, such as 100MiB: -o NAME.bson writes NAME-00001.bson, NAME-00002.bson and so on; "+
		"a larger document is alone in its file")
	fs.Var(&least{count{&g.splitCount}, "leave the flag out to write one file"}, "split-count", "write files of at most `N` documents, with the names of --split-size")
	fs.StringVar(&g.splitBy, "split-by", "", "write a file for each value of the field at `PATH`: -o NAME.bson writes NAME-VALUE.bson, and NAME-missing.bson for documents without the field")
	onlyMeant(fs, "split-size", "split-count", "split-by")
}

// splitFlag returns the flag that splits the output, "" if there is none.
func splitFlag(fs *pflag.FlagSet) string {
	for _, name := range []string{"split-size", "split-count", "split-by"} {
		if given(fs, name) {
			return "--" + name
		}
	}
	return ""
}

// checkSplit rejects an output that cannot be split, and sets the path. name is that of the
// output, and maxDepth the depth of documents.
func (d *division) checkSplit(fs *pflag.FlagSet, out *decision, name string, maxDepth int) error {
	flag := splitFlag(fs)
	switch {
	case flag == "":
		return nil
	case given(fs, "split-by") && flag != "--split-by":
		return fmt.Errorf("%s and --split-by cannot be combined; leave out one of them", flag)
	case name == "" || file.IsStdout(name):
		return fmt.Errorf("%s writes several files, which need a name; add --output NAME.SUFFIX, such as --output out.bson", flag)
	case out.folder:
		return fmt.Errorf("%s does not write a directory; name a file with --output NAME.SUFFIX, such as --output out.bson", flag)
	case out.to == codec.Archive:
		return fmt.Errorf("%s does not write archives; write the documents in another format, such as --output out.bson, or leave out %s", flag, flag)
	case out.to != nil && out.to.Extension:
		return fmt.Errorf("%s does not write %v; leave out %s, or write documents, such as --output out.bson", flag, out.to, flag)
	case flag != "--split-by":
		return nil
	case d.splitBy == "":
		return errors.New("--split-by: a field needs a name; write a path, such as a.b")
	}
	var err error
	if d.path, err = query.ParsePath(d.splitBy, query.Options{MaxDepth: maxDepth}); err != nil {
		return fmt.Errorf("--split-by: %w", err)
	}
	return nil
}

// splits reports whether the output is split.
func (d *division) splits() bool { return d.splitSize > 0 || d.splitCount > 0 || d.path != nil }

// parts returns how an output of the given name is split.
func (d *division) parts(name string, out *decision) *file.Parts {
	p := &file.Parts{Stem: name[:out.stem], Suffix: name[out.stem:]}
	if d.path != nil {
		p.Reserved, p.Cure = sink.Missing, "choose a field with fewer values for --split-by, or select documents with --where"
	} else {
		p.Numbered, p.Cure = true, "choose a larger --split-size or --split-count"
	}
	return p
}

// A splitConverter is a converter whose output is split.
type splitConverter struct {
	converter
	slices sink.Slices
	groups sink.Groups
}

// newSplitConverter returns the target of a conversion to several files.
func newSplitConverter(c converter) *splitConverter {
	d := &c.o.division
	return &splitConverter{
		converter: c,
		slices:    sink.Slices{Size: d.splitSize, Count: d.splitCount},
		groups:    sink.Groups{Path: d.path, Most: file.MaxParts},
	}
}

// Begin returns the sink for the documents of in.
func (s *splitConverter) Begin(in run.Input) (run.Sink, error) {
	if _, err := s.converter.Begin(in); err != nil {
		return nil, err
	}
	out := in.Out.(sink.Tree)
	if s.o.path != nil {
		return s.proven(&sink.Grouped{Encoder: s.lines.Encoder, Groups: &s.groups, Out: out, Proof: s.proof}), nil
	}
	return s.proven(&sink.Sliced{Encoder: s.lines.Encoder, Slices: &s.slices, Out: out, Proof: s.proof}), nil
}

// End completes the files. Without documents there is none.
func (s *splitConverter) End(io.Writer) error {
	if s.o.path != nil {
		return s.groups.End()
	}
	return s.slices.End()
}
