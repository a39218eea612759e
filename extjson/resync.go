package extjson

import (
	"bytes"
	"io"
)

// This file continues after faults in a stream. There are three kinds:
//
//   - a stray or missing byte between documents (stray), or the start of a
//     comment without an end (passComment);
//   - a document that ends at its bracket or at the line of the next document
//     (damaged);
//   - a document that ends nowhere, which is skipped up to a line (passLine).
//
// Bytes that are searched for the end are then either skipped or not searched
// again, so the time is linear.

// resyncWindow is how many bytes of a damaged document are looked at to find
// its end.
const resyncWindow = 16 << 20

// resyncLines is how many lines that start with a brace may be read again, at
// most, because the one before them was cut short: a document that was begun
// again and again is not read again and again.
const resyncLines = 4

var lineBrace = []byte("\n{")

// Resync makes the Decoder go on after a fault in the text, and reports
// whether it can. It continues at the first of these places:
//
//   - at the fault, if the comma before a document is missing;
//   - behind the byte at fault, if that is a bracket, a comma or another byte
//     that stands alone between documents, brackets, commas and blanks;
//   - if a comment of the shell does not end within 16 MiB: at the next brace on
//     the line where the comment begins, else at the next line;
//   - behind the bracket that closes the damaged document, and behind its line
//     if the line ends there too. The damaged byte may be the opening brace;
//   - at a line that starts with a brace. So if each document has its own line,
//     one that is cut short costs no other, unless the next is cut short too;
//   - if neither comes within 16 MiB: at the start of the line with the fault, if
//     the document began on an earlier line and this line starts with a brace,
//     else at the next line. More faults are then likely to follow.
//
// The first three faults are in no document. After one of them the stream may be
// an array or documents without one, whichever it seemed to be before. Commas
// and brackets are then accepted but not required, until one of them shows
// which it is.
//
// The bytes passed over, from the first of the damaged document, are written
// to skipped, in portions and in order; nil drops them. The rest of the
// stream is documents and what stands between them.
//
// False means that there was no such fault, or that the reader or skipped has
// failed, which Err returns: a *bson.ReadError, or the error of skipped, which
// ends the Decoder.
//
//	for {
//		for d.Next() {
//			use(d.Raw())
//		}
//		if d.Err() == nil {
//			break
//		}
//		log.Print(d.Err())
//		if !d.Resync(nil) {
//			break
//		}
//	}
func (d *Decoder) Resync(skipped io.Writer) bool {
	if d.err == nil || d.failed {
		return false
	}
	fault := d.d.at - d.off // from the first byte of what is damaged
	d.err = nil
	if d.d.shell && commentEnd(d.buf[d.off:]) != "" {
		d.state = atAny
		return d.passComment(skipped)
	}
	n, ok := d.stray()
	if d.err != nil {
		return false
	}
	if ok {
		d.state = atAny
		if d.off == len(d.buf) {
			d.state = d.end // what the end lacks has been reported
		}
		return d.pass(skipped, d.off+n)
	}
	d.skipped++
	if d.state > atTop {
		d.state = atAny
	}
	n, ok = d.damaged(fault)
	if d.err != nil {
		return false
	}
	if ok {
		return d.pass(skipped, d.off+n)
	}
	return d.passLine(skipped, fault)
}

// stray returns how many bytes at d.off, none or one, are at fault between
// documents. It reports false if a document is, or the reader has failed.
func (d *Decoder) stray() (int, bool) {
	if d.off == len(d.buf) {
		return 0, true // an array has no end
	}
	c := d.buf[d.off]
	if c == '{' && d.state == atComma {
		return 0, true // there is a document, but no comma before it
	}
	n, alone := d.ahead(standsAlone)
	next := d.off + n
	switch c {
	case '}', ']', '[', ',':
	case ':': // a member's
		return 0, false
	case '{': // in front of another bracket that opens, it is no document
		alone = alone && next < len(d.buf) && (d.buf[next] == '{' || d.buf[next] == '[')
	default: // a number, perhaps, where one can be an element
		alone = alone && (opensDocument(d.buf, next) || d.state != atFirst && d.state != atElement)
	}
	return 1, alone
}

