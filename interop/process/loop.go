package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// This file is the rival: an ordinary program that converts a file, or selects
// documents, with the Go driver, document by document.

// loop does a task with the named file and writes the result to out.
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
		err = documents(in, func(doc []byte) error { return canonical(doc, w) })
	case "parse":
		err = parse(in, w)
	case "raw":
		err = documents(in, func(doc []byte) error { return selectRaw(doc, w) })
	case "map":
		err = documents(in, func(doc []byte) error { return selectMap(doc, w) })
	default:
		err = fmt.Errorf("unknown task %q", task)
	}
	if err != nil {
		return err
	}
	return w.Flush()
}

// documents calls do with each document. The next document overwrites its bytes.
func documents(in *bufio.Reader, do func(doc []byte) error) error {
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
		if err := do(buf); err != nil {
			return err
		}
	}
}

func canonical(doc []byte, w *bufio.Writer) error {
	var d bson.D
	if err := bson.Unmarshal(doc, &d); err != nil {
		return err
	}
	text, err := bson.MarshalExtJSON(d, true, false)
	if err != nil {
		return err
	}
	w.Write(text)
	return w.WriteByte('\n')
}

// selectRaw and selectMap write doc if its status is true, as the filter
// isTrue does. selectRaw looks only at this field, and checks no other bytes.
func selectRaw(doc []byte, w *bufio.Writer) error {
	if status, ok := bson.Raw(doc).Lookup("status").BooleanOK(); !ok || !status {
		return nil
	}
	_, err := w.Write(doc)
	return err
}

func selectMap(doc []byte, w *bufio.Writer) error {
	var m bson.M
	if err := bson.Unmarshal(doc, &m); err != nil {
		return err
	}
	if m["status"] != true {
		return nil
	}
	_, err := w.Write(doc)
	return err
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
