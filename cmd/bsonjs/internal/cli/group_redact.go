package cli

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/redact"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/stage"
)

// A redactGroup has the flags that redact values. No message has the key.
type redactGroup struct {
	redactions []fieldText // in the order of the command line
	key        secret
}

// A redaction is what the flags come to.
type redaction struct {
	redactGroup
	paths    []string         // set by checkRedact
	redactor *redact.Redactor // nil: nothing is redacted; set by checkRedact
}

func (g *redactGroup) addRedact(fs *pflag.FlagSet) {
	item := func(text string) fieldText { return fieldText{flag: "redact", text: text, read: readPaths} }
	fs.Var(&repeated[fieldText]{&g.redactions, "PATHS", item}, "redact",
		"replace the values at `PATHS`, such as name,address.zip, by others of the same type and length; equal values stay equal; "+
			"lengths and kinds of characters still show; @FILE reads PATHS from a file, one per line")
	fs.Var(&g.key, "redact-key", "make the new values from `KEY`, a long secret; use @FILE, which reads KEY from a file, because other users can see "+
		"a KEY on the command line; without this flag the key is random, and equal values stay equal in this run only")
	onlyMeant(fs, "redact")
}

// checkRedact makes the redactor. maxDepth is that of documents.
func (g *redaction) checkRedact(fs *pflag.FlagSet, o *options) error {
	if len(g.redactions) == 0 {
		if given(fs, "redact-key") {
			return errors.New("--redact-key has no effect without --redact; add --redact PATHS, or leave --redact-key out")
		}
		return nil
	}
	doc, mark := bsoncore.Begin(nil)
	for _, t := range g.redactions {
		paths, err := t.paths()
		if err != nil {
			return err
		}
		for _, path := range paths {
			doc = bsoncore.AppendNull(doc, path)
		}
		g.paths = append(g.paths, paths...)
	}
	compiled, err := query.CompilePaths(bsoncore.End(doc, mark), query.Options{MaxDepth: o.maxDepth})
	if err != nil {
		return fmt.Errorf("--redact: %w", placed(err))
	}
	key, err := g.key.bytes()
	if err != nil {
		return fmt.Errorf("--redact-key: %w", err)
	}
	if key == nil {
		key = make([]byte, 32)
		rand.Read(key) // never fails
		o.notes = append(o.notes, "the key of --redact is random, so equal values stay equal in this run only; add --redact-key @FILE to use a key again")
	}
	if given(fs, "rejects") {
		o.notes = append(o.notes, "the documents in the file of --rejects are not redacted")
	}
	if g.redactor, err = redact.New(compiled, key, o.maxDepth); err != nil {
		return fmt.Errorf("--redact-key: %w", err)
	}
	return nil
}

// redacts reports whether values are redacted.
func (g *redaction) redacts() bool { return g.redactor != nil }

// planRedact makes the run redact values.
func (g *redaction) planRedact(r *run.Run) {
	if g.redacts() {
		r.Shaping = append(r.Shaping, stage.Redact{Redactor: g.redactor})
	}
}

// maxPath is the longest path in a note, in bytes.
const maxPath = 100

// unmet returns the notes about paths without a value. A wrong path would leave a secret.
func (g *redaction) unmet() (notes []string) {
	if !g.redacts() {
		return nil
	}
	for _, i := range g.redactor.Unmet() {
		notes = append(notes, "--redact: no document has a value at "+oneline.Clean(g.paths[i], maxPath))
	}
	return notes
}

// A secret is a flag whose value is in no message.
type secret struct {
	text string
	set  bool
}

// Set sets the secret. It has no errors, which would have the value.
func (s *secret) Set(text string) error {
	s.text, s.set = text, true
	return nil
}

// String returns "": a secret is not shown.
func (s *secret) String() string { return "" }

// Type returns what help calls the secret.
func (s *secret) Type() string { return "KEY" }

// bytes returns the secret, or that of the file in @FILE, without the end of its last
// line; nil if there is none.
func (s *secret) bytes() ([]byte, error) {
	if !s.set {
		return nil, nil
	}
	name, ok := strings.CutPrefix(s.text, "@")
	if !ok {
		if s.text == "" {
			return nil, errors.New("the key is empty; leave the flag out for a random key")
		}
		return []byte(s.text), nil
	}
	key, err := readSmall(name)
	if err != nil {
		return nil, err
	}
	key = bytes.TrimSuffix(bytes.TrimSuffix(key, []byte("\n")), []byte("\r"))
	if len(key) == 0 {
		return nil, fmt.Errorf("%s: the key is empty; write a long random text into the file", report.CleanName(name))
	}
	return key, nil
}
