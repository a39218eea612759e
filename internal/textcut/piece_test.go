package textcut_test

import (
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/bsonkit/bsonkit/internal/textcut"
)

// TestPieceIsReader: a reader that does not know pieces gets the same bytes.
func TestPieceIsReader(t *testing.T) {
	const text = `{"a":1} {"b":2}`
	for name, p := range map[string]*textcut.Piece{
		"text":   {Text: []byte(text)},
		"reader": {Reader: strings.NewReader(text)},
	} {
		if err := iotest.TestReader(p, []byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPiecePlace: a piece is at its start until a Decoder has it.
func TestPiecePlace(t *testing.T) {
	p := textcut.Piece{From: textcut.Element}
	if got := p.Place(); got != textcut.Element {
		t.Errorf("without a Decoder: place %d", got)
	}
	at := textcut.Comma
	p.Follow(&at)
	if at = textcut.Any; p.Place() != textcut.Any {
		t.Errorf("with a Decoder: place %d", p.Place())
	}
}

func TestMaxText(t *testing.T) {
	for _, tc := range []struct{ maxText, maxDocument, want int }{
		{0, 1000, 16_000},
		{7, 1000, 7},
		{0, math.MaxInt/16 - 1, (math.MaxInt/16 - 1) * 16},
		{0, math.MaxInt / 16, math.MaxInt},
		{0, math.MaxInt, math.MaxInt},
		{7, math.MaxInt, 7},
	} {
		if got := textcut.MaxText(tc.maxText, tc.maxDocument); got != tc.want {
			t.Errorf("MaxText(%d, %d) = %d, want %d", tc.maxText, tc.maxDocument, got, tc.want)
		}
	}
}
