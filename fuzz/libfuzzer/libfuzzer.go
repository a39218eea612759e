// Package libfuzzer runs the fuzz targets of this module in the process of libFuzzer, for
// fuzz/build.
//
// The tool of OSS-Fuzz compiles a fuzz target against a testing package of its own, which
// lacks methods, and calls the whole target for each input. So the tool gets a small target
// of one file, the wrapper. It takes the parameters from the bytes of libFuzzer and passes
// them to Target.Run. The real target runs in the same process with the testing package of
// Go, as a worker of its fuzzer: its seeds are made once, and all methods of testing.T are
// there.
//
// Wrap writes the wrapper and the seeds of a target.
package libfuzzer

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// files is the directory beside a fuzzer that has files of the module, for seeds.
// fuzz/build makes it.
const files = "files"

// A Target is a fuzz target.
type Target struct {
	name string
	fn   func(*testing.F)
	dir  string // directory of its package, relative to that of the module

	start   sync.Once
	inputs  chan []any
	results chan error
}

// New returns the target NAME, with the directory of its package in the module.
func New(name string, fn func(*testing.F), dir string) *Target {
	return &Target{name: name, fn: fn, dir: dir, inputs: make(chan []any), results: make(chan error)}
}

// Run runs the target once. It panics with the report of the test if the test fails. The
// target gets copies of bytes, because libFuzzer keeps its own.
func (t *Target) Run(values ...any) {
	t.start.Do(t.begin)
	for i, v := range values {
		if b, ok := v.([]byte); ok {
			values[i] = append(make([]byte, 0, len(b)), b...)
		}
	}
	t.inputs <- values
	if err := <-t.results; err != nil {
		panic(err.Error())
	}
}

// begin starts the target and returns when it waits for inputs. Meanwhile the working
// directory is that of the package, because the target may read files for its seeds.
func (t *Target) begin() {
	old, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	if program, err := os.Executable(); err == nil && os.Chdir(filepath.Join(filepath.Dir(program), files, t.dir)) == nil {
		defer func() {
			if err := os.Chdir(old); err != nil {
				panic(err)
			}
		}()
	}
	ready, ended := make(chan bool), make(chan bool)
	restore := setFlags(t.name, true)
	defer restore()
	go func() {
		start(t.name, t.fn, &deps{work: func(run func(corpusEntry) error) {
			close(ready)
			for values := range t.inputs {
				t.results <- run(corpusEntry{Values: values})
			}
		}})
		close(ended)
	}()
	select {
	case <-ready:
	case <-ended:
		panic(fmt.Sprintf("libfuzzer: %s ended before it took an input; run it in its package: go test -run '^%s$' ./%s", t.name, t.name, filepath.ToSlash(t.dir)))
	}
}

// seeds returns the values of the seeds of the target, and their types. It reads the files
// of seeds from the working directory.
func (t *Target) seeds() (all [][]any, types []reflect.Type, err error) {
	defer setFlags(t.name, false)()
	code := start(t.name, t.fn, &deps{coordinate: func(seeds []corpusEntry, of []reflect.Type) {
		for _, s := range seeds {
			all = append(all, s.Values)
		}
		types = of
	}})
	if code != 0 || types == nil {
		err = fmt.Errorf("libfuzzer: %s ended before it had all its seeds; run it in its package: go test -run '^%s$'", t.name, t.name)
	}
	return all, types, err
}

// start runs the fuzzing of the testing package, with deps in place of its fuzzer.
func start(name string, fn func(*testing.F), d *deps) (code int) {
	return testing.MainStart(d, nil, nil, []testing.InternalFuzzTarget{{Name: name, Fn: fn}}, nil).Run()
}

// setFlags sets the flags of the testing package. The result sets them back.
func setFlags(name string, worker bool) (restore func()) {
	testing.Init()
	if !flag.Parsed() { // otherwise the testing package parses the flags of libFuzzer
		if err := flag.CommandLine.Parse(nil); err != nil {
			panic(err)
		}
	}
	old := map[string]string{}
	for flagName, value := range map[string]string{
		"test.run": "^$", "test.fuzz": "^" + name + "$", "test.fuzzworker": fmt.Sprint(worker), "test.fuzzcachedir": os.DevNull,
		"test.testlogfile": "", // go test has one for its cache, which would be closed twice
	} {
		old[flagName] = flag.Lookup(flagName).Value.String()
		setFlag(flagName, value)
	}
	return func() {
		for flagName, value := range old {
			setFlag(flagName, value)
		}
	}
}

