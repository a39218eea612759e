package bsoncore

// NextSlow is Next without its shortcut.
func (c *Cursor) NextSlow() bool { return c.off < c.end && c.nextSlow() }

// The sizes that stream tests must get around.
const (
	MinBuffer = minBuffer
	MaxBuffer = maxBuffer
)

// InlineDepth is how deep a Cursor goes without allocating.
const InlineDepth = inlineDepth
