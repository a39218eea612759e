package extension

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

// This file finds the program. It is beside bsonjs, or in a directory of PATH. It is never
// looked for in the working directory, where others may have put a file of its name.

// protocol is the version of the arguments, of what passes through the pipes, and of the
// exit codes.
const protocol = 1

// installed is the package of the program, for go install.
const installed = "github.com/bsonkit/bsonkit/bridges/columns/cmd/" + Name

// A Finder finds the program once, when it is needed first. It must not be copied after that.
type Finder struct {
	// Version is that of bsonjs, "(devel)" if it is not known.
	Version string
	// Messages gets the messages of the program, as whole lines.
	Messages io.Writer
	// Flags are flags of the program for all inputs and outputs.
	Flags []string

	once    sync.Once
	program *Program
	err     error
}

// Find returns the program. An error is one of usage: it says how to install the program. ctx
// ends the start of the program, which tells its version.
func (f *Finder) Find(ctx context.Context) (*Program, error) {
	f.once.Do(func() {
		var path string
		if path, f.err = locate(own(), os.Getenv("PATH")); f.err != nil {
			f.err = fmt.Errorf("the program %s, which reads and writes Parquet and Arrow, is not installed; type %s", Name, f.install())
			return
		}
		if f.err = f.greet(ctx, path); f.err == nil {
			f.program = &Program{path, f.Messages, f.Flags}
		}
	})
	return f.program, f.err
}

// install returns the command that installs the program for this bsonjs.
func (f *Finder) install() string {
	version := "latest"
	if isRelease(f.Version) {
		version = f.Version
	}
	return "go install " + installed + "@" + version
}

// own returns the directory of bsonjs, "" if it is not known.
func own() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return ""
	}
	return filepath.Dir(path)
}

// locate returns the path of the program: in beside or in a directory of list, a value of
// PATH. Directories without an absolute path depend on the working directory, so they are
// passed over.
func locate(beside, list string) (string, error) {
	file := Name
	if runtime.GOOS == "windows" {
		file += ".exe"
	}
	for _, dir := range append([]string{beside}, filepath.SplitList(list)...) {
		if !filepath.IsAbs(dir) {
			continue
		}
		if path, err := exec.LookPath(filepath.Join(dir, file)); err == nil {
			return path, nil
		}
	}
	return "", exec.ErrNotFound
}

// patience is the longest time that the program has to tell its version.
const patience = 30 * time.Second

// greet asks the program at path for its protocol and version, and compares them.
func (f *Finder) greet(ctx context.Context, path string) error {
	limited, stop := context.WithTimeout(ctx, patience)
	defer stop()
	var answer head
	p := newProcess(limited, path, []string{"handshake"}, f.Messages)
	p.cmd.Stdout = &answer
	err := p.start()
	if err == nil {
		err = p.wait()
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case limited.Err() != nil:
		return fmt.Errorf("%s does not tell its version within %v; remove it, and type %s", path, patience, f.install())
	case err != nil:
		return fmt.Errorf("%s cannot be run: %w; remove it, and type %s", path, err, f.install())
	}
	return f.compare(path, string(answer))
}

// compare compares the answer of the program at path with this bsonjs.
func (f *Finder) compare(path, answer string) error {
	words := strings.Fields(answer)
	number := 0
	if len(words) == 3 && words[0] == Name {
		number, _ = strconv.Atoi(words[1])
	}
	switch {
	case number < 1:
		return fmt.Errorf("%s is not the extension of bsonjs; remove it, and type %s", path, f.install())
	case number < protocol:
		return fmt.Errorf("%s is older than this bsonjs; type %s", path, f.install())
	case number > protocol:
		return fmt.Errorf("this bsonjs is older than %s; install bsonjs %s, or type %s", path, words[2], f.install())
	case isRelease(f.Version) && isRelease(words[2]) && f.Version != words[2]:
		return fmt.Errorf("%s is version %s, and this bsonjs is %s; type %s", path, words[2], f.Version, f.install())
	}
	return nil
}

// releases are the versions of tags, and untagged those that Go makes of other commits.
var (
	releases = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$`)
	untagged = regexp.MustCompile(`[-.][0-9]{14}-[0-9a-f]{12}$`)
)

// isRelease reports whether version is that of a tag.
func isRelease(version string) bool {
	return releases.MatchString(version) && !untagged.MatchString(version)
}
