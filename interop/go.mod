module github.com/bsonkit/bsonkit/interop

go 1.26.0

require (
	github.com/bsonkit/bsonkit v0.0.0
	go.mongodb.org/mongo-driver v1.17.10
	go.mongodb.org/mongo-driver/v2 v2.9.3
)

require (
	github.com/google/go-cmp v0.7.0
	github.com/google/uuid v1.6.0
	github.com/shopspring/decimal v1.6.0
)

replace github.com/bsonkit/bsonkit => ../
