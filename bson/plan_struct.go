package bson

import (
	"encoding/binary"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file has the plan of structs: their fields and keys. plan_struct_code.go
// has the loops that write and read them.
//
//   - tagOf reads the tag of a field, collect lists the fields of a struct and
//     of inlined structs, dominant chooses one of several fields with the same
//     key.
//   - finish adds the parts that depend on the plans of the fields' types,
//     which are finished later.
//   - fieldOf, along and made find a field in a struct.

// A field is one field of a struct, or of a struct inlined in it.
type field struct {
	name     string               // key in the document
	header   []byte               // type byte, the usual one if there is, key, NUL
	words    [2]uint64            // its first 16 bytes
	expected bsoncore.ExpectedKey // name, for the cursor
	index    int                  // in the struct; of an inlined one, in its own struct
	path     []int                // indices from the outer struct on, if inlined; else nil
	offset   uintptr              // in the outer struct, in bytes; 0 if far, so that it is always inside
	far      bool                 // there is a pointer on the way
	goName   string               // name of the field in Go
	plan     *plan
	op       op
	tag
}

// A tag is what follows the key in a struct tag.
type tag struct {
	omitEmpty, omitZero, minSize, truncate, inline bool
}

// A structPlan writes and reads the values of one struct type.
type structPlan struct {
	typ    reflect.Type
	fields []field        // in the order in which they are written
	byKey  map[string]int // index in fields
	rest   []int          // path of the inlined map; nil: none
	key    keyPlan        // of its keys
	elem   *plan          // of its elements
	err    error          // why the struct cannot be written or read
	spare  sync.Pool      // of pointers to structs, for values without address
}

// structure makes the plan of a struct.
func (pl *planner) structure(p *plan) {
	s := &structPlan{typ: p.typ}
	s.plan(pl)
	p.enc, p.dec, p.str = s.encode, s.decode, s
	pl.structs = append(pl.structs, s)
}

// plan fills in s.
func (s *structPlan) plan(pl *planner) {
	all := s.collect(pl, s.typ, field{}, nil)
	slices.SortStableFunc(all, func(a, b field) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		return len(a.path) - len(b.path)
	})
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].name == all[0].name {
			n++
		}
		s.dominant(all[:n], pl.flags)
		all = all[n:]
	}
	slices.SortFunc(s.fields, func(a, b field) int { return slices.Compare(a.place(), b.place()) })
	s.byKey = make(map[string]int, len(s.fields))
	for i, f := range s.fields {
		s.byKey[f.name] = i
	}
}

// place returns where f is declared, for the order of fields.
func (f *field) place() []int {
	if f.path == nil {
		return []int{f.index}
	}
	return f.path
}

// dominant adds the least nested of the given fields, which have the same key.
// If several are least nested, the declaration of the struct is at fault.
func (s *structPlan) dominant(same []field, flags planFlags) {
	if len(same) > 1 && (len(same[0].path) == len(same[1].path) || flags&planRejectShadowed != 0) {
		s.refuse(tagError("struct has the key " + same[0].name + " twice"))
		return
	}
	s.fields = append(s.fields, same[0])
}

func (s *structPlan) refuse(err error) {
	if s.err == nil {
		s.err = err
	}
}

// tagError is a fault in a struct's declaration.
type tagError string

// Error says what is wrong with the declaration.
func (e tagError) Error() string { return string(e) }

// Is makes the error match ErrUnsupported.
func (e tagError) Is(target error) bool { return target == ErrUnsupported }

