//go:build bsonkit_safe

package bson

import "reflect"

// This file replaces access_unsafe.go with code that imports package reflect
// only. memoryOf returns a value as a T, without more checks than package
// unsafe makes.

type place = reflect.Value

func placeOf(v reflect.Value) place { return v }

func as[T any](p place) *T { return memoryOf[T](p) }

func at[T any](p place, f *field) *T { return as[T](inside(p, f)) }

func elementsAt(v reflect.Value) place { return v }

func elementAt(p place, i int, _ uintptr) place { return p.Index(i) }

func inside(p place, f *field) place {
	v, _ := fieldOf(p, f)
	return v
}

func placeIn(v any) place {
	x := reflect.New(reflect.TypeOf(v)).Elem()
	x.Set(reflect.ValueOf(v))
	return x
}

func isNilPointer(p place, f *field) bool { return inside(p, f).IsNil() }

func box[T any](p *T, like any) any {
	return reflect.NewAt(reflect.TypeOf(like), reflect.ValueOf(p).UnsafePointer()).Elem().Interface()
}

func typeID(t reflect.Type) uintptr { return reflect.ValueOf(t).Pointer() }

func stringOf(b []byte) string { return string(b) }

func retyped(v, like any) any {
	x := reflect.New(reflect.TypeOf(v))
	x.Elem().Set(reflect.ValueOf(v))
	return reflect.NewAt(reflect.TypeOf(like), x.UnsafePointer()).Elem().Interface()
}

func sliceOf[T any](v reflect.Value) []T {
	return reflect.SliceAt(reflect.TypeFor[T](), v.UnsafePointer(), v.Len()).Interface().([]T)
}
