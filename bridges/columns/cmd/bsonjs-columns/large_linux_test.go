package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
)

// large is the size of the input in megabytes.
var large = flag.Int("large", 30, "megabytes of BSON in TestLarge")

// peakLimit is the largest memory of a process, in MiB: a row group, a batch of documents,
// and the program. It is the same for any number of documents.
const peakLimit = 400

// TestLarge: gigabytes through pipes, in both directions and all formats, in memory that does
// not grow with them. All documents come back, in order.
func TestLarge(t *testing.T) {
	dir := t.TempDir()
	command := built(t)
	for _, format := range []string{"parquet", "arrow", "arrow-stream"} {
		table := filepath.Join(dir, "table")
		in, documents := io.Pipe()
		go func() { documents.CloseWithError(writeLarge(documents, int64(*large)*1e6)) }()
		write := exec.Command(command, "write", "--to", format, "--output", table, "--overwrite")
		write.Stdin = in
		write.Env = append(os.Environ(), "TMPDIR="+dir)
		peak(t, format+", write", write)

		read := exec.Command(command, "read", table)
		back, err := read.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		same, want := io.Pipe()
		go func() { want.CloseWithError(writeLarge(want, int64(*large)*1e6)) }()
		compared := make(chan error, 1)
		go func() { compared <- compare(back, same) }()
		read.Stderr = os.Stderr
		if err := read.Start(); err != nil {
			t.Fatal(err)
		}
		if err := <-compared; err != nil {
			t.Errorf("%s: %v", format, err)
		}
		if err := read.Wait(); err != nil {
			t.Errorf("%s, read: %v", format, err)
		}
		report(t, format+", read", read)
	}
}

// peak runs a command, which must succeed, and checks its memory.
func peak(t *testing.T, name string, c *exec.Cmd) {
	t.Helper()
	var messages strings.Builder
	c.Stderr = &messages
	if err := c.Run(); err != nil {
		t.Fatalf("%s: %v: %s", name, err, messages.String())
	}
	report(t, name, c)
}

func report(t *testing.T, name string, c *exec.Cmd) {
	t.Helper()
	used := c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss / 1024
	t.Logf("%s: %d MB of BSON, peak memory %d MiB", name, *large, used)
	if used > peakLimit {
		t.Errorf("%s: peak memory %d MiB, want at most %d", name, used, peakLimit)
	}
}

// writeLarge writes documents of about size bytes together. They are hard to compress, so
// that row groups become large.
func writeLarge(to io.Writer, size int64) error {
	w := bufio.NewWriterSize(to, 1<<20)
	state := uint64(1)
	next := func() uint64 {
		state = state*6364136223846793005 + 1442695040888963407
		return state >> 11
	}
	var doc []byte
	for i := int32(0); size > 0; i++ {
		var err error
		doc, err = bson.Append(doc[:0], bson.D{
			{Key: "_id", Value: i}, {Key: "a", Value: int64(next())}, {Key: "b", Value: float64(next())},
			{Key: "text", Value: strconv.FormatUint(next(), 36) + strconv.FormatUint(next(), 36)},
			{Key: "list", Value: bson.A{int64(next()), int64(next())}},
			{Key: "sub", Value: bson.D{{Key: "n", Value: int32(next())}, {Key: "s", Value: fmt.Sprint("word", next()%1000)}}},
		})
		if err != nil {
			return err
		}
		if _, err := w.Write(doc); err != nil {
			return err
		}
		size -= int64(len(doc))
	}
	return w.Flush()
}

// compare returns an error if two streams differ.
func compare(a, b io.Reader) error {
	left, right := make([]byte, 1<<20), make([]byte, 1<<20)
	for at := int64(0); ; {
		n, errA := io.ReadFull(a, left)
		m, errB := io.ReadFull(b, right)
		if n != m || string(left[:n]) != string(right[:m]) {
			return fmt.Errorf("the documents differ within %d bytes of offset %d", max(n, m), at)
		}
		if at += int64(n); errA != nil || errB != nil {
			if errors.Is(errA, io.EOF) || errors.Is(errA, io.ErrUnexpectedEOF) {
				return nil
			}
			return errA
		}
	}
}
