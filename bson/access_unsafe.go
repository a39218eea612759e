//go:build !bsonkit_safe

package bson

import (
	"reflect"
	"unsafe"
)

// This is the only file that imports package unsafe. The build tag bsonkit_safe
// replaces it with access_safe.go.
//
//   - It accesses the fields of a struct by their offsets. Package reflect
//     would take a third of the time of writing a struct.
//   - It makes an any that refers to a value in a slab. The language would
//     allocate each value, which is two thirds of the allocations of a D. The
//     same is done for strings.
//   - It takes values of the official driver, such as its D, for values of ours
//     with the same layout. Copies would take more time than the driver does.

// A place is where a struct, or a part of one, lies in memory.
type place = unsafe.Pointer

// placeOf returns the place of v, which has an address.
func placeOf(v reflect.Value) place { return unsafe.Pointer(v.UnsafeAddr()) }

// at returns the address of field f of the struct at p. The field has the
// memory layout of a T and may have another type. There are no pointers between
// the struct and the field.
func at[T any](p place, f *field) *T { return as[T](inside(p, f)) }

// inside returns the place of field f of the struct at p. If there are pointers between
// the two, it returns p.
func inside(p place, f *field) place { return unsafe.Add(p, f.offset) }

// elementsAt returns the place of the elements of v, a slice, and elementAt that of
// element i of them. Each has size bytes.
func elementsAt(v reflect.Value) place { return v.UnsafePointer() }

func elementAt(p place, i int, size uintptr) place { return unsafe.Add(p, uintptr(i)*size) }

// as returns p as the address of a T, which has the memory layout of the value there.
func as[T any](p place) *T { return (*T)(p) }

// placeIn returns the place of the value in v, whose type is not a pointer or a map. The
// value must not be changed.
func placeIn(v any) place { return (*[2]unsafe.Pointer)(unsafe.Pointer(&v))[1] }

// isNilPointer reports whether field f, a pointer, is nil.
func isNilPointer(p place, f *field) bool { return *(*unsafe.Pointer)(unsafe.Add(p, f.offset)) == nil }

// box returns *p as an any that refers to p; any(*p) would refer to a copy. *p
// must not change any more. like is an any that holds a T, or a value of another
// type with the layout of a T; the result has its type.
func box[T any](p *T, like any) any {
	// An any is a pointer to the type and a pointer to the value, for every
	// T that is not itself a pointer.
	(*[2]unsafe.Pointer)(unsafe.Pointer(&like))[1] = unsafe.Pointer(p)
	return like
}

// typeID returns the address of the description of t, which is a number of its own for
// each type.
func typeID(t reflect.Type) uintptr { return uintptr((*[2]unsafe.Pointer)(unsafe.Pointer(&t))[1]) }

// stringOf returns the bytes of b, which must not change any more, as a string
// without copying them.
func stringOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// retyped returns v as a value of the type of like. The two types have the same
// layout.
func retyped(v, like any) any {
	(*[2]unsafe.Pointer)(unsafe.Pointer(&like))[1] = (*[2]unsafe.Pointer)(unsafe.Pointer(&v))[1]
	return like
}

// sliceOf returns v, a slice whose elements have the layout of a T, as a []T that
// shares its elements.
func sliceOf[T any](v reflect.Value) []T {
	return unsafe.Slice((*T)(v.UnsafePointer()), v.Len())
}
