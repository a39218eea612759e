package sink

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file writes the indexes of namespaces as commands createIndexes.

// An IndexWriter writes the command of a namespace. The command is a document without the
// field $db, which has the database.
type IndexWriter func(w io.Writer, db string, command bsoncore.Document) error

// WriteIndexes writes a command for each namespace of l that has indexes beside the one
// of _id, which every collection has. unread is called for metadata that cannot be read.
// The error is one of writing.
func WriteIndexes(w io.Writer, l codec.Listing, write IndexWriter, unread func(namespace string, err error)) error {
	for _, s := range l.Spaces {
		n := s.Namespace
		if series, ok := n.Measurements(); ok {
			n = series
		}
		command, err := createIndexes(n.Collection, s.Metadata)
		if err != nil {
			unread(n.String(), err)
		}
		if command == nil {
			continue
		}
		var line bytes.Buffer
		if err := write(&line, n.DB, command); err != nil {
			unread(n.String(), err)
			continue
		}
		if _, err := w.Write(line.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// IndexJSON writes the command as a line of canonical Extended JSON, with $db as drivers
// send it.
func IndexJSON(w io.Writer, db string, command bsoncore.Document) error {
	doc, mark := bsoncore.Begin(nil)
	doc = append(doc, command[4:len(command)-1]...)
	doc = bsoncore.End(bsoncore.AppendString(doc, "$db", db), mark)
	text, err := extjson.EncodeOptions{Mode: extjson.Canonical, EscapeControls: true}.AppendJSON(nil, doc)
	if err == nil {
		_, err = w.Write(append(text, '\n'))
	}
	return err
}

// IndexScript writes the command as a line for mongosh.
func IndexScript(w io.Writer, db string, command bsoncore.Document) error {
	name, err := json.Marshal(db)
	if err != nil {
		return err
	}
	text, err := extjson.EncodeOptions{Mode: extjson.Shell, EscapeControls: true}.AppendJSON(nil, command)
	if err == nil {
		_, err = io.WriteString(w, "db.getSiblingDB("+string(oneline.EscapeJSON(name))+").runCommand("+string(text)+");\n")
	}
	return err
}

// createIndexes returns the command for the indexes of the collection in metadata, nil if
// there are none. Left out are the index of _id, that of a clustered collection, and the
// field ns of old servers, which new ones reject.
func createIndexes(collection, metadata string) (bsoncore.Document, error) {
	if metadata == "" {
		return nil, nil
	}
	doc, err := extjson.AppendBSON(nil, []byte(metadata))
	if err != nil {
		return nil, err
	}
	list, _ := bsoncore.Document(doc).Lookup("indexes").ArrayOK()
	command, mark := bsoncore.Begin(nil)
	command, array := bsoncore.BeginArray(bsoncore.AppendString(command, "createIndexes", collection), "indexes")
	n := 0
	for _, v := range list.All() {
		index, ok := v.DocumentOK()
		if !ok || isImplied(index) {
			continue
		}
		var inner int
		command, inner = bsoncore.BeginDocument(command, strconv.Itoa(n))
		for c := bsoncore.NewCursor(index); c.Next(); {
			if string(c.Key()) != "ns" {
				command = bsoncore.AppendValue(command, string(c.Key()), c.Type(), c.Data())
			}
		}
		command = bsoncore.End(command, inner)
		n++
	}
	if n == 0 {
		return nil, nil
	}
	return bsoncore.End(bsoncore.End(command, array), mark), nil
}

// isImplied reports whether a collection has the index by itself. No other index can have
// the name of that of _id.
func isImplied(index bsoncore.Document) bool {
	clustered, _ := index.Lookup("clustered").BooleanOK()
	name, _ := index.Lookup("name").StringValueOK()
	return clustered || name == "_id_"
}
