package interop

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file has the peers: PyMongo with its C extension, libbson, js-bson, the
// Go driver, and shell-bson-parser, which MongoDB's own tools use to read the
// shell's syntax. trials_test.go compares with them.

// A peer is another implementation.
type peer struct {
	name  string
	call  func(op, arg string) (string, error) // op: parse, or the dialect to write
	modes map[string]dialect                   // the dialects that it writes, by name
}

// A dialect has our options to write and read a peer's text.
type dialect struct {
	out extjson.EncodeOptions
	in  extjson.DecodeOptions
}

// absent ends a test for which interop/setup has to prepare something: it is skipped, or
// fails if CI is set.
func absent(t *testing.T, what string, err error) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing; run interop/setup: %v", what, err)
	}
	t.Skipf("%s is missing; run interop/setup: %v", what, err)
}

// start runs a program of interop/peers, which needs the file needs.
func start(t *testing.T, needs string, args ...string) func(op, arg string) (string, error) {
	t.Helper()
	if _, err := os.Stat(filepath.Join("peers", needs)); err != nil {
		absent(t, "peers/"+needs, err)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = "peers"
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		absent(t, args[0], err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("%s: %v", args[0], err)
		}
	})
	lines := bufio.NewReader(out)
	return func(op, arg string) (string, error) {
		if _, err := fmt.Fprintf(in, "%s %x\n", op, arg); err != nil {
			t.Fatal(err)
		}
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("%s: %v", args[0], err)
		}
		line = strings.TrimSuffix(line, "\n")
		if why, failed := strings.CutPrefix(line, "err "); failed {
			return "", errors.New(why)
		}
		result, err := hex.DecodeString(strings.TrimPrefix(line, "ok "))
		if err != nil {
			t.Fatalf("%s: unexpected answer %q", args[0], line)
		}
		return string(result), nil
	}
}

// dialects returns the dialects canonical and relaxed, and those that more
// names, each written with the options o.
func dialects(o extjson.EncodeOptions, more ...string) map[string]dialect {
	canonical, legacy, shell := o, o, o
	canonical.Mode, legacy.Mode, shell.Mode = extjson.Canonical, extjson.Legacy, extjson.Shell
	all := map[string]dialect{
		"canonical": {out: canonical},
		"relaxed":   {out: o},
		"legacy":    {out: legacy, in: extjson.DecodeOptions{Legacy: true}},
		"shell":     {out: shell, in: extjson.DecodeOptions{Shell: true}},
	}
	for name := range all {
		if name != "canonical" && name != "relaxed" && !slices.Contains(more, name) {
			delete(all, name)
		}
	}
	return all
}

func pymongo(t *testing.T) peer {
	return peer{"PyMongo", start(t, "peer.py", "/usr/bin/python3", "peer.py"), dialects(extjson.EncodeOptions{
		Spacing: extjson.PythonSpacing, Doubles: extjson.PythonDoubles, ASCII: true,
	}, "legacy")}
}

func libbsonPeer(t *testing.T) peer {
	return peer{"libbson", start(t, "peer", "./peer"), dialects(extjson.EncodeOptions{
		Spacing: extjson.LibbsonSpacing,
	}, "legacy")}
}

func jsBSON(t *testing.T) peer {
	return peer{"js-bson", start(t, "node_modules/bson", "node", "peer.mjs"), dialects(extjson.EncodeOptions{})}
}

// shellParser has one dialect, the shell's syntax.
func shellParser(t *testing.T) peer {
	call := start(t, "node_modules/@mongodb-js/shell-bson-parser", "node", "peer.mjs")
	shell := dialects(extjson.EncodeOptions{}, "shell")["shell"]
	return peer{"shell-bson-parser", func(op, arg string) (string, error) {
		if op == "parse" {
			op = "parse-shell"
		}
		return call(op, arg)
	}, map[string]dialect{"shell": shell}}
}

func goDriver(*testing.T) peer {
	return peer{"Go driver", func(op, arg string) (string, error) {
		if op == "parse" {
			doc, err := tryDriver([]byte(arg))
			return string(doc), err
		}
		return tryDriverText([]byte(arg), op == "canonical")
	}, dialects(extjson.EncodeOptions{Doubles: extjson.DriverDoubles, EscapeLines: true})}
}

// jsonPeers write and read JSON; peers are all of them.
var (
	jsonPeers = []func(t *testing.T) peer{pymongo, libbsonPeer, jsBSON, goDriver}
	peers     = append(slices.Clip(jsonPeers), shellParser)
)

