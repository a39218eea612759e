package api

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"testing"
)

// CheckNames fails t unless package ours has exactly the exported names of theirs, at least
// least of them, with identical types and values. ours and theirs are import paths.
func CheckNames(t testing.TB, ours, theirs string, least int) {
	t.Helper()
	pkgs, err := Load(ours, theirs)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range compare(pkgs[0], pkgs[1]) {
		t.Error(d)
	}
	if n := len(Exported(pkgs[1])); n < least {
		t.Errorf("the driver has %d names, want %d or more", n, least)
	}
}

// compare returns a line for each exported name of theirs that ours does not have, or
// has with another type or value, and for each name of ours that theirs does not have.
// Both are results of one call of Load.
func compare(ours, theirs *types.Package) (differences []string) {
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
