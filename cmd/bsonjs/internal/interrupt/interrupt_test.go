package interrupt

import (
	"errors"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"
)

func TestWatch(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot send itself a signal")
	}
	w := Start()
	defer w.Stop()
	if w.Signal() != 0 {
		t.Errorf("Signal() = %d before one came", w.Signal())
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-w.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("no signal came")
	}
	if got := w.Signal(); got != int(syscall.SIGTERM) {
		t.Errorf("Signal() = %d, want %d", got, syscall.SIGTERM)
	}
}

func TestAwait(t *testing.T) {
	fault := errors.New("fault")
	stop := make(chan struct{})
	for _, ch := range []<-chan struct{}{nil, stop} {
		n, err := Await(ch, func() (int, error) { return 7, fault })
		if n != 7 || err != fault {
			t.Errorf("Await = %d, %v, want 7 and the fault", n, err)
		}
	}
	release := make(chan struct{})
	defer close(release)
	go close(stop)
	n, err := Await(stop, func() (int, error) { <-release; return 7, nil })
	if n != 0 || err != ErrInterrupted {
		t.Errorf("Await = %d, %v after stop, want 0 and ErrInterrupted", n, err)
	}
}
