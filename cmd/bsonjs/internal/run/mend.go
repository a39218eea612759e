package run

import (
	"cmp"
	"fmt"
	"io"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file writes documents that have no fault but wrong lengths of documents
// and arrays. The stream keeps the bytes that it skips after a fault, and mend
// makes a document of them if it can.

// A holder keeps the bytes that are written to it, up to a limit. Past the
// limit all bytes go to w.
type holder struct {
	w     io.Writer
	held  []byte
	limit int // bytes
	full  bool
}

// newHolder returns a holder for the bytes of one document.
func (t *stream) newHolder() *holder {
	h := &holder{w: io.Discard, full: !t.Mend || t.decoder.Mend == nil}
	if t.rejects != nil {
		h.w = t.rejects
	}
	h.limit = cmp.Or(t.Options.BSON.MaxDocumentSize, bson.DefaultMaxDocumentSize)
	return h
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

// release writes the held bytes to w. Later bytes go to w at once.
func (h *holder) release() error {
	h.full = true
	if len(h.held) == 0 {
		return nil
	}
	_, err := h.w.Write(h.held)
	h.held = nil
	return err
}

// mend corrects the lengths in the held bytes and processes the document. It
// reports whether it could, and adds the corrections to f.
func (t *stream) mend(h *holder, f *report.Fault) bool {
	if len(h.held) == 0 {
		return false
	}
	doc, mended, err := t.decoder.Mend(h.held)
	if err != nil || len(mended) == 0 {
		return false
	}
	rec := &record.Record{Type: bson.TypeDocument, Data: doc, Source: h.held, Space: t.space()}
	if t.locates() {
		t.locate(rec, record.Place{Offset: f.From})
	}
	switch what, _ := t.add(rec, f.From); {
	case what == added:
		t.wait(rec)
	case what != long || t.writeLong(rec) != nil:
		return false
	}
	m := mended[0]
	f.Mended, f.Hint = len(mended), ""
	f.Advice = fmt.Sprintf("mended: length %d instead of %d at offset %d", m.Is, m.Was, f.From+m.Offset)
	if more := len(mended) - 1; more > 0 {
		f.Advice += fmt.Sprintf(" and %d more", more)
	}
	return true
}
