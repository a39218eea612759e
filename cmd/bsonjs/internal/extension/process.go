package extension

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"time"
)

// This file runs the program.
//
//   - A goroutine waits for the process from its start, so that it never stays a zombie and
//     its end ends a write that waits.
//   - The end of the context kills it. It is in a process group of its own, so that Ctrl-C
//     reaches bsonjs alone, which decides.
//   - Only wait knows how it ended.

// A Failure says that the program ended before its work was done.
type Failure struct{ state *os.ProcessState }

// Error says how the program ended.
func (f *Failure) Error() string {
	switch code := f.state.ExitCode(); code {
	case 0:
		return Name + " ended before it had read all documents"
	case -1:
		return Name + " was stopped (" + f.state.String() + ")"
	default:
		return fmt.Sprintf("%s ended with exit code %d", Name, code)
	}
}

// Code returns the exit code of the program, 0 if it ended too early without one, and -1 if a
// signal ended it.
func (f *Failure) Code() int { return f.state.ExitCode() }

// A process is a run of the program.
type process struct {
	ctx    context.Context
	cmd    *exec.Cmd
	lines  *lines
	theirs *os.File // the end of a pipe for the program alone; nil: there is none
	input  *source  // nil: there is none
	done   chan struct{}
	err    error // after done
}

// lag is the time that pipes may stay open after the end of the program, because of another
// program that it has started, or because nothing arrives to be written to it.
const lag = time.Second

// newProcess returns a process that is not started. messages gets what it writes to standard
// error.
func newProcess(ctx context.Context, path string, args []string, messages io.Writer) *process {
	p := &process{ctx: ctx, lines: &lines{to: messages}, done: make(chan struct{})}
	p.cmd = exec.CommandContext(ctx, path, args...)
	p.cmd.Stderr = p.lines
	p.cmd.SysProcAttr = apart()
	p.cmd.WaitDelay = lag
	return p
}

// start starts p.
func (p *process) start() error {
	err := p.cmd.Start()
	if p.theirs != nil {
		p.theirs.Close()
	}
	if err != nil {
		return err
	}
	go func() {
		defer close(p.done)
		err := p.cmd.Wait()
		p.lines.end()
		p.err = p.result(err)
	}()
	return nil
}

// wait waits for the end of p and returns the reason why its work is not done: the cause of
// the context, the error of what was to be read or written, or a *Failure.
func (p *process) wait() error {
	<-p.done
	return p.err
}

// result returns the result of wait. err is that of the process.
func (p *process) result(err error) error {
	state := p.cmd.ProcessState
	switch {
	case p.ctx.Err() != nil:
		return context.Cause(p.ctx)
	case p.input != nil && p.input.failed() != nil:
		return p.input.failed()
	case hasClosedPipe(state):
		return syscall.EPIPE
	case !state.Success():
		return &Failure{state}
	case errors.Is(err, exec.ErrWaitDelay):
		return nil
	}
	return err
}

// closedPipe is the exit code of bsonjs if nobody reads its output.
const closedPipe = 128 + int(syscall.SIGPIPE)

// hasClosedPipe reports whether a process ended because nobody reads its output.
func hasClosedPipe(state *os.ProcessState) bool {
	status, ok := state.Sys().(interface{ Signal() syscall.Signal })
	return ok && status.Signal() == syscall.SIGPIPE || state.ExitCode() == closedPipe
}

// kill ends p at once.
func (p *process) kill() {
	p.cmd.Process.Kill()
	<-p.done
}

// A Writer is the program while it writes an output. Finish without an error or Abandon ends
// it.
type Writer struct {
	*process
	in io.WriteCloser
}

// Write passes BSON to the program. An error is the reason why the program has ended.
func (w *Writer) Write(b []byte) (int, error) {
	n, err := w.in.Write(b)
	if err == nil {
		return n, nil
	}
	if err := w.wait(); err != nil {
		return n, err
	}
	return n, &Failure{w.cmd.ProcessState}
}

// Finish says that there are no more documents, and waits until the output is complete. An
// error is the reason why it is not.
func (w *Writer) Finish() error {
	w.in.Close()
	return w.wait()
}

// Abandon ends the program without a complete output.
func (w *Writer) Abandon() { w.kill() }

// A Reader is the program while it reads an input.
type Reader struct {
	*process
	out *os.File
}

// Read returns the documents as BSON. An error is the reason why not all of them can be read.
func (r *Reader) Read(b []byte) (int, error) {
	n, err := r.out.Read(b)
	if n > 0 || err == nil {
		return n, nil
	}
	if err := r.wait(); err != nil {
		return 0, err
	}
	return 0, err
}

// Close ends the program, whether or not all documents were read.
func (r *Reader) Close() error {
	r.kill()
	return r.out.Close()
}

// pipe makes the standard output of p a pipe, and returns the end of it that is read. Unlike
// that of the standard library it stays open when p has ended.
func (p *process) pipe() (*os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p.cmd.Stdout, p.theirs = w, w
	return r, nil
}

// feed makes r the standard input of p.
func (p *process) feed(r io.Reader) {
	p.input = &source{r: r}
	p.cmd.Stdin = p.input
}

// A source is a reader that keeps its error, so that the program's complaint about missing
// bytes does not hide the reason.
type source struct {
	r   io.Reader
	err atomic.Pointer[error]
}

func (s *source) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if err != nil && err != io.EOF {
		s.err.Store(&err)
	}
	return n, err
}

// failed returns the error of s, nil if there is none.
func (s *source) failed() error {
	if err := s.err.Load(); err != nil {
		return *err
	}
	return nil
}

// maxLine is the most bytes of a line that wait for its end.
const maxLine = 64 << 10

// lines passes on whole lines, each in one call, so that two programs can write messages to
// one place.
type lines struct {
	to   io.Writer
	line []byte // the start of a line
}

func (l *lines) Write(b []byte) (int, error) {
	l.line = append(l.line, b...)
	if n := bytes.LastIndexByte(l.line, '\n') + 1; n > 0 {
		l.to.Write(l.line[:n])
		l.line = append(l.line[:0], l.line[n:]...)
	}
	if len(l.line) > maxLine {
		l.end()
	}
	return len(b), nil
}

// end passes on a line without an end, and ends it.
func (l *lines) end() {
	if len(l.line) > 0 {
		l.to.Write(append(l.line, '\n'))
		l.line = nil
	}
}

// A head keeps the first maxLine bytes.
type head []byte

func (h *head) Write(b []byte) (int, error) {
	*h = append(*h, b[:min(len(b), maxLine-len(*h))]...)
	return len(b), nil
}
