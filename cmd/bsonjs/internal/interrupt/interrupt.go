// Package interrupt lets a run end in order when the user or the system asks
// it to stop.
package interrupt

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// watched are the signals that ask a run to stop.
var watched = []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}

// ErrInterrupted says that an action was cancelled because the run must stop.
var ErrInterrupted = errors.New("interrupted")

// A Signal is the cause of a context that a signal has ended. It matches
// ErrInterrupted.
type Signal struct{ Number syscall.Signal }

// Error returns the text of ErrInterrupted.
func (s *Signal) Error() string { return ErrInterrupted.Error() }

// Unwrap returns ErrInterrupted.
func (s *Signal) Unwrap() error { return ErrInterrupted }

// Context returns a context that ends with the first signal that asks the run
// to stop; its cause is then a *Signal. A second signal ends the process at
// once. Signals that the process was started to ignore, as by nohup, stay
// ignored. After stop, signals have their usual effect again.
func Context(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	for _, s := range watched {
		if !signal.Ignored(s) {
			signal.Notify(signals, s)
		}
	}
	go func() {
		select {
		case s := <-signals:
			number := syscall.SIGINT
			if n, ok := s.(syscall.Signal); ok {
				number = n
			}
			signal.Stop(signals)
			cancel(&Signal{number})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(context.Canceled)
	}
}

// SurvivePipes keeps the process alive if the reader of standard output or
// standard error is gone: writing fails, as with other pipes, until stop is
// called. It is for runs that must end files.
func SurvivePipes() (stop func()) {
	pipes := make(chan os.Signal, 1) // nobody receives from it
	signal.Notify(pipes, syscall.SIGPIPE)
	return func() { signal.Stop(pipes) }
}
