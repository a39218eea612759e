package extjson

import (
	"bytes"
	"io"

	"github.com/bsonkit/bsonkit/internal/textcut"
)

// This file continues after faults in a stream. There are three kinds:
//
//   - a stray or missing byte between documents (stray), or the start of a
//     comment without an end (passComment);
//   - a document that ends at its bracket or at the line of the next document
//     (damaged);
//   - a document that ends nowhere, which is skipped up to a line (passLine).
//
// Bytes that were searched for the end are then skipped, or not searched again,
// so the time is linear.

// resyncWindow is the number of bytes of a damaged document that are searched
// for its end.
const resyncWindow = 16 << 20

// resyncLines is the largest number of lines that start with a brace and are
// read again because an earlier line was truncated. It keeps the time linear
// for a document that begins again and again.
const resyncLines = 4

var lineBrace = []byte("\n{")

// Resync makes the Decoder go on after a fault in the text, and reports
// whether it can. It continues at the first of these places:
//
//   - at the fault, if the comma before a document is missing;
//   - after the byte at fault, if it is a bracket, a comma or another byte
//     alone between documents, brackets, commas and blanks;
//   - if a comment of the shell does not end within 16 MiB: at the next brace on
//     the line where the comment begins, else at the next line;
//   - after the bracket that closes the damaged document, and after its line if
//     the line ends there too. The damaged byte may be the opening brace;
//   - at a line that starts with a brace. So if each document has its own line,
//     a truncated line costs no other line, unless the next line is truncated
//     too;
//   - if neither comes within 16 MiB: at the start of the line with the fault, if
//     the document began on an earlier line and this line starts with a brace,
//     else at the next line. More faults are then likely to follow.
//
// The first three faults are in no document. After one of them the stream may
// continue inside or outside an array, whatever it was before. Commas and
// brackets are then accepted but not required, until one of them shows which it
// is. A comma of shell text does not show it.
//
// The skipped bytes, from the first byte of the damaged document, are written
// to skipped, in portions and in order; nil drops them. The rest of the stream
// is documents and the bytes between them.
//
// False means that there was no such fault, or that the reader or skipped has
// failed, which Err returns: a *bson.ReadError with the fault that Err returned
// before, or the error of skipped, which ends the Decoder.
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
	fault := d.d.at - d.in.Off // from the first damaged byte
	d.fault, d.err = d.err, nil
	defer func() { d.fault = nil }()
	if d.d.shell && textcut.StartsComment(d.in.Data[d.in.Off:]) {
		d.state = textcut.Any
		return d.passComment(skipped)
	}
	n, ok := d.stray()
	if d.err != nil {
		return false
	}
	if ok {
		d.state = textcut.Any
		if d.in.Off == len(d.in.Data) {
			d.state = d.end // the fault at the end has been reported
		}
		return d.pass(skipped, d.in.Off+n)
	}
	d.skipped++
	if d.state > textcut.After {
		d.state = textcut.Any
	} else {
		d.state = textcut.After
	}
	n, ok = d.damaged(fault)
	if d.err != nil {
		return false
	}
	if ok {
		return d.pass(skipped, d.in.Off+n)
	}
	return d.passLine(skipped, fault)
}

// stray returns the number of bytes at d.in.Off, none or one, that are a fault
// between documents. It reports false if the fault is in a document, or if the
// reader has failed.
func (d *Decoder) stray() (int, bool) {
	if d.in.Off == len(d.in.Data) {
		return 0, true // an array has no end
	}
	c := d.in.Data[d.in.Off]
	if c == '{' && d.state == textcut.Comma {
		return 0, true // there is a document, but no comma before it
	}
	n, alone := d.ahead(textcut.StandsAlone)
	next := d.in.Off + n
	switch c {
	case '}', ']', '[', ',':
	case ':': // a member's
		return 0, false
	case '{': // before another opening bracket it is not a document
		alone = alone && next < len(d.in.Data) && (d.in.Data[next] == '{' || d.in.Data[next] == '[')
	default: // perhaps a number, where an element is allowed
		alone = alone && (textcut.OpensDocument(d.in.Data, next) || d.state != textcut.First && d.state != textcut.Element)
	}
	return 1, alone
}

