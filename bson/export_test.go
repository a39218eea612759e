package bson

import (
	"maps"
	"reflect"
	"slices"
)

// KnownTypes returns the types that have plans of their own, the driver's
// left out.
func KnownTypes() []reflect.Type { return slices.Collect(maps.Keys(knownTypes)) }

// PlanOfField returns the identity of the plan that the plan of the struct t
// has for field i, and PlanOf that of the plan of t. c keeps the plans.
func PlanOfField(c *Codecs, t reflect.Type, i int) any {
	return planOf(&c.plans[0], t, c, 0).str.fields[i].plan
}
func PlanOf(c *Codecs, t reflect.Type) any { return planOf(&c.plans[0], t, c, 0) }

// StandIns returns Codecs that handle each type as the type of the same name in
// the package with the given import path. A type that is not recognised there
// is left out. A slice of the driver's E is a document.
func StandIns(path string, types ...reflect.Type) *Codecs {
	c := &Codecs{encoders: map[reflect.Type]encFunc{}, decoders: map[reflect.Type]decFunc{}}
	for _, t := range types {
		c.standIn(path, t.Name(), t)
	}
	return c
}

// StandIn is StandIns for one type that stands for the type with the given name.
func StandIn(path, name string, t reflect.Type) *Codecs {
	c := StandIns(path)
	c.standIn(path, name, t)
	return c
}

func (c *Codecs) standIn(path, name string, t reflect.Type) {
	k, ok := driverType(path, name, t)
	if !ok && t.Kind() == reflect.Slice && isDriverE(path, t.Elem()) {
		k, ok = knownType{enc: encSliceOfE, dec: decSliceOfE}, true
	}
	if ok {
		c.encoders[t], c.decoders[t] = k.enc, k.dec
	}
}

// Handles reports whether c has functions for t.
func (c *Codecs) Handles(t reflect.Type) bool {
	_, writes := c.encoders[t]
	_, reads := c.decoders[t]
	return writes || reads
}
