//go:build !race

package objectid_test

import (
	"testing"

	"github.com/bsonkit/bsonkit/objectid"
)

func TestNoAllocs(t *testing.T) {
	id, text, dst := id1, []byte(text1), make([]byte, 0, 64)
	for name, f := range map[string]func(){
		"New":                func() { id = objectid.New() },
		"Parse of a string":  func() { id, _ = objectid.Parse(text1) },
		"Parse of bytes":     func() { id, _ = objectid.Parse(text) },
		"UnmarshalText":      func() { _ = id.UnmarshalText(text) },
		"UnmarshalBSONValue": func() { _ = id.UnmarshalBSONValue(7, text[:12]) },
		"Append":             func() { dst = id.Append(dst[:0]) },
		"Compare":            func() { dst = append(dst[:0], byte(id.Compare(id1))) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocs, want 0", name, n)
		}
	}
	if n := testing.AllocsPerRun(100, func() { _ = string(id.Append(dst[:0])) }); n > 1 {
		t.Errorf("text: %v allocs, want at most 1", n)
	}
}
