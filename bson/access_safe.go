//go:build bsonkit_safe

package bson

import "reflect"

// This file replaces access_unsafe.go with code that imports package reflect
// only. memoryOf returns a field as a T, without more checks than package
// unsafe makes.

type place = reflect.Value

func placeOf(v reflect.Value) place { return v }

func at[T any](p place, f *field) *T {
	return memoryOf[T](inside(p, f))
}

func inside(p place, f *field) place {
	v, _ := fieldOf(p, f)
	return v
}

func isNilPointer(p place, f *field) bool { return inside(p, f).IsNil() }

func box[T any](p *T, _ any) any { return *p }

func stringOf(b []byte) string { return string(b) }
