package query

import (
	"fmt"
	"strings"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// A path is a sequence of keys. An array has the keys "0", "1", …. The empty path is
// the value itself.
type path []string

// pointerEscapes has the escapes of RFC 6901.
var pointerEscapes = strings.NewReplacer("~1", "/", "~0", "~")

// ParsePath returns the keys of a path, which is dotted, or a JSON Pointer if it starts
// with a slash: a.b and /a/b are the keys a and b. The keys are those of
// bsoncore.Document.Lookup. An empty path is one empty key. A path with more keys than
// o.MaxDepth gives an error that matches bsoncore.ErrDepth, and a wrong escape in a JSON
// Pointer one that matches ErrPath.
func ParsePath(text string, o Options) ([]string, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	return parsePath(text, o.maxDepth())
}

// parsePath returns the keys of text, which is dotted or a JSON Pointer.
func parsePath(text string, most int) (path, error) {
	var keys path
	sep := "."
	if strings.HasPrefix(text, "/") {
		text, sep = text[1:], "/"
		if err := checkPointer(text); err != nil {
			return nil, err
		}
	}
	if strings.Count(text, sep) >= most {
		return nil, bsoncore.ErrDepth
	}
	keys = strings.Split(text, sep)
	if sep == "/" {
		for i, key := range keys {
			keys[i] = pointerEscapes.Replace(key)
		}
	}
	return keys, nil
}

// checkPointer returns an error if a tilde in text is not ~0 or ~1.
func checkPointer(text string) error {
	for i := strings.IndexByte(text, '~'); i >= 0; {
		if i+1 == len(text) || text[i+1] != '0' && text[i+1] != '1' {
			return fmt.Errorf("%w: a tilde in a JSON Pointer is written ~0", ErrPath)
		}
		next := strings.IndexByte(text[i+1:], '~')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return nil
}

// String returns text from which parsePath makes p, dotted if possible.
func (p path) String() string {
	dotted := !strings.HasPrefix(p[0], "/") && !strings.HasPrefix(p[0], "$")
	for _, key := range p {
		dotted = dotted && !strings.Contains(key, ".")
	}
	if dotted {
		return strings.Join(p, ".")
	}
	var pointer []byte
	for _, key := range p {
		pointer = append(pointer, '/')
		pointer = append(pointer, strings.NewReplacer("~", "~0", "/", "~1").Replace(key)...)
	}
	return string(pointer)
}

// isIndex reports whether key consists of digits, so that it may be the key of an
// array.
func isIndex(key string) bool {
	for i := range len(key) {
		if key[i] < '0' || key[i] > '9' {
			return false
		}
	}
	return key != ""
}
