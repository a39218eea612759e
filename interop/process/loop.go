package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// This file is the rival: an ordinary program that converts a file with the Go
// driver, document by document.

// loop converts the named file to out.
func loop(task, name string, out io.Writer) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 1<<20)
	w := bufio.NewWriterSize(out, 1<<20)
	switch task {
	case "canonical":
		err = canonical(in, w)
	case "parse":
		err = parse(in, w)
	default:
		err = fmt.Errorf("unknown task %q", task)
	}
	if err != nil {
		return err
	}
	return w.Flush()
}

func canonical(in *bufio.Reader, w *bufio.Writer) error {
	var buf []byte
	for {
		head, err := in.Peek(4)
		if err == io.EOF && len(head) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		n := int(binary.LittleEndian.Uint32(head))
		if n < 5 || n > 64<<20 {
			return fmt.Errorf("document has a length of %d bytes", n)
		}
		if cap(buf) < n {
			buf = make([]byte, n)
		}
		buf = buf[:n]
		if _, err := io.ReadFull(in, buf); err != nil {
			return err
		}
		var doc bson.D
		if err := bson.Unmarshal(buf, &doc); err != nil {
			return err
		}
		text, err := bson.MarshalExtJSON(doc, true, false)
		if err != nil {
			return err
		}
		w.Write(text)
		w.WriteByte('\n')
	}
}

func parse(in *bufio.Reader, w *bufio.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<30)
	for lines.Scan() {
		var doc bson.D
		if err := bson.UnmarshalExtJSON(lines.Bytes(), true, &doc); err != nil {
			return err
		}
		data, err := bson.Marshal(doc)
		if err != nil {
			return err
		}
		w.Write(data)
	}
	return lines.Err()
}
