package shopspring_test

import (
	"errors"
	"fmt"
	"math"

	"github.com/shopspring/decimal"

	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/decimal128/shopspring"
)

func ExampleFromDecimal128() {
	d, err := decimal128.Parse("9.99")
	if err != nil {
		panic(err)
	}
	price, err := shopspring.FromDecimal128(d)
	if err != nil {
		panic(err)
	}
	total, err := shopspring.ToDecimal128(price.Mul(decimal.NewFromInt(3)))
	fmt.Println(total, err)
	// Output: 29.97 <nil>
}

func ExampleToDecimal128() {
	d, err := shopspring.ToDecimal128(decimal.New(999, -2))
	fmt.Println(d, err)
	_, err = shopspring.ToDecimal128(decimal.New(1, math.MaxInt32))
	fmt.Println(errors.Is(err, decimal128.ErrOverflow))
	// Output:
	// 9.99 <nil>
	// true
}

func ExampleFromFloat64Exact() {
	d, err := shopspring.FromFloat64Exact(0.1)
	fmt.Println(d, err)
	// Output: 0.1000000000000000055511151231257827021181583404541015625 <nil>
}
