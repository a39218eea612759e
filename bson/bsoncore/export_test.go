package bsoncore

import "github.com/bsonkit/bsonkit/internal/readahead"

// NextSlow is Next without its shortcut.
func (c *Cursor) NextSlow() bool { return c.off < c.end && c.nextSlow() }

// NextOffset returns the byte offset of the element that Next reads.
func (c *Cursor) NextOffset() int { return c.off }

// Sizes of buffers, around which stream tests place documents.
const (
	MinBuffer = readahead.MinSize
	MaxBuffer = readahead.MaxAhead
)

// InlineDepth is the depth to which a Cursor does not allocate.
const InlineDepth = inlineDepth
