package interrupt

import (
	"os"
	"os/signal"
)

// Answer calls answer, in a goroutine of its own, for each signal that asks how
// far the run is: SIGUSR1, as for dd on Linux, and SIGINFO, which Ctrl-T sends on
// BSD and macOS. Without Answer such a signal may end the process. After stop,
// signals have their usual effect again, and answer is not called.
func Answer(answer func()) (stop func()) {
	if len(questions) == 0 {
		return func() {} // Notify without signals would mean all of them
	}
	asked, quit, gone := make(chan os.Signal, 1), make(chan struct{}), make(chan struct{})
	signal.Notify(asked, questions...)
	go func() {
		defer close(gone)
		for {
			select {
			case <-asked:
				answer()
			case <-quit:
				return
			}
		}
	}()
	return func() {
		signal.Stop(asked)
		close(quit)
		<-gone
	}
}
