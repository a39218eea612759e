//go:build bsonkit_safe

package bson

import "reflect"

// This file does what access_unsafe.go does by package reflect alone. A field
// is reached as a T by memoryOf, which checks no more than package unsafe does.

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