// damaged returns the length of the damaged document at d.in.Off, in bytes. Its
// fault is the given number of bytes after d.in.Off. It returns false if the
// length is unknown or the reader has failed.
func (d *Decoder) damaged(fault int) (int, bool) {
	f := textcut.NewFrame(d.d.shell)
	open := -1 // bytes before a comment without an end, whose start f does not see
	if d.d.shell && textcut.StartsComment(d.in.Data[d.in.Off+fault:]) {
		open = fault
	}
	n := 0      // bytes that f has seen, or not
	closed := 0 // bytes up to a bracket after which the document may continue
	endless := &d.endless
	if c := d.in.Data[d.in.Off]; c != '{' {
		// The brace is damaged, perhaps with bytes after it.
		f.Reopen()
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
		if len(d.in.Data) == d.in.Off+n && (d.in.Ended() || !d.fill()) {
			break
		}
		text := d.in.Data[d.in.Off+n:]
		if n < open {
			text = text[:open-n]
		}
		line := bytes.IndexByte(text, '\n')
		if line >= 0 {
			text = text[:line+1]
		}
		more, done := f.Scan(text)
		n += more
		if done {
			if d.in.Data[d.in.Off+n-1] != '}' {
				break // a brace is missing
			}
			end, goesOn := d.lineEnd(n)
			if d.err != nil || !goesOn || d.in.Base+int64(d.in.Off+n) < d.braceless {
				return end, true
			}
			// The bracket was perhaps a stray one.
			f.Reopen()
			closed, endless = end, &d.braceless
			continue
		}
		if line >= 0 {
			f.EndString() // of JSON, which ends on its line
		}
		if len(d.in.Data) == d.in.Off+n && (d.in.Ended() || !d.fill()) {
			break
		}
		if line >= 0 && d.in.Data[d.in.Off+n] == '{' {
			return n, n >= fault || bytes.Count(d.in.Data[d.in.Off+n:d.in.Off+fault], lineBrace) < resyncLines
		}
	}
	*endless = d.in.Base + int64(d.in.Off+n)
	return closed, closed > 0
}

// passLine skips up to a line if the end of the damaged document is unknown.
// The fault is the given number of bytes after d.in.Off.
func (d *Decoder) passLine(skipped io.Writer, fault int) bool {
	if n := bytes.LastIndexByte(d.in.Data[d.in.Off:d.in.Off+fault], '\n'); n >= 0 {
		line := d.in.Off + n + 1
		if at := textcut.SkipBlanks(d.in.Data, line); at < len(d.in.Data) && d.in.Data[at] == '{' {
			return d.pass(skipped, line)
		}
	}
	return d.passTo(skipped, d.in.Off+fault, "\n")
}

// passComment skips the start of the comment at d.in.Off, which does not end: up
// to the next line, or up to a brace before it that may begin a document.
func (d *Decoder) passComment(skipped io.Writer) bool {
	ends := "\n{"
	if d.in.Data[d.in.Off+1] == '/' {
		ends = "\n"
	}
	return d.passTo(skipped, d.in.Off, ends)
}

// passTo skips up to the first of the bytes in ends at or after in.Data[from], and
// a line feed there; or everything, if there is none.
func (d *Decoder) passTo(skipped io.Writer, from int, ends string) bool {
	for ; ; from = d.in.Off {
		if n := bytes.IndexAny(d.in.Data[from:], ends); n >= 0 {
			if n += from; d.in.Data[n] == '\n' {
				n++
			}
			return d.pass(skipped, n)
		}
		if !d.pass(skipped, len(d.in.Data)) {
			return false
		}
		if d.in.Ended() {
			if d.state > textcut.After {
				d.state = d.end
			}
			return true
		}
		if !d.fill() && d.err != nil {
			return false
		}
	}
}

// lineEnd returns the offset from d.in.Off past the line feed after the brace that
// is n bytes after d.in.Off, or n if more than blanks follow the brace; and
// whether the next byte can only belong to the document that the brace closes.
func (d *Decoder) lineEnd(n int) (end int, goesOn bool) {
	for at := n; ; at++ {
		if len(d.in.Data) == d.in.Off+at && (d.in.Ended() || !d.fill()) {
			return n, false
		}
		switch d.in.Data[d.in.Off+at] {
		case ' ', '\t', '\r':
		case '\n':
			return at + 1, false
		case '{', '/':
			return n, false
		case ':':
			return n, true
		default:
			next, alone, settled := textcut.StandsAlone(d.in.Data, d.in.Off+at, d.d.shell)
			for !settled && !d.in.Ended() && d.fill() {
				next, alone, settled = textcut.StandsAlone(d.in.Data, d.in.Off+at, d.d.shell)
			}
			value := alone && next < len(d.in.Data) && d.in.Data[next] == '}' && bytes.IndexByte([]byte("}],"), d.in.Data[d.in.Off+at]) < 0
			return n, value || !alone
		}
	}
}

// pass skips the bytes of in.Data from in.Off to end.
func (d *Decoder) pass(skipped io.Writer, end int) bool {
	d.err = d.in.Skip(skipped, end-d.in.Off)
	d.failed = d.err != nil
	return !d.failed
}

// Skipped returns how many documents Resync has skipped. Faults between
// documents do not count.
func (d *Decoder) Skipped() int64 { return d.skipped }
