package bsoncore

// NextSlow is Next without its shortcut.
func (c *Cursor) NextSlow() bool { return c.off < c.end && c.nextSlow() }

// SetLimit makes documents over n bytes too large for b.
func (b *Builder) SetLimit(n int64) { b.limit = n }

// The sizes that stream tests must get around.
const (
	MinBuffer = minBuffer
	MaxBuffer = maxBuffer
)

// InlineDepth is how deep a Cursor goes without allocating.
const InlineDepth = inlineDepth
