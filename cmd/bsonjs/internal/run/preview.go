package run

import (
	"io"
	"math"
	"os"
	"sync"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file gives records to a Target before the first one is written. That is a run of its
// own: over all records if every input can be read twice, else over the first ones.
//
// An input that can be read only once, such as a pipe, is a tape. The preview reads it and
// keeps its bytes in memory; the run gets these bytes, and then those behind them.

// A Previewer is a Target that needs records before the first one is written.
type Previewer interface {
	Target
	// Preview returns what it needs, nil for nothing.
	Preview() *Preview
}

// A Preview is a run over the records of another one.
type Preview struct {
	_ struct{} // keyed literals only

	Target Target
	// Most is the largest number of records that are previewed, at the start of the
	// records, if an input can be read only once. Always says that the number holds for
	// all inputs.
	Most   int64
	Always bool
	// Done is called at the end. whole says that no record of the run was left out. An error
	// is one of usage.
	Done func(whole bool) error
}

// maxTape is the largest number of bytes of an input that are kept for a preview.
const maxTape = 64 << 20

// preview gives records to the target, if it needs any. Faults of inputs are left to the
// run, which finds them again.
func (e *engine) preview() *report.Fault {
	target, ok := e.Target.(Previewer)
	if !ok {
		return nil
	}
	p := target.Preview()
	if p == nil {
		return nil
	}
	s := &engine{Run: e.previewing(p.Target), ctx: e.ctx, kept: map[string]*file.Reader{}, in: e.in}
	tapes := e.tapes(&s.in)
	if len(tapes) > 0 || p.Always {
		s.limitTo(p.Most)
	}
	s.run()
	if e.ctx.Err() != nil {
		return e.interrupted()
	}
	whole := !s.Limited
	for _, t := range tapes {
		ended, short := t.rewind()
		whole = whole && (ended || !s.Whole && !short) // a fault that ends the preview ends the run, too
	}
	if err := p.Done(whole); err != nil {
		return report.UsageFault(err.Error())
	}
	return nil
}

// previewing returns the run of a preview for a target.
func (e *engine) previewing(target Target) Run {
	r := e.Run
	r.Target, r.Quiet = target, true
	r.Output, r.Rejects, r.Verify = file.Output{Stdout: io.Discard}, file.Output{}, nil
	r.Say = report.Collect(func(*report.Fault) {})
	r.Progress = report.NewProgress(io.Discard, report.ProgressNone, 0)
	r.Hint, r.OpenHint = nil, nil
	return r
}

// limitTo limits the records of a run to n.
func (e *engine) limitTo(n int64) {
	o := Order{}
	if e.Order != nil {
		o = *e.Order
	}
	if o.Limit == 0 || o.Limit > n {
		o.Limit = n
	}
	e.Order = &o
}

// tapes makes tapes of the inputs that can be read only once. in, for the preview, records
// them, and the run replays them. The run reads other files again.
func (e *engine) tapes(in *file.Input) (all []*tape) {
	in.Once, e.in.Once = map[string]io.Reader{}, map[string]io.Reader{}
	for _, named := range e.Inputs {
		if named.Folder != nil || named.Err != nil || in.Once[named.Name] != nil {
			continue
		}
		info := file.Stat(named.Name, e.Stdin)
		switch {
		case info == nil && named.Name != "-":
			continue // opening it gives the reason
		case info != nil && (info.IsDir() || info.Mode().IsRegular() && named.Name != "-"):
			continue
		case info != nil && info.Mode().IsRegular():
			f := e.Stdin.(*os.File)
			if at, err := f.Seek(0, io.SeekCurrent); err == nil {
				in.Once["-"] = io.NewSectionReader(f, at, math.MaxInt64-at)
				continue
			}
		}
		t := &tape{open: func() (io.Reader, error) { return file.OpenNow(e.ctx, named.Name) }}
		if named.Name == "-" {
			e.tellTerminal()
			t.open = func() (io.Reader, error) { return e.Stdin, nil }
		}
		t.changed.L, t.room = &t.mu, maxTape
		in.Once[named.Name], e.in.Once[named.Name] = (*recorder)(t), (*replayer)(t)
		all = append(all, t)
	}
	return all
}

// A tape is an input that is read by a preview and then by a run.
type tape struct {
	open func() (io.Reader, error)

	mu      sync.Mutex
	changed sync.Cond // reading has become false
	src     io.Reader // nil: it is not open yet
	reading bool      // a recorder waits for src
	over    bool      // the preview has ended
	short   bool      // the preview did not get all bytes
	kept    [][]byte  // bytes that the preview has read, and the run has not
	room    int       // bytes that may still be kept
	err     error     // of src
}

// keep keeps p behind the other bytes. It copies no byte twice.
func (t *tape) keep(p []byte) {
	t.room -= len(p)
	for len(p) > 0 {
		last := len(t.kept) - 1
		if last < 0 || len(t.kept[last]) == cap(t.kept[last]) {
			t.kept, last = append(t.kept, make([]byte, 0, max(chunk, len(p)))), last+1
		}
		n := min(len(p), cap(t.kept[last])-len(t.kept[last]))
		t.kept[last] = append(t.kept[last], p[:n]...)
		p = p[n:]
	}
}

// chunk is the size of the pieces of kept bytes.
const chunk = 256 << 10

// A recorder is the tape for the preview. A preview may leave a goroutine that still reads.
type recorder tape

// Read reads from the input.
func (r *recorder) Read(p []byte) (n int, err error) {
	t := (*tape)(r)
	t.mu.Lock()
	defer t.mu.Unlock()
	most := min(len(p), t.room)
	switch {
	case t.over || most == 0:
		t.short = true
		return 0, io.EOF
	case t.err != nil:
		return 0, t.err
	}
	t.reading = true
	t.mu.Unlock()
	n, err = t.read(p[:most])
	t.mu.Lock()
	t.reading, t.err = false, err
	t.keep(p[:n])
	t.changed.Broadcast()
	return n, err
}

// read reads from src. One goroutine does at a time.
func (t *tape) read(p []byte) (n int, err error) {
	if t.src == nil {
		if t.src, err = t.open(); err != nil {
			t.src = nil
			return 0, file.Cause(err)
		}
	}
	return t.src.Read(p)
}

// rewind ends the recording. ended says that all bytes were read, and short that the
// preview did not get bytes that it wanted.
func (t *tape) rewind() (ended, short bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	return !t.short && t.err == io.EOF, t.short
}

// A replayer is the tape for the run.
type replayer tape

// Read reads the bytes that were recorded, and then those behind them.
func (r *replayer) Read(p []byte) (n int, err error) {
	t := (*tape)(r)
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		switch {
		case len(t.kept) > 0:
			n = copy(p, t.kept[0])
			if t.kept[0] = t.kept[0][n:]; len(t.kept[0]) == 0 {
				t.kept[0] = nil
				t.kept = t.kept[1:]
			}
			return n, nil
		case t.err != nil:
			return 0, t.err
		case !t.reading:
			return t.read(p)
		}
		t.changed.Wait()
	}
}