func setFlag(name, value string) {
	if err := flag.Set(name, value); err != nil {
		panic(fmt.Sprintf("BUG: libfuzzer: flag %s: %v", name, err))
	}
}

// A corpusEntry is an input of a fuzz target. The testing package has the same type.
type corpusEntry = struct {
	Parent     string
	Path       string
	Data       []byte
	Values     []any
	Generation int
	IsSeed     bool
}

// deps is what the testing package needs of a fuzzer. A worker has work, which gets the
// function that runs an input; a coordinator has coordinate, which gets the seeds.
type deps struct {
	work       func(run func(corpusEntry) error)
	coordinate func(seeds []corpusEntry, types []reflect.Type)
}

func (d *deps) RunFuzzWorker(run func(corpusEntry) error) error {
	d.work(run)
	return nil
}

func (d *deps) CoordinateFuzzing(_ time.Duration, _ int64, _ time.Duration, _ int64, _ int, seeds []corpusEntry, types []reflect.Type, _, _ string) error {
	d.coordinate(seeds, types)
	return nil
}

func (d *deps) MatchString(pattern, s string) (bool, error) { return regexp.MatchString(pattern, s) }

func (d *deps) CheckCorpus(values []any, types []reflect.Type) error {
	if len(values) != len(types) {
		return errors.New("a seed has a wrong number of values")
	}
	for i, v := range values {
		if reflect.TypeOf(v) != types[i] {
			return fmt.Errorf("a seed has %T, want %v", v, types[i])
		}
	}
	return nil
}

// ReadCorpus returns no files: those of testdata/fuzz are tests.
func (d *deps) ReadCorpus(string, []reflect.Type) ([]corpusEntry, error) { return nil, nil }

func (d *deps) InitRuntimeCoverage() (mode string, tearDown func(string, string) (string, error), snapcov func() float64) {
	return "", nil, nil
}

// The methods below are for go test alone.

func (d *deps) ImportPath() string                          { return "" }
func (d *deps) ModulePath() string                          { return "" }
func (d *deps) SetPanicOnExit0(bool)                        {}
func (d *deps) StartCPUProfile(io.Writer) error             { return nil }
func (d *deps) StopCPUProfile()                             {}
func (d *deps) StartTestLog(io.Writer)                      {}
func (d *deps) StopTestLog() error                          { return nil }
func (d *deps) WriteProfileTo(string, io.Writer, int) error { return nil }
func (d *deps) ResetCoverage()                              {}
func (d *deps) SnapshotCoverage()                           {}

// Wrap writes the wrapper of t to file, the only test file of its directory, and the seeds to
// a zip file. The wrapper imports the target from the package pkg. The working directory is
// that in which go test runs the target.
func (t *Target) Wrap(pkg, file, zip string) error {
	seeds, types, err := t.seeds()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "package fuzzed\n\nimport (\n\t\"testing\"\n\n\ttargets %q\n\t%q\n)\n\n", pkg, reflect.TypeFor[Target]().PkgPath())
	fmt.Fprintf(&b, "var target = libfuzzer.New(%q, targets.%s, %q)\n\n", t.name, t.name, t.dir)
	params, args := []string{"_ *testing.T"}, make([]string, len(types))
	for i, typ := range types {
		args[i] = fmt.Sprintf("v%d", i)
		params = append(params, fmt.Sprintf("%s %v", args[i], typ))
	}
	fmt.Fprintf(&b, "func %s(f *testing.F) {\n\tf.Fuzz(func(%s) { target.Run(%s) })\n}\n", t.name, strings.Join(params, ", "), strings.Join(args, ", "))
	return errors.Join(os.WriteFile(file, b.Bytes(), 0o666), writeSeeds(zip, seeds))
}
