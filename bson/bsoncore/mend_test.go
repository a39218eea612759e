package bsoncore_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
)

func TestMendLengths(t *testing.T) {
	for _, tc := range []struct {
		name, data, want string
		mended           []bsoncore.MendedLength
	}{
		{"nothing is wrong", "0c000000 10 6100 01000000 00", "0c000000 10 6100 01000000 00", nil},
		{"the document", "0c000001 10 6100 01000000 00", "0c000000 10 6100 01000000 00", []bsoncore.MendedLength{{0, 0x0100000c, 12}}},
		{"negative", "0c000080 10 6100 01000000 00", "0c000000 10 6100 01000000 00", []bsoncore.MendedLength{{0, -0x7ffffff4, 12}}},
		{"all", "00000000 04 6100 00000000 03 3000 00000000 0a 7800 00 00 00",
			"18000000 04 6100 10000000 03 3000 08000000 0a 7800 00 00 00",
			[]bsoncore.MendedLength{{0, 0, 24}, {7, 0, 16}, {14, 0, 8}}},
		{"code with scope", "00000000 0f 6100 00000000 02000000 6a00 00000000 0a 7800 00 00",
			"1a000000 0f 6100 12000000 02000000 6a00 08000000 0a 7800 00 00",
			[]bsoncore.MendedLength{{0, 0, 26}, {7, 0, 18}, {17, 0, 8}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			data := unhex(tc.data)
			kept := bytes.Clone(data)
			got, mended, err := bsoncore.MendLengths([]byte("dst"), data)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(append([]byte("dst"), unhex(tc.want)...), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.mended, mended); diff != "" {
				t.Errorf("mended (-want +got):\n%s", diff)
			}
			if !bytes.Equal(kept, data) {
				t.Error("data has changed")
			}
		})
	}
}

func TestMendLengthsFaults(t *testing.T) {
	for _, tc := range []struct {
		name, data string
		opts       bsoncore.ValidateOptions
		want       error
	}{
		{"empty", "", bsoncore.ValidateOptions{}, &bsoncore.SyntaxError{Offset: 0, Err: bsoncore.ErrTruncated}},
		{"no elements", "05000000", bsoncore.ValidateOptions{}, &bsoncore.SyntaxError{Offset: 4, Err: bsoncore.ErrTruncated}},
		{"not closed", "0c000000 10 6100 01000000", bsoncore.ValidateOptions{}, &bsoncore.SyntaxError{Offset: 11, Err: bsoncore.ErrTruncated}},
		{"key not closed", "0c000000 10 6161", bsoncore.ValidateOptions{}, &bsoncore.SyntaxError{Offset: 7, Err: bsoncore.ErrTruncated}},
		{"goes on", "0d000000 10 6100 01000000 00 00", bsoncore.ValidateOptions{}, &bsoncore.SyntaxError{Offset: 12, Err: bsoncore.ErrTrailing}},
		{"a type", "0c000001 55 6100 01000000 00", bsoncore.ValidateOptions{}, &bsoncore.SyntaxError{Offset: 4, Err: bsoncore.ErrType}},
		{"a string's length", "0c000001 02 6100 09000000 00 00", bsoncore.ValidateOptions{}, &bsoncore.SyntaxError{Offset: 7, Err: bsoncore.ErrLength}},
		{"text", "0e000001 02 6100 02000000 ff00 00", bsoncore.ValidateOptions{}, &bsoncore.SyntaxError{Offset: 11, Pointer: "/a", Err: bsoncore.ErrUTF8}},
		{"a rule", "09000001 0a 2e00 00", bsoncore.ValidateOptions{RejectDottedKeys: true}, &bsoncore.ValueError{Offset: 4, Pointer: "/.", Err: bsoncore.ErrDottedKey}},
		{"depth", "00000000 03 6100 00000000 00 00", bsoncore.ValidateOptions{MaxDepth: 1}, &bsoncore.ValueError{Offset: 4, Err: bsoncore.ErrDepth}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, mended, err := tc.opts.MendLengths([]byte("dst"), unhex(tc.data))
			if string(got) != "dst" || mended != nil {
				t.Errorf("%q and %v with an error", got, mended)
			}
			if !sameError(tc.want, err) {
				t.Errorf("error is %#v, want %#v", err, tc.want)
			}
		})
	}
}

// sameError compares errors of this package by their fields.
func sameError(want, got error) bool {
	var ws, gs *bsoncore.SyntaxError
	if errors.As(want, &ws) {
		return errors.As(got, &gs) && *ws == *gs
	}
	var wv, gv *bsoncore.ValueError
	return errors.As(want, &wv) && errors.As(got, &gv) && *wv == *gv
}

// For every wrong value of every length of a container, MendLengths returns the
// document.
func TestMendLengthsOfContainers(t *testing.T) {
	for _, mix := range []sample.Mix{sample.Wild, sample.Collection} {
		for i, doc := range sample.Documents(mix, 3, 200) {
			data := bytes.Clone(doc)
			want := 0
			for _, at := range containerLengths(doc) {
				binary.LittleEndian.PutUint32(data[at:], uint32(i)*0x9E3779B1)
				if !bytes.Equal(data[at:at+4], doc[at:at+4]) {
					want++
				}
			}
			got, mended, err := bsoncore.MendLengths(nil, data)
			if err != nil || !bytes.Equal(got, doc) || len(mended) != want {
				t.Fatalf("document %d: %v, %d lengths mended of %d", i, err, len(mended), want)
			}
		}
	}
}

// containerLengths returns the offsets of the lengths in doc that are those of
// containers.
func containerLengths(doc []byte) (all []int) {
	c := bsoncore.NewCursor(doc)
	return containerLengthsIn(&c, []int{0})
}

func containerLengthsIn(c *bsoncore.Cursor, all []int) []int {
	for c.Next() {
		switch c.Type() {
		case bsoncore.TypeCodeWithScope:
			code, _ := c.CodeWithScope()
			all = append(all, c.ValueOffset(), c.ValueOffset()+9+len(code))
		case bsoncore.TypeDocument, bsoncore.TypeArray:
			all = append(all, c.ValueOffset())
		default:
			continue
		}
		if c.Enter() {
			all = containerLengthsIn(c, all)
			c.Leave()
		}
	}
	return all
}
