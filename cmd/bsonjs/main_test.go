package main

import (
	"encoding/hex"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/cli"
	"github.com/bsonkit/bsonkit/internal/race"
)

func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){"bsonjs": main, "bsonjs-columns": fakeColumns})
}

// tests are the tests of a process that is not bsonjs itself. They make thousands of short
// runs, whose garbage is mostly buffers: collecting it less often saves a quarter of the
// time.
type tests struct{ *testing.M }

func (m tests) Run() int {
	debug.SetGCPercent(400)
	return m.M.Run()
}

// numbersOfJobs are numbers of workers, of which one works in the goroutine that reads.
var numbersOfJobs = map[bool][]string{false: {"1", "2", "8"}, true: {"1", "3"}}[race.On]

// run runs the command in this process.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return cli.Run(args, stdin, stdout, stderr)
}

// noWait prevents the race detector from waiting for a second at the end of
// each process.
const noWait = "GORACE=atexit_sleep_ms=0"

// TestScript runs the scripts in testdata/script. Beside the commands of
// testscript they have:
//
//	code N PROGRAM ARG...   run it and require the exit code N
//	hex SRC DST             write the bytes that SRC spells: hex digits, blanks
//	                        and comments from # to the end of the line
//	repeat N SRC DST [HEAD TAIL]
//	                        write N copies of SRC, between the words HEAD and
//	                        TAIL if they are given
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Vars = append(env.Vars, noWait)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"code":   scriptCode,
			"hex":    scriptHex,
			"repeat": scriptRepeat,
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "root":
				return os.Geteuid() == 0, nil
			case "full":
				_, err := os.Stat("/dev/full")
				return err == nil, nil
			}
			return false, errors.New("unknown condition")
		},
	})
}

func scriptCode(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if err != nil || neg || len(args) < 2 {
		ts.Fatalf("usage: code N PROGRAM ARG...")
	}
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d\n%s", got, want, ts.ReadFile("stderr"))
	}
}

func scriptHex(ts *testscript.TestScript, neg bool, args []string) {
	var digits strings.Builder
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		line, _, _ = strings.Cut(line, "#")
		digits.WriteString(strings.Join(strings.Fields(line), ""))
	}
	bin, err := hex.DecodeString(digits.String())
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), bin, 0o666))
}

func scriptRepeat(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	text := strings.Repeat(ts.ReadFile(args[1]), n)
	if len(args) > 3 {
		text = args[3] + text + args[4]
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(text), 0o666))
}
