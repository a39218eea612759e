package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file is what a conversion does about compression, beside opening files:
// which of it is asked for, and what becomes of an input that cannot be
// decompressed to its end.

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

// cutFault is inputFault for err, met where documents may be left out.
func (c *conversion) cutFault(name string, err error) *report.Fault {
	f := c.inputFault(name, err)
	if _, ok := errors.AsType[*compress.Error](err); ok && f.Code == report.CodeSyntax && c.opts.onError != stopOnError {
		f.Advice = "the rest of the file cannot be read"
	}
	return f
}

// convertWhole converts the documents of s, which input holds. Where input
// cannot be decompressed any further it seems to end, if the run is to go on
// after damage: what is there is converted, or kept with what is rejected.
func (c *conversion) convertWhole(s *source, input *file.Reader) *report.Fault {
	if c.opts.onError == stopOnError {
		return s.convert(input)
	}
	r := &cutReader{r: input}
	// The reading goroutine has finished with r only if it reached the end.
	if f := s.convert(r); f != nil || s.enough || r.cut == nil {
		return f
	}
	return c.cutFault(s.name, r.cut)
}

// unpacked counts the bytes of input that were decompressed.
func (c *conversion) unpacked(input *file.Reader) {
	if len(input.Compression()) > 0 {
		c.CompressedIn += input.Offset()
	}
}

// A cutReader ends where r is damaged.
type cutReader struct {
	r   io.Reader
	cut *compress.Error // why it has ended; nil: r did
}

func (c *cutReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if e, ok := errors.AsType[*compress.Error](err); ok {
		c.cut, err = e, io.EOF
	}
	return n, err
}
