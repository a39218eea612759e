package extjson

import "github.com/bsonkit/bsonkit/bson/bsoncore"

// An Appender walks documents and appends the text of some of their elements. For a short
// value AppendJSONValue needs more time to begin than to write; AppendElement begins
// nothing. An Appender must not be copied, or used by two goroutines at once.
//
//	a.Reset(doc)
//	for c := a.Cursor(); c.Next(); {
//		text, err = a.AppendElement(text[:0])
//		…
//	}
type Appender struct{ e encoder }

// NewAppender returns an Appender with the options o. The error is a *bson.OptionError.
func (o EncodeOptions) NewAppender() (*Appender, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	a := new(Appender)
	a.e.init(&o)
	return a, nil
}

// Reset begins doc, one whole document, which must not change while it is walked.
func (a *Appender) Reset(doc []byte) {
	a.e.data = doc[:len(doc):len(doc)] // quote reads past the end of strings, but not what lies behind
	a.e.c.Reset(a.e.data, a.e.maxDepth)
}

// Cursor returns the cursor of a, which is always the same. After Reset it is before the
// first element. It must not be reset otherwise.
func (a *Appender) Cursor() *bsoncore.Cursor { return &a.e.c }

// AppendElement appends the value of the current element of the cursor to dst, like
// EncodeOptions.AppendJSONValue does, and returns the longer slice. The next call must be
// Next or Leave of the cursor: behind a container it has no current element. On failure dst
// comes back at its old length, and the walk of the cursor ends. The errors are those of
// AppendJSONValue, with offsets from the start of the document.
func (a *Appender) AppendElement(dst []byte) ([]byte, error) {
	e, all := &a.e, dst
	dst = e.begin(e.bounded(dst))
	e.from, e.all = e.c.Offset(), len(e.c.Data())
	if e.max == 0 {
		dst = e.value(dst)
	} else {
		dst = e.cutElement(dst)
	}
	dst, err := e.end(dst, all)
	if err != nil && !e.c.Failed() {
		e.c.Fail(bsoncore.ErrTooLarge)
	}
	return dst, err
}

// cutElement writes the current value up to MaxLen.
func (e *encoder) cutElement(dst []byte) []byte {
	n, c := len(dst), e.c
	dst = e.alone(dst)
	if e.cut {
		e.c = c
		e.marking = true
		dst = e.alone(e.begin(dst[:n]))
		e.marking = false
	}
	return dst
}
