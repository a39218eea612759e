//go:build unix

package interrupt

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
	"time"
)

// stopped is the variable of the environment that says what a process of this
// test starts and stops.
const stopped = "BSONJS_TEST_STOPPED"

func TestMain(m *testing.M) {
	switch os.Getenv(stopped) {
	case "context":
		_, stop := Context(context.Background())
		stop()
		syscall.Kill(os.Getpid(), syscall.SIGTERM)
		time.Sleep(patience)
		os.Exit(0)
	case "survival":
		SurvivePipes()
		if _, err := os.Stdout.WriteString("x"); errors.Is(err, syscall.EPIPE) {
			syscall.Kill(os.Getpid(), syscall.SIGTERM)
			time.Sleep(patience)
		}
		os.Exit(0)
	case "pipes":
		SurvivePipes()()
		os.Stdout.WriteString("x")
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// After stop, signals end the process again. Before, a broken pipe does not.
func TestStop(t *testing.T) {
	for _, tc := range []struct {
		what string
		want syscall.Signal
	}{
		{"context", syscall.SIGTERM},
		{"pipes", syscall.SIGPIPE},
		{"survival", syscall.SIGTERM}, // of the process itself, when it knows of the pipe
	} {
		if signal.Ignored(tc.want) {
			t.Skipf("this process was started to ignore %v", tc.want)
		}
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), stopped+"="+tc.what)
		cmd.Stdout = w
		err = cmd.Run()
		w.Close()
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok || exit.Sys().(syscall.WaitStatus).Signal() != tc.want {
			t.Errorf("%s: the process ended with %v, want %v", tc.what, err, tc.want)
		}
	}
}

// Each signal is answered, and stop waits for an answer that is being given.
func TestAnswer(t *testing.T) {
	started, release := make(chan struct{}), make(chan struct{})
	given := 0
	stop := Answer(func() {
		started <- struct{}{}
		<-release
		given++ // without a lock: stop has waited
	})
	for i := range 3 {
		syscall.Kill(os.Getpid(), syscall.SIGUSR1)
		select {
		case <-started:
		case <-time.After(patience):
			t.Fatalf("signal %d is not answered", i+1)
		}
		if i < 2 {
			release <- struct{}{}
		}
	}
	stopped := make(chan struct{})
	go func() {
		stop()
		close(stopped)
	}()
	select {
	case <-stopped:
		t.Error("stop does not wait for the answer")
	case <-time.After(20 * time.Millisecond): // time enough for a stop that does not wait
	}
	close(release)
	<-stopped
	if given != 3 {
		t.Errorf("%d answers, want 3", given)
	}
}
