package main

import (
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/format"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file is the command dump, for scripts that call bsondump: convert with
// other defaults, and two more ways of writing documents.

// A dumpType is what the command dump writes.
type dumpType uint8

const (
	dumpNone  dumpType = iota // another command is meant
	dumpJSON                  // canonical Extended JSON as the Go driver spells it
	dumpDebug                 // types and sizes of elements
)

// dumpCommand returns the command that writes what bsondump writes.
func (a *app) dumpCommand() *cobra.Command {
	o := &options{from: format.BSON, to: format.JSON, dump: dumpJSON}
	cmd := &cobra.Command{
		Use:   "dump [flags] [FILE...]",
		Short: "write BSON files as bsondump does",
		Long: "Write BSON files as bsondump does: as canonical Extended JSON, a document per\n" +
			"line, or with --type debug the types and sizes of all elements. The bytes are\n" +
			"the same for all data that bsondump does not lose. All flags of bsondump are\n" +
			"accepted, and --outFile is another name of --output.\n\n" +
			"bsondump alters some documents, or drops them with exit code 0: documents with\n" +
			"invalid UTF-8, for example, or with a NaN whose bits have no text. bsonjs dump\n" +
			"reports and rejects them, and the exit code is not 0. --lossy writes the nearest\n" +
			"text.\n",
		Example: "  bsonjs dump users.bson\n" +
			"  bsonjs dump --pretty --bsonFile users.bson --outFile users.json\n" +
			"  bsonjs dump --type debug users.bson\n",
		Args: cobra.ArbitraryArgs,
	}
	fs := cmd.Flags()
	acceptForeignNames(fs)
	group(fs, "Flags of bsondump", "", o.addDump)
	group(fs, "Faults", "", func(fs *pflag.FlagSet) {
		fs.BoolVar(&o.lossy, "lossy", false, "write the nearest text of values that have no exact text; invalid UTF-8 becomes U+FFFD")
		o.addRejects(fs)
		o.addMaxErrors(fs)
	})
	group(fs, "Messages", "", o.addMessages)
	group(fs, "Limits", "", o.addLimits)
	group(fs, "Output", "", o.addOutputFile)
	group(fs, "", "", addHelp)
	cmd.ValidArgsFunction = completeFiles
	completeFlags(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if o.version {
			a.code = a.std.print(thisVersion().line(report.Text))
			return nil
		}
		return a.convert(o, cmd, args)
	}
	return cmd
}

func (o *options) addDump(fs *pflag.FlagSet) {
	fs.StringVar(&o.aliases.bsonFile, "bsonFile", "", "read `FILE`")
	fs.Var(choose(&o.dump, word[dumpType]{"json", dumpJSON}, word[dumpType]{"debug", dumpDebug}), "type",
		"json (the default) writes documents; debug writes the type and size of each element")
	fs.BoolVar(&o.pretty, "pretty", false, "indent JSON with tabs, one member or element per line")
	fs.BoolVar(&o.aliases.objcheck, "objcheck", false, "end the run at the first document that cannot be written instead of "+
		"rejecting it")
	fs.CountVarP(&o.verbose, "verbose", "v", "print a summary at the end; repeating the flag has no further effect")
	fs.StringVar(&o.aliases.config, "config", "", "`FILE` with passwords for a server; no effect, because dump reads files only")
	fs.BoolVar(&o.version, "version", false, "print the version and exit")
}

// applyDump does to o what the flags of bsondump stand for.
func (o *options) applyDump() {
	switch {
	case o.aliases.objcheck:
		o.onError = stopOnError
	case o.rejects != "":
		o.onError = quarantineErrors
	default:
		o.onError = skipErrors
	}
}

// encodeDump is what bsondump asks of the Go driver.
func (o *options) encodeDump() extjson.EncodeOptions {
	e := extjson.EncodeOptions{
		Mode:        extjson.Canonical,
		Doubles:     extjson.DriverDoubles,
		EscapeLines: true,
		RejectLossy: true,
		MaxDepth:    o.maxDepth,
	}
	if o.lossy {
		e.RejectLossy, e.AmbiguousKeys, e.InvalidUTF8 = false, extjson.AsIs, bson.UTF8Replace
	}
	return e
}

// dumpFormatter returns how the command dump writes documents.
func (o *options) dumpFormatter(w writing) (formatter, framing) {
	switch {
	case o.dump == dumpDebug:
		return debugFormatter{maxDepth: o.maxDepth, terminal: w.terminal}, framing{}
	case o.pretty:
		return tabFormatter{textFormatter{o.encodeDump()}}, lineFraming
	}
	return textFormatter{o.encodeDump()}, lineFraming
}

// maxDumped returns how many bytes of text are made of a document of n bytes
// at most. A line begins with as many tabs as it is deep, so that without a
// limit a small document could fill all memory. Documents as people have them
// stay below 20 bytes of text for each of theirs.
func maxDumped(n int) int { return min(1<<24+n<<9, 1<<30) }

// errDumped is for a text over maxDumped.
var errDumped = fmt.Errorf("its indented text: %w", bson.ErrTooLarge)

// A tabFormatter writes text over many lines, those of wrappers included, as
// json.Indent lays it out.
type tabFormatter struct{ text textFormatter }

func (f tabFormatter) appendValue(dst []byte, most int, t bson.Type, data []byte) ([]byte, error) {
	text, err := f.text.appendValue(nil, most, t, data)
	if err != nil {
		return dst, err
	}
	b := tabber{out: dst, most: min(most, len(dst)+maxDumped(len(data)))}
	if _, err := b.Write(text); err != nil {
		return dst, &bson.ValueError{Err: err}
	}
	return b.out, nil
}

func (f tabFormatter) writeValue(w io.Writer, t bson.Type, data []byte) error {
	return twice(w, func(w io.Writer) error {
		b := tabber{w: w, most: maxDumped(len(data))}
		err := f.text.writeValue(&b, t, data)
		if err == errDumped {
			return &bson.ValueError{Err: err}
		}
		if err == nil {
			err = b.flush()
		}
		return err
	})
}

// twice calls write with a writer that discards all, to see whether it fails,
// and then with w.
func twice(w io.Writer, write func(w io.Writer) error) error {
	if err := write(io.Discard); err != nil {
		return err
	}
	return write(w)
}

// dumpPortion is how many bytes of text are written at a time.
const dumpPortion = 64 << 10

// A tabber lays out compact JSON over many lines. It is written to it in
// portions of any size.
type tabber struct {
	w    io.Writer // nil: all stays in out
	out  []byte
	most int // bytes that may still follow, those in out included

	tabs     int
	inString bool
	escaped  bool // behind a backslash in a string
	opened   bool // behind the bracket that opens a container
}

// Write lays out text. The error is errDumped if the result is too long, or
// the error of w.
func (b *tabber) Write(text []byte) (int, error) {
	for i := 0; i < len(text); i++ {
		if b.inString {
			n := b.stringEnd(text[i:])
			b.out = append(b.out, text[i:i+n]...)
			i += n - 1
			continue
		}
		c := text[i]
		closes := c == '}' || c == ']'
		if closes {
			b.tabs--
		}
		if b.opened != closes { // an empty container stays on its line
			if err := b.newline(); err != nil {
				return i, err
			}
		}
		b.opened = false
		b.out = append(b.out, c)
		switch c {
		case '"':
			b.inString = true
		case '{', '[':
			b.tabs++
			b.opened = true
		case ':':
			b.out = append(b.out, ' ')
		case ',':
			if err := b.newline(); err != nil {
				return i, err
			}
		}
	}
	return len(text), nil
}

// stringEnd returns how many bytes of text belong to the string in which text
// begins.
func (b *tabber) stringEnd(text []byte) int {
	for i, c := range text {
		switch {
		case b.escaped:
			b.escaped = false
		case c == '\\':
			b.escaped = true
		case c == '"':
			b.inString = false
			return i + 1
		}
	}
	return len(text)
}

// newline begins a line.
func (b *tabber) newline() error {
	if len(b.out)+b.tabs > b.most {
		return errDumped
	}
	b.out = appendTabs(append(b.out, '\n'), b.tabs)
	if b.w != nil && len(b.out) >= dumpPortion {
		return b.flush()
	}
	return nil
}

// flush writes what is in out.
func (b *tabber) flush() error {
	_, err := b.w.Write(b.out)
	b.most -= len(b.out)
	b.out = b.out[:0]
	return err
}

// A debugFormatter writes the type and size of each element, and that of each
// document and array in a paragraph of its own.
type debugFormatter struct {
	maxDepth int
	terminal bool // the output is a terminal, which keys must not control
}

func (f debugFormatter) appendValue(dst []byte, most int, _ bson.Type, doc []byte) ([]byte, error) {
	d := debugger{most: min(most, len(dst)+maxDumped(len(doc))), terminal: f.terminal}
	return d.append(dst, doc, f.maxDepth)
}

func (f debugFormatter) writeValue(w io.Writer, _ bson.Type, doc []byte) error {
	return twice(w, func(w io.Writer) error {
		d := debugger{w: w, most: maxDumped(len(doc)), terminal: f.terminal}
		text, err := d.append(nil, doc, f.maxDepth)
		if err == nil {
			_, err = w.Write(text)
		}
		return err
	})
}

// A debugger writes one document.
type debugger struct {
	c    bson.Cursor
	w    io.Writer // nil: all is appended
	err  error     // of w
	most int       // bytes that may still follow, those not yet written included

	terminal bool // as in debugFormatter
}

// append appends the part of the text of doc that was not written to d.w.
func (d *debugger) append(dst, doc []byte, maxDepth int) ([]byte, error) {
	d.c.Reset(doc, maxDepth)
	out := d.appendObject(dst, len(doc), 0)
	if d.err != nil {
		return dst, d.err
	}
	if err := d.c.Err(); err != nil {
		return dst, err
	}
	return out, nil
}

// portion writes dst if it is long enough, and returns the bytes that remain.
func (d *debugger) portion(dst []byte) []byte {
	if len(dst) > d.most {
		d.c.Fail(errDumped)
	}
	if d.w == nil || len(dst) < dumpPortion {
		return dst
	}
	if _, d.err = d.w.Write(dst); d.err != nil {
		d.c.Fail(d.err)
	}
	d.most -= len(dst)
	return dst[:0]
}

// appendKey appends the key of the current element: raw, as bsondump does, or
// escaped for a terminal.
func (d *debugger) appendKey(dst []byte) []byte {
	if d.terminal {
		return append(dst, oneline.Escape(string(d.c.Key()))...)
	}
	return append(dst, d.c.Key()...)
}

// appendObject appends what is yet to come of the open container, which has
// size bytes, after that many tabs.
func (d *debugger) appendObject(dst []byte, size, tabs int) []byte {
	c := &d.c
	dst = append(appendTabs(dst, tabs), "--- new object ---\n"...)
	dst = append(appendTabs(dst, tabs+1), "size : "...)
	dst = append(strconv.AppendInt(dst, int64(size), 10), '\n')
	for c.Next() {
		dst = append(d.appendKey(appendTabs(dst, tabs+2)), '\n')
		dst = append(appendTabs(dst, tabs+3), "type: "...)
		// The type is signed, and as wide as -128.
		digits := strconv.Itoa(int(int8(c.Type())))
		for range 4 - len(digits) {
			dst = append(dst, ' ')
		}
		data := c.Data()
		dst = d.portion(dst)
		dst = append(append(dst, digits...), " size: "...)
		dst = append(strconv.AppendInt(dst, int64(c.ValueOffset()-c.Offset()+len(data)), 10), '\n')
		switch {
		case c.Type().IsContainer() && c.Enter():
			dst = d.appendObject(dst, len(data), tabs+3)
			c.Leave()
		case c.Type() == bson.TypeCodeWithScope && c.Enter(): // it is checked, and not shown
			pass(c)
			c.Leave()
		}
	}
	return dst
}

func appendTabs(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, '\t')
	}
	return dst
}

// pass goes to the end of the open container, through all that is in it.
func pass(c *bson.Cursor) {
	for c.Next() {
		if (c.Type().IsContainer() || c.Type() == bson.TypeCodeWithScope) && c.Enter() {
			pass(c)
			c.Leave()
		}
	}
}