// TestPyMongoUUIDs compares UUIDs in legacy text, in each byte order.
func TestPyMongoUUIDs(t *testing.T) {
	p := pymongo(t)
	for op, r := range map[string]bson.UUIDRepresentation{
		"uuid-python": bson.UUIDPythonLegacy, "uuid-java": bson.UUIDJavaLegacy,
		"uuid-csharp": bson.UUIDCSharpLegacy, "uuid-standard": bson.UUIDStandard,
	} {
		for i := range 50 {
			var u [16]byte
			for k := range u {
				u[k] = byte(i*31 + k*17)
			}
			dst, mark := bsoncore.Begin(nil)
			doc := bsoncore.End(bsoncore.AppendBinary(dst, "a", r.Subtype(), u[:]), mark)
			o := p.modes["legacy"].out
			o.UUIDs, o.UUIDRepresentation = extjson.UUIDDigits, r
			ours, err := o.AppendJSON(nil, doc)
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := p.call(op, string(doc))
			if err != nil || string(ours) != theirs {
				t.Fatalf("%s: ours %s, theirs %s, %v", op, ours, theirs, err)
			}
			back, err := extjson.DecodeOptions{Legacy: true, UUIDRepresentation: r}.AppendBSON(nil, []byte(theirs))
			if err != nil || !bytes.Equal(back, doc) {
				t.Fatalf("%s: %s comes back as %x, %v, want %x", op, theirs, back, err, doc)
			}
		}
	}
}

// TestPeersSpecialKeys: all peers write a document with special keys in such a
// way that the text is read as another value or is an error. We write this text
// only with AmbiguousKeys: AsIs.
func TestPeersSpecialKeys(t *testing.T) {
	for _, elements := range [][]element{
		{{"$date", bson.TypeString, "\x05\x00\x00\x001970\x00"}},
		{{"$oid", bson.TypeString, "\x03\x00\x00\x00zz\x00"}},
		{{"$numberLong", bson.TypeString, "\x02\x00\x00\x001\x00"}},
	} {
		doc := documentOf(element{"a", bson.TypeDocument, documentOf(elements...)})
		for _, newPeer := range peers {
			p := newPeer(t)
			for mode := range p.modes {
				tr := p.write(mode, doc)
				if !errors.Is(tr.ourErr, extjson.ErrAmbiguous) || tr.theirErr != nil {
					t.Errorf("want ErrAmbiguous here and a text there: %v", tr)
				}
				if mode == "shell" {
					continue // the text is not JSON
				}
				o := p.modes[mode].out
				o.AmbiguousKeys = extjson.AsIs
				if text := ourText(t, o, []byte(doc)); text != tr.theirs {
					t.Errorf("with AsIs we write another text: %v\n  as is  %q", tr, text)
				}
				if back, err := p.call("parse", tr.theirs); err == nil && back == doc {
					t.Errorf("they read their text as the same document: %v", tr)
				}
			}
		}
	}
}

// TestPeersEscapedKeys: no peer takes a key for a value that AmbiguousKeys: Escape
// has written. All read the key as it is spelled, except that libbson rejects
// {"$type":"00","$$binary":"AA=="}.
func TestPeersEscapedKeys(t *testing.T) {
	text := func(s string) string { return string(bsoncore.AppendString(nil, "", s)[2:]) }
	str := func(key, s string) element { return element{key, bson.TypeString, text(s)} }
	number := element{"$numberLong", bson.TypeString, text("1")}
	rows := [][]element{
		{str("$oid", "56e1fc72e0c917e9c4714161")}, {str("$symbol", "x")}, {str("$numberInt", "1")}, {number}, {str("$numberDouble", "1.5")},
		{str("$numberDecimal", "1.5")}, {str("$uuid", "00112233-4455-6677-8899-aabbccddeeff")}, {str("$code", "x")}, {str("$date", "1970-01-01T00:00:00Z")},
		{{"$date", bson.TypeDocument, documentOf(number)}},
		{{"$undefined", bson.TypeBoolean, "\x01"}},
		{str("$regex", "x")}, {str("$regex", "x"), str("$options", "i")},
		{str("$binary", "AA=="), str("$type", "00")}, {str("$type", "00"), str("$binary", "AA==")},
		{{"$binary", bson.TypeDocument, documentOf(str("base64", "AA=="), str("subType", "00"))}},
		{{"$regularExpression", bson.TypeDocument, documentOf(str("pattern", "x"), str("options", ""))}},
		{str("$code", "x"), {"$scope", bson.TypeDocument, documentOf(str("$oid", "56e1fc72e0c917e9c4714161"))}},
		{{"$dbPointer", bson.TypeDocument, documentOf(str("a", "b"))}},
		{str("$$oid", "56e1fc72e0c917e9c4714161")}, {str("$$", "x"), str("$$$", "y")},
	}
	o := extjson.EncodeOptions{Mode: extjson.Canonical, AmbiguousKeys: extjson.Escape}
	for i, newPeer := range peers {
		t.Run(fmt.Sprint("peer ", i), func(t *testing.T) {
			p := newPeer(t)
			for _, elements := range rows {
				doc := documentOf(element{"a", bson.TypeDocument, documentOf(elements...)})
				ours := ourText(t, o, []byte(doc))
				asSpelled, err := extjson.AppendBSON(nil, []byte(ours))
				if err != nil {
					t.Fatalf("%s: %v", ours, err)
				}
				theirs, err := p.call("parse", ours)
				if err != nil && p.name == "libbson" && elements[0].key == "$type" {
					continue // it expects $binary after $type
				}
				if err != nil || theirs != string(asSpelled) {
					t.Errorf("%s: %s reads %x, %v; want %x", ours, p.name, theirs, err, asSpelled)
				}
			}
		})
	}
}
