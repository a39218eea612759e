package hostile

import (
	"errors"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// TestShapes checks the size and the error of every shape. Without this check other
// tests might measure only an early error.
func TestShapes(t *testing.T) {
	const size = 1 << 20 // as in docs/pickle.md
	seen := map[Format]map[string]bool{}
	for f, read := range map[Format]func(data []byte) error{
		BSON: bson.Validate,
		JSON: func(text []byte) error { _, err := extjson.AppendBSON(nil, text); return err },
		Legacy: func(text []byte) error {
			_, err := extjson.DecodeOptions{Legacy: true}.AppendBSON(nil, text)
			return err
		},
		Shell: func(text []byte) error {
			_, err := extjson.DecodeOptions{Shell: true}.AppendBSON(nil, text)
			return err
		},
		Pickle: func(data []byte) error { _, _, err := pickle.AppendBSONValue(nil, data); return err },
		Stream: nil,
		Lines:  nil,
	} {
		seen[f] = map[string]bool{}
		for _, s := range Shapes(f) {
			if seen[f][s.Name] {
				t.Errorf("two shapes have the name %q", s.Name)
			}
			seen[f][s.Name] = true
			data := []byte(s.Make(size))
			if f != Pickle && s.Name != "empty" && (len(data) < size/2 || len(data) > size+size/2) {
				t.Errorf("%s: %d bytes, want about %d", s.Name, len(data), size)
			}
			if read == nil {
				continue
			}
			if err := read(data); !errors.Is(err, s.Err) || (err == nil) != (s.Err == nil) {
				t.Errorf("%s: %v, want %v", s.Name, err, s.Err)
			}
		}
	}
	n := 0
	for _, names := range seen {
		n += len(names)
	}
	if n < 150 {
		t.Errorf("only %d shapes were tested", n)
	}
}
