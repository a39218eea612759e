// Plain is a program without a client, in the style of mappers of objects to documents:
// models with embedded ids and hooks, types of their own for UUIDs and money, and raw
// results. It prints the bytes of its documents, and values that it reads.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// A Model is embedded in all models.
type Model struct {
	ID      bson.ObjectID `bson:"_id,omitempty"`
	Created time.Time     `bson:"created"`
	Updated *time.Time    `bson:"updated,omitempty"`
}

func (m *Model) model() *Model { return m }

// An Account is a model with hooks of the mapper.
type Account struct {
	Model    `bson:",inline"`
	Owner    string            `bson:"owner"`
	Token    Token             `bson:"token"`
	Balance  Money             `bson:"balance"`
	Limits   map[string]Money  `bson:"limits"`
	Entries  []Entry           `bson:"entries"`
	Settings bson.M            `bson:"settings,omitempty"`
	State    State             `bson:"state"`
	Parent   *bson.ObjectID    `bson:"parent"`
	Extra    map[string]any    `bson:",inline"`
	Cache    map[string]string `bson:"-"`
}

// BeforeSave changes the account before it is stored.
func (a *Account) BeforeSave() error {
	if a.Owner = strings.TrimSpace(a.Owner); a.Owner == "" {
		return errors.New("account: no owner")
	}
	updated := a.Created.Add(time.Hour)
	a.Updated = &updated
	return nil
}

// AfterFind fills the fields that are not stored.
func (a *Account) AfterFind() error {
	a.Cache = map[string]string{"owner": strings.ToLower(a.Owner)}
	return nil
}

// An Entry has an older form, which UnmarshalBSON reads.
type Entry struct {
	Amount Money     `bson:"amount"`
	At     time.Time `bson:"at"`
}

// UnmarshalBSON reads both forms of an entry.
func (e *Entry) UnmarshalBSON(data []byte) error {
	if old, err := bson.Raw(data).LookupErr("cents"); err == nil {
		e.Amount = Money{decimal.New(old.AsInt64(), -2)}
		return nil
	}
	type plain Entry
	return bson.Unmarshal(data, (*plain)(e))
}

// Money is stored as a Decimal128.
type Money struct{ decimal.Decimal }

// MarshalBSONValue writes a Decimal128.
func (m Money) MarshalBSONValue() (byte, []byte, error) {
	d, err := bson.ParseDecimal128(m.String())
	if err != nil {
		return 0, nil, err
	}
	t, data, err := bson.MarshalValue(d)
	return byte(t), data, err
}

// UnmarshalBSONValue reads a Decimal128 or a string.
func (m *Money) UnmarshalBSONValue(t byte, data []byte) error {
	v := bson.RawValue{Type: bson.Type(t), Value: data}
	if s, ok := v.StringValueOK(); ok {
		return m.UnmarshalText([]byte(s))
	}
	var d bson.Decimal128
	if err := v.Unmarshal(&d); err != nil {
		return err
	}
	return m.UnmarshalText([]byte(d.String()))
}

// A Token is stored as a binary of subtype 4.
type Token uuid.UUID

// MarshalBSONValue writes a binary.
func (t Token) MarshalBSONValue() (byte, []byte, error) {
	typ, data, err := bson.MarshalValue(bson.Binary{Subtype: 4, Data: t[:]})
	return byte(typ), data, err
}

// UnmarshalBSONValue reads a binary.
func (t *Token) UnmarshalBSONValue(typ byte, data []byte) error {
	var b bson.Binary
	if err := bson.UnmarshalValue(bson.Type(typ), data, &b); err != nil {
		return err
	}
	u, err := uuid.FromBytes(b.Data)
	*t = Token(u)
	return err
}

// A State is stored as its name.
type State int

// MarshalBSONValue writes the name.
func (s State) MarshalBSONValue() (byte, []byte, error) {
	t, data, err := bson.MarshalValue([]string{"open", "closed"}[s])
	return byte(t), data, err
}

