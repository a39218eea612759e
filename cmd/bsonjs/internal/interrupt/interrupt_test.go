package interrupt

import (
	"context"
	"errors"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// patience is the time after which a test stops waiting. It is far longer than a
// busy machine needs.
const patience = time.Minute

func TestContext(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot send itself a signal")
	}
	ctx, stop := Context(t.Context())
	defer stop()
	if err := ctx.Err(); err != nil {
		t.Errorf("%v before a signal came", err)
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ctx.Done():
	case <-time.After(patience):
		t.Fatal("no signal came")
	}
	cause := context.Cause(ctx)
	if s, ok := errors.AsType[*Signal](cause); !ok || s.Number != syscall.SIGTERM || !errors.Is(cause, ErrInterrupted) {
		t.Errorf("the cause is %v, want that of signal %d", cause, syscall.SIGTERM)
	}
	if got, want := cause.Error(), "interrupted"; got != want {
		t.Errorf("the text of the cause is %q, want %q", got, want)
	}
}

// A run that ends before a signal comes was not interrupted.
func TestContextStop(t *testing.T) {
	ctx, stop := Context(t.Context())
	stop()
	if cause := context.Cause(ctx); cause == nil || errors.Is(cause, ErrInterrupted) {
		t.Errorf("the cause is %v", cause)
	}
}

func TestAwait(t *testing.T) {
	fault := errors.New("fault")
	ctx, cancel := context.WithCancelCause(context.Background())
	for _, ctx := range []context.Context{context.Background(), ctx} {
		n, err := Await(ctx, func() (int, error) { return 7, fault })
		if n != 7 || err != fault {
			t.Errorf("Await = %d, %v, want 7 and the fault", n, err)
		}
	}
	release := make(chan struct{})
	defer close(release)
	go cancel(fault)
	n, err := Await(ctx, func() (int, error) { <-release; return 7, nil })
	if n != 0 || err != fault {
		t.Errorf("Await = %d, %v when ctx has ended, want 0 and its cause", n, err)
	}
}
