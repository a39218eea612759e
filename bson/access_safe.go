//go:build bsonkit_safe

package bson

import "reflect"

// This file does what access_unsafe.go does by package reflect alone.

type place = reflect.Value

func placeOf(v reflect.Value) place { return v }

func at[T any](p place, f *field) *T {
	v := inside(p, f)
	return reflect.NewAt(reflect.TypeFor[T](), v.Addr().UnsafePointer()).Interface().(*T)
}

func inside(p place, f *field) place {
	v, _ := fieldOf(p, f)
	return v
}

func isNilPointer(p place, f *field) bool { return inside(p, f).IsNil() }

func box[T any](p *T, _ any) any { return *p }