// damaged returns how many bytes at d.off the damaged document there takes,
// whose fault is so many bytes behind that, or false if that cannot be told or
// the reader has failed.
func (d *Decoder) damaged(fault int) (int, bool) {
	f := newFrame(d.d.shell)
	open := -1 // bytes up to a comment without an end, whose start f does not see
	if d.d.shell && commentEnd(d.buf[d.off+fault:]) != "" {
		open = fault
	}
	n := 0      // bytes that f has seen, or not
	closed := 0 // bytes up to a bracket behind which the document may go on
	endless := &d.endless
	if c := d.buf[d.off]; c != '{' {
		// What is damaged is the brace, or that and what follows it.
		f.depth = 1
		endless = &d.braceless
		if c == '[' || c == ']' || c == '}' {
			n = 1
		}
	}
	if d.start < *endless {
		return 0, false
	}
	for n < resyncWindow {
		if n == open {
			n += len("/*")
		}
		if len(d.buf) == d.off+n && (d.eof || !d.fill()) {
			break
		}
		text := d.buf[d.off+n:]
		if n < open {
			text = text[:open-n]
		}
		line := bytes.IndexByte(text, '\n')
		if line >= 0 {
			text = text[:line+1]
		}
		more, done := f.scan(text)
		n += more
		if done {
			if d.buf[d.off+n-1] != '}' {
				break // a brace is missing
			}
			end, goesOn := d.lineEnd(n)
			if d.err != nil || !goesOn || d.base+int64(d.off+n) < d.braceless {
				return end, true
			}
			// That was a bracket too many, perhaps.
			f.depth, closed, endless = 1, end, &d.braceless
			continue
		}
		if line >= 0 && f.shell == notShell {
			f.inString, f.escaped = false, false // a string ends on its line
		}
		if len(d.buf) == d.off+n && (d.eof || !d.fill()) {
			break
		}
		if line >= 0 && d.buf[d.off+n] == '{' {
			return n, n >= fault || bytes.Count(d.buf[d.off+n:d.off+fault], lineBrace) < resyncLines
		}
	}
	*endless = d.base + int64(d.off+n)
	return closed, closed > 0
}

// passLine passes over what is at fault up to a line, without knowing where the
// document ends that has the fault, so many bytes behind d.off.
func (d *Decoder) passLine(skipped io.Writer, fault int) bool {
	if n := bytes.LastIndexByte(d.buf[d.off:d.off+fault], '\n'); n >= 0 {
		line := d.off + n + 1
		if at := skipBlanks(d.buf, line); at < len(d.buf) && d.buf[at] == '{' {
			return d.pass(skipped, line)
		}
	}
	return d.passTo(skipped, d.off+fault, "\n")
}

// passComment passes over the start of the comment at d.off, which does not
// end: up to a line, or the brace before it that may begin a document.
func (d *Decoder) passComment(skipped io.Writer) bool {
	ends := "\n{"
	if d.buf[d.off+1] == '/' {
		ends = "\n"
	}
	return d.passTo(skipped, d.off, ends)
}

// passTo passes over what is before the first of the bytes in ends at or behind
// buf[from], a line feed with it, or over all.
func (d *Decoder) passTo(skipped io.Writer, from int, ends string) bool {
	for ; ; from = d.off {
		if n := bytes.IndexAny(d.buf[from:], ends); n >= 0 {
			if n += from; d.buf[n] == '\n' {
				n++
			}
			return d.pass(skipped, n)
		}
		if !d.pass(skipped, len(d.buf)) {
			return false
		}
		if d.eof {
			if d.state > atTop {
				d.state = d.end
			}
			return true
		}
		if !d.fill() && d.err != nil {
			return false
		}
	}
}

// lineEnd returns the offset from d.off past the line feed that follows the
// brace n bytes behind it, or n if something other than blanks does; and
// whether that can only be more of the document that the brace closes.
func (d *Decoder) lineEnd(n int) (end int, goesOn bool) {
	for at := n; ; at++ {
		if len(d.buf) == d.off+at && (d.eof || !d.fill()) {
			return n, false
		}
		switch d.buf[d.off+at] {
		case ' ', '\t', '\r':
		case '\n':
			return at + 1, false
		case '{', '/':
			return n, false
		case ':':
			return n, true
		default:
			next, alone, settled := standsAlone(d.buf, d.off+at, d.d.shell)
			for !settled && !d.eof && d.fill() {
				next, alone, settled = standsAlone(d.buf, d.off+at, d.d.shell)
			}
			value := alone && next < len(d.buf) && d.buf[next] == '}' && bytes.IndexByte([]byte("}],"), d.buf[d.off+at]) < 0
			return n, value || !alone
		}
	}
}

// pass passes over the bytes of buf from off to end.
func (d *Decoder) pass(skipped io.Writer, end int) bool {
	if skipped != nil && end > d.off {
		n, err := skipped.Write(d.buf[d.off:end])
		if err == nil && n < end-d.off {
			err = io.ErrShortWrite
		}
		if err != nil {
			d.off += min(max(n, 0), end-d.off)
			d.failed = true
			d.err = err
			return false
		}
	}
	d.off = end
	return true
}

// Skipped returns how many documents Resync has skipped. Faults between
// documents do not count.
func (d *Decoder) Skipped() int64 { return d.skipped }
