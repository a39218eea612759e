package bson

import "unicode/utf8"

func Validate(doc []byte) error {
	var c Cursor
	c.Reset(doc, 0)
	validate(&c)
	return c.Err()
}

func validate(c *Cursor) {
	for c.Next() {
		if !utf8.Valid(c.Key()) {
			c.Malformed(c.at, ErrUTF8)
		}
		switch c.Type() {
		case TypeString:
			if !utf8.Valid(c.Text()) {
				c.Malformed(c.at, ErrUTF8)
			}
		case TypeDocument, TypeArray:
			if c.Enter() {
				validate(c)
				c.Leave()
			}
		}
	}
}
