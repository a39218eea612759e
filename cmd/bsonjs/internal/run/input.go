package run

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/extension"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/pipeline"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// An origin is an input as faults name it.
type origin struct {
	file *file.Reader // nil: it is closed
	name string       // for messages
	from *codec.Codec
	// namespace is that of all documents; "": they have none, or those of a container.
	namespace string
	contains  bool         // the documents have namespaces of their own
	wide      *codec.UTF16 // nil: the input is not UTF-16
	looks     string       // what the input seems to be, as a hint for a fault in the first document; may be ""
	// kept is the offset, plus one, of the last document of several records that was
	// kept among the rejects.
	kept   int64
	number uint64 // among the inputs with a sink, from 1
	target Input  // the input, as the Target knows it
	home   string // see Homed
	own    Sink   // of its records, if that is for one input only and records are held; else nil
}

// A source is an input while its records are read.
type source struct {
	*engine
	*origin
	member  *member // s as a file of a directory; nil: it is none
	decoder codec.Decoder
	crlf    *codec.CRLF       // nil: no carriage returns are removed
	program *extension.Reader // of the documents; nil: s is read without it
	checked int               // faults for which undoesCRLF has looked at the bytes
	window  *window           // of all records; nil: there is no Order, or each record has that of its namespace
	feed    *pipeline.Feed
	// cutter cuts pieces, from the end of what is done.
	cutter codec.Cutter
	// cutAt is the offset of the next piece.
	cutAt int64
	// marks reports whether s has namespaces for its records; see mark.
	marks bool
	// alone reads the records that workers leave to take because their output is
	// long.
	alone codec.PieceReader
	// failed is the fault that ended take, if it ends the run.
	failed *report.Fault
	// cutShort reports that the last bytes of s are the start of a document.
	cutShort bool
	// enough is set if the rest of the source is not needed. The source may not
	// have been read to its end.
	enough bool

	at    record.Place // end of what is done
	state codec.State  // state there
	docs  int64        // records read before it, rejected ones included
}

// isPrivate reports whether to is for the records of one input only.
func isPrivate(to Sink) bool {
	_, private := to.(Private)
	_, serial := to.(Serial)
	return private || serial
}

// openInput opens an input, which is m if m is not nil, unless it is open already.
func (e *engine) openInput(name string, m *member) (*file.Reader, error) {
	if in := e.kept[name]; in != nil {
		delete(e.kept, name)
		return in, nil
	}
	if m != nil {
		return e.in.OpenIn(e.ctx, m.in.FS, m.file.Name, name)
	}
	return e.in.Open(e.ctx, name)
}

// input processes one input, which is a file of a directory if m is not nil.
func (e *engine) input(name string, m *member) *report.Fault {
	if f := e.flushFault(); f != nil { // before waiting for the input
		return f
	}
	in, err := e.openInput(name, m)
	if err != nil {
		f := e.inputFault(inputName(name), err)
		if f.Code == report.CodeInput && e.OpenHint != nil {
			f.Hint = e.OpenHint(name, err)
		}
		return f
	}
	defer in.Close()
	e.Progress.Open(in)
	defer e.Progress.Close(in)
	if name == "-" && e.in.Once[name] == nil {
		e.tellTerminal()
	}
	head, err := headOf(in)
	switch {
	case err != nil:
		return after(in, e.cutFault(in.Name(), err))
	case len(head) == 0:
		if from := e.format(name, head); from != nil && from.Extension {
			break // no table is empty
		}
		e.empty(in, m)
		return nil // no documents
	}
	s := &source{engine: e, member: m, origin: &origin{file: in, name: in.Name(), namespace: m.space(), from: e.format(name, head)}}
	// The origin may be kept.
	defer func() { s.file, s.wide = nil, nil }()
	head = slices.Clone(head) // findArchive reads on
	s.findArchive()
	r, head, f := s.restored(in, head)
	if f != nil {
		return f
	}
	defer s.endExtension()
	s.looks = cmp.Or(s.looks, s.flagged(codec.Advise(head, s.from)))
	if s.from == nil {
		return s.unknownFormat()
	}
	if s.From == nil {
		s.looks = cmp.Or(s.looks, s.flagged(codec.AdviseTable(compress.Stem(name), s.from)))
	}
	s.note(s.from)
	if f = s.begin(); f != nil {
		return f
	}
	defer func() {
		if len(in.Compression()) > 0 {
			e.CompressedIn += in.Offset()
		}
	}()
	f = s.whole(r)
	e.endRejects(s.from)
	s.tally()
	if f == nil && !s.enough {
		s.tellUndone()
	}
	if listed := s.list(); listed != nil {
		return listed
	}
	return f
}

