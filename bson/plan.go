package bson

import (
	"encoding"
	"reflect"
	"sync"
	"sync/atomic"
)

// This file decides, once for each Go type, how its values are written and
// read.
//
//   - A plan holds the two functions of a type, and the plans of the types
//     inside it. So a plan is the compiled form of a type, and a struct needs
//     no look-up by type.
//   - planCache keeps the plans. Options that change a plan select the plans
//     for it. All other options are checked when a value is written or read.
//     So options of one call never affect another.
//   - planner makes plans. Types inside a type use plans from the cache if it
//     has them. A type that contains itself finds its own unfinished plan in
//     the table of the planner: it keeps the pointer and copies nothing. finish
//     copies after all plans are made.

// An encFunc appends the value of v, without type and key, and returns the
// longer slice and the type. After a fault the type is 0 and e has the error.
type encFunc func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type)

// A decFunc sets v, which can be set, from the cursor's current value. A
// fault is recorded in the cursor.
type decFunc func(d *decoder, v reflect.Value)

// A plan has the functions that write and read the values of one Go type.
type plan struct {
	typ reflect.Type
	id  uintptr // of typ
	op  op      // how the loop over the fields of a struct writes and reads it without a call
	enc encFunc
	dec decFunc
	str *structPlan // of a struct
	// A zero value of our type with the same layout: values of typ are used as
	// values of this type. Nil: there is none. See twinOf.
	like any
	// A value that is a whole document goes through the hook for documents,
	// also where enc and dec are another one. Nil: there is none.
	encDoc encFunc
	decDoc decFunc
	// The method IsZero of the type, or of what it points to, is promoted from
	// an embedded field and about that field alone.
	partZero bool
}

// planFlags are the options that change plans.
type planFlags uint8

const (
	planJSONTags planFlags = 1 << iota
	planRejectShadowed
	planFlagCount // one past the greatest combination
)

// A planCache keeps plans, apart for each combination of flags. Its zero
// value is empty.
type planCache [planFlagCount]plans

// plans are finished plans of types. The plans of types that were used early are in a
// table too, because a look-up in the map takes longer than to write a number.
type plans struct {
	all   sync.Map // of reflect.Type to *plan
	early [1 << earlyBits]atomic.Pointer[plan]
}

// earlyBits is the binary logarithm of the number of places for early plans. Programs
// have some tens of types in values of type any.
const earlyBits = 7

// place returns the place in the table for the plan of the type with the given number.
func (ps *plans) place(id uintptr) *atomic.Pointer[plan] {
	// The high bits of a product depend on all bits of the address.
	return &ps.early[uint64(id)*0x9e3779b97f4a7c15>>(64-earlyBits)]
}

// load returns the plan of t, or nil, and puts it in the table if its place is free. A
// plan in the table is never replaced: two types that alternate would write all the time.
func (ps *plans) load(t reflect.Type) *plan {
	v, ok := ps.all.Load(t)
	if !ok {
		return nil
	}
	p := v.(*plan)
	ps.place(p.id).CompareAndSwap(nil, p)
	return p
}

// sharedPlans are the plans of calls without Codecs, which keep their own.
var sharedPlans planCache

// plansFor returns the plans for the given options.
func plansFor(c *Codecs, flags planFlags) *plans {
	if c != nil {
		return &c.plans[flags]
	}
	return &sharedPlans[flags]
}

// planOf returns the plan of t.
func planOf(cache *plans, t reflect.Type, c *Codecs, flags planFlags) *plan {
	id := typeID(t)
	if p := cache.place(id).Load(); p != nil && p.id == id {
		return p
	}
	return latePlanOf(cache, t, c, flags)
}

// latePlanOf is planOf for a type whose plan is not in the table.
func latePlanOf(cache *plans, t reflect.Type, c *Codecs, flags planFlags) *plan {
	if p := cache.load(t); p != nil {
		return p
	}
	pl := planner{cache: cache, codecs: c, flags: flags, made: map[reflect.Type]*plan{}}
	p := pl.plan(t)
	for _, s := range pl.structs {
		s.finish()
	}
	// If two goroutines have made the plan of a type, the cache keeps the first
	// one; both are equal.
	for t, p := range pl.made {
		cache.all.LoadOrStore(t, p)
	}
	return p
}

