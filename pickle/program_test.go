package pickle_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/internal/edge"
)

// This file makes pickles from choices, opcode by opcode, and runs each opcode in
// the model at the same time. The pickles have containers, memo entries at small
// and large indexes, integers in every spelling, and datetimes in every zone.

// A program is a pickle under construction.
type program struct {
	*bsontest.Source
	model
	data []byte
	puts []uint32 // memo indexes, in the order of PUT
}

// Limits of a program, so that its value stays below the limits of the reader.
const (
	maxSteps  = 400      // choices
	maxWeight = 32 << 10 // atoms and containers, counted once for each reference
)

// newProgram returns the pickle made from the choices in data, up to STOP.
func newProgram(data []byte) *program {
	p := &program{Source: bsontest.NewSource(data)}
	for n := 0; n < maxSteps && p.More(); n++ {
		p.choose()
	}
	for len(p.marks) > 0 {
		p.op("t")
	}
	for len(p.stack) > 1 {
		p.op("\x86")
	}
	if len(p.stack) == 0 {
		p.op("N")
	}
	p.data = append(p.data, '.')
	return p
}

// choose makes the next opcodes, if the stack and the memo allow them.
func (p *program) choose() {
	switch b := int(p.Byte()); b & 7 {
	case 0, 1:
		p.op(steps[(b>>3)%len(steps)])
	case 2:
		p.put(p.index(), b>>3)
	case 3: // many references to one value
		for i, n := p.index(), p.count(); n > 0 && len(p.puts) < 1<<14; n-- {
			p.put(i, b>>3)
			i++
		}
	case 4:
		if n := len(p.puts); n > 0 {
			p.get(p.puts[n-1-p.IntN(1<<16)%n], b>>3)
		}
	case 5:
		p.get(p.index(), b>>3)
	case 6:
		p.integer(b >> 3)
	case 7:
		p.datetime()
	}
}

// op makes an opcode of the model.
func (p *program) op(op string) {
	memo := uint32(len(p.memo))
	if !p.try(op) {
		return
	}
	if op == "\x94" {
		p.puts = append(p.puts, memo)
	}
	p.data = append(p.data, op...)
}

// count returns a number of repetitions, mostly at most 127.
func (p *program) count() int {
	b := int(p.Byte())
	if b < 240 {
		return b & 127
	}
	return 1<<(b-236) + int(int8(p.Byte()))
}

// index returns a memo index: often the next one, or one near a power of two.
func (p *program) index() uint32 {
	switch b := uint32(p.Byte()); b & 3 {
	case 0:
		return uint32(len(p.memo)) + b>>2
	case 1:
		return 1<<(b>>2%32) + uint32(int8(p.Byte()))
	case 2:
		return b >> 2
	}
	return uint32(p.IntN(1 << 16))
}

// put enters the topmost value in the memo, with one of the opcodes for this.
func (p *program) put(i uint32, how int) {
	next := uint32(len(p.memo))
	if !p.model.put(i) {
		return
	}
	p.puts = append(p.puts, i)
	switch {
	case how%4 == 1 && i == next:
		p.data = append(p.data, '\x94')
	case how%4 == 2:
		p.data = fmt.Appendf(p.data, "p%d\n", i)
	case how%4 == 3 && i < 256:
		p.data = append(p.data, 'q', byte(i))
	default:
		p.data = binary.LittleEndian.AppendUint32(append(p.data, 'r'), i)
	}
}

// get pushes an entry of the memo, with one of the opcodes for this.
func (p *program) get(i uint32, how int) {
	if !p.model.get(i) {
		return
	}
	switch {
	case how%3 == 1:
		p.data = fmt.Appendf(p.data, "g%d\n", i)
	case how%3 == 2 && i < 256:
		p.data = append(p.data, 'h', byte(i))
	default:
		p.data = binary.LittleEndian.AppendUint32(append(p.data, 'j'), i)
	}
}

