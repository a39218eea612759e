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
		time.Sleep(10 * time.Second)
		os.Exit(0)
	case "pipes":
		SurvivePipes()()
		os.Stdout.WriteString("x")
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// After stop, signals end the process again.
func TestStop(t *testing.T) {
	for _, tc := range []struct {
		what string
		want syscall.Signal
	}{
		{"context", syscall.SIGTERM},
		{"pipes", syscall.SIGPIPE},
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
