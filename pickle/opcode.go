package pickle

// This file is the list of the opcodes: their layouts, for the machine, and
// their names. machine.go has their effects on the stack, graph_atom.go the
// values of single opcodes.

// The opcodes that are read.
const (
	opMark           = '('
	opStop           = '.'
	opFloat          = 'F'
	opInt            = 'I'
	opBinInt         = 'J'
	opBinInt1        = 'K'
	opLong           = 'L'
	opBinInt2        = 'M'
	opNone           = 'N'
	opReduce         = 'R'
	opString         = 'S'
	opBinString      = 'T'
	opShortBinString = 'U'
	opUnicode        = 'V'
	opBinUnicode     = 'X'
	opAppend         = 'a'
	opBuild          = 'b'
	opGlobal         = 'c'
	opDict           = 'd'
	opEmptyDict      = '}'
	opAppends        = 'e'
	opGet            = 'g'
	opBinGet         = 'h'
	opLongBinGet     = 'j'
	opList           = 'l'
	opEmptyList      = ']'
	opPut            = 'p'
	opBinPut         = 'q'
	opLongBinPut     = 'r'
	opSetItem        = 's'
	opTuple          = 't'
	opEmptyTuple     = ')'
	opSetItems       = 'u'
	opBinFloat       = 'G'

	// Protocol 2.
	opProto    = 0x80
	opNewObj   = 0x81
	opTuple1   = 0x85
	opTuple2   = 0x86
	opTuple3   = 0x87
	opNewTrue  = 0x88
	opNewFalse = 0x89
	opLong1    = 0x8a
	opLong4    = 0x8b

	// Protocol 3.
	opBinBytes      = 'B'
	opShortBinBytes = 'C'

	// Protocols 4 and 5.
	opShortBinUnicode = 0x8c
	opEmptySet        = 0x8f
	opAddItems        = 0x90
	opFrozenSet       = 0x91
	opStackGlobal     = 0x93
	opMemoize         = 0x94
	opFrame           = 0x95
	opByteArray8      = 0x96
)

// The opcodes that only objects of any class have. They are read with
// UnknownDescribe.
const (
	opInst     = 'i' // its arguments also name the callee for the error
	opObj      = 'o'
	opNewObjEx = 0x92
)

// An argument is the layout of the bytes after an opcode.
type argument uint8

const (
	argRefused   argument = iota // an opcode that is not read, or no opcode
	argLine                      // text up to a line feed, any length
	argShort                     // the same, of maxShortLine bytes at most
	argNames                     // two lines: a module and a name, of maxName bytes at most
	argLongNames                 // the same, of maxLongName bytes at most
	argCount1                    // a length of 1 byte, then as many bytes
	argCount4                    // a length of 4 bytes, little-endian, then as many bytes
	argCount8                    // the same of 8 bytes
	argFixed     argument = 0x80 // argFixed|n: n bytes
	argNothing            = argFixed
	maxShortLine          = 64            // bytes of a number, its line feed not counted
	maxLongLine           = maxDigits + 2 // bytes of LONG: a sign, digits, an L
	maxName               = 96            // bytes of module and name; those on the list have 40
	maxLongName           = 4 << 10
)

// arguments is the only table of layouts of opcodes. An opcode that is not
// listed is zero: not allowed.
var arguments = [256]argument{
	opMark: argNothing, opStop: argNothing, opNone: argNothing, opReduce: argNothing, opAppend: argNothing,
	opBuild: argNothing, opDict: argNothing, opEmptyDict: argNothing, opAppends: argNothing, opList: argNothing,
	opEmptyList: argNothing, opSetItem: argNothing, opTuple: argNothing, opEmptyTuple: argNothing, opSetItems: argNothing,
	opNewObj: argNothing, opTuple1: argNothing, opTuple2: argNothing, opTuple3: argNothing, opNewTrue: argNothing,
	opNewFalse: argNothing, opStackGlobal: argNothing, opMemoize: argNothing, opEmptySet: argNothing, opAddItems: argNothing,
	opFrozenSet: argNothing,
	opFloat:     argShort, opInt: argShort, opLong: argShort, opGet: argShort, opPut: argShort,
	opString: argLine, opUnicode: argLine, opGlobal: argNames,
	opBinInt: argFixed | 4, opBinInt1: argFixed | 1, opBinInt2: argFixed | 2, opBinFloat: argFixed | 8,
	opBinGet: argFixed | 1, opLongBinGet: argFixed | 4, opBinPut: argFixed | 1, opLongBinPut: argFixed | 4,
	opProto: argFixed | 1, opFrame: argFixed | 8,
	opShortBinString: argCount1, opShortBinBytes: argCount1, opShortBinUnicode: argCount1, opLong1: argCount1,
	opBinString: argCount4, opBinUnicode: argCount4, opBinBytes: argCount4, opLong4: argCount4, opByteArray8: argCount8,
}

