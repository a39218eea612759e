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