// UnmarshalBSONValue reads the name.
func (s *State) UnmarshalBSONValue(t byte, data []byte) error {
	var name string
	err := bson.UnmarshalValue(bson.Type(t), data, &name)
	*s = 0
	if name == "closed" {
		*s = 1
	}
	return err
}

// A Store has the documents of models. T is a struct that embeds Model.
type Store[T any, P interface {
	*T
	model() *Model
	BeforeSave() error
	AfterFind() error
}] struct {
	docs []bson.Raw
	last byte // of the ids
}

// Save gives v an id and stores it.
func (s *Store[T, P]) Save(v P) error {
	if m := v.model(); m.ID.IsZero() {
		s.last++
		m.ID = bson.ObjectID{0: 1, 11: s.last}
	}
	if err := v.BeforeSave(); err != nil {
		return err
	}
	doc, err := bson.Marshal(v)
	s.docs = append(s.docs, doc)
	return err
}

// Find returns the model with the given id.
func (s *Store[T, P]) Find(id bson.ObjectID) (P, error) {
	for _, doc := range s.docs {
		if doc.Lookup("_id").ObjectID() == id {
			v := P(new(T))
			if err := bson.Unmarshal(doc, v); err != nil {
				return nil, err
			}
			return v, v.AfterFind()
		}
	}
	return nil, fmt.Errorf("no document %s", id.Hex())
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var accounts Store[Account, *Account]
	parent := bson.ObjectID{9}
	created := time.UnixMilli(1_700_000_000_123).UTC()
	for _, a := range []*Account{
		{Model: Model{Created: created}, Owner: " Ann ", Balance: Money{decimal.RequireFromString("12.50")}, Parent: &parent},
		{
			Model: Model{Created: created}, Owner: "Ben", Token: Token(uuid.MustParse("00112233-4455-6677-8899-aabbccddeeff")), State: 1,
			Limits:  map[string]Money{"day": {decimal.New(5, 2)}},
			Entries: []Entry{{Money{decimal.New(-1, 0)}, created}}, Settings: bson.M{"theme": bson.D{{Key: "dark", Value: true}}},
			Extra: map[string]any{"note": bson.A{int32(1), "x", nil}},
		},
	} {
		if err := accounts.Save(a); err != nil {
			return err
		}
		found, err := accounts.Find(a.ID)
		if err != nil {
			return err
		}
		fmt.Println(found.ID.Hex(), found.Cache)
		if err := accounts.Save(found); err != nil {
			return err
		}
	}
	fmt.Println(accounts.Save(&Account{}))
	old, err := bson.Marshal(bson.D{{Key: "_id", Value: parent}, {Key: "balance", Value: "0.10"}, {Key: "entries", Value: bson.A{bson.D{{Key: "cents", Value: int32(250)}}}}})
	if err != nil {
		return err
	}
	accounts.docs = append(accounts.docs, old)
	a, err := accounts.Find(parent)
	if err != nil {
		return err
	}
	fmt.Println(a.Balance, a.Entries[0].Amount)
	return show(accounts.docs)
}

// show prints documents, and what raw results have.
func show(docs []bson.Raw) error {
	for _, doc := range docs {
		fmt.Printf("%x\n", []byte(doc))
		elements, err := doc.Elements()
		if err != nil {
			return err
		}
		for _, e := range elements {
			fmt.Print(e.Key(), " ", byte(e.Value().Type), " ")
		}
		note, err := doc.LookupErr("settings", "theme", "dark")
		fmt.Println(err == nil && note.Boolean())
		var d bson.D
		if err := bson.Unmarshal(doc, &d); err != nil {
			return err
		}
		again, err := bson.Marshal(d)
		if err != nil {
			return err
		}
		fmt.Println(string(again) == string(doc))
	}
	return nil
}
