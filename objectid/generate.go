package objectid

import (
	"crypto/rand"
	"encoding/binary"
	"sync/atomic"
	"time"
)

// process makes the ids of this process. It is initialised before main starts;
// after that only the counter changes.
var process = func() *generator {
	var seed [8]byte
	rand.Read(seed[:]) // never fails
	g := &generator{}
	copy(g.unique[:], seed[:5])
	g.counter.Store(binary.LittleEndian.Uint32(append(seed[5:8:8], 0)))
	return g
}()

// generator makes the ids of one process.
type generator struct {
	unique  [5]byte       // random, the same in all ids of the process
	counter atomic.Uint32 // its low 24 bits are the last counter handed out
}

// New returns a new id: the second of the clock, the five random bytes of this
// process, and the next value of a 24-bit counter that started at a random
// value. It is safe for concurrent use.
//
// The counter wraps from 0xffffff to 0. So a process makes 2^24 (16,777,216)
// different ids per second of the clock; the next id repeats one of the same
// second. A clock that is set back, or two processes with the same five bytes
// (one chance in 2^40 for each pair), repeat an id only if second and counter
// are the same too. Seconds are kept modulo 2^32, which reaches the year 2106.
// Source: ObjectID specification, "Specification".
func New() ID { return process.next(time.Now().Unix()) }

// next returns the id of the next counter value at the given second.
func (g *generator) next(second int64) (id ID) {
	n := g.counter.Add(1)
	// Two stores that do not overlap: the caller will load the id as words.
	binary.BigEndian.PutUint64(id[:], uint64(second)<<32|uint64(binary.BigEndian.Uint32(g.unique[:])))
	binary.BigEndian.PutUint32(id[8:], uint32(g.unique[4])<<24|n&0xffffff)
	return id
}

// FromTime returns the lowest id of the second of t: its eight bytes after the
// seconds are 0x00. For every id, id.Time() is t's second or later if and only
// if id is not below FromTime(t). A time before 1970 or after
// 2106-02-07T06:28:15Z gives the zero ID and a *ValueError that matches
// ErrRange.
func FromTime(t time.Time) (ID, error) {
	var id ID
	second := t.Unix()
	if uint64(second) > 1<<32-1 { // one comparison for both ends
		return ID{}, &ValueError{Err: ErrRange}
	}
	binary.BigEndian.PutUint32(id[:], uint32(second))
	return id, nil
}

// FromTimeMax returns the highest id of the second of t: its eight bytes after
// the seconds are 0xff. For every id, id.Time() is t's second or earlier if and
// only if id is not above FromTimeMax(t). Errors are those of FromTime.
func FromTimeMax(t time.Time) (ID, error) {
	id, err := FromTime(t)
	if err != nil {
		return ID{}, err
	}
	binary.BigEndian.PutUint64(id[4:], 1<<64-1)
	return id, nil
}
