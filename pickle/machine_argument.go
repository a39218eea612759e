package pickle

import (
	"bytes"
	"encoding/binary"
)

// This file finds the end of the arguments of opcodes, and compares every
// length in them with the bytes of the pickle.

// argument returns the offset past the argument of the opcode op at m.off, or
// -1 and the status to return.
func (m *machine) argument(op byte, a argument) (next int, st status) {
	start := m.off + 1
	room := m.src[start:]
	switch a {
	case argCount1, argCount4, argCount8:
		return m.counted(op, a)
	case argLine, argShort:
		from := max(start, m.seen)
		n := bytes.IndexByte(m.src[from:], '\n')
		end := from + n
		if n < 0 {
			end = len(m.src)
			m.seen = end
		}
		most := maxShortLine
		if op == opLong {
			most = maxLongLine
		}
		switch {
		case a == argShort && end-start > most:
			return -1, m.stop(m.off, ErrArgument, "number is too long")
		case n < 0:
			return -1, m.short()
		}
		return end + 1, 0
	case argNames, argLongNames:
		most := maxName
		if a == argLongNames || m.describe {
			most = maxLongName
		}
		room = room[:min(len(room), most)]
		if n := bytes.IndexByte(room, '\n'); n >= 0 {
			if n2 := bytes.IndexByte(room[n+1:], '\n'); n2 >= 0 {
				return start + n + 1 + n2 + 1, 0
			}
		}
		if len(room) < most {
			return -1, m.short()
		}
		return -1, m.stop(m.off, ErrName, quoteName(dotted(room)))
	}
	if m.describe {
		switch a := describedArguments[op]; a {
		case argNothing:
			return start, 0
		case argLongNames:
			return m.argument(op, a)
		}
	}
	var what string
	if op == opInst {
		room = room[:min(len(room), maxName)]
		if n := bytes.IndexByte(room, '\n'); n >= 0 {
			if n2 := bytes.IndexByte(room[n+1:], '\n'); n2 >= 0 {
				what = quoteName(dotted(room[:n+1+n2]))
			}
		}
	}
	return -1, m.stop(m.off, ErrOpcode, what)
}

// counted is argument for an argument that starts with its length.
func (m *machine) counted(op byte, a argument) (next int, st status) {
	width := 1
	switch a {
	case argCount4:
		width = 4
	case argCount8:
		width = 8
	}
	src, start := m.src, m.off+1
	if len(src)-start < width {
		return -1, m.short()
	}
	var n uint64
	switch a {
	case argCount1:
		n = uint64(src[start])
	case argCount4:
		n = uint64(binary.LittleEndian.Uint32(src[start:]))
	case argCount8:
		n = binary.LittleEndian.Uint64(src[start:])
	}
	start += width
	switch {
	case n > maxSource:
		return -1, m.stop(m.off, ErrArgument, "length")
	case op == opLong4 && n > maxLong4:
		return -1, m.stop(m.off, ErrRange, "integer of "+itoa(int(n))+" bytes")
	case n > uint64(len(src)-start):
		return -1, m.short()
	}
	return start + int(n), 0
}

// dotted replaces the line feed between module and name with a full stop.
func dotted(names []byte) []byte { return bytes.Replace(names, []byte{'\n'}, []byte{'.'}, 1) }

// frame checks that all bytes of a FRAME are in the pickle.
func (m *machine) frame() status {
	n := binary.LittleEndian.Uint64(m.src[m.at+1:])
	switch {
	case n > maxSource:
		return m.stop(m.at, ErrArgument, "length")
	case n > uint64(len(m.src)-m.off):
		m.off = m.at
		return m.short()
	}
	return statusDone
}
