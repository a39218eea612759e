//go:build !bsonkit_safe

package bson

import (
	"reflect"
	"unsafe"
)

// This is the only file that imports package unsafe. access_safe.go is the same
// without; build with the tag bsonkit_safe to use it.
//
//   - It reaches the fields of a struct by their offsets, where package
//     reflect would take a third of the time that writing a struct takes.
//   - It makes an any of a value that has its place in a slab, where the
//     language would allocate each: two thirds of what a D allocates. The
//     same for strings.

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

// box returns *p as an any that refers to p, where any(*p) would refer to a
// copy. *p must not change any more. like is an any that holds a T.
func box[T any](p *T, like any) any {
	// An any is a pointer to the type and a pointer to the value, for every
	// T that is not itself a pointer.
	(*[2]unsafe.Pointer)(unsafe.Pointer(&like))[1] = unsafe.Pointer(p)
	return like
}

// stringOf returns the bytes of b, which must not change any more, as a string
// without copying them.
func stringOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