// collect returns the fields of t, the type of the field outer of s or the type
// that it points to. around are the types in which t is inlined.
func (s *structPlan) collect(pl *planner, t reflect.Type, outer field, around []reflect.Type) []field {
	if slices.Contains(around, t) {
		s.refuse(tagError("struct is inlined in itself"))
		return nil
	}
	around = append(around, t)
	var all []field
	for i := range t.NumField() {
		sf := t.Field(i)
		if sf.PkgPath != "" {
			continue
		}
		name, tag, skip := tagOf(sf, pl.flags&planJSONTags != 0)
		if skip {
			continue
		}
		f := field{name: name, index: i, goName: sf.Name, tag: tag}
		f.path = append(slices.Clone(outer.path), i)
		if f.far = outer.far; !f.far {
			f.offset = outer.offset + sf.Offset
		}
		if tag.inline {
			all = append(all, s.inline(pl, sf.Type, f, around)...)
			continue
		}
		if len(f.path) == 1 {
			f.path = nil
		}
		if strings.IndexByte(name, 0) >= 0 {
			s.refuse(ErrKeyNUL)
		}
		f.plan = pl.plan(sf.Type)
		all = append(all, f)
	}
	return all
}

// finish sets in each field what depends on the plan of its type.
func (s *structPlan) finish() {
	for i := range s.fields {
		f := &s.fields[i]
		f.op = f.plan.op
		if f.far || f.minSize || f.truncate {
			f.op = opCall
		}
		f.header = append(append([]byte{byte(usualType[f.op])}, f.name...), 0)
		b := append(slices.Clone(f.header), make([]byte, 16)...)
		f.expected = bsoncore.ExpectKey(f.name)
		f.words = [2]uint64{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}
	}
}

// inline returns the fields of a struct inlined as f, or notes the map.
func (s *structPlan) inline(pl *planner, t reflect.Type, f field, around []reflect.Type) []field {
	switch {
	case t.Kind() == reflect.Map:
		if s.rest != nil {
			s.refuse(tagError("struct has two inlined maps"))
		}
		if t.Key().Kind() != reflect.String {
			s.refuse(tagError("keys of an inlined map are not strings"))
		}
		s.rest, s.key, s.elem = f.path, keyPlanOf(t.Key()), pl.plan(t.Elem())
		return nil
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct:
		f.far = true
		return s.collect(pl, t.Elem(), f, around)
	case t.Kind() == reflect.Struct:
		return s.collect(pl, t, f, around)
	}
	s.refuse(tagError("inlined field is not a struct, a pointer to one, or a map"))
	return nil
}

// tagOf returns the key and the tag of a field, or that it is skipped. These
// are the rules of the official driver: the key bson, else the whole tag if it
// has no colon; the name first, the field's in lower case if it is empty; every
// part, the first included, can be a flag.
func tagOf(sf reflect.StructField, jsonTags bool) (name string, t tag, skip bool) {
	text, ok := sf.Tag.Lookup("bson")
	if !ok && jsonTags {
		text, ok = sf.Tag.Lookup("json")
	}
	if !ok && !strings.Contains(string(sf.Tag), ":") {
		text = string(sf.Tag)
	}
	if text == "-" {
		return "", t, true
	}
	name = strings.ToLower(sf.Name)
	for i, part := range strings.Split(text, ",") {
		if i == 0 && part != "" {
			name = part
		}
		switch part {
		case "omitempty":
			t.omitEmpty = true
		case "omitzero":
			t.omitZero = t.omitZero || i > 0 // the driver reads it as a name
		case "minsize":
			t.minSize = true
		case "truncate":
			t.truncate = true
		case "inline":
			t.inline = true
		}
	}
	return name, t, false
}

// fieldOf returns the field f of v, or false if a pointer on the way is nil.
func fieldOf(v reflect.Value, f *field) (reflect.Value, bool) {
	if f.path == nil {
		return v.Field(f.index), true
	}
	return along(v, f.path)
}

func along(v reflect.Value, path []int) (reflect.Value, bool) {
	for i, x := range path {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return v, false
			}
			v = v.Elem()
		}
		v = v.Field(x)
	}
	return v, true
}

// made is along, and allocates the targets of nil pointers on the way.
func made(v reflect.Value, path []int) reflect.Value {
	for i, x := range path {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(x)
	}
	return v
}
