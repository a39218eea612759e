// Package inner finds the io.Writer behind the writers of bytes of the driver, and the
// bufio.Reader behind its readers. So a whole document is written and read without a copy
// in the writer or reader. These copies are half of the memory that writing takes, and an
// eighth for reading. The driver has no exported way: this package reads unexported
// fields. A version of the driver with other fields is found when a registry is made.
package inner

import (
	"bufio"
	"io"
	"reflect"
)

// Writers are the writers of bytes of a version of the driver.
type Writers struct {
	typ reflect.Type // pointer to a struct with writerFields; nil: there are none
}

// The fields of a writer, in driver v1.17 and v2.9: the io.Writer, the bytes that are not
// written yet, the containers around the next value, and the index of the innermost one.
// Index 0 is no container: the next value is a whole document.
var writerFields = []field{{"w", reflect.TypeFor[io.Writer]()}, {"buf", reflect.TypeFor[[]byte]()}, {"stack", nil}, {"frame", reflect.TypeFor[int64]()}}

// WritersLike returns the writers of the type of w, which is a new one to out. If its fields
// are others, there are none.
func WritersLike(w any, out io.Writer) Writers {
	ws := Writers{reflect.TypeOf(w)}
	if !isPointerTo(ws.typ, writerFields) || ws.Of(w) != out {
		return Writers{}
	}
	return ws
}

// Of returns the io.Writer behind w if w has no bytes that are to be written before the
// next value, and this value is a whole document. Otherwise it returns nil. It also returns
// nil if w collects bytes and there is no io.Writer.
func (ws Writers) Of(w any) io.Writer {
	if reflect.TypeOf(w) != ws.typ {
		return nil
	}
	v := reflect.ValueOf(w).Elem()
	if v.Field(1).Len() != 0 || v.Field(3).Int() != 0 {
		return nil
	}
	return memoryOf[io.Writer](v.Field(0))
}

// Readers are the readers of bytes of a version of the driver.
type Readers struct {
	typ, src reflect.Type // pointers to structs with readerFields and srcFields; nil: there are none
}

// The fields of a reader, in driver v2.9: where bytes come from, a number without use, and
// then as in a writer. The first has a bufio.Reader and the number of bytes that were read
// from it, of which only differences have a meaning.
var (
	readerFields = []field{{"src", nil}, {"offset", reflect.TypeFor[int64]()}, {"stack", nil}, {"frame", reflect.TypeFor[int64]()}}
	srcFields    = []field{{"br", reflect.TypeFor[*bufio.Reader]()}, {"offset", reflect.TypeFor[int64]()}}
)

// ReadersLike returns the readers of the type of r, which is a new one of doc. If its
// fields are others, there are none.
func ReadersLike(r any, doc string) Readers {
	rs := Readers{typ: reflect.TypeOf(r)}
	if !isPointerTo(rs.typ, readerFields) || rs.typ.Elem().Field(0).Type.Kind() != reflect.Interface {
		return Readers{}
	}
	src := reflect.ValueOf(r).Elem().Field(0).Elem()
	if !src.IsValid() || !isPointerTo(src.Type(), srcFields) {
		return Readers{}
	}
	rs.src = src.Type()
	if b := rs.Of(r); b != nil {
		if got, err := b.Peek(len(doc)); err == nil && string(got) == doc {
			return rs
		}
	}
	return Readers{}
}

// Of returns the bufio.Reader behind r if it is at a whole document. Otherwise it returns
// nil. Bytes that are taken from the result are taken from r.
func (rs Readers) Of(r any) *bufio.Reader {
	if reflect.TypeOf(r) != rs.typ {
		return nil
	}
	v := reflect.ValueOf(r).Elem()
	src := v.Field(0).Elem()
	if v.Field(3).Int() != 0 || !src.IsValid() || src.Type() != rs.src {
		return nil
	}
	return memoryOf[*bufio.Reader](src.Elem().Field(0))
}

// A field is the name and type of a field; nil is any type.
type field struct {
	name string
	typ  reflect.Type
}

// isPointerTo reports whether t is a pointer to a struct with exactly these fields.
func isPointerTo(t reflect.Type, fields []field) bool {
	if t == nil || t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct || t.Elem().NumField() != len(fields) {
		return false
	}
	for i, want := range fields {
		if f := t.Elem().Field(i); f.Name != want.name || want.typ != nil && f.Type != want.typ {
			return false
		}
	}
	return true
}

// memoryOf returns v, an unexported field of the type T. The caller has checked the type.
func memoryOf[T any](v reflect.Value) T {
	return *reflect.NewAt(reflect.TypeFor[T](), v.Addr().UnsafePointer()).Interface().(*T)
}
