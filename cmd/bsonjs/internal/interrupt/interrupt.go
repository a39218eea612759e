// Package interrupt lets a run end in order when the user or the system asks
// it to stop.
package interrupt

import (
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// watched are the signals that ask a run to stop.
var watched = []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}

// A Watch waits for the first signal that asks the run to stop. A second one
// ends the process at once, as if nobody had watched.
type Watch struct {
	signals chan os.Signal
	pipes   chan os.Signal // nobody receives from it
	done    chan struct{}  // closed when a signal has come
	end     chan struct{}  // closed by Stop
	got     atomic.Int32   // number of the signal, 0 until it has come
}

// Start starts to watch. Signals that the process was started to ignore, as
// nohup does, stay ignored.
func Start() *Watch {
	w := &Watch{
		signals: make(chan os.Signal, 1),
		pipes:   make(chan os.Signal, 1),
		done:    make(chan struct{}),
		end:     make(chan struct{}),
	}
	for _, s := range watched {
		if !signal.Ignored(s) {
			signal.Notify(w.signals, s)
		}
	}
	go w.wait()
	return w
}

func (w *Watch) wait() {
	select {
	case s := <-w.signals:
		number := syscall.SIGINT
		if n, ok := s.(syscall.Signal); ok {
			number = n
		}
		w.got.Store(int32(number))
		signal.Stop(w.signals)
		close(w.done)
	case <-w.end:
	}
}

// SurvivePipes keeps the process alive where nobody reads its standard output
// or standard error any more: writing to them fails, as it does with other
// pipes. It is for runs that have files to end.
func (w *Watch) SurvivePipes() { signal.Notify(w.pipes, syscall.SIGPIPE) }

// Stop ends the watch. Signals then do what they did before Start.
func (w *Watch) Stop() {
	signal.Stop(w.signals)
	signal.Stop(w.pipes)
	close(w.end)
}

// Signal returns the number of the signal that came, or 0. It is one load, so
// that it can be asked for each document.
func (w *Watch) Signal() int { return int(w.got.Load()) }

// Done returns a channel that is closed when a signal has come.
func (w *Watch) Done() <-chan struct{} { return w.done }
