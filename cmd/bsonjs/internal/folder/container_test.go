package folder

import (
	"errors"
	"testing"

	"github.com/bsonkit/bsonkit/bson/archive"
)

// TestTreeLimit: files and directories of a container count up to the limit, those that are
// made for the names of files included.
func TestTreeLimit(t *testing.T) {
	tree := newTree(nil)
	if tree.most != archive.DefaultMaxNamespaces {
		t.Errorf("the limit is %d", tree.most)
	}
	tree.most = 6
	for _, tc := range []struct {
		name string
		err  error
	}{
		{"a/b/x.bson", nil}, {"../y.bson", nil}, {"a/b/y.bson", nil}, {"./z.bson", nil}, {"a/v.bson", nil},
		{"a/w.bson", archive.ErrTooMany}, {"b/x.bson", archive.ErrTooMany},
	} {
		if err := tree.add(tc.name, &entry{}); !errors.Is(err, tc.err) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.err)
		}
	}
}
