// Package sink finds the io.Writer behind the writers of bytes of the driver. A document
// that is ready can then be written without a copy in the writer of bytes, which is most
// of the memory that writing takes. The driver has no exported way. So this package reads
// unexported fields, after a check of their names and types.
package sink

import (
	"io"
	"reflect"
)

// The fields of a writer of bytes, in driver v1.17 and v2.9: the io.Writer, the bytes that
// are not written yet, the containers around the next value, and the index of the
// innermost one. Index 0 is no container: the next value is a whole document.
const (
	fieldWriter = iota
	fieldBytes
	fieldStack
	fieldIndex
	fieldCount
)

var (
	typeWriter = reflect.TypeFor[io.Writer]()
	typeBytes  = reflect.TypeFor[[]byte]()
	typeIndex  = reflect.TypeFor[int64]()
)

// Fits reports whether Of accepts values of the type of w, which is a new writer of bytes
// to out.
func Fits(w any, out io.Writer) bool {
	t := reflect.TypeOf(w)
	if t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct || t.Elem().NumField() != fieldCount {
		return false
	}
	is := func(i int, name string, typ reflect.Type) bool {
		f := t.Elem().Field(i)
		return f.Name == name && f.Type == typ
	}
	return is(fieldWriter, "w", typeWriter) && is(fieldBytes, "buf", typeBytes) && is(fieldIndex, "frame", typeIndex) &&
		t.Elem().Field(fieldStack).Name == "stack" && Of(w) == out
}

// Of returns the io.Writer behind w if w has no bytes that are to be written before the
// next value, and this value is a whole document. Otherwise it returns nil. It also returns
// nil if w collects bytes and there is no io.Writer.
func Of(w any) io.Writer {
	v := reflect.ValueOf(w).Elem()
	if v.Field(fieldBytes).Len() != 0 || v.Field(fieldIndex).Int() != 0 {
		return nil
	}
	return *reflect.NewAt(typeWriter, v.Field(fieldWriter).Addr().UnsafePointer()).Interface().(*io.Writer)
}
