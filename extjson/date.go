package extjson

import (
	"encoding/binary"
	"slices"
)

const (
	minRelaxedDate = 0               // 1970-01-01T00:00:00Z, in ms
	maxRelaxedDate = 253402300799999 // 9999-12-31T23:59:59.999Z, in ms
	minTextDate    = -62167219200000 // 0000-01-01T00:00:00Z, in ms

	msPerDay = 24 * 60 * 60 * 1000
	// daysTo1970 counts from 1 March of the year -400.
	daysTo1970 = 719468 + 146097
)

// dateInRange reports whether relaxed text spells ms as a date.
func dateInRange(ms int64) bool { return uint64(ms) <= maxRelaxedDate }

// appendDate appends the date ms milliseconds from 1970 UTC. Its year must lie in 0 to 9999.
func appendDate(dst []byte, ms int64) []byte {
	n := len(dst)
	if cap(dst)-n < 24 {
		dst = slices.Grow(dst, 24)
	}
	t := uint64(ms + daysTo1970*msPerDay)
	day := uint32(t / msPerDay)
	rest := uint32(t - uint64(day)*msPerDay)

	n1 := 4*day + 3
	c := n1 / 146097
	n2 := n1%146097 | 3
	p := 2939745 * uint64(n2)
	z := uint32(p >> 32)
	ny := uint32(p) / 2939745 / 4
	n3 := 2141*ny + 197913
	y := 100*c + z - 400
	m := n3 >> 16
	d := n3&0xffff/2141 + 1
	if ny >= 306 {
		y++
		m -= 12
	}

	sec := rest / 1000
	milli := rest - sec*1000
	minute := sec / 60
	sec -= minute * 60
	h := minute / 60
	minute -= h * 60

	a := pairs4(uint64(y/100) | uint64(y%100)<<16 | uint64(m)<<32 | uint64(d)<<48)
	b := pairs4(uint64(h) | uint64(minute)<<16 | uint64(sec)<<32)
	o := (*[24]byte)(dst[n : n+24])
	binary.LittleEndian.PutUint64(o[0:], a&0xffffffff|'-'<<32|a<<8&(0xffff<<40)|'-'<<56)
	binary.LittleEndian.PutUint64(o[8:], a>>48|'T'<<16|b<<24&(0xffff<<24)|':'<<40|b<<32&(0xffff<<48))
	binary.LittleEndian.PutUint32(o[16:], ':'|uint32(b>>32&0xffff)<<8|'Z'<<24)
	if milli == 0 {
		return dst[:n+20]
	}
	q := milli / 100
	milli -= q * 100
	o[19] = '.'
	o[20] = byte('0' + q)
	q = milli / 10
	o[21] = byte('0' + q)
	o[22] = byte('0' + milli - q*10)
	o[23] = 'Z'
	return dst[:n+24]
}

// pairs4 turns each 16-bit lane of v, below 100, into two ASCII digits, the
// first in the low byte.
func pairs4(v uint64) uint64 {
	q := v * 103 >> 10 & 0x000f000f_000f000f
	return v<<8 - q*(10<<8-1) | zeros8
}

// parseDate parses an RFC 3339 date into ms from 1970 UTC.
func parseDate(text []byte) (ms int64, ok bool) {
	if len(text) < 20 {
		return 0, false
	}
	v := binary.LittleEndian.Uint64(text) ^ 0x2d30302d30303030
	w := binary.LittleEndian.Uint64(text[8:]) ^ 0x30303a3030543030
	x := uint64(binary.LittleEndian.Uint32(text[15:])) ^ 0x30303a30
	bad := v + 0x7f76767f76767676 | v
	bad |= w + 0x76767f76767f7676 | w
	bad |= x + 0x76767f76 | x
	if bad&0x8080808080808080 != 0 {
		return 0, false
	}
	v = v*10 + v>>8 // even bytes of pairs: two digits
	y := int64(v&0xff*100 + v>>16&0xff)
	m := int64(v >> 40 & 0xff)
	w = w*10 + w>>8
	d := int64(w & 0xff)
	h := int64(w >> 24 & 0xff)
	minute := int64(w >> 48 & 0xff)
	x = x*10 + x>>8
	s := int64(x >> 16 & 0xff)
	if uint64(m-1) > 11 || h > 23 || minute > 59 || s > 59 {
		return 0, false
	}
	if uint64(d-1) >= uint64(monthLen[m]) && (d != 29 || m != 2 || y%4 != 0 || y%100 == 0 && y%400 != 0) {
		return 0, false
	}
	// Count years from March so that the leap day comes last.
	if m <= 2 {
		y--
		m += 12
	}
	y += 400
	days := 365*y + y/4 - y/100 + y/400 + (153*m-457)/5 + d - 1 - daysTo1970
	ms = ((days*24+h)*60+minute)*60000 + s*1000
	if len(text) == 20 && text[19] == 'Z' {
		return ms, true
	}
	if len(text) == 24 && text[19] == '.' && text[23] == 'Z' {
		a, b, c := text[20]-'0', text[21]-'0', text[22]-'0'
		return ms + int64(a)*100 + int64(b)*10 + int64(c), a < 10 && b < 10 && c < 10
	}
	return dateTail(ms, text[19:])
}

var monthLen = [13]uint8{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// dateTail adds to ms what stands after the seconds: a fraction and an offset.
func dateTail(ms int64, tail []byte) (int64, bool) {
	if tail[0] == '.' {
		i := 1
		for unit := int64(100); i < len(tail) && tail[i]-'0' < 10; i++ {
			if unit == 0 && tail[i] != '0' {
				return 0, false
			}
			ms += int64(tail[i]-'0') * unit
			unit /= 10
		}
		if i == 1 {
			return 0, false
		}
		tail = tail[i:]
	}
	if len(tail) == 1 && tail[0] == 'Z' {
		return ms, true
	}
	if len(tail) != 6 || tail[0] != '+' && tail[0] != '-' || tail[3] != ':' {
		return 0, false
	}
	a, b, c, d := tail[1]-'0', tail[2]-'0', tail[4]-'0', tail[5]-'0'
	if a > 9 || b > 9 || c > 9 || d > 9 {
		return 0, false
	}
	h, m := int64(a)*10+int64(b), int64(c)*10+int64(d)
	if h > 23 || m > 59 {
		return 0, false
	}
	off := (h*60 + m) * 60000
	if tail[0] == '-' {
		off = -off
	}
	return ms - off, true
}
