package bsoncore

import "github.com/bsonkit/bsonkit/internal/readahead"

// NextSlow is Next without its shortcut.
func (c *Cursor) NextSlow() bool { return c.off < c.end && c.nextSlow() }

// The sizes that stream tests must get around.
const (
	MinBuffer = readahead.MinSize
	MaxBuffer = readahead.MaxAhead
)

// InlineDepth is how deep a Cursor goes without allocating.
const InlineDepth = inlineDepth
