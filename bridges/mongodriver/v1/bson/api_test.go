package bson_test

import (
	"testing"

	"github.com/bsonkit/bsonkit/bridges/mongodriver/internal/api"
)

// TestNames: this package has exactly the exported names of the driver, with identical
// types and values.
func TestNames(t *testing.T) {
	pkgs, err := api.Load("github.com/bsonkit/bsonkit/bridges/mongodriver/v1/bson", "go.mongodb.org/mongo-driver/bson")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range api.Compare(pkgs[0], pkgs[1]) {
		t.Error(d)
	}
	if n := len(api.Exported(pkgs[1])); n < 80 {
		t.Errorf("the driver has %d names, want 80 or more", n)
	}
}
