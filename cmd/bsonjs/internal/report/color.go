package report

// A Palette has the texts around the parts of a message that give them colours.
// The zero Palette has no colours.
type Palette struct {
	place string // place of a fault: file, document and offset
	path  string // in the document
	why   string
	note  string // a message that is not about a fault
	off   string // ends any of them
}

// ANSI returns a Palette for terminals, with colours for dark and light
// backgrounds.
func ANSI() Palette {
	return Palette{place: "\x1b[1m", path: "\x1b[36m", why: "\x1b[31m", note: "\x1b[2m", off: "\x1b[0m"}
}

// paint returns text in the color that start starts.
func (p Palette) paint(start, text string) string {
	if text == "" {
		return ""
	}
	return start + text + p.off
}