// refusedArguments has the layout of the opcodes that are not allowed, and of
// GLOBAL, for names of any sensible length. A byte in neither table is not an
// opcode.
var refusedArguments = [256]argument{
	'0': argNothing, '1': argNothing, '2': argNothing, 'P': argLine, 'Q': argNothing, opInst: argLongNames,
	opGlobal: argLongNames, opObj: argNothing, 0x82: argFixed | 1, 0x83: argFixed | 2, 0x84: argFixed | 4,
	0x8d: argCount8, 0x8e: argCount8, opNewObjEx: argNothing, 0x97: argNothing, 0x98: argNothing,
}

// describedArguments has the layout of the opcodes that UnknownDescribe allows.
var describedArguments = [256]argument{
	opInst: argLongNames, opObj: argNothing, opNewObjEx: argNothing,
}

// opcodeNames has the names of all opcodes in Python's pickletools, also of
// those that are not allowed.
var opcodeNames = [256]string{
	opMark: "MARK", opStop: "STOP", '0': "POP", '1': "POP_MARK", '2': "DUP", opFloat: "FLOAT", opInt: "INT",
	opBinInt: "BININT", opBinInt1: "BININT1", opLong: "LONG", opBinInt2: "BININT2", opNone: "NONE",
	'P': "PERSID", 'Q': "BINPERSID", opReduce: "REDUCE", opString: "STRING", opBinString: "BINSTRING",
	opShortBinString: "SHORT_BINSTRING", opUnicode: "UNICODE", opBinUnicode: "BINUNICODE", opAppend: "APPEND",
	opBuild: "BUILD", opGlobal: "GLOBAL", opDict: "DICT", opEmptyDict: "EMPTY_DICT", opAppends: "APPENDS",
	opGet: "GET", opBinGet: "BINGET", opInst: "INST", opLongBinGet: "LONG_BINGET", opList: "LIST",
	opEmptyList: "EMPTY_LIST", opObj: "OBJ", opPut: "PUT", opBinPut: "BINPUT", opLongBinPut: "LONG_BINPUT",
	opSetItem: "SETITEM", opTuple: "TUPLE", opEmptyTuple: "EMPTY_TUPLE", opSetItems: "SETITEMS",
	opBinFloat: "BINFLOAT", opProto: "PROTO", opNewObj: "NEWOBJ", 0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4",
	opTuple1: "TUPLE1", opTuple2: "TUPLE2", opTuple3: "TUPLE3", opNewTrue: "NEWTRUE", opNewFalse: "NEWFALSE",
	opLong1: "LONG1", opLong4: "LONG4", opBinBytes: "BINBYTES", opShortBinBytes: "SHORT_BINBYTES",
	opShortBinUnicode: "SHORT_BINUNICODE", 0x8d: "BINUNICODE8", 0x8e: "BINBYTES8", opEmptySet: "EMPTY_SET",
	opAddItems: "ADDITEMS", opFrozenSet: "FROZENSET", opNewObjEx: "NEWOBJ_EX", opStackGlobal: "STACK_GLOBAL", opMemoize: "MEMOIZE",
	opFrame: "FRAME", opByteArray8: "BYTEARRAY8", 0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
}
