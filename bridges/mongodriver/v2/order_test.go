package mongodriver_test

import (
	"time"

	driver "go.mongodb.org/mongo-driver/v2/bson"
)

// An Order is a document of the usual size, 1 KB, with the driver's types.
type Order struct {
	ID       driver.ObjectID `bson:"_id"`
	Number   int64
	Customer string
	Total    driver.Decimal128
	Created  time.Time
	Paid     driver.DateTime
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
		ID: driver.ObjectID{0x56, 0xe1, 0xfc, 0x72, 1, 2, 3, 4, 5, 6, 7, 8}, Number: 1 << 40, Customer: "Ann Example",
		Total: driver.NewDecimal128(0x3040000000000000, 1999), Created: time.UnixMilli(1700000000123).UTC(), Paid: 1700000000456, Open: true,
		Labels: map[string]string{"source": "web"},
		Extra:  driver.D{{Key: "note", Value: "none"}, {Key: "codes", Value: driver.A{int32(1), int32(2)}}},
	}
	for i := range 10 {
		o.Items = append(o.Items, Item{SKU: "sku-00017", Name: "a thing that is sold", Count: int32(i), Price: 9.99, Tags: []string{"new", "blue"}})
	}
	return o
}
