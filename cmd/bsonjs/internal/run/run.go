// Package run is the engine: the records of inputs, in order, go through stages
// into a sink. It knows no command and no format.
//
//		input ─▶ codec.Decoder ─▶ Stage ─▶ … ─▶ Part of a Sink ─▶ output
//		                            └─▶ rejects
//
//	  - run.go has the options of a run, and the run from its start to its end.
//	  - input.go processes one input: in pieces, several at once (piece.go), and
//	    around faults as a stream (stream.go). Both give the same records.
//	  - order.go selects records by their order in the run.
//	  - legs.go divides a run into legs, between which records are held: hold.go
//	    holds them as frames (frame.go), and merge.go merges sorted inputs.
//	  - folder.go processes a directory, file by file.
//	  - gather.go reads the start of all inputs, for targets that need it.
//	  - preview.go gives records to a target before the first one is written.
//	  - sides.go processes two inputs at the same time.
//	  - faults.go handles faults; mend.go corrects lengths; failure.go is about
//	    hints.
//	  - extension.go connects inputs and the output to the program that reads and
//	    writes their formats.
//	  - outputs.go has the output and the file of rejected records.
package run

import (
	"context"
	"io"
	"runtime"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/extension"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/folder"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/pipeline"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// A Stage processes one record. Several goroutines use it.
type Stage interface {
	// Do may replace rec.Data. If it returns false, the record is not wanted;
	// if it returns an error, the record is rejected.
	Do(rec *record.Record) (keep bool, err error)
}

// A Sink receives the records of an input.
type Sink interface {
	// Part returns a part. Each is for one goroutine at a time; Take is called
	// in the order of the input.
	Part() record.Part
	// Alone is the size of a record, in bytes of Data, above which records are
	// added one at a time, because adding one needs several times its memory.
	Alone() int
	// Take writes what is in p, which is then empty.
	Take(p record.Part) error
	// Long writes rec to w, which takes any number of bytes. If rec has a fault,
	// nothing is written. An error of w is returned unchanged.
	Long(rec *record.Record, w io.Writer) error
}

// A Serial is a Sink that gets its records one by one, in order, with Number and
// Place, and also bytes that cannot be read as a record.
type Serial interface {
	Sink
	// Enough reports whether the rest of the input after rec is not needed.
	Enough(rec *record.Record) bool
	// Unread adds bytes to p that cannot be read as a record because of err.
	// rec.Data has the bytes from the start of the record, as far as they have
	// been read.
	Unread(p record.Part, rec *record.Record, err error) error
}

// A Placer is a Sink that uses the Number and the Place of records. In a piece they count
// from its start.
type Placer interface {
	Sink
	// Locate gets the number of documents in front of the records of p, and the place at
	// which they start. It is called before Take if p has the records of a piece.
	Locate(p record.Part, docs int64, at record.Place)
}

// A Private is a Sink for the records of one input only. So is a Serial.
type Private interface {
	Sink
	// Private does nothing.
	Private()
}

// A Target chooses the sink for the records of each input.
type Target interface {
	// Begin returns the Sink of an input that holds something. An error is one
	// of usage.
	Begin(in Input) (Sink, error)
	// End ends the output, to which everything was written.
	End(out io.Writer) error
}

// A Gatherer is a Target that needs the contents of all inputs before the first record is
// written.
type Gatherer interface {
	Target
	// Gather gets what the start of an input says. It is called for each input that can
	// be opened, in order and before any Begin: a directory, and its files that have no
	// namespace in it. in has only the Name, From and Folder; what is nil for a file
	// whose format is not that of a container. An error is one of usage.
	Gather(in Input, what *codec.Contents) error
}

// A Lister is a Target that lists the namespaces of containers and directories.
type Lister interface {
	Target
	// List writes the Listing of an input, as far as the input could be read. An error
	// is one of writing.
	List(in Input, what codec.Listing) error
}

// An Auditor is a Target that is told of inputs without a byte, for which there is no
// Begin.
type Auditor interface {
	Target
	// Empty gets an input without a byte. in has only the Name, Folder and File.
	Empty(in Input)
}

// A Teller is a Target whose output tells how much was left out.
type Teller interface {
	Target
	// Tell gets the counts of the input, and the code of the faults so far. It is called
	// once, before End.
	Tell(t report.Totals, code report.Code)
}

// A Tally is a Sink that counts the records that it takes.
type Tally interface {
	Sink
	// Totals returns the counts.
	Totals() archive.Totals
}

// A Verifier reads the output back while it is written. Its errors are those of writing the
// output.
type Verifier interface {
	// Witness is that of file.Output.
	Witness(label, name string) file.Witness
	// Done is called when the output is complete and has no name yet.
	Done() error
	// Fault returns the fault for err, nil if err is about something else.
	Fault(err error) *report.Fault
}

// An Input is an input whose format is known.
type Input struct {
	Name     string // for messages
	From     *codec.Codec
	Out      io.Writer // the output; if it is several files, it has the method Enter of file.Tree and file.Split
	Terminal bool      // a terminal shows it
	Colors   bool      // the output is a terminal that obeys escape sequences
	// Folder is the directory of the input, and File the input in it. They are nil
	// for other inputs. File is nil for the directory as a whole.
	Folder *folder.Folder
	File   *archive.File
}

// A Policy is the policy for a record with a fault.
type Policy uint8

const (
	Stop   Policy = iota // it ends the run
	Finish               // it ends the run, and the output is complete
	Skip                 // it is reported and rejected; its bytes are kept if there are rejects
	Report               // it is reported; nothing is written
)

// stops reports whether the first fault ends the run.
func (p Policy) stops() bool { return p == Stop || p == Finish }

// A Table is an output that the extension writes.
type Table struct {
	Format *codec.Codec // nil: the output is none
	Flags  []string     // of the extension
}

// A Run has the options of a run.
type Run struct {
	_ struct{} // keyed literals only

	Inputs []folder.Input // at least one
	Stdin  io.Reader
	From   *codec.Codec // nil: found by the bytes and the name of each input
	// FromFlag is the flag for From, for messages; "" is --from.
	FromFlag string
	Unpack   bool // a container of documents in the format From is read, too
	Options  codec.ReadOptions
	// Unbucket turns the buckets of time series into measurements. nil: they stay.
	Unbucket *codec.Unbucketing
	// NeedsSpaces is a flag or command that needs inputs with namespaces, "" if there
	// is none.
	NeedsSpaces string
	Stages      []Stage // before Holds
	// Holds are steps that hold records, in order, between Stages and Order. Memory is
	// the number of bytes that they may have in memory. The rest is in temporary files.
	Holds []Hold
	// Merge is the order of the inputs, which are merged in front of Holds; nil: they come
	// one after the other.
	Merge   *Merge
	Memory  int64
	Order   *Order  // nil: all records
	Shaping []Stage // behind it
	Target  Target
	// FromB is the From of the second side, if there are Sides. Its flag is --to.
	FromB *codec.Codec
	// Sides has the Targets of the two Inputs, which are processed at the same time; nil:
	// Target is that of all inputs. With Sides, only the method End of Target is called.
	Sides Sides

	// Extension finds the program for formats that need it. ReadFlags are its flags for all
	// inputs. Table is that of the output.
	Extension *extension.Finder
	ReadFlags []string
	Table     Table

	Output  file.Output
	Verify  Verifier    // reads the output back; nil: the output is not read back
	Rejects file.Output // Name is "" if the bytes of rejected records are not kept
	Force   bool        // compressed bytes may go to a terminal
	// Aside is called for each output that is written under a temporary name
	// and must always be ended.
	Aside func()

	Policy    Policy
	MaxErrors int64 // number of faults that ends the run, 0: no limit
	Mend      bool  // documents with no fault but wrong lengths of containers are written
	// FindArchives makes the run search the start of an input for an archive behind damage.
	FindArchives bool
	UndoCRLF     bool // undo a copy of BSON in text mode, in which LF became CR LF

	// Hint returns what the user can do about a failure, "" if it knows nothing.
	// It is asked about the first maxHints failures. nil: there are no hints.
	Hint func(*Failure) string
	// OpenHint returns what the user can do about err, the error of opening the
	// input of the given name, "" if it knows nothing.
	OpenHint func(name string, err error) string

	Jobs     int // number of workers, 0: one per processor
	Quiet    bool
	Say      report.Reporter
	Progress *report.Progress
}

// A Result is the result of a run.
type Result struct {
	report.Totals
	Code report.Code
	// Several reports that documents of several namespaces were read.
	Several bool
	Opened  bool // the outputs were opened
	Whole   bool // the output was completed
	// Limited reports that Order left the rest of an input, or inputs, unread.
	Limited bool
	Dropped int64 // records that a Unique has dropped
	// Formats are those of the inputs that were read, each once.
	Formats []*codec.Codec
	Err     error // of writing the output
}

// An engine is the state of a run.
type engine struct {
	Run
	ctx context.Context // ends when the run is to stop
	in  file.Input
	// kept are the inputs that gather has opened and that cannot be opened twice, by
	// name.
	kept map[string]*file.Reader
	// buffers are for the bytes of one input after the other.
	buffers pipeline.Buffers

	out     file.Opened
	files   files       // out, if it is several files; else nil
	rejects file.Opened // nil: rejected records are not kept
	begun   uint64      // inputs that have a sink, or have had one
	leg                 // the current part of the run
	outlet              // for the records of the current input
	origins []*origin   // the inputs with a sink, if records are held
	store   *store      // of the records that are held; nil: there are none
	shelved int64       // records that are held and not replayed yet
	cut     bool        // the run was stopped in the middle of a record
	refuted bool        // the output cannot be read back as what was written, so it is not kept
	// firstSpace is the first namespace of which documents were read, "" if there is
	// none.
	firstSpace string

	Result
	hints int  // failures for which there was a hint, or none was found
	ended bool // the run ends before its inputs do, and its output is complete
}

// An outlet is a sink, and the output that it has not got yet.
type outlet struct {
	sink    Sink
	serial  Serial         // the sink, if it is one; else nil
	placer  Placer         // the sink, if it is one; else nil
	pending record.Part    // output of the sink that is not written yet
	waiting int64          // records in pending
	keys    record.Escapes // of the records in pending
}

// Do runs r until its inputs end or ctx does.
func (r Run) Do(ctx context.Context) Result {
	e := &engine{
		Run:  r,
		ctx:  ctx,
		kept: map[string]*file.Reader{},
		in:   file.Input{Stdin: r.Stdin, Plain: compress.Plain{Opens: codec.OpensBSON, Known: codec.Known}},
	}
	defer e.Progress.End()
	e.Code = e.run()
	if e.Opened {
		e.CompressedOut, e.Err = e.out.Compressed(), e.out.Err()
		if e.files != nil {
			e.Files = e.files.Files()
		}
	}
	return e.Result
}

func (e *engine) run() report.Code {
	if f := e.openOutputs(); f != nil {
		return e.Say.Faults(f)
	}
	e.Opened = true
	defer e.closeKept()
	process := e.process
	if e.Sides != nil {
		ctx, stop := context.WithCancelCause(e.ctx)
		defer stop(nil)
		defer e.Sides.Close()
		process = func() *report.Fault { return e.both(ctx, stop) }
	}
	if f := process(); f != nil {
		return e.abandon(f)
	}
	if f := e.complete(); f != nil {
		return e.abandon(f)
	}
	e.Progress.End()
	if e.Limited && !e.Quiet {
		e.Say.Note("stopped at --limit; the rest of the input was not read and not checked")
	}
	e.Whole = true
	return e.Code
}

// process processes all inputs.
func (e *engine) process() *report.Fault {
	if f := e.gather(); f != nil {
		return f
	}
	if f := e.preview(); f != nil {
		return f
	}
	return e.legs()
}

// escaped counts keys of records that were written.
func (e *engine) escaped(keys record.Escapes) {
	e.EscapedIn += keys.In
	e.EscapedOut += keys.Out
}

// jobs returns the number of workers.
func (e *engine) jobs() int {
	if e.Jobs > 0 {
		return e.Jobs
	}
	return runtime.GOMAXPROCS(0)
}

// count adds n to the records that were read.
func (e *engine) count(n int64) {
	e.Read += n
	if e.replays { // they were counted when they were held
		e.shelved -= n
		return
	}
	e.Progress.Count(n)
}
