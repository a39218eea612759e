package extjson

import (
	"bytes"
	"io"
)

// This file goes on after faults in a stream.

// Resync makes the Decoder go on after a fault in the text, and reports
// whether it can. It goes on at the start of the line that has the fault if
// the document began on a line before it, else at the line after it. So of
// texts that stand on a line each, one that is cut short takes no other with
// it; of one that spans lines, what follows the fault is likely to be faults
// as well.
//
// The bytes passed over, from the first of the damaged document, are written
// to skipped, in portions and in order; nil drops them. The rest of the
// stream is documents and what stands between them. However long the line, no
// more of it is kept than has been read already.
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
	fault := d.d.at
	d.err = nil
	d.skipped++
	if d.state > atTop {
		d.state = atAny
	}
	if n := bytes.LastIndexByte(d.buf[d.off:fault], '\n'); n >= 0 {
		return d.pass(skipped, d.off+n+1)
	}
	for from := fault; ; from = d.off {
		if n := bytes.IndexByte(d.buf[from:], '\n'); n >= 0 {
			return d.pass(skipped, from+n+1)
		}
		if !d.pass(skipped, len(d.buf)) {
			return false
		}
		if d.eof {
			if d.state > atTop {
				d.state = d.end // the fault has been reported
			}
			return true
		}
		if !d.fill() && d.err != nil {
			return false
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

// Skipped returns how many times Resync has passed over a fault.
func (d *Decoder) Skipped() int64 { return d.skipped }
