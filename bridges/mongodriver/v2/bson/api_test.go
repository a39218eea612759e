package bson_test

import (
	"testing"

	"github.com/bsonkit/bsonkit/bridges/mongodriver/internal/api"
)

// TestNames: this package has exactly the exported names of the driver, with identical
// types and values.
func TestNames(t *testing.T) {
	api.CheckNames(t, "github.com/bsonkit/bsonkit/bridges/mongodriver/v2/bson", "go.mongodb.org/mongo-driver/v2/bson", 120)
}
