package report

import (
	"errors"
	"fmt"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// Diagnose returns the fault in err, an error of a reader or writer of
// documents. The fault has no file and no number; its place counts from the
// start of the bytes that were read. It returns nil if err is not about a
// document, such as an error of reading or writing.
func Diagnose(err error) *Fault {
	var (
		bs *bson.SyntaxError
		bv *bson.ValueError
		js *extjson.SyntaxError
		jv *extjson.ValueError
		ps *pickle.SyntaxError
		pv *pickle.ValueError
		ar *archive.Error
		ts *tabular.SyntaxError
		tv *tabular.ValueError
	)
	var f *Fault
	switch {
	case errors.As(err, &bs):
		f = &Fault{Code: CodeSyntax, Place: &Place{Offset: bs.Offset, Path: bs.Pointer}}
		err = bs.Err
	case errors.As(err, &bv):
		f = &Fault{Code: CodeRejected, Place: &Place{Offset: bv.Offset, Path: bv.Pointer}}
		err = bv.Err
	case errors.As(err, &js):
		f = textFault(CodeSyntax, js)
		err = js.Err
	case errors.As(err, &jv):
		f = textFault(CodeRejected, (*extjson.SyntaxError)(jv))
		err = jv.Err
	case errors.As(err, &ps):
		f = pickleFault(CodeSyntax, ps)
		err = ps.Err
	case errors.As(err, &pv):
		f = pickleFault(CodeRejected, (*pickle.SyntaxError)(pv))
		err = pv.Err
	case errors.As(err, &ar):
		f = &Fault{Code: CodeSyntax, Place: &Place{Offset: ar.Offset}}
		err = ar.Err
	case errors.As(err, &ts):
		f = tableFault(CodeSyntax, ts)
		err = ts.Err
	case errors.As(err, &tv):
		f = tableFault(CodeRejected, (*tabular.SyntaxError)(tv))
		err = tv.Err
	default:
		return nil
	}
	f.Why = oneline.Clean(err.Error(), maxWhy) + f.Why
	return f
}

// Within adds to f, the fault err, that the document starts at an offset of the
// file and that left bytes of the file are left from there on; -1 is unknown.
func (f *Fault) Within(err error, start, left int64) {
	length, ok := errors.AsType[bson.LengthError](err)
	switch {
	case !ok || length.Text() != "":
	case length.Err == bson.ErrTooLarge && left >= 0 && int64(length.Length) > left:
		f.Why = fmt.Sprintf("length %d is longer than the rest of the file, %s", length.Length, Plural(left, "byte"))
	case length.Err == bson.ErrTruncated && start >= 0: // the place of f is the end of the file
		f.Why = fmt.Sprintf("%v: its length, at offset %d, is %d", length.Err, start, length.Length)
	}
}

// textFault returns the fault that e, of package extjson, is. Why is what e
// says beside its cause.
func textFault(code Code, e *extjson.SyntaxError) *Fault {
	f := &Fault{Code: code, Place: &Place{Offset: e.Offset, Line: e.Line, Column: e.Column, Path: e.Pointer}}
	if e.Expected != "" {
		f.Why = ", expected " + oneline.Clean(e.Expected, maxWhy)
	}
	return f
}

// tableFault is textFault for e, of package tabular.
func tableFault(code Code, e *tabular.SyntaxError) *Fault {
	f := &Fault{Code: code, Place: &Place{Offset: e.Offset, Line: e.Line, Column: e.Column, Path: e.Pointer}}
	if e.What != "" {
		f.Why = ": " + oneline.Clean(e.What, maxWhy)
	}
	return f
}

// pickleFault is textFault for e, of package pickle.
func pickleFault(code Code, e *pickle.SyntaxError) *Fault {
	f := &Fault{Code: code, Place: &Place{Offset: e.Offset, Path: e.Pointer}}
	if e.What != "" {
		f.Why += ": " + e.What
	}
	if e.Opcode != "" {
		f.Why += " (opcode " + e.Opcode + ")"
	}
	return f
}
