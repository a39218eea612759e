package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/format"
)

// This file writes documents of which only the lengths of documents and arrays
// are wrong, for --mend-lengths. The stream that meets the damage keeps the
// bytes that it passes over; mend makes a document of them, if one can be made.

// A holder keeps the bytes that are written to it, up to a limit; then all go
// to w.
type holder struct {
	w     io.Writer
	held  []byte
	limit int // bytes
	full  bool
}

// newHolder returns a holder that holds a document.
func (t *stream) newHolder() *holder {
	limit := cmp.Or(t.c.opts.maxDocumentSize, bson.DefaultMaxDocumentSize)
	return &holder{w: t.c.rejectsWriter(), limit: limit, full: !t.c.opts.mendLengths || t.from != format.BSON}
}

func (h *holder) Write(p []byte) (int, error) {
	if !h.full && len(h.held)+len(p) <= h.limit {
		h.held = append(h.held, p...)
		return len(p), nil
	}
	if err := h.release(); err != nil {
		return 0, err
	}
	return h.w.Write(p)
}

// release passes on the bytes that are held, and holds no more.
func (h *holder) release() error {
	h.full = true
	if len(h.held) == 0 {
		return nil
	}
	_, err := h.w.Write(h.held)
	h.held = nil
	return err
}

// mend converts the document that the held bytes are but for lengths, adds to
// f how it was mended, and reports whether it was.
func (t *stream) mend(h *holder, f *fault) bool {
	if len(h.held) == 0 {
		return false
	}
	doc, mended, err := t.c.opts.validate().MendLengths(nil, h.held)
	if err != nil || len(mended) == 0 {
		return false
	}
	out, err := t.append(t.c.pending, streamText, bson.TypeDocument, doc)
	switch {
	case err == nil:
		t.c.pending = out
		t.c.waiting++
	case !errors.Is(err, bson.ErrTooLarge) || t.write(bson.TypeDocument, doc) != nil:
		return false
	}
	m := mended[0]
	f.mended = len(mended)
	f.advice = fmt.Sprintf("mended: length %d instead of %d at offset %d", m.Is, m.Was, f.from+m.Offset)
	if more := len(mended) - 1; more > 0 {
		f.advice += " and " + plural(int64(more), "length") + " more"
	}
	return true
}