// note adds the formats of inputs to the result.
func (e *engine) note(formats ...*codec.Codec) {
	for _, c := range formats {
		if !slices.Contains(e.Formats, c) {
			e.Formats = append(e.Formats, c)
		}
	}
}

// tellTerminal says that standard input is a terminal, if it is one.
func (e *engine) tellTerminal() {
	if file.IsTerminal(e.Stdin) && !e.Quiet {
		e.Say.Note("reading from the terminal; end the input with Ctrl-D")
	}
}

// empty tells the target of in, which has no bytes and is m if m is not nil.
func (e *engine) empty(in *file.Reader, m *member) {
	if target, ok := e.Target.(Auditor); ok {
		what := Input{Name: in.Name()}
		if m != nil {
			what.Folder, what.File = m.in, m.file
		}
		target.Empty(what)
	}
}

// opening is the number of bytes that tell whether an input can be another one than it
// seems to be.
const opening = 16

// findArchive searches s, whose format no flag tells, for an archive behind damage, and
// sets from if the run wants that, else a hint. The documents of a pipe need not wait for
// the search if s seems to be of a format, nor does a message that the format is not
// known.
func (s *source) findArchive() {
	searches := !s.file.Waits() || s.FindArchives && (s.from == nil || s.from == codec.BSON)
	if s.From != nil || s.member != nil || !searches || s.from != nil && !s.FindArchives {
		return
	}
	if head, err := s.file.Head(opening); err != nil || !codec.MayHideArchive(head, s.from) {
		return
	}
	switch at := codec.IndexArchive(s.file.Ahead(codec.MaxStart)); {
	case at < 0:
	case s.FindArchives:
		s.from = codec.Archive
	default:
		s.looks = s.flagged(codec.AdviseArchive(at))
	}
}

// headOf returns as many of the first bytes of in as the format needs.
func headOf(in *file.Reader) (head []byte, err error) {
	head, err = in.Head(codec.HeadSize)
	if err == nil && codec.NeedsMore(head) {
		head, err = in.Head(codec.WideHead)
	}
	return head, err
}

// format returns the format of the input of the given name that starts with head, nil
// if it is not known.
func (e *engine) format(name string, head []byte) *codec.Codec {
	seen := codec.Detect(head, compress.Stem(name))
	if e.From == nil || e.Unpack && seen != nil && seen.Holds == e.From {
		return seen
	}
	return e.From
}

// list lists the namespaces of s, if the target wants that.
func (s *source) list() *report.Fault {
	target, ok := s.Target.(Lister)
	if !ok || s.decoder.List == nil || s.writeErr() != nil {
		return nil
	}
	if err := target.List(s.target, s.decoder.List()); err != nil {
		return s.outputFault(err)
	}
	return nil
}

// restored returns in, which starts with head, as bytes that the Decoder of s reads, and
// their start.
func (s *source) restored(in *file.Reader, head []byte) (io.Reader, []byte, *report.Fault) {
	if s.from == nil {
		return in, head, nil
	}
	if s.from.Extension {
		f := s.startExtension(in)
		return s.program, head, f
	}
	if text, ok := codec.Wide(head, s.from); ok {
		s.wide = codec.NewUTF16(in, s.Options.Text.InvalidUTF8)
		return s.wide, text, nil
	}
	if s.UndoCRLF && s.from == codec.BSON {
		s.crlf = codec.NewCRLF(in, s.Options.BSON)
		return s.crlf, head, nil
	}
	return in, head, nil
}

