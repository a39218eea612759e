package mongodriver_test

//lint:file-ignore SA1019 v1 is deprecated, and this file tests v1

import (
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"
)

// An Order is a document of the usual size, 1 KB, with the driver's types.
type Order struct {
	ID       primitive.ObjectID `bson:"_id"`
	Number   int64
	Customer string
	Total    primitive.Decimal128
	Created  time.Time
	Paid     primitive.DateTime
	Open     bool
	Items    []Item
	Labels   map[string]string
	Extra    any
}

// An Item is a line of an Order.
type Item struct {
	SKU   string `bson:"sku"`
	Name  string
	Count int32
	Price float64
	Tags  []string `bson:",omitempty"`
}

func newOrder() *Order {
	o := &Order{
		ID: primitive.ObjectID{0x56, 0xe1, 0xfc, 0x72, 1, 2, 3, 4, 5, 6, 7, 8}, Number: 1 << 40, Customer: "Ann Example",
		Total: primitive.NewDecimal128(0x3040000000000000, 1999), Created: time.UnixMilli(1700000000123).UTC(), Paid: 1700000000456, Open: true,
		Labels: map[string]string{"source": "web"},
		Extra:  primitive.D{{Key: "note", Value: "none"}, {Key: "codes", Value: primitive.A{int32(1), int32(2)}}},
	}
	for i := range 10 {
		o.Items = append(o.Items, Item{SKU: "sku-00017", Name: "a thing that is sold", Count: int32(i), Price: 9.99, Tags: []string{"new", "blue"}})
	}
	return o
}
