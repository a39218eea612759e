//go:build !bsonkit_safe

package bson

import (
	"reflect"
	"unsafe"
)

// This is the only file that uses package unsafe: it reaches the fields of a
// struct by their offsets, where package reflect would take a third of the
// time that writing a struct takes. access_safe.go is the same without; build
// with the tag bsonkit_safe to use it.

// A place is where a struct lies in memory.
type place = unsafe.Pointer

// placeOf returns the place of v, a struct with an address.
func placeOf(v reflect.Value) place { return v.Addr().UnsafePointer() }

// at returns the address of field f of the struct at p, whose memory is laid
// out as a T, whatever the type of the field is called. Between the struct and
// the field there are no pointers.
func at[T any](p place, f *field) *T { return (*T)(unsafe.Add(p, f.offset)) }

// inside returns the place of field f, a struct.
func inside(p place, f *field) place { return unsafe.Add(p, f.offset) }

// isNilPointer reports whether field f, a pointer, is nil.
func isNilPointer(p place, f *field) bool { return *(*unsafe.Pointer)(unsafe.Add(p, f.offset)) == nil }