// A planner makes the plan of a type and of the types within it.
type planner struct {
	cache   *plans // finished plans
	codecs  *Codecs
	flags   planFlags
	made    map[reflect.Type]*plan // by this planner; unfinished
	structs []*structPlan          // of those made
}

// plan returns the plan of t. The plan may be unfinished if t is a type around
// the type that is being planned.
func (pl *planner) plan(t reflect.Type) *plan {
	if p := pl.made[t]; p != nil {
		return p
	}
	if p := pl.cache.load(t); p != nil {
		return p
	}
	p := &plan{typ: t, id: typeID(t), like: twinOf(t)}
	pl.made[t] = p
	if !known(p) {
		pl.byKind(p)
		pl.textMethods(p)
		pl.hooks(p)
		p.partZero = hasPartZero(p.typ)
	}
	if c := pl.codecs; c != nil {
		if f := c.encoders[t]; f != nil {
			p.enc, p.encDoc, p.op = f, nil, opCall
		}
		if f := c.decoders[t]; f != nil {
			p.dec, p.decDoc, p.op = f, nil, opCall
		}
	}
	return p
}

// known fills in the plan of a type with its own rules: a type of ours, of the
// standard library or of the official driver. It reports whether the type is
// one of these.
func known(p *plan) bool {
	k, ok := knownTypeOf(p.typ)
	p.op, p.enc, p.dec = k.op, k.enc, k.dec
	return ok
}

func knownTypeOf(t reflect.Type) (knownType, bool) {
	k, ok := knownTypes[t]
	if !ok {
		k, ok = driverType(t.PkgPath(), t.Name(), t)
	}
	return k, ok
}

// byKind fills in p by the kind of the type.
func (pl *planner) byKind(p *plan) {
	p.op = kindOps[p.typ.Kind()]
	switch p.typ.Kind() {
	case reflect.Bool:
		p.enc, p.dec = encBool, decBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		p.enc, p.dec = encInt, decInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		p.enc, p.dec = encUint, decUint
	case reflect.Float32, reflect.Float64:
		p.enc, p.dec = encFloat, decFloat
	case reflect.String:
		p.enc, p.dec = encString, decString
	case reflect.Pointer:
		pl.pointer(p)
	case reflect.Interface:
		p.enc, p.dec = encInterface, decInterface
		if p.typ.NumMethod() == 0 {
			p.op = opAny
		}
	case reflect.Map:
		pl.mapping(p)
	case reflect.Slice:
		pl.slice(p)
	case reflect.Array:
		pl.array(p)
	case reflect.Struct:
		pl.structure(p)
	default:
		p.enc, p.dec = encUnsupported, decUnsupported
	}
}

var (
	typeAny              = reflect.TypeFor[any]()
	typeE                = reflect.TypeFor[E]()
	typeD                = reflect.TypeFor[D]()
	typeA                = reflect.TypeFor[A]()
	typeList             = reflect.TypeFor[[]any]()
	typeMap              = reflect.TypeFor[map[string]any]()
	typeBytes            = reflect.TypeFor[[]byte]()
	typeError            = reflect.TypeFor[error]()
	typeString           = reflect.TypeFor[string]()
	typeUUID             = reflect.TypeFor[UUID]()
	typeVector           = reflect.TypeFor[Vector]()
	typeMarshaler        = reflect.TypeFor[Marshaler]()
	typeUnmarshaler      = reflect.TypeFor[Unmarshaler]()
	typeValueMarshaler   = reflect.TypeFor[ValueMarshaler]()
	typeValueUnmarshaler = reflect.TypeFor[ValueUnmarshaler]()
	typeKeyMarshaler     = reflect.TypeFor[KeyMarshaler]()
	typeKeyUnmarshaler   = reflect.TypeFor[KeyUnmarshaler]()
	typeTextMarshaler    = reflect.TypeFor[encoding.TextMarshaler]()
	typeTextUnmarshaler  = reflect.TypeFor[encoding.TextUnmarshaler]()
	typeZeroer           = reflect.TypeFor[Zeroer]()
)
