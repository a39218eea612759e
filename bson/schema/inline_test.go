package schema

import (
	"testing"

	"github.com/bsonkit/bsonkit/internal/inline"
)

// TestInline: the loop over a batch of hashes has no calls.
func TestInline(t *testing.T) { inline.Check(t, "(*sketch).add") }
