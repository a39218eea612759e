package api

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
)

// Compare returns a line for each exported name of theirs that ours does not have, or
// has with another type or value, and for each name of ours that theirs does not have.
// Both are results of one call of Load.
func Compare(ours, theirs *types.Package) (differences []string) {
	for _, want := range Exported(theirs) {
		if d := difference(ours.Scope().Lookup(want.Name()), want); d != "" {
			differences = append(differences, want.Name()+": "+d)
		}
	}
	for _, o := range Exported(ours) {
		if theirs.Scope().Lookup(o.Name()) == nil {
			differences = append(differences, o.Name()+": the driver does not have it")
		}
	}
	return differences
}

func difference(got, want types.Object) string {
	if got == nil {
		return "missing; run go generate ./..."
	}
	if kind, wanted := fmt.Sprintf("%T", got), fmt.Sprintf("%T", want); kind != wanted {
		return fmt.Sprintf("is a %s, want a %s", kind, wanted)
	}
	if !types.Identical(types.Unalias(got.Type()), types.Unalias(want.Type())) {
		return fmt.Sprintf("has type %v, want %v", got.Type(), want.Type())
	}
	if c, ok := got.(*types.Const); ok && !constant.Compare(c.Val(), token.EQL, want.(*types.Const).Val()) {
		return fmt.Sprintf("is %v, want %v", c.Val(), want.(*types.Const).Val())
	}
	return ""
}