// push makes a value with opcodes that the model does not have.
func (p *program) push(data []byte, text string) {
	p.data = append(p.data, data...)
	p.stack = append(p.stack, &thing{kind: 'K', atom: text})
}

// integer makes an integer in one of the spellings that can represent it.
func (p *program) integer(how int) {
	v := edge.Ints[int(p.Byte())%len(edge.Ints)] + int64(int8(p.Byte()))
	if how&8 != 0 {
		v = int64(p.Uint64())
	}
	text := fmt.Sprintf(`{"$numberLong":"%d"}`, v)
	short := text
	if v == int64(int32(v)) {
		short = fmt.Sprintf(`{"$numberInt":"%d"}`, v)
	}
	digits := strconv.FormatInt(v, 10)
	switch how & 7 {
	case 0, 1:
		if v >= 0 && v < 256 {
			p.push([]byte{'K', byte(v)}, short)
			return
		}
	case 2:
		if v >= 0 && v < 1<<16 {
			p.push([]byte{'M', byte(v), byte(v >> 8)}, short)
			return
		}
	case 3:
		if v == int64(int32(v)) {
			p.push(binary.LittleEndian.AppendUint32([]byte{'J'}, uint32(v)), short)
			return
		}
	case 4, 5:
		p.push([]byte("I"+digits+"\n"), short)
		return
	case 6:
		p.push([]byte("L"+digits+"L\n"), text)
		return
	}
	p.push(append([]byte{0x8a, 8}, binary.LittleEndian.AppendUint64(nil, uint64(v))...), text)
}

// datetime makes a datetime with or without a zone.
func (p *program) datetime() {
	const first, last = -62135596800, 253402300799 // seconds of the years 1 to 9999
	seconds := edge.Dates[int(p.Byte())%len(edge.Dates)] / 1000
	if b := p.Byte(); b&1 != 0 {
		seconds = p.Int64N(1<<40) - 1<<38
	}
	seconds = min(max(seconds, first), last)
	fields := time.Unix(seconds, p.Int64N(1<<24)%1_000_000*1000).UTC()
	data := []byte(datetime + "C\x0a" + pythonFields(fields))
	b := p.Byte()
	offset := time.Duration(p.Int64N(2*86_400_000_000-1)-86_400_000_000+1) * time.Microsecond
	if offset <= -24*time.Hour || offset >= 24*time.Hour || b&3 == 0 {
		offset = 0
	}
	days, rest := int32(0), offset
	if offset < 0 {
		days, rest = -1, offset+24*time.Hour
	}
	delta := timedelta(days, int32(rest/time.Second), int32(rest%time.Second/time.Microsecond))
	switch b & 3 {
	case 0:
		data = append(data, "\x85R"...)
	case 1:
		data = append(data, "cdatetime\ntimezone\n"+delta+"\x85R\x86R"...)
	default:
		data = append(data, fixedOffset+delta+"U\x01x\x86R\x86R"...)
	}
	p.push(data, fmt.Sprintf(`{"$date":{"$numberLong":"%d"}}`, fields.Add(-offset).UnixMilli()))
}

// weight returns the number of values in v. A shared value counts once for each
// reference.
func weight(v *thing, known map[*thing]int) int {
	w, ok := known[v]
	if !ok {
		w = 1
		for _, item := range v.items {
			w = min(w+weight(item, known), maxWeight+1)
		}
		known[v] = w
	}
	return w
}

// FuzzProgram: the reader and the model give the same value for a pickle made from
// choices.
func FuzzProgram(f *testing.F) {
	r := rand.New(rand.NewPCG(11, 8))
	for range 200 {
		data := make([]byte, 4+r.IntN(120))
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		f.Add(data)
	}
	f.Add([]byte{0, 14, 3, 0, 246, 0, 4, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		p := newProgram(data)
		if weight(p.stack[0], map[*thing]int{}) > maxWeight {
			t.Skip("the value is over the limits")
		}
		p.check(t, string(p.data), true)
		if len(p.data) < 1<<10 {
			checkRead(t, p.data)
		}
	})
}
