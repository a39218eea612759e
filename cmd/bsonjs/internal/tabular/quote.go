package tabular

// This file quotes cells as RFC 4180 says.

// What a byte does to the cell that has it.
const (
	plainByte  = iota
	quotedByte // the cell needs quotes
	quoteByte  // the same, and the byte is written twice
)

// A quoter quotes cells.
type quoter [256]byte

// newQuoter returns the quoter of tables with the delimiter.
func newQuoter(delimiter byte) *quoter {
	q := &quoter{'\r': quotedByte, '\n': quotedByte, '"': quoteByte}
	q[delimiter] = quotedByte
	return q
}

// finish quotes dst[from:], the text of a cell, if that is necessary or always is set.
// Some readers trim blanks, so a cell that starts with a blank gets quotes. A cell that may
// start with a byte order mark gets them, because readers skip the mark at the start of a
// file. So does \., which is the end of the data for COPY of PostgreSQL.
func (q *quoter) finish(dst []byte, from int, always bool) []byte {
	text := dst[from:]
	if len(text) == 0 {
		if always {
			dst = append(dst, '"', '"')
		}
		return dst
	}
	first := text[0]
	has := byte(0)
	for _, b := range text {
		has |= q[b]
	}
	if has != 0 || always || first == ' ' || first == 0xEF || first == '\\' && string(text) == `\.` {
		return q.quoted(dst, from)
	}
	return dst
}

// quoted puts dst[from:] in quotes.
func (q *quoter) quoted(dst []byte, from int) []byte {
	more := 2
	for _, b := range dst[from:] {
		if b == '"' {
			more++
		}
	}
	end := len(dst)
	for range more {
		dst = append(dst, '"')
	}
	to := len(dst) - 1
	for i := end - 1; i >= from; i-- { // to is always behind i
		to--
		if dst[to] = dst[i]; dst[i] == '"' {
			to--
			dst[to] = '"'
		}
	}
	dst[from], dst[len(dst)-1] = '"', '"'
	return dst
}

// doubled appends text, in which each quote is written twice, to dst.
func doubled(dst, text []byte) []byte {
	for _, b := range text {
		if dst = append(dst, b); b == '"' {
			dst = append(dst, '"')
		}
	}
	return dst
}
