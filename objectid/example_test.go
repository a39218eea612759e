package objectid_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/bsonkit/bsonkit/objectid"
)

func ExampleNew() {
	before := time.Now().Truncate(time.Second)
	id := objectid.New()
	fmt.Println(len(id), id.Time().Before(before), objectid.New() == id)
	// Output: 12 false false
}

func ExampleParse() {
	id, err := objectid.Parse("56e1fc72e0c917e9c4714161")
	fmt.Println(id, err)

	_, err = objectid.Parse("56e1fc72e0c917e9c471416z")
	var fault *objectid.SyntaxError
	if errors.As(err, &fault) {
		fmt.Println(errors.Is(err, objectid.ErrDigit), "at", fault.Offset)
	}
	// Output:
	// 56e1fc72e0c917e9c4714161 <nil>
	// true at 23
}

func ExampleFromBytes() {
	id, err := objectid.FromBytes([]byte("\x56\xe1\xfc\x72\xe0\xc9\x17\xe9\xc4\x71\x41\x61"))
	fmt.Println(id, err)
	// Output: 56e1fc72e0c917e9c4714161 <nil>
}

// A query for the ids from one time up to another time, which is excluded.
func ExampleFromTime() {
	from, err := objectid.FromTime(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		panic(err)
	}
	to, err := objectid.FromTime(time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		panic(err)
	}
	fmt.Printf(`{"_id":{"$gte":{"$oid":%q},"$lt":{"$oid":%q}}}`+"\n", from, to)
	// Output: {"_id":{"$gte":{"$oid":"6955b9000000000000000000"},"$lt":{"$oid":"697e97800000000000000000"}}}
}

func ExampleFromTimeMax() {
	last, err := objectid.FromTimeMax(time.Date(2025, 12, 31, 23, 59, 59, 0, time.UTC))
	fmt.Println(last, err)
	// Output: 6955b8ffffffffffffffffff <nil>
}

func ExampleID_Append() {
	id := objectid.ID{0x56, 0xe1, 0xfc, 0x72}
	fmt.Printf("%s\n", id.Append([]byte("id=")))
	// Output: id=56e1fc720000000000000000
}

func ExampleID_String() {
	fmt.Println(objectid.ID{11: 0xff}.String())
	// Output: 0000000000000000000000ff
}

func ExampleID_IsZero() {
	fmt.Println(objectid.ID{}.IsZero(), objectid.New().IsZero())
	// Output: true false
}

func ExampleID_Compare() {
	a, b := objectid.ID{11: 1}, objectid.ID{11: 2}
	fmt.Println(a.Compare(b), a.Compare(a), b.Compare(a))
	// Output: -1 0 1
}

func ExampleID_Time() {
	fmt.Println(objectid.ID{0x56, 0xe1, 0xfc, 0x72}.Time())
	// Output: 2016-03-10 23:00:02 +0000 UTC
}

func ExampleID_AppendText() {
	text, err := objectid.ID{0: 1}.AppendText(nil)
	fmt.Printf("%s %v\n", text, err)
	// Output: 010000000000000000000000 <nil>
}

func ExampleID_MarshalText() {
	text, err := objectid.ID{0: 1}.MarshalText()
	fmt.Printf("%s %v\n", text, err)
	// Output: 010000000000000000000000 <nil>
}

func ExampleID_UnmarshalText() {
	var id objectid.ID
	err := id.UnmarshalText([]byte("56E1FC72E0C917E9C4714161"))
	fmt.Println(id, err)
	// Output: 56e1fc72e0c917e9c4714161 <nil>
}

func ExampleID_MarshalJSON() {
	text, err := json.Marshal(struct{ ID objectid.ID }{objectid.ID{0: 1}})
	fmt.Printf("%s %v\n", text, err)
	// Output: {"ID":"010000000000000000000000"} <nil>
}

func ExampleID_UnmarshalJSON() {
	var v struct{ ID objectid.ID }
	err := json.Unmarshal([]byte(`{"ID":"56e1fc72e0c917e9c4714161"}`), &v)
	fmt.Println(v.ID, err)
	// Output: 56e1fc72e0c917e9c4714161 <nil>
}

func ExampleID_MarshalBSONValue() {
	typ, data, err := objectid.ID{0: 1}.MarshalBSONValue()
	fmt.Printf("%#x %x %v\n", typ, data, err)
	// Output: 0x7 010000000000000000000000 <nil>
}

func ExampleID_UnmarshalBSONValue() {
	var id objectid.ID
	err := id.UnmarshalBSONValue(0x02, nil)
	fmt.Println(errors.Is(err, objectid.ErrType))
	// Output: true
}

func ExampleID_Value() {
	v, err := objectid.ID{0: 1}.Value()
	fmt.Printf("%T %v %v\n", v, v, err)
	// Output: string 010000000000000000000000 <nil>
}

func ExampleID_Scan() {
	var id objectid.ID
	err := id.Scan("56e1fc72e0c917e9c4714161")
	fmt.Println(id, err)
	fmt.Println(errors.Is(id.Scan(nil), objectid.ErrType))
	// Output:
	// 56e1fc72e0c917e9c4714161 <nil>
	// true
}

func ExampleID_slog() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
	logger.Info("stored", "id", objectid.ID{0: 1})
	// Output: level=INFO msg=stored id=010000000000000000000000
}
