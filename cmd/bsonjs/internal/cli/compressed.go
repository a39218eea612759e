package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
)

// This file is which compression of the output is asked for.

// A compression is how the output is compressed: compressAuto, or a codec and
// one.
type compression uint8

// compressAuto compresses what has a name that says so.
const compressAuto compression = 0

func compressWith(c compress.Codec) compression { return compression(c) + 1 }

// compressions are the words for them.
var compressions = func() []word[compression] {
	words := []word[compression]{{"auto", compressAuto}, {"none", compressWith(compress.None)}}
	for c := compress.None + 1; c.Known(); c++ {
		if c.MaxLevel() > 0 {
			words = append(words, word[compression]{c.String(), compressWith(c)})
		}
	}
	return words
}()

// checkCompression decides how the output is compressed. A name that says
// how outranks a default from the environment, unless that is none.
func (o *options) checkCompression(fs *pflag.FlagSet) error {
	named, _ := compress.ByName(o.output)
	switch asked := given(fs, "compress") && o.compress != compressAuto; {
	case o.compress == compressWith(compress.None):
	case asked && named != compress.None && o.compress != compressWith(named):
		return fmt.Errorf("--compress %v contradicts the suffix of the output, which says %v; leave one out", compress.Codec(o.compress-1), named)
	case named != compress.None:
		o.codec = named
	case o.compress != compressAuto:
		o.codec = compress.Codec(o.compress - 1)
	}
	rejects, _ := compress.ByName(o.rejects)
	for _, c := range []compress.Codec{o.codec, rejects} {
		if c != compress.None && c.MaxLevel() == 0 {
			return fmt.Errorf("bsonjs reads %v but does not write it; use one of %s", c, writtenSuffixes())
		}
	}
	if !given(fs, "compress-level") {
		return nil
	}
	switch most := o.codec.MaxLevel(); {
	case most == 0:
		return errors.New("--compress-level needs a compressed output; add --compress gzip, or name the output FILE.gz")
	case o.compressLevel > most:
		return fmt.Errorf("--compress-level is too high: the levels of %v are 1 to %d", o.codec, most)
	}
	return nil
}

// writtenSuffixes returns the ends of names that say how to compress.
func writtenSuffixes() string {
	var all []string
	for _, w := range compressions[2:] {
		all = append(all, compress.Codec(w.value-1).Suffix())
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}