// tellUndone says what UndoCRLF has done to s, which was read to its end.
func (s *source) tellUndone() {
	if s.crlf == nil || s.Quiet {
		return
	}
	removed, documents, open := s.crlf.Undone()
	if removed == 0 {
		return
	}
	text := fmt.Sprintf("%s: removed %s before line feeds, in %s", report.CleanName(s.name), report.Plural(removed, "carriage return"), report.Documents(documents))
	if open > 0 {
		text += "; " + report.Documents(open) + " could also be read with them"
	}
	s.Say.Note(text)
}

// begin asks the target for the sink of s.
func (s *source) begin() *report.Fault {
	if s.NeedsSpaces != "" && s.from.Holds == nil && s.namespace == "" {
		return s.needsSpaces(s.name, s.from.String())
	}
	if s.from.Holds != nil { // it has its own
		s.namespace = ""
	}
	plain := s.Output.Codec == compress.None
	s.target = Input{
		Name: s.name, From: s.from, Out: s.writer(),
		Terminal: plain && s.out.IsTerminal(), Colors: plain && s.out.ShowsColors(),
	}
	if s.member != nil {
		s.target.Folder, s.target.File = s.member.in, s.member.file
	}
	to, err := s.Target.Begin(s.target)
	if err != nil {
		return report.UsageFault(err.Error())
	}
	s.decoder = s.from.Read(s.Options)
	if s.Unbucket != nil {
		if s.from != codec.BSON && s.from.Holds != codec.BSON {
			return report.UsageFault(fmt.Sprintf("--unbucket needs BSON or an archive as input, and %s is %v; convert it to BSON first", report.CleanName(s.name), s.from))
		}
		s.decoder = s.unbucketing().Decoder(s.decoder)
	}
	s.contains = s.decoder.Follow != nil
	s.begun++
	s.origin.number = s.begun
	s.setHome(to)
	s.marks = s.namespace != "" || s.home != ""
	if s.hold != nil {
		if isPrivate(to) {
			s.own = to
		}
		s.origins = append(s.origins, s.origin)
		to = s.hold
	}
	s.use(to)
	s.openWindow()
	return nil
}

// use makes to the sink of the next records.
func (e *engine) use(to Sink) {
	e.sink, e.pending = to, to.Part()
	e.pending.Reset(0, streamText)
	e.serial, _ = to.(Serial)
	e.placer, _ = to.(Placer)
}

// unbucketing returns how the buckets in s become measurements.
func (s *source) unbucketing() codec.Unbucketing {
	b := *s.Unbucket
	if b.Space = s.namespace; s.member != nil {
		for _, f := range s.member.in.Files {
			b.Metadata = append(b.Metadata, f.Metadata)
		}
	}
	return b
}

// whole processes the records of s, which are in the bytes of in. If the run
// continues after faults, in seems to end where it cannot be decompressed any
// further: the bytes before that are converted or rejected.
func (s *source) whole(in io.Reader) *report.Fault {
	if s.Policy.stops() {
		return s.all(in)
	}
	r := &cutReader{r: in}
	// The reading goroutine has finished with r only if it reached the end.
	if f := s.all(r); f != nil || s.enough || r.cut == nil {
		return f
	}
	return s.cutFault(s.name, r.cut)
}

// A cutReader ends where r cannot be decompressed.
type cutReader struct {
	r   io.Reader
	cut *compress.Error // the reason, nil if r ended
}

func (c *cutReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if e, ok := errors.AsType[*compress.Error](err); ok {
		c.cut, err = e, io.EOF
	}
	return n, err
}

// inputName returns the name of an input for messages.
func inputName(name string) string {
	if name == "-" {
		return file.StdinName
	}
	return name
}

