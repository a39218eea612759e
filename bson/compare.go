package bson

// Compare returns -1, 0 or +1 as MongoDB sorts a before, with or after b, two
// values of any types that Marshal takes.
//
// Values of different types are ordered by type: MinKey, undefined, null,
// numbers, strings and symbols, documents, arrays, binaries, ObjectIds,
// booleans, datetimes, timestamps, regexes, DBPointers, code, code with scope,
// MaxKey. Numbers are compared by value, exactly, whatever their types; NaN
// is equal to NaN and below all others. Texts are compared by bytes.
// Documents are compared element by element: by type, then key, then value;
// arrays by type, then value. Binaries are compared by length, then subtype,
// then bytes. A value that cannot be written, or that is malformed, gives 0
// and the error. Source: MongoDB manual, "Comparison/Sort Order".
func Compare(a, b any) (int, error) {
	ta, da, err := MarshalValue(a)
	if err != nil {
		return 0, err
	}
	tb, db, err := MarshalValue(b)
	if err != nil {
		return 0, err
	}
	return RawValue{ta, da}.Compare(RawValue{tb, db})
}
