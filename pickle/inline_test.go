package pickle_test

import (
	"testing"

	"github.com/bsonkit/bsonkit/internal/inline"
)

// mustInline lists the functions that must inline in the loop over opcodes.
var mustInline = []string{
	"(*graph).atom",
	"(*graph).node",
	"(*graph).nodeAt",
	"(*graph).segment",
	"(*graph).tally",
	"(*machine).isNext",
	"(*node).class",
	"(*node).kind",
	"(*slab).at",
	"(*slab).chunk",
	"(*slab).from",
	"(*slab).push",
	"(*slab).set",
	"atom.isInteger",
	"atom.isTextual",
	"ref.isAtom",
	"ref.isNode",
}

// TestInline checks mustInline with the output of the compiler.
func TestInline(t *testing.T) { inline.Check(t, mustInline...) }