// all processes the records in r.
func (s *source) all(r io.Reader) *report.Fault {
	s.feed = s.buffers.NewFeed(s.ctx, r, s.flush)
	defer func() {
		if !s.replays {
			s.In += s.feed.Bytes()
		}
		s.feed.Close()
	}()
	if s.full() {
		return nil
	}
	if !s.cuts() {
		_, f := s.stream()
		return f
	}
	line := s.line()
	defer line.Close()
	for {
		s.cutter, s.cutAt = s.decoder.Cut(s.state, pipeline.MaxPiece), s.at.Offset
		err := line.Run(s.feed)
		switch {
		case s.failed != nil:
			return s.failed
		case s.ctx.Err() != nil:
			return s.interrupted()
		case err != nil || s.writeErr() != nil:
			return s.readFault(s.origin, err)
		case s.full():
			return s.flushFault()
		}
		// The stream checks the end of the input.
		if ended, f := s.stream(); ended || f != nil {
			return f
		}
	}
}

// cuts reports whether s may be cut into pieces.
func (s *source) cuts() bool {
	turns := s.replays && isPrivate(s.sink)
	return s.serial == nil && s.decoder.Cut != nil && !s.mixesWindows() && !turns && !s.yields()
}

// behind returns the place after data, which starts at p.
func (s *source) behind(p record.Place, data []byte) record.Place {
	switch {
	case s.from.Behind != nil:
		return s.from.Behind(p, data)
	case s.from.Text:
		return p.Behind(data)
	}
	p.Offset += int64(len(data))
	return p
}

// An outcome is the result of a record.
type outcome uint8

const (
	added    outcome = iota
	filtered         // a stage does not want it
	long             // its output is long: use Sink.Long
	rejected         // it cannot be written, or a stage rejects it
)

// choose passes rec through the stages that select. The result is added if rec is wanted
// so far.
func (s *source) choose(rec *record.Record) (outcome, error) {
	if s.marks {
		s.mark(rec)
	}
	if rec.Fault != nil {
		return rejected, rec.Fault
	}
	rec.Shaped = false
	if len(s.stages) > 0 { // most runs have none
		return through(s.stages, rec)
	}
	return added, nil
}

// mark gives rec the namespaces of s.
func (s *source) mark(rec *record.Record) {
	if s.namespace != "" && rec.Part == 0 {
		rec.Space.Name = s.namespace
	}
	if rec.Home = s.home; s.replays {
		rec.Home = s.origins[rec.Input-1].home
	}
}

// shape passes rec, which is chosen and at offset in s, through the stages behind Order.
func (s *source) shape(rec *record.Record, offset int64) (outcome, error) {
	spot := record.Spot{Input: s.origin.number, Offset: offset, Part: rec.Part}
	if s.replays {
		spot.Input, spot.Offset = rec.Input, rec.Place.Offset
	}
	if s.order != nil && !s.order.Share.has(spot) {
		return filtered, nil
	}
	rec.Spot = spot
	return through(s.shaping, rec)
}

// through passes rec through stages.
func through(stages []Stage, rec *record.Record) (outcome, error) {
	for _, do := range stages {
		if keep, err := do.Do(rec); err != nil {
			return rejected, err
		} else if !keep {
			return filtered, nil
		}
	}
	return added, nil
}

// put shapes rec, which is chosen and at offset in s, and adds it to p.
func (s *source) put(p record.Part, rec *record.Record, offset int64) (outcome, error) {
	if s.order != nil || len(s.shaping) > 0 { // most runs have neither
		if what, err := s.shape(rec, offset); what != added {
			return what, err
		}
	}
	err := p.Add(rec)
	switch {
	case err == nil:
		return added, nil
	case errors.Is(err, bson.ErrTooLarge):
		return long, err
	}
	return rejected, err
}

// putLong chooses rec, which is at offset in s, and writes it at once. rec may have any
// length.
func (s *source) putLong(rec *record.Record, offset int64) (outcome, error) {
	if what, err := s.choose(rec); what != added {
		return what, err
	}
	if !s.window.admit() {
		return filtered, nil
	}
	if what, err := s.shape(rec, offset); what != added {
		return what, err
	}
	if err := s.writeLong(rec); err != nil {
		return rejected, err
	}
	return added, nil
}
