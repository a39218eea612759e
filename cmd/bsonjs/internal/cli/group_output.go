package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
)

// This file has the flags about the output. A command has a fileGroup, or an
// outputGroup, which has more.

// A fileGroup has the flags about the file of the output.
type fileGroup struct {
	output    string // "" and "-" are standard output
	overwrite bool
}

func (g *fileGroup) addFile(fs *pflag.FlagSet) {
	fs.StringVarP(&g.output, "output", "o", "", "write to `FILE` instead of standard output; FILE appears when it is complete")
	fs.BoolVar(&g.overwrite, "overwrite", false, "replace an existing FILE")
	onlyMeant(fs, "output", "overwrite")
}

func (g *fileGroup) plan(r *run.Run) {
	r.Output.Name, r.Output.Overwrite, r.Rejects.Overwrite = g.output, g.overwrite, g.overwrite
}

// An outputGroup has the flags about the output of a command that writes
// documents.
type outputGroup struct {
	fileGroup
	force bool // binary formats may go to a terminal

	compress      compression
	compressLevel int // 0: the usual one
}

func (g *outputGroup) addOutput(fs *pflag.FlagSet) {
	g.addFile(fs)
	fs.Lookup("output").Usage += "; its suffix decides the format (see bsonjs help formats); DIR/ is a directory with a file for each namespace"
	fs.BoolVar(&g.force, "force", false, "write binary formats and compressed data to a terminal")
	onlyMeant(fs, "force")
	fs.Var(choose(&g.compress, compressions...), "compress", "compress the output: auto (the default) goes by the suffix of FILE "+
		"("+strings.Join(writtenSuffixes(), " ")+"); none never compresses")
	most, levels := levels()
	fs.Var(&amount{&g.compressLevel, 1, most, nil}, "compress-level", "compression level `N`, from 1, the fastest, to "+levels)
}

func (g *outputGroup) plan(r *run.Run) {
	g.fileGroup.plan(r)
	r.Force = g.force
	r.Output.Level, r.Rejects.Level = g.compressLevel, g.compressLevel
}

// A compression is a value of --compress: compressAuto, or a codec plus one.
type compression uint8

// compressAuto goes by the name of the output.
const compressAuto compression = 0

func compressWith(c compress.Codec) compression { return compression(c) + 1 }

// written are the codecs that outputs can have.
var written = func() (all []compress.Codec) {
	for c := compress.None + 1; c.Known(); c++ {
		if c.MaxLevel() > 0 {
			all = append(all, c)
		}
	}
	return all
}()

// compressions are the words for them.
var compressions = func() []word[compression] {
	words := []word[compression]{{"auto", compressAuto}, {"none", compressWith(compress.None)}}
	for _, c := range written {
		words = append(words, word[compression]{c.String(), compressWith(c)})
	}
	return words
}()

// check rejects a level that c, the compression of the output, does not have.
func (g *outputGroup) check(fs *pflag.FlagSet, c compress.Codec) error {
	if !given(fs, "compress-level") {
		return nil
	}
	switch most := c.MaxLevel(); {
	case most == 0:
		return errors.New("--compress-level needs a compressed output; add --compress gzip, or name the output FILE.gz")
	case g.compressLevel > most:
		return fmt.Errorf("--compress-level is too high: the levels of %v are 1 to %d", c, most)
	}
	return nil
}

// checkWritten rejects a compression that is only read.
func checkWritten(c compress.Codec) error {
	if c != compress.None && c.MaxLevel() == 0 {
		return fmt.Errorf("bsonjs reads %v but does not write it; use one of %s", c, listed(writtenSuffixes()))
	}
	return nil
}

// writtenSuffixes returns the suffixes of compressed outputs.
func writtenSuffixes() (all []string) {
	for _, c := range written {
		all = append(all, c.Suffix())
	}
	return all
}

// levels returns the highest level of all codecs, and the highest of each in
// words.
func levels() (most int, text string) {
	named := map[int][]string{} // codecs by their highest level
	var order []int             // keys of named
	for _, c := range written {
		n := c.MaxLevel()
		if named[n] == nil {
			order = append(order, n)
		}
		named[n] = append(named[n], c.String())
	}
	parts := make([]string, len(order))
	for i, n := range order {
		parts[i] = fmt.Sprintf("%d for %s", n, listed(named[n]))
	}
	return slices.Max(order), strings.Join(parts, ", ")
}

// listed returns words as a list in a sentence.
func listed(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
